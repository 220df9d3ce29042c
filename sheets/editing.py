"""Writing into a workbook from outside: a blank one that is filled in, a sent one whose faults are marked.

Runs in the process apart alone (``sheets.apart``): openpyxl opens every part of a workbook, so every part is measured
before it does.
"""

import datetime
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.properties import CalcProperties

from sheets import bounds, markup, packed, results
from sheets.cleaning import cell_text
from sheets.grid import is_blank
from sheets.parts import Parts
from sheets.reading import read_book, text_of
from sheets.refusals import CORRUPT, MERGED, NOT_XLSX, TOO_LARGE, UnreadableError, refused
from sheets.sheet import Book, Cell, Sheet
from sheets.writing import TEMPTING, sheet_name

MOST_CELLS = 200_000  # of all sheets of a blank workbook: a form to fill in is far smaller
FORMULA = 0.0  # stands for a formula when the layout is looked for: anything but a heading
_MOST = {"definedName": 20_000, "Relationship": 20_000, "xf": 70_000, "font": 20_000, "fill": 20_000, "border": 20_000,
         "numFmt": 10_000, "col": 50_000, "comment": 50_000, "hyperlink": 50_000, "cfRule": 20_000, "si": 1_000_000,
         "dataValidation": 20_000}  # fmt: skip
_RED = "FFFDE3E4"
_RANGE = re.compile(r"([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})")
Place = tuple[int, int]


@dataclass
class Measure:
    """How much there is of everything in the parts of an .xlsx, and which parts hold formulas."""

    counts: dict[str, int] = field(default_factory=dict)
    merged: int = 0  # cells that merged ranges and links cover
    cells: int = 0
    formulas: set[str] = field(default_factory=set)
    part: str = ""

    def told(self, name: str, attributes: dict[str, str]) -> None:
        """Take in one element. Raises ``UnreadableError``."""
        if name == "c":
            self.cells += 1
        elif name == "f":
            self.formulas.add(self.part)
        elif name in {"mergeCell", "hyperlink"}:
            self.merged += _area(attributes.get("ref", ""))
        if name in _MOST:
            self.counts[name] = self.counts.get(name, 0) + 1
            if self.counts[name] > _MOST[name]:
                raise refused(TOO_LARGE)


def _area(ref: str) -> int:
    found = _RANGE.fullmatch(ref)
    if found is None:
        return 1
    left, right = packed.column_index(found[1].upper()), packed.column_index(found[3].upper())
    return (abs(int(found[4]) - int(found[2])) + 1) * (abs(right - left) + 1)


def _measured(parts: Parts) -> Measure:
    """Measure every part that is XML. Raises ``UnreadableError``."""
    found = Measure()
    for name in parts.by_name:
        first = next(parts.pieces(name), b"").lstrip(b"\xef\xbb\xbf \t\r\n")
        if first.startswith(b"<") or name.endswith((".xml", ".rels", ".vml")):
            found.part = name
            markup.elements(parts.pieces(name), found.told)
    return found


def _parts(content: bytes) -> Parts:
    try:
        return Parts(content)
    except packed.FAULTS as error:
        raise refused(CORRUPT) from error


def _loaded(content: bytes) -> Any:
    try:
        return openpyxl.load_workbook(io.BytesIO(content), keep_vba=False)
    except MemoryError:
        raise
    except Exception as error:  # whatever another program wrote that openpyxl does not know
        raise refused(NOT_XLSX) from error


def _saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# a blank workbook that is filled in


def blank(content: bytes) -> tuple[Book, list[frozenset[Place]]]:
    """An .xlsx as it is looked at before it is filled in, and sheet by sheet where formulas stand.

    Raises ``UnreadableError``.
    """
    made = [_sheet_of(worksheet) for worksheet in _opened(content).worksheets]
    return Book("xlsx", [sheet for sheet, _formulas in made]), [formulas for _sheet, formulas in made]


def _opened(content: bytes) -> Any:
    """The workbook, after everything was refused that is none, is damaged, protected or too large."""
    if content and not content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        raise refused(NOT_XLSX)
    found = read_book(content)
    if found.container != "xlsx" or b"vbaProject.bin" in content:
        raise refused(NOT_XLSX)
    if sum(len(row) for sheet in found.sheets for row in sheet.rows) > MOST_CELLS:
        raise refused(TOO_LARGE)
    if _measured(_parts(content)).merged > bounds.MOST_MERGED:
        raise refused(MERGED)
    book = _loaded(content)
    if sum(sheet.max_row * sheet.max_column for sheet in book.worksheets) > MOST_CELLS:
        raise refused(TOO_LARGE)  # blank rows that have a look of their own
    return book


def _sheet_of(worksheet: Any) -> tuple[Sheet, frozenset[Place]]:
    """The sheet as layouts are found in it, and where its formulas stand."""
    rows: list[list[Cell]] = []
    formulas = set()
    for cells in worksheet.iter_rows():
        line: list[Cell] = []
        for cell in cells:
            value = cell.value
            if getattr(cell, "data_type", "") == "f":
                formulas.add((cell.row - 1, cell.column - 1))
                value = FORMULA
            line.append("" if value is None else float(value) if value.__class__ is int else value)
        rows.append(line)
    merges = [(m.min_row - 1, m.min_col - 1, m.max_row - 1, m.max_col - 1) for m in worksheet.merged_cells.ranges]
    return Sheet(worksheet.title, rows, merges, worksheet.sheet_state == "visible"), frozenset(formulas)


