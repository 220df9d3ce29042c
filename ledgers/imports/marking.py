"""The person's own workbook with its faults marked: coloured, commented, and listed on a sheet of their own."""

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from ledgers.imports.preview import Line
from ledgers.imports.staged import Problem
from ledgers.models import ImportBatch
from sheets import results
from sheets.cleaning import cell_text
from sheets.packed import shapes_of
from sheets.reading import Book, Cell, Sheet, read_book, text_of
from sheets.writing import sheet_name

SHEET = "落实核对说明"  # left out by the reader, whatever language the person uses
_TOKEN = re.compile(r"LUOSHI-(\d{1,12})")
_RED = "FFFDE3E4"
MOST_CELLS = 400_000  # a workbook is marked as a whole in memory: some 300 MB, and ten seconds
_ONE_CELL = frozenset({Problem.CLASH, Problem.TWICE, Problem.PERIOD, Problem.LACKING, Problem.BROKEN, Problem.EDITED})


@dataclass(frozen=True)
class Mark:
    """One cell and what has to be done about it."""

    sheet: str
    address: str
    shown: str
    sentence: str


def marks_of(lines: Iterable[Line]) -> list[Mark]:
    """What is wrong in the rows, cell by cell; a column whose unit is asked about once, at its first cell."""
    found = []
    asked: set[tuple[int, str]] = set()
    for line in lines:
        if line.problem:
            names = _(", ").join(name for _key, name in line.candidates[:5])
            sentence = line.problem
            if names and line.row.problem not in _ONE_CELL:
                sentence = _("%(problem)s Perhaps: %(names)s") % {"problem": line.problem, "names": names}
            found.append(Mark(line.sheet, line.address or f"A{line.row.row}", line.row.words, sentence))
        for cell in line.cells:
            if cell.is_asked_above and (line.row.table, cell.key) in asked:
                continue
            if cell.is_asked_above:
                asked.add((line.row.table, cell.key))
            if cell.fault:
                readings = _(" or ").join(shown for _sent, shown in cell.choices)
                more = " " + _("Perhaps: %(names)s") % {"names": readings} if readings else ""
                found.append(Mark(line.sheet, cell.address, cell.text, f"{cell.fault}{more}"))
    return found


def marked(content: bytes, batch: ImportBatch, lines: Sequence[Line]) -> bytes:
    """The workbook with the faults of ``lines`` marked; what is no .xlsx is written anew, cell by cell.

    Formulas stay, with the results they had. A workbook that is too large to be marked gives the list of faults alone.
    """
    from openpyxl import Workbook, load_workbook  # heavy: only when a workbook is marked

    marks = marks_of(lines)
    shapes = shapes_of(content)
    formulas = {name for name, shape in shapes.items() if shape.formulas}
    book = read_book(content) if formulas or not shapes else None
    if (sum(shape.cells for shape in shapes.values()) or _cells(book)) > MOST_CELLS:
        made = Workbook()
        made.remove(made.worksheets[0])
        _explain(made, None, marks)
        return _saved(made)
    made = load_workbook(io.BytesIO(content)) if shapes or book is None else _rewritten(book)
    for sheet in made.worksheets:
        if sheet.title == SHEET:
            made.remove(sheet)
    by_name = {sheet.title: sheet for sheet in made.worksheets}
    for mark in marks:
        sheet = by_name.get(mark.sheet) or made.worksheets[0]
        _mark(sheet, mark)
    _explain(made, batch, marks)
    saved = _saved(made)
    if book is None or not formulas:
        return saved
    sheets = {sheet.name: sheet for sheet in book.sheets if sheet.name in formulas}
    return results.restored(saved, sheets, from_1904=book.dates_from_1904)


def _cells(book: Book | None) -> int:
    return sum(len(row) for sheet in book.sheets for row in sheet.rows) if book else 0


def _saved(made: Any) -> bytes:
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _mark(sheet: Any, mark: Mark) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = sheet[mark.address]
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            cell = sheet.cell(area.min_row, area.min_col)
            break
    before = f"{cell.comment.text}\n" if cell.comment is not None else ""
    cell.fill = PatternFill("solid", start_color=_RED, end_color=_RED)
    note = Comment(cell_text(before + mark.sentence), str(_("Luoshi")))
    note.width, note.height = 320, 120
    cell.comment = note


def _explain(made: Any, batch: ImportBatch | None, marks: Sequence[Mark]) -> None:
    """A sheet that lists the faults with links, and by which the workbook is known when it is sent again.

    Without ``batch`` it stands alone, for a workbook that stays where it is.
    """
    from openpyxl.styles import Alignment, Font

    sheet = made.create_sheet(SHEET)
    how = (
        _("Put the red cells right in this workbook, save it and send it again: the rest is known already.")
        if batch
        else _("The workbook is too large to be marked. Put these cells right in your own, and send that again.")
    )
    lines: list[list[str]] = [
        [str(_("What is to be put right")), *([f"LUOSHI-{batch.pk}"] if batch else [])],
        [str(how)],
        [],
        [str(_("Sheet")), str(_("Cell")), str(_("What stands there")), str(_("What to do"))],
        *([mark.sheet, mark.address, mark.shown, mark.sentence] for mark in marks),
    ]
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(row, column)
            cell.value = cell_text(text)
            cell.data_type = "s"  # never a formula
            cell.alignment = Alignment(wrap_text=column == 4 and row > 3, vertical="top")
            if row in {1, 4}:
                cell.font = Font(bold=True)
    for row, mark in enumerate(marks, 5):
        name = mark.sheet.replace("'", "''")
        if batch:
            sheet.cell(row, 2).hyperlink = f"#'{name}'!{mark.address}"
            sheet.cell(row, 2).font = Font(color="FF0563C1", underline="single")
    for letter, width in zip("ABCD", (16, 18, 24, 70), strict=True):
        sheet.column_dimensions[letter].width = width


def _rewritten(book: Book) -> Any:
    """The cells of an old workbook, a text table or a web page in a new workbook, each where it was."""
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.worksheets[0])
    taken: set[str] = set()
    for sheet in book.sheets:
        page = made.create_sheet(sheet_name(sheet.name, taken))
        page.sheet_state = "visible" if sheet.visible else "hidden"
        _fill(page, sheet)
    return made


def _fill(page: Any, sheet: Sheet) -> None:
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
    if isinstance(value, str):
        return cell_text(value)
    odd = isinstance(value, datetime.timedelta) or (isinstance(value, float) and value - value != 0)
    return text_of(value) if odd else value


def token_of(book: Book) -> int | None:
    """Which import a workbook that was marked belongs to."""
    for sheet in book.sheets:
        if sheet.name == SHEET:
            texts = (text_of(cell) for row in sheet.rows[:2] for cell in row)
            found = next((match for text in texts if (match := _TOKEN.fullmatch(text))), None)
            return int(found[1]) if found else None
    return None


def name_of(name: str) -> str:
    """What the marked workbook is called."""
    return f"{PurePath(name).stem}-{_('marked')}.xlsx"
