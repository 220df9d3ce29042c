"""The outbox: one digest a person a day, planned once, stopped when it would flood."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dates import clock
from orgs.duties import Stage
from orgs.models import Post, Relation
from orgs.rules import RelationKind, Role
from reminders import looking, running, sending, sweeping
from reminders.looking import Look
from reminders.models import Delivery, Message, ReminderKind, Run
from reminders.rules.kinds import Kind
from tasks.models import Assignment
from tasks.rules.status import Status
from tests.cast import TODAY, Cast
from tests.county import build
from tests.reminders.conftest import DAY, Desk

MONDAY = TODAY - 2 * DAY
Moment = Callable[..., datetime.datetime]


def sweep_and_send() -> int:
    return sum(sending.deliver(keys) for keys in sweeping.sweep().batches)


def told(day: datetime.date | None = None) -> dict[str, str]:
    """Who got which digest."""
    rows = Message.objects.filter(day=day) if day else Message.objects.all()
    return {row.person.username: row.kind for row in rows.select_related("person")}


def test_owner_village_and_leaders_each_get_theirs_and_nobody_else(desk: Desk, moment: Moment) -> None:
    desk.give("集体经济收入", "shiling", "liuwan", due=MONDAY + 3 * DAY)
    moment(MONDAY)
    sweep_and_send()
    assert told() == dict.fromkeys(["hekou", "hekou2", "hekou_leader", "leader", "shiling"], Kind.WEEKLY.value)
    hekou = Message.objects.get(person=desk.cast.people["hekou"])
    [line] = hekou.body["lines"]
    assert (line["count"], line["names"]) == (2, ["石岭村", "柳湾村"])
    assert line["url"].startswith("/rows/?task=")
    shiling = Message.objects.get(person=desk.cast.people["shiling"])
    assert shiling.body["lines"][0]["url"] == Assignment.objects.get(organisation__name="石岭村").get_absolute_url()


def test_two_sweeps_make_one_message(desk: Desk, moment: Moment, mailoutbox: list[object]) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    moment(MONDAY)
    sweep_and_send()
    once = (Message.objects.count(), len(mailoutbox))
    sweep_and_send()
    moment(MONDAY, 15)
    sweep_and_send()
    assert (Message.objects.count(), len(mailoutbox)) == once
    assert once[0] == once[1] > 0


def test_a_day_begun_and_abandoned_is_taken_over(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    now = moment(MONDAY)
    [county] = Look(now).counties
    assert running.claim(county, now) is not None  # and then its worker is killed
    assert running.claim(county, now) is None
    sweep_and_send()
    assert not Message.objects.exists()
    moment(MONDAY, 9, 11)
    sweep_and_send()
    assert Message.objects.exists()


def test_a_planner_that_lost_its_claim_writes_nothing(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    [county] = Look(moment(MONDAY)).counties
    run = running.claim(county, moment(MONDAY))
    assert run
    later = moment(MONDAY, 9, 30)
    other = running.claim(county, later)
    assert other
    running.plan_day(other, Look(later), county)
    count = Message.objects.count()
    assert running.plan_day(run, Look(later), county) == 0
    assert Message.objects.count() == count


@pytest.mark.parametrize(("day", "hour"), [(TODAY + 3 * DAY, 9), (MONDAY, 8), (MONDAY, 18)])
def test_outside_hours_nothing_is_planned_and_nothing_is_sent(
    desk: Desk, moment: Moment, day: datetime.date, hour: int
) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    moment(day, hour)
    assert sweeping.sweep() == sweeping.Swept(0, [])
    assert not Message.objects.exists()


def test_what_was_sent_back_is_told_the_same_day_once(desk: Desk, moment: Moment) -> None:
    [row] = desk.give("补材料", "shiling", due=TODAY + 30 * DAY, status=Status.REQUESTED, requested_on=TODAY)
    moment(TODAY)
    sweep_and_send()
    Assignment.objects.filter(pk=row.pk).update(status=Status.RETURNED, return_reason="材料不全", version=99)
    moment(TODAY, 14)
    sweep_and_send()
    sweep_and_send()
    assert told() == dict.fromkeys(["hekou", "hekou2", "shiling"], Kind.RETURNED.value)
    moment(TODAY + DAY)
    sweep_and_send()
    assert told(TODAY + DAY) == {}  # it is known


def test_a_stand_in_is_told_and_whoever_left_is_not(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shangfang", due=MONDAY - DAY)
    old = desk.cast.posts["jinling"]
    Post.objects.filter(pk=old.pk).update(until=MONDAY - DAY)
    Post.objects.create(
        user=desk.cast.people["liangxin"],
        role=Role.TOWNSHIP_ORGANISER,
        organisation=desk.cast.places["jinling"],
        since=MONDAY,
        stands_in_for=old,
    )
    moment(MONDAY)
    sweep_and_send()
    assert "liangxin" in told()
    assert "jinling" not in told()


def test_a_joint_branch_is_told_of_the_organisations_it_looks_after(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "hongda", due=MONDAY - DAY)
    Relation.objects.create(
        organisation=desk.cast.places["shiling"],
        member=desk.cast.places["hongda"],
        kind=RelationKind.JOINT_BRANCH,
        since=MONDAY - 30 * DAY,
    )
    moment(MONDAY)
    sweep_and_send()
    assert {"shiling", "liangxin"} <= told().keys()
    assert not {"hekou", "jinling"} & told().keys()


def test_departments_are_told_of_close_outs_to_verify_but_not_of_their_own(desk: Desk, moment: Moment) -> None:
    requested = {"status": Status.REQUESTED, "requested_on": MONDAY - DAY}
    desk.give("待核验", "hekou", due=TODAY + 30 * DAY, **requested)  # a township's: the county verifies it
    desk.give("村里的", "shiling", due=TODAY + 30 * DAY, **requested)  # a village's: its township does
    moment(MONDAY)
    sweep_and_send()
    people = ["agri", "office", "hekou2", "jinling"]
    found = {
        m.person.username: [line for line in m.body["lines"] if line["stage"] == Stage.REVIEW]
        for m in Message.objects.filter(person__username__in=people)
    }
    told_of = {who: lines[0]["count"] for who, lines in found.items() if lines}
    assert told_of == {"agri": 1, "office": 1, "hekou2": 1}
    assert found["agri"][0]["stage"] == Stage.REVIEW


def test_a_flood_is_stopped_told_and_can_be_released(
    desk: Desk, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reminders.rules.kinds.BREAKER_FLOOR", 2)
    Run.objects.create(
        organisation=desk.cast.places["county"],
        day=MONDAY - 7 * DAY,
        state=Run.State.PLANNED,
        head=Kind.WEEKLY,
        messages=1,
    )
    Run.objects.create(
        organisation=desk.cast.places["county"],
        day=MONDAY - 90 * DAY,
        state=Run.State.PLANNED,
        head=Kind.WEEKLY,
        messages=900,
    )
    desk.give("逾期", "shiling", "shangfang", due=MONDAY - DAY)
    moment(MONDAY)
    sweep_and_send()
    run = Run.objects.get(day=MONDAY)
    assert (run.state, run.usual) == (Run.State.STOPPED, 1.0)
    assert told(MONDAY) == {"sysadmin": Kind.NOTICE.value}
    sweep_and_send()
    assert Message.objects.count() == 1
    from reminders import actions

    actions.release(run, by=desk.cast.actor("office"))
    sweep_and_send()
    assert len(told(MONDAY)) == run.messages + 1


def test_a_deadlines_day_among_quiet_days_is_no_flood(
    desk: Desk, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reminders.rules.kinds.BREAKER_FLOOR", 2)
    for days, messages in ((20, 4), (9, 0), (6, 0), (5, 1), (1, 0)):
        Run.objects.create(
            organisation=desk.cast.places["county"],
            day=MONDAY - days * DAY,
            state=Run.State.PLANNED,
            head=Kind.DAILY,
            messages=messages,
        )
    desk.give("逾期", "shiling", "shangfang", due=MONDAY - DAY)
    moment(MONDAY)
    sweep_and_send()
    run = Run.objects.get(day=MONDAY)
    assert (run.state, run.usual) == (Run.State.PLANNED, 4)


def test_the_first_messages_of_a_county_are_no_flood(
    desk: Desk, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reminders.rules.kinds.BREAKER_FLOOR", 2)
    moment(MONDAY - 3 * DAY)
    sweep_and_send()
    desk.give("逾期", "shiling", "shangfang", due=MONDAY - DAY)
    moment(MONDAY)
    sweep_and_send()
    assert Run.objects.get(day=MONDAY).state == Run.State.PLANNED


def test_a_mail_that_did_not_get_out_is_merged_into_the_next_digest(
    desk: Desk, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.give("三天后到期", "shiling", due=TODAY + 2 * DAY, days=10)  # 2026-11-20: 3 and 1 days ahead
    moment(TODAY - DAY)
    sweeping.sweep()  # planned, and the mail server is away all day
    assert Delivery.objects.filter(state="queued").count() == 3
    moment(TODAY)
    sweeping.sweep()
    assert set(Delivery.objects.filter(message__day=TODAY - DAY).values_list("state", flat=True)) == {"dropped"}
    assert told(TODAY).keys() == {"hekou", "hekou2", "shiling"}


def test_the_county_may_change_a_kind_and_only_there(desk: Desk, moment: Moment) -> None:
    desk.give("十天后到期", "shiling", due=TODAY + 10 * DAY)
    now = moment(TODAY)
    assert looking.planned_at(now) == []
    ReminderKind.objects.create(
        organisation=desk.cast.places["county"], key="task_medium", ahead=[10], after=[1], channels=[], shipped_hash=""
    )
    planned = looking.planned_at(now)
    assert {p.user_id for p in planned} == {desk.cast.people[who].pk for who in ("hekou", "hekou2", "shiling")}
    assert {p.channels for p in planned} == {()}


@pytest.mark.real_clock
def test_the_dry_run_writes_what_would_be_sent_and_sends_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.give("国庆前到期", "shiling", due=datetime.date(2026, 10, 5))
    out = tmp_path / "out.json"
    call_command("send_reminders", at="2026-10-08T08:30", dry_run=True, json=str(out), verbosity=0)
    found = json.loads(out.read_text())
    assert {"person", "channel", "kind", "key", "subject", "items"} <= found[0].keys()
    assert {(row["person"], row["channel"]) for row in found} >= {("hekou", "inbox"), ("hekou", "mail")}
    assert {row["kind"] for row in found} == {"monthly_digest"}
    assert not Message.objects.exists()
    call_command("send_reminders", at="2026-10-04T08:30", dry_run=True, json=str(out), verbosity=0)
    assert json.loads(out.read_text()) == []


@pytest.mark.slow
def test_queries_do_not_grow_with_people_and_rows(db: None) -> None:
    """A county costs a handful of queries, a large one as many as a small one."""
    at = datetime.datetime.combine(MONDAY, datetime.time(9), tzinfo=clock.datetime_zone())
    counted = []
    for prefix, size in (("98", 1), ("97", 1), ("96", 20)):
        build(TODAY, townships=size + 1, villages=6 * size, tasks=3 * size, prefix=prefix)
        with CaptureQueriesContext(connection) as queries:
            looking.planned_at(at)
        counted.append(len(queries))
    first, second, third = counted
    assert third - second == second - first <= 24  # a few for each thing that can be owed


def test_nothing_of_another_township_stands_in_a_message(desk: Desk, moment: Moment, cast: Cast) -> None:
    desk.give("两镇都有", "shiling", "shangfang", due=MONDAY - DAY)
    moment(MONDAY)
    sweep_and_send()
    for who in ("hekou", "hekou2", "shiling", "hekou_leader"):
        text = json.dumps(Message.objects.get(person=cast.people[who]).body, ensure_ascii=False)
        assert "上坊" not in text
