"""Verbs on entries: save one, save many, delete."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from ledgers import facts, sealing
from ledgers.models import Entry, Source
from ledgers.permissions import may_delete, may_write
from ledgers.rules import values as rules
from ledgers.rules.checks import Fault, Severity
from ledgers.rules.kinds import KindRule
from ledgers.rules.values import Marks, Values
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.permissions import may_edit_organisation
from orgs.rules import Kind, PartyForm
from orgs.scope import require
from orgs.tree import placing
from records.changes import Conflict, Writer, change_set
from records.inserting import BATCH
from records.models import ChangeSet


class Refused(Exception):
    """A row that cannot be saved as it is; ``faults`` say why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


@dataclass
class Draft:
    """A row to be saved: opened values in stored form (``ledgers.rules.values``), blanks left out.

    ``whole`` False keeps what the stored row holds in fields that the draft does not name; a field that the draft
    names with None is emptied.
    """

    organisation_id: int
    period: str
    values: dict[str, Any]
    marks: Marks = field(default_factory=dict)
    whole: bool = False
    linked_id: int | None = None


@dataclass
class Saved:
    """What ``save_many`` did with each draft, in their order: the row, and created, updated or unchanged."""

    rows: list[tuple[Entry, str]] = field(default_factory=list)

    def count(self, what: str) -> int:
        """How many rows were ``created``, ``updated`` or ``unchanged``."""
        return sum(1 for _row, done in self.rows if done == what)


Place = tuple[int, str, str]  # organisation, period, natural key as stored


def place_of(kind: KindRule, draft: Draft) -> Place:
    """Which row a draft is."""
    named = rules.filled({name: draft.values.get(name) for name in kind.natural_key})
    return draft.organisation_id, draft.period, sealing.row_key(kind, named)


def stored_rows(kind: KindRule, drafts: Iterable[Draft]) -> dict[Place, Entry]:
    """The stored rows of the organisations and periods of the drafts, by place: for a comparison before anything is
    written, too.
    """
    organisations = {draft.organisation_id for draft in drafts}
    periods = {draft.period for draft in drafts}
    found: dict[Place, Entry] = {}
    keys = sorted(organisations)
    for start in range(0, len(keys), BATCH):
        rows = Entry.objects.filter(ledger=kind.key, organisation__in=keys[start : start + BATCH], period__in=periods)
        for row in rows.iterator():
            found[row.organisation_id, row.period, sealing.newest_key(kind, row.key, row.values)] = row
    return found


def merged(draft: Draft, row: Entry | None) -> tuple[Values, Marks]:
    """The opened values and the marks a row will have with the draft: see ``Draft.whole``.

    Raises ``ledgers.sealing.Unopened`` where a stored value would be lost.
    """
    held = sealing.open_to_write(row.values) if row else {}
    if row is None or draft.whole:
        values = rules.filled(draft.values)
        return values, {key: marks for key, marks in draft.marks.items() if marks and key in values}
    values = rules.filled({**held, **draft.values})
    kept = {key: marks for key, marks in row.marks.items() if key not in draft.values}
    return values, {key: marks for key, marks in {**kept, **draft.marks}.items() if marks and key in values}


def save_many(
    changes: Writer,
    kind: KindRule,
    drafts: Sequence[Draft],
    *,
    at: datetime.datetime,
    source: str = Source.IMPORT,
    source_name: str = "",
    known: dict[Place, Entry] | None = None,
    onward: bool = True,
) -> Saved:
    """Create what is new and update what differs, within the caller's change set; an equal row is left alone.

    Whoever calls has checked rights and faults. No two drafts may be the same place. ``known`` are the rows of
    ``stored_rows`` when the caller has read them already; ``onward`` False keeps tasks and register from hearing of it.
    Raises ``records.changes.Conflict`` when one was written since.
    """
    stored = stored_rows(kind, drafts) if known is None else known
    saved = Saved()
    new: list[Entry] = []
    changed: list[Entry] = []
    for draft in drafts:
        place = place_of(kind, draft)
        row = stored.get(place)
        values, marks = merged(draft, row)
        sealed = sealing.seal_all(kind, values, row.values if row else None)
        if row is None:
            row = Entry(
                ledger=kind.key, organisation_id=place[0], period=place[1], key=place[2], linked_id=draft.linked_id
            )
            new.append(row)
            done = "created"
        elif row.values == sealed and row.marks == marks and draft.linked_id in {None, row.linked_id}:
            saved.rows.append((row, "unchanged"))
            continue
        else:
            row.linked_id = draft.linked_id or row.linked_id
            changed.append(row)
            done = "updated"
        row.values, row.marks, row.source, row.source_name, row.saved_at = sealed, marks, source, source_name[:200], at
        saved.rows.append((row, done))
    changes.create_all(new)
    changes.update_all(changed, ["values", "marks", "source", "source_name", "saved_at", "linked"])
    if onward:
        facts.tell(changes, kind, [*new, *changed], on=localdate(at))
    return saved


