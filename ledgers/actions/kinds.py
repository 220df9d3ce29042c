"""Verbs on the descriptions of ledgers: what a county makes its own, adds, moves and takes back.

Shipped descriptions are never written: the first edit makes a row of the county's own for just the part that changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledgers import kinds
from ledgers.models import Entry, KindField, LedgerKind
from ledgers.permissions import may_edit_kinds
from ledgers.rules.kinds import Column, KindRule
from naming import pinyin
from orgs.actor import Actor
from orgs.county import dictionary
from orgs.field_rules import FieldRule, hash_of
from orgs.models import Field
from orgs.scope import require
from records.changes import Writer, change_set
from records.models import ChangeSet

STEP = 10  # between the positions of neighbouring columns


class Unfit(ValueError):
    """An edit that would make what is stored unreadable; the message says why."""


@dataclass(frozen=True)
class Proposal:
    """A column to add: a field of the dictionary by its key, or a new one described by ``made``."""

    key: str = ""
    made: FieldRule | None = None
    group: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False


def _line(kind: KindRule) -> dict[str, Any]:
    """A ledger's line as columns of the table."""
    return {
        "label_zh": kind.zh,
        "label_en": kind.en,
        "note_zh": kind.note_zh,
        "note_en": kind.note_en,
        "period": kind.period,
        "subject": kind.subject,
        "natural_key": list(kind.natural_key),
        "roles": list(kind.roles),
        "everyone": kind.everyone,
        "stale_days": kind.stale_days,
        "checks": [{"text": check.text, "severity": str(check.severity)} for check in kind.checks],
        "position": kind.position,
        "active": kind.active,
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "position": column.position,
        "required": column.required,
        "aliases": list(column.aliases),
        "group": column.group,
        "since": column.since,
        "until": column.until,
    }


def _field(field: FieldRule) -> dict[str, Any]:
    return {
        "type": field.type,
        "label_zh": field.zh,
        "label_en": field.en,
        "unit": field.unit,
        "codes": [{"value": code.value, "en": code.en, "aliases": list(code.aliases)} for code in field.codes],
        "aliases": list(field.aliases),
        "personal": field.personal,
        "long": field.long,
    }


@transaction.atomic
def save_line(kind: KindRule, values: Mapping[str, Any], *, by: Actor, expected: int | None = None) -> None:
    """Write a ledger's line, making it the county's own.

    Raises ``PermissionDenied``, ``Unfit`` or ``records.changes.Conflict``.
    """
    require(may_edit_kinds(by))
    held = Entry.objects.visible_to(by).of(kind.key).exists()
    for name in ("period", "subject", "natural_key"):
        if held and name in values and values[name] != _line(kind)[name]:
            raise Unfit(_("The ledger has rows, so its period, whose rows it holds and what tells them apart stay."))
    with change_set("ledgers.kind", by=by, note=kind.zh) as changes:
        row = LedgerKind.objects.filter(organisation=by.organisation, key=kind.key).first()
        if row is not None:
            changes.update(row, expected=expected, **values)
            return
        shipped = kinds.shipped().get(kind.key)
        changes.create(
            LedgerKind(
                organisation=by.organisation,
                key=kind.key,
                shipped_hash=kinds.line_hash(shipped) if shipped else "",
                **{**_line(kind), **values},
            )
        )


@transaction.atomic
def add_kind(values: Mapping[str, Any], proposals: Sequence[Proposal], *, by: Actor) -> str:
    """Describe a ledger of the county's own; gives its key. Raises ``PermissionDenied``."""
    require(may_edit_kinds(by))
    taken = {*kinds.shipped(), *LedgerKind.objects.values_list("key", flat=True)}
    key = _free_key(str(values["label_zh"]), taken, 40)
    with change_set("ledgers.kind", by=by, note=str(values["label_zh"])) as changes:
        changes.create(LedgerKind(organisation=by.organisation, key=key, **values))
        _add_columns(changes, key, proposals, STEP, by)
    return key


@transaction.atomic
def add_columns(kind: KindRule, proposals: Sequence[Proposal], *, by: Actor) -> ChangeSet:
    """Add columns at the end. Raises ``PermissionDenied``."""
    require(may_edit_kinds(by))
    last = max((column.position for column in kind.columns), default=0)
    with change_set("ledgers.column", by=by, note=kind.zh) as changes:
        _add_columns(changes, kind.key, proposals, last + STEP, by)
    return changes.record


