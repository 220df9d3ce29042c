"""The user's own workbook with its faults marked and explained, ready to be put right and uploaded again.

``marked(content, faults)`` colours each faulty cell, writes the sentence into a note on it and gathers the row's
sentences in a column of its own, headed ``HEADING``; reading such a workbook again leaves that column out. An .xlsx
keeps its layout; any other source becomes a new .xlsx with the same cells, merged ranges and sheets.
"""

import html
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sheets.grid import REASONS
from sheets.packed import NO_RESULT, column_index
from sheets.reading import Book, Cell, Sheet, read_book
from sheets.writing import TEMPTING

HEADING = REASONS
AUTHOR = "落实"
_RED, _YELLOW = "FFFFC7CE", "FFFFEB9C"
_WIDTH = 48  # characters
_FORMULA = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)>(<f[^>]*>[^<]*</f>|<f[^>]*/>)(?:<v\s*/>|<v></v>)?</c>')


@dataclass(frozen=True)
class Mark:
    """What is wrong with a row: the sheet, its row from 1, the cell (``C7``; empty for the whole row), the sentence."""

    sheet: str
    row: int
    address: str
    sentence: str
    grave: bool = True


def marked(content: bytes, marks: Sequence[Mark], headings: Mapping[str, int]) -> bytes:
    """The workbook with its marks; ``headings`` gives for each sheet the row its headings end in, from 1.

    Raises ``UnreadableError`` when the content is no workbook.
    """
    book = read_book(content)
    target = _own(content) if book.container == "xlsx" else _copy(book)
    names = {sheet.title: sheet for sheet in target.worksheets}
    for source in book.sheets:
        about = [mark for mark in marks if mark.sheet == source.name]
        title = source.name if source.name in names else _title(source, book.sheets.index(source))
        if about and title in names:
            _mark(names[title], source, about, headings.get(source.name, 0))
    saved = io.BytesIO()
    target.save(saved)
    return _with_results(saved.getvalue(), target, book) if book.container == "xlsx" else saved.getvalue()


def _with_results(content: bytes, target: Any, book: Book) -> bytes:
    """The workbook with the results its formulas had: who writes it back does not compute."""
    sources = {sheet.name: sheet for sheet in book.sheets}
    results = {
        f"xl/worksheets/sheet{number}.xml": _results(sheet, sources[sheet.title])
        for number, sheet in enumerate(target.worksheets, 1)
        if sheet.title in sources
    }
    if not any(results.values()):
        return content
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part.filename)
            if results.get(part.filename):
                text = _FORMULA.sub(partial(_with_result, results[part.filename]), text)
            new.writestr(part.filename, text)
    return saved.getvalue()


def _results(sheet: Any, source: Sheet) -> dict[bytes, Cell]:
    found: dict[bytes, Cell] = {}
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.data_type == "f" and cell.row <= len(source.rows):
                row = source.rows[cell.row - 1]
                value = row[cell.column - 1] if cell.column <= len(row) else ""
                if value not in {"", NO_RESULT} and isinstance(value, str | float | bool):
                    found[cell.coordinate.encode()] = value
    return found


def _with_result(results: Mapping[bytes, Cell], found: re.Match[bytes]) -> bytes:
    value = results.get(found[1])
    if value is None:
        return found[0]
    if isinstance(value, str):
        kind, shown = (b"e" if value.startswith("#") else b"str"), html.escape(value, quote=False)
    else:
        kind, shown = (b"b", str(int(value))) if isinstance(value, bool) else (b"n", repr(value))
    attributes = re.sub(rb' t="\w+"', b"", found[2]) + b' t="' + kind + b'"'
    return b'<c r="' + found[1] + b'"' + attributes + b">" + found[3] + b"<v>" + shown.encode() + b"</v></c>"


def _own(content: bytes) -> Any:
    import openpyxl  # only when a workbook is marked

    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "s" and isinstance(cell.value, str) and cell.value.startswith(TEMPTING):
                    cell.quotePrefix = True
    return book


def _title(sheet: Sheet, number: int) -> str:
    """A name that a workbook may give a sheet."""
    clean = "".join("_" if character in "[]:*?/\\" else character for character in sheet.name).strip("'")[:31]
    return clean or f"Sheet{number + 1}"


def _copy(book: Book) -> Any:
    """The sheets of an old workbook, a text table or a web page as a new workbook."""
    import openpyxl  # only when a workbook is marked

    target = openpyxl.Workbook()
    target.remove(target.worksheets[0])
    for number, sheet in enumerate(book.sheets):
        copy = target.create_sheet(_title(sheet, number))
        copy.sheet_state = "visible" if sheet.visible else "hidden"
        for row, cells in enumerate(sheet.rows, 1):
            for column, value in enumerate(cells, 1):
                if value != "":
                    _put(copy.cell(row, column), value)
        for top, left, bottom, right in sheet.merges:
            copy.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for row in sheet.hidden_rows:
            copy.row_dimensions[row + 1].hidden = True
    if not target.worksheets:
        target.create_sheet("Sheet1")
    return target


def _put(cell: Any, value: Any) -> None:
    """A value as it is; text that looks like a formula stays text."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = "".join(character for character in value if character in "\t\n\r" or ord(character) >= 32)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = value.startswith(TEMPTING)


def _mark(sheet: Any, source: Sheet, marks: Sequence[Mark], heading: int) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    red, yellow = (PatternFill("solid", fgColor=colour) for colour in (_RED, _YELLOW))
    column = _reasons_column(source)
    rows: dict[int, list[str]] = {}
    grave = {mark.row for mark in marks if mark.grave}
    for mark in marks:
        sentence = f"{mark.address}：{mark.sentence}" if mark.address else mark.sentence
        rows.setdefault(mark.row, []).append(sentence)
        cell = _cell(sheet, mark.address)
        if cell is not None:
            cell.fill = red if mark.grave else yellow
            before = f"{cell.comment.text}\n" if cell.comment else ""
            if mark.sentence not in before:
                cell.comment = Comment(before + mark.sentence, AUTHOR, width=260, height=90)
    for row in range(1, sheet.max_row + 1):
        _forget(sheet, row, column)
    _write(sheet, max(heading, 1), column, HEADING)
    sheet.cell(max(heading, 1), column).font = Font(bold=True, color="FFC00000")
    for row, sentences in rows.items():
        _write(sheet, row, column, "；".join(dict.fromkeys(sentences)))
        sheet.cell(row, column).fill = red if row in grave else yellow
        sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions[get_column_letter(column)].width = _WIDTH


def _reasons_column(source: Sheet) -> int:
    """The column that holds the reasons already, else the first free one, from 1."""
    for row in source.rows[:200]:
        for column, cell in enumerate(row, 1):
            if cell == HEADING:
                return column
    return max((column for row in source.rows for column, cell in enumerate(row, 1) if cell != ""), default=0) + 1


def _cell(sheet: Any, address: str) -> Any:
    """The cell at an address; of a merged range the one that holds the value."""
    if not address:
        return None
    for merged in sheet.merged_cells.ranges:
        if address in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    letters = address.rstrip("0123456789")
    return sheet.cell(int(address[len(letters) :]), column_index(letters) + 1)


def _forget(sheet: Any, row: int, column: int) -> None:
    """Take away what an earlier marking wrote."""
    from openpyxl.cell.cell import MergedCell
    from openpyxl.styles import PatternFill

    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell) and cell.value is not None:
        cell.value = None
        cell.fill = PatternFill()


def _write(sheet: Any, row: int, column: int, text: str) -> None:
    from openpyxl.cell.cell import MergedCell

    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        _put(cell, text)
