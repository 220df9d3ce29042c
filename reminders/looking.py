"""A look at one moment: what would go out now, county by county; nothing is written."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Count, Max, Min
from django.utils import translation

from dates.workdays import Calendar
from orgs import duties
from orgs.county.calendars import Calendars
from orgs.models import Organisation
from reminders import gathering, outbox, pushes, wording
from reminders.gathering import County
from reminders.kinds import Tables
from reminders.models import Delivery, Message, Run
from reminders.rules.kinds import DIGESTS, LAST_HOUR, PUSHES, Kind, may_send, next_hour
from reminders.rules.plan import next_digest, plan
from reminders.rules.shapes import Already, Planned, Pushed

CATCH_UP_DAYS = 14  # how far back what was missed is still told
TOLD_DAYS = 90


def since(organisation_id: int, day: datetime.date, calendar: Calendar) -> datetime.date:
    """The last day before whose digests were all planned in a county, at most two weeks back; else the workday before.

    A day on which something still waited for its hour when the sweeps ended is not done.
    """
    done = Run.objects.filter(organisation=organisation_id, day__lt=day, state=Run.State.PLANNED, again_at__isnull=True)
    last = done.order_by("-day").values_list("day", flat=True).first() or calendar.before(day)
    return max(last, day - datetime.timedelta(days=CATCH_UP_DAYS))


def _unsent(day: datetime.date) -> dict[int, datetime.date]:
    """People whose mail of an earlier day never went out, with that day: today's digest takes its place."""
    rows = Delivery.objects.filter(state__in=outbox.HALF_WAY, message__day__lt=day)
    rows = rows.exclude(message__kind=Kind.NOTICE)
    rows = rows.filter(message__day__gte=day - datetime.timedelta(days=CATCH_UP_DAYS))
    return dict(rows.order_by().values_list("message__person").annotate(first=Min("message__day")))


def _told_on_unfinished(day: datetime.date) -> dict[int, datetime.date]:
    """Who had a digest on a late day that was never finished, with the last such day: they missed nothing."""
    runs = Run.objects.filter(state=Run.State.PLANNED, again_at__isnull=False, day__lt=day)
    days = runs.filter(day__gte=day - datetime.timedelta(days=CATCH_UP_DAYS)).order_by().values("day")
    rows = Message.objects.filter(day__in=days, kind__in=DIGESTS)
    return dict(rows.order_by().values_list("person").annotate(last=Max("day")))


def _already(day: datetime.date) -> Already:
    """What was told before, for everybody; ``since`` is each county's own."""
    today = Message.objects.filter(day=day)
    waiting = _unsent(day)
    told: dict[int, set[str]] = defaultdict(set)
    marked = Message.objects.filter(day__gte=day - datetime.timedelta(days=TOLD_DAYS)).exclude(marks=[])
    for person, sent_on, marks in marked.order_by().values_list("person_id", "day", "marks"):
        if not (person in waiting and waiting[person] <= sent_on < day):
            told[person].update(marks if isinstance(marks, list) else ())
    pushed = today.filter(kind__in=PUSHES).order_by().values_list("person").annotate(Count("pk"))
    return Already(
        since=day,
        since_of={person: first - datetime.timedelta(days=1) for person, first in waiting.items()},
        digested=set(today.filter(kind__in=DIGESTS).values_list("person_id", flat=True)),
        pushes=dict(pushed),
        told=told,
    )


class Look:
    """What one moment needs, read once for all counties."""

    def __init__(self, now: datetime.datetime, tables: Tables | None = None) -> None:
        self.now, self.day = now, now.date()
        self.tables, self.calendars = tables or Tables(), Calendars()

    @property
    def is_silent(self) -> bool:
        """Whether nothing may go out anywhere."""
        return not any(may_send(self.now, calendar) for calendar in self.calendars.every())

    @cached_property
    def counties(self) -> list[County]:
        """The counties in which something may go out now."""
        found = gathering.counties(self.day, self.tables, self.calendars)
        return [county for county in found if may_send(self.now, county.calendar)]

    @cached_property
    def _already(self) -> Already:
        return _already(self.day)

    @cached_property
    def _told_on_unfinished(self) -> dict[int, datetime.date]:
        return _told_on_unfinished(self.day)

    def _before(self, county: County) -> Already:
        """What was told before, as far as the county goes."""
        last = since(county.organisation_id, self.day, county.calendar)
        told = {person: day for person, day in self._told_on_unfinished.items() if day > last}
        return replace(self._already, since=last, since_of={**told, **self._already.since_of})

    @cached_property
    def _pushed(self) -> dict[int, list[Pushed]]:
        return pushes.open_at(self.now)

    def planned(self, county: County, *, digests: bool = True) -> list[Planned]:
        """What would go out now in a county; ``digests`` False looks for what cannot wait for one."""
        before = self._before(county)
        earliest = min([before.since, *before.since_of.values()])
        window = (
            gathering.window(self.day, earliest, self.tables, county.calendar)
            if digests
            else gathering.sent_back_window(self.day)
        )
        with translation.override(wording.LANGUAGE):
            owed = gathering.owed(county.places, window)
        return plan(county.recipients, owed, before, self.now, digests=digests, pushed=self._pushed)

    def next_hour(self, county: County) -> datetime.time | None:
        """The next hour of the day at which something in the county is told that waits until then."""
        hours = (
            next_hour(self.tables.at(county.path), duties.has_bulk, self.now.time()),
            next_digest(county.recipients, self._before(county), self.now),
        )
        return min((hour for hour in hours if hour), default=None)


def planned_at(now: datetime.datetime, tables: Tables | None = None) -> list[Planned]:
    """What would go out at this moment, in all counties."""
    look = Look(now, tables)
    if look.is_silent:
        return []
    return [planned for county in look.counties for planned in look.planned(county)]


@dataclass(frozen=True)
class Preview:
    """How much a run would send, before anything is switched on."""

    messages: int
    people: int


def preview(now: datetime.datetime, tables: Tables, organisation: Organisation) -> Preview:
    """What the table would send today by itself in a county: messages on all channels, and people."""
    calendars = Calendars()
    calendar = calendars.at(organisation.path)
    day = calendar.on_or_after(now.date())
    moment = datetime.datetime.combine(day, LAST_HOUR, tzinfo=now.tzinfo)  # every row's own hour has come
    last = calendar.before(day)
    planned = []
    for county in gathering.counties(day, tables, calendars):
        if county.organisation_id == organisation.pk:
            with translation.override(wording.LANGUAGE):
                owed = gathering.owed(county.places, gathering.window(day, last, tables, calendar))
            planned += plan(county.recipients, owed, Already(since=last), moment)
    return _counted(planned)


def _counted(planned: Collection[Planned]) -> Preview:
    known = outbox.addresses({p.user_id for p in planned})
    further = sum(bool(known[p.user_id].get(channel)) for p in planned for channel in p.channels)
    return Preview(len(planned) + further, len(known))
