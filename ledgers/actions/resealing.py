"""A new secret key: everything that is sealed is sealed anew, in small transactions that a kill may fall between.

Not a change people made, so no change set is written and no version moves: an undo still finds the rows as it left
them, because a row and its history get the same token. The older key stays needed, and the canary says so, until a
last look finds nothing that it sealed. Running it again goes on where it ended.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from ledgers import canary, kinds, sealing
from ledgers.imports import sources
from ledgers.models import BatchFile, BatchPart, Entry, ImportBatch
from ledgers.rules.kinds import KindRule
from records import files, purging
from records.models import Change, StoredFile

STEP = 100  # rows a transaction
PASSES = 3  # people may save by an older key until every process has the new one
KIND = "ledgers.entry"


class NotOpened(Exception):
    """Something does not open with the keys at hand; ``names`` are the rows, without anything of what they hold."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("; ".join(names))
        self.names = names


@dataclass
class Pass:
    """One pass over everything sealed: ``write`` False only looks.

    ``leave`` passes over what does not open; else it is gathered in ``unopened``. ``done`` is how many rows were, or
    would be, sealed anew.
    """

    write: bool
    leave: bool = False
    unopened: list[str] = field(default_factory=list)
    done: int = 0
    ledgers: kinds.Ledgers = field(default_factory=kinds.Ledgers)

    def run(self) -> None:
        """Go over everything."""
        for keys in _keys_of_entries():
            self._entries(keys)
        self._each(ImportBatch.objects.exclude(fixes=""), self._fixes)
        self._each(BatchPart.objects.all(), self._part)
        self._each(StoredFile.objects.filter(content_type=sources.SEALED_TYPE), self._file)

    def _transaction(self) -> AbstractContextManager[Any]:
        return transaction.atomic() if self.write else nullcontext()

    def _try(self, name: str, value: Any, anew: Callable[[], Any]) -> Any:
        """What ``anew`` makes of a value; the value itself where that does not open."""
        try:
            return anew()
        except (sealing.Unopened, files.Lost, ValueError):
            self.unopened.append(name)
            return value

    # Entries and their history, together

    def _entries(self, keys: Sequence[int]) -> None:
        rows = Entry.objects.filter(pk__in=keys).select_related("organisation").order_by("pk")
        with self._transaction():
            touched = []
            for row in rows.select_for_update(of=("self",)) if self.write else rows:
                kind = self.ledgers.get(row.organisation.path, row.ledger)
                found = self._picture(f"entry {row.pk}", row.pk, kind, {"values": row.values, "key": row.key})
                if found != {"values": row.values, "key": row.key}:
                    row.values, row.key = found["values"], found["key"]
                    touched.append(row)
            self.done += len(touched) + purging.reseal(KIND, keys, self._change, write=self.write)
            if self.write:
                self._save(touched)

    def _save(self, rows: Sequence[Entry]) -> None:
        try:
            with transaction.atomic():
                Entry.objects.bulk_update(rows, ["values", "key"], batch_size=STEP)
        except IntegrityError:
            names = ", ".join(str(row.pk) for row in rows)
            raise NotOpened([f"two rows are the same one, among the entries {names}"]) from None

    def _change(self, change: Change, picture: Any) -> Any:
        place = change.organisation
        ledger = (change.after or change.before or {}).get("ledger", "")
        kind = self.ledgers.get(place.path, ledger or self._ledger_of(change.object_id)) if place else None
        return self._picture(f"change {change.pk} of entry {change.object_id}", change.object_id, kind, picture)

    def _ledger_of(self, entry: int) -> str:
        """The ledger of a row whose picture holds only what was changed."""
        found = Entry.objects.filter(pk=entry).values_list("ledger", flat=True).first()
        if found is None:
            made = Change.objects.filter(kind=KIND, object_id=entry).exclude(before=None, after=None)
            pictures = (picture for pair in made.values_list("before", "after") for picture in pair if picture)
            found = next((picture["ledger"] for picture in pictures if "ledger" in picture), "")
        return str(found)

    def _picture(self, name: str, owner: int, kind: KindRule | None, picture: Any) -> Any:
        """A row, or a picture of one, sealed anew."""
        if not picture or not isinstance(picture.get("values"), dict):
            return picture
        personal = kind.personal_keys if kind else frozenset[str]()
        values = {key: self._value(name, owner, key, value, personal) for key, value in picture["values"].items()}
        found = {**picture, "values": values}
        if kind and picture.get("key") and set(kind.natural_key) & (personal | _sealed_in(values)):
            named = {key: sealing.opened(values.get(key)) for key in kind.natural_key}
            if all(named[key] is not None or values.get(key) is None for key in named):
                found["key"] = sealing.row_key(kind, named) or picture["key"]
        return found

    def _value(self, name: str, owner: int, key: str, value: Any, personal: frozenset[str]) -> Any:
        if sealing.is_sealed(value):
            return self._try(f"{name}, {key}", value, lambda: sealing.anew(key, value))
        if key in personal and value is not None:
            return sealing.seal_alike(key, value, owner)
        return value

    # Imports and kept workbooks

    def _each(self, rows: QuerySet[Any], redo: Callable[[Any], bool]) -> None:
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        for key in keys:
            with self._transaction():
                locked = rows.select_for_update() if self.write else rows
                row = locked.filter(pk=key).first()
                self.done += row is not None and redo(row)

    def _fixes(self, batch: ImportBatch) -> bool:
        old = batch.fixes.encode()
        new: bytes = self._try(f"corrections of import {batch.pk}", old, lambda: sealing.bytes_anew(old))
        if self.write and new != old:
            ImportBatch.objects.filter(pk=batch.pk).update(fixes=new.decode())
        return new != old

    def _part(self, part: BatchPart) -> bool:
        old = bytes(part.content)
        name = f"part {part.number} of import {part.batch_id}"
        new: bytes = self._try(name, old, lambda: sealing.bytes_anew(old))
        if self.write and new != old:
            BatchPart.objects.filter(pk=part.pk).update(content=new)
        return new != old

    def _file(self, file: StoredFile) -> bool:
        name = f"stored file {file.pk}"
        old: bytes = self._try(name, b"", lambda: files.read(file))
        new: bytes = self._try(name, old, lambda: sealing.bytes_anew(old)) if old else old
        if self.write and new != old:
            files.replace(file, new)
            BatchFile.objects.filter(file=file).update(digest=sources.digest(sealing.open_bytes(new)))
        return new != old


