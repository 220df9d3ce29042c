"""A year's days off and make-up days in force, for people to read."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import holidays
from django.utils import translation

from dates.workdays import DAY, Calendar, is_published
from orgs.models import WorkdayException

SUBSTITUTED = ("休息日", "Day off")  # how the package calls a day swapped for another


@dataclass(frozen=True)
class Stretch:
    """Days in a row that are off, or weekend days that are worked."""

    first: datetime.date
    last: datetime.date
    works: bool
    name: str

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def stretches(year: int, calendar: Calendar, own: Iterable[WorkdayException]) -> list[Stretch]:
    """What differs from Monday to Friday in a year, in order; ``own`` entries give names."""
    names = (_published_names(year) if is_published(year) else {}) | {row.day: row.name for row in own if row.name}
    every = (
        datetime.date(year, 1, 1) + DAY * n for n in range((datetime.date(year + 1, 1, 1) - DAY).timetuple().tm_yday)
    )
    found = []
    for works, run in groupby(every, calendar.works):
        days = list(run)
        if not works and (any(day.weekday() < 5 for day in days) or any(day in names for day in days)):
            found.append(_stretch(days, False, names))
        elif works:
            found += [_stretch([day], True, names) for day in days if day.weekday() >= 5]
    return found


def _stretch(days: list[datetime.date], works: bool, names: Mapping[datetime.date, str]) -> Stretch:
    called = dict.fromkeys(names[day] for day in days if day in names)
    return Stretch(days[0], days[-1], works, "、".join(called))


def _published_names(year: int) -> dict[datetime.date, str]:
    language = "zh_CN" if (translation.get_language() or "").startswith("zh") else "en_US"
    published = holidays.country_holidays("CN", years=year, language=language)
    return dict(_plain(published.items()))


def _plain(rows: Iterable[tuple[datetime.date, str]]) -> Iterator[tuple[datetime.date, str]]:
    """The occasions, without the days swapped for them and without “observed”."""
    for day, name in rows:
        if not name.startswith(SUBSTITUTED):
            yield day, name.partition("（")[0].partition(" (")[0]
