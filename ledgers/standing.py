"""How ledgers stand: which organisations have a row that is due, whose is missing, whose has not been touched for long.

One query counts the rows of all ledgers by township, one the organisations that owe them.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from ledgers.models import Entry
from ledgers.models.entry import EntryQuerySet
from ledgers.rules.kinds import KindRule, Subject
from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.models.organisation import OrganisationQuerySet
from orgs.rules import ABOVE, OPERATING, VILLAGE_LEVEL

_COUNTED = ("have", "rows", "stale", "newest")
SUBJECTS = {Subject.VILLAGE: VILLAGE_LEVEL, Subject.TOWNSHIP: OPERATING}


@dataclass(frozen=True)
class Standing:
    """One ledger in one township: organisations that owe a row, those that have one, and how fresh it is.

    ``owed`` is 0 where nobody in particular owes a row; ``stale`` counts those whose newest row is too old.
    """

    kind: KindRule
    period: str
    owed: int = 0
    have: int = 0
    rows: int = 0
    stale: int = 0
    newest: datetime.datetime | None = None

    @property
    def missing(self) -> int:
        """Organisations that owe a row and have none."""
        return max(0, self.owed - self.have)

    @property
    def light(self) -> str:
        """Missing is late, stale soon, whole fine; nothing owed and nothing there is no light."""
        if self.missing:
            return "late"
        if self.stale:
            return "soon"
        return "fine" if self.rows else ""


def due_condition(kinds: Iterable[KindRule], day: datetime.date) -> Q:
    """The rows of each ledger's due period."""
    by_period: dict[str, list[str]] = {}
    for kind in kinds:
        by_period.setdefault(kind.due_period(day), []).append(kind.key)
    found = Q(pk__in=[])
    for period, keys in by_period.items():
        found |= Q(ledger__in=keys, period=period)
    return found


def stale_condition(kinds: Iterable[KindRule], now: datetime.datetime) -> Q:
    """The rows not touched for longer than their ledger allows."""
    by_days: dict[int, list[str]] = {}
    for kind in kinds:
        by_days.setdefault(kind.stale_days, []).append(kind.key)
    found = Q(pk__in=[])
    for days, keys in by_days.items():
        found |= Q(ledger__in=keys, saved_at__lt=now - datetime.timedelta(days=days))
    return found


def by_township(actor: Actor, kinds: Sequence[KindRule]) -> dict[int, list[Standing]]:
    """Each ledger in each township the actor sees, by the township's key."""
    owed = _owed(actor)
    counts: dict[tuple[str, int], dict[str, object]] = {}
    rows = Entry.objects.visible_to(actor).filter(due_condition(kinds, actor.on))
    open_ones = Q(organisation__closed_on__isnull=True) | Q(organisation__closed_on__gt=actor.on)
    units = Coalesce("organisation__township", "organisation")
    for row in (
        rows.order_by()
        .values("ledger", unit=units)
        .annotate(
            have=Count("organisation", distinct=True, filter=open_ones),
            rows=Count("pk"),
            stale=Count("organisation", distinct=True, filter=stale_condition(kinds, actor.now)),
            newest=Max("saved_at"),
        )
    ):
        counts[row["ledger"], row["unit"]] = {name: value for name, value in row.items() if name in _COUNTED}
    return {
        unit: [
            Standing(
                kind,
                kind.due_period(actor.on),
                _owed_by(kind, kinds_there),
                **counts.get((kind.key, unit), {}),  # type: ignore[arg-type]  # columns of the query above
            )
            for kind in kinds
        ]
        for unit, kinds_there in owed.items()
    }


def answered_for(actor: Actor) -> OrganisationQuerySet:
    """The open organisations whose business rows the post sees: fewer than it may look up as a lead department."""
    reach = Q(pk__in=[])
    for root in actor.own_roots:
        reach |= paths.within(root)
    return Organisation.objects.visible_to(actor).open_on(actor.on).filter(reach)


def _owed(actor: Actor) -> dict[int, Mapping[str, int]]:
    """The open organisations of each township by kind."""
    rows = answered_for(actor).exclude(kind__in=ABOVE)
    rows = rows.filter(Q(township__isnull=False)).order_by()
    found: dict[int, dict[str, int]] = {}
    for unit, kind, number in rows.values_list("township", "kind").annotate(n=Count("pk")):
        found.setdefault(unit, {})[kind] = number
    return dict(found)


def _owed_by(kind: KindRule, there: Mapping[str, int]) -> int:
    if not kind.everyone:
        return 0
    return sum(there.get(name, 0) for name in SUBJECTS.get(Subject(kind.subject), frozenset(there)))


def owing(actor: Actor, kind: KindRule) -> OrganisationQuerySet:
    """The organisations the actor sees that owe a row of the ledger."""
    rows = answered_for(actor)
    subjects = SUBJECTS.get(Subject(kind.subject))
    return rows.filter(kind__in=subjects) if subjects else rows.filter(township__isnull=False)


def missing(actor: Actor, kind: KindRule, period: str) -> OrganisationQuerySet:
    """Those of them that have no row in the period."""
    rows: QuerySet[Entry] = Entry.objects.filter(ledger=kind.key, period=period, organisation=OuterRef("pk"))
    return owing(actor, kind).filter(~Exists(rows))


def stale(actor: Actor, kind: KindRule, period: str) -> EntryQuerySet:
    """The rows of the period that were not touched for longer than the ledger allows."""
    return Entry.objects.visible_to(actor).of(kind.key, period).filter(stale_condition([kind], actor.now))
