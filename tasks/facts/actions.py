"""How far an assignment is: the facts entered on it, what follows from them, and what rolls up to the township's."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from dates import periods
from dates.periods import Period
from orgs.actor import Actor
from records.changes import Writer
from tasks import stores
from tasks.lights import stored
from tasks.lights.stored import Numbers
from tasks.models import Assignment, Entry, Milestone
from tasks.refusals import StepRefused
from tasks.rules import percents
from tasks.rules.curves import Mark
from tasks.rules.status import Shape, Status

STAGED = frozenset({Shape.MILESTONES, Shape.RECURRING})
DAYS = ["percent", "near_from", "behind_from"]


@dataclass(frozen=True)
class Fact:
    """What was typed: a figure in the task's unit, or by milestone key the day it was done, how often, or None."""

    value: Decimal | None = None
    stages: Mapping[int, datetime.date | int | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.value is not None or bool(self.stages)


NOTHING = Fact()


def entered(changes: Writer, assignment: Assignment, *, by: Actor, percent: int | None, fact: Fact) -> dict[str, Any]:
    """Write the fact where it lives; the columns of the assignment that follow from it.

    Raises ``StepRefused`` for a fact the task's shape does not have.
    """
    task, values = assignment.task, dict[str, Any]()
    if fact.value is not None:
        if task.shape != Shape.QUANTITY:
            raise StepRefused(_("This task does not count anything."), "value")
        if assignment.parts.in_force().exists():
            raise StepRefused(_("This figure is the sum of its parts; enter it where it is done."), "value")
        values["value"] = fact.value
    if percent is not None and (task.shape in STAGED or task.shape == Shape.QUANTITY):
        raise StepRefused(_("The percent of this task follows from what is done: enter that."), "percent")
    stages = _reach(changes, assignment, fact.stages) if fact.stages else None
    _write_through(changes, assignment, by, fact, stages)
    return values | _following(assignment, values.get("value", assignment.value), percent, stages)


def _reach(changes: Writer, assignment: Assignment, typed: Mapping[int, datetime.date | int | None]) -> list[Milestone]:
    """Write what was reached; all milestones as they stand then."""
    stages = list(assignment.milestones.all())
    if unknown := set(typed) - {stage.pk for stage in stages}:
        raise StepRefused(_("These milestones are not of this task: %(keys)s.") % {"keys": sorted(unknown)}, "stages")
    for stage in stages:
        if stage.pk in typed:
            reached = typed[stage.pk]
            counted = isinstance(reached, int)
            changes.update(stage, count=reached if counted else None, done_on=None if counted else reached)
    return stages


def _write_through(
    changes: Writer, assignment: Assignment, by: Actor, fact: Fact, stages: Sequence[Milestone] | None
) -> None:
    store = stores.of(assignment.task.figure)
    if store is None or not fact:
        return
    days = {stage.code: stage.done_on for stage in stages or () if stage.code and stage.pk in fact.stages}
    try:
        unit = assignment.task.unit
        store[0].write(changes, store[1], assignment.organisation, by=by, value=fact.value, stages=days, unit=unit)
    except ValueError as refused:
        raise StepRefused(str(refused), "value") from refused


def _following(
    assignment: Assignment,
    value: Decimal | None,
    percent: int | None,
    stages: Sequence[Milestone] | None,
    numbers: Numbers | None = None,
) -> dict[str, Any]:
    """Percent and days that follow, by column."""
    shape = assignment.task.shape
    if shape in STAGED and stages is None:
        stages = list(assignment.milestones.all())
    if shape == Shape.QUANTITY:
        percent = percents.percent_of_value(value, assignment.target)
    elif shape in STAGED:
        percent = percents.percent_of_stages(stages or (), reported=True)
    elif percent is None:
        percent = assignment.percent
    numbers = numbers or stored.numbers_of(assignment.organisation)
    return {"percent": percent} | assignment.days_with(percent, numbers, marks_of(stages or ()))


def marks_of(stages: Iterable[Milestone]) -> list[Mark]:
    """Milestones as the curve sees them."""
    return [Mark(stage.due_on, stage.weight) for stage in stages]


def by_facts(rows: Sequence[Assignment]) -> dict[int, dict[str, Any]]:
    """Percent and days of each as its facts say them, by key; nothing is written.

    The facts are the figure, the milestones, and for a task without either the last percent reported. What was
    closed counts as 100 all the same: that is for the caller. The number of queries does not grow with the rows.
    """
    keys = [row.pk for row in rows]
    stages: dict[int, list[Milestone]] = {}
    for stage in Milestone.objects.filter(assignment__in=keys):
        stages.setdefault(stage.assignment_id, []).append(stage)
    said = Entry.objects.filter(assignment__in=keys, percent__isnull=False).order_by("at", "id")
    last = dict(said.values_list("assignment_id", "percent"))
    everywhere = stored.Everywhere()
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        own, percent = stages.get(row.pk, []), last.get(row.pk)
        if row.task.shape == Shape.QUANTITY:
            percent = percents.percent_of_value(row.value, row.target)
        elif row.task.shape in STAGED:
            percent = percents.percent_of_stages(own, reported=percent is not None)
        numbers = everywhere.at(row.organisation.path)
        values: dict[str, Any] = {"percent": percent}
        found[row.pk] = values | row.days_with(percent, numbers, marks_of(own))
    return found


def standing(assignment: Assignment) -> dict[str, Any]:
    """Percent and days as the facts and the last report say them, for what is taken up again."""
    return by_facts([assignment])[assignment.pk]


def recount(changes: Writer, rows: Sequence[Assignment]) -> None:
    """Write percent and days anew by the facts, of those that are not closed."""
    rows = [row for row in rows if row.status != Status.CLOSED]
    facts = by_facts(rows)
    for row in rows:
        for name, value in facts[row.pk].items():
            setattr(row, name, value)
    changes.update_all(rows, DAYS)


def roll_up(changes: Writer, assignments: Sequence[Assignment]) -> None:
    """The figures of the townships' assignments that these were split from: the sum of their parts.

    A closed one keeps its percent; its figure follows all the same, so that sums are equal.
    """
    roll_up_to(changes, {row.above_id for row in assignments if row.above_id})


def roll_up_to(changes: Writer, keys: Collection[int]) -> None:
    """The figures of assignments by key that were split: each the sum of its parts."""
    if not keys:
        return
    # Locked before the parts are added up: villages of one township report at the same time.
    whole = Assignment.objects.filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk")
    rows = list(whole.select_related("task", "organisation"))
    parts = Assignment.objects.filter(above__in=keys).in_force().order_by()
    sums = dict(parts.values_list("above").annotate(total=Sum("value")))
    everywhere = stored.Everywhere()
    for row in rows:
        total = sums.get(row.pk)
        row.value = total
        if row.status != Status.CLOSED:
            for name, value in _following(row, total, None, None, everywhere.at(row.organisation.path)).items():
                setattr(row, name, value)
    changes.update_all(rows, ["value", *DAYS])


def take_in(
    changes: Writer,
    figure: str,
    values: Mapping[int, Decimal | None],
    stages: Mapping[int, stores.StageDays] | None = None,
    *,
    unit: str | None = None,
) -> None:
    """Mirror a fact that came in by another door: by organisation, on every open assignment that names the figure, and
    counts in the unit of the values.
    """
    known = set(values) | set(stages or ())
    found = Assignment.objects.open().filter(task__figure=figure, organisation__in=known)
    found = found if unit is None else found.filter(task__unit=unit)
    rows = list(found.select_related("task", "organisation").prefetch_related("milestones"))
    touched: list[Milestone] = []
    for row in rows:
        days = (stages or {}).get(row.organisation_id, {})
        for stage in row.milestones.all():
            if stage.code in days and stage.done_on != days[stage.code]:
                stage.done_on = days[stage.code]
                touched.append(stage)
        row.value = values.get(row.organisation_id, row.value)
    changes.update_all(touched, ["done_on"])
    facts = by_facts(rows)
    for row in rows:
        for name, follows in facts[row.pk].items():
            setattr(row, name, follows)
    changes.update_all(rows, ["value", *DAYS])
    roll_up(changes, rows)


def count_rounds(changes: Writer, figure: str, organisations: Iterable[int]) -> None:
    """Write how often it was done in each round, as the store of the figure counts, on the open assignments there."""
    store = stores.of(figure)
    if store is None:
        return
    found = Assignment.objects.open().filter(task__figure=figure, task__shape=Shape.RECURRING)
    found = found.filter(organisation__in=set(organisations))
    rows = list(found.select_related("task", "organisation").prefetch_related("milestones"))
    spans: dict[int, list[Period]] = {}
    for row in rows:
        spans.setdefault(row.organisation_id, []).extend(periods.parse(stage.period) for stage in row.milestones.all())
    counted = store[0].rounds(store[1], spans)
    touched = []
    for row in rows:
        times = counted.get(row.organisation_id, {})
        for stage in row.milestones.all():
            if stage.count != times.get(stage.period):
                stage.count = times.get(stage.period)
                touched.append(stage)
    changes.update_all(touched, ["count"])
    moved = {stage.assignment_id for stage in touched}
    recount(changes, [row for row in rows if row.pk in moved])
