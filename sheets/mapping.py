"""Columns and the fields they are taken for: by their headings, borne out by what stands below."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sheets.choices import boolean
from sheets.columns import Surroundings, read_column
from sheets.fields import NUMBERS, FieldDescription, Type
from sheets.headings import LIKELY, Guess, Vocabulary, bare
from sheets.reading import Cell
from sheets.stated import row_of_units
from sheets.values import Reading

IN_CODES = 0.35
ENOUGH = 3  # cells below which nothing is concluded from them


@dataclass
class Column:
    """One column of a table: where it stands, its heading with groups, its unit, and the field it was taken for."""

    index: int
    path: tuple[str, ...]
    unit: str = ""  # the nearest one that is stated; ``units`` are all: of the heading, its groups, a row of units
    key: str = ""
    confidence: float = 0.0
    alternatives: tuple[Guess, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The heading as people read it: groups before it."""
        return " > ".join(self.path)


def assign(
    columns: Sequence[Column],
    vocabulary: Vocabulary,
    given: Mapping[str, str] | None = None,
    below: Callable[[int], Sequence[Cell]] = lambda _index: (),
) -> None:
    """Give each column its field, each field one column, the surest first.

    ``given`` maps headings to keys (or "" for none): it stands above all; ``below`` gives some cells of a column.
    """
    taken: set[str] = set()
    pairs = []
    for column in columns:
        stated = (given or {}).get(column.heading)
        column.alternatives = tuple(_weighed(column, vocabulary, below))
        if stated is not None:
            column.key, column.confidence = stated, 1.0
            taken.add(stated)
            continue
        pairs += [(guess.confidence, -column.index, column, guess) for guess in column.alternatives]
    for confidence, _place, column, guess in sorted(pairs, key=lambda pair: (-pair[0], -pair[1])):
        if confidence < LIKELY:
            break
        if not column.key and guess.key not in taken:
            column.key, column.confidence = guess.key, min(confidence, 1.0)
            taken.add(guess.key)


def _weighed(column: Column, vocabulary: Vocabulary, below: Callable[[int], Sequence[Cell]]) -> list[Guess]:
    """The guesses of a heading; where they are not sure, what stands below speaks for or against each."""
    guesses = vocabulary.guesses(column.path)
    sure = bool(guesses) and guesses[0].confidence >= 1 and (len(guesses) == 1 or guesses[1].confidence < 0.9)
    cells = () if sure else below(column.index)
    if sure or len(cells) < ENOUGH:
        return guesses
    fields = {guess.key: vocabulary.fields.get(guess.key) for guess in guesses[:12]}
    changes = {key: _evidence(field, column.unit, cells) if field else 0.0 for key, field in fields.items()}
    coded = any(change >= IN_CODES for change in changes.values())
    for key, field in fields.items():
        if coded and field and field.type == Type.TEXT:
            changes[key] -= 0.15  # what fits a code list throughout is no free text
    weighed = [Guess(guess.key, round(guess.confidence + changes[guess.key], 3)) for guess in guesses[:12]]
    return sorted(weighed, key=lambda guess: -guess.confidence)


def _evidence(described: FieldDescription, unit: str, cells: Sequence[Cell]) -> float:
    """How far the cells bear out that they are of a field: from -0.5 to 0.35."""
    if described.type in {Type.TEXT, Type.ORGANISATION}:
        strange = sum(isinstance(cell, float | date) or boolean(cell).value is not None for cell in cells)
        return -0.3 if strange * 2 > len(cells) else 0.0
    readings = [each for each in read_column(described, cells, Surroundings(unit, 2000)) if _says(each)]
    if len(readings) < ENOUGH:
        return 0.0
    good = sum(not reading.fault for reading in readings) / len(readings)
    if described.type in {Type.ENUM, Type.LIST}:
        return IN_CODES if good >= 0.8 else -0.5 if good < 0.3 else 0.0
    if described.type in NUMBERS or described.type == Type.BOOL:
        return 0.03 if good >= 0.8 else -0.5 if good < 0.4 else 0.0
    dated = sum(reading.precision != "" for reading in readings) / len(readings)
    return 0.05 if dated >= 0.6 else -0.4 if good < 0.3 else 0.0


def _says(reading: Reading) -> bool:
    return reading.value is not None or bool(reading.fault or reading.corrected)


def repeat(before: Sequence[Column], now: Sequence[Column]) -> bool:
    """Whether columns bear the headings of others once more, and state no other units."""
    units = {column.index: column.units for column in before}
    if any(column.units and column.units != units.get(column.index) for column in now):
        return False
    first, again = ({(column.index, bare(column.path[-1])) for column in columns} for columns in (before, now))
    return len(first & again) >= 0.8 * max(len(first), len(again))


def take_units(columns: Sequence[Column], cells: Mapping[int, str]) -> bool:
    """Whether a row, its texts by column, holds nothing but units; they are kept with the columns."""
    units = row_of_units(list(cells.values()))
    if units is None:
        return False
    stated = dict(zip(cells, units, strict=True))
    for column in columns:
        unit = stated.get(column.index, "")
        if unit and unit not in column.units:
            column.units = (*column.units, unit)
            column.unit = column.unit or unit
    return True
