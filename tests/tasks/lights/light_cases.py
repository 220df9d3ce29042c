"""Random assignments of every shape, with milestones, requests, withdrawals and moved dates."""

import datetime
import random

from tasks.giving.actions import stages_of
from tasks.lights import stored
from tasks.models import Assignment, Milestone, Task
from tasks.rules.curves import Mark
from tasks.rules.status import Every, Shape, Status
from tests.county import County

ONE_DAY = datetime.timedelta(days=1)
NAMES = ("选址", "基础", "主体", "粉刷", "绿化", "验收")


def marks_of(row: Assignment) -> list[Mark]:
    return [Mark(stage.due_on, stage.weight) for stage in row.milestones.all()]


def vary(county: County, chance: random.Random) -> None:
    """Give the county's tasks every shape in turn, and their assignments milestones, figures and moved dates."""
    for number, task in enumerate(county.tasks):
        task.shape = list(Shape)[number % len(Shape)]
        task.every = chance.choice(list(Every)) if task.shape == Shape.RECURRING else ""
        assert task.due_on
        task.starts_on = chance.choice([None, task.due_on - ONE_DAY * chance.randint(5, 300)])
    Task.objects.bulk_update(county.tasks, ["shape", "every", "starts_on"])
    made: list[Milestone] = []
    rows = list(Assignment.objects.filter(task__in=county.tasks).select_related("task", "organisation"))
    for row in rows:
        row.due_on += ONE_DAY * chance.choice([0, 0, 0, chance.randint(1, 40)])
        row.counted_due_on = chance.choice([row.due_on, row.original_due_on])
        if row.status not in {Status.CLOSED, Status.REQUESTED} and chance.random() < 0.1:
            row.status = Status.WITHDRAWN
        made += _stages(row, chance)
    Milestone.objects.bulk_create(made, batch_size=500)
    by_row: dict[int, list[Mark]] = {}
    for stage in made:
        by_row.setdefault(stage.assignment_id, []).append(Mark(stage.due_on, stage.weight))
    everywhere = stored.Everywhere()
    for row in rows:
        row.put_days(everywhere.at(row.organisation.path), by_row.get(row.pk, []))
    names = ["due_on", "counted_due_on", "status", "near_from", "behind_from"]
    Assignment.objects.bulk_update(rows, names, batch_size=100)


def _stages(row: Assignment, chance: random.Random) -> list[Milestone]:
    if row.task.shape == Shape.RECURRING:
        found = stages_of(row.task, row.given_on)
        for stage in found:
            stage.assignment = row
        return found
    if row.task.shape != Shape.MILESTONES:
        return []
    start = row.task.starts_on or row.given_on
    days = sorted(chance.randint(0, max(1, (row.due_on - start).days)) for _name in NAMES)
    return [
        Milestone(
            assignment=row,
            position=number,
            name=name,
            weight=chance.randint(1, 5),
            due_on=start + ONE_DAY * ahead,
            original_due_on=start + ONE_DAY * ahead,
        )
        for number, (name, ahead) in enumerate(zip(NAMES, days, strict=True))
    ]
