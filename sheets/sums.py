"""The totals a sheet states, checked against its rows: a difference is told, never put right by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sheets.extraction import Found, Record
from sheets.lines import Kind, squeezed
from sheets.units import UNITS
from sheets.values import total

_OPENS = {Kind.SECTION, Kind.SUBTOTAL}  # rows that end what a subtotal below or above covers


@dataclass(frozen=True)
class Difference:
    """A total that is not the sum of its rows, in base units; ``row`` counts from 1."""

    row: int
    key: str
    address: str
    stated: Decimal
    computed: Decimal


def differences(table: Found) -> list[Difference]:
    """The totals and subtotals of a table that its rows do not add up to; rows with faults are not judged."""
    found = []
    for line in table.lines:
        row = table.layout.grid.origin(line.row, 0)[0] + 1
        stated = table.sums.get(row)
        if not stated or line.kind not in {Kind.SUBTOTAL, Kind.TOTAL} or "其中" in squeezed(line.text):
            continue
        covered = table.records if line.kind == Kind.TOTAL else _covered(table, line.row)
        for key, amount in stated.items():
            computed = _sum(covered, key)
            column = table.layout.column(key)
            if computed is None or column is None:
                continue
            unit = UNITS[column.unit][1] if column.unit in UNITS else Decimal(1)
            if abs(computed - amount) > unit / 100:
                address = table.layout.grid.address(line.row, column.index)
                found.append(Difference(row, key, address, amount, computed))
    return found


def _covered(table: Found, row: int) -> list[Record]:
    """The records between a subtotal and the boundary before it; when there are none, those up to the next."""
    edges = sorted(line.row for line in table.lines if line.kind in _OPENS or line.kind == Kind.TOTAL)
    before = max((edge for edge in edges if edge < row), default=-1)
    after = min((edge for edge in edges if edge > row), default=table.layout.grid.height)
    above = [record for record in table.records if before < record.line < row]
    return above or [record for record in table.records if row < record.line < after]


def _sum(records: Sequence[Record], key: str) -> Decimal | None:
    """The sum of a field; None when a record's value is in doubt or there is none."""
    if not records or any(key in record.readings and record.readings[key].fault for record in records):
        return None
    values = [Decimal(value) for record in records if (value := record.values.get(key)) is not None]
    return total(values) if values else None
