"""Giving a task out: one assignment an organisation, with the milestones or rounds its shape asks for."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models.base import ModelState

from dates import periods
from dates.workdays import shifted
from records.changes import Writer
from tasks.facts.actions import marks_of
from tasks.lights.stored import SHIPPED, Numbers
from tasks.models import Assignment, Milestone, Task
from tasks.rules.status import Every, Shape

_PERIODS = {
    Every.WEEK: periods.week,
    Every.MONTH: periods.month,
    Every.QUARTER: periods.quarter,
    Every.HALF: periods.half,
    Every.YEAR: periods.year,
}


def give(
    changes: Writer,
    task: Task,
    organisations: Iterable[int],
    *,
    on: datetime.date,
    numbers: Numbers = SHIPPED,
    targets: Mapping[int, Decimal] | None = None,
    **values: Any,
) -> list[Assignment]:
    """Write the assignments of a dated task for organisations by key; ``values`` are further fields of each.

    ``targets`` are the shares of the task's figure, by key of organisation.
    """
    first, planned = first_of(task, on=on, numbers=numbers, **values)
    shares = targets or {}
    rows = [_like(first, key, shares.get(key, first.target)) for key in organisations]
    changes.create_all(rows)
    changes.create_all([copied(stage, row) for row in rows for stage in planned])
    return rows


def first_of(
    task: Task, *, on: datetime.date, numbers: Numbers = SHIPPED, **values: Any
) -> tuple[Assignment, list[Milestone]]:
    """What every organisation gets, without the organisation, and its milestones; nothing is stored yet."""
    assert task.due_on is not None  # asked for before a task is issued
    variant = values.pop("variant", task.variant)
    planned = stages_of(task, on, variant)
    common = {"due_on": task.due_on, "marks": marks_of(planned), "numbers": numbers, "variant": variant, **values}
    return Assignment.given(task=task, on=on, **common), planned


def _like(first: Assignment, organisation: int, target: Decimal | None) -> Assignment:
    """The same for another organisation: the days follow from the task, so they are found once.

    Copied whole, since calling the model once for each of 24,000 rows takes longer than writing them.
    """
    row = Assignment.__new__(Assignment)
    row.__dict__ = {**first.__dict__, "_state": ModelState(), "organisation_id": organisation, "target": target}
    return row


def stages_of(task: Task, on: datetime.date, variant: str = "") -> list[Milestone]:
    """The milestones of an assignment given on a day, not stored and without their assignment yet."""
    if task.shape == Shape.RECURRING:
        return _rounds(task, on)
    if task.shape != Shape.MILESTONES:
        return []
    planned = [stage for stage in task.milestones.all() if stage.variant in {"", variant}]
    planned.sort(key=lambda stage: (stage.position, stage.due_on))
    return [
        Milestone(
            position=position,
            code=stage.code,
            name=stage.name,
            weight=stage.weight,
            owner=stage.owner,
            deliverable=stage.deliverable,
            due_on=stage.due_on,
            original_due_on=stage.due_on,
        )
        for position, stage in enumerate(planned)
    ]


def _rounds(task: Task, on: datetime.date) -> list[Milestone]:
    """One round for each period from the start to the due date; the last ends on the due date itself."""
    assert task.due_on is not None  # asked for before a task is issued
    period_of = _PERIODS[Every(task.every or Every.MONTH)]
    found: list[Milestone] = []
    day = task.starts_on or on
    over = day > task.due_on
    while not over:
        period = period_of(day)
        ends_on = min(period.end, task.due_on)
        found.append(
            Milestone(
                position=len(found),
                name=period.key,
                period=period.key,
                wanted=task.times,
                due_on=ends_on,
                original_due_on=ends_on,
            )
        )
        over = period.end >= task.due_on
        day = shifted(period.end, 1)
    return found


def copied(stage: Milestone, row: Assignment) -> Milestone:
    """A planned milestone as one assignment's own, not stored yet."""
    made = Milestone(**{f.attname: getattr(stage, f.attname) for f in stage._meta.concrete_fields if not f.primary_key})
    made.assignment = row
    return made


def put_milestones(changes: Writer, row: Assignment, stages: Sequence[Milestone], numbers: Numbers) -> None:
    """Give an assignment other milestones (another kind of work); what was done under the same code stays done."""
    old = {stage.code or stage.name: stage for stage in row.milestones.all()}
    for stage in stages:
        if known := old.get(stage.code or stage.name):
            stage.done_on, stage.count = known.done_on, known.count
    for stage in row.milestones.all():
        changes.delete(stage)
    changes.create_all([copied(stage, row) for stage in stages])
