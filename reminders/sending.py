"""Deliveries on their way out: claimed one by one, looked at once more, sent, and marked.

A delivery is claimed by one conditional UPDATE, so that no two workers send it. A worker killed between the provider's
yes and the mark leaves a claim, which is taken over after ``REMINDER_CLAIM_SECONDS``: the provider may then get that
one message a second time, under the same Message-ID, and never a third time (``CLAIMS``).
"""

import datetime
import secrets
from collections.abc import Sequence
from itertools import chain

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs import clock
from orgs.duties import Due
from reminders import channels, gathering, outbox, pushes, wording
from reminders.channels import Letter, Refused, Unreachable
from reminders.gathering import CALENDAR
from reminders.kinds import Tables
from reminders.models import Delivery, Message, RefusedAddress
from reminders.rules.kinds import DIGESTS, PUSHES, Channel, Kind, Section, may_send

ATTEMPTS = 6
FIRST_WAIT = datetime.timedelta(minutes=2)  # doubled at each attempt
CLAIMS = 2  # an abandoned claim is taken over once
ROBOT_POSTS_A_MINUTE = 20
State = Delivery.State
FINISHED = _("Everything in it was finished before it was sent.")
BROKEN_OFF = _("Sending was broken off twice; it may have arrived.")
TOO_MANY = _("The group takes no more than 20 posts a minute.")


def ready(now: datetime.datetime) -> QuerySet[Delivery]:
    """What may be sent now: queued and due, or claimed by a worker that is gone; nothing outside hours."""
    if not may_send(now, CALENDAR):
        return Delivery.objects.none()
    abandoned = Q(state=State.SENDING, claimed_at__lt=outbox.claims_older_than(now))
    rows = Delivery.objects.filter(Q(state=State.QUEUED, next_at__lte=now) | abandoned)
    todays = Q(message__day=now.date()) | Q(message__kind=Kind.NOTICE) | Q(run__day=now.date())
    return rows.filter(todays).order_by("pk")


def deliver(keys: Sequence[int]) -> int:
    """Send these deliveries as far as they are ready; how many were sent."""
    rows = list(ready(clock.now()).filter(pk__in=keys).select_related("message__person", "run"))
    current = still_owed([row.message for row in rows if row.message])
    sent = 0
    connection: BaseEmailBackend | None = None
    try:
        for row in rows:
            if not claim(row):
                continue
            if row.message and not _renewed(row.message, current):
                _mark(row, State.DROPPED, error=_words(FINISHED))
                continue
            if row.channel == Channel.MAIL and connection is None:
                connection = get_connection()
            sent += _send(row, connection)
    finally:
        if connection is not None:
            connection.close()
    return sent


def claim(row: Delivery) -> bool:
    """Take one delivery for oneself, in one statement; False when somebody else has it or hours are over."""
    now = clock.now()
    if row.state == State.SENDING and row.attempts >= CLAIMS:
        _give_up(row)
        return False
    token = secrets.token_hex(16)
    taken = (
        ready(now)
        .filter(pk=row.pk, claim=row.claim)
        .order_by()
        .update(state=State.SENDING, claim=token, claimed_at=now, attempts=F("attempts") + 1)
    )
    row.attempts += taken
    row.claim = token if taken else row.claim
    return bool(taken)


def _words(text: str | Promise) -> str:
    with translation.override(wording.LANGUAGE):
        return str(text)


def _give_up(row: Delivery) -> None:
    """A delivery whose worker died twice: nobody can say whether it arrived, so a person decides."""
    Delivery.objects.filter(pk=row.pk, claim=row.claim, state=State.SENDING).update(
        state=State.FAILED, error=_words(BROKEN_OFF)
    )


def _mark(row: Delivery, state: str, **values: object) -> None:
    """Note how a claimed delivery ended, if the claim still holds."""
    Delivery.objects.filter(pk=row.pk, claim=row.claim).update(state=state, **values)


def _send(row: Delivery, connection: BaseEmailBackend | None) -> bool:
    """Send one claimed delivery and mark it; whether it went out."""
    try:
        if row.message is None:
            return _to_robot(row)
        letter = Letter(row.message, row.address, row.pk)
        if row.channel == Channel.MAIL and connection is not None:
            channels.send_mail(letter, connection)
        else:
            channels.send_sms(letter)
    except Refused as fault:
        _refused(row, str(fault))
        return False
    except Unreachable as fault:
        _try_later(row, str(fault))
        return False
    _mark(row, State.SENT, sent_at=clock.now(), error="")
    return True


def _to_robot(row: Delivery) -> bool:
    minute = clock.now() - datetime.timedelta(minutes=1)
    if Delivery.objects.filter(channel=row.channel, run__isnull=False, sent_at__gt=minute).count() >= (
        ROBOT_POSTS_A_MINUTE
    ):
        raise Unreachable(_words(TOO_MANY))
    messages = Message.objects.filter(day=clock.today()).exclude(kind=Kind.NOTICE)
    channels.send_to_robot(row, messages.count(), messages.order_by().values("person").distinct().count())
    _mark(row, State.SENT, sent_at=clock.now(), error="")
    return True


def _try_later(row: Delivery, fault: str) -> None:
    """Wait twice as long as the last time; give up after ``ATTEMPTS``."""
    if row.attempts >= ATTEMPTS:
        _mark(row, State.FAILED, error=fault[:300])
        return
    wait = FIRST_WAIT * 2 ** (row.attempts - 1)
    _mark(row, State.QUEUED, next_at=clock.now() + wait, error=fault[:300])


def _refused(row: Delivery, fault: str) -> None:
    """Note the refusal; the second one suspends the address."""
    now = clock.now()
    found, _created = RefusedAddress.objects.get_or_create(
        channel=row.channel, address=row.address, defaults={"refused_at": now}
    )
    RefusedAddress.objects.filter(pk=found.pk).update(refusals=F("refusals") + 1, error=fault[:300], refused_at=now)
    _mark(row, State.FAILED, error=fault[:300])


def still_owed(messages: Sequence[Message]) -> dict[tuple[object, ...], Due]:
    """What the people of these messages owe now, by the place a line has in common with it."""
    listed = [message for message in messages if message.body["lines"]]
    if not listed:
        return {}
    day = clock.today()
    people = gathering.people(day, Tables(), {message.person_id for message in listed})
    dates = [datetime.date.fromisoformat(line["due_on"]) for message in listed for line in message.body["lines"]]
    with translation.override(wording.LANGUAGE):
        owed = gathering.owed(people.places, gathering.in_window(dates, day))
    keys = [line["key"] for message in listed for line in message.body["lines"] if line["section"] == Section.PUSHED]
    pushed = [push.due() for push in pushes.still(keys)]
    return {
        wording.place(
            {
                "kind": due.kind,
                "key": due.key,
                "root": due.root,
                "due_on": due.due_on.isoformat(),
                "stage": due.stage.value,
            }
        ): due
        for due in chain(pushed, *owed.values())
    }


def _renewed(message: Message, current: dict[tuple[object, ...], Due]) -> bool:
    """Take what was finished meanwhile out of the message; False when nothing is left to say."""
    if message.kind not in {*DIGESTS, *PUSHES}:
        return True
    body = wording.refreshed(message.body, current)
    if body != message.body:
        message.body = body
        message.subject = wording.subject_of(message.kind, message.day, body)
        Message.objects.filter(pk=message.pk).update(body=body, subject=message.subject)
    return bool(body["lines"] or body["figures"])
