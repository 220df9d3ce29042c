"""What is known already when a row is begun, each value with where it comes from: nothing is asked twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ledgers import kinds, sealing
from ledgers.models import Entry
from ledgers.rules.kinds import KindRule
from orgs.actor import Actor
from orgs.models import Organisation, Responsibility, TermOfOffice
from orgs.rules import Duty

_FROM_RESPONSIBILITY = {  # 包保 stands in one table; its persons appear in ledgers under these fields
    "county_leader": Duty.CONTACT_LEADER,
    "support_unit": Duty.PAIRING_UNIT,
    "resident_cadre": Duty.VILLAGE_CADRE,
    "village_leader": Duty.AREA_LEADER,
    "first_secretary": Duty.FIRST_SECRETARY,
    "instructor_name": Duty.INSTRUCTOR,
}
_NEVER = frozenset(  # they speak of the very thing the row is about
    {"remark", "problems", "floor_area", "accepted", "accepted_on", "accepted_area", "progress"}
)


@dataclass(frozen=True)
class Known:
    """A value in stored form, its marks, and where it comes from."""

    value: Any
    source: str
    marks: tuple[str, ...] = ()


KnownValues = dict[str, Known]


def known(kind: KindRule, organisation: Organisation, actor: Actor) -> KnownValues:
    """Values for a new row by field; of several sources the one nearest to the fact wins."""
    return known_of(kind, [organisation], actor)[organisation.pk]


def asked_for(kind: KindRule, sort: str) -> KnownValues:
    """The sort of thing a link asks to be recorded, where it is one the ledger has; from nowhere else than the link."""
    keyed = [kind.by_key[key].field for key in kind.natural_key if key in kind.by_key]
    return {field.key: Known(sort, "") for field in keyed if sort in field.code_values}


def known_of(kind: KindRule, organisations: Iterable[Organisation], actor: Actor) -> dict[int, KnownValues]:
    """The same for many organisations, with a constant number of queries."""
    keys = [organisation.pk for organisation in organisations]
    found: dict[int, KnownValues] = {key: {} for key in keys}
    wanted = {column.key for column in kind.columns} - set(kind.natural_key) - _NEVER
    if not kind.natural_key:
        _add_from_ledgers(found, kind, actor, wanted)
    _add_responsible(found, actor, wanted)
    if "last_election" in wanted:
        _add_terms(found, actor)
    return found


def _add_from_ledgers(found: dict[int, KnownValues], kind: KindRule, actor: Actor, wanted: set[str]) -> None:
    """What other ledgers hold of the organisations under the same fields, the newest first."""
    theirs = kinds.of(actor).at(actor.organisation.path)
    single = [
        key
        for key, other in theirs.items()
        if key != kind.key and not other.natural_key and not other.personal and other.open_to(actor.role)
        if wanted & set(other.by_key)
    ]
    rows = Entry.objects.visible_to(actor).filter(organisation__in=list(found), ledger__in=single)
    for row in rows.order_by("-saved_at", "-pk"):
        source = " ".join(filter(None, [theirs[row.ledger].label, row.period]))
        here = found[row.organisation_id]
        for key in wanted & set(row.values) - set(here):
            here[key] = Known(row.values[key], source, tuple(row.marks.get(key, ())))


def _add_responsible(found: dict[int, KnownValues], actor: Actor, wanted: set[str]) -> None:
    fields = {duty.value: key for key, duty in _FROM_RESPONSIBILITY.items() if key in wanted}
    if not fields:
        return
    in_force = Responsibility.objects.visible_to(actor).in_force_on(actor.on)
    rows = in_force.filter(organisation__in=list(found), duty__in=list(fields)).select_related("department")
    for row in rows.order_by("pk"):
        found[row.organisation_id][fields[row.duty]] = Known(str(row), _("responsibility list"))


def _add_terms(found: dict[int, KnownValues], actor: Actor) -> None:
    rows = TermOfOffice.objects.visible_to(actor).filter(organisation__in=list(found))
    for term in rows.order_by("started_on"):
        here = found[term.organisation_id]
        here["last_election"] = Known(str(term.started_on), _("term of office"))
        here["election_due"] = Known(str(term.ends_on), _("term of office"))


def last_period(kind: KindRule, organisation: Organisation, period: str, actor: Actor, key: str = "") -> Entry | None:
    """The organisation's newest row before a period, to copy from."""
    rows = Entry.objects.visible_to(actor).of(kind.key).filter(organisation=organisation, period__lt=period)
    return (rows.filter(key=key) if key else rows).order_by("-period", "-pk").first()


def copied(kind: KindRule, row: Entry) -> KnownValues:
    """The values of an earlier row, as a start for the next."""
    source = _("copied from %(period)s") % {"period": row.period or row.saved_at.date()}
    values = sealing.open_all(row.values)
    return {
        key: Known(value, source, tuple(row.marks.get(key, ()))) for key, value in values.items() if key in kind.by_key
    }
