"""The SMS gateway and the group robots: what is posted, and what their answers mean."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from reminders import channels, sending, sweeping
from reminders.channels import Letter, Refused, Unreachable
from reminders.models import Delivery, Message, ReminderKind
from tests.cast import TODAY
from tests.reminders.conftest import DAY, Desk
from tests.reminders.test_outbox import Moment

MONDAY = TODAY - 2 * DAY


class Gateway:
    """A gateway that answers with ``status`` and keeps what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            """Takes one POST."""

            def do_POST(self) -> None:
                gateway.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                gateway.tokens.append(self.headers.get("Authorization"))
                self.send_response(gateway.status)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.server.shutdown()
    made.server.server_close()


def sweep(desk: Desk, moment: Moment) -> None:
    desk.give("活动场所完工", "shiling", due=MONDAY - DAY)
    moment(MONDAY)
    for keys in sweeping.sweep().batches:
        sending.deliver(keys)


def test_an_sms_carries_phone_subject_link_and_token(
    desk: Desk, moment: Moment, gateway: Gateway, settings: Any
) -> None:
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = gateway.url, "sesame"
    desk.cast.people["shiling"].phone = "13900000000"
    desk.cast.people["shiling"].save()
    ReminderKind.objects.create(
        organisation=desk.cast.places["county"],
        key="weekly_digest",
        channels=["sms"],
        shipped_hash="",
    )
    sweep(desk, moment)
    [body] = gateway.bodies
    message = Message.objects.get(person=desk.cast.people["shiling"])
    assert body["phone"] == "13900000000"
    assert f"/messages/{message.pk}/" in body["text"]
    assert gateway.tokens == ["Bearer sesame"]
    assert Delivery.objects.get(channel="sms").state == "sent"


@pytest.mark.parametrize(
    ("status", "expected"), [(400, Refused), (404, Refused), (429, Unreachable), (503, Unreachable)]
)
def test_what_the_gateway_answers_is_understood(
    desk: Desk, moment: Moment, gateway: Gateway, settings: Any, status: int, expected: type[Exception]
) -> None:
    sweep(desk, moment)
    settings.SMS_GATEWAY_URL, gateway.status = gateway.url, status
    with pytest.raises(expected):
        channels.send_sms(Letter(Message.objects.all()[0], "13900000000", 1))


def test_a_gateway_that_is_away_is_asked_later(desk: Desk, moment: Moment, settings: Any) -> None:
    sweep(desk, moment)
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/none"
    with pytest.raises(Unreachable):
        channels.send_sms(Letter(Message.objects.all()[0], "13900000000", 1))


def test_a_robot_gets_one_post_a_day_with_counts_and_a_link_only(
    desk: Desk, moment: Moment, gateway: Gateway, settings: Any
) -> None:
    settings.WECOM_ROBOT_URL = gateway.url
    sweep(desk, moment)
    sweep(desk, moment)
    [body] = gateway.bodies
    text = body["text"]["content"]
    assert str(Message.objects.count()) in text
    assert "/messages/" in text
    assert not any(word in text for word in ("活动场所", "石岭", "河口"))


def test_robots_are_off_by_default(desk: Desk, moment: Moment) -> None:
    sweep(desk, moment)
    assert not Delivery.objects.filter(run__isnull=False).exists()


def test_a_group_takes_twenty_posts_a_minute(desk: Desk, moment: Moment, gateway: Gateway, settings: Any) -> None:
    settings.DINGTALK_ROBOT_URL = gateway.url
    from reminders.models import Run

    now = moment(MONDAY)
    for number in range(sending.ROBOT_POSTS_A_MINUTE):
        run = Run.objects.create(day=MONDAY - (30 + number) * DAY, head="daily_digest", state="planned")
        Delivery.objects.create(run=run, channel="dingtalk", state="sent", sent_at=now, next_at=now)
    sweep(desk, moment)
    assert gateway.bodies == []
    assert Delivery.objects.get(run__day=MONDAY).state == "queued"
