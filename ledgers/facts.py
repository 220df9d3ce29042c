"""One fact, one table: what is told onward when entries are written, whichever page they were written on.

A task may name a ledger's figure or the stages of a building as its own (``tasks.stores``): it then only mirrors the
entry. The ledger of terms writes the register's term of office, from which reminders come.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dates import bounds, periods
from dates.bounds import Days
from dates.periods import Period
from ledgers import kinds, sealing
from ledgers.boards.building import DATES
from ledgers.models import Entry
from ledgers.permissions import may_write
from ledgers.rules import values as rules
from ledgers.rules.checks import Severity
from ledgers.rules.kinds import Column, KindRule
from orgs.actor import Actor
from orgs.field_rules import FieldType, day_span
from orgs.models import Organisation, TermOfOffice
from orgs.scope import Denied
from records.changes import Writer
from records.inserting import BATCH
from sheets.units import ratio
from tasks.facts.actions import count_rounds, take_in
from tasks.models import Task
from tasks.rules.status import Shape
from tasks.stores import Choice, StageDays

DaySpan = tuple[datetime.date, datetime.date]
PREFIX = "ledger"
ROWS = "rows"
STAGES = "venue.stages"
REACHED = {**{stage: reached for stage, (_planned, reached) in DATES.items()}, "accepted": "accepted_on"}
TERMS = "terms"
_EXACT = Decimal("0.000001")
_CENT = Decimal("0.01")  # as exact as a task's figure is stored, so that an undo finds it as it was written


class LedgerStore:
    """The figure store of ledgers: ``ledger:collective_economy.total_income``, ``ledger:venue.stages``, and of ledgers
    with one row for each thing done their rows by day, all or of one sort: ``ledger:party_meetings.rows.党课``.
    """

    def choices(self, actor: Actor) -> Iterable[Choice]:
        """The numbers of ledgers with one row an organisation, the stages of buildings, and what is done by day."""
        for kind in kinds.in_use(actor):
            if kind.personal:
                continue
            if kind.natural_key:
                yield from _counted(kind)
                continue
            if kind.key == STAGES.split(".")[0]:
                label = _("%(ledger)s: stages") % {"ledger": kind.label}
                yield Choice(f"{PREFIX}:{STAGES}", label, shape=Shape.MILESTONES)
            for column in kind.columns:
                if column.field.is_number:
                    label = _("%(ledger)s: %(field)s") % {"ledger": kind.label, "field": column.label}
                    yield Choice(f"{PREFIX}:{kind.key}.{column.key}", label, column.field.unit)

    def values(
        self, name: str, organisations: Iterable[int], on: datetime.date, unit: str = ""
    ) -> Mapping[int, Decimal]:
        """The newest figure up to a day, by organisation, in the task's unit."""
        ledger, _dot, key = name.partition(".")
        return {
            row.organisation_id: (rules.in_unit(kind.by_key[key].field, row.values[key]) * times).quantize(_CENT)
            for row, kind in _newest(ledger, organisations, on)
            if key in row.values and key in kind.by_key and (times := _times(kind.by_key[key], unit))
        }

    def stages(self, name: str, organisations: Iterable[int], on: datetime.date) -> Mapping[int, StageDays]:
        """The days stages of the newest project were reached, by organisation."""
        if name != STAGES:
            return {}
        return {row.organisation_id: _days(row, on) for row, _kind in _newest("venue", organisations, on)}

    def rounds(self, name: str, spans: Mapping[int, Sequence[Period]]) -> Mapping[int, Mapping[str, int]]:
        """The rows in each period by the day they are of; a day known to the month only counts in that month."""
        ledger, sort = _sorted(name)
        found: dict[int, dict[str, int]] = {}
        for organisation, span in _days_done(ledger, sort, spans):
            counts = found.setdefault(organisation, {})
            for key in {one.key for one in spans[organisation] if span[0] in one and span[1] in one}:
                counts[key] = counts.get(key, 0) + 1
        return found

    def address(self, name: str, organisation: int, period: str) -> str:
        """The page of a new row, in the ledger's period that the last day of the round falls in, its sort chosen."""
        ledger, sort = _sorted(name)
        kind = kinds.as_shipped(ledger) if ledger in kinds.shipped() else None
        asked = {"organisation": str(organisation), "sort": sort}
        if kind and kind.period:
            asked["period"] = kind.period_key(periods.parse(period).end)
        return f"{reverse('ledger_entry_new', args=[ledger])}?{urlencode(asked)}"

    def write(
        self,
        changes: Writer,
        name: str,
        organisation: Organisation,
        *,
        by: Actor,
        value: Decimal | None,
        stages: StageDays,
        unit: str = "",
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
        if kind.natural_key:
            raise ValueError(_("It is counted in “%(ledger)s”: record it there.") % {"ledger": kind.label})
        verdict = may_write(by, kind, organisation)
        if isinstance(verdict, Denied):
            raise ValueError(verdict.reason)
        given: dict[str, Any] = {
            REACHED[code]: str(day) if day else None for code, day in stages.items() if code in REACHED
        }
        if value is not None and key in kind.by_key:
            given[key] = _stored(kind.by_key[key], value, unit)
        draft = Draft(organisation.pk, kind.period_key(by.on), given)
        known = stored_rows(kind, [draft])
        faults = rules.faults(kind, merged(draft, known.get(place_of(kind, draft)))[0])
        broken = [f for f in faults if f.severity == Severity.ERROR and set(f.fields) & set(given)]
        if broken:
            raise ValueError(broken[0].message)
        save_many(changes, kind, [draft], at=by.now, source=Source.TASK, known=known, onward=False)


def _day_column(kind: KindRule) -> Column | None:
    """The day that tells rows of an organisation apart, where a ledger has one row for each thing done."""
    keyed = [kind.by_key[key] for key in kind.natural_key if key in kind.by_key]
    return next((column for column in keyed if column.field.type == FieldType.DATE), None)


def _sort_column(kind: KindRule) -> Column | None:
    """The sort of thing done, where rows are told apart by one of a list too."""
    keyed = [kind.by_key[key] for key in kind.natural_key if key in kind.by_key]
    return next((column for column in keyed if column.field.type == FieldType.ENUM), None)


def _counted(kind: KindRule) -> Iterable[Choice]:
    if _day_column(kind) is None:
        return
    name, sort = f"{PREFIX}:{kind.key}.{ROWS}", _sort_column(kind)
    yield Choice(name, _("%(ledger)s: how often") % {"ledger": kind.label}, shape=Shape.RECURRING)
    for code in sort.field.codes if sort else ():
        label = _("%(ledger)s: %(field)s") % {"ledger": kind.label, "field": code.label}
        yield Choice(f"{name}.{code.value}", label, shape=Shape.RECURRING)


def _sorted(name: str) -> tuple[str, str]:
    """The ledger that a counted figure names, and the sort it counts; "" counts all."""
    ledger, _dot, rest = name.partition(".")
    return ledger, rest.partition(".")[2]


def _days_done(ledger: str, sort: str, organisations: Iterable[int]) -> Iterable[tuple[int, DaySpan]]:
    """The organisation of each row of a ledger, and the first and last day it may be of."""
    keys, ledgers = sorted(set(organisations)), kinds.Ledgers()
    for start in range(0, len(keys), BATCH):
        rows = Entry.objects.of(ledger).that_count().filter(organisation__in=keys[start : start + BATCH])
        for organisation, path, values in rows.values_list("organisation_id", "organisation__path", "values"):
            kind = ledgers.get(path, ledger)
            day, sorted_by = (_day_column(kind), _sort_column(kind)) if kind else (None, None)
            if day is None or not values.get(day.key):
                continue
            if not sort or (sorted_by and values.get(sorted_by.key) == sort):
                yield organisation, day_span(str(values[day.key]))


def _times(column: Column, unit: str) -> Decimal | None:
    """How many of a task's unit one of a column's is; None when the two cannot be compared. A task without a unit
    counts in the column's.
    """
    return ratio(column.field.unit, unit) if unit else Decimal(1)


def _stored(column: Column, value: Decimal, unit: str) -> Any:
    """A figure of a task as the ledger keeps it. Raises ``ValueError``."""
    times = _times(column, unit)
    if not times:
        words = {"unit": unit, "kept": column.field.unit or _("none")}
        raise ValueError(
            _("The task counts in %(unit)s, its ledger in %(kept)s: nothing was saved. Have one of them changed.")
            % words
        )
    number = value / times * rules.factor(column.field)
    number = number.quantize(_EXACT) if times != 1 else number
    if column.field.type == FieldType.INT and number != int(number):
        raise ValueError(_("The ledger keeps whole numbers of %(kept)s.") % {"kept": column.field.unit or _("none")})
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


def _days(row: Entry, on: datetime.date) -> StageDays:
    """Stage by stage the day it was reached; one known to the month only counts as its last day.

    A day ahead is a plan, or mistyped, and reaches nothing; of the month that is running today is the last.
    """
    spans = {code: day_span(str(value)) if (value := row.values.get(key)) else None for code, key in REACHED.items()}
    return {code: min(span[1], on) if span and span[0] <= on else None for code, span in spans.items()}


def tell(changes: Writer, kind: KindRule, rows: Sequence[Entry], *, on: datetime.date) -> None:
    """Let tasks that name a figure of this ledger, and the register, know what was written."""
    if not rows:
        return
    named = Task.objects.filter(figure__startswith=f"{PREFIX}:{kind.key}.").values_list("figure", "unit")
    for figure, unit in named.order_by().distinct():
        name = figure.partition(":")[2]
        told = [row.organisation_id for row in rows]
        store = LedgerStore()
        if name.split(".")[1] == ROWS:
            count_rounds(changes, figure, told)
        elif name == STAGES:
            take_in(changes, figure, {}, store.stages(name, told, on))
        elif (column := kind.by_key.get(name.partition(".")[2])) is None or _times(column, unit):
            held = store.values(name, told, on, unit)
            take_in(changes, figure, {key: held.get(key) for key in told}, unit=unit)
    if kind.key == TERMS:
        _write_terms(changes, rows)


def _write_terms(changes: Writer, rows: Sequence[Entry]) -> None:
    """Write the register's term of office where both days are known, and can be those of a term."""
    for row in rows:
        values = sealing.open_all(row.values)
        try:
            began, ends = (datetime.date.fromisoformat(str(values[key])) for key in ("last_election", "election_due"))
        except (KeyError, ValueError):
            continue  # known to the month only
        if ends <= began or any(bounds.fault(day, Days.HELD) for day in (began, ends)):
            continue
        term = TermOfOffice.objects.filter(organisation=row.organisation_id, started_on=began).first()
        if term is None:
            changes.create(TermOfOffice(organisation_id=row.organisation_id, started_on=began, ends_on=ends))
        else:
            changes.update(term, ends_on=ends)
