"""A whole column read at once by its field's type: what repeats is read once, what needs its neighbours sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sheets import choices, dates
from sheets.cleaning import clean, is_clean
from sheets.fields import FieldDescription, Type
from sheets.units import AREA, COUNT, MONEY, SHARE, UNITS, dimension
from sheets.values import DITTO, LARGEST, NOTHING, Cell, Reading, exact, number

Reader = Callable[[Cell], Reading]
_CENT = Decimal("0.01")
NO_UNIT = "no_unit"


@dataclass(frozen=True)
class Surroundings:
    """What a column's cells are read by: the heading's unit, the title's year, how the file keeps days and texts."""

    unit: str = ""
    year: int | None = None
    dates_from_1904: bool = False
    typed: bool = True  # False: every cell is text, so that 2024.1 may have been 2024.10


def read_column(field: FieldDescription, cells: Sequence[Cell], around: Surroundings) -> list[Reading]:
    """The reading of each cell, in order."""
    read = reader(field, around, cells)
    seen: dict[Cell, Reading] = {None: NOTHING, "": NOTHING}
    readings: list[Reading] = []
    for cell in cells:
        if cell.__class__ is bool:
            readings.append(read(cell))
            continue
        known = seen.get(cell)
        if known is None:
            if cell in DITTO:
                readings.append(_same_as(readings[-1] if readings else None))
                continue
            known = seen[cell] = _read_clean(read, cell)
        readings.append(known)
    return readings


def _read_clean(read: Reader, cell: Cell) -> Reading:
    """A cell's reading without what cannot be written again: control characters, halves of characters."""
    if not isinstance(cell, str) or is_clean(cell):
        return read(cell)
    reading = read(clean(cell))
    return reading._replace(corrected=(*reading.corrected, "unwritable")) if reading.value is not None else reading


def read_cell(field: FieldDescription, cell: Cell, around: Surroundings | None = None) -> Reading:
    """One cell alone, as somebody types it into a form."""
    return read_column(field, [cell], around or Surroundings(unit=field.unit))[0]


def _same_as(above: Reading | None) -> Reading:
    if above is None:
        return Reading(fault="nothing_above")
    if above.fault:
        return above
    kept = ("unit_in_cell",) if "unit_in_cell" in above.corrected else ()
    return above._replace(corrected=("same_as_above", *kept))


def reader(field: FieldDescription, around: Surroundings, cells: Sequence[Cell] = ()) -> Reader:
    """How a cell of the field is read."""
    kind = field.type
    if kind in {Type.TEXT, Type.ORGANISATION}:
        return lambda cell: choices.text(cell, field.max_length)
    if kind in {Type.ENUM, Type.LIST}:
        codes = choices.CodeList(field.choices)
        return codes.one if kind == Type.ENUM else codes.several
    if kind in {Type.DATE, Type.MONTH}:
        return _date_reader(field, around, cells)
    simple: dict[Type, Reader] = {
        Type.BOOL: choices.boolean,
        Type.IDENTIFIER: choices.identifier,
        Type.PHONE: choices.phone,
        Type.ID_CARD: choices.id_card,
    }
    if kind in simple:
        return simple[kind]
    return _number_reader(field, around, cells)


def _date_reader(field: FieldDescription, around: Surroundings, cells: Sequence[Cell]) -> Reader:
    typed = around.typed or any(isinstance(cell, str) and cell.strip().endswith(".10") for cell in cells)

    def read(cell: Cell) -> Reading:
        reading = dates.date(cell, year=around.year, from_1904=around.dates_from_1904, typed=typed)
        if field.type == Type.MONTH and reading.precision == "day":
            return reading._replace(value=reading.value[:7], precision="month")
        return reading

    return read


_MEASURED = {Type.MONEY: MONEY, Type.AREA: AREA, Type.PERCENT: SHARE}


def measures(described: FieldDescription) -> str:
    """What a field's numbers measure (``sheets.units``)."""
    return _MEASURED.get(described.type) or dimension(described.unit) or COUNT


def _number_reader(field: FieldDescription, around: Surroundings, cells: Sequence[Cell]) -> Reader:
    unit = around.unit or field.unit or None
    if (field.unit or field.type in _MEASURED) and dimension(around.unit) not in (None, measures(field)):
        return lambda cell: NOTHING if number(cell) == NOTHING else Reading(fault="other_unit")
    fractions = field.type == Type.PERCENT and _are_fractions(cells)
    whole, money, not_negative = field.type == Type.INT, field.type == Type.MONEY, field.not_negative
    as_it_stands = not fractions and (unit not in UNITS or UNITS[unit][1] == 1)

    def read(cell: Cell) -> Reading:
        if as_it_stands and cell.__class__ is float and cell.is_integer() and abs(cell) < LARGEST:  # by far the most
            value = int(cell)
            if value < 0 and not_negative:
                return Reading(fault="negative")
            return Reading(value if whole else Decimal(value))
        reading = number(cell, unit)
        if reading.value is None:
            return reading
        if not_negative and reading.value < 0:
            return Reading(fault="negative")
        if whole:
            return _whole(reading)
        if fractions and not (isinstance(cell, str) and "%" in cell):
            return reading._replace(value=exact(float(reading.value * 100)), corrected=(*reading.corrected, "fraction"))
        return _to_the_cent(reading) if money else reading

    return read


def _whole(reading: Reading) -> Reading:
    value = int(reading.value)
    return reading._replace(value=value) if value == reading.value else Reading(fault="not_whole")


def _to_the_cent(reading: Reading) -> Reading:
    if reading.value.as_tuple().exponent >= -2 or abs(reading.value) >= 10**20:
        return reading
    rounded = reading.value.quantize(_CENT)
    noise = abs(rounded - reading.value) <= abs(reading.value) * Decimal("1e-9")
    return reading._replace(value=rounded, corrected=reading.corrected if noise else (*reading.corrected, "rounded"))


def _are_fractions(cells: Sequence[Cell]) -> bool:
    """Whether a column of shares holds 0.35 for 35 %: no number above 1, at least one between."""
    numbers = [cell for cell in cells if isinstance(cell, float) and not isinstance(cell, bool)]
    return any(0 < abs(number) < 1 for number in numbers) and all(abs(number) <= 1 for number in numbers)


_TWO_UNITS = {MONEY: ("元", "万元"), AREA: ("㎡", "亩")}  # a cell that reads alike in both says its own, or needs none


def needs_unit(field: FieldDescription, cells: Sequence[Cell], around: Surroundings) -> bool:
    """Whether any cell of a column of money or areas means something else in another unit."""
    return any(reading.fault == NO_UNIT for reading in without_unit(field, cells, around))


def without_unit(field: FieldDescription, cells: Sequence[Cell], around: Surroundings) -> list[Reading]:
    """The readings of a column of money or areas whose unit is not known: only what says its own unit is read."""
    one, other = (read_column(field, cells, replace(around, unit=unit)) for unit in _TWO_UNITS[measures(field)])
    return [
        first if (first.value, first.choices) == (second.value, second.choices) else Reading(fault=NO_UNIT)
        for first, second in zip(one, other, strict=True)
    ]
