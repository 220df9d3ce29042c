"""A blank table that somebody sent to be filled in: what is in it, which cells are empty, and filling them in place.

``read(content)`` finds the tables with their headings, their lines and the empty cells; ``fill`` writes values into
those cells and leaves everything else as it was: formulas, merged ranges, looks, widths, how it is printed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sheets import layout, lines
from sheets.apart import asking
from sheets.extraction import why_ignored
from sheets.grid import Grid, Place, is_blank
from sheets.headings import CODE, COUNTY, PLACE, SERIAL, TOWNSHIP, Vocabulary
from sheets.mapping import Column, take_units
from sheets.reading import Cell, Sheet, text_of
from sheets.refusals import NO_HEADER, refused
from sheets.stated import Stated, stated

WIDE = 3  # columns that a merged text spans when it is a title, a section or a note
LABELS = (COUNTY, TOWNSHIP, PLACE, CODE)
OWN = "本单位"  # whose a form is that says nothing of it

Address = tuple[str, str]  # sheet and cell: ("Sheet1", "C7")
Value = str | int | Decimal


class LineKind(StrEnum):
    """What a line below the headings is."""

    DATA = "data"
    EMPTY = "empty"  # nothing stands in it yet, not even whose it is
    TOTAL = "total"
    SUBTOTAL = "subtotal"


@dataclass(frozen=True)
class Line:
    """One line: its row in the table's grid, what it says of whose it is, and its section."""

    row: int
    kind: LineKind
    texts: Mapping[str, str] = field(default_factory=dict)  # LABELS → what stands there
    section: str = ""

    @property
    def label(self) -> str:
        """How the line is called."""
        return " ".join(filter(None, (self.texts.get(key, "") for key in (COUNTY, TOWNSHIP, PLACE)))) or self.texts.get(
            CODE, ""
        )


@dataclass
class Form:
    """One table to fill in; ``units`` are what lines around it state by what is measured (``sheets.stated``)."""

    sheet: str
    number: int
    grid: Grid
    columns: list[Column]
    labels: Mapping[str, int]  # LABELS and SERIAL → their column in the grid
    titles: list[str]
    units: Stated
    lines: list[Line]
    formulas: frozenset[Place]
    turned: bool = False

    @property
    def heads(self) -> list[Column]:
        """The columns that hold values."""
        taken = set(self.labels.values())
        return [column for column in self.columns if column.index not in taken]

    def key(self, column: Column) -> str:
        """What tells a column from all others of the workbook, as long as its layout stays."""
        return f"{self.number}-{column.index}"

    @property
    def has_empty(self) -> bool:
        """Whether there is anything to fill in."""
        return any(self.is_empty(line.row, column.index) for line in self.lines for column in self.heads)

    def is_empty(self, row: int, column: int) -> bool:
        """Whether a cell is there to be filled: blank, no formula, not covered by a merged range."""
        return (
            is_blank(self.grid.own(row, column))
            and (row, column) not in self.grid.anchors
            and (row, column) not in self.formulas
        )

    def address(self, row: int, column: int) -> str:
        """The cell in the workbook, like C7."""
        return self.grid.address(row, column)

    def shown(self, row: int, column: int) -> str:
        """What stands in a cell already; a formula as =."""
        return "=" if (row, column) in self.formulas else self.grid.text(row, column)


def read(content: bytes, vocabulary: Vocabulary) -> list[Form]:
    """The tables of an .xlsx. Raises ``sheets.refusals.UnreadableError``."""
    book, formulas_of = asking.read_blank(content)
    found: list[Form] = []
    for sheet, formulas in zip(book.sheets, formulas_of, strict=True):
        if not why_ignored(sheet):
            found += _forms(sheet, formulas, vocabulary, len(found))
    if not found:
        raise refused(NO_HEADER)
    return found


def _forms(sheet: Sheet, formulas: frozenset[Place], vocabulary: Vocabulary, number: int) -> list[Form]:
    """The tables of a sheet: upright, else labels each with its cell beside it, else on their side."""
    tables = layout.find(sheet, vocabulary)
    found = [form for form in _made(tables, formulas, number) if form.has_empty]
    if found or any(table.turned for table in tables):
        return found
    across = {(column, row) for row, column in formulas}
    turned, titles = _turned(sheet)
    tables = layout.find(turned, vocabulary)
    for table in tables:
        table.titles = titles
        table.turned = not table.form
        table.grid.origin = lambda row, column: (column, row)
    return [form for form in _made([t for t in tables if t.turned], frozenset(across), number) if form.has_empty]


def _made(tables: Sequence[layout.Table], formulas: frozenset[Place], number: int) -> Iterator[Form]:
    for place, table in enumerate(tables):
        later = (other.header.start for other in tables[place + 1 :] if other.header.start > table.header.start)
        form = (
            _scattered(table, formulas) if table.form else _form(table, min(later, default=table.grid.height), formulas)
        )
        if form is not None:
            form.number = number
            number += 1
            yield form


