"""What is read of a file: a book of sheets of cells, whatever it was."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | float | bool | datetime.date | datetime.time | datetime.timedelta


@dataclass(frozen=True)
class Sheet:
    """One sheet as rows of cells; ``rows[0]`` is row 1 of the sheet, and blank rows stay in place.

    ``merges`` are (top, left, bottom, right), counted from 0 and inclusive, as are hidden rows and columns.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    merges: Sequence[tuple[int, int, int, int]] = ()
    visible: bool = True
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Book:
    """A read file: what it was (xlsx, xls, ods, xlsb, csv, html), its sheets, and from when its day numbers count."""

    container: str
    sheets: Sequence[Sheet]
    dates_from_1904: bool = False
