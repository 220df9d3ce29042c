"""Whether a figure that was pasted is likely in the unit it is taken in: a bare 200000 where 20 (万元) stood. Pure.

A figure of money or of an area is compared with what is known of its village and of its column; a hundred times off is
asked about, and so is one that says no unit where nothing is known.
"""

import statistics
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from sheets.units import dimension
from tasks.facts import far_figures
from tasks.grid.cells import Ask
from tasks.grid.sheet import Cell, Column, Sheet
from tasks.pasting.blocks import Piece
from tasks.pasting.chat import Told
from tasks.rules import typed_facts
from tasks.rules.typed_facts import NotRead

FEWEST = 3  # figures of a block that have a middle worth comparing with


def scaled(column: Column) -> bool:
    """Whether a column's figures are of what people count in several units: money and areas."""
    return column.ask == Ask.FIGURE and far_figures.has_units(column.unit)


def choices(column: Column) -> tuple[str, ...]:
    """The units that a bare figure of the column may be in, the column's own first."""
    return tuple(dict.fromkeys((column.unit, *far_figures.CHOICES[dimension(column.unit) or ""])))


def is_bare(text: str, column: Column) -> bool:
    """Whether a figure says no unit of its own, so that it means whatever unit is put to it."""
    return far_figures.says_no_unit(text, column.unit)


def known_of(cell: Cell | None, others: Sequence[Decimal]) -> list[Decimal]:
    """What a figure of a cell is compared with: what stands there; else its target, and the middle of the others."""
    if cell is not None and cell.facts is not None and cell.facts.value:
        return [cell.facts.value]
    target = cell.assignment.target if cell is not None and cell.assignment is not None else None
    middle = [statistics.median(others)] if others else []
    return [*([target] if target else []), *middle]


def standing(sheet: Sheet, column: Column) -> list[Decimal]:
    """What stands in a column, noughts left out."""
    cells = (cell for line in sheet.lines for cell in line.cells if cell.column.key == column.key)
    return [cell.facts.value for cell in cells if cell.facts is not None and cell.facts.value]


def figure_of(text: str, column: Column) -> Decimal | None:
    """The figure in the column's unit; None for nothing, nought and what cannot be read."""
    try:
        return typed_facts.figure(text, column.unit) or None
    except NotRead:
        return None


class Measure:
    """What the figures of a sheet are compared with: those that stand there, in an empty column those of a block."""

    def __init__(self, sheet: Sheet, pieces: Sequence[Piece] = ()) -> None:
        self.columns = {column.key: column for column in sheet.columns if scaled(column)}
        self.others = {key: standing(sheet, column) for key, column in self.columns.items()}
        for key, column in self.columns.items():
            given = [figure_of(piece.text, column) for piece in pieces if piece.column == key]
            values = [abs(value) for value in given if value is not None]
            if not self.others[key] and len(values) >= FEWEST:
                self.others[key] = values

    def far(self, text: str, cell: Cell | None) -> str:
        """Why a figure is not taken as it is: it is far from all that is known; "" where it is not."""
        column = self.columns.get(cell.column.key) if cell is not None else None
        return self._far(text, column, known_of(cell, self.others[column.key])) if column else ""

    def doubt(self, text: str, key: str, cell: Cell | None) -> str:
        """Why a figure is to be looked at: it is far, or it says no unit and nothing is known of its column."""
        column = self.columns.get(key)
        if column is None:
            return ""
        known = known_of(cell, self.others[key])
        if not known and is_bare(text, column):
            words = {"text": text}
            return _("No unit stands beside “%(text)s”, and nothing is known to compare it with.") % words
        return self._far(text, column, known)

    def _far(self, text: str, column: Column, known: Sequence[Decimal]) -> str:
        value = figure_of(text, column)
        if value is None or not far_figures.is_far(value, known):
            return ""
        words = {"text": text, "unit": column.unit, "known": typed_facts.shown(known[0])}
        return _("“%(text)s” is a hundred times off what is known (%(known)s %(unit)s): look at the unit.") % words

    def look_at(self, told: Sequence[Told], sheet: Sheet) -> None:
        """Mark the figures of a chat that are in doubt; where they say no unit, it is asked for."""
        cells = {(line.organisation.pk, cell.column.key): cell for line in sheet.lines for cell in line.cells}
        for one in told:
            for fact in one.facts:
                why = self.doubt(fact.text, fact.column, cells.get((one.place or 0, fact.column)))
                if why:
                    column = self.columns[fact.column]
                    fact.sure, one.asked, one.why = False, True, one.why or why
                    fact.units = choices(column) if is_bare(fact.text, column) else ()

    def refusal(self, text: str, cell: Cell | None) -> str:
        """Why a figure of a chat is not saved as it is: it says no unit, and its column's is not sure."""
        if cell is None or cell.column.key not in self.columns or not is_bare(text, cell.column):
            return ""
        why = self.doubt(text, cell.column.key, cell)
        return _("%(why)s Write the unit beside it.") % {"why": why} if why else ""


def with_unit(text: str, unit: str, cell: Cell | None) -> str:
    """A figure with the unit that was chosen for it, where it says none itself."""
    if cell is None or not scaled(cell.column) or unit not in choices(cell.column):
        return text
    return text + unit if is_bare(text, cell.column) else text
