"""The hour of a digest: it goes out at the first sweep at or after its county's hour, once, and never is lost."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from orgs import duties
from reminders import actions, looking, pushes, running, sending, sweeping
from reminders.kinds import Tables, shipped
from reminders.looking import Look
from reminders.models import Delivery, Message, ReminderKind, Run
from reminders.rules.kinds import Kind, named
from tasks.models import Assignment
from tasks.rules.status import Status
from tests.cast import TODAY
from tests.reminders.conftest import DAY, Desk
from tests.reminders.test_outbox import Moment
from tests.reminders.test_reminder_pages import FORM, text

MONDAY = TODAY - 2 * DAY
TUESDAY = MONDAY + DAY
SignedIn = Callable[[str], Client]


def set_hour(desk: Desk, key: str, hour: int | None, minute: int = 0) -> None:
    """The county's own row of a digest, with an hour."""
    rule = named(shipped(), key)
    assert rule
    actions.save_kind(
        rule,
        by=desk.cast.actor("office"),
        organisation=desk.cast.places["county"],
        hour=None if hour is None else datetime.time(hour, minute),
        channels=["mail"],
    )


def swept() -> None:
    for keys in sweeping.sweep().batches:
        sending.deliver(keys)


def digests(day: datetime.date) -> dict[str, str]:
    rows = Message.objects.filter(day=day, kind__in=[Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY])
    return {row.person.username: row.kind for row in rows.select_related("person")}


@pytest.fixture
def late(desk: Desk) -> Desk:
    """石岭村 is a day late on Tuesday; Monday's digests are none of the story."""
    desk.give("逾期", "shiling", due=MONDAY)
    Run.objects.create(organisation=desk.cast.places["county"], day=MONDAY, state=Run.State.PLANNED, head=Kind.WEEKLY)
    return desk


def test_a_daily_digest_at_four_goes_out_at_four_once(late: Desk, moment: Moment, mailoutbox: list[Any]) -> None:
    set_hour(late, "daily_digest", 16)
    for hour, minute in ((8, 5), (8, 30), (12, 0), (15, 59)):
        moment(TUESDAY, hour, minute)
        swept()
        assert digests(TUESDAY) == {}, f"{hour}:{minute:02}"
    moment(TUESDAY, 16, 3)
    swept()
    found = digests(TUESDAY)
    assert set(found.values()) == {Kind.DAILY}
    assert {"shiling", "hekou", "hekou2"} <= found.keys()
    once = (Message.objects.count(), len(mailoutbox))
    assert once[1] > 0
    for hour, minute in ((16, 8), (17, 0), (17, 59)):
        moment(TUESDAY, hour, minute)
        swept()
    assert (Message.objects.count(), len(mailoutbox)) == once
    assert Run.objects.get(day=TUESDAY).messages == once[0]


def test_without_an_hour_it_goes_out_as_the_day_opens(late: Desk, moment: Moment) -> None:
    moment(TUESDAY, 8, 30)
    swept()
    assert digests(TUESDAY)


def test_a_weekly_digest_has_an_hour_of_its_own(desk: Desk, moment: Moment) -> None:
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    set_hour(desk, "daily_digest", 10)
    set_hour(desk, "weekly_digest", 15)
    for hour in (9, 10, 14):
        moment(MONDAY, hour)
        swept()
        assert digests(MONDAY) == {}, str(hour)
    moment(MONDAY, 15)
    swept()
    assert set(digests(MONDAY).values()) == {Kind.WEEKLY}
    desk.give("次日", "shangfang", due=MONDAY)
    moment(TUESDAY, 9, 59)
    swept()
    assert digests(TUESDAY) == {}
    moment(TUESDAY, 10)
    swept()
    assert digests(TUESDAY)["jinling"] == Kind.DAILY


