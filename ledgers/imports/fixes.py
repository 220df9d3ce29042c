"""What somebody corrected in a row that waits, kept apart from what was read so that it can be done again.

A fix holds any of ``organisation`` (a key) with ``words`` (how the sheet named it), ``values`` (field → what was typed
and what the cell showed), ``sure`` (fields whose values were called right),
``skip``, and ``over`` (the version of the stored row that may be written over). A fix of an
organisation or a cell holds as long as the workbook says the same there.
"""

from collections.abc import Mapping
from typing import Any

from ledgers.fields import described, stored
from ledgers.imports.staged import StagedRow, Standing
from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule
from sheets.columns import read_cell
from sheets.values import Reading

Fix = dict[str, Any]


def typed(kind: KindRule, key: str, text: str) -> Reading:
    """What a person typed for a cell, read like the workbook's own cells, in the unit of the ledger's heading."""
    return read_cell(described(kind.by_key[key]), text.strip())


def apply(row: StagedRow, fix: Mapping[str, Any], kind: KindRule) -> None:
    """Correct a row as somebody did."""
    if fix.get("skip"):
        row.standing = Standing.SKIPPED
        row.fixed = True
        return
    if fix.get("organisation") and fix.get("words", row.words) == row.words:
        row.organisation, row.found, row.candidates, row.fixed = fix["organisation"], "", [], True
    row.sure = [key for key in fix.get("sure", ()) if key in fix.get("values", {})]
    for key, (text, was) in fix.get("values", {}).items():
        if key in kind.by_key and row.originals.get(key, "") == was:
            _write(row, kind, key, text)
    if "over" in fix:
        row.seen, row.fixed = fix["over"], True


def _write(row: StagedRow, kind: KindRule, key: str, text: str) -> None:
    reading = typed(kind, key, text)
    row.fixed = True
    if reading.fault:
        row.faults[key] = [reading.fault, [stored(kind.by_key[key].field, choice) for choice in reading.choices]]
        return
    row.faults.pop(key, None)
    row.corrected.pop(key, None)
    row.marks.pop(key, None)
    value = stored(kind.by_key[key].field, reading.value)
    row.values.pop(key, None)
    if value is not None:
        row.values[key] = value
        if reading.approximate:
            row.marks[key] = [rules.ABOUT]
