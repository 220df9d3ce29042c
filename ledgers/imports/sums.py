"""Totals that stand in a sheet, checked against its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from ledgers.rules.kinds import KindRule
from ledgers.rules.values import exact
from sheets.extraction import Found, Record
from sheets.lines import Kind
from sheets.units import UNITS
from sheets.values import total

_SLACK = Decimal("0.0101")  # of the unit in the heading: what a figure rounded to two places may be off


@dataclass(frozen=True)
class Differing:
    """A total that its rows do not add up to: its cell, what it states and what the rows give, in stored units."""

    address: str
    field: str
    stated: str
    counted: str


def differing(found: Found, kind: KindRule) -> list[Differing]:
    """The totals of a table that are not what its rows add up to."""
    wrong = []
    for row, stated in sorted(found.sums.items()):
        for key, value in stated.items():
            column = found.layout.column(key)
            if key not in kind.by_key or column is None:
                continue
            slack = _SLACK * (UNITS[column.unit][1] if column.unit in UNITS else 1)
            sums = [_sum(part, key) for part in _parts(found, row)]
            if sums and not any(abs(one - value) <= slack for one in sums):
                address = f"{found.letters(column)}{row}"
                wrong.append(Differing(address, key, exact(value), exact(sums[0])))
    return wrong


def _parts(found: Found, row: int) -> Iterator[Sequence[Record]]:
    """The records a total may stand for: those before it since the last one, those after it, and all of them."""
    totals = sorted(found.sums)
    line = next((line for line in found.lines if line.row == row - 1), None)
    before = max((other for other in totals if other < row), default=0)
    after = min((other for other in totals if other > row), default=10**9)
    above = [record for record in found.records if before < record.row < row]
    below = [record for record in found.records if row < record.row < after]
    parts = [above, below] if line is not None and line.kind == Kind.SUBTOTAL else [found.records, above, below]
    yield from (part for part in chain(parts, [found.records]) if part)


def _sum(records: Sequence[Record], key: str) -> Decimal:
    return total([Decimal(value) for record in records if (value := record.values.get(key)) is not None])
