"""``manage.py take_snapshot``: write today's snapshot now."""

from typing import Any

from django.core.management.base import BaseCommand

from dates import clock
from tasks.board import snapshots


class Command(BaseCommand):
    """Write today's snapshot, as the job does every half hour."""

    help = "Write today's snapshot anew: theme × organisation, with today's township."

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it and say how many rows it has."""
        day = clock.today()
        self.stdout.write(f"{day}: {snapshots.take(day)} rows")
