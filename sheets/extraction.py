"""From a read workbook to records: find the tables, take each column for a field, read every cell.

::

    book = asking.read_book(content)
    extract = extraction.extract(book, fields, is_section=matcher.names_township, year=2026)
    for table in extract.tables:
        for record in table.records:
            record.values["total_income"], record.row, table.address(record, "total_income")

A ``Record`` holds the values that are good; ``readings`` holds what is worth telling (faults, corrections, about).
Where it belongs is left as it was written (``Places``): ``naming.matching`` finds the organisations. ``given`` maps
headings (``Column.heading``) to keys, or to "" for none: what somebody corrected or what was remembered.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise, zip_longest
from typing import Any, NamedTuple

from sheets import layout
from sheets.columns import Surroundings, measures, needs_unit, read_column, without_unit
from sheets.fields import NUMBERS, FieldDescription, Type
from sheets.headings import CODE, COUNTY, PLACE, SERIAL, SURE, TOWNSHIP, Vocabulary
from sheets.lines import IsSection, Kind, Line, is_remark
from sheets.mapping import Column
from sheets.packed import column_letters
from sheets.reading import Book, Cell, Sheet, text_of
from sheets.refusals import EMPTY, NO_DATA, NO_HEADER, refused
from sheets.stated import Stated, question, settle, stated
from sheets.units import dimension
from sheets.values import DITTO, Reading
from sheets.years import drop_other_years, year_of

_IGNORED_SHEETS = re.compile(
    r"填表说明|填报说明|说明|指标解释|示例|样表|样例|代码表|数据字典|字典|模板说明|下拉|选项|Evaluation Warning"
)


class Places(NamedTuple):
    """Where a row belongs, as it was written: in its own columns, and around the table."""

    name: str = ""
    township: str = ""
    code: str = ""
    county: str = ""
    section: str = ""


@dataclass(slots=True)
class Record:
    """One row of data (one column when the table is turned): its good values, and what is to be told of others."""

    row: int  # of the workbook, from 1
    line: int  # of the table's grid, from 0
    places: Places
    values: dict[str, Any]
    readings: dict[str, Reading]
    hidden: bool = False

    @property
    def faults(self) -> dict[str, Reading]:
        """The readings that are faults, by field."""
        return {key: reading for key, reading in self.readings.items() if reading.fault}


@dataclass(frozen=True)
class Doubt:
    """A column of money or areas whose unit was not read, or is stated twice.

    ``key`` is what the answer is remembered by, ``answer`` is the unit that somebody said; while it is
    empty no cell is read that needs it.
    """

    key: str
    why: str
    offered: tuple[str, ...]
    answer: str = ""


@dataclass
class Found:
    """One table with its records."""

    layout: layout.Table
    year: int | None
    records: list[Record] = field(default_factory=list)
    sums: dict[int, dict[str, Decimal]] = field(default_factory=dict)  # row of a total, from 1 → what it states
    doubts: dict[str, Doubt] = field(default_factory=dict)  # field → what has to be asked about its unit

    @property
    def sheet(self) -> Sheet:
        """The sheet the table stands on."""
        return self.layout.sheet

    @property
    def columns(self) -> Sequence[Column]:
        """The columns with the fields they were taken for."""
        return self.layout.columns

    @property
    def titles(self) -> Sequence[str]:
        """The texts above the table."""
        return self.layout.titles

    @property
    def contexts(self) -> tuple[str, ...]:
        """Texts that may say where all rows belong: the sheet's name, then the titles."""
        return (self.sheet.name, *self.titles)

    @property
    def lines(self) -> Sequence[Line]:
        """The rows that are no data, with their kind."""
        return self.layout.lines

    def address(self, record: Record, key: str) -> str:
        """The cell a record's field stands in, like C7; empty when the table has no such column."""
        column = self.layout.column(key)
        return self.layout.grid.address(record.line, column.index) if column else ""

    def original(self, record: Record, key: str) -> Cell:
        """What stands in the cell, unread."""
        column = self.layout.column(key)
        return self.layout.grid.at(record.line, column.index) if column else ""

    def letters(self, column: Column) -> str:
        """A column's letters."""
        return column_letters(column.index)


@dataclass
class Extract:
    """Everything found in a workbook: the tables, and the sheets left out with why."""

    container: str
    tables: list[Found]
    ignored: dict[str, str]  # name of a sheet → hidden, notes, empty or no_table

    @property
    def records(self) -> list[tuple[Found, Record]]:
        """All records with their tables."""
        return [(table, record) for table in self.tables for record in table.records]


