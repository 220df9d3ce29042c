"""The one way rows are written: attributed, in the history, and to be undone.

An action opens a change set and writes through it::

    with change_set("tasks.close", by=actor) as changes:
        changes.update(assignment, expected=form_version, status="closed")

Every method writes the row and its ``Change`` in the caller's transaction.
"""

import datetime
import decimal
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from sys import intern
from typing import Any, Protocol, TypeVar

from django.db import models, transaction

from records import middleware, sendings
from records.inserting import BATCH, insert, insert_columns
from records.models import Change, ChangeSet, VersionedModel

Picture = dict[str, Any]
_JSON_SAFE = frozenset({str, int, bool})
_NOTED = ("kind", "object_id", "organisation_id", "before", "after")  # of each change, in the order it is gathered in
M = TypeVar("M", bound=models.Model)


class Acting(Protocol):
    """What a change set needs to know of the person acting."""

    @property
    def user_id(self) -> int | None:
        """The user's key."""

    @property
    def organisation_id(self) -> int | None:
        """The organisation the post in force belongs to."""

    @property
    def post_name(self) -> str:
        """The post in force, in words."""

    @property
    def now(self) -> datetime.datetime:
        """When the person acts."""


class Conflict(Exception):
    """Somebody else wrote the row meanwhile; ``current`` is the row as it stands now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(str(current))
        self.current = current


def plain(value: Any) -> Any:
    """A field's value as JSON can hold it, without losing microseconds or decimals; one moment reads one way."""
    if value is None or value.__class__ in _JSON_SAFE:
        return value  # most values, and a large import has hundreds of thousands
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    return value


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[str, str, int | None], ...]:
    """The columns of a model that stand in the history: attribute, field, and the decimal places of a decimal."""
    hidden: frozenset[str] = getattr(model, "history_hides", frozenset())
    return tuple(
        (f.attname, f.name, f.decimal_places if isinstance(f, models.DecimalField) else None)
        for f in model._meta.concrete_fields
        if not f.primary_key and f.attname not in hidden
    )


def picture(row: models.Model, names: Iterable[str] | None = None) -> Picture:
    """The row's stored columns by attribute name, JSON-safe; ``names`` narrows them.

    Columns in the model's ``history_hides`` (a password's hash) stay out of the history. A decimal stands as the
    database gives it back, so that 5 and 5.00 read one way.
    """
    wanted = set(names) if names is not None else None
    found: Picture = {}
    for attname, name, places in _columns(type(row)):
        if wanted is not None and attname not in wanted and name not in wanted:
            continue
        found[attname] = _stored(getattr(row, attname), places)
    return found


def _stored(value: Any, places: int | None) -> Any:
    """A column's value as it stands in a picture; ``places`` are those of a decimal."""
    return plain(value) if places is None or value is None else f"{decimal.Decimal(value):.{places}f}"


def pictures(rows: Sequence[models.Model]) -> list[Picture]:
    """The pictures of rows of one model; what all of them hold alike is read once."""
    alike, unlike = Picture(), list[tuple[str, list[Any]]]()
    for attname, _name, places in _columns(type(rows[0])):
        values = [getattr(row, attname) for row in rows]
        alike[attname] = _stored(values[0], places)
        if any(value is not values[0] for value in values):
            unlike.append((attname, [_stored(value, places) for value in values]))
    found = [alike.copy() for _row in rows]
    for attname, values in unlike:
        for each, value in zip(found, values, strict=True):
            each[attname] = value
    return found


def kind_of(model: type[models.Model] | models.Model) -> str:
    """The name under which a model's rows stand in the history, such as ``tasks.assignment``."""
    return intern(model._meta.label_lower)  # one string for all rows, which writing them together looks for


def _organisation_of(row: models.Model) -> int | None:
    """The organisation a row belongs to, for the history."""
    if row._meta.label_lower == "orgs.organisation":
        return int(row.pk)
    found: int | None = getattr(row, "history_organisation_id", None) or getattr(row, "organisation_id", None)
    return found


