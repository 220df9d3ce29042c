"""The tables of ledgers: a county's own descriptions, the entries, and the imports."""

from ledgers.models.batch import BatchCommit, BatchFile, BatchPart, BatchState, ImportBatch, KnownHeading
from ledgers.models.entry import Entry, EntryQuerySet, Source
from ledgers.models.kind import KindField, LedgerKind

__all__ = [
    "BatchCommit",
    "BatchFile",
    "BatchPart",
    "BatchState",
    "Entry",
    "EntryQuerySet",
    "ImportBatch",
    "KindField",
    "KnownHeading",
    "LedgerKind",
    "Source",
]
