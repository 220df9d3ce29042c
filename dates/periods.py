"""Periods and their stored keys: ``2026-W47``, ``2026-11``, ``2026-Q4``, ``2026-H2``, ``2026``."""

import datetime
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dates.workdays import shifted

_KEY = re.compile(r"(?P<year>\d{4})(?:-(?:W(?P<week>\d\d)|Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>\d\d)))?")


@dataclass(frozen=True)
class Period:
    """A span of whole days, both ends included, under its stored key."""

    key: str
    start: datetime.date
    end: datetime.date

    def __contains__(self, day: datetime.date) -> bool:
        return self.start <= day <= self.end

    def before(self) -> "Period":
        """The period of the same kind just before."""
        return _maker(self.key)(shifted(self.start, -1))


def _months(key: str, year: int, first: int, count: int) -> Period:
    last = first + count - 1
    return Period(key, datetime.date(year, first, 1), datetime.date(year, last, monthrange(year, last)[1]))


def week(day: datetime.date) -> Period:
    """The ISO week of a day, Monday to Sunday."""
    iso = day.isocalendar()
    monday = shifted(day, 1 - iso.weekday)
    return Period(f"{iso.year:04}-W{iso.week:02}", monday, shifted(monday, 6))


def month(day: datetime.date) -> Period:
    """The calendar month of a day."""
    return _months(f"{day.year:04}-{day.month:02}", day.year, day.month, 1)


def quarter(day: datetime.date) -> Period:
    """The quarter of a day."""
    number = (day.month - 1) // 3
    return _months(f"{day.year:04}-Q{number + 1}", day.year, number * 3 + 1, 3)


def half(day: datetime.date) -> Period:
    """The half-year of a day."""
    number = (day.month - 1) // 6
    return _months(f"{day.year:04}-H{number + 1}", day.year, number * 6 + 1, 6)


def year(day: datetime.date) -> Period:
    """The calendar year of a day."""
    return _months(f"{day.year:04}", day.year, 1, 12)


def _maker(key: str) -> Callable[[datetime.date], Period]:
    """The function that makes periods of the key's kind."""
    makers = {"W": week, "Q": quarter, "H": half}
    return makers.get(key[5:6]) or (month if "-" in key else year)


def parse(key: str) -> Period:
    """The period a stored key names. Raises ``ValueError`` when it names none."""
    match = _KEY.fullmatch(key)
    if not match:
        raise ValueError(key)
    number = int(match["year"])
    if match["week"]:
        day = datetime.date.fromisocalendar(number, int(match["week"]), 1)
    else:
        months = int(match["month"] or 0) or int(match["quarter"] or 0) * 3 or int(match["half"] or 0) * 6 or 1
        day = datetime.date(number, months, 1)
    return _maker(key)(day)


def in_words(key: str) -> str:
    """A stored key as people say it; the key itself when it names no period."""
    match = _KEY.fullmatch(key)
    if not match:
        return key
    year = match["year"]
    if match["week"]:
        return _("week %(week)s of %(year)s") % {"week": int(match["week"]), "year": year}
    if match["month"]:
        return _("%(year)s-%(month)s (month)") % {"month": int(match["month"]), "year": year}
    if match["quarter"]:
        return _("quarter %(quarter)s of %(year)s") % {"quarter": match["quarter"], "year": year}
    if match["half"]:
        words = {"1": _("first half of %(year)s"), "2": _("second half of %(year)s")}
        return words[match["half"]] % {"year": year}
    return _("year %(year)s") % {"year": year}
