"""Undo: put the rows of a change set back as they were, in bulk, keeping and naming what was edited since.

A model names the columns that follow from others in ``history_follows``: they never make a row count as edited. What
is stored elsewhere and follows from the rows put back, such as sums, an app writes anew in a follower.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, router, transaction

from records.changes import Acting, Picture, Writer, change_set, picture, pictures
from records.inserting import BATCH, insert
from records.models import Change, ChangeSet, VersionedModel

UNDO, REDO = ".undo", ".redo"  # at the end of a verb


@dataclass(frozen=True)
class Undone:
    """What an undo did: its own change set, how many rows were restored, and the rows left as they are."""

    change_set: ChangeSet
    restored: int
    kept: list[tuple[str, str]]


class AlreadyUndone(Exception):
    """The change set was undone before."""


R = TypeVar("R")
Row = tuple[str, int]  # a kind and a key
Left = tuple[str, int, str]  # with the name
Follow = Callable[[Writer, ChangeSet, Any], Iterable[Row]]
_followers: dict[Follow, frozenset[str]] = {}


def follow(kinds: Iterable[str], follower: Follow) -> None:
    """Let an app write what follows when rows of these kinds are put back, within the undo's own change set.

    It is called with the writer, the change set undone and the person, and gives the rows that are right now although
    they were written since: what is computed anew need not be named as left.
    """
    _followers[follower] = frozenset(kinds)


def undo(record: ChangeSet, *, by: Acting) -> Undone:
    """Put every row of the change set back as it was, except those edited since, which are kept and named.

    Raises ``AlreadyUndone``.
    """
    with transaction.atomic():
        _claim(record)
        with change_set(_verb(record), by=by, undo_of=record) as writer:
            return _undone(writer, record, by)


def _verb(record: ChangeSet) -> str:
    """What undoing it is called; to undo an undo is to do it again, however often one goes back and forth."""
    stem = record.verb.removesuffix(UNDO).removesuffix(REDO)
    return f"{stem}{REDO}" if record.verb.endswith(UNDO) else f"{stem}{UNDO}"


def _claim(record: ChangeSet) -> None:
    """Whoever undoes it first holds it; another waits and then finds it undone. Raises ``AlreadyUndone``."""
    ChangeSet.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.pk)
    if ChangeSet.objects.filter(undo_of=record).exists():
        raise AlreadyUndone


def _undone(writer: Writer, record: ChangeSet, by: Acting) -> Undone:
    restored, kept, kinds = 0, list[Left](), set[str]()
    for batch in _batches(record.changes.order_by("-id").iterator(chunk_size=BATCH)):
        left = _put_back(writer, batch)
        restored += len(batch) - len(left)
        kept += [(batch[0].kind, key, name) for key, name in left]
        kinds.add(batch[0].kind)
    wanted = [follower for follower, of in _followers.items() if of & kinds]
    settled = {row for follower in wanted for row in follower(writer, record, by)}
    named = [(kind, name) for kind, key, name in kept if (kind, key) not in settled]
    return Undone(writer.record, restored + len(kept) - len(named), named)


def _batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Changes newest first, cut wherever model or operation changes or a row comes a second time."""
    for _key, run in groupby(changes, lambda c: (c.kind, c.before is None, c.after is None)):
        batch: dict[int, Change] = {}
        for change in run:
            if change.object_id in batch or len(batch) == BATCH:
                yield list(batch.values())
                batch = {}
            batch[change.object_id] = change
        yield list(batch.values())


def _put_back(writer: Writer, batch: Sequence[Change]) -> list[tuple[int, str]]:
    """Undo changes of one model and one operation, each of another row; gives key and name of the rows left alone."""
    model = apps.get_model(batch[0].kind)
    rows = model._base_manager.select_for_update().in_bulk([change.object_id for change in batch])
    if batch[0].before is None:
        return _delete_created(writer, model, rows, batch)
    if batch[0].after is None:
        return _create_deleted(writer, model, rows, batch)
    return _restore_updated(writer, model, rows, batch)


def _delete_created(
    writer: Writer, model: type[models.Model], rows: dict[int, models.Model], batch: Sequence[Change]
) -> list[tuple[int, str]]:
    found = [change for change in batch if change.object_id in rows]
    now = pictures([rows[change.object_id] for change in found]) if found else []
    untouched = {c.object_id: stands for c, stands in zip(found, now, strict=True) if stands == c.after}
    leaned_on = _leaned_on(model, set(untouched))
    gone = [key for key in untouched if key not in leaned_on]
    for key in gone:
        writer.note(rows[key], untouched[key], None)
    doomed = model._base_manager.filter(pk__in=gone)
    doomed._raw_delete(router.db_for_write(model))
    return [(key, str(row)) for key, row in rows.items() if key not in set(gone)]


