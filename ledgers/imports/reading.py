"""A workbook read into rows of one ledger: values in stored form, organisations found, nothing judged yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledgers.fields import stored
from ledgers.imports import doubts, sums
from ledgers.imports.fields import PERIOD, describe
from ledgers.imports.periods import period_of, period_said
from ledgers.imports.places import Places, Put
from ledgers.imports.sender import Sender
from ledgers.imports.staged import StagedRow
from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule, Subject
from orgs.field_rules import FieldRule
from sheets.apart.asking import read_book
from sheets.extraction import Extract, Found, Record, extract
from sheets.extraction import Places as Written
from sheets.headings import Guess
from sheets.packed import column_index, column_letters
from sheets.reading import Book, text_of

LONGEST_ORIGINAL = 200
_SHOWN_ALTERNATIVES = 4


@dataclass
class Read:
    """What a workbook holds for a ledger: its rows, and its tables as a page shows them."""

    rows: list[StagedRow] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)
    period: str = ""


def read(
    content: bytes | Book,
    kind: KindRule,
    sender: Sender,
    *,
    places: Places,
    period: str = "",
    given: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    name: str = "",
) -> Read:
    """Read a workbook for a ledger; ``given`` are fields by heading, ``units`` answers about columns.

    Raises ``sheets.refusals.UnreadableError``.
    """
    book = content if isinstance(content, Book) else read_book(content)
    year = int(period[:4]) if period else None
    level = "township" if kind.subject == Subject.TOWNSHIP else "village"
    found = extract(
        book,
        describe(kind),
        is_section=places.matcher.names_township,
        given=given,
        units=units,
        year=year or sender.on.year,
        level=level,
    )
    result = Read(ignored=dict(found.ignored))
    result.period = period or _period(kind, found, name) or kind.due_period(sender.on)
    middles = doubts.middles(found.tables, kind)
    for number, table in enumerate(found.tables):
        result.tables.append(_described(number, table, kind, middles))
        result.rows += _rows(number, table, kind, places, result.period)
    return result


def _period(kind: KindRule, found: Extract, name: str) -> str:
    texts = [text for table in found.tables for text in table.contexts]
    return period_said(kind, [*texts, name])


def _described(number: int, table: Found, kind: KindRule, middles: Mapping[str, doubts.Middle]) -> dict[str, Any]:
    """A table as the pages of headings and rows show it."""
    columns = [
        {
            "letters": table.letters(column),
            "cell": table.layout.grid.address(1, column.index) if table.layout.form else "",
            "heading": column.heading,
            "unit": column.unit,
            "doubt": doubts.described(table, column.key),
            **(middles[column.key]._asdict() if column.key in middles else {"middle": ""}),
            "field": column.key,
            "confidence": round(column.confidence * 100),
            "others": [_guess(guess) for guess in column.alternatives[:_SHOWN_ALTERNATIVES]],
            "samples": [] if kind.personal else _samples(table, column.index),
        }
        for column in table.columns
    ]
    return {
        "number": number,
        "sheet": table.sheet.name,
        "titles": [title[:120] for title in table.titles[:4]],
        "first": table.records[0].row if table.records else 0,
        "rows": len(table.records),
        "turned": table.layout.turned,
        "columns": columns,
        "sums": [vars(wrong) for wrong in sums.differing(table, kind)],
    }


def address_of(table: Mapping[str, Any], key: str, row: StagedRow) -> str:
    """The cell of a row's field, like C7; empty when the table has no such column."""
    column = next((column for column in table["columns"] if column["field"] == key), None)
    if column is None:
        return ""
    if table["turned"]:
        return f"{column_letters(row.line)}{column_index(column['letters']) + 1}"
    return str(column["cell"] or f"{column['letters']}{row.row}")


def _guess(guess: Guess) -> list[Any]:
    return [guess.key, round(min(guess.confidence, 1.0) * 100)]


def _samples(table: Found, index: int) -> list[str]:
    cells = (text_of(table.layout.grid.at(row, index)) for row in table.layout.data[:8])
    return [text[:40] for text in cells if text][:3]


def _rows(number: int, table: Found, kind: KindRule, places: Places, period: str) -> list[StagedRow]:
    fields = {column.key: column.field for column in kind.columns}
    periods: dict[str, str] = {}
    put: dict[Written, Put] = {}
    dated = table.layout.column(PERIOD) is not None
    found = []
    for record in table.records:
        row = StagedRow(number, record.line, record.row, period=period)
        found_at = put.get(record.places)
        if found_at is None:
            found_at = put[record.places] = places.put(record.places, table.contexts)
        row.words, row.organisation, row.how, row.candidates, row.found = found_at
        row.values = {
            key: held
            for key, value in record.values.items()
            if key in fields and (held := stored(fields[key], value)) is not None
        }
        if record.readings:
            _tell(row, table, record, fields)
        if dated:
            _date(row, table, record, kind, periods)
        found.append(row)
    return found


def _tell(row: StagedRow, table: Found, record: Record, fields: Mapping[str, FieldRule]) -> None:
    """What was done to read a cell, or why it could not be read, with what the cell shows."""
    for key, reading in record.readings.items():
        if key not in fields:
            continue
        shown = text_of(table.original(record, key))[:LONGEST_ORIGINAL]
        if reading.fault:
            choices = [stored(fields[key], choice) for choice in reading.choices]
            row.faults[key], row.originals[key] = [reading.fault, choices], shown
        elif reading.corrected:
            row.corrected[key], row.originals[key] = list(reading.corrected), shown
        if reading.approximate and key in row.values:
            row.marks[key] = [rules.ABOUT]
            row.originals.setdefault(key, shown)


def _date(row: StagedRow, table: Found, record: Record, kind: KindRule, periods: dict[str, str]) -> None:
    """The row's own period, where the table has a column for it."""
    said = text_of(table.original(record, PERIOD))
    if not said:
        return
    if said not in periods:
        periods[said] = period_of(kind, said, table.year)
    row.period = periods[said]
    if not row.period:
        row.originals[PERIOD] = said[:LONGEST_ORIGINAL]
