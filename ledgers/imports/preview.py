"""The rows of an import as a page shows them: original beside understood, old beside new, faults with what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ledgers import personal
from ledgers.actions.entries import Place, stored_rows
from ledgers.imports import wording
from ledgers.imports.doubts import FAR, base_unit
from ledgers.imports.fields import PERIOD
from ledgers.imports.judging import Judge, Unit, changes_of, draft_of, units_of
from ledgers.imports.reading import address_of
from ledgers.imports.sender import Sender
from ledgers.imports.staged import ORGANISATION, Problem, StagedRow, Standing
from ledgers.models import Entry, ImportBatch
from ledgers.rules import values as rules
from ledgers.rules.checks import Severity
from ledgers.rules.kinds import Column, KindRule
from sheets.columns import NO_UNIT
from sheets.headings import CODE, PLACE, TOWNSHIP

FEW = 6  # columns shown when not all are asked for
_LONG = 60


@dataclass
class Cell:
    """One cell: what was understood, what stands in the workbook, what it would replace, what is wrong with it."""

    key: str
    text: str = ""
    typed: str | None = None  # what a form that comes back holds for it
    numeric: bool = False
    address: str = ""
    unit: str = ""  # in which a number typed for it is read
    original: str = ""
    note: str = ""
    old: str = ""
    fault: str = ""
    is_asked_above: bool = False  # by one question for the whole column
    is_far: bool = False  # one of the choices only has to be called right
    choices: list[tuple[str, str]] = field(default_factory=list)  # what to send, what to show

    @property
    def state(self) -> str:
        """The class the cell is drawn with."""
        return "cell-bad" if self.fault else "cell-fixed" if self.note else ""


@dataclass
class Line:
    """One row of the page."""

    row: StagedRow
    sheet: str
    name: str
    township: str
    how: str
    problem: str
    candidates: list[tuple[int, str]]
    cells: list[Cell]
    hints: list[str]
    standing: str
    address: str  # of the cell that names the organisation

    @property
    def is_plain(self) -> bool:
        """Whether the organisation is written as it is called."""
        return self.row.words in {self.name, f"{self.township} {self.name}"}

    @property
    def names_organisation(self) -> bool:
        """Whether the organisation is what is wrong."""
        return self.row.problem in ORGANISATION


class Preview:
    """Shows rows of one import; reads what they would replace, and names organisations, for the rows shown alone."""

    def __init__(self, batch: ImportBatch, kind: KindRule, sender: Sender, *, is_open: bool) -> None:
        self.batch, self.kind, self.is_open = batch, kind, is_open
        self.sender = sender
        self.units: dict[int, Unit] = {}

    def columns(self, rows: Sequence[StagedRow], *, wide: bool) -> list[Column]:
        """The columns of the workbook that are fields; the first few, and those with something to tell."""
        mapped = dict.fromkeys(c["field"] for table in self.batch.tables for c in table["columns"])
        found = [self.kind.by_key[key] for key in mapped if key in self.kind.by_key]
        if wide or len(found) <= FEW:
            return found
        told = {key for row in rows for key in (*row.faults, *row.corrected)}
        first = [column for column in found if column.key in self.kind.natural_key or column.key in told]
        rest = [column for column in found if column not in first]
        chosen = {column.key for column in (*first, *rest[: max(0, FEW - len(first))])}
        return [column for column in found if column.key in chosen]

    def lines(self, rows: Sequence[StagedRow], columns: Sequence[Column]) -> list[Line]:
        """The rows in words."""
        keys = {key for row in rows for key in (row.organisation, *row.candidates) if key}
        self.units = units_of(keys)
        self.units.update(units_of(unit.township for unit in self.units.values() if unit.township))
        judge = Judge(self.kind, self.sender, self.units)
        placed = [row for row in rows if row.organisation is not None and row.standing != Standing.DONE]
        stored = stored_rows(self.kind, [draft_of(row) for row in placed])
        return [self._line(row, columns, self._entry(row, judge, stored)) for row in rows]

    def _entry(self, row: StagedRow, judge: Judge, stored: Mapping[Place, Entry]) -> Entry | None:
        return stored.get(judge.place(row)) if row.organisation is not None else None

    def _line(self, row: StagedRow, columns: Sequence[Column], entry: Entry | None) -> Line:
        table = self.batch.tables[row.table]
        unit = self.units.get(row.organisation or 0)
        old = changes_of(row, entry) if entry is not None and row.standing in {Standing.CHANGED, Standing.NEEDS} else {}
        return Line(
            row,
            table["sheet"],
            unit.name if unit else "",
            self._township(unit),
            wording.how_found(row),
            self._problem(row, unit),
            [(key, self._with_township(self.units[key])) for key in row.candidates if key in self.units],
            [self._cell(row, c, address_of(table, c.key, row), old) for c in columns],
            self._hints(row),
            str(wording.STANDINGS[row.standing]),
            address_of(table, PLACE, row) or address_of(table, TOWNSHIP, row) or address_of(table, CODE, row),
        )

    def _township(self, unit: Unit | None) -> str:
        above = self.units.get(unit.township or 0) if unit else None
        return above.name if above and unit and above.pk != unit.pk else ""

    def _with_township(self, unit: Unit) -> str:
        return " ".join(filter(None, [self._township(unit), unit.name]))

    def _cell(self, row: StagedRow, column: Column, address: str, old: Mapping[str, Any]) -> Cell:
        key, rule = column.key, column.field
        cell = Cell(key, numeric=rule.is_number, address=address, unit=rule.unit if rule.is_number else "")
        cell.text = self._shown(column, row.values.get(key), row.marks.get(key, []))[:_LONG]
        original = row.originals.get(key, "")
        hides = rule.is_personal and not self.is_open
        if key in row.faults:
            code, readings = row.faults[key]
            cell.fault = wording.fault(code)
            cell.is_asked_above, cell.is_far = code == NO_UNIT, code in FAR
            if code not in FAR:
                cell.text = rules.masked(rule, original) if hides else original
            cell.choices = [(_typed(column, value), self._shown(column, value, [])) for value in readings]
        elif key in row.corrected and not hides:
            cell.original, cell.note = original, wording.corrections(row.corrected[key])
        if key in old:
            cell.old = self._shown(column, old[key], []) or "—"
        return cell

    def _shown(self, column: Column, value: Any, marks: list[str]) -> str:
        return "" if value is None else personal.shown(column.field, value, is_open=self.is_open, marks=marks)

    def _problem(self, row: StagedRow, unit: Unit | None) -> str:
        if row.problem not in wording.PROBLEMS:
            return ""
        labels = [self.kind.by_key[key].label for key in self.kind.natural_key if key not in row.values]
        broken = [f.message for f in rules.faults(self.kind, row.values) if f.severity == Severity.ERROR]
        words = {
            "words": row.words,
            "name": unit.name if unit else row.words,
            "rival": self._rival(row),
            "period": row.originals.get(PERIOD, row.period),
            "fields": _(", ").join(labels),
            "checks": " ".join(broken) if row.problem == Problem.BROKEN else "",
        }
        return str(wording.PROBLEMS[row.problem]) % words

    def _rival(self, row: StagedRow) -> str:
        if not row.rival:
            return ""
        table, number = row.rival
        same = table == row.table or self.batch.tables[table]["sheet"] == self.batch.tables[row.table]["sheet"]
        return str(number) if same else f"{self.batch.tables[table]['sheet']}!{number}"

    def _hints(self, row: StagedRow) -> list[str]:
        """Checks between columns that do not hold, and blanks to fill in later: said, not in the way."""
        if row.standing in {Standing.SKIPPED, Standing.DONE}:
            return []
        return [
            fault.message
            for fault in rules.faults(self.kind, row.values)
            if not set(fault.fields) & set(row.faults)
            and (fault.severity == Severity.WARNING or not set(fault.fields) & set(self.kind.natural_key))
            and row.problem != Problem.BROKEN
        ]


def _typed(column: Column, value: Any) -> str:
    """A reading as it is sent back for the cell, money and areas with their unit: no heading's is taken for it."""
    if isinstance(value, list):
        return "、".join(map(str, value))
    if unit := base_unit(column.field):
        return f"{value}{unit}"
    if column.field.is_number and column.field.type in rules.DECIMALS:
        return str(rules.in_unit(column.field, value))
    return str(value)
