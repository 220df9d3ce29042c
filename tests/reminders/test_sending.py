"""Sending: claimed once, looked at again, retried, refused, given up."""

import datetime
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from dates import clock
from reminders import channels, sending, sweeping
from reminders.channels import Refused, Unreachable
from reminders.models import Delivery, Message, RefusedAddress
from tasks.models import Assignment
from tasks.rules.status import Status
from tests.cast import TODAY
from tests.reminders.conftest import DAY, Desk

MONDAY = TODAY - 2 * DAY
Moment = Callable[..., datetime.datetime]


@pytest.fixture
def queued(desk: Desk, moment: Moment) -> list[int]:
    """A digest planned on Monday, with its mails waiting."""
    desk.give("活动场所完工", "shiling", due=MONDAY - DAY)
    moment(MONDAY)
    return [key for batch in sweeping.sweep().batches for key in batch]


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


def test_a_mail_has_text_html_and_links_to_the_row(queued: list[int]) -> None:
    assert sending.deliver(queued) == len(queued)
    assert states() == {"sent"}
    letter = next(m for m in mail.outbox if m.to == ["hekou@example.org"])
    html = letter.alternatives[0][0]  # type: ignore[attr-defined]
    message = Message.objects.get(person__username="hekou")
    for text in (letter.body, html):
        assert "活动场所完工" in text
        assert f"/messages/{message.pk}/go/0/" in text
    assert letter.extra_headers["Message-ID"].startswith("<luoshi-")
    assert "style=" not in html


def test_what_is_finished_before_the_mail_goes_out_is_not_in_it(queued: list[int]) -> None:
    Assignment.objects.update(status=Status.CLOSED, closed_on=MONDAY, requested_on=MONDAY)
    sending.deliver(queued)
    assert [m for m in mail.outbox if m.to == ["hekou@example.org"]] == []
    assert Delivery.objects.get(message__person__username="hekou").state == "dropped"


def test_a_claim_is_taken_once(queued: list[int]) -> None:
    first, second = (Delivery.objects.get(pk=queued[0]) for _copy in range(2))
    assert sending.claim(first)
    assert not sending.claim(second)


def test_an_abandoned_claim_is_taken_over_once_and_then_given_up(queued: list[int], moment: Moment) -> None:
    key = queued[0]
    assert sending.claim(Delivery.objects.get(pk=key))
    moment(MONDAY, 9, 11)
    assert sending.claim(Delivery.objects.get(pk=key))
    moment(MONDAY, 9, 22)
    assert sending.deliver([key]) == 0
    row = Delivery.objects.get(pk=key)
    assert (row.state, row.attempts) == ("failed", 2)
    assert row.error


def fails_with(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def refuse(*_args: Any) -> None:
        raise fault

    monkeypatch.setattr(channels, "send_mail", refuse)


def test_a_server_that_is_away_is_asked_again_later_and_later(
    queued: list[int], moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(monkeypatch, Unreachable("451 later"))
    waits = []
    minute = 0
    for _attempt in range(sending.ATTEMPTS):
        sending.deliver(queued[:1])
        row = Delivery.objects.get(pk=queued[0])
        waits.append(round((row.next_at - clock.now()).total_seconds() / 60))
        minute += max(waits[-1], 1)
        moment(MONDAY, 9 + minute // 60, minute % 60)
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert (row.state, row.error) == ("failed", "451 later")


def test_an_address_refused_twice_is_suspended(
    queued: list[int], desk: Desk, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(monkeypatch, Refused("550 no such mailbox"))
    sending.deliver(queued)
    assert set(RefusedAddress.objects.values_list("refusals", flat=True)) == {1}
    desk.give("又一件", "shiling", due=TODAY, days=10)
    moment(TODAY - DAY)
    for keys in sweeping.sweep().batches:
        sending.deliver(keys)
    assert RefusedAddress.objects.get(address="hekou@example.org").refusals == 2
    desk.give("第三件", "shiling", due=TODAY + DAY, days=10)
    moment(TODAY)
    sweeping.sweep()
    assert Delivery.objects.get(message__day=TODAY, message__person__username="hekou").state == "suspended"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), Refused),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"greylisted")}), Unreachable),
        (smtplib.SMTPServerDisconnected("gone"), Unreachable),
        (ConnectionRefusedError(111, "refused"), Unreachable),
        (smtplib.SMTPDataError(452, b"full"), Unreachable),
    ],
)
def test_what_the_mail_server_says_is_understood(
    queued: list[int], monkeypatch: pytest.MonkeyPatch, fault: Exception, expected: type[Exception]
) -> None:
    def refuse(*_args: Any) -> None:
        raise fault

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    row = Delivery.objects.select_related("message").get(pk=queued[0])
    assert row.message
    with pytest.raises(expected):
        channels.send_mail(channels.Letter(row.message, row.address, row.pk), mail.get_connection())
