"""Yes and no, code lists, texts and identifiers as people type them; each reader returns a ``Reading``."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from sheets.fields import Choice
from sheets.packed import NO_RESULT
from sheets.reading import text_of
from sheets.values import ERROR_CELL, NOTHING, Cell, Reading, is_nothing, number, plain

_YES = frozenset(
    ("是", "有", "√", "✓", "✔", "☑", "●", "■", "y", "yes", "t", "true", "v", "对", "1", "○", "o", "〇")
) | {*("达标", "完成", "合格", "齐全", "属实", "ok")}
_NO = frozenset(("否", "无", "×", "✗", "✘", "✕", "x", "n", "no", "f", "false", "错", "0", "未", "没", "没有", "不"))
_YES_BEGINS = re.compile(r"[已有是√✓✔☑]|完成|建成|达到|达标|全部")
_NO_BEGINS = re.compile(r"[未无没否×✗✘☒]|不|尚未|暂未|暂无|还未|非")
_UNDECIDED = re.compile(r"部分|正在|准备|计划|拟|即将|待|基本|不详|不清|或|\?")
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}|[a-d])[.、)]|^[①-⑳]")
_NEGATIONS = "非不未无没"
_PARTS = re.compile(r"[、,，;；/／\\|\n\r+＋&]+|(?<=.)\s+(?=.)|(?=[①-⑳])|(?<=\D)(?=\d{1,2}[.、][^\d])")
_BETWEEN_CHOICES = re.compile(r"[和与及兼并+&\d.()①-⑳\s]|以及|经营|问题|方式|等|相结合|为主|为辅")
_FORMULA_SIGNS = ("=", "+", "-", "@", "＝")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})|(0\d{2,3}-?\d{7,8}(?:-\d{1,5})?)|(\d{7,8})|([48]00-?\d{3}-?\d{4})")
_LARGEST_EXACT = 10**15


def boolean(cell: Cell) -> Reading:
    """Yes or no; 无 is no, blank and dashes are nothing."""
    if isinstance(cell, bool):
        return Reading(cell)
    if isinstance(cell, float | int):
        return Reading(bool(cell)) if cell in {0, 1} else Reading(fault="not_yes_or_no")
    text = plain(text_of(cell))
    if text in _YES or text in _NO:
        return Reading(text in _YES)
    if is_nothing(text):
        return NOTHING
    if ERROR_CELL.fullmatch(text):
        return Reading(fault="formula_error")
    if _UNDECIDED.search(text):
        return Reading(fault="not_yes_or_no")
    if _NO_BEGINS.match(text) or _YES_BEGINS.match(text):
        return Reading(not _NO_BEGINS.match(text), corrected=("choice",))
    counted = number(text).value
    return Reading(fault="not_yes_or_no") if counted is None else Reading(counted > 0, corrected=("choice",))


class CodeList:
    """A code list made ready for many look-ups."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self.forms: dict[str, str] = {}
        for choice in choices:
            for alias in (choice.code, *choice.aliases):
                self.forms.setdefault(plain(alias), choice.code)
        self.codes = {choice.code for choice in choices}

    def one(self, cell: Cell) -> Reading:
        """The choice a cell names: by its words, by words within it, by its abbreviation; never when two fit."""
        shown = text_of(cell)
        text = plain(shown)
        if text in self.forms:
            code = self.forms[text]
            return Reading(code, corrected=() if code == shown else ("choice",))
        if is_nothing(text):
            return NOTHING
        if ERROR_CELL.fullmatch(text):
            return Reading(fault="formula_error")
        bare = _NUMBERED.sub("", text)
        for fits in (_same, _within, _abbreviates):
            found = self._fitting(bare, fits)
            if len(found) == 1:
                return Reading(found.pop(), corrected=("choice",))
            if found:
                return Reading(fault="ambiguous_choice", choices=tuple(sorted(found)))
        return Reading(fault="unknown_choice")

    def _fitting(self, text: str, fits: Mapping[str, str] | object) -> set[str]:
        forms = [form for form in self.forms if fits(text, form)]  # type: ignore[operator]
        longest = [form for form in forms if not any(form != other and form in other for other in forms)]
        return {self.forms[form] for form in longest}

    def several(self, cell: Cell) -> Reading:
        """The choices a cell names, sorted, each once."""
        shown = text_of(cell)
        text = plain(shown)
        if is_nothing(text):
            return NOTHING
        if text in self.forms:
            return Reading([self.forms[text]], corrected=() if self.forms[text] == shown else ("choice",))
        parts = [part for part in _PARTS.split(unicodedata.normalize("NFKC", shown)) if part and not is_nothing(part)]
        readings = [self._joined(part) for part in parts]
        bad = next((reading for reading in readings if reading.fault), None)
        if bad is not None:
            return Reading(fault=bad.fault, choices=bad.choices)
        return Reading(sorted({code for reading in readings for code in reading.value}))

    def _joined(self, part: str) -> Reading:
        """One part of a list; it may still name several choices with 和 or nothing between them."""
        rest, inside = plain(part), set()
        for form in sorted(self.forms, key=len, reverse=True):
            if len(form) >= 2 and form in rest:
                inside.add(self.forms[form])
                rest = rest.replace(form, " ")
        if len(inside) > 1 and not _BETWEEN_CHOICES.sub("", rest).strip():
            return Reading(sorted(inside), corrected=("choice",))
        halves = [self.one(half) for half in re.split(r"[和与及]", part) if half]
        if len(halves) > 1 and all(half.value for half in halves):
            return Reading(sorted({half.value for half in halves}), corrected=("choice",))
        one = self.one(part)
        return one if one.value is None else one._replace(value=[one.value])


