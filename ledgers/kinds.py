"""The ledgers in force: shipped descriptions, and in their place what a county made its own; the nearest wins."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from django.conf import settings

from ledgers.rules import checks
from ledgers.rules.kinds import Column, KindRule
from orgs import paths
from orgs.actor import Actor
from orgs.county.dictionary import Dictionary
from orgs.county.dictionary import Fields as DictionaryFields
from orgs.county.dictionary import shipped as shipped_fields
from orgs.field_rules import FieldRule, FieldType, hash_of

if TYPE_CHECKING:
    from ledgers.models import KindField, LedgerKind

Kinds = Mapping[str, KindRule]
_LINE = ("zh", "en", "period", "subject", "everyone", "stale_days", "note_zh", "note_en", "position")


@cache
def shipped() -> Kinds:
    """The ledgers of ``fixtures/ledgers`` by key; their columns name fields, which ``Ledgers`` fills in."""
    folder = settings.BASE_DIR / "fixtures" / "ledgers"
    rows = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
    kinds = [_kind_of(row) for row in rows]
    return {kind.key: kind for kind in sorted(kinds, key=lambda kind: (kind.position, kind.key))}


def _kind_of(row: Mapping[str, Any]) -> KindRule:
    lines = [line if isinstance(line, dict) else {"text": line} for line in row.get("checks", ())]
    columns = [column if isinstance(column, dict) else {"field": column} for column in row["fields"]]
    return KindRule(
        key=row["key"],
        **{name: row[name] for name in _LINE if name in row},
        natural_key=tuple(row.get("natural_key", ())),
        roles=tuple(row.get("roles", ())),
        checks=tuple(checks.parse(line["text"], line.get("severity", checks.Severity.WARNING)) for line in lines),
        columns=tuple(
            Column(
                FieldRule(column["field"], FieldType.TEXT, column["field"]),
                (place + 1) * 10,
                column.get("required", False),
                tuple(column.get("aliases", ())),
                column.get("group", ""),
            )
            for place, column in enumerate(columns)
        ),
    )


class Ledgers:
    """The ledgers at any organisation, read once in three small queries."""

    def __init__(self) -> None:
        from ledgers.models import KindField, LedgerKind

        self._dictionary = Dictionary()
        self._lines: dict[str, list[LedgerKind]] = {}
        self._columns: dict[str, list[KindField]] = {}
        for line in LedgerKind.objects.select_related("organisation"):
            self._lines.setdefault(line.organisation.path, []).append(line)
        for column in KindField.objects.select_related("organisation"):
            self._columns.setdefault(column.organisation.path, []).append(column)
        self._made: dict[tuple[tuple[str, ...], tuple[str, ...]], Kinds] = {}
        self._roles: dict[str, frozenset[str]] = {}

    def at(self, path: str) -> Kinds:
        """Every ledger in force at an organisation by key, those out of use as well; in the order they are listed."""
        owners = [above for above in paths.above(path) if above in self._lines or above in self._columns]
        where = (tuple(owners), self._dictionary.owners(path))
        if where not in self._made:
            self._made[where] = self._make(owners, self._dictionary.at(path))
        return self._made[where]

    def get(self, path: str, key: str) -> KindRule | None:
        """One ledger as it is at an organisation."""
        return self.at(path).get(key)

    def seen_from(self, path: str) -> Kinds:
        """Every ledger in force at an organisation, and those that organisations below described for themselves."""
        found = self.at(path)
        for owner in sorted(self._lines):
            if owner.startswith(path) and owner != path:
                found = {**self.at(owner), **found}
        return found

    def closed_to(self, role: str) -> Collection[str]:
        """The ledgers a role may not see, wherever they are closed to it."""
        if role not in self._roles:
            everywhere = [*shipped().values(), *(kind for path in self._lines for kind in self.at(path).values())]
            self._roles[role] = frozenset(kind.key for kind in everywhere if not kind.open_to(role))
        return self._roles[role]

    def _make(self, owners: Iterable[str], fields: DictionaryFields) -> Kinds:
        made = dict(shipped())
        for owner in owners:
            for line in self._lines.get(owner, ()):
                made[line.key] = _with_line(made.get(line.key), line)
            for column in self._columns.get(owner, ()):
                if column.ledger in made:
                    made[column.ledger] = _with_column(made[column.ledger], column)
        found = [_with_fields(kind, fields) for kind in made.values()]
        return {kind.key: kind for kind in sorted(found, key=lambda kind: (kind.position, kind.key))}


def _with_line(kind: KindRule | None, row: "LedgerKind") -> KindRule:
    return replace(
        kind or KindRule(row.key, row.label_zh),
        zh=row.label_zh,
        en=row.label_en,
        note_zh=row.note_zh,
        note_en=row.note_en,
        period=row.period,
        subject=row.subject,
        natural_key=tuple(row.natural_key),
        roles=tuple(row.roles),
        everyone=row.everyone,
        stale_days=row.stale_days,
        checks=tuple(checks.parse(line["text"], line["severity"]) for line in row.checks),
        position=row.position,
        active=row.active,
        own=not row.shipped_hash,
    )


def _with_column(kind: KindRule, row: "KindField") -> KindRule:
    others = [column for column in kind.columns if column.key != row.field]
    if row.active:
        field = FieldRule(row.field, FieldType.TEXT, row.field)
        others.append(Column(field, row.position, row.required, tuple(row.aliases), row.group, row.since, row.until))
    return replace(kind, columns=tuple(sorted(others, key=lambda column: column.position)))


def _with_fields(kind: KindRule, fields: DictionaryFields) -> KindRule:
    columns = (replace(column, field=fields.get(column.key, column.field)) for column in kind.columns)
    return replace(kind, columns=tuple(columns))


def as_shipped(key: str) -> KindRule:
    """A shipped ledger with shipped fields, as it is where nobody edited anything. Raises ``KeyError``."""
    return _with_fields(shipped()[key], shipped_fields())


def line_hash(kind: KindRule) -> str:
    """What a shipped ledger's own line says, columns left out."""
    return hash_of(replace(kind, columns=()))


def column_hash(column: Column) -> str:
    """What a shipped column says, its field left out."""
    return hash_of(replace(column, field=FieldRule(column.key, FieldType.TEXT, column.key)))


def shipped_changed(actor: Actor) -> set[str]:
    """The ledgers of which an upgrade changed a part that the county edited."""
    from ledgers.models import KindField, LedgerKind

    found = set()
    for line in LedgerKind.objects.visible_to(actor).exclude(shipped_hash=""):
        now = shipped().get(line.key)
        if now is None or line_hash(now) != line.shipped_hash:
            found.add(line.key)
    for row in KindField.objects.visible_to(actor).exclude(shipped_hash=""):
        kind = shipped().get(row.ledger)
        column = kind.by_key.get(row.field) if kind else None
        if column is None or column_hash(column) != row.shipped_hash:
            found.add(row.ledger)
    return found


def of(actor: Actor) -> Ledgers:
    """The ledgers as read for this actor: once a request, whatever asks for them."""
    kept: dict[str, Any] = vars(actor)
    if "ledgers" not in kept:
        kept["ledgers"] = Ledgers()
    found: Ledgers = kept["ledgers"]
    return found


def in_use(actor: Actor) -> list[KindRule]:
    """The ledgers the actor works with: in use where the post stands, and open to its role."""
    found = of(actor).seen_from(actor.organisation.path).values()
    return [kind for kind in found if kind.active and kind.open_to(actor.role)]
