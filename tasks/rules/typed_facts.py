"""What was typed, read as a fact of a task: numbers in its unit, percents, days. Pure, for every door."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from sheets import values
from sheets.units import UNITS
from sheets.wording import FAULTS

LARGEST = Decimal(10) ** 13  # what the column holds
CENT = Decimal("0.01")


class NotRead(ValueError):
    """What was typed is no such fact; the sentence says what to write instead."""


def figure(text: str, unit: str = "") -> Decimal | None:
    """A number in the task's unit, two decimals at most; None for a blank or 无. Raises ``NotRead``.

    1.2万 in a task counted in 万元 is 1.2 (nobody means 12,000 万元); 12000元 there is 1.2 too.
    """
    text = text.strip()
    known = UNITS.get(unit)
    if not known and unit:
        text = text.removesuffix(unit)
    read = values.number(text, unit if known else None)
    if read.fault:
        raise NotRead(str(FAULTS.get(read.fault, FAULTS["not_a_number"])))
    if read.value is None:
        return None
    found = Decimal(read.value) / known[1] if known else Decimal(read.value)
    if abs(found) >= LARGEST:
        raise NotRead(_("This number is too large. Look at its unit: %(unit)s.") % {"unit": unit or _("none")})
    kept = found.quantize(CENT, ROUND_HALF_UP)
    if found and not kept:
        words = {"unit": unit or _("none")}
        raise NotRead(_("This number is too small: less than 0.01 cannot be kept. Look at its unit: %(unit)s.") % words)
    return kept


def whole(text: str, most: int, unit: str = "次") -> int | None:
    """A whole number from 0 to ``most``, of times unless said; None for a blank. Raises ``NotRead``."""
    found = figure(text, unit)
    if found is None:
        return None
    if found != int(found):
        raise NotRead(str(FAULTS["not_whole"]))
    if not 0 <= found <= most:
        raise NotRead(_("Write a whole number from 0 to %(most)s.") % {"most": most})
    return int(found)


def percent(text: str) -> int | None:
    """A percent from 0 to 100, with or without the sign; None for a blank. Raises ``NotRead``."""
    return whole(text, 100, "%")


def reached(day: datetime.date, on: datetime.date) -> datetime.date:
    """The day something was done, which cannot lie ahead of ``on``. Raises ``NotRead``."""
    if day > on:
        raise NotRead(_("This day lies ahead. Write the day on which it was done."))
    if day.year < on.year - 10:
        raise NotRead(_("This day lies too far back. Look at the year."))
    return day


def shown(value: Decimal | None) -> str:
    """A figure as people write it: without trailing zeros; "" for none."""
    return "" if value is None else values.shown(value)
