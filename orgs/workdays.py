"""Working days of China, make-up days (调休) included; Monday to Friday in a year not yet published.

``NATIONAL`` is the published calendar; an organisation's own (``calendar_of``, ``actor.calendar``) has the days that it
or the organisations above it entered in its place.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import holidays
from holidays.countries.china import ChinaStaticHolidays

from orgs import paths

if TYPE_CHECKING:
    from orgs.models import Organisation
    from orgs.scope import Actor
    from records.changes import Writer

DAY = datetime.timedelta(days=1)
LONG_HOLIDAY_DAYS = 5  # 春节, 五一 and 国庆
ENTERED_DAYS = 10  # a year of which so many days off were entered counts as known
NEXT_YEAR_FROM = 12  # the month from which next year's days off should be known


@lru_cache(maxsize=8)
def _calendar(year: int) -> holidays.HolidayBase:
    """The holidays of one year and the days around it."""
    return holidays.country_holidays("CN", years=[year - 1, year, year + 1])


def is_published(year: int) -> bool:
    """Whether the State Council's days off and make-up days of the year are known here."""
    return year in ChinaStaticHolidays.special_public_holidays


@lru_cache(maxsize=4096)
def is_workday(day: datetime.date) -> bool:
    """Whether people work on this day."""
    if not is_published(day.year):
        return day.weekday() < 5
    return _calendar(day.year).is_working_day(day)


def workdays_between(start: datetime.date, end: datetime.date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + datetime.timedelta(days=n)) for n in range(1, (end - start).days + 1))


def add_workdays(day: datetime.date, count: int) -> datetime.date:
    """The ``count``-th working day after ``day``; ``count`` is at least 0."""
    while count > 0:
        day += datetime.timedelta(days=1)
        count -= is_workday(day)
    return day


@dataclass(frozen=True)
class Calendar:
    """Working days as rules ask for them: ``works`` on a day or not, ``knows`` the days off of a year or not.

    Equal days make one and the same calendar, so rules may remember what they worked out for it.
    """

    works: Callable[[datetime.date], bool] = is_workday
    knows: Callable[[int], bool] = is_published

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
        if end < start:
            return -self.between(end, start)
        return sum(self.works(start + DAY * n) for n in range(1, (end - start).days + 1))

    def on_or_before(self, day: datetime.date) -> datetime.date:
        """The day itself when people work on it, else the last workday before."""
        while not self.works(day):
            day -= DAY
        return day

    def on_or_after(self, day: datetime.date) -> datetime.date:
        """The day itself when people work on it, else the next workday."""
        while not self.works(day):
            day += DAY
        return day

    def before(self, day: datetime.date, count: int = 1) -> datetime.date:
        """The ``count``-th workday before a day."""
        for _step in range(count):
            day = self.on_or_before(day - DAY)
        return day

    def after(self, day: datetime.date, count: int = 1) -> datetime.date:
        """The ``count``-th workday after a day."""
        for _step in range(count):
            day = self.on_or_after(day + DAY)
        return day

    def first_of_week(self, day: datetime.date) -> datetime.date | None:
        """The first workday of the day's week, Monday to Sunday; None in a week without any."""
        monday = day - DAY * day.weekday()
        return next((d for d in (monday + DAY * n for n in range(7)) if self.works(d)), None)

    def first_of_month(self, day: datetime.date) -> datetime.date:
        """The first workday of the day's month."""
        return self.on_or_after(day.replace(day=1))

    def long_holiday_after(self, day: datetime.date) -> tuple[datetime.date, datetime.date] | None:
        """First and last day of the next block of at least five rest days that starts within three weeks."""
        for ahead in range(1, 22):
            first = day + DAY * ahead
            if self.works(first) or not self.works(first - DAY):
                continue
            last = self.on_or_after(first) - DAY
            if (last - first).days + 1 >= LONG_HOLIDAY_DAYS:
                return first, last
        return None

    def missing_year(self, day: datetime.date) -> int | None:
        """The first year whose days off should be known on this day and are not: this one, from December the next."""
        years = [day.year, day.year + 1] if day.month >= NEXT_YEAR_FROM else [day.year]
        return next((year for year in years if not self.knows(year)), None)


NATIONAL = Calendar()
Entered = tuple[tuple[datetime.date, bool], ...]  # day, and whether people work on it


@lru_cache(maxsize=256)
def with_entered(entered: Entered) -> Calendar:
    """The published calendar with the days that were entered in its place."""
    if not entered:
        return NATIONAL
    own: Mapping[datetime.date, bool] = dict(entered)
    rest = Counter(day.year for day, works in entered if not works)

    def works(day: datetime.date) -> bool:
        found = own.get(day)
        return is_workday(day) if found is None else found

    def knows(year: int) -> bool:
        return is_published(year) or rest[year] >= ENTERED_DAYS

    return Calendar(works, knows)


def calendar_of(organisation: "Organisation") -> Calendar:
    """The calendar in force at an organisation, in one query; the nearest entry of a day wins."""
    from orgs.models import WorkdayException  # models stand on this module's neighbours

    rows = WorkdayException.objects.filter(organisation__path__in=paths.above(organisation.path))
    found = dict(rows.order_by("organisation__depth").values_list("day", "kind"))
    return with_entered(_entered(found))


def _entered(kinds: Mapping[datetime.date, str]) -> Entered:
    return tuple(sorted((day, kind == "work") for day, kind in kinds.items()))


_followers: list[Callable[["Writer", "Organisation", "Actor"], None]] = []


def when_changed(follow: Callable[["Writer", "Organisation", "Actor"], None]) -> None:
    """Write what follows from a changed calendar at and below an organisation, within the same change set.

    An app adds this in ``apps.ready()`` for what it stores by workdays.
    """
    if follow not in _followers:
        _followers.append(follow)


def followers() -> list[Callable[["Writer", "Organisation", "Actor"], None]]:
    """Whatever follows from a changed calendar."""
    return list(_followers)


class Calendars:
    """The calendar in force at any organisation, read once: for work that goes over all of them."""

    def __init__(self) -> None:
        from orgs.models import WorkdayException  # models stand on this module's neighbours

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
