"""What a typed cell says: a number in its base unit, a day or month, a choice; with what was done to read it.

Every reader takes one cell as a sheet, a form field or a chat message gives it and returns a ``Reading``::

    number("1.2万").value                   Decimal("12000")
    number("1.2", unit="万元").value         Decimal("12000")     the heading's unit; money comes out in yuan
    number("12000元", unit="万元").value     Decimal("12000")     a unit in the cell beats the heading's
    number("约３.５亩").value                 Decimal("2333.33")   area comes out in square metres; approximate is True
    number("50-60").fault                   "range"              nobody guesses; choices holds both ends

``number`` never raises. Numbers come out as ``Decimal``, exact to the digits that were shown (a computed
0.30000000000000004 is 0.3). An empty cell or a marker such as 无 or — gives ``value=None`` and no fault.
"""

import datetime
import decimal
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sheets.numerals import SCALES, mixed_numeral
from sheets.packed import NO_RESULT
from sheets.units import UNITS, alike

Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None


class Reading(NamedTuple):
    """What one cell was read as.

    ``fault`` is a code of ``sheets.wording.FAULTS``, empty when the cell is good; ``corrected`` lists what was done to
    read it (``sheets.wording.CORRECTIONS``); ``choices`` are the readings to choose from when the cell is ambiguous;
    ``precision`` of a date is ``day``, ``month`` or ``year``.
    """

    value: Any = None
    fault: str = ""
    corrected: tuple[str, ...] = ()
    approximate: bool = False
    precision: str = ""
    choices: tuple[Any, ...] = ()


NOTHING = Reading()
SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
EMPTY_MARKERS = frozenset(
    ("", "无", "/", "\\", "-", "--", "---", "一一", "-/-", "//", "///", "n/a", "na", "null", "none", "nan", "暂无")
) | frozenset(("没有", "空", "无数据", "未填", "无。", "(无)", "~", ".", "…", "……", "...", "*", "□"))
DITTO = frozenset(("同上", "〃", '"', "″", "''", "″″", "同 上", "”", "“", "＂"))
ERROR_CELL = re.compile(r"#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|SPILL!|CALC!|#+)?", re.IGNORECASE)

LARGEST = 10**15  # no figure of a county reaches it, and ledgers keep none
LONGEST_NUMBER = 200  # characters of a number with all the words around it

_MILLIONTH = Decimal("0.000001")
_DASHES = str.maketrans("—–−‐‑‒―﹣ー─", "-" * 10)
_HALF_WIDTH = str.maketrans({"，": ",", "。": ".", "．": ".", "、": "、"})

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_SHOWN_SMALLER = re.compile(r"(-?\d+(?:\.\d+)?)×(10{3,8})")  # as ``sheets.formats`` tells of a cell
_EXPONENT = re.compile(r"[+-]?\d(?:\.\d+)?e[+-]?\d{1,2}")
_RAISED = re.compile(  # 5① and 5² bear the mark of a note, which would read as a digit; m² is a unit
    "(?<![mM])[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]|[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229"
    "\u3251-\u325f\u3280-\u3289\u32b1-\u32bf]"
)
_APART = re.compile(r"\d\s+\d")  # two numbers in one cell are never joined
_SPACED_THOUSANDS = re.compile(r"\D*\d{1,3}(?:[ \u00a0\u2000-\u200a\u202f\u3000]\d{3})+(?:\.\d+)?\D*")
_COLLOQUIAL = re.compile(r"(\d+[万千亿])(\d)")  # 3万2 is 32,000 to most people and 30,002 to some
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NEUTRAL = re.compile(r"^(?:人民币|rmb|cny|[¥￥]|共计|总计|合计|累计|共有|共|计|达到|达|为|有|[:：=])+")
_ABOUT_BEFORE = re.compile(r"^(?:大约|大概|约计|约为|约|将近|接近|近|不足|不到|超过|超|逾|至少|≈|~|>=|≥|>|≤|<=|<|上)+")
_ABOUT_AFTER = re.compile(r"(?:左右|上下|以上|以下|以内|余|多|许|不到|\+)+$")
_ABOUT_INSIDE = re.compile(r"(?<=[\d十百千万亿])[余多来](?=[万亿千百元人名户个家亩平m项次件])|(?<=[万亿千百])[余多来]")
_TRAILING_NOTE = re.compile(r"\(([^()]*)\)$")
_DIGITS = "0-9零〇○一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟廿"
_NUMBER_AND_UNIT = re.compile(
    rf"(\d(?:\.\d+)?e[+-]?\d{{1,2}}|[+-]?(?:[.,{_DIGITS}]|[wk](?![a-z]))+)([^{_DIGITS}.,+-][^+~]*)?"
)
_COUNTED_WORDS = re.compile(r"(?<=[名人个位户家])(?:党员|群众|职工|员工|村民|人员|农户|企业)$|钱$")
_PER_YEAR = re.compile(r"(?:/|每)(?:年|a)$|/?年均$")
_BETWEEN = re.compile(r"(?<=[\d十百千万亿元人户亩%m])(?:-{1,2}|~|至|到)(?=[\d一二两三四五六七八九十])")
_ADDED = re.compile(r"(?<=[\d元万亿])\+(?=\d)")


