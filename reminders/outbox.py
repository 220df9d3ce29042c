"""The outbox: one row a person, day and kind, written once however often it is tried."""

import datetime
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Avg, Count, Min, Q
from django.utils import translation
from django.utils.translation import gettext as _

from orgs.models import Organisation, Post, User
from orgs.rules import Role
from reminders import gathering, pushes, wording
from reminders.gathering import CALENDAR
from reminders.kinds import Tables
from reminders.models import Delivery, Message, RefusedAddress, Run
from reminders.rules.kinds import DIGESTS, PUSHES, Channel, Kind, flows_over, may_send
from reminders.rules.plan import head_of, plan
from reminders.rules.shapes import Already, Planned

BATCH = 500
CATCH_UP_DAYS = 14  # how far back what was missed is still told
TOLD_DAYS = 90
RUNS_COMPARED = 7
REFUSALS = 2  # then an address is suspended
HALF_WAY = (Delivery.State.QUEUED, Delivery.State.SENDING)


def claims_older_than(now: datetime.datetime) -> datetime.datetime:
    """Work claimed before this moment and not finished was abandoned: its worker was killed."""
    return now - datetime.timedelta(seconds=settings.REMINDER_CLAIM_SECONDS)


def since(day: datetime.date) -> datetime.date:
    """The last day before whose digests were planned, at most two weeks back; else the workday before."""
    done = Run.objects.filter(day__lt=day, state=Run.State.PLANNED).order_by("-day").values_list("day", flat=True)
    last = done.first() or CALENDAR.before(day)
    return max(last, day - datetime.timedelta(days=CATCH_UP_DAYS))


def unsent(day: datetime.date, users: Collection[int] | None = None) -> dict[int, datetime.date]:
    """People whose mail of an earlier day never went out, with that day: today's digest takes its place."""
    rows = Delivery.objects.filter(state__in=HALF_WAY, message__day__lt=day).exclude(message__kind=Kind.NOTICE)
    rows = rows.filter(message__day__gte=day - datetime.timedelta(days=CATCH_UP_DAYS))
    found = rows.order_by().values_list("message__person").annotate(first=Min("message__day"))
    return {person: first for person, first in found if users is None or person in users}


def already(day: datetime.date) -> Already:
    """What was told before, for everybody."""
    today = Message.objects.filter(day=day)
    waiting = unsent(day)
    told: dict[int, set[str]] = defaultdict(set)
    marked = Message.objects.filter(day__gte=day - datetime.timedelta(days=TOLD_DAYS)).exclude(marks=[])
    for person, sent_on, marks in marked.order_by().values_list("person_id", "day", "marks"):
        if not (person in waiting and waiting[person] <= sent_on < day):
            told[person].update(marks)
    pushed = today.filter(kind__in=PUSHES).order_by().values_list("person").annotate(Count("pk"))
    return Already(
        since=since(day),
        since_of={person: first - datetime.timedelta(days=1) for person, first in waiting.items()},
        digested=set(today.filter(kind__in=DIGESTS).values_list("person_id", flat=True)),
        pushes=dict(pushed),
        told=told,
    )


def planned_for(now: datetime.datetime, tables: Tables | None = None, *, digests: bool = True) -> list[Planned]:
    """What would go out at this moment; nothing is written."""
    day = now.date()
    if not may_send(now, CALENDAR):
        return []
    tables = tables or Tables()
    before = already(day)
    people = gathering.people(day, tables)
    earliest = min([before.since, *before.since_of.values()])
    window = gathering.window(day, earliest, tables) if digests else gathering.sent_back_window(day)
    with translation.override(wording.LANGUAGE):
        owed = gathering.owed(people.places, window)
    return plan(people.recipients, owed, before, CALENDAR, now, digests=digests, pushed=pushes.open_at(now))


def claim_day(now: datetime.datetime) -> Run | None:
    """Take today's digests for oneself; None when they are planned, stopped, or somebody else's work just now."""
    day = now.date()
    Run.objects.get_or_create(day=day, defaults={"head": head_of(since(day), day, CALENDAR)})
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=claims_older_than(now))
    wanted = Run.objects.filter(free, day=day, state__in=[Run.State.PLANNING, Run.State.RELEASED])
    token = secrets.token_hex(16)
    if not wanted.update(claim=token, claimed_at=now):
        return None
    return Run.objects.get(day=day)


