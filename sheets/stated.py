"""Where a workbook says in which unit its numbers are: headings, rows of units, lines around the table.

Money and areas are never taken for a unit that was not read. ``settle`` says for one column which unit holds,
or what has to be asked: nothing states one (``unread``), or two places state different ones (``conflict``).
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sheets.columns import measures
from sheets.fields import FieldDescription
from sheets.units import AREA, MONEY, SHARE, UNITS, dimension

UNREAD, CONFLICT = "unread", "conflict"
CHOICES = {  # what people write in several units is asked about, and answered with one of these
    MONEY: ("元", "百元", "千元", "万元", "百万元", "亿元"),
    AREA: ("㎡", "亩", "公顷", "万亩", "平方公里"),
}
Stated = Mapping[str, tuple[str, ...]]  # what is measured → the units that are stated for it

_WORDS = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_BEFORE_UNIT = re.compile(
    r"^(?:(?:金额|货币|计量|计价|数量|面积|数据|资金)?(?:计量)?单位|币种|人民币|rmb|cny|以|按|为|是|[:：;；,，、/()\[\]【】|])+"
)
_AFTER_UNIT = re.compile(
    r"(?:人民币|(?<=.)(?:[/每](?:年|月|日|户|人|村|个|亩|㎡|m2|平方米|平)+)|为单位|计|[)\]】(\[。.;；:：,，])+$"
)
_NOBODYS = r"(?<!填报)(?<!填表)(?<!报送)(?<!上报)(?<!制表)(?<!主管)(?<!编制)(?<!所属)(?<!责任)"
_LINE = re.compile(
    rf"{_NOBODYS}单\s*位\s*[:：为是]?\s*(?P<units>(?:[(（\[【:：、,，/;；\s]|人民币|RMB|CNY|{_WORDS}|[)）\]】])+)(?P<after>.?)",
    re.IGNORECASE,
)
_AS_UNIT = re.compile(rf"[以按](?:人民币)?({_WORDS})(?:人民币)?(?:为(?:计量|金额|货币)?单位|填[报列写]|计算|统计)")
_RUNS_IN = re.compile(r"[\u4e00-\u9fff]{2}$")
_GENERAL = re.compile(
    r"(?:金额|货币|计量|计价|数量|面积|数据|资金|数字|数额|计算|统计|本表|本页|表[中内]|情况|以上|以下|[表册单账均都])$"
)
_SPREAD = re.compile(r"(?<=[十百千万亿])\s+(?=[万亿]?元)")  # 万 元
_IN_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,24})[)）\]】]")
_PARTS = re.compile(r"[、,，/;；\s()（）\[\]【】:：|]+")
_NO_UNIT = frozenset(("", "-", "--", "—", "——", "/", "\\", "无"))
_LABELS = re.compile(r"(?:计量|金额|货币|数量)?单位[:：]?")


class Settled(NamedTuple):
    """A column's unit; or why it is in doubt (``unread``, ``conflict``) with the units that are stated."""

    unit: str
    why: str = ""
    offered: tuple[str, ...] = ()


def unit_word(text: str) -> str:
    """The unit that a short text names and nothing else: 元, （万元）, 金额单位：人民币元, 元/年; else empty."""
    plain = re.sub(r"[\s\u200b-\u200f\ufeff]+", "", unicodedata.normalize("NFKC", text)).lower()
    if len(plain) > 20:
        return ""
    if plain in UNITS:
        return plain
    bare = _BEFORE_UNIT.sub("", plain)
    bare = _AFTER_UNIT.sub("", bare)
    return bare if bare in UNITS else ""


def row_of_units(texts: Sequence[str]) -> list[str] | None:
    """The units of a row that holds nothing else, "" where a cell has none; None when it is no such row.

    One lone word such as 村 or 户 makes no row of units.
    """
    units = []
    for text in texts:
        plain = unicodedata.normalize("NFKC", text).replace(" ", "").strip()
        unit = unit_word(plain)
        if not unit and plain not in _NO_UNIT and not _LABELS.fullmatch(plain):
            return None
        units.append(unit)
    named = [unit for unit in units if unit]
    clear = any(dimension(unit) in {MONEY, AREA, SHARE} for unit in named)
    return units if named and (clear or len(named) > 1) else None


def stated(texts: Iterable[str]) -> Stated:
    """The units that lines around a table state for all of it, each thing that is measured with its units."""
    found: dict[str, dict[str, None]] = {}
    for text in texts:
        for unit in _of_line(text):
            known = found.setdefault(UNITS[unit][0], {})
            if not any(UNITS[other][1] == UNITS[unit][1] for other in known):
                known[unit] = None
    return {measured: tuple(units) for measured, units in found.items()}


def _of_line(text: str) -> Iterable[str]:
    text = _SPREAD.sub("", unicodedata.normalize("NFKC", text))
    lone = unit_word(text)
    if lone and dimension(lone) in {MONEY, AREA}:
        yield lone  # a cell of its own: （万元）
        return
    for line in _LINE.finditer(text):
        if _of_one(text[: line.start()]):
            continue  # 资产总额单位为万元: of one column alone
        if re.match(r"[\u4e00-\u9fff]", line["after"]) and not re.search(r"[\s()（）\[\]【】;；,，]$", line["units"]):
            continue  # 单位：元家村
        yield from (word for part in _PARTS.split(line["units"]) if (word := unit_word(part)))
    yield from (said[1].lower() for said in _AS_UNIT.finditer(text) if not _of_one(text[: said.start()]))
    for bracket in _IN_BRACKETS.finditer(text):
        for part in _PARTS.split(bracket[1]):
            unit = unit_word(part)
            if unit and dimension(unit) in {MONEY, AREA}:
                yield unit


def _of_one(before: str) -> bool:
    """Whether what runs into 单位 names one column, which no other goes by."""
    words = before.removesuffix("的")
    return bool(_RUNS_IN.search(words)) and not _GENERAL.search(words)


def settle(described: FieldDescription, own: Sequence[str], around: Stated) -> Settled:
    """The unit of a field's column: what its heading says, else what stands around the table.

    For money and areas a doubt is asked about; what else is measured goes by the field's own unit when nothing is said.
    """
    measured = measures(described)
    of_heading = _different(unit for unit in own if dimension(unit) == measured)
    of_table = around.get(measured, ())
    if measured not in CHOICES:
        return Settled(next(iter((*of_heading, *of_table, *own)), ""))
    offered = _different((*of_heading, *of_table))
    why = CONFLICT if _contradict(of_heading, of_table) else "" if offered else UNREAD
    if not why:
        return Settled((of_heading or of_table)[0])
    return Settled("", why, offered)


def question(headings: Sequence[str], heading: str, doubt: Settled) -> str:
    """What an answer is remembered by: the layout, the column, and what was in doubt about it."""
    told = json.dumps([list(headings), heading, doubt.why, doubt.offered], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def _different(units: Iterable[str]) -> tuple[str, ...]:
    """The units without those that say the same in other words (万, 万元)."""
    found: dict[object, str] = {}
    for unit in units:
        found.setdefault(UNITS[unit][1], unit)
    return tuple(found.values())


def _contradict(of_heading: Sequence[str], of_table: Sequence[str]) -> bool:
    """Whether a heading names two units or none of the table's, or says nothing where the table states two."""
    if len(of_heading) > 1:
        return True
    if not of_heading:
        return len(of_table) > 1
    factors = {UNITS[unit][1] for unit in of_table}
    return bool(factors) and UNITS[of_heading[0]][1] not in factors
