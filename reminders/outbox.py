"""The outbox: one row a person, day and kind, written once however often it is tried."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dates import clock
from orgs.models import Organisation, Post, User
from reminders import wording
from reminders.models import Delivery, Message, RefusedAddress
from reminders.rules.kinds import Channel, Kind
from reminders.rules.shapes import Planned

BATCH = 500
REFUSALS = 2  # then an address is suspended
HALF_WAY = (Delivery.State.QUEUED, Delivery.State.SENDING)


def claims_older_than(now: datetime.datetime) -> datetime.datetime:
    """Work claimed before this moment and not finished was abandoned: its worker was killed."""
    return now - datetime.timedelta(seconds=settings.REMINDER_CLAIM_SECONDS)


def _posts(planned: Iterable[Planned]) -> dict[int, tuple[int, str]]:
    """Organisation and its name by post."""
    keys = sorted({p.post_id for p in planned})
    found: dict[int, tuple[int, str]] = {}
    for start in range(0, len(keys), BATCH):
        rows = Post.objects.filter(pk__in=keys[start : start + BATCH])
        for pk, organisation, name in rows.values_list("pk", "organisation_id", "organisation__name"):
            found[pk] = (organisation, name)
    return found


@transaction.atomic
def write(planned: Sequence[Planned], now: datetime.datetime) -> int:
    """Put messages into the outbox; what stands there already stays as it is."""
    posts = _posts(planned)
    figured = {figures.organisation_id for p in planned for figures in p.figures}
    names = dict(Organisation.objects.filter(pk__in=figured).values_list("pk", "name"))
    for start in range(0, len(planned), BATCH):
        batch = planned[start : start + BATCH]
        Message.objects.bulk_create((_message(p, posts, names, now) for p in batch), ignore_conflicts=True)
        add_deliveries({(p.user_id, p.key): p.channels for p in batch}, now)
    return len(planned)


def _message(
    planned: Planned, posts: dict[int, tuple[int, str]], names: dict[int, str], now: datetime.datetime
) -> Message:
    body = wording.body_of(planned, names)
    return Message(
        person_id=planned.user_id,
        post_id=planned.post_id,
        organisation_id=posts[planned.post_id][0],
        kind=planned.kind,
        key=planned.key,
        day=now.date(),
        subject=wording.subject_of(planned.kind, now.date(), body),
        body=body,
        marks=list(planned.marks),
        created_at=now,
    )


def addresses(users: Collection[int]) -> dict[int, dict[str, str]]:
    """Where people can be reached, by channel; '' where they cannot."""
    return {
        pk: {Channel.MAIL.value: email, Channel.SMS.value: phone if settings.SMS_GATEWAY_URL else ""}
        for pk, email, phone in User.objects.filter(pk__in=users).values_list("pk", "email", "phone")
    }


def add_deliveries(channels: dict[tuple[int, str], tuple[str, ...]], now: datetime.datetime) -> None:
    """Queue the messages of these people and keys on their channels, where there is an address."""
    users = {user for user, _key in channels}
    known = addresses(users)
    refused = set(RefusedAddress.objects.filter(refusals__gte=REFUSALS).values_list("channel", "address"))
    rows = Message.objects.filter(person__in=users, key__in={key for _user, key in channels}, deliveries=None)
    found = []
    for pk, person, key in rows.order_by().values_list("pk", "person_id", "key"):
        for channel in channels.get((person, key), ()):
            address = known[person].get(channel, "")
            if not address:
                continue
            state = Delivery.State.SUSPENDED if (channel, address) in refused else Delivery.State.QUEUED
            found.append(Delivery(message_id=pk, channel=channel, address=address, next_at=now, state=state))
    Delivery.objects.bulk_create(found, batch_size=BATCH, ignore_conflicts=True)


def merge_unsent(people: Collection[int], day: datetime.date) -> None:
    """Let go of what earlier days did not get out to these people: today's digest holds it."""
    late = Delivery.objects.filter(state=Delivery.State.QUEUED, message__day__lt=day)
    late = late.exclude(message__kind=Kind.NOTICE).exclude(next_at__gte=clock.midnight(day))  # sent again by hand today
    keys = [pk for pk, person in late.values_list("pk", "message__person") if person in people]
    with translation.override(wording.LANGUAGE):
        fault = _("It was not sent in time: the next digest holds it.")
    for start in range(0, len(keys), BATCH):
        rows = Delivery.objects.filter(pk__in=keys[start : start + BATCH], state=Delivery.State.QUEUED)
        rows.update(state=Delivery.State.DROPPED, error=fault)


def write_notice(posts: Mapping[int, Post], key: str, subject: str, now: datetime.datetime) -> None:
    """Put a notice of the system to people in their posts into the outbox, once under its key."""
    rows = [
        Message(
            person_id=user,
            post=post,
            organisation_id=post.organisation_id,
            kind=Kind.NOTICE,
            key=key,
            day=now.date(),
            subject=subject,
            body={"lines": [], "left_out": {}, "figures": []},
            created_at=now,
        )
        for user, post in posts.items()
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    add_deliveries(dict.fromkeys(((user, key) for user in posts), (Channel.MAIL.value,)), now)


def waiting(now: datetime.datetime) -> int:
    """How many deliveries wait for their turn."""
    return Delivery.objects.filter(state__in=HALF_WAY, next_at__lte=now).count()
