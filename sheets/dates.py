"""Dates as people type them, kept as precisely as they were said and never more precisely.

``date(cell)`` returns a ``Reading`` whose value is ISO text: ``2026-06-28``, ``2026-06`` or ``2026``; ``precision``
says ``day``, ``month`` or ``year``. 6月底 is the last day of June; 上旬, 中旬 and 下旬 stay the month. A cell without
any digit (未动工, 在建) is a status: no date and no fault. A number 2024.1 is January or October: it is asked about.
"""

import calendar
import datetime
import re
import unicodedata

from sheets.numerals import mixed_numeral
from sheets.packed import NO_RESULT
from sheets.values import EMPTY_MARKERS, ERROR_CELL, NOTHING, SPACES, Cell, Reading

FIRST_YEAR, LAST_YEAR = 1900, 2100
EARLIEST_DAY = datetime.date(1910, 1, 1)  # what shows as an earlier day was a year typed into a cell for days
LATEST_DAY = datetime.date(LAST_YEAR, 12, 31)  # an amount read as a day number, or 9999-12-31 for "for good"
SERIALS = (10_000, 60_000)  # day numbers of a spreadsheet: 1927 to 2064
_FROM_1900, _FROM_1904 = datetime.date(1899, 12, 30), datetime.date(1904, 1, 1)

_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$|[上下]午.*$")
_SPOKEN = re.compile(r"[〇○零一二三四五六七八九十廿]+(?=[年月日号])")
_YEAR = r"(?P<year>(?:19|20)\d{2}|\d{2}(?!\d))"
_SEPARATOR = r"[年./\-,、]"
_PART = r"(?P<part>上旬|中旬|下旬|初|中|上半月|下半月)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_YEAR}(?:{_SEPARATOR})(?P<month>\d{{1,2}})[月./\-,、](?P<day>\d{{1,2}})[日号]?",
        r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])",
        r"(?P<year>\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)",
        rf"{_YEAR}{_SEPARATOR}(?P<month>\d{{1,2}})月?份?(?P<end>底|末)",
        rf"(?P<year>(?:19|20)\d{{2}}){_SEPARATOR}(?P<month>\d{{1,2}})月?份?{_PART}?",
        rf"(?P<year>\d{{2}})年(?P<month>\d{{1,2}})月份?{_PART}?",
        r"(?P<year>1[3-9]|[2-9]\d)[./\-](?P<month>0?[1-9]|1[0-2])",
        r"(?P<month>\d{1,2})[月./\-](?P<day>\d{1,2})[日号]?",
        r"(?P<month>\d{1,2})月份?(?P<end>底|末)",
        rf"(?P<month>\d{{1,2}})月份?{_PART}?",
        r"(?P<year>(?:19|20)\d{2})年?",
        r"(?:(?P<year>(?:19|20)\d{2})年?|[今本]?年)(?P<season>底|末|初|中|内|上半年|下半年|[一二三四1-4]季度末?)",
        r"(?P<season>上半年|下半年|第?[一二三四1-4]季度末?)",
    )
)
_EMBEDDED = re.compile(
    r"(?:19|20)\d{2}([年./\-])\d{1,2}(?:月|\1)\d{1,2}(?!\d)[日号]?|(?:19|20)\d{2}[年./\-]\d{1,2}(?:月[底末]?)?|\d{1,2}月\d{1,2}[日号]|\d{1,2}月[底末]?"
    r"|(?<!\d)(?:19|20)\d{6}(?!\d)"
)
_GOES_ON = re.compile(r"(?:至|到|~|-|、)\d")
_AROUND = re.compile(
    r"^(?:于|在|至|到|截至|截止|日期|时间|[:：])+|(?:之前|以前|前|止|起|以后|完成|完工|左右|\(.{0,2}\)|[.。,;])+$"
)
_NOT_YET = re.compile(r"未|没|尚|预计|计划|拟|争取|力争|预期|将|暂")
_OTHER_YEAR = re.compile(r"[明来去上前后次往翌下]年.*\d|\d.*[明来去上前后次往翌下]年")
_WHOLE_YEAR = re.compile(r"(?:19|20)\d{2}")
_SEASONS = {"底": 12, "末": 12, "初": 1, "中": 6, "内": 12, "上半年": 6, "下半年": 12}
_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}


def date(cell: Cell, *, year: int | None = None, from_1904: bool = False, typed: bool = True) -> Reading:
    """A date; ``year`` fills one that is not said; ``typed=False`` says that texts may have been numbers (csv)."""
    if isinstance(cell, datetime.date):
        day = cell.date() if isinstance(cell, datetime.datetime) else cell
        return _day(day) if EARLIEST_DAY <= day <= LATEST_DAY else Reading(fault="not_a_date")
    if isinstance(cell, str):
        return _from_text(cell, year, from_1904, typed)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _from_number(float(cell), year, from_1904)
    return NOTHING if cell is None else Reading(fault="not_a_date")


def _day(day: datetime.date, *corrected: str) -> Reading:
    return Reading(day.isoformat(), corrected=corrected, precision="day")


def _from_number(number: float, year: int | None, from_1904: bool) -> Reading:
    """A day number, 20240628, 202406, 2024, or a point that parts year and month or month and day."""
    if number - number or number <= 0 or number >= 10**8:
        return Reading(fault="not_a_date")
    if SERIALS[0] <= number <= SERIALS[1]:
        start = _FROM_1904 if from_1904 else _FROM_1900
        return _day(start + datetime.timedelta(int(number)), "serial_date")
    if number == int(number):
        text = str(int(number))
        return _from_text(text, year, from_1904, True) if len(text) in {4, 6, 8} else Reading(fault="not_a_date")
    return _with_point(f"{number:.15g}", year)


