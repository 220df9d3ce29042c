"""How much of a read book is taken; what lies beyond is refused in the process apart, and no page has to hold it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from sheets.refusals import MERGED, TOO_LARGE, UNUSUAL, refused
from sheets.sheet import Book, Cell, Sheet

MOST_SHEETS = 500
MOST_ROWS = 1_100_000  # a spreadsheet has 1,048,576
MOST_FILLED = 750_000  # cells that hold something: twice 15,000 rows × 25 columns
MOST_PLACES = 2_000_000  # cells up to the last filled one of each row
MOST_CHARACTERS = 8_000_000
MOST_MERGES, MOST_MERGED = 50_000, 200_000  # ranges, and the cells of the table that they cover


def within(book: Book, *, trimmed: bool = True) -> Book:
    """The book, without the blank cells at the end of its rows if ``trimmed``. Raises ``UnreadableError``."""
    if len(book.sheets) > MOST_SHEETS:
        raise refused(TOO_LARGE)
    sheets = [_trimmed(sheet) if trimmed else sheet for sheet in book.sheets]
    values = set(chain.from_iterable(row for sheet in sheets for row in sheet.rows))
    texts = "".join(value for value in values if isinstance(value, str))
    if len(texts) + sum(len(sheet.name) for sheet in sheets) > MOST_CHARACTERS:
        raise refused(TOO_LARGE)
    if "\0" in texts and book.container != "xlsx":
        raise refused(UNUSUAL)  # characters of an old workbook that were taken apart: it would be read as nonsense
    places = filled = rows = merged = merges = 0
    for sheet in sheets:
        rows += len(sheet.rows)
        places += sum(map(len, sheet.rows))
        filled += sum(len(row) - row.count("") for row in sheet.rows)
        merges += len(sheet.merges)
        merged += covered(sheet)
    if rows > MOST_ROWS or places > MOST_PLACES or filled > MOST_FILLED:
        raise refused(TOO_LARGE)
    if merges > MOST_MERGES or merged > MOST_MERGED:
        raise refused(MERGED)
    return replace(book, sheets=sheets)


def covered(sheet: Sheet) -> int:
    """How many cells of the table its merged ranges cover."""
    height, width = len(sheet.rows), max(map(len, sheet.rows), default=0)
    return sum(
        max(0, min(bottom, height - 1) - top + 1) * max(0, min(right, width - 1) - left + 1)
        for top, left, bottom, right in sheet.merges
    )


def _trimmed(sheet: Sheet) -> Sheet:
    rows: list[Sequence[Cell]] = [_ended(row) for row in sheet.rows]
    while rows and not rows[-1]:
        rows.pop()
    hidden = frozenset(row for row in sheet.hidden_rows if row < len(rows))
    return replace(sheet, rows=rows, hidden_rows=hidden)


def _ended(row: Sequence[Cell]) -> Sequence[Cell]:
    end = len(row)
    if not end or row[-1] != "":
        return row
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]
