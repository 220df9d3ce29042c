"""``manage.py undo_import ID``: take everything back that an import wrote."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ledgers.actions import imports as actions
from ledgers.imports import outcome
from ledgers.imports.sender import Sender
from ledgers.models import BatchState, ImportBatch


class Command(BaseCommand):
    """Takes one import back; rows edited since are kept and named."""

    help = "Take an import back by its number; rows edited since are kept and named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The import's number."""
        parser.add_argument("number", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it back. Raises ``CommandError`` when there is nothing to take back."""
        batch = ImportBatch.objects.select_related("organisation").filter(pk=options["number"]).first()
        if batch is None or batch.state not in {BatchState.IMPORTED, BatchState.WAITING}:
            raise CommandError(
                _("There is no import %(number)s that can be taken back.") % {"number": options["number"]}
            )
        done = actions.undo_import(batch, Sender.console(batch.organisation))
        self.stdout.write(outcome.undone_sentence(done))
