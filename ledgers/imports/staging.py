"""The rows of an import in the database: loaded, saved, counted, and found a page at a time."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

from ledgers import sealing
from ledgers.imports.staged import PART_ROWS, StagedRow, counted, packed, parts, unpacked
from ledgers.models import BatchPart, ImportBatch


def load(batch: ImportBatch, only: Collection[str] | None = None) -> list[StagedRow]:
    """The rows of an import in the order of the workbook: all, or ``only`` those that stand so."""
    parts = batch.parts.values_list("content", "done").iterator()
    return [row for content, done in parts for row in unpacked(bytes(content), only, done=done)]


Packed = list[tuple[int, bytes]]


def pack(rows: Sequence[StagedRow]) -> Packed:
    """The rows ready to be saved: what takes time, to be done before a transaction is opened."""
    return [(number, packed(part)) for number, part in parts(rows)]


def save(batch: ImportBatch, ready: Packed) -> None:
    """Put the rows in place of those that were kept."""
    batch.parts.all().delete()
    BatchPart.objects.bulk_create([BatchPart(batch=batch, number=number, content=content) for number, content in ready])


def save_changed(batch: ImportBatch, rows: Sequence[StagedRow], changed: Sequence[int]) -> None:
    """Save the parts in which rows at the positions ``changed`` lie."""
    for number in sorted({position // PART_ROWS for position in changed}):
        part = rows[number * PART_ROWS : (number + 1) * PART_ROWS]
        BatchPart.objects.filter(batch=batch, number=number).update(content=packed(part), done=False)


def find(rows: Sequence[StagedRow], address: str) -> int | None:
    """The position of the row at an address."""
    return next((place for place, row in enumerate(rows) if row.address == address), None)


def fixes_of(batch: ImportBatch) -> dict[str, Any]:
    """What somebody corrected, by the row's address."""
    found: dict[str, Any] = json.loads(sealing.open_bytes(batch.fixes.encode())) if batch.fixes else {}
    return found


def sealed(fixes: dict[str, Any]) -> str:
    """Corrections as they are kept: what was typed may be personal."""
    return sealing.seal_bytes(json.dumps(fixes, ensure_ascii=False).encode()).decode() if fixes else ""


FILTERS: dict[str, Callable[[StagedRow], bool]] = {
    "all": lambda _row: True,
    "new": lambda row: row.standing == "new",
    "changed": lambda row: row.standing == "changed",
    "same": lambda row: row.standing == "same",
    "corrected": lambda row: row.is_corrected,
    "needs": lambda row: row.standing == "needs",
    "skipped": lambda row: row.standing == "skipped",
    "done": lambda row: row.standing == "done",
}


def count(rows: Sequence[StagedRow]) -> dict[str, int]:
    """How many rows stand how."""
    return counted(rows)
