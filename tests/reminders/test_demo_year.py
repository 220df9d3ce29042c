"""A simulated year over the demo county, item by item, against a second telling of the rules.

The demo stands at four days of 2026 in turn and is swept every day until the next; every week some of what is open is
finished by chance. What each owner is told of each task and date is compared with the table.
"""

import datetime
import os
import random
import sys
from collections import defaultdict
from itertools import pairwise

import pytest

from dates import clock
from demo.load import load
from demo.places import Size
from orgs.models import Post, User
from orgs.rules import Role
from reminders import sweeping
from reminders.models import Message, Run
from reminders.rules.kinds import Kind
from tasks.models import Assignment
from tasks.rules.status import Status
from tests.reminders.test_year import back, check_manners, on

D = datetime.date
DAY = datetime.timedelta(days=1)
STARTS = [D(2026, 1, 5), D(2026, 4, 1), D(2026, 7, 1), D(2026, 9, 28)]
OWNERS = {Role.TOWNSHIP_ORGANISER, Role.VILLAGE_RECORDER, Role.DEPARTMENT}
OPEN = (Status.ISSUED, Status.RECEIVED, Status.IN_PROGRESS)
NIGHT, OPENING, CLOSING = datetime.time(7), datetime.time(8, 30), datetime.time(17, 59)
Slot = tuple[str, int, D]  # who, task, due date


def sized() -> Size:
    """The whole demo county, or a small one for a quick look."""
    return Size(townships=3, villages=5, units=4) if os.environ.get("SMALL_DEMO") else Size()


def ahead(days: int) -> tuple[int, ...]:
    """The table, told a second time: how many days ahead a task of this length is reminded of."""
    return (3, 1) if days <= 14 else (15, 7, 3, 1) if days <= 90 else (30, 15, 7, 3, 1)


def slots(day: D) -> tuple[dict[Slot, list[int]], dict[Slot, set[D]], set[Slot]]:
    """Who owes what by when with which assignments, the days on which the table reminds of it, and what never ends.

    What was sent back stays so here: it is overdue to the end.
    """
    held = Post.objects.held_on(day).filter(role__in=OWNERS).select_related("user", "organisation")
    by_user: dict[str, list[Post]] = defaultdict(list)
    for post in Post.objects.held_on(day).select_related("user", "organisation"):
        by_user[post.user.username].append(post)
    single = [post for post in held if len(by_user[post.user.username]) == 1]
    members: dict[Slot, list[int]] = defaultdict(list)
    days: dict[Slot, set[D]] = {}
    endless: set[Slot] = set()
    rows = Assignment.objects.filter(internal_due_on__isnull=True).select_related("task", "organisation")
    for row in rows.filter(status__in=[*OPEN, Status.RETURNED]):
        assert row.task.issued_at
        length = (row.due_on - row.task.issued_at.astimezone(clock.datetime_zone()).date()).days
        expected = {back(row.due_on - DAY * n) for n in ahead(length)} | {on(row.due_on + DAY * n) for n in (1, 3, 7)}
        for post in single:
            if row.organisation.path.startswith(post.organisation.path):
                slot = (post.user.username, row.task_id, row.due_on)
                if row.status == Status.RETURNED:
                    endless.add(slot)
                else:
                    members[slot].append(row.pk)
                    days[slot] = expected
    return members, days, endless


def sweep_at(monkeypatch: pytest.MonkeyPatch, day: D, hour: datetime.time) -> None:
    moment = datetime.datetime.combine(day, hour, tzinfo=clock.datetime_zone())
    monkeypatch.setattr(clock, "now", lambda: moment)
    sweeping.sweep()


def live(start: D, end: D, monkeypatch: pytest.MonkeyPatch) -> dict[int, D]:
    """Sweep every day; every Wednesday some of what is open is finished by chance. When each was, by key."""
    gone_on: dict[int, D] = {}
    chance, day = random.Random(start.toordinal()), start
    while day < end:
        if day.weekday() == 2:  # before the morning
            rows = Assignment.objects.filter(status__in=OPEN).values_list("pk", flat=True)
            done = chance.sample(sorted(rows), len(rows) // 20)
            Assignment.objects.filter(pk__in=done).update(status=Status.CLOSED, closed_on=day, requested_on=day)
            gone_on |= dict.fromkeys(done, day)
        for hour in (NIGHT, OPENING, CLOSING, datetime.time(18)):
            sweep_at(monkeypatch, day, hour)
        day += DAY
    return gone_on


def told_by(messages: list[Message]) -> dict[Slot, dict[D, str]]:
    """On which day each slot was told, in which section."""
    told: dict[Slot, dict[D, str]] = defaultdict(dict)
    for message in messages:
        assert not message.body["left_out"]
        for line in message.body["lines"]:
            if line["kind"] == "assignment" and line["stage"] != "review":
                slot = (message.person.username, line["key"], D.fromisoformat(line["due_on"]))
                told[slot][message.day] = line["section"]
    return told


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), list(pairwise([*STARTS, D(2027, 1, 1)])), ids=str)
def test_the_demo_county_is_told_what_the_table_says(start: D, end: D, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime.datetime.combine(start, NIGHT, tzinfo=clock.datetime_zone())
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr("reminders.rules.shapes.LINES_SHOWN", 1000)  # so that every line can be compared
    load(start, sized())
    User.objects.update(email="")  # the message centre alone
    members, expected, endless = slots(start)
    gone_on = live(start, end, monkeypatch)
    assert not Run.objects.filter(state=Run.State.STOPPED).exists()
    messages = list(Message.objects.select_related("person"))
    check_manners(messages)
    told = told_by(messages)
    heads = {(message.person.username, message.day): message.kind for message in messages}
    settled = on(on(start) + DAY)  # what was reported just before the start is not asked about at once
    compared = 0
    for slot, keys in members.items():
        gone = max(gone_on.get(key, end) for key in keys)
        wanted = {day for day in expected[slot] if settled < day < min(gone, end)}
        assert wanted <= told[slot].keys(), f"{slot} was not told on {sorted(wanted - told[slot].keys())}"
        compared += len(wanted)
        for day, section in told[slot].items():
            assert day < gone or slot in endless or section == "returned", f"{slot}, gone {gone}, told {day}"
            if heads[slot[0], day] == Kind.DAILY and day > settled:
                assert day in expected[slot] or section in {"holiday", "returned"}, f"{slot} on {day}: {section}"
    sys.stdout.write(f"{start}: {len(messages)} messages, {compared} reminders compared\n")
    assert compared > 100
