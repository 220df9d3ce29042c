"""Pages of reminders: the bell, the message centre, the delivery page, the kinds, the call list."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from holidays.countries.china import ChinaStaticHolidays

from reminders import sending, sweeping
from reminders.models import Delivery, Message, ReminderKind, Run
from tasks.models import Assignment
from tasks.rules.status import Status
from tests.cast import TODAY
from tests.reminders.conftest import DAY, Desk
from tests.reminders.test_outbox import Moment

MONDAY = TODAY - 2 * DAY
SignedIn = Callable[[str], Client]


@pytest.fixture
def sent(desk: Desk, moment: Moment) -> Desk:
    """Monday's digests are out: 石岭村 and 柳湾村 are a day late."""
    desk.give("活动场所完工", "shiling", "liuwan", due=MONDAY - DAY)
    moment(MONDAY)
    for keys in sweeping.sweep().batches:
        sending.deliver(keys)
    return desk


def text(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_bell_counts_until_the_message_is_opened(sent: Desk, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    message = Message.objects.get(person=sent.cast.people["hekou"])
    assert "1 条" in text(client, "week") or "1 message" in text(client, "week")
    page = text(client, "message", message.pk)
    assert "活动场所完工" in page
    message.refresh_from_db()
    assert message.read_at
    assert client.get(reverse("messages")).context["unread"] == 0


def test_a_line_leads_to_its_row_in_one_click_and_in_the_right_post(sent: Desk, signed_in: SignedIn) -> None:
    message = Message.objects.get(person=sent.cast.people["shiling"])
    client = signed_in("shiling")
    answer = client.get(reverse("message_go", args=[message.pk, 0]), follow=True)
    row = Assignment.objects.get(organisation=sent.cast.places["shiling"])
    assert answer.redirect_chain[-1][0] == row.get_absolute_url()
    assert answer.status_code == 200


def test_what_was_finished_since_is_shown_as_done(sent: Desk, signed_in: SignedIn) -> None:
    message = Message.objects.get(person=sent.cast.people["shiling"])
    Assignment.objects.update(status=Status.CLOSED, closed_on=MONDAY, requested_on=MONDAY)
    answer = signed_in("shiling").get(message.get_absolute_url())
    assert [line["done"] for section in answer.context["sections"] for line in section["lines"]] == [True]


def test_a_line_that_does_not_exist_is_not_found(sent: Desk, signed_in: SignedIn) -> None:
    message = Message.objects.get(person=sent.cast.people["shiling"])
    assert signed_in("shiling").get(reverse("message_go", args=[message.pk, 99])).status_code == 404


def test_the_county_sees_who_was_told_what_and_sends_again(sent: Desk, signed_in: SignedIn, moment: Moment) -> None:
    client = signed_in("office")
    delivery = Delivery.objects.get(message__person__username="hekou")
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", error="550 no such mailbox")
    page = text(client, "deliveries", state="failed")
    assert "550 no such mailbox" in page
    assert "河口组织委员" in page
    assert client.post(reverse("delivery_resend", args=[delivery.pk])).status_code == 302
    assert [delivery.pk] in sweeping.sweep().batches
    sending.deliver([delivery.pk])
    delivery.refresh_from_db()
    assert delivery.state == "sent"


def test_a_stopped_run_is_shown_and_released(sent: Desk, signed_in: SignedIn) -> None:
    Run.objects.update(state=Run.State.STOPPED, usual=3)
    client = signed_in("office")
    run = Run.objects.get()
    assert reverse("run_release", args=[run.pk]) in text(client, "deliveries")
    client.post(reverse("run_release", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == Run.State.RELEASED


FORM = {
    "ahead": "10、2",
    "after": "1，3",
    "unit": "day",
    "supervisor_from": "1",
    "county_from": "7",
    "channels": ["mail"],
    "weekly": "on",
    "monthly": "on",
    "active": "on",
    "version": "0",
}


def test_a_kind_is_previewed_before_it_is_saved(desk: Desk, signed_in: SignedIn, moment: Moment) -> None:
    desk.give("十天后到期", "shiling", due=TODAY + 10 * DAY)
    moment(TODAY)
    client = signed_in("office")
    url = reverse("reminder_kind", args=["task_medium"])
    seen = client.post(url, FORM).context
    assert (seen["preview"].messages, seen["preview"].people) == (6, 3)  # the centre and a mail each
    assert seen["before"].people == 0
    assert not ReminderKind.objects.exists()
    assert client.post(url, FORM | {"sure": "yes"}).status_code == 302
    row = ReminderKind.objects.get()
    assert (row.ahead, row.after) == ([10, 2], [1, 3])
    client.post(reverse("reminder_kind_reset", args=["task_medium"]))
    assert not ReminderKind.objects.exists()


@pytest.mark.parametrize("change", [{"after": ""}, {"ahead": "soon"}, {"after": "9999"}])
def test_overdue_cannot_be_switched_off(desk: Desk, signed_in: SignedIn, change: dict[str, str]) -> None:
    answer = signed_in("office").post(reverse("reminder_kind", args=["task_medium"]), FORM | change)
    assert answer.status_code == 422


def test_a_stale_form_overwrites_nothing(desk: Desk, signed_in: SignedIn, moment: Moment) -> None:
    moment(TODAY)
    client = signed_in("office")
    url = reverse("reminder_kind", args=["task_medium"])
    client.post(url, FORM | {"sure": "yes"})
    row = ReminderKind.objects.get()
    client.post(url, FORM | {"sure": "yes", "version": row.seen, "ahead": "5"})
    answer = client.post(url, FORM | {"sure": "yes", "version": row.seen, "ahead": "6"})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.ahead == [5]


def test_one_sets_ones_own_address(desk: Desk, signed_in: SignedIn) -> None:
    signed_in("hekou").post(reverse("message_address"), {"email": "new@example.org"})
    user = desk.cast.people["hekou"]
    user.refresh_from_db()
    assert user.email == "new@example.org"


def test_the_call_list_names_villages_numbers_and_what_is_open(sent: Desk, signed_in: SignedIn) -> None:
    sent.cast.people["shiling"].phone = "13900000000"
    sent.cast.people["shiling"].save()
    page = text(signed_in("hekou"), "call_list")
    assert "13900000000" in page
    assert "石岭村" in page
    assert "上坊村" not in page
    foreign = sent.cast.places["jinling"].pk
    assert "石岭村" in text(signed_in("hekou"), "call_list", township=str(foreign))  # one's own, whatever is asked


def test_a_year_without_published_days_off_is_said_on_the_page(
    desk: Desk, signed_in: SignedIn, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("office")
    assert "未配置" not in text(client, "deliveries")
    monkeypatch.delitem(ChinaStaticHolidays.special_public_holidays, 2026)
    assert "未配置" in text(client, "deliveries")
    assert "未配置" in text(client, "reminder_kinds")


def test_the_health_page_tells_of_sweep_and_queue(sent: Desk, client: Client) -> None:
    sweeping.sweep()
    found = client.get(reverse("health")).json()["reminders"]
    assert found["swept"] is True
    assert found["queue"] == 0


def test_whoever_follows_a_link_of_a_mail_comes_back_to_it_after_signing_in(sent: Desk, client: Client) -> None:
    url = reverse("message_go", args=[Message.objects.get(person=sent.cast.people["shiling"]).pk, 0])
    page = client.get(url, follow=True)
    assert f'name="next" value="{url}"' in page.content.decode()


def test_a_kind_of_which_nothing_is_kept_says_that_nobody_is_reminded(desk: Desk, signed_in: SignedIn) -> None:
    rows = {row["rule"].key: row["fed"] for row in signed_in("office").get(reverse("reminder_kinds")).context["rows"]}
    assert {key for key, used in rows.items() if not used} == {
        "term", "contract", "weekly_report", "monthly_report", "rectification"
    }  # fmt: skip
    assert "不会据此提醒" in text(signed_in("office"), "reminder_kind", "term")
    assert "不会据此提醒" not in text(signed_in("office"), "reminder_kind", "urge")
