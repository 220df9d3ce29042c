"""Working days of China, make-up days (调休) included; Monday to Friday in a year not yet published."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import holidays
from holidays.countries.china import ChinaStaticHolidays

DAY = datetime.timedelta(days=1)
LONG_HOLIDAY_DAYS = 5  # 春节, 五一 and 国庆


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
    """Working days as rules ask for them; ``works`` says whether people work on a day."""

    works: Callable[[datetime.date], bool] = is_workday

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


NATIONAL = Calendar()
