"""The channels beside the message centre: mail, the SMS gateway, group robots."""

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

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
    url = settings.WECOM_ROBOT_URL if delivery.channel == Channel.WECOM else settings.DINGTALK_ROBOT_URL
    _post(url, {"msgtype": "text", "text": {"content": text}}, {})


def _post(url: str, body: Mapping[str, object], headers: Mapping[str, str]) -> None:
    """POST JSON to an address of the settings."""
    if not url.startswith(("https://", "http://")):
        raise Unreachable(_("No address is set for this channel."))
    content = json.dumps(body, ensure_ascii=False).encode()
    asked = urllib.request.Request(  # noqa: S310  # an address of the settings, of http or https
        url, content, {"Content-Type": "application/json; charset=utf-8", **headers}
    )
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as fault:
        later = fault.code >= 500 or fault.code in {408, 425, 429}
        raise (Unreachable if later else Refused)(f"{fault.code} {fault.reason}") from fault
    except OSError as fault:
        raise Unreachable(str(fault)) from fault
