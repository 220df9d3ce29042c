"""What a report says in the demo: the fact of the task's shape that fits how far the work is."""

import datetime
from decimal import Decimal

from demo.fixture import dice
from tasks.facts.actions import NOTHING, Fact
from tasks.models import Assignment, Milestone
from tasks.rules.status import Shape

DAY = datetime.timedelta(days=1)
MISSED = 0.08  # share of rounds that come short


def fact(row: Assignment, stages: list[Milestone], percent: int, day: datetime.date) -> Fact:
    """What is entered on a day when the work is so many percent done; nothing where a percent is typed."""
    if row.task.shape == Shape.QUANTITY and row.target:
        return Fact(value=(row.target * percent / 100).quantize(Decimal("0.1")))
    if row.task.shape == Shape.MILESTONES:
        return Fact(stages=_reached(row, stages, percent, day))
    if row.task.shape == Shape.RECURRING:
        return Fact(stages=_counted(row, stages, day))
    return NOTHING


def _reached(
    row: Assignment, stages: list[Milestone], percent: int, day: datetime.date
) -> dict[int, datetime.date | int | None]:
    """Milestones newly done: those whose weights, one after the other, fit into the percent."""
    found: dict[int, datetime.date | int | None] = {}
    whole, sofar = sum(stage.weight for stage in stages), 0
    for stage in stages:
        sofar += stage.weight
        if 100 * sofar > percent * whole:
            break
        if stage.done_on is None:
            ago = dice("done", row.organisation.code, stage.code, day).randint(0, 4)
            found[stage.pk] = max(row.given_on, day - ago * DAY)
    return found


def _counted(row: Assignment, stages: list[Milestone], day: datetime.date) -> dict[int, datetime.date | int | None]:
    """Rounds that have begun and were not counted yet."""
    found: dict[int, datetime.date | int | None] = {}
    began = row.given_on
    for stage in stages:
        if began <= day and stage.count is None and (stage.due_on < day or (day - began).days > 9):
            short = dice("round", row.organisation.code, stage.period).random() < MISSED
            found[stage.pk] = stage.wanted - 1 if short else stage.wanted
        began = stage.due_on + DAY
    return found