def usual(run: Run) -> float | None:
    """How many messages such a day usually brings; None before there was one."""
    past = Run.objects.filter(day__lt=run.day, head=run.head, state=Run.State.PLANNED)
    recent = list(past.order_by("-day").values_list("pk", flat=True)[:RUNS_COMPARED])
    found: float | None = Run.objects.filter(pk__in=recent).aggregate(mean=Avg("messages"))["mean"]
    return found


def plan_day(run: Run, now: datetime.datetime) -> int:
    """Plan the claimed day and write its messages, all or none; or stop it when it would flood."""
    planned = planned_for(now)
    expected = usual(run)
    values = {"messages": len(planned), "usual": expected}
    mine = Run.objects.filter(pk=run.pk, claim=run.claim)
    if run.state != Run.State.RELEASED and flows_over(len(planned), expected):
        with transaction.atomic():
            if mine.update(state=Run.State.STOPPED, **values):
                _tell_administrators(run, len(planned), expected or 0, now)
        return 0
    with transaction.atomic():
        if not mine.update(state=Run.State.PLANNED, **values):
            return 0  # somebody else took it over meanwhile
        written = write(planned, now)
        _merge_unsent(now.date())
        _post_to_robots(run, now)
    return written


def plan_pushes(now: datetime.datetime) -> int:
    """Write what was pushed or sent back since."""
    planned = planned_for(now, digests=False)
    return write(planned, now) if planned else 0


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


def _merge_unsent(day: datetime.date) -> None:
    """Let go of what earlier days did not get out: today's digest holds it."""
    late = Delivery.objects.filter(state=Delivery.State.QUEUED, message__day__lt=day)
    late = late.exclude(message__kind=Kind.NOTICE)
    with translation.override(wording.LANGUAGE):
        late.update(state=Delivery.State.DROPPED, error=_("It was not sent in time: the next digest holds it."))


def _post_to_robots(run: Run, now: datetime.datetime) -> None:
    """Queue one post a run for each group robot that is set up."""
    urls = {Channel.WECOM: settings.WECOM_ROBOT_URL, Channel.DINGTALK: settings.DINGTALK_ROBOT_URL}
    posts = [Delivery(run=run, channel=channel, next_at=now) for channel, url in urls.items() if url]
    if run.messages or Message.objects.filter(day=run.day, kind__in=DIGESTS).exists():
        Delivery.objects.bulk_create(posts, ignore_conflicts=True)


def _tell_administrators(run: Run, planned: int, expected: float, now: datetime.datetime) -> None:
    """A notice to whoever administers the system: how many it would have been, and how many are usual."""
    posts = Post.objects.held_on(now.date()).filter(role=Role.SYSTEM_ADMIN, user__is_active=True)
    with translation.override(wording.LANGUAGE):
        subject = _("Today's reminders were stopped: %(planned)s messages, usually %(usual)s") % {
            "planned": planned,
            "usual": round(expected),
        }
    key = f"stopped:{run.day}"
    rows = {post.user_id: post for post in posts}
    Message.objects.bulk_create(
        [
            Message(
                person_id=user,
                post=post,
                organisation_id=post.organisation_id,
                kind=Kind.NOTICE,
                key=key,
                day=run.day,
                subject=subject,
                body={"lines": [], "left_out": {}, "figures": []},
                created_at=now,
            )
            for user, post in rows.items()
        ],
        ignore_conflicts=True,
    )
    add_deliveries(dict.fromkeys(((user, key) for user in rows), (Channel.MAIL.value,)), now)


@dataclass(frozen=True)
class Preview:
    """How much a run would send, before anything is switched on."""

    messages: int
    people: int


def preview(now: datetime.datetime, tables: Tables) -> Preview:
    """What the table would send today by itself: messages on all channels, and people."""
    moment = now.replace(hour=9, minute=0)
    day = CALENDAR.on_or_after(moment.date())
    moment = moment + (day - moment.date())
    people = gathering.people(day, tables)
    last = CALENDAR.before(day)
    with translation.override(wording.LANGUAGE):
        owed = gathering.owed(people.places, gathering.window(day, last, tables))
    planned = plan(people.recipients, owed, Already(since=last), CALENDAR, moment)
    known = addresses({p.user_id for p in planned})
    further = sum(bool(known[p.user_id].get(channel)) for p in planned for channel in p.channels)
    return Preview(len(planned) + further, len(known))


def waiting(now: datetime.datetime) -> int:
    """How many deliveries wait for their turn."""
    return Delivery.objects.filter(state__in=HALF_WAY, next_at__lte=now).count()
