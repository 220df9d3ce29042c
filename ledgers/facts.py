"""One fact, one table: what is told onward when entries are written, whichever page they were written on.

A task may name a ledger's figure or the stages of a building as its own (``tasks.stores``): it then only mirrors the
entry. The ledger of terms writes the register's term of office, from which reminders come.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ledgers import kinds, sealing
from ledgers.boards.building import DATES
from ledgers.models import Entry
from ledgers.permissions import may_write
from ledgers.rules import values as rules
from ledgers.rules.checks import Severity
from ledgers.rules.kinds import Column, KindRule
from orgs.field_rules import FieldType, day_span
from orgs.models import Organisation, TermOfOffice
from orgs.scope import Actor, Denied
from records.changes import BATCH, Writer
from tasks.actions.figures import take_in
from tasks.models import Task
from tasks.stores import Choice, StageDays

PREFIX = "ledger"
STAGES = "venue.stages"
REACHED = {**{stage: reached for stage, (_planned, reached) in DATES.items()}, "accepted": "accepted_on"}
TERMS = "terms"
_CENT = Decimal("0.01")  # as exact as a task's figure is stored, so that an undo finds it as it was written


class LedgerStore:
    """The figure store of ledgers: ``ledger:collective_economy.total_income`` and ``ledger:venue.stages``."""

    def choices(self, actor: Actor) -> Iterable[Choice]:
        """The numbers of ledgers with one row an organisation, and the stages of buildings."""
        for kind in kinds.in_use(actor):
            if kind.natural_key or kind.personal:
                continue
            if kind.key == STAGES.split(".")[0]:
                label = _("%(ledger)s: stages") % {"ledger": kind.label}
                yield Choice(f"{PREFIX}:{STAGES}", label, milestones=True)
            for column in kind.columns:
                if column.field.is_number:
                    label = _("%(ledger)s: %(field)s") % {"ledger": kind.label, "field": column.label}
                    yield Choice(f"{PREFIX}:{kind.key}.{column.key}", label, column.field.unit)

    def values(self, name: str, organisations: Iterable[int], on: datetime.date) -> Mapping[int, Decimal]:
        """The newest figure up to a day, by organisation, in the unit people write."""
        ledger, _dot, key = name.partition(".")
        return {
            row.organisation_id: rules.in_unit(kind.by_key[key].field, row.values[key]).quantize(_CENT)
            for row, kind in _newest(ledger, organisations, on)
            if key in row.values and key in kind.by_key
        }

    def stages(self, name: str, organisations: Iterable[int], on: datetime.date) -> Mapping[int, StageDays]:
        """The days stages of the newest project were reached, by organisation."""
        if name != STAGES:
            return {}
        return {row.organisation_id: _days(row) for row, _kind in _newest("venue", organisations, on)}

    def write(
        self,
        changes: Writer,
        name: str,
        organisation: Organisation,
        *,
        by: Actor,
        value: Decimal | None,
        stages: StageDays,
    ) -> None:
        """Write a figure or stages that were reported with a task into the ledger's row of the running period.

        Raises ``ValueError`` with a sentence when the row cannot be so.
        """
        from ledgers.actions.entries import Draft, merged, place_of, save_many, stored_rows
        from ledgers.models import Source

        ledger, _dot, key = name.partition(".")
        kind = kinds.of(by).get(organisation.path, ledger)
        if kind is None:
            raise ValueError(_("The ledger of this figure is no longer there."))
        verdict = may_write(by, kind, organisation)
        if isinstance(verdict, Denied):
            raise ValueError(verdict.reason)
        given: dict[str, Any] = {
            REACHED[code]: str(day) if day else None for code, day in stages.items() if code in REACHED
        }
        if value is not None and key in kind.by_key:
            given[key] = _stored(kind.by_key[key], value)
        draft = Draft(organisation.pk, kind.period_key(by.on), given)
        known = stored_rows(kind, [draft])
        faults = rules.faults(kind, merged(draft, known.get(place_of(kind, draft)))[0])
        broken = [f for f in faults if f.severity == Severity.ERROR and set(f.fields) & set(given)]
        if broken:
            raise ValueError(broken[0].message)
        save_many(changes, kind, [draft], at=by.now, source=Source.TASK, known=known, onward=False)


def _stored(column: Column, value: Decimal) -> Any:
    number = value * rules.factor(column.field)
    return int(number) if column.field.type == FieldType.INT else rules.exact(number)


def _newest(ledger: str, organisations: Iterable[int], on: datetime.date) -> list[tuple[Entry, KindRule]]:
    """Each organisation's newest row that is not of a later period, with its ledger."""
    keys, ledgers = sorted(set(organisations)), kinds.Ledgers()
    found: dict[int, tuple[Entry, KindRule]] = {}
    for start in range(0, len(keys), BATCH):
        rows = Entry.objects.of(ledger).filter(organisation__in=keys[start : start + BATCH])
        for row in rows.select_related("organisation").order_by("period", "pk"):
            kind = ledgers.get(row.organisation.path, ledger)
            if kind is not None and row.period <= kind.period_key(on):
                found[row.organisation_id] = row, kind
    return list(found.values())


def _days(row: Entry) -> StageDays:
    """Stage by stage the day it was reached; one known to the month only counts as its last day."""
    found = {code: row.values.get(key) for code, key in REACHED.items()}
    return {code: day_span(str(value))[1] if value else None for code, value in found.items()}


def tell(changes: Writer, kind: KindRule, rows: Sequence[Entry], *, on: datetime.date) -> None:
    """Let tasks that name a figure of this ledger, and the register, know what was written."""
    if not rows:
        return
    named = Task.objects.filter(figure__startswith=f"{PREFIX}:{kind.key}.").values_list("figure", flat=True)
    for figure in named.order_by().distinct():
        name = figure.partition(":")[2]
        told = [row.organisation_id for row in rows]
        store = LedgerStore()
        if name == STAGES:
            take_in(changes, figure, {}, store.stages(name, told, on))
        else:
            held = store.values(name, told, on)
            take_in(changes, figure, {key: held.get(key) for key in told})
    if kind.key == TERMS:
        _write_terms(changes, rows)


def _write_terms(changes: Writer, rows: Sequence[Entry]) -> None:
    """Write the register's term of office where both days are known."""
    for row in rows:
        values = sealing.open_all(row.values)
        try:
            began, ends = (datetime.date.fromisoformat(str(values[key])) for key in ("last_election", "election_due"))
        except (KeyError, ValueError):
            continue  # known to the month only
        term = TermOfOffice.objects.filter(organisation=row.organisation_id, started_on=began).first()
        if term is None:
            changes.create(TermOfOffice(organisation_id=row.organisation_id, started_on=began, ends_on=ends))
        else:
            changes.update(term, ends_on=ends)
