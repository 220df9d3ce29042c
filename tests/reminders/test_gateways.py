"""The SMS gateway and the group robots: what is posted, and what their answers mean."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from reminders import channels, sending, sweeping
from reminders.channels import Letter, Refused, Unreachable
from reminders.models import Delivery, Message, RefusedAddress, ReminderKind
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
        self.paths: list[str] = []
        self.answer: dict[str, object] = {}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            """Takes one POST."""

            def do_POST(self) -> None:
                gateway.paths.append(self.path)
                gateway.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                gateway.tokens.append(self.headers.get("Authorization"))
                self.send_response(gateway.status)
                self.end_headers()
                self.wfile.write(json.dumps(gateway.answer).encode())

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
        run = Run.objects.create(
            organisation=desk.cast.places["county"],
            day=MONDAY - (30 + number) * DAY,
            head="daily_digest",
            state="planned",
        )
        Delivery.objects.create(run=run, channel="dingtalk", state="sent", sent_at=now, next_at=now)
    sweep(desk, moment)
    assert gateway.bodies == []
    assert Delivery.objects.get(run__day=MONDAY).state == "queued"


def test_a_post_to_dingtalk_is_signed_when_a_secret_is_set(
    desk: Desk, moment: Moment, gateway: Gateway, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As DingTalk describes it: HMAC-SHA256 over the milliseconds and the secret, base64, in the query."""
    settings.DINGTALK_ROBOT_URL = f"{gateway.url}?access_token=x"
    settings.DINGTALK_ROBOT_SECRET = "SECsesame"
    monkeypatch.setattr("reminders.channels.time.time", lambda: 1_763_430_000.123)
    sweep(desk, moment)
    query = parse_qs(urlsplit(gateway.paths[0]).query)
    text = b"1763430000123\nSECsesame"
    expected = base64.b64encode(hmac.digest(b"SECsesame", text, "sha256")).decode()
    assert query == {"access_token": ["x"], "timestamp": ["1763430000123"], "sign": [expected]}


@pytest.mark.parametrize(("code", "state"), [(0, "sent"), (45009, "queued"), (310000, "failed")])
def test_a_robot_says_no_in_its_answer_and_the_county_sees_it(
    desk: Desk, moment: Moment, gateway: Gateway, settings: Any, signed_in: Any, code: int, state: str
) -> None:
    settings.DINGTALK_ROBOT_URL, gateway.answer = gateway.url, {"errcode": code, "errmsg": "sign not match"}
    sweep(desk, moment)
    assert Delivery.objects.get(run__isnull=False).state == state
    assert not RefusedAddress.objects.exists()
    page = signed_in("office").get(reverse("deliveries")).content.decode()
    assert ("sign not match" in page) is (state == "failed")