def extract(
    book: Book,
    fields: Iterable[FieldDescription],
    *,
    is_section: IsSection = lambda _text: False,
    given: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    year: int | None = None,
    level: str = "village",
) -> Extract:
    """The records of a workbook; ``units`` are answers by ``Doubt.key``.

    Raises ``UnreadableError`` when it holds no table, or headings alone.
    """
    vocabulary = Vocabulary(fields, level)
    found = Extract(book.container, [], {})
    for sheet in book.sheets:
        reason = why_ignored(sheet)
        if reason:
            found.ignored[sheet.name] = reason
            continue
        tables = layout.find(sheet, vocabulary, is_section, given)
        tables = [
            table for table in tables if len({column.key for column in table.columns if column.key} - {SERIAL}) > 1
        ]
        if not tables:
            found.ignored[sheet.name] = "no_table"
        for table in tables:
            found.tables.append(_read(table, vocabulary, book, given or {}, units or {}, year))
    if not found.tables:
        blank = all(reason in {"empty", "hidden"} for reason in found.ignored.values())
        raise refused(EMPTY if blank else NO_HEADER)
    if not any(table.records for table in found.tables):
        raise refused(NO_DATA)
    return found


def why_ignored(sheet: Sheet) -> str:
    """Why a sheet holds no table: hidden, empty or notes; empty when it may hold one."""
    if not sheet.visible:
        return "hidden"
    if not any(cell != "" for row in sheet.rows for cell in row):
        return "empty"
    return "notes" if _IGNORED_SHEETS.search(sheet.name) else ""


def _read(
    table: layout.Table,
    vocabulary: Vocabulary,
    book: Book,
    given: Mapping[str, str],
    units: Mapping[str, str],
    year: int | None,
) -> Found:
    rows = table.data
    _drop_doubtful(table, vocabulary, given)
    remarks = [title for title in table.titles if is_remark(title)]
    titles = [title for title in table.titles if title not in remarks]
    named = year_of((*titles, table.sheet.name, *remarks)) or year
    found = Found(table, named or _year_of_dates(table, vocabulary, book))
    drop_other_years(table.columns, vocabulary, given, found.year)
    around = stated((*table.titles, table.sheet.name, *(line.text for line in table.lines)))
    beside_own = _beside_own(table, vocabulary, around)
    headings = [column.heading for column in table.columns]
    cells = _Cells(table, rows)
    places = _places(table, rows, cells)
    read: dict[str, list[Reading]] = {}
    for column in table.columns:
        described = vocabulary.fields.get(column.key)
        if described is None:
            continue
        beside = Surroundings(column.unit, found.year, book.dates_from_1904, book.container != "csv")
        if described.type in NUMBERS:
            measured = measures(described)
            settled = settle(described, column.units, beside_own if column.units else around)
            if settled.why:
                key = question(headings, column.heading, settled)
                settled = settled._replace(unit=said if dimension(said := units.get(key, "")) == measured else "")
                if needs_unit(described, cells[column.index], beside):
                    found.doubts[column.key] = Doubt(key, settled.why, settled.offered, settled.unit)
            column.unit = settled.unit
            beside = replace(beside, unit=settled.unit)
        if column.key in found.doubts and not found.doubts[column.key].answer:
            read[column.key] = without_unit(described, cells[column.index], beside)
            continue
        read[column.key] = read_column(described, cells[column.index], beside)
        _sum_up(found, column, described, beside)
    found.records = _records(table, rows, places, read)
    return found


def _beside_own(table: layout.Table, vocabulary: Vocabulary, around: Stated) -> Stated:
    """What is stated around a table for the columns with a unit of their own: where others go by it, they are
    exceptions that somebody meant; where none does, it contradicts them.
    """
    keys = (vocabulary.fields.get(column.key) for column in table.columns if not column.units)
    gone_by = {measures(described) for described in keys if described and described.type in NUMBERS}
    return {measured: units for measured, units in around.items() if measured not in gone_by}


class _Cells(dict[int, Sequence[Cell]]):
    """The cells of each column in some rows of a table, merged ranges filled."""

    def __init__(self, table: layout.Table, rows: Sequence[int]) -> None:
        self.grid, self.rows = table.grid, rows
        if not self.grid.anchors:
            super().__init__(enumerate(zip_longest(*(self.grid.rows[row] for row in rows), fillvalue="")))

    def __missing__(self, index: int) -> Sequence[Cell]:
        return [self.grid.at(row, index) for row in self.rows]


