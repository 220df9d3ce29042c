"""The days an assignment's light is read from, kept with it: one rule, so that SQL and Python cannot differ."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from orgs.models import Organisation
from orgs.workdays import NATIONAL, Calendar
from tasks import rules
from tasks.curves import LAG_POINTS, Curve, Mark, curve_of
from tasks.rules import NEAR_WORKDAYS


@dataclass(frozen=True)
class Numbers:
    """What a county sets: how many working days ahead is near, how many points behind is yellow, its calendar."""

    near_workdays: int = NEAR_WORKDAYS
    lag_points: int = LAG_POINTS
    calendar: Calendar = NATIONAL


SHIPPED = Numbers()


def numbers_of(organisation: Organisation) -> Numbers:
    """The numbers in force for an organisation."""
    return SHIPPED


def days_of(
    shape: str, plan: Curve, percent: int | None, *, marks: Sequence[Mark] = (), numbers: Numbers = SHIPPED
) -> dict[str, datetime.date | None]:
    """The stored days of an assignment that runs from ``plan.starts_on`` to ``plan.due_on``, by column."""
    curve = curve_of(shape, plan.starts_on, plan.due_on, marks)
    return {
        "near_from": rules.near_from(plan.due_on, numbers.calendar, numbers.near_workdays),
        "behind_from": curve.behind_from(percent, numbers.lag_points) if curve else None,
    }
