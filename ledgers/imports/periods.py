"""Which period a row or a whole workbook speaks of."""

import re
import unicodedata
from collections.abc import Iterable

from ledgers.rules.kinds import KindRule, PeriodKind
from orgs.field_rules import day_span
from sheets import dates

_SAID = re.compile(
    r"(?:(?:19|20)\d{2}|[一二][〇○零一二三四五六七八九]{3})年?(?:度)?"
    r"(?:第?[一二三四1-4]季度|[上下]半年|[-.]?(?:1[0-2]|0?[1-9])月份?|-(?:Q[1-4]|H[12]|1[0-2]|0[1-9])(?!\d))?"
)


def period_of(kind: KindRule, text: str, year: int | None = None) -> str:
    """The key of the period that a cell names, empty when it names none: 2026, 2026年6月, 6月, 第三季度, 2026-Q3."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not plain or not kind.period:
        return ""
    if kind.accepts_period(plain):
        return plain
    reading = dates.date(plain.replace("年度", "年").removesuffix("年") if len(plain) < 7 else plain, year=year)
    if reading.fault:
        reading = dates.date(plain.replace("年度", "年"), year=year)
    if not reading.value or reading.fault:
        return ""
    if len(reading.value) == 4 and kind.period != PeriodKind.YEAR:
        return ""
    return kind.period_key(day_span(reading.value)[0])


def period_said(kind: KindRule, texts: Iterable[str]) -> str:
    """The first period that titles, the name of a sheet or of the file speak of."""
    for text in texts:
        for found in _SAID.finditer(unicodedata.normalize("NFKC", text).upper()):
            period = period_of(kind, found[0])
            if period:
                return period
    return ""