def number(cell: Cell, unit: str | None = None) -> Reading:
    """A number in base units: yuan, square metres, percent points or pieces; ``unit`` is the heading's unit."""
    if isinstance(cell, str) and len(cell) > LONGEST_NUMBER:
        return Reading(fault="not_a_number")
    reading = _number(cell, unit)
    if reading.value is not None and not abs(reading.value) < LARGEST:
        return Reading(fault="too_large")
    return reading


def _number(cell: Cell, unit: str | None) -> Reading:
    if isinstance(cell, float | int) and cell is not True and cell is not False:
        if cell - cell:  # an infinity, or not a number
            return Reading(fault="not_a_number")
        return Reading(_in_base_units(exact(cell), unit))
    if not isinstance(cell, str):
        return NOTHING if cell is None else Reading(fault="not_a_number")
    text = cell.strip()
    if found := _SHOWN_SMALLER.fullmatch(text):
        return _shown_smaller(Decimal(found[1]), Decimal(found[2]), unit)
    if text.isascii() and _PLAIN.fullmatch(text):
        return Reading(_in_base_units(Decimal(text), unit))
    if (_APART.search(text) and not _SPACED_THOUSANDS.fullmatch(text)) or _RAISED.search(text):
        return Reading(fault="not_a_number")
    return _number_in_words(text, unit)


def _shown_smaller(shown: Decimal, scale: Decimal, unit: str | None) -> Reading:
    """12.5×10000: a number that its format shows as 12.5. That is right under 万元; under 元 nobody knows."""
    kept, read = _tidy(shown * scale), _in_base_units(shown, unit)
    if kept == read:
        return Reading(kept, corrected=("scaled_format",))
    return Reading(fault="scaled_format", choices=(read, kept))


def exact(shown: float | int) -> Decimal:
    """A number as people see it: 15 significant digits, the noise of binary fractions gone."""
    whole = int(shown)
    return Decimal(whole) if whole == shown else Decimal(f"{shown:.15g}")


def plain(text: str) -> str:
    """Text in half-width lower-case characters without any spaces: what is compared and parsed."""
    if text.isascii():
        return SPACES.sub("", text).lower()
    return SPACES.sub("", unicodedata.normalize("NFKC", text)).lower()


def shown(value: Decimal) -> str:
    """A number as people write it: without needless zeros, whatever its scale, and never in exponents."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_nothing(text: str) -> bool:
    """Whether a cell's text says that there is nothing: blank, 无, /, — and the like."""
    return plain(text.translate(_DASHES)) in EMPTY_MARKERS


def _in_base_units(value: Decimal, unit: str | None) -> Decimal:
    factor = UNITS[unit][1] if unit and unit in UNITS else None
    if factor is None or factor == 1:
        return value
    return _tidy(value * factor)


def _tidy(value: Decimal) -> Decimal:
    """At most six decimals, no trailing zeros, never in exponents."""
    whole = int(value)
    if whole == value:
        return Decimal(whole)
    return value if abs(whole) >= 10**20 else value.quantize(_MILLIONTH).normalize()


def _number_in_words(original: str, unit: str | None) -> Reading:
    """Everything that is not plain digits: markers, words around the number, Chinese numerals, units, ranges."""
    if ERROR_CELL.fullmatch(original) or original == NO_RESULT:
        return Reading(fault="no_result" if original == NO_RESULT else "formula_error")
    text = plain(original.lstrip("'`’‘").translate(_DASHES))
    if text in EMPTY_MARKERS:
        return NOTHING
    corrected = ["full_width"] if not original.isascii() and _has_full_width(original) else []
    between = _several(text, unit)
    if between is not None:
        return between
    if text.startswith("百分之"):
        text = text.removeprefix("百分之") + "%"
    text, about = _without_words(text, corrected)
    if "几" in text:  # 十几 is anything from 11 to 19
        return Reading(fault="range")
    if text.startswith("(") and text.endswith(")") and _PLAIN.fullmatch(text[1:-1].replace(",", "")):
        text = "-" + text[1:-1]
        corrected.append("negative_in_brackets")
    colloquial = _COLLOQUIAL.fullmatch(text)
    if colloquial:
        return _colloquial(colloquial[1], colloquial[2])
    found = _NUMBER_AND_UNIT.fullmatch(text)
    if not found:
        return Reading(fault="not_a_number")
    return _with_unit(found[1], found[2] or "", unit, corrected, about)


