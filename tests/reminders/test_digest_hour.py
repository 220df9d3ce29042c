"""A weekly or monthly digest goes out at the hour its county gave it: not before, once, and late rather than never."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from reminders import looking, pushes
from reminders.kinds import EDITABLE, Tables, shipped
from reminders.models import Message, ReminderKind, Run
from reminders.rules.kinds import READ, Kind, named
from tests.cast import TODAY
from tests.reminders.conftest import DAY, Desk
from tests.reminders.test_counties import swept
from tests.reminders.test_outbox import Moment

MONDAY = TODAY - 2 * DAY
FIRST = datetime.date(2026, 12, 1)  # a Tuesday, and the first workday of its month


def at_hour(desk: Desk, kind: Kind, hour: str = "16:00") -> None:
    rule = named(shipped(), kind)
    assert rule
    values = {name: getattr(rule, name) for name in EDITABLE} | {"hour": datetime.time.fromisoformat(hour)}
    ReminderKind.objects.create(organisation=desk.cast.places["county"], key=kind, shipped_hash="", **values)


@pytest.mark.parametrize(("kind", "day"), [(Kind.WEEKLY, MONDAY), (Kind.MONTHLY, FIRST)])
def test_a_digest_waits_for_its_hour_and_goes_out_once(
    desk: Desk, moment: Moment, kind: Kind, day: datetime.date
) -> None:
    desk.give("逾期", "shiling", due=day - DAY)
    at_hour(desk, kind)
    seen = []
    for hour, minute in ((8, 5), (8, 30), (15, 59), (16, 4), (16, 9), (17, 30)):
        moment(day, hour, minute)
        swept()
        seen.append(Message.objects.filter(kind=kind).count())
    told = seen[-1]
    assert told > 0
    assert seen == [0, 0, 0, told, told, told]
    assert Run.objects.get().messages == Message.objects.count() == told


def test_on_other_days_the_hour_of_the_weekly_digest_holds_nothing_back(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=TODAY - DAY)
    at_hour(desk, Kind.WEEKLY)
    moment(TODAY, 8, 30)
    swept()
    assert set(Message.objects.values_list("kind", flat=True)) == {Kind.DAILY}


def test_without_an_hour_it_goes_out_in_the_morning(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    moment(MONDAY, 8, 30)
    swept()
    assert Message.objects.filter(kind=Kind.WEEKLY).exists()


def test_what_is_urged_meanwhile_does_not_wait(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    at_hour(desk, Kind.WEEKLY)
    moment(MONDAY, 8, 30)
    swept()
    now = moment(MONDAY, 10)
    place = desk.cast.places["shiling"]
    roles = {desk.cast.posts["shiling"].role}
    pushes.push(Kind.URGE, {place.pk: roles}, title="催办", url="/week/", key="other:1", at=now)
    moment(MONDAY, 10, 5)
    swept()
    assert [row.kind for row in Message.objects.filter(person=desk.cast.people["shiling"])] == [Kind.URGE]
    moment(MONDAY, 16, 5)
    swept()
    assert Message.objects.filter(person=desk.cast.people["shiling"], kind=Kind.WEEKLY).count() == 1


@pytest.mark.parametrize("back", [(MONDAY, 17, 40), (MONDAY + DAY, 8, 30), (MONDAY + 2 * DAY, 9, 0)])
def test_a_sweep_that_was_away_over_the_hour_tells_it_afterwards(
    desk: Desk, moment: Moment, back: tuple[datetime.date, int, int]
) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    at_hour(desk, Kind.WEEKLY)
    moment(MONDAY, 8, 30)
    swept()
    assert not Message.objects.exists()
    for minute in (0, 5):
        moment(back[0], back[1], back[2] + minute)
        swept()
    rows = Message.objects.filter(person=desk.cast.people["shiling"])
    assert [[line["title"] for line in row.body["lines"]] for row in rows] == [["逾期"]]
    assert rows.get().kind == Kind.WEEKLY


def test_whoever_was_told_that_day_is_not_told_again_after_a_break(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=TODAY - DAY)
    desk.give("周报", "liuwan", due=TODAY + DAY, days=7)
    report = named(shipped(), "task_short")
    assert report
    values = {name: getattr(report, name) for name in EDITABLE} | {"hour": datetime.time(16)}
    ReminderKind.objects.create(organisation=desk.cast.places["county"], key="task_short", shipped_hash="", **values)
    moment(TODAY, 8, 30)
    swept()
    assert Message.objects.filter(person=desk.cast.people["shiling"]).count() == 1
    moment(TODAY + DAY, 8, 30)
    swept()
    assert Message.objects.filter(person=desk.cast.people["shiling"]).count() == 1


def test_the_preview_counts_a_digest_of_the_last_hour(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    now = moment(MONDAY, 8, 0)
    before = looking.preview(now, Tables(), desk.cast.places["county"])
    at_hour(desk, Kind.WEEKLY, "17:30")
    assert looking.preview(now, Tables(), desk.cast.places["county"]) == before
    assert before.people > 0


@pytest.mark.parametrize("key", [rule.key for rule in shipped()])
def test_a_row_asks_for_what_is_read_of_it_and_saves_the_rest_as_it_stands(
    key: str, desk: Desk, signed_in: Callable[[str], Client]
) -> None:
    client, url = signed_in("office"), reverse("reminder_kind", args=[key])
    form = client.get(url).context["form"]
    asked = set(form.fields) & set(EDITABLE)
    assert asked == READ.get(key, frozenset(EDITABLE))
    rule = named(shipped(), key)
    assert rule
    sent = {"version": "0", "sure": "yes", "after": "1", "unit": str(rule.unit), "supervisor_from": 1, "county_from": 7}
    sent |= {"hour": "10:00", "ahead": "2", "weekly": "on", "monthly": "on", "channels": ["mail"]}
    assert client.post(url, sent).status_code == 302
    row = ReminderKind.objects.get(key=key)
    for name in set(EDITABLE) - asked:
        stored, there = getattr(row, name), getattr(rule, name)
        assert (tuple(stored) if isinstance(stored, list) else stored) == there, name
