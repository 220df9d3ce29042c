"""``manage.py import_orgs FILE``: load the register of organisations, all of it or nothing."""

import gc
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from orgs.pages.secrecy import against
from orgs.register import actions as register
from sheets.reading import UnreadableError


class Command(BaseCommand):
    """Loads organisations from a CSV file or a workbook."""

    help = "Load organisations from a CSV file or a workbook; prints every fault and then loads nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and whether only to look."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--not-secret", action="store_true", help="a doubtful mark of secrecy in it is none")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file and print what was done. Raises ``CommandError`` when anything is wrong."""
        path: Path = options["file"]
        gc.disable()  # a short process of many small rows: looking for rings among them takes a tenth
        try:
            content = path.read_bytes()
            if said := against(path.name, content, confirmed=options["not_secret"]):
                raise CommandError(said)
            loaded = register.load(content, name=path.name, by=None, dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be opened: %(reason)s") % {"file": path, "reason": error.strerror}
            ) from error
        except UnreadableError as error:
            raise CommandError(f"{path}: {error}") from error
        plan = loaded.plan
        for fault in plan.faults:
            self.stderr.write(str(fault))
        if plan.faults:
            raise CommandError(_("%(count)s faults; nothing was loaded.") % {"count": len(plan.faults)})
        words = {"new": len(plan.new), "changed": len(plan.changed), "unchanged": plan.unchanged}
        self.stdout.write(_("New %(new)s, changed %(changed)s, unchanged %(unchanged)s.") % words)
        if plan.missing:
            words = {"count": len(plan.missing)}
            self.stdout.write(
                _("%(count)s organisations of the register are not in the file; close them if they are gone:") % words
            )
            for row in plan.missing:
                self.stdout.write(f"  {row.code} {row.name}")
        if plan.empty:
            self.stdout.write(_("The register already says all this; nothing was changed."))
        elif options["dry_run"]:
            self.stdout.write(_("This was a trial run; nothing was changed."))
