"""The look at the end of each day: every light, and every sum, from first principles."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from dates import periods
from demo.year.principles import Calendars, Limits, known_of, light, wrong_lights
from orgs.actor import Actor
from tasks.board import sums
from tasks.board.figures import Selection
from tasks.facts.refresh_actions import stale_among
from tasks.lights import sql
from tasks.models import Assignment

SHOWN = 20


@dataclass
class Look:
    """What was compared and what was wrong."""

    calendars: Calendars
    limits: Limits = field(default_factory=Limits)
    compared: int = 0
    faults: list[str] = field(default_factory=list)

    def at(self, day: datetime.date, office: Actor) -> None:
        """Compare every light and every sum on a day."""
        rows = Assignment.objects.order_by("pk")
        shown = dict(rows.annotate(light=sql.light_on(day)).values_list("pk", "light"))
        known = list(known_of(rows))
        self.compared += len(known)
        self.faults += wrong_lights(shown, known, day, self.calendars, self.limits)
        self._sums(day)
        self._board(
            day, office, {pk: (each.status, light(each, day, self.calendars, self.limits)) for pk, each in known}
        )

    def _sums(self, day: datetime.date) -> None:
        """A figure that was split is the sum of its parts."""
        values: dict[int, list[object]] = {}
        for above, value in Assignment.objects.filter(above__isnull=False).in_force().values_list("above_id", "value"):
            values.setdefault(above, []).append(value)
        for pk, value in Assignment.objects.filter(pk__in=values).in_force().values_list("pk", "value"):
            reported = [each for each in values[pk] if each is not None]
            expected = sum(reported) if reported else None  # type: ignore[arg-type]  # decimals
            if value != expected:
                self.faults.append(f"{day}: assignment {pk} counts {value}, its parts {expected}")

    def _board(self, day: datetime.date, office: Actor, standing: dict[int, tuple[str, str]]) -> None:
        """The figures of the county's board are those of the rows, one by one."""
        chosen = Selection(office, periods.year(day))
        counted = sums.added(sums.counted(chosen, by_organisation=False).cells.values())
        working = Counter(light for status, light in standing.values() if status not in {"requested", "closed"})
        statuses = Counter(status for status, _light in standing.values())
        late = sum(light == "late" for _status, light in standing.values())
        expected = {
            "all": len(standing) - statuses["withdrawn"],
            "overdue": late,
            "near": working["soon"],
            "behind": working["lag"],
            "done": statuses["closed"],
            "to_verify": statuses["requested"],
        }
        for name, count in expected.items():
            if counted[name] != count:
                self.faults.append(f"{day}: the board shows {name} {counted[name]}, there are {count}")

    def stored(self, day: datetime.date) -> None:
        """The stored days are what follows now."""
        stale = [row.pk for row in stale_among(Assignment.objects.open())]
        if stale:
            self.faults.append(f"{day}: stored days are stale: {stale[:SHOWN]}")
