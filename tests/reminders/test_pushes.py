"""Pushes: told once to whoever holds the role, within hours, two a day at most, the third in the next digest."""

import datetime
from collections.abc import Iterator

import pytest
from django.core import mail

from dates.workdays import Calendar
from orgs.models import Post, WorkdayException
from orgs.rules import Role
from reminders import pushes, sending, sweeping
from reminders.models import Message, Push
from reminders.rules.kinds import Kind, push_at
from tasks.rules.status import Status
from tests.cast import TODAY, Cast
from tests.reminders.conftest import DAY, Desk
from tests.reminders.test_outbox import Moment

MONDAY = TODAY - 2 * DAY
ORGANISER = {Role.TOWNSHIP_ORGANISER}


@pytest.fixture(autouse=True)
def _no_questions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pushes, "_standing", {})
    return


def push(
    cast: Cast, at: datetime.datetime, title: str = "催办 3 项", *, key: str = "urge:1", kind: Kind = Kind.URGE
) -> int:
    return pushes.push(kind, {cast.places["hekou"].pk: ORGANISER}, title=title, url="/rows/", key=key, at=at)


def swept() -> None:
    for keys in sweeping.sweep().batches:
        sending.deliver(keys)


def messages(cast: Cast, who: str = "hekou") -> list[Message]:
    return list(cast.people[who].reminders.order_by("pk"))


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        ("2026-11-18T10:00", "2026-11-18T10:00"),
        ("2026-11-18T07:00", "2026-11-18T09:00"),
        ("2026-11-18T18:00", "2026-11-19T09:00"),
        ("2026-11-20T20:00", "2026-11-23T09:00"),  # a Friday
        ("2026-10-03T10:00", "2026-10-08T09:00"),  # in the holiday
        ("2026-10-10T10:00", "2026-10-10T10:00"),  # a make-up Saturday
    ],
)
def test_what_is_pushed_outside_hours_waits_until_nine_on_the_next_workday(at: str, goes: str) -> None:
    moment, expected = datetime.datetime.fromisoformat(at), datetime.datetime.fromisoformat(goes)
    assert push_at(moment, Calendar()) == expected


def test_it_reaches_the_role_at_the_organisation_once(desk: Desk, moment: Moment) -> None:
    at = moment(MONDAY, 10)
    swept()
    assert push(desk.cast, at) == 1
    assert push(desk.cast, at) == 0, "the same key is pushed once"
    swept()
    swept()
    found = messages(desk.cast)
    assert [(row.kind, row.body["lines"][0]["title"]) for row in found] == [(Kind.URGE, "催办 3 项")]
    assert len(messages(desk.cast, "hekou2")) == 1
    assert messages(desk.cast, "hekou_leader") == []
    assert messages(desk.cast, "jinling") == []
    mails = [each for each in mail.outbox if each.to == ["hekou@example.org"]]
    assert len(mails) == 1
    assert "催办 3 项" in mails[0].body
    assert f"/messages/{found[0].pk}/go/0/" in mails[0].body


def test_a_stand_in_gets_it_too_and_whoever_left_does_not(desk: Desk, moment: Moment) -> None:
    at = moment(MONDAY, 10)
    swept()
    post = desk.cast.posts["hekou"]
    Post.objects.filter(pk=post.pk).update(until=MONDAY - DAY)
    Post.objects.create(
        user=desk.cast.people["finance"],
        role=post.role,
        organisation=post.organisation,
        since=MONDAY,
        stands_in_for=post,
    )
    push(desk.cast, at)
    swept()
    assert len(messages(desk.cast, "finance")) == 1
    assert messages(desk.cast) == []


