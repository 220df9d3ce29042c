"""What the stories about tasks need: a programme, two themes, a task with all its answers."""

import datetime
from typing import Any

from orgs.actor import Actor
from orgs.models import Organisation, Responsibility
from orgs.rules import Duty
from records.changes import change_set
from tasks.audience import Audience
from tasks.drafting import actions as drafting
from tasks.models import Assignment, Task, Theme
from tasks.programmes import actions as programmes
from tests.cast import Cast

DUE = datetime.date(2026, 11, 30)
ANSWERS: dict[str, Any] = {
    "supervisor": "县委组织部",
    "owner": "乡镇党委书记",
    "standard": "竣工验收",
    "effect": "议事有场所",
    "due_on": DUE,
    "consequence": "列入月通报",
    "measures": "每周调度",
}


def themes(cast: Cast) -> tuple[Theme, Theme]:
    """阵地建设, led by the county office itself, and 集体经济, led by 农业农村局."""
    office = cast.actor("office")
    name_people(cast)
    years = {"name": "五个基本建设", "first_year": 2026, "last_year": 2026}
    programme = programmes.save_programme(None, by=office, values=years)
    led = cast.places["agriculture"]
    return (
        programmes.save_theme(
            None, by=office, programme=programme, values={"name": "阵地建设", "basic": "guarantee", "lead": None}
        ),
        programmes.save_theme(
            None, by=office, programme=programme, values={"name": "集体经济", "basic": "guarantee", "lead": led}
        ),
    )


def name_people(cast: Cast) -> None:
    """Every village has a person responsible in the responsibility table (包保)."""
    with change_set("tests.people", by=None, at=cast.actor("office").now) as changes:
        rows = [
            Responsibility(organisation=cast.places[place], duty=Duty.CONCRETE, person_name="王文书")
            for place in ("shiling", "liuwan", "shangfang", "hekou_community")
        ]
        changes.create_all(rows)


def draft(by: Actor, theme: Theme, **values: Any) -> Task:
    """A draft for the villages, with all answers unless told otherwise."""
    given = {"title": "活动场所全部完工", "theme": theme, "audience": Audience(kinds=("village",)), **ANSWERS, **values}
    return drafting.save_draft(None, by=by, values=given)


def issued(cast: Cast, by: str = "office", **values: Any) -> Task:
    """A task given to the three villages."""
    theme = values.pop("theme", None) or themes(cast)[0]
    task = draft(cast.actor(by), theme, **values)
    drafting.issue(task, by=cast.actor(by))
    return task


def of(task: Task, place: Organisation) -> Assignment:
    """What an organisation owes of the task, freshly read."""
    return Assignment.objects.get(task=task, organisation=place)
