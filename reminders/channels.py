"""The channels beside the message centre: mail, the SMS gateway, group robots."""

import base64
import hashlib
import hmac
import json
import smtplib
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from reminders import wording
from reminders.models import Delivery, Message
from reminders.rules.kinds import Channel

TIMEOUT = 10  # seconds
ROBOT_BUSY = frozenset({-1, 45009, 130101, 410100})  # WeCom's and DingTalk's codes for later, please


class Refused(Exception):
    """The provider will never take it at this address."""


class Unreachable(Exception):
    """The provider could not be asked, or asks to be asked again later."""


@dataclass(frozen=True)
class Letter:
    """A message ready for a channel."""

    message: Message
    address: str
    number: int

    @property
    def url(self) -> str:
        """The message's page from outside."""
        return f"{settings.SITE_URL}{self.message.get_absolute_url()}"


def send_mail(letter: Letter, connection: BaseEmailBackend) -> None:
    """Send one mail, HTML and text. Raises ``Refused`` or ``Unreachable``.

    A second attempt bears the same Message-ID, so that a mailbox that got both shows one.
    """
    message = letter.message
    context = {
        "message": message,
        "sections": wording.sections(message.body, message.day),
        "figures": wording.figures(message.body, message.day),
        "site": settings.SITE_URL,
        "url": letter.url,
    }
    with translation.override(wording.LANGUAGE):
        text = render_to_string("emails/message.txt", context)
        html = render_to_string("emails/message.html", context)
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    mail = EmailMultiAlternatives(
        message.subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.address],
        connection=connection,
        headers={"Message-ID": f"<luoshi-{letter.number}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, answer = next(iter(refusal.recipients.values()))
        fault = f"{code} {answer.decode(errors='replace')}"
        raise (Refused if code >= 500 else Unreachable)(fault) from refusal
    except smtplib.SMTPResponseException as answer_:
        raise Unreachable(f"{answer_.smtp_code} {answer_.smtp_error!r}") from answer_
    except (smtplib.SMTPException, OSError) as lost:
        raise Unreachable(str(lost) or type(lost).__name__) from lost


def send_sms(letter: Letter) -> None:
    """Hand one text to the SMS gateway: a POST of JSON with phone, text and the message's own number.

    Raises ``Refused`` or ``Unreachable``.
    """
    with translation.override(wording.LANGUAGE):
        text = _("%(subject)s. See %(url)s") % {"subject": letter.message.subject, "url": letter.url}
    body = {"phone": letter.address, "text": text, "id": f"luoshi-{letter.number}"}
    token = settings.SMS_GATEWAY_TOKEN
    _post(settings.SMS_GATEWAY_URL, body, {"Authorization": f"Bearer {token}"} if token else {})


def send_to_robot(delivery: Delivery, messages: int, people: int) -> None:
    """Post counts and a link, and nothing else, to a group. Raises ``Refused`` or ``Unreachable``."""
    with translation.override(wording.LANGUAGE):
        text = _("Reminders today: %(messages)s messages to %(people)s people. See your own: %(url)s") % {
            "messages": messages,
            "people": people,
            "url": settings.SITE_URL + reverse("messages"),
        }
    url = settings.WECOM_ROBOT_URL if delivery.channel == Channel.WECOM else _signed(settings.DINGTALK_ROBOT_URL)
    _understand(_post(url, {"msgtype": "text", "text": {"content": text}}, {}))


def _signed(url: str) -> str:
    """DingTalk's address with the moment and its signature, when a secret is set for the robot."""
    secret = settings.DINGTALK_ROBOT_SECRET
    if not secret:
        return url
    moment = round(time.time() * 1000)
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    query = urlencode({"timestamp": moment, "sign": base64.b64encode(digest).decode()})
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _understand(answer: bytes) -> None:
    """Robots say no with status 200 and a code. Raises ``Refused``, or ``Unreachable`` when it was too much at once."""
    try:
        found = json.loads(answer or b"{}")
    except ValueError:
        return
    code = found.get("errcode", 0) if isinstance(found, dict) else 0
    if code:
        raise (Unreachable if code in ROBOT_BUSY else Refused)(f"{code} {found.get('errmsg', '')}")


def _post(url: str, body: Mapping[str, object], headers: Mapping[str, str]) -> bytes:
    """POST JSON to an address of the settings; what it answers. Raises ``Refused`` or ``Unreachable``."""
    if not url.startswith(("https://", "http://")):
        raise Unreachable(_("No address is set for this channel."))
    content = json.dumps(body, ensure_ascii=False).encode()
    asked = urllib.request.Request(  # noqa: S310  # an address of the settings, of http or https
        url, content, {"Content-Type": "application/json; charset=utf-8", **headers}
    )
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310
            return bytes(answer.read())
    except urllib.error.HTTPError as fault:
        later = fault.code >= 500 or fault.code in {408, 425, 429}
        raise (Unreachable if later else Refused)(f"{fault.code} {fault.reason}") from fault
    except OSError as fault:
        raise Unreachable(str(fault)) from fault
