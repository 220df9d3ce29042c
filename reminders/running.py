"""Runs: one day's digests in one county, claimed by one planner, written all or none, stopped when they would flood."""

import datetime
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from orgs import paths
from orgs.models import Organisation, Post
from orgs.rules import Role
from reminders import looking, outbox, wording
from reminders.gathering import County
from reminders.looking import Look
from reminders.models import Delivery, Message, Run
from reminders.rules.kinds import DIGESTS, Channel, Kind, flows_over
from reminders.rules.plan import head_of

DAYS_COMPARED = 60


def claim(county: County, now: datetime.datetime) -> Run | None:
    """Take today's digests of a county for oneself; None when they are planned, stopped, or another's just now."""
    day = now.date()
    last = looking.since(county.organisation_id, day, county.calendar)
    Run.objects.get_or_create(
        day=day,
        organisation_id=county.organisation_id,
        defaults={"head": head_of(last, day, county.calendar)},
    )
    runs = Run.objects.filter(day=day, organisation=county.organisation_id)
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=outbox.claims_older_than(now))
    begun = runs.filter(free, state__in=[Run.State.PLANNING, Run.State.RELEASED])
    again = runs.filter(state=Run.State.PLANNED, again_at__lte=now)
    token = secrets.token_hex(16)
    values = {"claim": token, "claimed_at": now}
    if not (begun.update(**values) or again.update(**values, state=Run.State.PLANNING, again_at=None)):
        return None
    return runs.select_related("organisation").filter(claim=token).first()


def plan_anew(organisation: Organisation, now: datetime.datetime) -> None:
    """Let the next sweep look again at what still waits for its hour today: the hours have changed."""
    waiting = Run.objects.filter(paths.within(organisation.path, "organisation"), day=now.date())
    waiting.filter(state=Run.State.PLANNED, again_at__gt=now).update(again_at=now)


def is_planned(county: County, day: datetime.date) -> bool:
    """Whether the day's digests of a county are written."""
    return Run.objects.filter(day=day, organisation=county.organisation_id, state=Run.State.PLANNED).exists()


def _usual(run: Run) -> int | None:
    """The most messages of a day in the county lately; None when there were none to compare with.

    Digests of one deadline all fall on the same days, so a mean of the days between would call each of them a flood.
    """
    since = run.day - datetime.timedelta(days=DAYS_COMPARED)
    past = Run.objects.filter(organisation=run.organisation_id, day__lt=run.day, day__gte=since)
    found: int | None = past.filter(state=Run.State.PLANNED, messages__gt=0).aggregate(most=Max("messages"))["most"]
    return found


def plan_day(run: Run, look: Look, county: County) -> int:
    """Plan the claimed day and write its messages, all or none; or stop it when it would flood."""
    planned = look.planned(county)
    expected, total = _usual(run), run.messages + len(planned)
    mine = Run.objects.filter(pk=run.pk, claim=run.claim)
    if run.state != Run.State.RELEASED and flows_over(total, expected):
        with transaction.atomic():
            if mine.update(state=Run.State.STOPPED, messages=total, usual=expected):
                _tell_administrators(run, total, expected or 0, look.now)
        return 0
    hour = look.next_hour(county)
    again_at = datetime.datetime.combine(look.day, hour, tzinfo=look.now.tzinfo) if hour else None
    with transaction.atomic():
        if not mine.update(state=Run.State.PLANNED, messages=total, usual=expected, again_at=again_at):
            return 0  # somebody else took it over meanwhile
        written = outbox.write(planned, look.now)
        told = planned if again_at else county.recipients  # whoever still waits is told what did not get out
        outbox.merge_unsent({each.user_id for each in told}, look.day)
        _post_to_robots(run, look.now)
    return written


def plan_pushes(look: Look, county: County) -> int:
    """Write what was pushed or sent back since."""
    planned = look.planned(county, digests=False)
    return outbox.write(planned, look.now) if planned else 0


def messages_of(run: Run) -> QuerySet[Message]:
    """The day's messages in the run's county, without notices."""
    rows = Message.objects.filter(paths.within(run.organisation.path, "organisation"), day=run.day)
    return rows.exclude(kind=Kind.NOTICE)


def _post_to_robots(run: Run, now: datetime.datetime) -> None:
    """Queue one post a run for each group robot that is set up."""
    urls = {Channel.WECOM: settings.WECOM_ROBOT_URL, Channel.DINGTALK: settings.DINGTALK_ROBOT_URL}
    posts = [Delivery(run=run, channel=channel, next_at=now) for channel, url in urls.items() if url]
    if posts and messages_of(run).filter(kind__in=DIGESTS).exists():
        Delivery.objects.bulk_create(posts, ignore_conflicts=True)


def _tell_administrators(run: Run, planned: int, expected: float, now: datetime.datetime) -> None:
    """A notice to whoever administers the system there: how many it would have been, and how many are usual."""
    here = run.organisation.path
    posts = Post.objects.held_on(now.date()).filter(role=Role.SYSTEM_ADMIN, user__is_active=True)
    posts = posts.filter(paths.within(here, "organisation") | Q(organisation__path__in=paths.above(here)))
    with translation.override(wording.LANGUAGE):
        subject = _("Today's reminders were stopped: %(planned)s messages, usually %(usual)s") % {
            "planned": planned,
            "usual": round(expected),
        }
    outbox.write_notice({post.user_id: post for post in posts}, f"stopped:{run.day}:{run.pk}", subject, now)
