"""Verbs on imports: keep what was sent, correct it, write its good rows, take it back."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from ledgers.actions.entries import Saved, place_of, save_many, stored_rows
from ledgers.actions.remembering import known_headings, known_units, remember
from ledgers.imports import fixes as corrections
from ledgers.imports import opening, sources, staging
from ledgers.imports.doubts import Measure
from ledgers.imports.haste import in_haste
from ledgers.imports.judging import Judge, basis, draft_of, units_of
from ledgers.imports.marking import token_of
from ledgers.imports.outcome import Done, Undone, sentence, undone_sentence
from ledgers.imports.preparing import Prepared, prepare
from ledgers.imports.sender import Acting, Sender
from ledgers.imports.staged import GOOD, StagedRow, Standing, when_done
from ledgers.models import BatchCommit, BatchFile, BatchState, ImportBatch, Source
from ledgers.permissions import may_import, may_undo_import
from ledgers.rules.kinds import KindRule
from orgs.scope import require
from records.changes import Conflict, Writer, change_set
from records.models import StoredFile
from records.undo import AlreadyUndone, undo
from records.work import Progress
from sheets.cleaning import clean
from sheets.reading import Book

VERB = "ledgers.import"
PIECE = 1_000  # rows written between two signs of how far it is
ATTEMPTS = 5  # somebody may write one of the rows between looking and writing


class Outdated(Exception):
    """Somebody else went on with this import meanwhile."""


class _Overtaken(Exception):
    """A stored row is not the one it was compared with."""


_OVERTAKEN = (_Overtaken, Conflict, IntegrityError)


def kind_of(batch: ImportBatch, sender: Sender) -> KindRule:
    """The ledger of an import as it is where the sender stands. Raises ``KeyError`` when it is gone."""
    return sender.ledgers()[batch.ledger]


def look(content: bytes | Book, kind: KindRule, sender: Sender, *, period: str = "", name: str = "") -> Prepared:
    """Read and judge a workbook with what is remembered. Raises ``UnreadableError``."""
    given, answers = known_headings(kind, sender), known_units(kind, sender)
    return prepare(content, kind, sender, period=period, name=name, given=given, answers=answers)


def keep(
    content: bytes,
    name: str,
    kind: KindRule,
    prepared: Prepared,
    sender: Sender,
    *,
    file: StoredFile | None = None,
    progress: Progress | None = None,
) -> ImportBatch:
    """Keep a workbook that was looked at, until somebody imports its rows; ``file`` is where it is kept already."""
    if sender.by:
        require(may_import(sender.by, kind))
    ready = staging.pack(prepared.rows)
    file = file or sources.keep(content)
    with transaction.atomic():
        batch = ImportBatch(
            ledger=kind.key,
            organisation=sender.organisation,
            name=clean(name)[:200],
            user_id=sender.by.user_id if sender.by else None,
            post_name=sender.by.post_name if sender.by else "",
            created_at=sender.at,
        )
        _describe(batch, prepared)
        batch.headings_seen = all(
            column["field"] and column["confidence"] >= 90 for table in batch.tables for column in table["columns"]
        )
        batch.save()
        BatchFile.objects.create(
            batch=batch, file=file, name=batch.name, digest=sources.digest(content), sent_at=sender.at
        )
        staging.save(batch, ready)
        if progress:
            progress.keep({"url": batch.get_absolute_url()})
    return batch


def _describe(batch: ImportBatch, prepared: Prepared) -> None:
    batch.period = prepared.read.period
    batch.tables, batch.ignored = prepared.read.tables, prepared.read.ignored
    batch.counts = staging.count(prepared.rows)
    batch.basis = prepared.basis


def _claim(batch: ImportBatch, **values: Any) -> None:
    """Go on from what the person saw. Raises ``Outdated`` when somebody else did so first."""
    mine = ImportBatch.objects.filter(pk=batch.pk, revision=batch.revision)
    mine = mine.filter(state__in=[BatchState.DRAFT, BatchState.WAITING], purged_at=None)
    batch.revision += 1
    if not mine.update(revision=batch.revision, **values):
        raise Outdated


def read_again(
    batch: ImportBatch,
    sender: Sender,
    *,
    ledger: str = "",
    period: str = "",
    headings: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    name: str = "",
    book: Book | None = None,
    file: StoredFile | None = None,
    progress: Progress | None = None,
) -> None:
    """Read the workbook once more: as another ledger or period, with other headings or units, or a mended one.

    ``answers`` are what was asked about whole columns (``ledgers.imports.doubts``); ``book`` is what was read of a
    mended one, ``file`` where it is kept already.

    Raises ``UnreadableError``, ``KeyError``, ``Outdated`` or ``PermissionDenied``.
    """
    kind = sender.ledgers()[ledger or batch.ledger]
    if sender.by:
        require(may_import(sender.by, kind))
    chosen = dict(batch.headings) if kind.key == batch.ledger else {}
    chosen.update(headings or {})
    answered = {**((batch.answers or {}) if kind.key == batch.ledger else {}), **(answers or {})}
    mended = content is not None
    if content is None:
        content = sources.content_of(sources.newest(batch)) or b""
    given = {**known_headings(kind, sender), **chosen}
    fixes = staging.fixes_of(batch) if kind.key == batch.ledger else {}
    told = {**known_units(kind, sender), **answered}
    book = book or opening.book_of(content, progress)
    prepared = prepare(book, kind, sender, period=period, name=batch.name, given=given, answers=told, fixes=fixes)
    opening.judged(progress)
    ready = staging.pack(prepared.rows)
    _describe(batch, prepared)
    if mended:
        file = file or sources.keep(content)
    with transaction.atomic():
        values = {name: getattr(batch, name) for name in ("period", "tables", "ignored", "counts", "basis")}
        values |= {"ledger": kind.key, "headings": chosen, "answers": answered, "headings_seen": True}
        _claim(batch, fixes=staging.sealed(fixes), **values)
        if file is not None:
            sent = {"name": clean(name)[:200], "digest": sources.digest(content), "sent_at": sender.at}
            BatchFile.objects.create(batch=batch, file=file, **sent)
        staging.save(batch, ready)
        remember(kind, sender, headings or {}, answers or {})
        if progress:
            step = "ledger_import" if kind.key == batch.ledger else "ledger_import_headings"
            progress.keep({"url": reverse(step, args=[batch.pk])})
    batch.refresh_from_db()


def correct(batch: ImportBatch, address: str, change: Mapping[str, Any], sender: Sender) -> StagedRow:
    """Correct one row that waits: see ``ledgers.imports.fixes``. Raises ``LookupError`` or ``Outdated``.

    ``change`` holds ``organisation``, ``values`` (field → text), ``sure`` (fields), ``skip`` or ``over``; what was
    corrected before stays.
    The rows of the organisations it was and is put to are judged anew: no other can be its double.
    """
    kind = kind_of(batch, sender)
    rows = staging.load(batch)
    place = staging.find(rows, address)
    if place is None or rows[place].standing == Standing.DONE:
        raise LookupError(address)
    row = rows[place]
    fixes = staging.fixes_of(batch)
    fix = dict(fixes.get(address, {}))
    if "organisation" in change:
        fix |= {"organisation": change["organisation"], "words": row.words}
    if "values" in change:
        added = {key: [text, row.originals.get(key, "")] for key, text in change["values"].items()}
        fix["values"] = {**fix.get("values", {}), **added}
    if "sure" in change:
        fix["sure"] = sorted({*fix.get("sure", ()), *change["sure"]})
    if "skip" in change:
        fix["skip"] = bool(change["skip"])
    if "over" in change:
        fix["over"] = change["over"]
    if row.standing == Standing.SKIPPED:
        row.standing = ""
    was = row.organisation
    corrections.apply(row, fix, kind)
    touched = {key for key in (was, row.organisation) if key is not None}
    beside = {n: other for n, other in enumerate(rows) if other is row or other.organisation in touched}
    before = {n: (other.standing, other.problem) for n, other in beside.items()}
    Judge(kind, sender, units_of(touched), _measure(batch, kind)).judge(list(beside.values()))
    changed = [n for n, other in beside.items() if (other.standing, other.problem) != before[n]]
    fixes[address] = fix
    batch.fixes = staging.sealed(fixes)
    batch.counts = staging.count(rows)
    with transaction.atomic():
        _claim(batch, fixes=batch.fixes, counts=batch.counts)
        staging.save_changed(batch, rows, [place, *changed])
    return row


def _measure(batch: ImportBatch, kind: KindRule) -> Measure:
    return Measure.of(kind, batch.tables, batch.answers)


@in_haste()
def commit(batch: ImportBatch, sender: Sender, progress: Progress | None = None) -> Done:
    """Write the good rows, all or none; the others wait. Raises ``Outdated`` or ``PermissionDenied``.

    Where nothing has changed that the rows were judged by, only the good ones are looked at again. Else all are judged
    and packed anew, before the transaction; a row that somebody writes in between is set aside.
    """
    kind = kind_of(batch, sender)
    if sender.by:
        require(may_import(sender.by, kind))
    if batch.basis == basis(kind, sender):
        good = staging.load(batch, GOOD)
        with suppress(*_OVERTAKEN):
            return _write(batch, kind, sender, good, batch.counts, None, progress)
    rows = staging.load(batch)
    units = units_of(row.organisation for row in rows if row.organisation is not None)
    judge = Judge(kind, sender, units, _measure(batch, kind))
    for _attempt in range(ATTEMPTS):
        judge.judge(rows)
        good = [row for row in rows if row.standing in GOOD]
        with suppress(*_OVERTAKEN):
            return _write(batch, kind, sender, good, staging.count(rows), staging.pack(rows), progress)
    raise Outdated


def _write(
    batch: ImportBatch,
    kind: KindRule,
    sender: Sender,
    good: Sequence[StagedRow],
    counts: Mapping[str, int],
    ready: staging.Packed | None,
    progress: Progress | None,
) -> Done:
    """Write the good rows; ``ready`` are all rows as they were judged anew.

    Raises one of ``_OVERTAKEN`` when a stored row was written since.
    """
    counts, revision, waiting = when_done(counts), batch.revision, counts[Standing.NEEDS]
    state = BatchState.WAITING if waiting else BatchState.IMPORTED
    try:
        with transaction.atomic():
            _claim(batch, counts=counts, state=state, imported_at=sender.at)
            if ready is not None:
                staging.save(batch, ready)
            batch.parts.update(done=True)
            record, created, updated = None, 0, 0
            if good:
                with change_set(VERB, by=sender.by, at=sender.at, note=batch.name) as changes:
                    for start in range(0, len(good), PIECE):
                        saved = _save(changes, kind, good[start : start + PIECE], batch, sender)
                        created, updated = created + saved.count("created"), updated + saved.count("updated")
                        if progress:
                            progress.set(min(start + PIECE, len(good)), len(good))
                record = changes.record
                BatchCommit.objects.create(batch=batch, change_set=record, created=created, updated=updated)
            done = Done(created, updated, waiting, record)
            if progress:
                progress.keep({"url": batch.get_absolute_url(), "message": sentence(done)})
    except _OVERTAKEN:
        batch.revision = revision
        raise
    batch.state, batch.counts, batch.imported_at = state, counts, sender.at
    return done


def _save(changes: Writer, kind: KindRule, rows: Sequence[StagedRow], batch: ImportBatch, sender: Sender) -> Saved:
    """Write some rows and their history. Raises ``_Overtaken`` or ``Conflict`` when a stored row was written since."""
    drafts = [draft_of(row) for row in rows]
    stored = stored_rows(kind, drafts)
    for row, draft in zip(rows, drafts, strict=True):
        there = stored.get(place_of(kind, draft))
        if (there.version if there else 0) != row.seen:
            raise _Overtaken
    saved = save_many(
        changes, kind, drafts, at=sender.at, source=Source.IMPORT, source_name=batch.name, known=stored
    )  # fmt: skip
    changes.flush()
    return saved


@in_haste()
@transaction.atomic
def undo_import(batch: ImportBatch, sender: Sender, progress: Progress | None = None) -> Undone:
    """Take back everything an import wrote; rows edited since are kept and named. Raises ``PermissionDenied``."""
    if sender.by:
        require(may_undo_import(sender.by, batch))
    restored, kept = 0, list[str]()
    commits = list(batch.commits.select_related("change_set").order_by("-pk"))
    for number, each in enumerate(commits):
        try:
            done = undo(each.change_set, by=Acting(sender))
        except AlreadyUndone:
            continue
        restored += done.restored
        kept += [name for _kind, name in done.kept]
        if progress:
            progress.set(number + 1, len(commits))
    batch.state = BatchState.UNDONE
    batch.revision += 1
    batch.save(update_fields=["state", "revision"])
    found = Undone(restored, kept)
    if progress:
        progress.keep({"url": batch.get_absolute_url(), "message": undone_sentence(found)})
    return found


@transaction.atomic
def discard(batch: ImportBatch) -> None:
    """Throw away an import of which nothing was written. Raises ``Outdated``."""
    _claim(batch)
    if batch.commits.exists():
        raise Outdated
    files = [sent.file for sent in batch.files.select_related("file") if sent.file]
    batch.files.all().delete()
    batch.delete()
    sources.drop(files)


def receive(
    content: bytes,
    name: str,
    sender: Sender,
    ledger: str = "",
    period: str = "",
    *,
    file: StoredFile | None = None,
    progress: Progress | None = None,
) -> ImportBatch:
    """Take a workbook that was sent, find its ledger, and keep it; ``file`` is where it is kept already.

    Raises ``UnreadableError``, ``NoLedger``, or ``Outdated`` when somebody went on with the import it belongs to.
    """
    from ledgers.imports.guessing import likenesses

    book = opening.book_of(content, progress)
    earlier = _continued(book, sender)
    if earlier is not None:
        read_again(earlier, sender, content=content, name=name, book=book, file=file, progress=progress)
        return earlier
    kinds = {key: kind for key, kind in sender.ledgers().items() if sender.by is None or may_import(sender.by, kind)}
    if ledger not in kinds:
        found = likenesses(book, kinds.values(), name)
        if not found:
            raise NoLedger
        ledger = found[0].kind.key
    kind = kinds[ledger]
    prepared = look(book, kind, sender, period=period, name=name)
    opening.judged(progress)
    return keep(content, name, kind, prepared, sender, file=file, progress=progress)


def _continued(book: Book, sender: Sender) -> ImportBatch | None:
    """The open import of the same organisation to which a marked workbook belongs."""
    token = token_of(book)
    if token is None or sender.by is None:
        return None
    rows = ImportBatch.objects.of_staff(sender.by).filter(pk=token, purged_at=None)
    batch = rows.filter(state__in=[BatchState.DRAFT, BatchState.WAITING]).first()
    return batch if batch is not None and batch.ledger in sender.ledgers() else None


class NoLedger(Exception):
    """The workbook looks like none of the ledgers."""
