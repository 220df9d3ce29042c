"""Which days can be meant at all: one home for the bounds of every date that people type, paste or import.

A year mistyped (0026, 2926, 9999) passes every other check, and then a task is 730,454 days late. The bounds move with
the day of the county, so nothing here has to be looked after.
"""

import datetime
from enum import Enum

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _

from dates import clock

YEARS = 10  # before and after this year that anything is planned in
FIRST_YEAR = 1900  # before which nothing still in force began
BIGGEST = 10**18 - 1  # of a whole number that every database holds


class Days(Enum):
    """What kind of date it is."""

    PLANNED = "planned"  # due dates, first days, follow-ups: ten years to both sides
    HELD = "held"  # what may have begun long ago and end years ahead: posts, terms, responsibilities, names
    PAST = "past"  # what has happened: births, foundings, closings


def limits(kind: Days = Days.PLANNED, on: datetime.date | None = None) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a kind, as of a day (today)."""
    on = on or clock.today()
    first = on.year - YEARS if kind == Days.PLANNED else FIRST_YEAR
    last = on if kind == Days.PAST else datetime.date(on.year + YEARS, 12, 31)
    return datetime.date(first, 1, 1), last


def fault(day: datetime.date | None, kind: Days = Days.PLANNED, on: datetime.date | None = None) -> str:
    """What is wrong with a day in one sentence; "" when it can be meant."""
    first, last = limits(kind, on)
    if day is None or first <= day <= last:
        return ""
    words = {"day": day.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
    return _("%(day)s does not lie between %(first)s and %(last)s. Look at the year.") % words


@deconstructible
class Within:
    """A form field's validator: the day lies within the bounds of its kind."""

    def __init__(self, kind: Days = Days.PLANNED) -> None:
        self.kind = kind

    def __call__(self, value: datetime.date) -> None:
        """Raise ``ValidationError`` with the sentence; of a moment the day counts."""
        if wrong := fault(value.date() if isinstance(value, datetime.datetime) else value, self.kind):
            raise ValidationError(wrong, code="out_of_bounds")


def year_validators(kind: Days = Days.PLANNED) -> list[MinValueValidator | MaxValueValidator]:
    """The validators of a year's number."""
    return [MinValueValidator(lambda: limits(kind)[0].year), MaxValueValidator(lambda: limits(kind)[1].year)]
