"""``manage.py import_ledger --kind KIND FILE``: read a workbook into a ledger, as a whole county would."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ledgers.actions import imports as actions
from ledgers.imports import doubts, results
from ledgers.imports.preparing import Prepared, prepare
from ledgers.imports.sender import Sender
from ledgers.rules.kinds import KindRule
from orgs.models import Organisation
from orgs.pages.secrecy import against
from orgs.rules import ABOVE, Kind
from records.storing import write_whole
from sheets.cleaning import clean_value
from sheets.refusals import UnreadableError
from sheets.stated import CHOICES
from sheets.units import AREA, MONEY, dimension


class Command(BaseCommand):
    """Imports the rows of a workbook that are good and says of the others what is wrong."""

    help = "Import a workbook into a ledger: its good rows are written, the others are named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The workbook, its ledger, its county and period."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", required=True, help="the ledger's key, such as collective_economy")
        parser.add_argument("--county", default="", help="the county's code, when there are several")
        parser.add_argument("--period", default="", help="such as 2026 or 2026-06; otherwise what the title says")
        parser.add_argument("--unit", default="", help="where the workbook does not say it, such as 万元 or 万元,亩")
        parser.add_argument("--not-secret", action="store_true", help="a doubtful mark of secrecy in it is none")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")
        parser.add_argument("--json", type=Path, help="write what became of each row to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file. Raises ``CommandError`` when it cannot be read at all."""
        path: Path = options["file"]
        sender = Sender.console(_county(options["county"]))
        kind = sender.ledgers().get(options["kind"])
        if kind is None:
            known = ", ".join(sender.ledgers())
            raise CommandError(
                _("There is no ledger “%(key)s” here; there are: %(known)s") % {"key": options["kind"], "known": known}
            )
        period = options["period"].upper()
        if period and not kind.accepts_period(period):
            raise CommandError(_("“%(period)s” is no period of this ledger.") % {"period": period})
        try:
            content = _looked_at(path, options)
            prepared = _prepared(content, kind, sender, period=period, name=path.stem, said=options["unit"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except UnreadableError as error:
            _write(options["json"], {"file_error": error.code, "rows": []})
            raise CommandError(f"{path}: {error}") from error
        lines = results.lines(prepared.rows, kind, prepared.units, prepared.read.tables)
        _write(options["json"], {"file_error": None, "rows": lines})
        self._report(lines, options["verbosity"])
        for question in doubts.unit_questions(prepared.read.tables, kind):
            if not question.answer:
                asked = {"places": ", ".join(question.places), "heading": question.heading}
                self.stdout.write(_("%(places)s %(heading)s: its unit was not read; say it with --unit.") % asked)
        if options["dry_run"]:
            self.stdout.write(_("This was a trial run; nothing was changed."))
            return
        batch = actions.keep(content, path.name, kind, prepared, sender)
        done = actions.commit(batch, sender)
        words = {"created": done.created, "updated": done.updated, "waiting": done.waiting, "number": batch.pk}
        self.stdout.write(_("Import %(number)s: %(created)s created, %(updated)s updated, %(waiting)s wait.") % words)

    def _report(self, lines: list[dict[str, Any]], verbosity: int) -> None:
        for line in lines if verbosity > 1 else ():
            if line["error"]:
                self.stderr.write(f"{line['sheet']}!{line['row']}: {line['error']}")
        wrong = sum(1 for line in lines if line["error"])
        self.stdout.write(_("%(rows)s rows read, %(wrong)s to be looked at.") % {"rows": len(lines), "wrong": wrong})


def _looked_at(path: Path, options: dict[str, Any]) -> bytes:
    """The file, unless it bears a mark of secrecy. Raises ``CommandError`` and ``OSError``."""
    content = path.read_bytes()
    if said := against(path.name, content, confirmed=options["not_secret"]):
        _write(options["json"], {"file_error": "marked_secret", "rows": []})
        raise CommandError(said)
    return content


def _prepared(content: bytes, kind: KindRule, sender: Sender, *, period: str, name: str, said: str) -> Prepared:
    """The workbook read; where its units are in doubt and some were said, once more with them."""
    units = {dimension(unit): unit for unit in said.split(",") if unit}
    if unknown := [unit for measured, unit in units.items() if measured not in CHOICES]:
        raise CommandError(_("“%(unit)s” is no unit of money or areas.") % {"unit": unknown[0]})
    prepared = prepare(content, kind, sender, period=period, name=name)
    asked = doubts.unit_questions(prepared.read.tables, kind) if units else []
    answers = {question.key: unit for question in asked if (unit := units.get(AREA if question.is_area else MONEY))}
    if not answers:
        return prepared
    return prepare(content, kind, sender, period=period, name=name, answers=answers)


def _write(target: Path | None, found: dict[str, Any]) -> None:
    if target is not None:
        write_whole(target, json.dumps(clean_value(found), ensure_ascii=False).encode())


def _county(code: str) -> Organisation:
    """The county of a code, or the only one; six digits (GB/T 2260) stand for the twelve of the register.

    Raises ``CommandError``.
    """
    counties = Organisation.objects.filter(kind__in=ABOVE)
    found = list(counties.filter(code__in={code, code.ljust(12, "0")}) if code else counties.filter(kind=Kind.COUNTY))
    if len(found) != 1:
        raise CommandError(_("Name the county by its code with --county."))
    return found[0]