def test_on_one_day_each_digest_goes_out_at_its_own_hour(desk: Desk, moment: Moment) -> None:
    """Monday's mail to 河口 never went out: on Tuesday 河口 gets the weekly digest, the others the daily one."""
    desk.give("逾期", "shiling", due=MONDAY - DAY)
    moment(MONDAY)
    sweeping.sweep()
    Delivery.objects.exclude(message__person__username="hekou").update(state="sent")
    set_hour(desk, "daily_digest", 10)
    set_hour(desk, "weekly_digest", 15)
    desk.give("次日", "liuwan", "shangfang", due=MONDAY)
    moment(TUESDAY, 8, 30)
    swept()
    assert digests(TUESDAY) == {}
    assert Delivery.objects.get(message__person__username="hekou", message__day=MONDAY).state == "queued"
    moment(TUESDAY, 10)
    swept()
    assert set(digests(TUESDAY).values()) == {Kind.DAILY}
    assert "hekou" not in digests(TUESDAY)
    moment(TUESDAY, 15)
    swept()
    assert digests(TUESDAY)["hekou"] == Kind.WEEKLY
    assert Delivery.objects.get(message__person__username="hekou", message__day=MONDAY).state == "dropped"
    assert Message.objects.filter(day=TUESDAY, person__username="hekou").count() == 1


@pytest.mark.parametrize("morning", [True, False])
def test_a_worker_down_over_the_hour_sends_later_the_same_day(late: Desk, moment: Moment, morning: bool) -> None:
    set_hour(late, "daily_digest", 10)
    if morning:
        moment(TUESDAY, 8, 30)
        swept()
    moment(TUESDAY, 17, 40)
    swept()
    assert digests(TUESDAY)


def test_a_worker_killed_at_the_hour_is_followed_by_another(late: Desk, moment: Moment) -> None:
    set_hour(late, "daily_digest", 16)
    moment(TUESDAY, 8, 30)
    swept()
    now = moment(TUESDAY, 16)
    [county] = Look(now).counties
    assert running.claim(county, now), "and then it is killed"
    assert running.claim(county, now) is None
    swept()
    assert digests(TUESDAY) == {}
    moment(TUESDAY, 16, 11)
    swept()
    assert digests(TUESDAY)


def test_an_hour_missed_until_the_day_closed_is_made_up_the_next_day_at_its_hour(late: Desk, moment: Moment) -> None:
    set_hour(late, "daily_digest", 16)
    moment(TUESDAY, 8, 30)
    swept()
    moment(TUESDAY, 18)  # down from noon on
    swept()
    moment(TODAY, 9)
    swept()
    assert digests(TUESDAY) == {}
    assert digests(TODAY) == {}
    moment(TODAY, 16)
    swept()
    assert "shiling" in digests(TODAY), "one day late was Tuesday's reminder"


def test_whoever_was_told_on_a_day_that_was_not_finished_is_not_told_again(desk: Desk, moment: Moment) -> None:
    """A kind with a later hour leaves the day unfinished when the worker is down: only the others are made up for."""
    desk.give("逾期", "shiling", due=MONDAY)
    Run.objects.create(organisation=desk.cast.places["county"], day=MONDAY, state=Run.State.PLANNED, head=Kind.WEEKLY)
    moment(TUESDAY, 8, 30)
    swept()
    assert "shiling" in digests(TUESDAY)
    Run.objects.filter(day=TUESDAY).update(again_at=moment(TUESDAY, 16))
    moment(TODAY, 9)
    swept()
    assert digests(TODAY) == {}


def test_an_hour_moved_forward_in_the_day_holds_at_the_next_sweep(late: Desk, moment: Moment) -> None:
    set_hour(late, "daily_digest", 16)
    moment(TUESDAY, 9)
    swept()
    moment(TUESDAY, 12)
    swept()
    assert digests(TUESDAY) == {}
    actions.reset_kind(ReminderKind.objects.get(), by=late.cast.actor("office"))
    set_hour(late, "daily_digest", 11)
    swept()
    assert digests(TUESDAY)


