"""What the demo county presses for: urgings, orders, matters, talks, a sample looked at again, the three lists.

Everything goes through the actions of ``supervision``, on working days of the last four weeks.
"""

import datetime
from typing import Any

from django.db.models import Count

from dates import periods
from demo.county import County
from demo.days import Days
from demo.fixture import dice, person_name, read
from demo.people import reporter
from demo.programme import OFFICE
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import VILLAGE_LEVEL
from supervision.actions import listing, pressing, sampling, talking
from supervision.models import SampledItem, SupervisionOrder
from supervision.refusals import Refused
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet

URGED, ORDERED, REPLIED, SAMPLED, CHECKED, TALKED = -9, -8, -4, -14, -5, -2  # working days before the date
SAMPLE, LOOKED_AT, FAILED = 12, 9, 1
VILLAGES_WITH_PROBLEMS = 12
TOWNSHIPS_ORDERED, ANSWERED = 6, 4


def build(county: County, days: Days) -> None:
    """All of it, day by day."""
    words = read("supervision")
    _sample(county, days, words["recheck"])
    _urge(county, days, words["urge"])
    _order(county, days, words["order"])
    _raise(county, days, words["blockers"])
    _problems(county, days, words["problems"])
    office = county.actor(county.posts[OFFICE], days.due(TALKED))
    late = _late(office).filter(organisation__township__isnull=False).select_related("organisation__township").first()
    if late is not None:
        talk = {"organisation": late.organisation.township, "person": person_name(dice("talk")), **words["talk"]}
        talk |= {"held_on": office.on, "held_by": "部务会", "follow_up_on": days.due(8)}
        talking.save_talk(None, by=office, values=talk)


def _late(actor: Actor) -> AssignmentQuerySet:
    """What was late on the actor's day; what falls due after it is not, whenever it was asked to be closed."""
    rows = Assignment.objects.visible_to(actor).overdue_on(actor.on).filter(due_on__lt=actor.on)
    return rows.order_by("due_on", "pk")


def _sample(county: County, days: Days, words: dict[str, str]) -> None:
    """Last month's close-outs looked at again; one does not hold and is taken up again."""
    office = county.actor(county.posts[OFFICE], days.due(SAMPLED))
    period = periods.month(office.on).before()
    try:
        sample = sampling.draw(period, by=office, size=SAMPLE, seed=period.key)
    except Refused:
        return  # nothing was closed in that month
    checker = county.actor(county.posts[OFFICE], days.due(CHECKED))
    items = SampledItem.objects.filter(sample=sample).select_related("assignment__task", "assignment__organisation")
    for number, item in enumerate(items.order_by("pk")[:LOOKED_AT]):
        holds = number >= FAILED
        sampling.record(item, by=checker, holds=holds, found=words["passed" if holds else "failed"])


def _urge(county: County, days: Days, note: str) -> None:
    office = county.actor(county.posts[OFFICE], days.due(URGED))
    if _late(office).exists():
        pressing.urge(_late(office), by=office, note=note)


def _order(county: County, days: Days, words: dict[str, str]) -> None:
    """Blue orders to the townships with most key tasks late; most are answered, the first is closed."""
    office = county.actor(county.posts[OFFICE], days.due(ORDERED))
    late = _late(office).filter(task__is_key=True, organisation__township__isnull=False).order_by()
    counted = late.values_list("organisation__township").annotate(count=Count("pk"))
    worst = {key for key, _count in counted.order_by("-count", "organisation__township")[:TOWNSHIPS_ORDERED]}
    wording = pressing.Wording("blue", words["basis"], words["demand"], "县委组织部", days.due(ORDERED + 10))
    try:
        orders = pressing.issue(_late(office), by=office, wording=wording, only=worst)
    except Refused:
        return  # no key task is late
    for order in orders[:ANSWERED]:
        by = county.actor(county.organisers[order.organisation_id][-1], days.due(REPLIED))
        pressing.reply(SupervisionOrder.objects.get(pk=order.pk), by=by, text=words["reply"])
    closer = county.actor(county.posts[OFFICE], days.due(REPLIED + 1))
    pressing.close(SupervisionOrder.objects.select_related("organisation").get(pk=orders[0].pk), by=closer)


def _raise(county: County, days: Days, matters: list[dict[str, Any]]) -> None:
    """Matters townships raise on what is late; most are answered, the first is settled."""
    rows = list(_late(county.actor(county.posts[OFFICE], days.due(-12))).select_related("organisation__township")[:60])
    rows = [row for row in rows if row.organisation.kind in VILLAGE_LEVEL]
    for number, (matter, row) in enumerate(zip(matters, rows[::7], strict=False)):
        day = days.due(-12 + number)
        by = _organiser(county, row.organisation, day)
        found = talking.raise_blocker(row.organisation, by=by, text=matter["text"], wish=matter["wish"], assignment=row)
        talking.pass_on(found, by=by, to=county.root)
        if matter["answer"]:
            office = county.actor(county.posts[OFFICE], days.due(-9 + number))
            talking.answer(found, by=office, text=matter["answer"])
        if number == 0:
            talking.settle(found, by=_organiser(county, row.organisation, days.due(-3)), solved=True)


def _organiser(county: County, organisation: Organisation, day: datetime.date) -> Actor:
    posts = county.organisers[organisation.township_id or 0]
    return county.actor(
        [post for post in posts if post.since <= day and (post.until is None or day <= post.until)][-1], day
    )


def _problems(county: County, days: Days, problems: list[dict[str, Any]]) -> None:
    """A problem at each of some villages, with what is done about it."""
    day = days.due(-15)
    villages = dice("problems").sample(county.of_kind(*VILLAGE_LEVEL), k=VILLAGES_WITH_PROBLEMS)
    for number, village in enumerate(villages):
        given = problems[number % len(problems)]
        post = reporter(county, village, day)
        by = county.actor(post, day)
        values = {"organisation": village, "year": day.year, "found_on": day}
        values |= {name: given[name] for name in ("text", "basic", "origin")}
        problem = listing.save_problem(None, by=by, values=values)
        remedy = {"title": given["title"], "measure": given["measure"], "unit": village.name}
        remedy |= {"person": person_name(dice("remedy", village.code)), "due_on": days.due(10 + number)}
        done = number % 4 == 0
        listing.save_remedy(
            None, by=by, problem=problem, values=remedy | ({"done_on": day, "result": "已完成"} if done else {})
        )
        if done:
            listing.solve(problem, by=county.actor(post, days.due(-3)), solution="已按整改措施落实到位")
