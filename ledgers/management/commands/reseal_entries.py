"""``manage.py reseal_entries``: bring everything sealed to the newest secret key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledgers.actions.resealing import NotOpened, reseal

NAMED = 50


class Command(BaseCommand):
    """Seal everything anew; run it when every process was started with the new secret key."""

    help = "Seals entries, history, imports and kept workbooks anew; SECRET_KEY_FALLBACKS holds the old key meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to pass over what does not open."""
        parser.add_argument(
            "--leave", action="store_true", help="leave what does not open as it is; it is lost with the old key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Reseal and say how many rows. Raises ``CommandError`` that names what does not open."""
        try:
            done = reseal(leave=options["leave"])
        except NotOpened as refused:
            for name in refused.names[:NAMED]:
                self.stderr.write(name)
            raise CommandError(
                f"{len(refused.names)} values do not open with the keys at hand. Keep the old key in "
                "SECRET_KEY_FALLBACKS, put right what is named above, and run this again."
            ) from None
        self.stdout.write(f"Sealed anew: {done} rows. The old key can be taken out of SECRET_KEY_FALLBACKS.")
