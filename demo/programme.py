"""The demo's programme, themes and tasks, given through the same actions as on the pages."""

import datetime
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from demo.county import County
from demo.days import Days
from demo.fixture import dice, read
from orgs.actor import Actor
from orgs.models import Organisation
from records.changes import change_set
from tasks import audience
from tasks.audience import Audience
from tasks.drafting import actions as drafting
from tasks.drafting import planning
from tasks.drafting.planning import Planned
from tasks.models import Assignment, Milestone, Programme, Task, Theme
from tasks.programmes import actions as programmes
from tasks.rules.status import Shape

OFFICE = "dangjianban"
SHAPED = ("shape", "variant", "unit", "every", "times", "is_key", "is_optional", "village_closer")


@dataclass
class Given:
    """A task given out in the demo: its key and theme in the fixtures, who keeps it, and how fast it is done."""

    key: str
    theme: str
    task: Task
    keeper: str
    pace: float
    assignments: list[Assignment] = field(default_factory=list)
    stages: dict[int, list[Milestone]] = field(default_factory=dict)


def themes(county: County, first_day: datetime.date) -> dict[str, Theme]:
    """The programme and its themes, by key."""
    office = county.actor(county.posts[OFFICE], first_day)
    year = first_day.year
    programme: Programme = programmes.save_programme(
        None, by=office, values={"name": read("tasks")["programme"], "first_year": year, "last_year": year + 2}
    )
    return {
        given["key"]: programmes.save_theme(
            None,
            by=office,
            programme=programme,
            values={
                "name": given["name"],
                "basic": given["basic"],
                "lead": county.places[given["lead"]],
                "position": position,
            },
        )
        for position, given in enumerate(read("tasks")["themes"], start=1)
    }


def draft(county: County, given: dict[str, Any], theme: Theme, days: Days, day: datetime.date) -> Task:
    """One task of the fixture as a draft, written on a day."""
    by = county.actor(county.posts[given.get("by", OFFICE)], day)
    values = {
        "theme": theme,
        "title": given["title"],
        "supervisor": f"{by.organisation} {by.post.title}",
        "due_on": days.due(given["due"]),
        "measures": given["measures"].strip(),
        "evidence_wanted": given["evidence"],
        "audience": _audience(county, given),
        **{name: given[name] for name in ("owner", "standard", "effect", "consequence")},
        **{name: given[name] for name in SHAPED if name in given},
        **_source(given["source"], days, day),
    }
    if "per_village" in given:
        values["target"] = Decimal(given["per_village"]) * audience.organisations(values["audience"], by).count()
    if given.get("shape") == Shape.RECURRING:
        values["starts_on"] = day
    units = {part: [county.places[key] for key in keys] for part, keys in given["units"].items()}
    leads, assists, plan = units["lead"], units["assist"], _plan(given, days.due(given["due"]))
    return drafting.save_draft(None, by=by, values=values, leads=leads, assists=assists, plan=plan)


def _plan(given: dict[str, Any], due_on: datetime.date) -> list[Planned]:
    """The milestones of the set a task begins with, of its kind of work, within the weeks of the demo."""
    wanted = given.get("milestones")
    if wanted is None:
        return []
    steps = next(pattern.steps for pattern in planning.patterns() if pattern.key == wanted)
    kinds = {given["variant"]} if given.get("variant") else {step.variant for step in steps}
    shorter = [replace(step, before=(step.before or 0) // 2) for step in steps if step.variant in kinds]
    return planning.backwards(shorter, due_on)


def give(county: County, given: dict[str, Any], theme: Theme, days: Days, day: datetime.date) -> Given:
    """Draft and issue one task on a day."""
    keeper = given.get("by", OFFICE)
    task = draft(county, given, theme, days, day)
    by = county.actor(county.posts[keeper], day)
    drafting.issue(task, by=by)
    if "per_village" in given:
        _share(task, Decimal(given["per_village"]), by)
    rows = list(Assignment.objects.filter(task=task).order_by("organisation__code"))
    by_key = {o.pk: o for o in [*county.places.values(), *county.units]}
    for row in rows:
        row.organisation, row.task = by_key[row.organisation_id], task
    stages: dict[int, list[Milestone]] = {}
    for stage in Milestone.objects.filter(assignment__task=task).order_by("assignment", "position"):
        stages.setdefault(stage.assignment_id, []).append(stage)
    return Given(given["key"], given["theme"], task, keeper, given.get("pace", 1.0), rows, stages)


def _share(task: Task, each: Decimal, by: Actor) -> None:
    """Give every village its share of the county's figure."""
    with change_set("tasks.issue", by=by, note=task.title) as changes:
        rows = list(Assignment.objects.filter(task=task))
        for row in rows:
            row.target = each
        changes.update_all(rows, ["target"])


def _source(key: str, days: Days, day: datetime.date) -> dict[str, Any]:
    """The source's fields; a document is dated before the first day, so that every task of it names the same."""
    source = read("tasks")["sources"][key]
    dated = days.first - datetime.timedelta(days=dice("source", key).randint(3, 20))
    return {
        "source_kind": source["kind"],
        "source_title": source["title"],
        "source_number": source.get("number", "").replace("%y", str(dated.year)),
        "source_date": min(dated, day),
    }


def _audience(county: County, given: dict[str, Any]) -> Audience:
    wanted = given["audience"]
    if "departments" in wanted:
        return Audience(picked=tuple(county.places[key].pk for key in wanted["departments"]))
    kinds = tuple(wanted["kinds"])
    rows: list[Organisation] = county.of_kind(*kinds)
    rolled = dice("audience", given["key"])
    if "pick" in wanted:
        picked = rolled.sample(rows, k=min(wanted["pick"], len(rows) // 2))
        return Audience(picked=tuple(sorted(row.pk for row in picked)))
    left_out = rolled.sample(rows, k=min(wanted.get("leave_out", 0), len(rows) // 4))
    return Audience(
        kinds=kinds, classes=tuple(wanted.get("classes", ())), left_out=tuple(sorted(row.pk for row in left_out))
    )
