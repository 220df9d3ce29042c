"""What the stories about the grid need: the villages of 河口镇 with one task of each shape."""

import datetime
from decimal import Decimal

from records.changes import change_set
from tasks.models import Assignment, Milestone, Task
from tasks.rules.status import Shape, Status
from tests.cast import TODAY, Cast
from tests.tasks.stage import issued, themes

MILESTONES = ["选址", "基础", "主体", "粉刷", "验收"]
PLACES = ("shiling", "liuwan")


def sheet_of_all(cast: Cast) -> dict[str, Task]:
    """By shape the task given to 石岭村 and 柳湾村 (and 上坊村 of the other township), running."""
    theme = themes(cast)[0]
    tasks = {
        "building": issued(cast, theme=theme, title="活动场所改扩建"),
        "income": issued(cast, theme=theme, title="集体收入"),
        "meetings": issued(cast, theme=theme, title="三会一课"),
        "training": issued(cast, theme=theme, title="集中轮训"),
        "tidy": issued(cast, theme=theme, title="阵地日常维护"),
    }
    shapes = {
        "building": Shape.MILESTONES,
        "income": Shape.QUANTITY,
        "meetings": Shape.RECURRING,
        "tidy": Shape.STANDING,
    }
    for name, shape in shapes.items():
        Task.objects.filter(pk=tasks[name].pk).update(shape=shape, unit="万元" if name == "income" else "")
        tasks[name].refresh_from_db()
    with change_set("tests.grid", by=cast.actor("office")) as changes:
        for row in Assignment.objects.select_related("organisation"):
            if row.task_id == tasks["income"].pk:
                changes.update(row, target=Decimal(20), status=Status.IN_PROGRESS)
            if row.task_id == tasks["building"].pk:
                changes.create_all([_stage(row, at, name) for at, name in enumerate(MILESTONES, start=1)])
            if row.task_id == tasks["meetings"].pk:
                changes.create(_round(row))
    return tasks


def _stage(row: Assignment, at: int, name: str) -> Milestone:
    day = TODAY + datetime.timedelta(days=7 * at)
    return Milestone(assignment=row, position=at, name=name, due_on=day, original_due_on=day)


def _round(row: Assignment) -> Milestone:
    day = datetime.date(2026, 11, 30)
    return Milestone(
        assignment=row, position=1, name="11月", period="2026-11", wanted=4, due_on=day, original_due_on=day
    )


def key(tasks: dict[str, Task], name: str, cast: Cast, place: str = "shiling") -> Assignment:
    """The assignment of a task at a place, freshly read."""
    return Assignment.objects.get(task=tasks[name], organisation=cast.places[place])
