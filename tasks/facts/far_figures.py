"""Figures far from what is known: a bare 200000 where 20 (万元) stood is asked about, never taken as it is.

What people count in several units (money and areas) is compared with what stands there, with the target and with the
middle of the others.
"""

import statistics
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from orgs.actor import Actor
from sheets.units import AREA, MONEY, dimension
from sheets.values import number
from tasks.models import Assignment
from tasks.rules import typed_facts
from tasks.rules.status import Shape

TIMES = 100  # how much a figure may differ from what is known before it is asked about
CHOICES = {MONEY: ("元", "万元"), AREA: ("㎡", "亩")}


def has_units(unit: str) -> bool:
    """Whether people write what is counted in a unit in others too."""
    return dimension(unit) in CHOICES


def says_no_unit(text: str, unit: str) -> bool:
    """Whether a figure means whatever unit is put to it; of units that people write in others too."""
    one, other = (number(text, unit).value for unit in CHOICES[dimension(unit) or ""])
    return bool(one != other)


def question(text: str, unit: str, value: Decimal, own: Sequence[Decimal | None], others: Sequence[Decimal]) -> str:
    """Why a figure typed into a cell is asked about: it says no unit and is a hundred times off what stands there, else
    off the target and the middle of the others. "" where it is taken.
    """
    stands, target = own
    if not value or not has_units(unit) or not says_no_unit(text, unit):
        return ""
    known = [stands] if stands else [*([target] if target else []), *([statistics.median(others)] if others else [])]
    if not is_far(value, known):
        return ""
    return far_off(text, typed_facts.shown(known[0]), unit)


def far_off(text: str, known: str, unit: str) -> str:
    """The question about a figure that is far from what is known."""
    said = _(
        "“%(text)s” is a hundred times off what is known (%(known)s %(unit)s). "
        "Write the unit beside it, or say that it is right."
    )
    return said % {"text": text, "known": known, "unit": unit}


def elsewhere(rows: Sequence[Assignment], by: Actor) -> dict[int, list[Decimal]]:
    """What stands of the tasks whose figures people write in several units, at organisations of the same kinds."""
    scaled = {row.task_id for row in rows if row.task.shape == Shape.QUANTITY and has_units(row.task.unit)}
    if not scaled:
        return {}
    found: dict[int, list[Decimal]] = {}
    standing = Assignment.objects.visible_to(by).in_force().filter(task__in=scaled, value__isnull=False)
    standing = standing.filter(organisation__kind__in={row.organisation.kind for row in rows}).exclude(value=0)
    for task, value in standing.order_by().values_list("task_id", "value"):
        if value is not None:  # for the type checker
            found.setdefault(task, []).append(value)
    return found


def is_far(value: Decimal, known: Iterable[Decimal]) -> bool:
    """Whether a figure differs a hundred times or more from all that is known; never where nothing is."""
    likely = [abs(other) for other in known if other]
    return bool(likely) and all(not other / TIMES < abs(value) < other * TIMES for other in likely)
