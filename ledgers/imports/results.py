"""What an import made of a workbook, for machines: one line a row with its organisation's code, values and error."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledgers.imports.doubts import ASKED
from ledgers.imports.judging import Unit
from ledgers.imports.staged import Problem, StagedRow, Standing
from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule

_PLAIN = frozenset(
    {
        Problem.UNKNOWN,
        Problem.AMBIGUOUS,
        Problem.MISSING,
        Problem.CONTRADICTION,
        Problem.UNSURE,
        Problem.CLASH,
        Problem.TWICE,
    }
)


def lines(
    rows: Sequence[StagedRow], kind: KindRule, units: Mapping[int, Unit], tables: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Each row with its sheet and number; numbers as numbers, in 元 and ㎡."""
    return [
        {
            "sheet": tables[row.table]["sheet"],
            "row": row.row,
            "org_code": _code(units, row.organisation),
            "values": {column.key: _value(column.field.type, row.values.get(column.key)) for column in kind.columns},
            "error": error_of(row),
        }
        for row in rows
    ]


def _code(units: Mapping[int, Unit], key: int | None) -> str | None:
    return units[key].code if key is not None and key in units else None


def error_of(row: StagedRow) -> str | None:
    """Why the row waits, or what was odd about it."""
    if row.problem in _PLAIN:
        return str(row.problem)
    if row.faults:
        return "needs_review" if all(code in ASKED for code, _choices in row.faults.values()) else "bad_value"
    if row.problem == Problem.PERIOD or row.problem in {Problem.LACKING, Problem.BROKEN}:
        return "needs_review"
    if row.problem:
        return "unknown_org" if row.problem != Problem.EDITED else "needs_review"
    if row.standing == Standing.SKIPPED:
        return "skipped"
    if any("suspicious_text" in codes for codes in row.corrected.values()):
        return "suspicious_text"
    return None


def _value(kind: str, value: Any) -> Any:
    if value is None or kind not in rules.DECIMALS:
        return value
    number = float(value)
    return int(number) if number.is_integer() else number