def _negated_alike(text: str, form: str) -> bool:
    return [c for c in text if c in _NEGATIONS] == [c for c in form if c in _NEGATIONS]


def _same(text: str, form: str) -> bool:
    return text == form


def _within(text: str, form: str) -> bool:
    short, long = sorted((text, form), key=len)
    return len(short) >= 2 and short in long and _negated_alike(text, form)


def _abbreviates(text: str, form: str) -> bool:
    """Whether one is the other with characters left out, in order: 改建 for 改扩建."""
    short, long = sorted((text, form), key=len)
    if len(short) < 2 or len(long) > 3 * len(short) or not _negated_alike(text, form):
        return False
    rest = iter(long)
    return all(character in rest for character in short)


def text(cell: Cell, max_length: int = 4_000) -> Reading:
    """A text without spaces around it; markers of emptiness are nothing; what looks like a formula stays text."""
    if not isinstance(cell, str):
        shown = "" if cell is None else text_of(cell)
        return Reading(shown) if shown else NOTHING
    shown = cell.strip(" \t\r\n\u00a0\u3000\u200b\ufeff")
    if len(shown) <= 4 and is_nothing(shown):
        return NOTHING
    if shown.startswith("#") and (ERROR_CELL.fullmatch(shown) or shown == NO_RESULT):
        return Reading(fault="no_result" if shown == NO_RESULT else "formula_error")
    if len(shown) > max_length:
        return Reading(fault="too_long")
    if shown.startswith(_FORMULA_SIGNS):
        return Reading(shown, corrected=("suspicious_text",))
    return Reading(shown)


def identifier(cell: Cell) -> Reading:
    """A code or number that names something: every digit kept; one that a spreadsheet has rounded is a fault."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if cell - cell:  # an infinity, or not a number
            return Reading(fault="bad_identifier")
        if abs(cell) >= _LARGEST_EXACT:
            return Reading(fault="digits_lost")
        return Reading(str(int(cell))) if cell == int(cell) else Reading(fault="bad_identifier")
    shown = text_of(cell).lstrip("'`’‘")
    if is_nothing(shown):
        return NOTHING
    if ERROR_CELL.fullmatch(shown) or shown == NO_RESULT:
        return Reading(fault="formula_error")
    code = re.sub(r"\s+", "", unicodedata.normalize("NFKC", shown)).upper()
    if re.fullmatch(r"\d(?:\.\d+)?E\+\d+", code):
        return Reading(fault="digits_lost")
    if re.search(r"\*{2,}|×{2,}|X{3,}", code):
        return Reading(fault="masked")
    return Reading(code, corrected=() if code == shown else ("spaces",))


def id_card(cell: Cell) -> Reading:
    """An identity card number of 18 characters whose check character fits."""
    reading = identifier(cell)
    code = reading.value
    if code is None:
        return reading
    if re.fullmatch(r"\d{15,17}000", code) and not _checks(code):
        return Reading(fault="digits_lost")
    return reading if _checks(code) else Reading(fault="bad_id_card")


def _checks(code: str) -> bool:
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", code):
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(code, _ID_WEIGHTS, strict=False))
    return "10X98765432"[weighed % 11] == code[-1]


def phone(cell: Cell) -> Reading:
    """A telephone number, or several joined by 、."""
    reading = identifier(cell)
    if reading.value is None:
        return reading
    parts = [part for part in re.split(r"[、,;/\n]|(?<=\d{11})(?=1)", re.sub(r"[()]", "", reading.value)) if part]
    found = [_PHONE.fullmatch(re.sub(r"[ _.]", "", part).replace("—", "-")) for part in parts]
    if not found or any(each is None for each in found):
        dashed = _PHONE.fullmatch(reading.value.replace("-", ""))
        return Reading(dashed[1] or dashed[0]) if dashed else Reading(fault="bad_phone")
    numbers = [each[1] or each[0] for each in found if each]
    return Reading("、".join(numbers), corrected=reading.corrected)