def _leaned_on(model: type[models.Model], keys: set[int]) -> set[int]:
    """Which of these rows other rows point to; rows of the same model that go with them do not count."""
    found: set[int] = set()
    if not keys:
        return found
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not relation.auto_created or field is None or not getattr(field, "db_constraint", False):
            continue
        other: type[models.Model] = relation.related_model  # type: ignore[assignment]  # a reverse relation has one
        pairs = other._base_manager.filter(**_about(field.name, keys)).order_by().values_list("pk", field.attname)
        found.update(key for row, key in pairs if key in keys and not (other is model and row in keys))
    return found


def _about(name: str, keys: set[int]) -> dict[str, object]:
    """The condition that a foreign key is one of these keys; of keys in a row it may let a few others through."""
    first, last = min(keys), max(keys)
    if last - first < 2 * len(keys):
        return {f"{name}__gte": first, f"{name}__lte": last}
    return {f"{name}__in": keys}


def _create_deleted(
    writer: Writer, model: type[models.Model], rows: dict[int, models.Model], batch: Sequence[Change]
) -> list[tuple[int, str]]:
    back = []
    for change in batch:
        if change.object_id in rows:
            continue
        row = model(pk=change.object_id)
        _set(row, change.before or {})
        back.append(row)
    stood = _as_many_as_fit(back, insert)
    fitted = {row.pk for row in stood}
    left = [(row.pk, str(row)) for row in back if row.pk not in fitted]
    for row in stood:
        writer.note(row, None, picture(row))
    return [*left, *((key, str(row)) for key, row in rows.items())]


def _as_many_as_fit(rows: Sequence[R], write: Callable[[Sequence[R]], object]) -> list[R]:
    """Write rows together; where others have taken the place of some since, one by one, and give those that fitted."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            write(rows)
    except IntegrityError:
        return [] if len(rows) == 1 else [row for row in rows if _as_many_as_fit([row], write)]
    return list(rows)


@dataclass(frozen=True)
class _Restored:
    """A row as it was before, and the pictures of what that changes."""

    row: models.Model
    before: Picture
    after: Picture


def _restore_updated(
    writer: Writer, model: type[models.Model], rows: dict[int, models.Model], batch: Sequence[Change]
) -> list[tuple[int, str]]:
    left, touched = list[tuple[int, str]](), list[_Restored]()
    follows = {"version", *getattr(model, "history_follows", ())}
    for change in batch:
        row = rows.get(change.object_id)
        before, after = change.before or {}, change.after or {}
        current = picture(row) if row is not None else {}
        if row is None or any(current[name] != value for name, value in after.items() if name not in follows):
            left.append((change.object_id, str(row) if row is not None else str(model._meta.verbose_name)))
            continue
        stale = isinstance(row, VersionedModel) and row.version != after.get("version", change.change_set_id)
        _set(row, before)
        if isinstance(row, VersionedModel) and stale:
            row.version = writer.record.pk  # other columns were written since: this is not the old row again
        now = picture(row)
        changed = {name for name in now if now[name] != current[name]}
        touched.append(_Restored(row, {n: current[n] for n in changed}, {n: now[n] for n in changed}))
    names = {name for one in touched for name in one.after}
    fields = [f.name for f in model._meta.concrete_fields if f.attname in names]

    def write(some: Sequence[_Restored]) -> None:
        if fields:
            size = max(1, BATCH // (len(fields) + 1))
            model._base_manager.bulk_update([one.row for one in some], fields, batch_size=size)

    stood = _as_many_as_fit(touched, write)
    for one in stood:
        writer.note(one.row, one.before, one.after)
    kept = {id(one) for one in stood}
    return [*left, *((one.row.pk, str(one.row)) for one in touched if id(one) not in kept)]


def _set(row: models.Model, values: Picture) -> None:
    """Give the row the values of a picture."""
    by_attname: dict[str, Any] = {f.attname: f for f in row._meta.concrete_fields}
    for name, value in values.items():
        if name in by_attname:
            plain = isinstance(by_attname[name], models.JSONField)
            setattr(row, name, value if plain else by_attname[name].to_python(value))
