"""The days an assignment's light is read from, kept with it: one rule, so that SQL and Python cannot differ."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django import forms
from django.utils.translation import gettext_lazy as _

from dates.workdays import NATIONAL, Calendar
from orgs import options
from orgs.actor import Actor
from orgs.county import calendars, option_values
from orgs.models import Organisation
from tasks.rules import status as rules
from tasks.rules.curves import LAG_POINTS, SHORT_DAYS, Curve, Mark, curve_of
from tasks.rules.status import NEAR_WORKDAYS, Days, Status

NEAR, LAG, SHORT = "tasks.near_workdays", "tasks.lag_points", "tasks.short_days"


@dataclass(frozen=True)
class Numbers:
    """What a county sets: working days ahead that are near, points behind that are yellow, its calendar.

    A single deadline of at most ``short_days`` has no expected curve.
    """

    near_workdays: int = NEAR_WORKDAYS
    lag_points: int = LAG_POINTS
    calendar: Calendar = NATIONAL
    short_days: int = SHORT_DAYS


SHIPPED = Numbers()


def declare(on_change: options.OnChange) -> None:
    """Make the numbers known among the settings; ``on_change`` puts the stored days right."""
    declared = [
        (NEAR, _("Near: working days"), NEAR_WORKDAYS, _("So many working days before its date a light turns amber."),
         _integer(0, 30)),
        (LAG, _("Behind: points"), LAG_POINTS, _("So many points behind the expected curve a light turns yellow."),
         _integer(1, 100)),
        (SHORT, _("Short deadlines: days"), SHORT_DAYS,
         _("A single deadline of at most so many days has no expected curve: it is done or it is not."),
         _integer(0, 366)),
    ]  # fmt: skip
    for key, label, default, words, field in declared:
        options.declare(key, label, default, field=field, help=words, section=_("Lights"), on_change=on_change)


def _integer(least: int, most: int) -> Callable[[], forms.Field]:
    return lambda: forms.IntegerField(min_value=least, max_value=most)


def numbers_from(chosen: options.Options, calendar: Calendar) -> Numbers:
    """The numbers as options and a calendar say them."""
    return Numbers(chosen[NEAR], chosen[LAG], calendar, chosen[SHORT])


def numbers_of(organisation: Organisation) -> Numbers:
    """The numbers in force for an organisation, in two queries."""
    return numbers_from(option_values.of(organisation), calendars.calendar_of(organisation))


class Everywhere:
    """The numbers in force at any organisation, read once: for work that goes over many of them."""

    def __init__(self) -> None:
        self._options = option_values.Everywhere()
        self._calendars = calendars.Calendars()

    def at(self, path: str) -> Numbers:
        """The numbers in force at the organisation with this path."""
        return numbers_from(self._options.at(path), self._calendars.at(path))


@lru_cache(maxsize=65536)
def _near_from(due_on: datetime.date, calendar: Calendar, count: int) -> datetime.date:
    return rules.near_from(due_on, calendar, count)


def due_light(actor: Actor, path: str, due_on: datetime.date) -> rules.Light:
    """The light of whatever the organisation with this path owes by a day (an answer, an order, a matter), for the
    actor's day and by the numbers of its county.
    """
    own = actor.county is not None and path.startswith(actor.county.path)
    numbers = numbers_from(actor.options, actor.calendar) if own else Everywhere().at(path)
    near = _near_from(due_on, numbers.calendar, numbers.near_workdays)
    return rules.light(Status.RECEIVED, Days(due_on, near), actor.on)


def days_of(
    shape: str, plan: Curve, percent: int | None, *, marks: Sequence[Mark] = (), numbers: Numbers = SHIPPED
) -> dict[str, datetime.date | None]:
    """The stored days of an assignment that runs from ``plan.starts_on`` to ``plan.due_on``, by column."""
    curve = curve_of(shape, plan.starts_on, plan.due_on, marks, short_days=numbers.short_days)
    return {
        "near_from": _near_from(plan.due_on, numbers.calendar, numbers.near_workdays),
        "behind_from": curve.behind_from(percent, numbers.lag_points) if curve else None,
    }