def fill(content: bytes, values: Sequence[Sequence[str]]) -> bytes:
    """The workbook with values (sheet, cell, "text" or "number", what) in its empty cells.

    What stands in a cell or computes in it is never touched. Raises ``UnreadableError``.
    """
    book = _opened(content)
    for sheet, address, kind, told in values:
        cell = book[sheet][address]
        if type(cell).__name__ == "MergedCell" or (cell.value not in (None, "") and not is_blank(str(cell.value))):
            continue
        if kind != "text":
            cell.value = Decimal(told)
            continue
        cell.value = text = cell_text(told)
        cell.data_type = "s"  # a text stays one whatever it begins with
        cell.quotePrefix = text.startswith(TEMPTING)
    book.calculation = book.calculation or CalcProperties()  # some programs leave it out
    book.calculation.fullCalcOnLoad = True
    return _saved(book)


# a sent workbook whose faults are marked


def mark(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    """The workbook with faults marked and explained; what is no .xlsx is written anew, cell by cell.

    ``wanted`` holds ``marks`` (sheet, cell, sentence), ``sheet`` (the explanation's name), its ``lines``,
    ``alone`` (its lines when the workbook has more than ``most`` cells and is left where it is) and ``author``.
    Formulas stay, with the results they had. Raises ``UnreadableError``.
    """
    name, marks = wanted["sheet"], wanted["marks"]
    found = _to_be_marked(content, wanted["most"])
    if found is None:
        made = openpyxl.Workbook()
        made.remove(made.worksheets[0])
        _explain(made, name, wanted["alone"])
        return _saved(made)
    made, book, formulas = found
    for sheet in made.worksheets:
        if sheet.title == name:
            made.remove(sheet)
    by_name = {sheet.title: sheet for sheet in made.worksheets}
    for title, address, sentence in marks:
        _mark(by_name.get(title) or made.worksheets[0], address, sentence, wanted["author"])
    _explain(made, name, wanted["lines"], [(title, address) for title, address, _sentence in marks])
    if not formulas:
        return _saved(made)
    sheets = {sheet.name: sheet for sheet in book.sheets if sheet.name in formulas}
    return results.restored(_saved(made), sheets, from_1904=book.dates_from_1904)


def _to_be_marked(content: bytes, most: int) -> tuple[Any, Book, set[str]] | None:
    """The workbook to be marked, as it is read, and its sheets with formulas; None when it is too large."""
    book = read_book(content)
    if book.container != "xlsx":
        cells, merged = sum(len(row) for sheet in book.sheets for row in sheet.rows), sum(map(_span, book.sheets))
        return None if max(cells, merged) > most else (_rewritten(book), book, set())
    parts = _parts(content)
    try:
        measure = _measured(parts)
    except UnreadableError as error:
        if error.code == TOO_LARGE:
            return None
        raise
    if measure.cells > most or measure.merged > bounds.MOST_MERGED:
        return None
    formulas = {name for name, part in packed.sheet_parts(parts).items() if part.lower() in measure.formulas}
    return _loaded(parts.renamed() if parts.oddly_named else content), book, formulas


def _span(sheet: Sheet) -> int:
    return sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in sheet.merges)


def _mark(sheet: Any, address: str, sentence: str, author: str) -> None:
    cell = sheet[address]
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            cell = sheet.cell(area.min_row, area.min_col)
            break
    before = f"{cell.comment.text}\n" if cell.comment is not None else ""
    cell.fill = PatternFill("solid", start_color=_RED, end_color=_RED)
    note = Comment(cell_text(before + sentence), author)
    note.width, note.height = 320, 120
    cell.comment = note


def _explain(made: Any, name: str, lines: Sequence[Sequence[str]], links: Sequence[tuple[str, str]] = ()) -> None:
    """A sheet that lists the faults below four lines of head, each with a link to its cell."""
    sheet = made.create_sheet(name)
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(row, column)
            cell.value = cell_text(text)
            cell.data_type = "s"  # never a formula
            cell.alignment = Alignment(wrap_text=column == 4 and row > 3, vertical="top")
            if row in {1, 4}:
                cell.font = Font(bold=True)
    for row, (title, address) in enumerate(links, 5):
        quoted = title.replace("'", "''")
        sheet.cell(row, 2).hyperlink = f"#'{quoted}'!{address}"
        sheet.cell(row, 2).font = Font(color="FF0563C1", underline="single")
    for letter, width in zip("ABCD", (16, 18, 24, 70), strict=True):
        sheet.column_dimensions[letter].width = width


def _rewritten(book: Book) -> Any:
    """The cells of an old workbook, a text table or a web page in a new workbook, each where it was."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    taken: set[str] = set()
    for sheet in book.sheets:
        page = made.create_sheet(sheet_name(sheet.name, taken))
        page.sheet_state = "visible" if sheet.visible else "hidden"
        _write(page, sheet)
    return made


def _write(page: Any, sheet: Sheet) -> None:
    for row, cells in enumerate(sheet.rows, 1):
        for column, value in enumerate(cells, 1):
            if value == "":
                continue
            cell = page.cell(row, column)
            cell.value = _plain(value)
            if isinstance(value, str):
                cell.data_type = "s"
    for top, left, bottom, right in sheet.merges:
        page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    for hidden in sheet.hidden_rows:
        page.row_dimensions[hidden + 1].hidden = True


def _plain(value: Cell) -> Any:
    """A cell's value as openpyxl writes it: a stretch of time and what is no number (NaN) as their text."""
    if isinstance(value, str):
        return cell_text(value)
    odd = isinstance(value, datetime.timedelta) or (isinstance(value, float) and value - value != 0)
    return text_of(value) if odd else value
