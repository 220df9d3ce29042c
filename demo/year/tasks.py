"""The tasks of the year: one of every shape, drafted and issued through the actions, and figures split."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from demo.county import County
from demo.programme import OFFICE, themes
from demo.year.principles import DAY
from orgs.models import Organisation
from orgs.rules import Kind
from orgs.scope import Actor
from tasks.actions import quotas, tasks
from tasks.actions.quotas import Wanted
from tasks.audience import Audience
from tasks.models import Assignment, Task
from tasks.planning import Planned
from tasks.rules import Every, Shape

ANSWERS = {
    "supervisor": "县委组织部",
    "owner": "乡镇党委书记",
    "standard": "按方案要求完成",
    "effect": "群众满意",
    "consequence": "列入月通报",
    "measures": "每月调度一次",
}
STAGES = (("选址", 1), ("基础", 2), ("主体", 4), ("粉刷", 1), ("绿化", 1), ("验收", 1))
PLAN: Sequence[tuple[str, str, Shape, int, int]] = (  # title, theme, shape, first day, days
    ("新建村级活动场所", "venue", Shape.MILESTONES, 20, 280),
    ("村级集体经济增收", "economy", Shape.QUANTITY, 12, 320),
    ("软弱涣散村整顿方案", "weak", Shape.SINGLE, 30, 60),
    ("主题党日每月开展", "life", Shape.RECURRING, 25, 330),
    ("党员教育常抓不懈", "training", Shape.STANDING, 40, 300),
    ("半年考评迎检准备", "funds", Shape.SINGLE, 140, 12),
)


def to_issue(county: County, first: datetime.date, chance: Random) -> dict[datetime.date, list[dict[str, Any]]]:
    """Open the programme; what is to be issued on which day: the values of each draft."""
    by_key = themes(county, first)
    found: dict[datetime.date, list[dict[str, Any]]] = {}
    for title, theme, shape, after, days in PLAN:
        day = first + DAY * after
        values: dict[str, Any] = {"title": title, "theme": by_key[theme], "shape": shape, **ANSWERS}
        values |= {"due_on": day + DAY * days, "starts_on": day if chance.random() < 0.5 else None}
        values["audience"] = Audience(kinds=(Kind.VILLAGE, Kind.COMMUNITY))
        if shape == Shape.RECURRING:
            values |= {"every": Every.MONTH, "times": 1}
        if shape == Shape.QUANTITY:
            values["unit"] = "万元"
        found.setdefault(day, []).append(values)
    return found


def give_out(county: County, values: dict[str, Any], day: datetime.date, chance: Random) -> Task:
    """Draft one task on a day with its milestones, split its figure, and issue it."""
    office = county.actor(county.posts[OFFICE], day)
    plan = _planned(day, values["due_on"]) if values["shape"] == Shape.MILESTONES else None
    task = tasks.save_draft(None, by=office, values=values, plan=plan)
    if task.shape == Shape.QUANTITY:
        return _split(county, task, office, chance)
    tasks.issue(task, by=office)
    return task


def _planned(day: datetime.date, due_on: datetime.date) -> list[Planned]:
    """Milestones spread backwards from the due date."""
    step = (due_on - day).days // len(STAGES)
    last = len(STAGES) - 1
    return [
        Planned(name=name, weight=weight, due_on=due_on - DAY * step * (last - place))
        for place, (name, weight) in enumerate(STAGES)
    ]


def _split(county: County, task: Task, office: Actor, chance: Random) -> Task:
    """The county's figure over townships; each township's over its villages, with an own date now and then."""
    townships = county.of_kind(Kind.TOWNSHIP)
    shares = {place.pk: Decimal(chance.randint(30, 90)) for place in townships}
    quotas.split_task(task, shares, by=office, target=sum(shares.values(), Decimal(0)))
    task.refresh_from_db()
    tasks.issue(task, by=office)
    for place in townships:
        _split_on(county, Assignment.objects.get(task=task, organisation=place), place, chance)
    return task


def _split_on(county: County, row: Assignment, place: Organisation, chance: Random) -> None:
    below = [unit for unit in county.units if unit.parent is place and unit.kind in {Kind.VILLAGE, Kind.COMMUNITY}]
    below = [unit for unit in below if unit.closed_on is None]
    if not below or row.target is None:
        return
    organiser = next(post for post in county.organisers[place.pk] if post.since <= row.given_on)
    each = (row.target / len(below)).quantize(Decimal(1))
    wanted = {unit.pk: Wanted(each) for unit in below[:-1]}
    own = row.due_on - DAY * 20 if chance.random() < 0.5 else None
    wanted[below[-1].pk] = Wanted(row.target - each * (len(below) - 1), own)
    quotas.split_assignment(row, wanted, by=county.actor(organiser, row.given_on))