def _sealed_in(values: dict[str, Any]) -> set[str]:
    return {key for key, value in values.items() if sealing.is_sealed(value)}


def _keys_of_entries() -> Iterator[list[int]]:
    """The keys of all entries there are or were, some at a time."""
    last = 0
    while True:
        there = Entry.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STEP]
        were = Change.objects.filter(kind=KIND, object_id__gt=last).order_by("object_id").distinct()
        keys = sorted({*there, *were.values_list("object_id", flat=True)[:STEP]})[:STEP]
        if not keys:
            return
        last = keys[-1]
        yield keys


def reseal(*, leave: bool = False) -> int:
    """Seal everything anew by the key in force, and what became personal since; how many rows.

    Raises ``NotOpened`` before anything is written when something does not open, unless ``leave`` passes over it: then
    what does not open stays as it is, and is lost with the older key.
    """
    canary.begin()
    look = Pass(write=False)
    look.run()
    if look.unopened and not leave:
        raise NotOpened(look.unopened)
    done = 0
    for _attempt in range(PASSES):
        step = Pass(write=True)
        step.run()
        done += step.done
        if step.unopened and not leave:
            raise NotOpened(step.unopened)
        if not step.done:
            break
    else:
        raise NotOpened(["people still save by the older key: start every process again with the new one"])
    BatchFile.objects.filter(file=None).exclude(digest="").update(digest="")  # by a key nobody has any more
    canary.finish()
    return done
