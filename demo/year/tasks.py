"""The tasks of the year: a shipped catalogue, issued through the actions as its tasks begin, and figures split."""

import datetime
from decimal import Decimal
from random import Random
from typing import Any

from dates.workdays import NATIONAL
from demo.county import County
from demo.programme import OFFICE
from demo.year.principles import DAY
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import Kind
from tasks.audience import Audience
from tasks.drafting import actions as drafting
from tasks.models import Assignment, Task, Theme
from tasks.programmes import actions as programmes
from tasks.programmes import catalogues, year_actions
from tasks.rules.status import Shape
from tasks.splits import actions as splits
from tasks.splits.actions import Wanted

CATALOGUE = "five_basics"
LONG_DATED = "党员教育常抓不懈"
ANSWERS = {
    "supervisor": "县委组织部",
    "owner": "乡镇党委书记",
    "standard": "按方案要求完成",
    "effect": "群众满意",
    "consequence": "列入月通报",
    "measures": "每月调度一次",
}


def to_issue(county: County, first: datetime.date) -> dict[datetime.date, list[int]]:
    """Open the programme with a shipped catalogue; the keys of the drafts by the working day they are issued on.

    The catalogue has no standing task, so that one is added and every shape is lived through.
    """
    office = county.actor(county.posts[OFFICE], first)
    shipped = catalogues.shipped()[CATALOGUE]
    values = {"name": shipped.name, "first_year": first.year, "last_year": first.year}
    programme = programmes.save_programme(None, by=office, values=values)
    year_actions.load(programme, shipped, first.year, by=office)
    _draft_standing(programme.themes.all()[0], office)
    found: dict[datetime.date, list[int]] = {}
    for draft in Task.objects.filter(theme__programme=programme).order_by("pk"):
        day = NATIONAL.on_or_after(max(draft.starts_on or first, first))
        found.setdefault(day, []).append(draft.pk)
    return found


def _draft_standing(theme: Theme, office: Actor) -> None:
    year = office.on.year
    values: dict[str, Any] = {"title": LONG_DATED, "theme": theme, "shape": Shape.STANDING, **ANSWERS}
    values |= {"starts_on": datetime.date(year, 2, 10), "due_on": datetime.date(year, 12, 10)}
    values["audience"] = Audience(kinds=(Kind.VILLAGE, Kind.COMMUNITY))
    drafting.save_draft(None, by=office, values=values)


def give_out(county: County, key: int, day: datetime.date, chance: Random) -> Task:
    """Issue one draft on a day; a figure is split first."""
    office = county.actor(county.posts[OFFICE], day)
    task = Task.objects.select_related("theme__programme__organisation", "organisation").get(pk=key)
    if task.shape == Shape.QUANTITY:
        return _split(county, task, office, chance)
    drafting.issue(task, by=office)
    return task


def _split(county: County, task: Task, office: Actor, chance: Random) -> Task:
    """The county's figure over townships; each township's over its villages, with an own date now and then."""
    townships = county.of_kind(Kind.TOWNSHIP)
    shares = {place.pk: Decimal(chance.randint(30, 90)) for place in townships}
    drafting.save_draft(task, by=office, values={"audience": Audience(picked=tuple(shares))})
    splits.split_task(task, shares, by=office, target=sum(shares.values(), Decimal(0)))
    task.refresh_from_db()
    drafting.issue(task, by=office)
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
    splits.split_assignment(row, wanted, by=county.actor(organiser, row.given_on))