def test_two_a_day_and_the_third_stands_in_the_next_digest(desk: Desk, moment: Moment) -> None:
    swept_at = moment(MONDAY, 9)
    swept()
    for number in range(3):
        at = moment(MONDAY, 10 + number)
        push(desk.cast, at, f"第 {number} 次催办", key=f"urge:{number}")
        swept()
    assert [row.kind for row in messages(desk.cast)] == [Kind.URGE] * 2
    moment(MONDAY + DAY, 9)
    swept()
    last = messages(desk.cast)[-1]
    assert last.kind == Kind.DAILY
    assert [(line["section"], line["title"]) for line in last.body["lines"]] == [("pushed", "第 2 次催办")]
    moment(MONDAY + 2 * DAY, 9)
    swept()
    assert messages(desk.cast)[-1] == last, "it is told once"
    assert swept_at


def test_what_comes_together_is_one_message_under_the_most_pressing_name(desk: Desk, moment: Moment) -> None:
    rows = desk.give("活动场所完工", "hekou", due=MONDAY + 30 * DAY)
    moment(MONDAY, 9)
    swept()
    at = moment(MONDAY, 10)
    push(desk.cast, at, "催办 3 项", key="urge:1")
    push(desk.cast, at, "督办单〔2026〕1 号", key="order:1", kind=Kind.ORDER)
    type(rows[0]).objects.filter(pk=rows[0].pk).update(status=Status.RETURNED, return_reason="缺照片")
    swept()
    found = messages(desk.cast)[-1]
    assert found.kind == Kind.ORDER
    assert [line["section"] for line in found.body["lines"]] == ["pushed", "pushed", "returned"]
    assert len([row for row in messages(desk.cast) if row.day == MONDAY and row.kind != Kind.WEEKLY]) == 1


def test_the_night_before_it_waits_and_goes_out_at_nine(desk: Desk, moment: Moment) -> None:
    push(desk.cast, moment(MONDAY - DAY, 22))
    moment(MONDAY, 8, 30)
    swept()
    assert all(row.kind != Kind.URGE for row in messages(desk.cast))
    moment(MONDAY, 9)
    swept()
    assert messages(desk.cast)[-1].kind == Kind.URGE


def test_it_waits_for_a_workday_of_the_county(desk: Desk, moment: Moment) -> None:
    WorkdayException.objects.create(organisation=desk.cast.places["county"], day=MONDAY, kind="rest")
    push(desk.cast, moment(MONDAY, 10))
    assert (
        Push.objects.get().due_at.astimezone(datetime.timezone(8 * datetime.timedelta(hours=1))).date() == MONDAY + DAY
    )


def test_what_was_settled_meanwhile_is_not_told(desk: Desk, moment: Moment) -> None:
    at = moment(MONDAY, 10)
    swept()
    push(desk.cast, at, key="urge:1")
    push(desk.cast, at, key="order:1", kind=Kind.ORDER)
    push(desk.cast, at, key="order:2", kind=Kind.ORDER)
    pushes.standing(Kind.ORDER, lambda keys: keys - {"order:1"})
    pushes.standing(Kind.URGE, lambda keys: keys - {"urge:1"})
    swept()
    assert [line["key"] for line in messages(desk.cast)[-1].body["lines"]] == [Push.objects.get(key="order:2").pk]


def test_what_is_settled_between_planning_and_sending_is_not_sent(desk: Desk, moment: Moment) -> None:
    at = moment(MONDAY, 10)
    swept()
    mail.outbox.clear()
    push(desk.cast, at)
    batches = sweeping.sweep().batches
    pushes.standing(Kind.URGE, lambda keys: set())
    assert sum(sending.deliver(keys) for keys in batches) == 0
    assert mail.outbox == []


def test_pushing_to_many_takes_as_many_queries_as_to_one(desk: Desk, moment: Moment, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    at = moment(MONDAY, 10)
    places = [desk.cast.places[name] for name in ("hekou", "jinling", "liangxin", "shiling", "liuwan")]
    items = [pushes.Item(place.pk, ORGANISER, "催办", "/rows/", "urge:9") for place in places]
    with django_assert_num_queries(5):
        assert pushes.push_all(Kind.URGE, items[:1], at=at) == 1
    with django_assert_num_queries(5):
        assert pushes.push_all(Kind.URGE, items, at=at) == 4
