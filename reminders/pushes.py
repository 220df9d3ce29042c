"""Pushing: what must not wait for the digest, such as an urge or a supervision order, told once through the outbox.

An app above calls it inside the action that urges or orders::

    pushes.push(Kind.ORDER, {township.pk: {Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER}},
                title="督办单〔2026〕7 号：3 项", url=order.get_absolute_url(), key=f"order:{order.pk}", at=actor.now)

Whoever holds one of the roles at that organisation when it goes out gets it: within minutes on workdays from 08:30 to
18:00, else at nine on the next workday; at most two pushes a person a day, the third stands in the next digest. A thing
with the same key is pushed to an organisation once. What is settled meanwhile is said by ``standing`` and not told.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.timezone import localtime

from dates import clock
from orgs.county.calendars import Calendars
from orgs.models import Organisation
from records.sweeps import Sweep
from reminders.models import Push
from reminders.rules.kinds import PUSHED_DAYS, Kind, push_at
from reminders.rules.shapes import Pushed

BATCH = 400
Standing = Callable[[Collection[str]], Collection[str]]
_standing: dict[str, Standing] = {}


@dataclass(frozen=True)
class Item:
    """One push to one organisation: for which roles, what, where to act, and the key under which it is told once."""

    organisation_id: int
    roles: Collection[str]
    title: str
    url: str
    key: str


def push(
    kind: Kind, to: Mapping[int, Collection[str]], *, title: str, url: str, key: str, at: datetime.datetime
) -> int:
    """Push one thing to the roles at each organisation; how many organisations get it anew."""
    return push_all(kind, [Item(pk, roles, title, url, key) for pk, roles in to.items()], at=at)


def push_all(kind: Kind, items: Iterable[Item], *, at: datetime.datetime) -> int:
    """Push many things, each to its own organisation; how many are new. A constant number of queries a batch."""
    items, calendars = list(items), Calendars()
    found = dict(Organisation.objects.filter(pk__in={item.organisation_id for item in items}).values_list("pk", "path"))
    rows = [
        Push(
            kind=kind,
            key=item.key,
            organisation_id=item.organisation_id,
            roles=sorted(str(role) for role in item.roles),
            title=item.title[:200],
            url=item.url,
            due_at=push_at(at, calendars.at(found[item.organisation_id])),
        )
        for item in items
    ]
    before = Push.objects.count()
    Push.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return Push.objects.count() - before


def standing(kind: Kind, ask: Standing) -> None:
    """Add the question which keys of a kind still stand: what is settled when it would go out is not told.

    Asking it says that something pushes this kind at all: the table of kinds points out rows that nothing feeds.
    """
    _standing[kind] = ask


def has_source(kind: str) -> bool:
    """Whether anything in this installation pushes this kind."""
    return kind in _standing


def open_at(now: datetime.datetime) -> dict[int, list[Pushed]]:
    """What is pushed and still stands, by organisation: of today, and of the last days for digests to catch up."""
    rows = Push.objects.filter(due_at__lte=now, due_at__gt=now - datetime.timedelta(days=PUSHED_DAYS + 1))
    found: dict[int, list[Pushed]] = defaultdict(list)
    for push in _standing_of(rows):
        found[push.organisation_id].append(push)
    return found


def still(keys: Collection[int]) -> list[Pushed]:
    """Those of these pushes that still stand."""
    return _standing_of(Push.objects.filter(pk__in=keys)) if keys else []


def _standing_of(rows: QuerySet[Push]) -> list[Pushed]:
    """The pushes whose things still stand, with one question a kind."""
    found = list(rows.select_related("organisation").order_by("pk"))
    kept = {
        kind: set(ask({row.key for row in found if row.kind == kind}))
        for kind, ask in _standing.items()
        if any(row.kind == kind for row in found)
    }
    open_now = [row for row in found if row.kind not in kept or row.key in kept[row.kind]]
    pushed, sweep = [], Sweep("reminders.pushes")
    for row in open_now:
        with sweep.each(row.pk):
            pushed.append(_pushed(row))
    sweep.close()
    return pushed


def _pushed(row: Push) -> Pushed:
    return Pushed(
        pk=row.pk,
        kind=row.kind,
        organisation_id=row.organisation_id,
        organisation=str(row.organisation),
        roles=frozenset(row.roles),
        title=row.title,
        url=row.url,
        at=localtime(row.due_at, clock.datetime_zone()),
    )