def _add_columns(changes: Writer, ledger: str, proposals: Sequence[Proposal], position: int, by: Actor) -> None:
    own = by.organisation
    taken = {*dictionary.shipped(), *Field.objects.values_list("key", flat=True)}
    for place, proposal in enumerate(proposals):
        key = proposal.key
        if proposal.made is not None:
            key = _free_key(proposal.made.zh, taken, 60)
            taken.add(key)
            changes.create(Field(organisation=own, key=key, **_field(proposal.made)))
        values = {
            "position": position + place * STEP,
            "group": proposal.group,
            "aliases": list(proposal.aliases),
            "required": proposal.required,
            "active": True,
        }
        _write_column(changes, own.pk, ledger, key, values)


def _write_column(changes: Writer, own: int, ledger: str, field: str, values: Mapping[str, Any]) -> None:
    row = KindField.objects.filter(organisation=own, ledger=ledger, field=field).first()
    if row is not None:
        changes.update(row, **values)
        return
    shipped = kinds.shipped().get(ledger)
    column = shipped.by_key.get(field) if shipped else None
    stands = _column(column) if column else {}
    changes.create(
        KindField(
            organisation_id=own,
            ledger=ledger,
            field=field,
            shipped_hash=kinds.column_hash(column) if column else "",
            **{**stands, **values},
        )
    )


def _free_key(label: str, taken: set[str], length: int) -> str:
    """A key from the pinyin initials of a name, not taken yet; shipped keys never begin with ``own_``."""
    base = f"own_{pinyin.initials(label).lower()}"[: length - 4]
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


@transaction.atomic
def save_column(
    kind: KindRule, column: Column, field: Mapping[str, Any], values: Mapping[str, Any], *, by: Actor
) -> None:
    """Write a column, and its field where the words of the dictionary were changed.

    Raises ``PermissionDenied`` or ``Unfit``.
    """
    require(may_edit_kinds(by))
    stands = _field(column.field)
    if field.get("type", stands["type"]) != stands["type"] and _is_used(column.key):
        raise Unfit(_("The field holds values already, so its type stays."))
    with change_set("ledgers.column", by=by, note=kind.zh) as changes:
        if any(field[name] != stands[name] for name in field):
            _write_field(changes, by, column.field, {**stands, **field})
        _write_column(changes, by.organisation_id, kind.key, column.key, values)


def _is_used(field: str) -> bool:
    """Whether the field is shipped, or holds a value anywhere."""
    return field in dictionary.shipped() or Entry.objects.filter(values__has_key=field).exists()


def _write_field(changes: Writer, by: Actor, rule: FieldRule, values: Mapping[str, Any]) -> None:
    row = Field.objects.filter(organisation=by.organisation, key=rule.key).first()
    if row is not None:
        changes.update(row, **values)
        return
    shipped = dictionary.shipped().get(rule.key)
    changes.create(
        Field(
            organisation=by.organisation,
            key=rule.key,
            shipped_hash=hash_of(shipped) if shipped else "",
            **values,
        )
    )


@transaction.atomic
def move_column(kind: KindRule, key: str, *, up: bool, by: Actor) -> None:
    """Let a column change places with its neighbour. Raises ``PermissionDenied``."""
    require(may_edit_kinds(by))
    keys = [column.key for column in kind.columns]
    place = keys.index(key)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(keys):
        return
    with change_set("ledgers.column", by=by, note=kind.zh) as changes:
        here, there = kind.columns[place], kind.columns[other]
        first, second = (
            (there.position, here.position)
            if here.position != there.position
            else (there.position + (-1 if up else 1), there.position)
        )
        _write_column(changes, by.organisation_id, kind.key, here.key, {**_column(here), "position": first})
        _write_column(changes, by.organisation_id, kind.key, there.key, {**_column(there), "position": second})


@transaction.atomic
def remove_column(kind: KindRule, key: str, *, by: Actor) -> ChangeSet:
    """Take a column out; what it holds is kept and comes back with the column.

    Raises ``PermissionDenied``, or ``Unfit`` when it tells rows apart.
    """
    require(may_edit_kinds(by))
    if key in kind.natural_key:
        raise Unfit(_("This column tells rows apart, so it stays."))
    with change_set("ledgers.column", by=by, note=kind.zh) as changes:
        _write_column(changes, by.organisation_id, kind.key, key, {**_column(kind.by_key[key]), "active": False})
    return changes.record


@transaction.atomic
def reset(kind: KindRule, *, by: Actor) -> ChangeSet:
    """Let the shipped description hold again; fields keep the county's words.

    Raises ``PermissionDenied`` or ``Unfit``.
    """
    require(may_edit_kinds(by))
    if kind.key not in kinds.shipped():
        raise Unfit(_("This ledger is the county's own; take it out of use instead."))
    with change_set("ledgers.kind_reset", by=by, note=kind.zh) as changes:
        for model in (LedgerKind, KindField):
            name = "key" if model is LedgerKind else "ledger"
            for row in model.objects.filter(organisation=by.organisation, **{name: kind.key}):
                changes.delete(row)
    return changes.record
