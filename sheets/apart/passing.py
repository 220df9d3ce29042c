"""How a book travels from the process apart: JSON for what is said, arrays for the many cells; never an object.

Each different value is sent once and shared by all cells that hold it, so a book is as small here as it was there.
"""

import datetime
import json
import struct
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from sheets.reading import Book, Cell, Sheet

MOST_BYTES = 64 << 20  # of an answer: more than any book within ``sheets.bounds``
_LENGTH = struct.Struct(">I")
Place = tuple[int, int]


def framed(said: dict[str, Any], rest: bytes = b"") -> bytes:
    """What is said as JSON with its length, and bytes after it."""
    head = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"".join((_LENGTH.pack(len(head)), head, rest))


def parted(message: bytes) -> tuple[dict[str, Any], memoryview]:
    """What ``framed`` put together. Raises ``ValueError``."""
    if len(message) < _LENGTH.size:
        raise ValueError("no message")
    end = _LENGTH.size + _LENGTH.unpack_from(message)[0]
    said = json.loads(message[_LENGTH.size : end].decode("utf-8", "surrogatepass"))
    if not isinstance(said, dict):
        raise ValueError("no message")
    return said, memoryview(message)[end:]


def encoded(book: Book, formulas: Sequence[Iterable[Place]] = ()) -> bytes:
    """A book as bytes; ``formulas`` are, sheet by sheet, where formulas stand."""
    codes = _Codes()
    sheets, numbers = [], array("I")
    for sheet in book.sheets:
        numbers.extend(map(len, sheet.rows))
        for row in sheet.rows:
            numbers.extend(map(codes.__getitem__, row if _ALIKE.isdisjoint(map(type, row)) else map(_apart, row)))
        sheets.append(
            {
                "name": sheet.name,
                "rows": len(sheet.rows),
                "merges": list(sheet.merges),
                "visible": sheet.visible,
                "hidden_rows": sorted(sheet.hidden_rows),
                "hidden_columns": sorted(sheet.hidden_columns),
            }
        )
    floats = array("d", [cell for cell in codes if cell.__class__ is float])
    said = {
        "container": book.container,
        "dates_from_1904": book.dates_from_1904,
        "sheets": sheets,
        "formulas": [sorted(places) for places in formulas],
        "floats": len(floats),
        "values": [0 if cell.__class__ is float else _told(cell) for cell in codes],
    }
    return framed(said, floats.tobytes() + numbers.tobytes())


_ALIKE = frozenset({bool, int})  # 1, 1.0 and True are equal, but not the same


class _Codes(dict[Any, int]):
    """The number of each different value, in the order in which they came."""

    def __missing__(self, value: Any) -> int:
        self[value] = number = len(self)
        return number


def _apart(cell: Any) -> Any:
    return (cell.__class__, cell) if cell.__class__ in _ALIKE else cell


def _told(cell: Any) -> Any:
    """A value in JSON: texts and truths as they are, anything else in a list; 0 stands for the next of the floats."""
    if isinstance(cell, tuple):
        cell = cell[1]
    if isinstance(cell, str | bool):
        return cell
    if isinstance(cell, datetime.timedelta):
        return ["span", cell.days, cell.seconds, cell.microseconds]
    if isinstance(cell, datetime.datetime):
        return ["moment", cell.isoformat()]
    if isinstance(cell, datetime.date):
        return ["day", cell.isoformat()]
    if isinstance(cell, datetime.time):
        return ["time", cell.isoformat()]
    return ["whole", int(cell)]


_KINDS: dict[str, Any] = {
    "span": datetime.timedelta,
    "moment": datetime.datetime.fromisoformat,
    "day": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "whole": int,
}


def decoded(message: bytes) -> tuple[Book, list[frozenset[Place]]]:
    """The book and its formulas again. Raises ``ValueError``, ``LookupError`` or ``TypeError`` on anything else."""
    said, rest = parted(message)
    floats, numbers = array("d"), array("I")
    floats.frombytes(rest[: said["floats"] * floats.itemsize])
    numbers.frombytes(rest[said["floats"] * floats.itemsize :])
    following = iter(floats)
    values: list[Any] = [
        next(following) if value == 0 and value is not False else _value(value) for value in said["values"]
    ]
    at = 0
    sheets = []
    for told in said["sheets"]:
        widths = numbers[at : at + told["rows"]]
        at += told["rows"]
        rows: list[Sequence[Cell]] = []
        for width in widths:
            rows.append([values[code] for code in numbers[at : at + width]] if width else ())
            at += width
        sheets.append(_sheet(told, rows))
    formulas = [frozenset((row, column) for row, column in places) for places in said["formulas"]]
    return Book(str(said["container"]), sheets, said["dates_from_1904"] is True), formulas


def _value(told: Any) -> Cell:
    if isinstance(told, str | bool):
        return told
    kind, *parts = told
    made: Cell = _KINDS[kind](*parts)
    return made


def _sheet(told: dict[str, Any], rows: list[Sequence[Cell]]) -> Sheet:
    merges = [(int(top), int(left), int(bottom), int(right)) for top, left, bottom, right in told["merges"]]
    hidden_rows, hidden_columns = frozenset(map(int, told["hidden_rows"])), frozenset(map(int, told["hidden_columns"]))
    return Sheet(str(told["name"]), rows, merges, told["visible"] is True, hidden_rows, hidden_columns)
