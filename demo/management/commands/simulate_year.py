"""``manage.py simulate_year``: live through a year of the demo county and look at every light and sum, day by day."""

import datetime
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import state
from demo.year import simulate

FAULTS_SHOWN = 20


class Command(BaseCommand):
    """A year through the actions only; nothing of it stays in the database."""

    help = (
        "Lives through a year of the demo county (issue, report, extensions, postponement, close-out, withdrawal, "
        "merging) and compares every light of every day with first principles. Nothing stays; a database file is "
        "locked while it runs, so use one of its own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--year", type=int, default=2026, help="the year, 2026 unless told otherwise")
        parser.add_argument("--small", action="store_true", help="three townships of four villages")
        parser.add_argument("--seed", type=int, default=1, help="another number, another course of things")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Live, print what happened, and fail when anything was wrong."""
        began = time.monotonic()
        try:
            lived = simulate.live(options["year"], small=options["small"], seed=options["seed"], tell=self._tell)
        except state.NotTheDemo as other:
            raise CommandError(f"The database holds “{other}”, which is not the demo's. Use an empty one.") from other
        self.stdout.write(f"{lived.assignments} assignments, {lived.compared} lights compared, ", ending="")
        self.stdout.write(f"{time.monotonic() - began:.0f} s")
        for name, count in sorted(lived.done.items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"  {count:>6}  {name}")
        if lived.refused:
            self.stdout.write(f"  {sum(lived.refused.values()):>6}  refused, as it should be")
        if lived.faults:
            shown = "\n".join(lived.faults[:FAULTS_SHOWN])
            raise CommandError(f"{len(lived.faults)} things were wrong:\n{shown}")

    def _tell(self, day: datetime.date) -> None:
        self.stdout.write(f"{day} lived through", ending="\n")
        self.stdout.flush()
