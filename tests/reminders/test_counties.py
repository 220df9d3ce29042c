"""Two counties in one installation: each has its own calendar, runs, table and preview, and neither stops the other."""

import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dates import clock
from orgs.models import Post, User, WorkdayException
from orgs.rules import Role
from records import sweeps
from records.models import Event
from reminders import looking, running, sending, sweeping
from reminders.kinds import Tables
from reminders.models import Delivery, Message, ReminderKind, Run
from reminders.rules.kinds import Kind
from tasks.models import Assignment
from tests.cast import TODAY
from tests.county import County, build
from tests.reminders.conftest import DAY, Desk
from tests.reminders.test_outbox import Moment

MONDAY = TODAY - 2 * DAY


@pytest.fixture
def other(desk: Desk) -> County:
    """云川县 beside the cast's county, with work of its own; both are a day late with something."""
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    found = build(TODAY, townships=2, villages=6, tasks=4, prefix="97")
    User.objects.filter(username__startswith="97-").update(email="other@example.org")
    return found


def swept() -> None:
    for keys in sweeping.sweep().batches:
        sending.deliver(keys)


def told(county: County | None = None) -> set[str]:
    rows = Message.objects.filter(kind__in=[Kind.WEEKLY, Kind.DAILY, Kind.MONTHLY])
    own = {row.person.username for row in rows.select_related("person")}
    return {name for name in own if name.startswith("97-") == (county is not None)}


def test_each_county_has_its_run_and_sees_no_other(desk: Desk, other: County, moment: Moment, signed_in) -> None:  # type: ignore[no-untyped-def]
    moment(MONDAY)
    swept()
    runs = {run.organisation_id: run for run in Run.objects.all()}
    assert runs.keys() == {desk.cast.places["county"].pk, other.root.pk}
    assert sum(run.messages for run in runs.values()) == Message.objects.count()
    foreign = runs[other.root.pk]
    Run.objects.filter(pk=foreign.pk).update(state=Run.State.STOPPED, usual=3)
    client = signed_in("office")
    release = reverse("run_release", args=[foreign.pk])
    assert release not in client.get(reverse("deliveries")).content.decode()
    assert client.post(release).status_code == 404