def test_what_is_sent_back_does_not_wait_for_the_digests_hour(desk: Desk, moment: Moment) -> None:
    set_hour(desk, "weekly_digest", 16)
    [row] = desk.give("补材料", "shiling", due=TODAY + 30 * DAY, status=Status.REQUESTED, requested_on=MONDAY)
    moment(MONDAY, 8, 30)
    swept()
    Assignment.objects.filter(pk=row.pk).update(status=Status.RETURNED, return_reason="材料不全", version=99)
    moment(MONDAY, 9)
    swept()
    assert set(Message.objects.filter(person__username="shiling").values_list("kind", flat=True)) == {Kind.RETURNED}
    moment(MONDAY, 16)
    swept()
    assert digests(MONDAY)["shiling"] == Kind.WEEKLY


def test_the_command_says_what_goes_out_at_that_moment(late: Desk, moment: Moment) -> None:
    set_hour(late, "daily_digest", 16)
    assert looking.planned_at(moment(TUESDAY, 15, 59)) == []
    assert looking.planned_at(moment(TUESDAY, 16))
    moment(TUESDAY, 9)
    call_command("send_reminders", verbosity=0)
    assert not Message.objects.exists()
    moment(TUESDAY, 16)
    call_command("send_reminders", verbosity=0)
    assert digests(TUESDAY)


def test_the_preview_counts_the_day_whatever_the_hour(late: Desk, moment: Moment, signed_in: SignedIn) -> None:
    now, county = moment(TUESDAY, 9), late.cast.places["county"]
    before = looking.preview(now, Tables(), county)
    assert before.people
    set_hour(late, "daily_digest", 17, 30)
    assert looking.preview(now, Tables(), county) == before
    moment(TUESDAY, 17, 30)
    swept()
    assert len(digests(TUESDAY)) == before.people


@pytest.mark.parametrize("key", ["daily_digest", "weekly_digest", "monthly_digest"])
def test_the_form_takes_an_hour_within_those_at_which_anything_is_sent(
    desk: Desk, signed_in: SignedIn, key: str, moment: Moment
) -> None:
    moment(TODAY)
    client, url = signed_in("office"), reverse("reminder_kind", args=[key])
    for hour in ("08:29", "17:31", "20:00"):
        assert client.post(url, FORM | {"hour": hour, "sure": "yes"}).status_code == 422, hour
    assert not ReminderKind.objects.exists()
    assert client.post(url, FORM | {"hour": "16:00", "sure": "yes"}).status_code == 302
    assert ReminderKind.objects.get().hour == datetime.time(16)
    assert "16:00" in text(client, "reminder_kinds")


def test_a_row_asks_only_for_what_is_read(desk: Desk, signed_in: SignedIn) -> None:
    client = signed_in("office")

    def fields(key: str) -> set[str]:
        return set(client.get(reverse("reminder_kind", args=[key])).context["form"].fields) - {"version"}

    assert fields("daily_digest") == {"hour"}
    assert fields("weekly_digest") == {"hour", "channels", "active"}
    assert fields("order") == {"channels"}
    assert fields("holiday") == {"active"}
    assert "hour" in fields("task_short")
    assert named(Tables().at(desk.cast.places["county"].path), "weekly_digest") == named(shipped(), "weekly_digest")


def unfed(client: Client) -> set[str]:
    rows = client.get(reverse("reminder_kinds")).context["rows"]
    return {row["rule"].key for row in rows if not row["fed"]}


def test_a_row_that_nothing_feeds_says_so(
    desk: Desk, signed_in: SignedIn, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment(TODAY)
    client = signed_in("office")
    assert unfed(client) == {"weekly_report", "monthly_report", "rectification", "term", "contract"}
    assert text(client, "reminder_kinds").count("没有登记这类事项") == 5
    assert "没有登记这类事项" in text(client, "reminder_kind", "contract")
    assert "没有登记这类事项" not in text(client, "reminder_kind", "task_short")
    monkeypatch.setattr(pushes, "_standing", {})
    assert {"order", "urge"} <= unfed(client)

    class Contracts:
        kind = "contract"

        def due(self, *_args: Any) -> Any:
            return iter(())

    monkeypatch.setattr(duties, "_bulk_sources", {**duties._bulk_sources, "contract": Contracts()})
    assert "contract" not in unfed(client)
