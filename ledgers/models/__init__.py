"""The tables of ledgers: a county's own descriptions, the entries, the imports, and superior's tables."""

from ledgers.models.batch import BatchCommit, BatchFile, BatchPart, BatchState, ImportBatch, KnownHeading, KnownUnit
from ledgers.models.entry import Entry, EntryQuerySet, Source
from ledgers.models.keys import SealingKey
from ledgers.models.kind import KindField, LedgerKind
from ledgers.models.superior import SuperiorTable

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
    "KnownUnit",
    "LedgerKind",
    "SealingKey",
    "Source",
    "SuperiorTable",
]
