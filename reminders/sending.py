"""Deliveries on their way out: claimed one by one, looked at once more, sent, and marked.

A delivery is claimed by one conditional UPDATE, so that no two workers send it. A worker killed between the provider's
yes and the mark leaves a claim, which is taken over after ``REMINDER_CLAIM_SECONDS``: the provider may then get that
one message a second time, under the same Message-ID, and never a third time (``CLAIMS``).
"""

import datetime
import secrets
from collections.abc import Sequence

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dates import clock
from dates.workdays import NATIONAL
from orgs import paths
from orgs.county.calendars import Calendars
from orgs.duties import Due
from records.sweeps import Sweep
from reminders import channels, gathering, outbox, pushes, running, wording
from reminders.channels import Letter, Refused, Unreachable
from reminders.kinds import Tables
from reminders.models import Delivery, Message, RefusedAddress
from reminders.rules.kinds import CLOSES, DIGESTS, OPENS, PUSHES, Channel, Kind, Section

ATTEMPTS = 6
FIRST_WAIT = datetime.timedelta(minutes=2)  # doubled at each attempt
CLAIMS = 2  # an abandoned claim is taken over once
ROBOT_POSTS_A_MINUTE = 20
State = Delivery.State
FINISHED = _("Everything in it was finished before it was sent.")
BROKEN_OFF = _("Sending was broken off twice; it may have arrived.")
TOO_MANY = _("The group takes no more than 20 posts a minute.")


def ready(now: datetime.datetime, calendars: Calendars | None = None) -> QuerySet[Delivery]:
    """What may be sent now: queued and due, or claimed by a worker that is gone; nothing outside hours.

    Of earlier days only notices, and what somebody has queued anew today. What was broken off before comes last.
    """
    if not OPENS <= now.time() < CLOSES:
        return Delivery.objects.none()
    day = now.date()
    abandoned = Q(state=State.SENDING, claimed_at__lt=outbox.claims_older_than(now))
    rows = Delivery.objects.filter(Q(state=State.QUEUED, next_at__lte=now) | abandoned)
    todays = Q(message__day=day) | Q(message__kind=Kind.NOTICE) | Q(run__day=day)
    anew = Q(next_at__gte=clock.midnight(day))
    return rows.filter(todays | anew, _at_work(day, calendars or Calendars())).order_by("attempts", "pk")


def _at_work(day: datetime.date, calendars: Calendars) -> Q:
    """Deliveries of counties that work on the day."""
    other = Q(pk__in=[])
    differing = calendars.differing(day)
    for path in differing:
        other |= paths.within(path, "message__organisation") | paths.within(path, "run__organisation")
    if NATIONAL.works(day):
        return ~other if differing else Q()
    return other


def deliver(keys: Sequence[int]) -> int:
    """Send these deliveries as far as they are ready; how many were sent."""
    calendars = Calendars()
    wanted = ready(clock.now(), calendars).filter(pk__in=keys)
    rows = list(wanted.select_related("message__person", "run__organisation"))
    current = still_owed([row.message for row in rows if row.message], calendars)
    sent, sweep = 0, Sweep("reminders.send")
    connection: BaseEmailBackend | None = None
    try:
        for row in rows:
            with sweep.each(row.pk):
                if not claim(row, calendars):
                    continue
                if row.message and not _renewed(row.message, current):
                    _mark(row, State.DROPPED, error=_words(FINISHED))
                    continue
                if row.channel == Channel.MAIL and connection is None:
                    connection = get_connection()
                sent += _send(row, connection)
    finally:
        sweep.close()
        if connection is not None:
            connection.close()
    return sent


def claim(row: Delivery, calendars: Calendars | None = None) -> bool:
    """Take one delivery for oneself, in one statement; False when somebody else has it or hours are over."""
    now = clock.now()
    if row.state == State.SENDING and row.attempts >= CLAIMS:
        _give_up(row)
        return False
    token = secrets.token_hex(16)
    taken = (
        ready(now, calendars)
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
    assert row.run is not None
    minute = clock.now() - datetime.timedelta(minutes=1)
    if Delivery.objects.filter(channel=row.channel, run__isnull=False, sent_at__gt=minute).count() >= (
        ROBOT_POSTS_A_MINUTE
    ):
        raise Unreachable(_words(TOO_MANY))
    messages = running.messages_of(row.run)
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
    _mark(row, State.FAILED, error=fault[:300])
    if not row.address:
        return  # a group robot's address stands in the settings
    found, _created = RefusedAddress.objects.get_or_create(
        channel=row.channel, address=row.address, defaults={"refused_at": now}
    )
    RefusedAddress.objects.filter(pk=found.pk).update(refusals=F("refusals") + 1, error=fault[:300], refused_at=now)


def still_owed(messages: Sequence[Message], calendars: Calendars | None = None) -> dict[tuple[object, ...], Due]:
    """What the people of these messages owe now, by the place a line has in common with it."""
    listed = [message for message in messages if message.body["lines"]]
    if not listed:
        return {}
    day = clock.today()
    users = {message.person_id for message in listed}
    dates = [datetime.date.fromisoformat(line["due_on"]) for message in listed for line in message.body["lines"]]
    owed: list[Due] = []
    with translation.override(wording.LANGUAGE):
        for county in gathering.counties(day, Tables(), calendars or Calendars(), users):
            window = gathering.in_window(dates, day, county.calendar)
            owed += [due for dues in gathering.owed(county.places, window).values() for due in dues]
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
        for due in [*pushed, *owed]
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