def _colloquial(scaled: str, digit: str) -> Reading:
    """3万2: both readings to choose from."""
    base = mixed_numeral(scaled)
    assert base is not None  # the pattern holds digits and a scale
    tenth = Decimal(SCALES[scaled[-1]]) / 10
    return Reading(fault="ambiguous_number", choices=(_tidy(base + tenth * int(digit)), base + int(digit)))


def _has_full_width(text: str) -> bool:
    return any("\uff01" <= character <= "\uff5e" for character in text)


def _without_words(text: str, corrected: list[str]) -> tuple[str, bool]:
    """The text without currency signs, 约 and 余, notes in brackets and 每年; and whether it said about."""
    bare = _NEUTRAL.sub("", text)
    unhinted = _ABOUT_BEFORE.sub("", bare)
    about = unhinted != bare
    bare = _NEUTRAL.sub("", unhinted)
    unnoted = _TRAILING_NOTE.sub(lambda note: note[1] if note[1] in UNITS else "", bare) if bare[:1] != "(" else bare
    if unnoted != bare and not bare.endswith(tuple(f"({unit})" for unit in UNITS)):
        corrected.append("note_dropped")
    bare = _PER_YEAR.sub("", unnoted)
    bare = bare.removesuffix("整") if bare.endswith("元整") else bare
    inside = _ABOUT_AFTER.sub("", _ABOUT_INSIDE.sub("", bare))
    return inside, about or inside != bare


def _several(text: str, unit: str | None) -> Reading | None:
    """Two ends of a range or numbers to add: the choices are offered, nothing is picked."""
    for pattern, fault in ((_BETWEEN, "range"), (_ADDED, "sum")):
        if not pattern.search(text, 1):
            continue
        parts = pattern.split(text)
        tail = re.search(rf"[^{_DIGITS}.,]+$|[万亿][^{_DIGITS}.,]*$", parts[-1])
        full = [part if not tail or not re.fullmatch(r"[\d.,]+", part) else part + tail[0] for part in parts]
        readings = [number(part, unit) for part in full]
        if any(part.value is None for part in readings):
            return Reading(fault="not_a_number")
        values = [part.value for part in readings]
        return Reading(fault=fault, choices=(sum(values),) if fault == "sum" else tuple(values))
    return None


def _with_unit(digits: str, named: str, unit: str | None, corrected: list[str], about: bool) -> Reading:
    """The digits times the unit written in the cell, else times the heading's unit."""
    amount = _amount(digits, corrected)
    if amount is None:
        return Reading(fault="not_a_number")
    value, scaled = amount
    named = named.rstrip(".。,;")
    if named:
        own = _own_unit(named)
        if own is None:
            return Reading(fault="not_a_number")
        if unit and not alike(unit, own):
            return Reading(fault="wrong_unit")
        corrected.append("unit_in_cell")
        value = _tidy(value * UNITS[own][1])
    elif scaled:
        corrected.append("unit_in_cell")
        if unit is not None and "亩" in unit:
            value = _tidy(value * UNITS["亩"][1])
    else:
        value = _in_base_units(value, unit)
    return Reading(value, corrected=tuple(corrected), approximate=about)


def _own_unit(named: str) -> str | None:
    """The unit written in the cell, with the words of who is counted cut off (714名党员)."""
    bare = named if named in UNITS else _COUNTED_WORDS.sub("", named)
    return bare if bare in UNITS else None


def _amount(digits: str, corrected: list[str]) -> tuple[Decimal, bool] | None:
    """The digits' value, and whether they bear a scale of their own (1.2万, 三千): such a number is complete."""
    if _PLAIN.fullmatch(digits) or _EXPONENT.fullmatch(digits):
        return Decimal(digits), False
    if _THOUSANDS.fullmatch(digits):
        corrected.append("thousands")
        return Decimal(digits.replace(",", "")), False
    value = mixed_numeral(digits.lstrip("+-"))
    if value is None:
        return None
    if re.search(r"[^0-9.,+\-万亿wk]", digits):
        corrected.append("chinese_numeral")
    scaled = any(character in digits for character in SCALES if SCALES[character] >= 1000)
    return _tidy(-value if digits.startswith("-") else value), scaled


def total(values: Sequence[Decimal]) -> Decimal:
    """The sum of numbers, exact."""
    with decimal.localcontext(prec=40):
        return sum(values, Decimal(0))
