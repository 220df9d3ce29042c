"""A simulated year: 2026, every day, four times a day, checked against a second telling of the rules.

The cast's villages get tasks of all lengths; some are finished, sent back, or handed in by chance.
"""

import datetime
import random
from collections import Counter, defaultdict

import pytest
from django.db.models import Count

from dates import clock, workdays
from orgs.models import User
from reminders import sweeping
from reminders.models import Message
from reminders.rules.kinds import DIGESTS, Kind
from tasks.models import Assignment
from tasks.rules.status import Status
from tests.reminders.conftest import DAY, Desk

D = datetime.date
VILLAGES = ["shiling", "liuwan", "hekou_community", "shangfang", "hongda"]
AHEAD = {10: (3, 1), 40: (15, 7, 3, 1), 120: (30, 15, 7, 3, 1)}
OWNERS = {
    "shiling": ["shiling", "hekou", "hekou2"],
    "liuwan": ["hekou", "hekou2"],
    "hekou_community": ["hekou", "hekou2"],
    "shangfang": ["jinling"],
    "hongda": ["liangxin"],
}


def back(day: D) -> D:
    while not workdays.is_workday(day):
        day -= DAY
    return day


def on(day: D) -> D:
    while not workdays.is_workday(day):
        day += DAY
    return day


def expected_days(due_on: D, length: int, gone_on: D) -> tuple[set[D], set[D]]:
    """Days on which the owner must see it as falling due by the table, and as overdue, until it is gone."""
    ahead = {back(due_on - DAY * n) for n in AHEAD[length]}
    after = {on(due_on + DAY * n) for n in (1, 3, 7)}
    return {d for d in ahead if d < gone_on}, {d for d in after if d < gone_on}


@pytest.mark.soak
@pytest.mark.django_db
def test_a_year(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.update(email="")  # the message centre alone: what a mail that is late brings is told elsewhere
    chance = random.Random(2026)
    plan: list[tuple[Assignment, str, int, D]] = []
    for number in range(60):
        due = D(2026, 1, 5) + DAY * chance.randrange(350)
        place, length = chance.choice(VILLAGES), chance.choice([10, 40, 120])
        [row] = desk.give(f"任务{number:02}", place, due=due, days=length)
        gone = max(due + DAY * chance.randrange(-20, 25), due - DAY * (length - 1), D(2026, 1, 2))
        plan.append((row, place, length, gone))
    leaving: dict[D, list[Assignment]] = defaultdict(list)
    for row, _place, _length, gone in plan:
        leaving[gone].append(row)
    day = D(2026, 1, 1)
    while day.year == 2026:
        for row in leaving[day]:  # before the morning
            Assignment.objects.filter(pk=row.pk).update(status=Status.CLOSED, closed_on=day, requested_on=day)
        for hour, minute in ((7, 0), (8, 30), (12, 0), (17, 59), (18, 0), (23, 0)):
            moment = datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=clock.datetime_zone())
            monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
            sweeping.sweep()
        day += DAY

    messages = list(Message.objects.select_related("person"))
    assert len(messages) > 500
    # What each person saw on each day
    seen: dict[tuple[str, int], dict[D, set[str]]] = defaultdict(lambda: defaultdict(set))
    heads = {(message.person.username, message.day): message.kind for message in messages}
    for message in messages:
        assert not message.body["left_out"]
        for line in message.body["lines"]:
            seen[message.person.username, line["key"]][message.day].add(line["section"])
    for row, place, length, gone in plan:
        ahead, after = expected_days(row.due_on, length, gone)
        for who in OWNERS[place]:
            check_told(f"{who}: {row}", seen[who, row.task_id], ahead | after, gone, heads, who)
    check_manners(messages)


def check_told(
    what: str, told: dict[D, set[str]], expected: set[D], gone: D, heads: dict[tuple[str, D], str], who: str
) -> None:
    """On each day of the table it was told, on no day once it was gone, and on other days by a digest only."""
    for day in expected:
        if D(2026, 1, 4) <= day <= D(2026, 12, 31):
            assert told.get(day), f"{what} was not told on {day}"
    for day, sections in told.items():
        assert day < gone, f"{what}, finished on {gone}, was told on {day}"
        if heads[who, day] == Kind.DAILY:
            assert day in expected or sections == {"holiday"}, f"{what} on {day}: {sections}"


def check_manners(messages: list[Message]) -> None:
    """Hours, workdays, one digest a person a day, two pushes at most, the larger digest on first workdays."""
    for message in messages:
        local = message.created_at.astimezone(clock.datetime_zone())
        assert workdays.is_workday(message.day)
        assert datetime.time(8, 30) <= local.time() < datetime.time(18)
    digests = Counter((m.person_id, m.day) for m in messages if m.kind in DIGESTS)
    assert set(digests.values()) == {1}
    pushes = Counter((m.person_id, m.day) for m in messages if m.kind not in DIGESTS)
    assert max(pushes.values(), default=0) <= 2
    assert not Message.objects.order_by().values("person", "key").annotate(n=Count("pk")).filter(n__gt=1).exists()
    # The first workday of each week and month brings the larger digest
    for message in messages:
        monday = message.day - DAY * message.day.weekday()
        if message.day == on(message.day.replace(day=1)):
            assert message.kind == Kind.MONTHLY
        elif message.day == on(monday):
            assert message.kind == Kind.WEEKLY
    assert not {m.person.username for m in messages} & {"inspector", "city", "secadmin", "audit", "finance"}


@pytest.mark.soak
@pytest.mark.django_db
def test_a_year_without_published_days_off_goes_by_monday_to_friday(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        desk.give(f"任务{number:02}", "shiling", due=D(2027, 1, 20) + DAY * 25 * number, days=40)
    day = D(2027, 1, 1)
    while day.year == 2027:
        moment = datetime.datetime.combine(day, datetime.time(9), tzinfo=clock.datetime_zone())
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        sweeping.sweep()
        day += DAY
    days = set(Message.objects.values_list("day", flat=True))
    assert len(days) > 50
    assert max(day.weekday() for day in days) == 4