def _with_point(text: str, year: int | None) -> Reading:
    """2024.6 is June; 2024.1 and 6.3 may have lost a zero: both readings are offered."""
    before, _point, after = text.partition(".")
    if len(after) not in {1, 2} or not re.fullmatch(r"\d{1,4}", before):
        return Reading(fault="not_a_date")
    longer = _from_text(text + "0", year, False, True)
    shorter = _from_text(text, year, False, True)
    if len(after) == 1 and not longer.fault and not shorter.fault:
        fault = "ambiguous_month" if shorter.precision == "month" else "ambiguous_day"
        return Reading(fault=fault, choices=(shorter.value, longer.value))
    return shorter


def _from_text(cell: str, year: int | None, from_1904: bool, typed: bool) -> Reading:
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("'`’‘")
    if ERROR_CELL.fullmatch(text) or text == NO_RESULT:
        return Reading(fault="no_result" if text == NO_RESULT else "formula_error")
    text = SPACES.sub("", _TIME.sub("", text)).translate({0x2014: "-", 0x2013: "-", 0x3002: ".", 0x2212: "-"})
    if text in EMPTY_MARKERS:
        return NOTHING
    text = _SPOKEN.sub(_in_digits, text)
    if _OTHER_YEAR.search(text) and not _WHOLE_YEAR.search(text):
        return Reading(fault="no_year")  # 明年6月 is no June of the title's year
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _from_number(float(text), year, from_1904)
    if not typed and re.fullmatch(r"\d{1,4}\.\d{1,2}", text):
        return _with_point(text, year)
    return _one_form(text, year) or _one_form(_AROUND.sub("", text), year) or _embedded(text, year)


def _in_digits(found: re.Match[str]) -> str:
    value = mixed_numeral(found[0])
    return found[0] if value is None else str(value)


def _one_form(text: str, year: int | None) -> Reading | None:
    """The reading by the first form that the whole text has."""
    if re.fullmatch(r"(\d{1,2})/(\d{1,2})/((?:19|20)\d{2})", text):
        return _american(*map(int, text.split("/")))
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _reading(found.groupdict(), year)
    return None


def _american(first: int, second: int, year: int) -> Reading:
    """28/6/2024: day and month are told apart only when one is above 12."""
    if first > 12 or second > 12 or first == second:
        return _checked(year, max(first, second) if first == second else min(first, second), max(first, second), ())
    choices = (f"{year}-{first:02}-{second:02}", f"{year}-{second:02}-{first:02}")
    return Reading(fault="not_a_date", choices=choices)


def _reading(said: dict[str, str | None], default: int | None) -> Reading:
    corrected: list[str] = []
    year = _year(said.get("year"), default, corrected)
    if year is None:
        return Reading(fault="no_year")
    season = said.get("season")
    if season:
        return _season(year, season, corrected)
    month = said.get("month")
    if month is None:
        return Reading(str(year), corrected=tuple(corrected), precision="year")
    if not 1 <= int(month) <= 12:
        return Reading(fault="bad_date")
    if said.get("end"):
        last = calendar.monthrange(year, int(month))[1]
        return _checked(year, int(month), last, (*corrected, "month_end"))
    day = said.get("day")
    if day is None:
        part = ["part_of_month"] if said.get("part") else []
        value = f"{year}-{int(month):02}"
        return Reading(value, corrected=(*corrected, *part), approximate=bool(part), precision="month")
    return _checked(year, int(month), int(day), tuple(corrected))


def _year(said: str | None, default: int | None, corrected: list[str]) -> int | None:
    if said is None:
        corrected.append("year_added")
        return default
    if len(said) == 2:
        corrected.append("century_added")
        return int(said) + (2000 if int(said) < 50 else 1900)
    return int(said)


def _season(year: int, season: str, corrected: list[str]) -> Reading:
    """年底 is the last day of the year; a half year or a quarter stays its last month, marked as about."""
    if season in {"底", "末"}:
        return _checked(year, 12, 31, (*corrected, "month_end"))
    month = _SEASONS.get(season) or _QUARTERS[season.removeprefix("第")[0]]
    return Reading(f"{year}-{month:02}", corrected=(*corrected, "part_of_year"), approximate=True, precision="month")


def _checked(year: int, month: int, day: int, corrected: tuple[str, ...]) -> Reading:
    try:
        return _day(datetime.date(year, month, day), *corrected)
    except ValueError:
        return Reading(fault="bad_date")


def _embedded(text: str, year: int | None) -> Reading:
    """One date within words is taken, several or a planned one are asked about, none is a word of status."""
    found = [reading for part in _EMBEDDED.finditer(text) if (reading := _one_form(part[0], year))]
    good = [reading for reading in found if not reading.fault]
    if not found:
        status = not re.search(r"\d", text) or re.search(r"\d%|成$", text)
        return Reading(corrected=("status_word",)) if status else Reading(fault="not_a_date")
    if not good:
        return found[0]
    if len(good) > 1 or _GOES_ON.search(_EMBEDDED.sub("", text)):
        return Reading(fault="several_dates", choices=tuple(reading.value for reading in good))
    if _NOT_YET.search(text):
        return Reading(fault="not_a_date", choices=(good[0].value,))
    return good[0]._replace(corrected=(*good[0].corrected, "words_dropped"))