@transaction.atomic
def save_entry(
    kind: KindRule,
    organisation: Organisation,
    period: str,
    values: dict[str, Any],
    *,
    by: Actor,
    marks: Marks | None = None,
    expected: int | None = None,
    source: str = Source.TYPED,
    source_name: str = "",
) -> Entry:
    """Save one row that somebody typed. ``expected`` is the version the person saw, 0 for a row that was not there.

    Raises ``PermissionDenied``, ``Refused`` or ``records.changes.Conflict``.
    """
    require(may_write(by, kind, organisation))
    draft = Draft(organisation.pk, period, values, marks or {})
    with change_set("ledgers.save", by=by) as changes:
        stored = stored_rows(kind, [draft])
        row = stored.get(place_of(kind, draft))
        if expected is not None and row is not None and row.version != expected:
            raise Conflict(row)
        broken = [f for f in rules.faults(kind, merged(draft, row)[0]) if f.severity == Severity.ERROR]
        if broken:
            raise Refused(broken)
        saved = save_many(changes, kind, [draft], at=by.now, source=source, source_name=source_name, known=stored)
    return saved.rows[0][0]


@transaction.atomic
def rename_entry(
    entry: Entry, kind: KindRule, period: str, values: dict[str, Any], *, by: Actor, marks: Marks, expected: int
) -> Entry:
    """Save a row whose natural key or period was edited: it stays the same row with the same history.

    Raises ``PermissionDenied``, ``Refused``, ``records.changes.Conflict``.
    """
    require(may_write(by, kind, entry.organisation))
    draft = Draft(entry.organisation_id, period, values, marks)
    full, all_marks = merged(draft, entry)
    broken = [fault for fault in rules.faults(kind, full) if fault.severity == Severity.ERROR]
    if broken:
        raise Refused(broken)
    sealed = sealing.seal_all(kind, full, entry.values)
    with change_set("ledgers.save", by=by) as changes:
        other = Entry.objects.filter(
            ledger=kind.key, organisation=entry.organisation_id, period=period, key__in=sealing.row_keys(kind, full)
        )
        taken = other.exclude(pk=entry.pk).first()
        if taken is not None:
            raise Conflict(taken)
        changes.update(
            entry,
            expected=expected,
            period=period,
            key=sealing.row_key(kind, full),
            values=sealed,
            marks=all_marks,
            source=Source.TYPED,
            source_name="",
            saved_at=by.now,
        )
        facts.tell(changes, kind, [entry], on=by.on)
    return entry


@transaction.atomic
def delete(entry: Entry, kind: KindRule, *, by: Actor) -> ChangeSet:
    """Take a row out; the history keeps it and can bring it back. Raises ``PermissionDenied``."""
    require(may_delete(by, kind, entry.organisation))
    with change_set("ledgers.delete", by=by) as changes:
        changes.delete(entry)
        facts.tell(changes, kind, [entry], on=by.on)
    return changes.record


@transaction.atomic
def link(entry: Entry, kind: KindRule, organisation: Organisation | None, *, by: Actor) -> None:
    """Say which organisation of the register a row speaks of, or none. Raises ``PermissionDenied``."""
    require(may_write(by, kind, entry.organisation))
    with change_set("ledgers.link", by=by) as changes:
        changes.update(entry, linked=organisation)


@transaction.atomic
def promote(entry: Entry, kind: KindRule, *, by: Actor) -> Organisation:
    """Make the two-new unit a row speaks of an organisation of the register, below the township that keeps the row.

    Raises ``PermissionDenied``, or ``Refused`` when the row is linked already or its code is taken.
    """
    require(may_edit_organisation(by, entry.organisation))
    values = sealing.open_all(entry.values)
    name = str(values.get("org_name", ""))
    code = str(values.get("credit_code") or f"{entry.organisation.code}-L{entry.pk}")
    taken = Organisation.objects.filter(code=code).exists()
    if entry.linked_id or taken or not name:
        message = _("“%(name)s” stands in the register already; link the row to it.") % {"name": name or code}
        raise Refused([Fault(message, ("org_name",), Severity.ERROR)])
    social = values.get("org_type") == "社会组织"
    unit = Organisation(
        code=code,
        name=name[:100],
        kind=Kind.SOCIAL_ORG if social else Kind.NONPUBLIC,
        party_form=PartyForm.BRANCH if values.get("has_party_org") else PartyForm.NONE,
        parent=entry.organisation,
        opened_on=by.on,
    )
    with change_set("ledgers.promote", by=by, note=name) as changes:
        placing.add(changes, [unit])
        changes.update(entry, linked=unit)
    return unit
