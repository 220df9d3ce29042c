"""``python manage.py send_reminders``: one sweep by hand, or what it would send."""

import datetime
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dates import bounds, clock
from orgs.models import User
from records.storing import write_whole
from reminders import looking, outbox, sending, sweeping, wording
from reminders.rules.shapes import Planned


class Command(BaseCommand):
    """Plans and sends what is due to be told now; running it twice sends nothing twice."""

    help = "Plan and send reminders; --dry-run only says what would be sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The moment, whether to send, and where to write."""
        parser.add_argument("--at", help="as if it were this moment, such as 2026-10-08T08:30 (Asia/Shanghai)")
        parser.add_argument("--dry-run", action="store_true", help="send nothing")
        parser.add_argument("--json", metavar="OUT", help="write what would be sent to this file (with --dry-run)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, or look."""
        if options["json"] and not options["dry_run"]:
            raise CommandError("--json needs --dry-run.")
        with _clock_at(options["at"]):
            if options["dry_run"]:
                self._look(options["json"])
            else:
                swept = sweeping.sweep()
                sent = sum(sending.deliver(keys) for keys in swept.batches)
                self.stdout.write(f"{swept.written} messages written, {sent} sent")

    def _look(self, out: str | None) -> None:
        planned = looking.planned_at(clock.now())
        found = would_be_sent(planned)
        if out:
            write_whole(Path(out), json.dumps(found, ensure_ascii=False, indent=1).encode())
        people = len({row["person"] for row in found})
        self.stdout.write(f"{len(found)} messages to {people} people would be sent")


def would_be_sent(planned: list[Planned]) -> list[dict[str, Any]]:
    """One object a message and channel, the message centre included."""
    names = dict(User.objects.filter(pk__in={p.user_id for p in planned}).values_list("pk", "username"))
    known = outbox.addresses(set(names))
    day = clock.today()
    found = []
    for p in planned:
        body = wording.body_of(p, {})
        common = {
            "person": names[p.user_id],
            "kind": p.kind,
            "key": p.key,
            "subject": wording.subject_of(p.kind, day, body),
            "items": body["lines"] + [line for figures in body["figures"] for line in figures["worst"]],
            "figures": body["figures"],
        }
        reached = [channel for channel in p.channels if known[p.user_id].get(channel)]
        found += [{"channel": channel, **common} for channel in ("inbox", *reached)]
    return found


@contextmanager
def _clock_at(moment: str | None) -> Iterator[None]:
    """Let the one clock stand at a moment, for this command only."""
    if not moment:
        yield
        return
    try:
        at = datetime.datetime.fromisoformat(moment)
    except ValueError as fault:
        raise CommandError(f"{moment} is no moment; write it as 2026-10-08T08:30.") from fault
    if out := bounds.fault(at.date()):
        raise CommandError(out)
    with clock.standing_at(at):
        yield
