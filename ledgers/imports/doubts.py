"""What is asked about whole columns of an import: in which unit their money is, and values far from all others.

Money and areas in a unit that was not read, or that two places state differently, is never taken: its rows wait
for one answer. A value a hundred times off the middle of its column, or off what was stored last, waits for a word as
well.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from ledgers.imports.staged import StagedRow
from ledgers.rules.kinds import KindRule
from orgs.field_rules import FieldRule, FieldType
from sheets.columns import NO_UNIT
from sheets.extraction import Found
from sheets.stated import CHOICES, CONFLICT
from sheets.units import AREA, MONEY, dimension

FAR_OFF, FAR_BEFORE = "far_off", "far_before"
ASKED = frozenset({NO_UNIT, FAR_OFF, FAR_BEFORE})
FAR = frozenset({FAR_OFF, FAR_BEFORE})
MANY, STEP = 30, 3  # of so many values the smallest and largest may be led to, each at most so many times the next
TIMES = 100  # how much a value may differ before it is asked about
_BASE = {MONEY: "元", AREA: "㎡"}
_MEASURED = {FieldType.MONEY.value: MONEY, FieldType.AREA.value: AREA}
_SCALES = (Decimal(10_000), Decimal(1) / 10_000)  # the unit that is mistaken most
_TRUSTED = "far:"  # before a field: its values far from the others are right
_SHOWN = 6
_ROUNDED_UP = 1 + 1e-9  # what lies so near a limit is looked into exactly


def base_unit(rule: FieldRule) -> str:
    """The unit in which a field's numbers are kept where people write them in several; "" for all others."""
    measured = _MEASURED.get(rule.type) or (dimension(rule.unit) if rule.is_number else None)
    return _BASE.get(measured or "", "")


# units


def described(found: Found, key: str) -> dict[str, Any]:
    """What a column's page says of its unit when that was asked about."""
    doubt = found.doubts.get(key)
    if doubt is None:
        return {}
    return {"key": doubt.key, "why": doubt.why, "offered": list(doubt.offered), "answer": doubt.answer}


@dataclass
class UnitQuestion:
    """One question: the unit of a column, which may stand on several sheets of the same layout."""

    key: str
    heading: str
    label: str
    is_area: bool
    is_conflict: bool
    choices: list[str]
    answer: str
    places: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)


def unit_questions(tables: Iterable[Mapping[str, Any]], kind: KindRule) -> list[UnitQuestion]:
    """What is asked, or was answered, about units; each once."""
    found: dict[str, UnitQuestion] = {}
    for table in tables:
        for column in table["columns"]:
            doubt = column.get("doubt")
            if not doubt or column["field"] not in kind.by_key:
                continue
            rule = kind.by_key[column["field"]].field
            area = base_unit(rule) == _BASE[AREA]
            choices = list(dict.fromkeys((*doubt["offered"], *CHOICES[AREA if area else MONEY])))
            question = found.setdefault(
                doubt["key"],
                UnitQuestion(
                    doubt["key"],
                    column["heading"],
                    kind.by_key[column["field"]].label,
                    area,
                    doubt["why"] == CONFLICT,
                    choices,
                    doubt["answer"],
                ),
            )
            place = f"{table['sheet']} {column['cell'] or column['letters']}".strip()
            if len(question.places) < _SHOWN:
                question.places.append(place)
            question.samples += column["samples"][: max(0, _SHOWN - len(question.samples))]
    return list(found.values())


# values far from others


class Middle(NamedTuple):
    """The middle of a column, and how far down and up its values lead step by step (``STEP``).

    ``upper`` is the higher one where an even number of values has two, a hundred times apart: nobody can say which.
    """

    middle: str
    least: str
    most: str
    upper: str = ""


def middles(tables: Iterable[Found], kind: KindRule) -> dict[str, Middle]:
    """The middle of each column of money or areas in a workbook, noughts left out; none for a single value."""
    money = [column.key for column in kind.columns if base_unit(column.field)]
    records = [record.values for table in tables for record in table.records]
    found = {key: [abs(Decimal(value)) for values in records if (value := values.get(key))] for key in money}
    return {key: _middle(sorted(values)) for key, values in found.items() if len(values) > 1}


def _middle(values: Sequence[Decimal]) -> Middle:
    """In a long column, such as a county's, small villages lead down to the smallest step by step; a value in another
    unit stands apart from all of them.
    """
    half = len(values) // 2
    lower, upper = values[half - 1 + len(values) % 2], values[half]
    if is_far(upper, lower):
        return Middle(str(lower), str(lower), str(lower), str(upper))
    middle = (lower + upper) / 2
    if len(values) < MANY:
        return Middle(str(middle), str(middle), str(middle))
    least = most = middle
    for value in reversed(values[: bisect_right(values, middle)]):
        if value * STEP < least:
            break
        least = value
    for value in values[bisect_left(values, middle) :]:
        if value > most * STEP:
            break
        most = value
    return Middle(str(middle), str(least), str(most))


