"""What a number format shows beside the digits: a scale (12.5 for 125000), a unit (12.5万元), a share (50%). Pure.

People read what is shown, so it is what counts: a number under such a format is read as the text it shows. Formats that
show the number as it is, dates, and those that cannot be followed are none of this module's business.
"""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from sheets.sheet import Cell
from sheets.units import UNITS

BUILT_IN = {9: "0%", 10: "0.00%"}
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_FIRST_OWN = 164  # formats below are built in, unless a workbook says otherwise
MOST = 5_000  # formats of a workbook
_LONGEST = 255

_PART = re.compile(r'"([^"]*)"|[\\!](.)|\[([^\]]*)\]|[_*](.)|(General|G/通用格式)|([0#?.,]+)|(%)|(.)', re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_MORE_UNITS = frozenset(("千", "百万", "亿", "万", "%"))


class Shown(NamedTuple):
    """What one section of a format does: divide the number, name a unit or a share, fill up with noughts (00012); and
    when it holds.
    """

    scale: Decimal = Decimal(1)
    unit: str = ""
    condition: tuple[str, Decimal] | None = None
    width: int = 0

    @property
    def tells(self) -> bool:
        """Whether it shows anything but the number."""
        return self.scale != 1 or bool(self.unit) or self.width > 1


class Format(NamedTuple):
    """A number format: its sections; or that it is a number's although its built-in number is a date's."""

    sections: tuple[Shown, ...] = ()
    is_number: bool = False


def telling(own: Mapping[int, str], used: int) -> Format | None:
    """The format of a number of formats, where it shows more than the number does; None for all others."""
    code = own.get(used, BUILT_IN.get(used, ""))
    if not code or len(code) > _LONGEST or _is_date(code):
        return None
    sections = tuple(_section(part) for part in _sections(code)[:3])
    is_number = used in _BUILT_IN_DATES and used < _FIRST_OWN
    if any(section.tells for section in sections):
        return Format(sections, is_number)
    return Format((), True) if is_number else None


def shown(cell: Cell, format: Format) -> Cell:
    """A cell as its format shows it: a text such as 12.5万元, or the cell itself."""
    if format.is_number and isinstance(cell, datetime.date):
        cell = _serial(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or cell - cell:
        return cell
    section = _that_holds(format.sections, Decimal(repr(cell)))
    if section is None or not section.tells:
        return cell
    if section.unit == "%":
        return f"{_plain(Decimal(f'{cell:.15g}') * 100)}%"
    number = Decimal(f"{cell:.15g}") / section.scale
    if section.width > 1:
        return _plain(number).zfill(section.width) if cell >= 0 and number == int(number) else cell
    if section.unit:
        return f"{_plain(number)}{section.unit}"
    return f"{_plain(number)}×{_plain(section.scale)}"  # the unit of its column says whether that is what it shows


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _serial(day: datetime.date) -> float:
    """The number that a reader took for a day; those before March 1900 are one less, as Excel counts."""
    serial = float(day.toordinal() - datetime.date(1899, 12, 30).toordinal())
    if isinstance(day, datetime.datetime):
        midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
        serial += (day - midnight) / datetime.timedelta(days=1)
    return serial if serial >= 61 else serial - 1


def _sections(code: str) -> list[str]:
    """The sections, parted by semicolons outside of quotes."""
    return re.findall(r'((?:"[^"]*"|[\\!].|[^;"])*)(?:;|$)', code)[: code.count(";") + 1]


def _is_date(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|[\\!_*].|\[[^\]]*\]|General|G/通用格式|E[+-]', "", code, flags=re.IGNORECASE)
    return bool(re.search(r"[ymdhsaeg年月日@]", bare, re.IGNORECASE)) or bool(
        re.search(r"\[[hms]+\]", code, re.IGNORECASE)
    )


def _section(code: str) -> Shown:
    words, digits, dotted, condition, percent = "", "", False, None, False
    for quoted, literal, bracket, _space, general, core, share, other in _PART.findall(code):
        text = quoted or literal
        if core or general:
            digits += core
        elif text == "." and digits:
            dotted, digits = True, digits + "!"
        elif text or other:
            words += text or other
        elif share:
            percent = True
        elif bracket and (found := _CONDITION.fullmatch(bracket)):
            condition = found[1], Decimal(found[2])
    unit = "%" if percent else unit_of(words)
    width = len(digits) if not unit and not words and set(digits) == {"0"} else 0
    return Shown(Decimal(1) if percent else _scale(digits, dotted), unit, condition, width)


def _scale(digits: str, dotted: bool) -> Decimal:
    """What a number is divided by: a thousand for each comma behind its digits, ten for each digit behind a dot that
    is a mere letter.
    """
    whole, _dot, rest = digits.partition(".")
    commas = (len(whole) - len(whole.rstrip(","))) + (len(rest) - len(rest.rstrip(",")))
    behind = len(re.findall(r"[0#?]", digits.partition("!")[2])) if dotted else 0
    return Decimal(10) ** (3 * commas + behind)


def unit_of(words: str) -> str:
    """The unit that the words beside the digits name; "" for others."""
    bare = words.strip(" ()（）+-¥￥$")
    return bare if bare in UNITS or bare in _MORE_UNITS else ""


_HOLDS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


def _that_holds(sections: tuple[Shown, ...], number: Decimal) -> Shown | None:
    """The section that shows a number: by its condition, else by its sign."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _HOLDS[section.condition[0]](number, section.condition[1]):
                return section
        return None
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0] if sections else None