def test_a_flood_in_one_county_does_not_stop_the_other(
    desk: Desk, other: County, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reminders.rules.kinds.BREAKER_FLOOR", 2)
    past = {"day": MONDAY - 7 * DAY, "state": Run.State.PLANNED, "head": Kind.WEEKLY}
    Run.objects.create(organisation=other.root, messages=1, **past)
    Run.objects.create(organisation=desk.cast.places["county"], messages=900, **past)
    moment(MONDAY)
    swept()
    assert {run.organisation_id: run.state for run in Run.objects.filter(day=MONDAY)} == {
        other.root.pk: Run.State.STOPPED,
        desk.cast.places["county"].pk: Run.State.PLANNED,
    }
    assert told()
    assert not told(other)
    assert not Message.objects.filter(person=desk.cast.people["sysadmin"]).exists(), "its administrators are not asked"


def test_a_rest_day_of_one_county_is_a_workday_of_the_other(desk: Desk, other: County, moment: Moment) -> None:
    WorkdayException.objects.create(organisation=other.root, day=MONDAY, kind="rest")
    moment(MONDAY)
    swept()
    assert told()
    assert not told(other)
    moment(MONDAY + DAY)
    swept()
    assert told(other), "it is told on the next workday, as the week's first"
    assert set(Message.objects.filter(person__username__startswith="97-").values_list("kind", flat=True)) == {
        "weekly_digest"
    }


def test_a_saturday_worked_in_one_county_alone(desk: Desk, other: County, moment: Moment) -> None:
    saturday = MONDAY + 5 * DAY
    WorkdayException.objects.create(organisation=other.root, day=saturday, kind="work")
    moment(saturday)
    swept()
    assert told(other)
    assert not told()
    assert Delivery.objects.filter(state="sent").exists()
    assert not Delivery.objects.exclude(message__person__username__startswith="97-").exists()


def test_reminders_ahead_move_by_the_countys_own_calendar(desk: Desk, moment: Moment) -> None:
    """Due on Friday, one day ahead is Thursday; Thursday is the county's festival, so Wednesday reminds."""
    desk.give("到期", "shiling", due=TODAY + 2 * DAY, days=10)
    WorkdayException.objects.create(organisation=desk.cast.places["county"], day=TODAY + DAY, kind="rest")
    moment(TODAY)
    [first, *_rest] = looking.planned_at(clock.now())
    assert first.kind == Kind.DAILY
    moment(TODAY + DAY)
    assert looking.planned_at(clock.now()) == []


def test_the_preview_counts_the_own_county_only(desk: Desk, other: County, moment: Moment) -> None:
    now = moment(MONDAY)
    here = looking.preview(now, Tables(), desk.cast.places["county"])
    there = looking.preview(now, Tables(), other.root)
    swept()
    people = Message.objects.values("person").distinct()
    assert here.people == people.exclude(person__username__startswith="97-").count()
    assert there.people == people.filter(person__username__startswith="97-").count()


def test_whoever_holds_posts_in_two_counties_gets_one_digest(desk: Desk, other: County, moment: Moment) -> None:
    Post.objects.create(
        user=desk.cast.people["hekou"], role=Role.TOWNSHIP_ORGANISER, organisation=other.townships[0], since=MONDAY
    )
    moment(MONDAY)
    swept()
    [message] = Message.objects.filter(person=desk.cast.people["hekou"])
    assert len({line["post"] for line in message.body["lines"]}) == 2


class TestHour:
    """A kind with an hour of its own waits for it, unless the digest goes out before for another reason."""

    @pytest.fixture(autouse=True)
    def _at_four(self, desk: Desk) -> None:
        ReminderKind.objects.create(
            organisation=desk.cast.places["county"],
            key="task_short",
            ahead=[1],
            after=[1],
            hour=datetime.time(16),
            channels=["mail"],
            shipped_hash="",
        )
        desk.give("周报", "shiling", due=TODAY + DAY, days=7)

    def test_it_waits_for_its_hour_and_is_told_once(self, desk: Desk, moment: Moment) -> None:
        for hour, minute, expected in ((8, 30, 0), (15, 59, 0), (16, 0, 3), (17, 0, 3)):
            moment(TODAY, hour, minute)
            swept()
            assert Message.objects.count() == expected, f"{hour}:{minute:02}"
        assert Run.objects.get().messages == 3

    def test_it_joins_a_digest_that_goes_out_before(self, desk: Desk, moment: Moment) -> None:
        desk.give("逾期", "shiling", due=TODAY - DAY)
        moment(TODAY, 8, 30)
        swept()
        message = Message.objects.get(person=desk.cast.people["shiling"])
        assert [line["title"] for line in message.body["lines"]] == ["逾期", "周报"]
        moment(TODAY, 16)
        swept()
        assert Message.objects.filter(person=desk.cast.people["shiling"]).count() == 1

    def test_a_planner_killed_at_the_hour_is_followed_by_another(self, desk: Desk, moment: Moment) -> None:
        from reminders import running

        moment(TODAY, 8, 30)
        swept()
        now = moment(TODAY, 16)
        [county] = looking.Look(now).counties
        assert running.claim(county, now), "and then it is killed"
        swept()
        assert not Message.objects.exists()
        moment(TODAY, 16, 11)
        swept()
        assert Message.objects.count() == 3

    def test_an_hour_at_which_nothing_is_sent_is_refused(self, signed_in) -> None:  # type: ignore[no-untyped-def]
        from tests.reminders.test_reminder_pages import FORM

        url = reverse("reminder_kind", args=["task_short"])
        assert signed_in("office").post(url, FORM | {"hour": "20:00"}).status_code == 422
        assert signed_in("office").post(url, FORM | {"hour": "16:00"}).status_code == 200


def test_what_failed_days_ago_is_sent_again_by_hand(desk: Desk, moment: Moment, signed_in) -> None:  # type: ignore[no-untyped-def]
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    moment(MONDAY)
    sweeping.sweep()
    Delivery.objects.update(state="failed", error="550")
    moment(TODAY)
    delivery = Delivery.objects.filter(message__person=desk.cast.people["hekou"]).get()
    assert signed_in("office").post(reverse("delivery_resend", args=[delivery.pk])).status_code == 302
    swept()
    delivery.refresh_from_db()
    assert delivery.state == "sent"


@pytest.mark.parametrize("fault", [OverflowError, ValueError, TypeError, ZeroDivisionError])
def test_what_fails_in_one_county_does_not_stop_the_other(
    fault: type[Exception], desk: Desk, other: County, moment: Moment, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    cache.clear()  # what is told once a day was told by the case before
    moment(MONDAY)
    right, here = running.plan_day, desk.cast.places["county"].pk

    def plan_day(run: Run, *args: Any) -> int:
        if run.organisation_id == here:
            raise fault("a row nobody thought of")
        return right(run, *args)

    monkeypatch.setattr(running, "plan_day", plan_day)
    swept()
    assert told(other)
    assert not told()
    assert client.get("/healthz").json()["failing"] == {"reminders.sweep": 1}
    assert Event.objects.get(kind="sweep_failed").subject.endswith(desk.cast.places["county"].path)


@pytest.mark.parametrize("due", [datetime.date.max, datetime.date.min, datetime.date(26, 12, 31)])
def test_a_row_dated_to_another_age_stops_no_county(
    due: datetime.date, desk: Desk, other: County, moment: Moment
) -> None:
    cache.clear()
    [row, *_rest] = desk.give("错年", "liuwan", due=MONDAY)
    Assignment.objects.filter(pk=row.pk).update(due_on=due, counted_due_on=due, internal_due_on=due, near_from=due)
    moment(MONDAY)
    swept()
    assert told(other)
    assert told()
    assert sweeps.health() == {}


def test_a_message_that_cannot_be_read_holds_up_no_other(desk: Desk, other: County, moment: Moment) -> None:
    moment(MONDAY)
    keys = [key for batch in sweeping.sweep().batches for key in batch]
    bad = Message.objects.filter(deliveries__in=keys).first()
    assert bad
    Message.objects.filter(pk=bad.pk).update(subject="x" * 10, body={**bad.body, "left_out": None, "figures": None})
    sent = sending.deliver(keys)
    assert sent >= len(keys) - 1