@dataclass(frozen=True)
class Measure:
    """What values are compared with: the middle of each column, and the fields somebody said are right."""

    kind: KindRule
    middle: Mapping[str, Decimal]
    reach: Mapping[str, Sequence[Decimal]]
    upper: Mapping[str, Decimal]
    trusted: frozenset[str]

    @classmethod
    def of(cls, kind: KindRule, tables: Sequence[Mapping[str, Any]], answers: Mapping[str, str] | None) -> "Measure":
        """The measure of a workbook as its tables are kept, and as questions about it were answered."""
        columns = [column for table in tables for column in table["columns"] if column.get("middle")]
        middle = {column["field"]: Decimal(column["middle"]) for column in columns}
        reach = {
            column["field"]: tuple(Decimal(column.get(end) or column["middle"]) for end in ("least", "most"))
            for column in columns
        }
        upper = {column["field"]: Decimal(column["upper"]) for column in columns if column.get("upper")}
        trusted = (key.removeprefix(_TRUSTED) for key in answers or {} if key.startswith(_TRUSTED))
        return cls(kind, middle, reach, upper, frozenset(trusted))

    def doubt(self, row: StagedRow, stored: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Ask about the money and areas of a row that is far from the middle of its column, or from what was
        stored last: of its own place, else of the period before. What stands there already is not asked about.
        """
        values, sure = row.values, row.sure
        for key, unit, low, high in self._measured:
            value = values.get(key)
            if value is None or key in sure or value == stored.get(key):
                continue
            if (size := _size(value)) and not low < size < high:
                self._doubt_in_column(row, key, unit)
            if last := stored.get(key, before.get(key)):
                _doubt(row, key, unit, abs(_number(last)), FAR_BEFORE)

    @cached_property
    def _measured(self) -> list[tuple[str, str, float, float]]:
        """The fields that are compared, their units, and between which values nothing is far from the column's."""
        units = {column.key: base_unit(column.field) for column in self.kind.columns if column.key not in self.trusted}
        return [(key, unit, *self._calm(key)) for key, unit in units.items() if unit]

    def _calm(self, key: str) -> tuple[float, float]:
        """Between which values a field surely asks nothing: of a large workbook most rows need no closer look."""
        near = [middle for middle in (self.middle.get(key), self.upper.get(key)) if middle]
        low = max([middle / TIMES for middle in near], default=Decimal(0))
        high = min([middle * TIMES for middle in near], default=Decimal("Infinity"))
        if key in self.reach and key not in self.upper:
            low, high = min(low, self.reach[key][0]), max(high, self.reach[key][1])
        return float(low) * _ROUNDED_UP, float(high) / _ROUNDED_UP

    def _doubt_in_column(self, row: StagedRow, key: str, unit: str) -> None:
        """Compare a value with the middles of its column."""
        _doubt(row, key, unit, self.upper.get(key, Decimal(0)), FAR_OFF)
        if key in self.upper or not self._is_reached(key, row.values[key]):
            _doubt(row, key, unit, self.middle.get(key, Decimal(0)), FAR_OFF)

    def _is_reached(self, key: str, value: Any) -> bool:
        """Whether the column's values lead to a value step by step."""
        least, most = self.reach.get(key, (Decimal(0), Decimal(0)))
        return least <= abs(_number(value)) <= most


def _size(value: Any) -> float:
    """About how large a stored number is, to sift by; endless for what is none."""
    try:
        return abs(float(value))
    except (TypeError, ValueError):
        return math.inf


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return Decimal(0)  # nothing, sealed, or of an older description


def _doubt(row: StagedRow, key: str, unit: str, other: Decimal, fault: str) -> None:
    value = row.values[key]
    number = _number(value)
    if key in row.faults or not is_far(abs(number), other):
        return
    scales = _SCALES if unit == _BASE[MONEY] else ()
    likely = [number * scale for scale in scales if not is_far(abs(number * scale), other)]
    row.faults[key] = [fault, [value, *(format(each.normalize(), "f") for each in likely)]]


def is_far(value: Decimal, other: Decimal) -> bool:
    """Whether two amounts differ a hundred times or more; a nought differs from nothing."""
    return bool(value and other) and (value >= TIMES * other or value * TIMES <= other)


@dataclass(frozen=True)
class FarQuestion:
    """The values of one field that are far from the others: how many, and whether they were called right."""

    field: str
    label: str
    count: int
    rows: list[int]
    is_trusted: bool


def far_questions(rows: Iterable[StagedRow], kind: KindRule, answers: Mapping[str, str] | None) -> list[FarQuestion]:
    """The fields with values that are far from the others, and those called right already."""
    found: dict[str, list[int]] = {key.removeprefix(_TRUSTED): [] for key in answers or {} if key.startswith(_TRUSTED)}
    trusted = set(found)
    for row in rows:
        for key, (code, _choices) in row.faults.items():
            if code in FAR and row.standing == "needs":
                found.setdefault(key, []).append(row.row)
    return [
        FarQuestion(key, kind.by_key[key].label, len(lines), lines[:_SHOWN], key in trusted)
        for key, lines in found.items()
        if key in kind.by_key
    ]


def trusting(field_key: str) -> str:
    """The key of the answer that a field's far values are right."""
    return _TRUSTED + field_key
