"""What the headings of somebody's workbook propose: fields of the dictionary where they are known, else new ones."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orgs.county.dictionary import Fields
from orgs.field_rules import FieldRule, FieldType, field_of
from sheets import reading
from sheets.apart import asking

MOST_ROWS = 12  # headings stand within the first rows
_LEAD_WORDS = "序号 编号 乡镇 乡镇（街道） 所属乡镇 所在乡镇 村 村名 村（社区） 行政村 单位 单位名称 代码 行政区划代码"
LEAD = frozenset(_LEAD_WORDS.split())
_UNIT = re.compile(r"[（(](万元|元|㎡|平方米|亩|人|户|个|%|天|次|件)[)）]$")
_TYPES = (  # what a heading speaks of, the first that fits
    (FieldType.BOOL, re.compile(r"^(是否|有无)|是否|有无")),
    (FieldType.IDCARD, re.compile(r"身份证")),
    (FieldType.PHONE, re.compile(r"电话|手机|联系方式")),
    (FieldType.MONTH, re.compile(r"年月$")),
    (FieldType.DATE, re.compile(r"日期|时间|时限")),
    (FieldType.PERCENT, re.compile(r"率$|比例|百分比")),
    (FieldType.AREA, re.compile(r"面积")),
    (FieldType.MONEY, re.compile(r"金额|资金|收入|支出|投资|经费|报酬|余额|价|租金")),
    (FieldType.INT, re.compile(r"数$|人数|户数|次数|数量|个数|人次")),
    (FieldType.IDENTIFIER, re.compile(r"代码|编号|账号|证号|文号")),
)
_BY_UNIT = {"万元": FieldType.MONEY, "元": FieldType.MONEY, "㎡": FieldType.AREA, "平方米": FieldType.AREA,
            "亩": FieldType.AREA, "%": FieldType.PERCENT, "人": FieldType.INT, "户": FieldType.INT,
            "个": FieldType.INT, "天": FieldType.INT, "次": FieldType.INT, "件": FieldType.INT}  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """A heading that was found: its words without the unit, the unit, the heading above, and what it proposes."""

    text: str
    unit: str = ""
    group: str = ""
    field: str = ""
    type: str = FieldType.TEXT


def headings(content: bytes, fields: Fields) -> list[Heading]:
    """The headings of a workbook's first table. Raises ``sheets.reading.UnreadableError``."""
    for sheet in asking.read(content):
        rows = [[_plain(reading.text_of(cell)) for cell in row] for row in sheet.rows[:MOST_ROWS]]
        found = _in_rows(rows)
        if found:
            known = _known(fields)
            return [_proposed(text, group, known) for text, group in found]
    return []


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("(", "（").replace(")", "）")


def _in_rows(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Each column's heading and the one above it: the fullest row holds the headings, or the two fullest neighbours."""
    counts = [sum(1 for cell in row if cell and len(cell) <= 20 and not _is_number(cell)) for row in rows]
    if not counts or max(counts) < 2:
        return []
    top = counts.index(max(counts))
    below = top + 1 < len(rows) and counts[top + 1] >= 2 and _fills_gaps(rows[top], rows[top + 1])
    above = top > 0 and counts[top - 1] >= 2 and not below
    upper, lower = (top, top + 1) if below else (top - 1, top) if above else (top, top)
    found, group = [], ""
    for place in range(max(len(rows[upper]), len(rows[lower]))):
        high = rows[upper][place] if place < len(rows[upper]) else ""
        low = rows[lower][place] if place < len(rows[lower]) else ""
        group = high or group
        text = low or high
        if text and _UNIT.sub("", text) not in LEAD:
            found.append((text, group if low and high != low and upper != lower else ""))
    return found


def _fills_gaps(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the lower row has words where the upper one is blank, as under a merged heading."""
    return any(low and not (upper[place] if place < len(upper) else "") for place, low in enumerate(lower)) and any(
        cell and not (lower[place] if place < len(lower) else "") for place, cell in enumerate(upper)
    )


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.,%+-]+", text))


def _known(fields: Fields) -> Mapping[str, FieldRule]:
    """Fields by every heading they are known by; their own name comes first."""
    found: dict[str, FieldRule] = {}
    for field in fields.values():
        found.setdefault(_plain(field.zh), field)
    for field in fields.values():
        for alias in field.aliases:
            found.setdefault(_plain(alias), field)
    return found


def _proposed(text: str, group: str, known: Mapping[str, FieldRule]) -> Heading:
    unit = match[1] if (match := _UNIT.search(text)) else ""
    words = _UNIT.sub("", text)
    field = known.get(words) or known.get(f"{words}（{unit}）")
    if field is not None:
        return Heading(words, unit, group, field.key, field.type)
    kind = next((name for name, pattern in _TYPES if pattern.search(words)), None)
    return Heading(words, unit, group, "", _BY_UNIT.get(unit) or kind or FieldType.TEXT)


def made(described: Mapping[str, Any]) -> FieldRule:
    """A new field from what a form says of it."""
    row = {**described, "key": "", "zh": described["label_zh"], "en": described["label_en"]}
    return field_of({name: value for name, value in row.items() if not name.startswith("label_")})