def _turned(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """The sheet with rows and columns exchanged, and the titles and notes that were left out of it."""
    grid = Grid(sheet.rows, sheet.merges)
    titles: list[str] = []
    rows: list[Sequence[Cell]] = []
    for row in range(grid.height):
        filled = grid.filled(row)
        wide = any(grid.span(row, at)[3] - at + 1 >= WIDE for at, _cell in filled)
        around = wide or len(filled) < 2 or lines.is_remark(text_of(filled[0][1]))
        names = [at for at, _cell in filled] == [0] and not wide and not lines.is_remark(grid.text(row, 0))
        if around and not names:
            titles += [text_of(cell) for _at, cell in filled]
        rows.append([""] * grid.width if around and not names else sheet.rows[row])
    merges = [merge for merge in sheet.merges if any(cell != "" for cell in rows[merge[0]])]
    turned = Grid(rows, merges).turned()
    return Sheet(sheet.name, turned.rows, turned.merges), titles


def fingerprint(forms: Sequence[Form]) -> str:
    """What tells the layout from others: the headings of every table, wherever they stand."""
    told = [[[column.index, *column.path, column.unit] for column in form.columns] for form in forms]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _scattered(table: layout.Table, formulas: frozenset[Place]) -> Form:
    """A form for one organisation: each label with the cell beside it."""
    labels = {column.key: column.index for column in table.columns if column.key in (*LABELS, SERIAL)}
    own = frozenset((1, column.index) for column in table.columns if table.grid.origin(1, column.index) in formulas)
    name = table.grid.text(1, labels[PLACE]) if PLACE in labels else ""
    form = Form(table.sheet.name, 0, table.grid, list(table.columns), labels, table.titles, {}, [], own)
    form.units = stated((*table.titles, table.sheet.name))
    form.lines = [Line(1, LineKind.DATA, {PLACE: name or OWN})]
    return form


def _form(table: layout.Table, end: int, formulas: frozenset[Place]) -> Form | None:
    labels = {column.key: column.index for column in table.columns if column.key in (*LABELS, SERIAL)}
    grid = table.grid
    if not set(labels) & {COUNTY, TOWNSHIP, PLACE, CODE}:
        first = next((column for column in table.columns if column.index != labels.get(SERIAL)), None)
        texts = [] if first is None else [grid.text(row, first.index) for row in range(table.header.stop, end)]
        if first is not None and any(texts):
            labels[PLACE] = first.index
    form = Form(
        table.sheet.name,
        0,
        grid,
        list(table.columns),
        labels,
        table.titles,
        stated((*table.titles, table.sheet.name, *_notes(grid, table.header.stop, end))),
        [],
        formulas,
        table.turned,
    )
    form.lines = _lines(form, range(table.header.stop, end))
    return form if form.heads and form.lines else None


def _notes(grid: Grid, start: int, end: int) -> Iterator[str]:
    """The remarks below a table: one of them may say the unit."""
    for row in range(start, end):
        said = [text_of(cell) for _at, cell in grid.filled(row) if isinstance(cell, str)]
        if said and lines.is_remark(said[0]):
            yield from said


def _lines(form: Form, rows: range) -> list[Line]:
    """The lines below the headings, up to the notes."""
    left, right = min(c.index for c in form.columns), max(c.index for c in form.columns)
    found: list[Line] = []
    section = ""
    for row in rows:
        filled = [(at, cell) for at, cell in form.grid.filled(row, left, right) if (row, at) not in form.formulas]
        if row < rows.start + 2 and lines.is_numbers([cell for _at, cell in filled]):
            continue
        texts = {key: form.grid.text(row, form.labels[key]) for key in LABELS if key in form.labels}
        said = [text_of(cell) for _at, cell in filled]
        if said and lines.is_remark(said[0]) and lines.total_kind(lines.squeezed(said[0])) is None:
            break
        if _states_units(form, row, filled):
            continue
        total = next((kind for text in said if (kind := lines.total_kind(lines.squeezed(text)))), None)
        if total:
            sort = LineKind.SUBTOTAL if total == lines.Kind.SUBTOTAL else LineKind.TOTAL
            found.append(
                Line(row, sort, {PLACE: next(t for t in said if lines.total_kind(lines.squeezed(t)))}, section)
            )
        elif len(filled) == 1 and form.grid.span(row, filled[0][0])[3] - filled[0][0] + 1 >= WIDE:
            section = said[0]
        elif any(texts.values()):
            if any(form.is_empty(row, column.index) for column in form.heads):
                found.append(Line(row, LineKind.DATA, texts, section))
        else:
            found.append(Line(row, LineKind.EMPTY, {}, section))
    return found


def _states_units(form: Form, row: int, filled: Sequence[tuple[int, Cell]]) -> bool:
    """Whether a line holds nothing but units, as 计量单位 beside the items of a table on its side; they are kept."""
    heads = {column.index for column in form.heads}
    texts = {at: text_of(cell) for at, cell in filled if isinstance(cell, str)}
    return bool(heads & set(texts)) and len(texts) == len(filled) and take_units(form.columns, texts)


def fill(content: bytes, values: Mapping[Address, Value]) -> bytes:
    """The workbook with values in its empty cells; what stands in a cell or computes in it is never touched.

    Raises ``sheets.refusals.UnreadableError``.
    """
    told = [
        [sheet, address, "text" if isinstance(value, str) else "number", str(value)]
        for (sheet, address), value in values.items()
    ]
    return asking.fill(content, told)
