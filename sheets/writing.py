"""Writing lists as workbooks: text stays text, days and numbers stay what they are."""

import datetime
import decimal
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.cleaning import cell_text, clean

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_WIDTH = 50  # characters
FIRST_YEAR = 1900  # of a spreadsheet's calendar; an earlier day is written as its text
LARGEST = 10**300  # beyond any number a spreadsheet holds
TEMPTING = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take such text for a formula when it is edited


@dataclass(frozen=True)
class Page:
    """One sheet to write: its name, headings, and rows of str, int, Decimal, float, bool, date, datetime or None.

    ``notes`` are lines above the headings (what filter, which day).
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str] = ()


def workbook(pages: Sequence[Page]) -> bytes:
    """An .xlsx workbook of the pages: frozen headings, a filter, columns as wide as their content."""
    import xlsxwriter  # only when something is written

    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    looks = {
        "heading": book.add_format(
            {"bold": True, "bg_color": "#F2F3F5", "bottom": 1, "text_wrap": True, "valign": "top"}
        ),
        "text": book.add_format({"num_format": "@"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    taken: set[str] = set()
    for page in pages:
        _write_page(book.add_worksheet(sheet_name(page.name, taken)), page, looks)
    book.close()
    return target.getvalue()


def _write_page(sheet: Any, page: Page, looks: dict[str, Any]) -> None:
    top = len(page.notes)
    for number, note in enumerate(page.notes):
        sheet.write_string(number, 0, cell_text(note))
    widths = [_width(heading) for heading in page.headings]
    for column, heading in enumerate(page.headings):
        sheet.write_string(top, column, cell_text(heading), looks["heading"])
    last = top
    for last, row in enumerate(page.rows, top + 1):
        for column, value in enumerate(row):
            _write(sheet, last, column, value, looks)
            if last < top + 300:
                widths[column] = max(widths[column], _width(value))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(MAX_WIDTH, width + 2))
    sheet.freeze_panes(top + 1, 0)
    if page.headings:
        sheet.autofilter(top, 0, last, len(page.headings) - 1)


def _write(sheet: Any, row: int, column: int, value: Any, looks: dict[str, Any]) -> None:
    """One cell by its type; what is none of the known types is written as its text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif is_writable_number(value):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime.datetime) and value.year >= FIRST_YEAR:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), looks["moment"])
    elif isinstance(value, datetime.date) and value.year >= FIRST_YEAR:
        sheet.write_datetime(row, column, value, looks["day"])
    else:
        text = cell_text(value)
        sheet.write_string(row, column, text, looks["quoted" if text.startswith(TEMPTING) else "text"])


def is_writable_number(value: Any) -> bool:
    """Whether a spreadsheet can hold a number: an infinity, or one beyond all measure, is written as its text."""
    if not isinstance(value, int | float | decimal.Decimal):
        return False
    is_number = bool(value == value)
    return is_number and -LARGEST < value < LARGEST


def _width(value: Any) -> int:
    """How many columns a value takes: Chinese characters take two."""
    if isinstance(value, datetime.date):
        return 10
    text = "" if value is None else str(value)
    return max(
        (sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n")), default=0
    )


def sheet_name(name: str, taken: set[str]) -> str:
    r"""A name a spreadsheet accepts: 31 characters, none of ``[]:*?/\\``, each once."""
    plain = "".join("_" if c in "[]:*?/\\" else c for c in " ".join(clean(name).split()))
    plain = plain[:31].strip("' ") or "Sheet"
    if plain.lower() == "history":  # a name that spreadsheets keep for themselves
        plain += "_"
    number = 2
    found = plain
    while found.lower() in taken:
        suffix = f" {number}"
        found, number = plain[: 31 - len(suffix)] + suffix, number + 1
    taken.add(found.lower())
    return found
