"""The tables of ledgers: a county's own descriptions, and the entries."""

from ledgers.models.entry import Entry, EntryQuerySet, Source
from ledgers.models.kind import KindField, LedgerKind

__all__ = ["Entry", "EntryQuerySet", "KindField", "LedgerKind", "Source"]
