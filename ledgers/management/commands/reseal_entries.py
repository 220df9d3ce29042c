"""``manage.py reseal_entries``: bring sealed values to the newest secret key."""

from typing import Any

from django.core.management.base import BaseCommand

from ledgers.actions.forgetting import reseal


class Command(BaseCommand):
    """Seal all personal data anew; run it right after the secret key was changed."""

    help = "Seals the personal data of ledgers anew; SECRET_KEY_FALLBACKS holds the old key meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Reseal and say how many rows."""
        self.stdout.write(f"Sealed anew: {reseal()} rows. The old key can be taken out of SECRET_KEY_FALLBACKS.")
