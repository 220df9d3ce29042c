"""Working days of China, make-up days (调休) included; Monday to Friday in a year not yet published.

``NATIONAL`` is the published calendar; an organisation's own (``orgs.county.calendars``, ``actor.calendar``) has the
days that it or the organisations above it entered in its place.
"""

import datetime
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import lru_cache
from itertools import accumulate

import holidays
from holidays.countries.china import ChinaStaticHolidays

DAY = datetime.timedelta(days=1)
LONG_HOLIDAY_DAYS = 5  # 春节, 五一 and 国庆
ENTERED_DAYS = 10  # a year of which so many days off were entered counts as known
NEXT_YEAR_FROM = 12  # the month from which next year's days off should be known
FIRST, LAST = datetime.date.min.toordinal(), datetime.date.max.toordinal()

Entered = tuple[tuple[datetime.date, bool], ...]  # day, and whether people work on it
Changes = tuple[tuple[int, int], ...]  # in order: a day's ordinal, and +1 where a weekend is worked, -1 where not


@lru_cache(maxsize=1)
def _published() -> Changes:
    """How every published year differs from Monday to Friday: some thirty days a year, found once."""
    found = []
    for year in sorted(ChinaStaticHolidays.special_public_holidays):
        known = holidays.country_holidays("CN", years=[year - 1, year, year + 1])
        for ordinal in range(datetime.date(year, 1, 1).toordinal(), datetime.date(year, 12, 31).toordinal() + 1):
            day = datetime.date.fromordinal(ordinal)
            if known.is_working_day(day) != (day.weekday() < 5):
                found.append((ordinal, -1 if day.weekday() < 5 else 1))
    return tuple(found)


def is_published(year: int) -> bool:
    """Whether the State Council's days off and make-up days of the year are known here."""
    return year in ChinaStaticHolidays.special_public_holidays


def is_workday(day: datetime.date) -> bool:
    """Whether people work on this day by the published calendar."""
    return NATIONAL.works(day)


def workdays_between(start: datetime.date, end: datetime.date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
    return NATIONAL.between(start, end)


def add_workdays(day: datetime.date, count: int) -> datetime.date:
    """The ``count``-th working day after ``day``; ``count`` is at least 0."""
    return NATIONAL.after(day, count)


def shifted(day: datetime.date, days: int) -> datetime.date:
    """So many calendar days later (earlier when negative); the first or last day there is instead of none.

    Rows that bear a day like 9999-12-31 must not stop whatever goes over many rows.
    """
    return datetime.date.fromordinal(min(max(day.toordinal() + days, FIRST), LAST))


class Calendar:
    """Working days as rules ask for them: ``works`` on a day or not, ``knows`` the days off of a year or not.

    Nothing is counted day by day: whole weeks have five working days, and the days that differ from Monday to Friday
    stand in a table. An answer that would lie outside the years 1 to 9999 is the first or the last day there is.
    Equal days make one and the same calendar, so rules may remember what they worked out for it.
    """

    def __init__(self, entered: Entered = ()) -> None:
        changes = dict(_published())
        for day, works in entered:
            changes.pop(day.toordinal(), None)
            if works != (day.weekday() < 5):
                changes[day.toordinal()] = 1 if works else -1
        self._days = sorted(changes)
        self._sums = [0, *accumulate(changes[ordinal] for ordinal in self._days)]
        self._rest = Counter(day.year for day, works in entered if not works)

    def _until(self, ordinal: int) -> int:
        """Working days from the first day there is up to and including one; day 1 is a Monday."""
        weeks, days = divmod(ordinal, 7)
        return weeks * 5 + min(days, 5) + self._sums[bisect_right(self._days, ordinal)]

    def _nth(self, number: int) -> datetime.date:
        """The ``number``-th working day of all, counted from 1."""
        place = bisect_left(range(FIRST, LAST + 1), number, key=self._until)
        return datetime.date.fromordinal(min(FIRST + place, LAST))

    def works(self, day: datetime.date) -> bool:
        """Whether people work on this day."""
        ordinal = day.toordinal()
        return self._until(ordinal) > self._until(ordinal - 1)

    def knows(self, year: int) -> bool:
        """Whether the year's days off are published or were entered."""
        return is_published(year) or self._rest[year] >= ENTERED_DAYS

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
        if end < start:
            return -self.between(end, start)
        return self._until(end.toordinal()) - self._until(start.toordinal())

    def on_or_before(self, day: datetime.date) -> datetime.date:
        """The day itself when people work on it, else the last workday before."""
        return self._nth(self._until(day.toordinal()))

    def on_or_after(self, day: datetime.date) -> datetime.date:
        """The day itself when people work on it, else the next workday."""
        return self._nth(self._until(day.toordinal() - 1) + 1)

    def before(self, day: datetime.date, count: int = 1) -> datetime.date:
        """The ``count``-th workday before a day; the day itself for none."""
        return self._nth(self._until(day.toordinal() - 1) - count + 1) if count > 0 else day

    def after(self, day: datetime.date, count: int = 1) -> datetime.date:
        """The ``count``-th workday after a day; the day itself for none."""
        return self._nth(self._until(day.toordinal()) + count) if count > 0 else day

    def first_of_week(self, day: datetime.date) -> datetime.date | None:
        """The first workday of the day's week, Monday to Sunday; None in a week without any."""
        monday = shifted(day, -day.weekday())
        first = self.on_or_after(monday)
        return first if monday <= first <= shifted(monday, 6) else None

    def first_of_month(self, day: datetime.date) -> datetime.date:
        """The first workday of the day's month."""
        return self.on_or_after(day.replace(day=1))

    def long_holiday_after(self, day: datetime.date) -> tuple[datetime.date, datetime.date] | None:
        """First and last day of the next block of at least five rest days that starts within three weeks."""
        for ahead in range(1, 22):
            first = shifted(day, ahead)
            if self.works(first) or not self.works(shifted(first, -1)):
                continue
            last = shifted(self.on_or_after(first), -1)
            if (last - first).days + 1 >= LONG_HOLIDAY_DAYS:
                return first, last
        return None

    def missing_year(self, day: datetime.date) -> int | None:
        """The first year whose days off should be known on this day and are not: this one, from December the next."""
        years = [day.year, day.year + 1] if day.month >= NEXT_YEAR_FROM else [day.year]
        return next((year for year in years if not self.knows(year)), None)


NATIONAL = Calendar()


@lru_cache(maxsize=256)
def with_entered(entered: Entered) -> Calendar:
    """The published calendar with the days that were entered in its place."""
    return Calendar(entered) if entered else NATIONAL