@dataclass
class Writer:
    """Writes rows and their history within one change set."""

    record: ChangeSet
    _pending: list[tuple[Any, ...]] = field(default_factory=list)

    def note(self, row: models.Model, before: Picture | None, after: Picture | None) -> None:
        """Add one row's change to the history."""
        self._pending.append((kind_of(row), row.pk, _organisation_of(row), before, after))

    def flush(self) -> None:
        """Write the history gathered so far."""
        for start in range(0, len(self._pending), BATCH):
            part = self._pending[start : start + BATCH]
            columns = dict(zip(_NOTED, zip(*part, strict=True), strict=True))
            insert_columns(Change, {"change_set_id": [self.record.pk] * len(part), **columns})
        self._pending = []

    def create(self, row: M) -> M:
        """Insert the row."""
        return self.create_all([row])[0]

    def create_all(self, rows: Sequence[M]) -> list[M]:
        """Insert many rows of one model."""
        if not rows:
            return []
        for row in rows:
            if isinstance(row, VersionedModel):
                row.version = self.record.pk
        insert(rows)
        for row, after in zip(rows, pictures(rows), strict=True):
            self.note(row, None, after)
        return list(rows)

    def update(self, row: M, *, expected: int | None = None, **values: Any) -> M:
        """Write ``values`` (fields by name) to the row.

        ``expected`` is the version the person saw; None takes the row's own. Raises ``Conflict`` when another
        change set has written the row since.
        """
        seen = expected if expected is not None else getattr(row, "version", None)
        before = picture(row)
        for name, value in values.items():
            setattr(row, name, value)
        if isinstance(row, VersionedModel):
            row.version = self.record.pk
        after = picture(row)
        changed = {name for name in after if after[name] != before[name]}
        if changed <= {"version"}:
            row.__dict__.update({k: v for k, v in {"version": seen}.items() if seen is not None})
            return row
        rows = type(row)._default_manager.filter(pk=row.pk)
        if isinstance(row, VersionedModel):
            rows = rows.filter(version=seen)
        if not rows.update(**{name: getattr(row, name) for name in changed}):
            raise Conflict(type(row)._default_manager.get(pk=row.pk))
        self.note(row, {n: before[n] for n in changed}, {n: after[n] for n in changed})
        return row

    def update_all(self, rows: Sequence[models.Model], names: Sequence[str]) -> None:
        """Write the fields ``names`` of many rows of one model whose attributes were set by the caller.

        What they held before is read again here and locked. Raises ``Conflict`` when another change set has written
        one of them since the caller read it.
        """
        if not rows:
            return
        model = type(rows[0])
        versioned = issubclass(model, VersionedModel)
        names = [*names, "version"] if versioned else list(names)
        columns = {f.attname for f in model._meta.concrete_fields if f.name in names}
        old = {}
        keys = [row.pk for row in rows]
        for start in range(0, len(keys), BATCH):
            old.update(model._base_manager.select_for_update().in_bulk(keys[start : start + BATCH]))
        touched, written = [], set[str]()
        for row in rows:
            stands = old[row.pk]
            if isinstance(stands, VersionedModel) and stands.version not in {row.version, self.record.pk}:  # type: ignore[attr-defined]
                raise Conflict(stands)
            before, now = picture(stands, columns), picture(row, columns)
            changed = {n for n in columns if n != "version" and before[n] != now[n]}
            if not changed:
                continue
            if isinstance(row, VersionedModel):
                row.version = self.record.pk
                now["version"] = row.version
                changed.add("version")
            self.note(row, {n: before[n] for n in changed}, {n: now[n] for n in changed})
            touched.append(row)
            written |= changed
        if not touched:
            return
        names = [
            f.name for f in model._meta.concrete_fields if f.attname in written
        ]  # what changed nowhere is left out
        model._default_manager.bulk_update(touched, names, batch_size=max(1, BATCH // (len(names) + 1)))

    def delete(self, row: models.Model) -> None:
        """Delete the row, keeping its picture. Raises ``ProtectedError`` when others lean on it."""
        self.note(row, picture(row), None)
        type(row)._default_manager.filter(pk=row.pk).delete()


@contextmanager
def change_set(
    verb: str,
    *,
    by: Acting | None,
    note: str = "",
    undo_of: ChangeSet | None = None,
    at: datetime.datetime | None = None,
) -> Iterator[Writer]:
    """Open a change set named ``verb`` for one action of one person, in one transaction.

    ``by`` None is the system itself (a command, a job) and then needs ``at``.
    """
    with transaction.atomic():
        when = at or (by.now if by else None)
        if when is None:
            raise TypeError("A change set without a person needs its time.")
        record = ChangeSet.objects.create(
            verb=verb,
            note=note,
            user_id=by.user_id if by else None,
            post_name=by.post_name if by else "",
            organisation_id=by.organisation_id if by else None,
            at=when,
            request_id=middleware.request_id.get(),
            undo_of=undo_of,
        )
        writer = Writer(record)
        yield writer
        writer.flush()
        sendings.note_write()
