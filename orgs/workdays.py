"""Working days of China, make-up days (调休) included."""

import datetime
from functools import lru_cache

import holidays


@lru_cache(maxsize=8)
def _calendar(year: int) -> holidays.HolidayBase:
    """The holidays of one year and the days around it."""
    return holidays.country_holidays("CN", years=[year - 1, year, year + 1])


def is_workday(day: datetime.date) -> bool:
    """Whether people work on this day."""
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