def _records(
    table: layout.Table, rows: Sequence[int], places: Sequence[Places], read: Mapping[str, Sequence[Reading]]
) -> list[Record]:
    """The columns' readings put together row by row."""
    name = table.column(PLACE) or table.columns[0]
    told: list[dict[str, Reading]] = [{} for _row in rows]
    values: list[dict[str, Any]] = [{} for _row in rows]
    for key, readings in read.items():
        for at, reading in enumerate(readings):
            if not reading.fault:
                values[at][key] = reading.value
            if reading.fault or reading.corrected or reading.approximate:
                told[at][key] = reading
    records = []
    for at, row in enumerate(rows):
        real_row, real_column = table.grid.origin(row, name.index)
        hidden = real_column in table.sheet.hidden_columns if table.turned else real_row in table.sheet.hidden_rows
        records.append(Record(real_row + 1, row, places[at], values[at], told[at], hidden))
    return records


def _sum_up(found: Found, column: Column, described: FieldDescription, around: Surroundings) -> None:
    """What the rows of totals state for a column, kept to be checked against the records."""
    if described.type not in NUMBERS:
        return
    for line in found.lines:
        if line.kind in {Kind.SUBTOTAL, Kind.TOTAL}:
            value = read_column(described, [found.layout.grid.own(line.row, column.index)], around)[0].value
            if value is not None:
                row = found.layout.grid.origin(line.row, column.index)[0] + 1
                found.sums.setdefault(row, {})[described.key] = Decimal(value)


def _drop_doubtful(table: layout.Table, vocabulary: Vocabulary, given: Mapping[str, str]) -> None:
    """A column that was taken for a field by likeness must hold what the field holds."""
    cells = _Cells(table, table.data[:60])
    for column in table.columns:
        described = vocabulary.fields.get(column.key)
        if described is None or column.confidence >= SURE or column.heading in given:
            continue
        readings = read_column(described, cells[column.index], Surroundings(column.unit, 2000))
        said = [reading for reading in readings if reading.value is not None or reading.fault]
        if sum(1 for reading in said if reading.fault) * 2 > len(said):
            column.key, column.confidence = "", 0.0


# what stands around the table


def _year_of_dates(table: layout.Table, vocabulary: Vocabulary, book: Book) -> int | None:
    """Where no title names a year: the one that two thirds of the table's full dates have."""
    years: Counter[str] = Counter()
    around = Surroundings(dates_from_1904=book.dates_from_1904)
    cells = _Cells(table, table.data)
    for column in table.columns:
        described = vocabulary.fields.get(column.key)
        if described and described.type in {Type.DATE, Type.MONTH}:
            readings = read_column(described, cells[column.index], around)
            years.update(reading.value[:4] for reading in readings if reading.value)
    most = years.most_common(1)
    return int(most[0][0]) if most and most[0][1] >= 3 and most[0][1] * 3 >= 2 * years.total() else None


def _places(table: layout.Table, rows: Sequence[int], cells: Mapping[int, Sequence[Cell]]) -> list[Places]:
    """Where each row belongs, as written; a township written once holds for the rows below it."""
    columns = {key: table.column(key) for key in (PLACE, TOWNSHIP, CODE, COUNTY)}
    known = _PlaceTexts()
    texts = {key: list(map(known.of, cells[column.index])) for key, column in columns.items() if column}
    village_level = PLACE in texts
    for key in (TOWNSHIP, COUNTY):
        if key in texts:
            texts[key] = _filled_down(texts[key], village_level or key == COUNTY)
    sections = _section_of(table, rows)
    empty = [""] * len(rows)
    return [
        Places(*each)
        for each in zip(*(texts.get(key, empty) for key in (PLACE, TOWNSHIP, CODE, COUNTY)), sections, strict=True)
    ]


class _PlaceTexts(dict[str, str]):
    """The texts of cells with places: a township stands in hundreds of rows and is cleaned once."""

    def of(self, cell: Cell) -> str:
        """A cell's text, one sign for whatever repeats the row above."""
        return self[cell] if cell.__class__ is str else _place_text(cell)  # 1, 1.0 and True would be one key

    def __missing__(self, cell: str) -> str:
        self[cell] = text = _place_text(cell)
        return text


def _place_text(cell: Cell) -> str:
    return text_of(cell) if cell not in DITTO else "〃"


def _filled_down(texts: Sequence[str], has_villages: bool) -> list[str]:
    """A column that says each township once is filled down; in one that repeats it a blank stays blank."""
    blanks = sum(1 for text in texts if not text)
    repeated = sum(1 for before, text in pairwise(texts) if text and text == before)
    once = blanks > 0 and (repeated == 0 or (has_villages and blanks >= 4 * repeated))
    filled, last = [], ""
    for text in texts:
        if text == "〃" or (once and not text):
            filled.append(last)
        else:
            last = text or last
            filled.append(text)
    return filled


def _section_of(table: layout.Table, rows: Sequence[int]) -> list[str]:
    starts = sorted(table.sections)
    found, at, current = [], 0, ""
    for row in rows:
        while at < len(starts) and starts[at] < row:
            current, at = table.sections[starts[at]], at + 1
        found.append(current)
    return found
