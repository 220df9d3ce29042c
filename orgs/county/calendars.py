"""The working days in force at an organisation: the published ones, and in their place what was entered."""

import datetime
from collections.abc import Mapping

from dates.workdays import NATIONAL, Calendar, Entered, with_entered
from orgs import paths
from orgs.models import Organisation, WorkdayException


def calendar_of(organisation: Organisation) -> Calendar:
    """The calendar in force at an organisation, in one query; the nearest entry of a day wins."""
    rows = WorkdayException.objects.filter(organisation__path__in=paths.above(organisation.path))
    found = dict(rows.order_by("organisation__depth").values_list("day", "kind"))
    return with_entered(_entered(found))


def _entered(kinds: Mapping[datetime.date, str]) -> Entered:
    return tuple(sorted((day, kind == "work") for day, kind in kinds.items()))


class Calendars:
    """The calendar in force at any organisation, read once: for work that goes over all of them."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[datetime.date, str]] = {}
        for path, day, kind in WorkdayException.objects.values_list("organisation__path", "day", "kind"):
            self._kinds.setdefault(path, {})[day] = kind

    def at(self, path: str) -> Calendar:
        """The calendar in force at the organisation with this path."""
        found: dict[datetime.date, str] = {}
        for owner in paths.above(path):
            found |= self._kinds.get(owner, {})
        return with_entered(_entered(found)) if found else NATIONAL

    def differing(self, day: datetime.date) -> list[str]:
        """The paths of the organisations whose entries make a workday a rest day, or the other way round."""
        return [path for path in self._kinds if self.at(path).works(day) != NATIONAL.works(day)]

    def every(self) -> list[Calendar]:
        """Every calendar in force anywhere."""
        return list(dict.fromkeys([NATIONAL, *(self.at(path) for path in self._kinds)]))
