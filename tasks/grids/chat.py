"""Replies pasted from a chat group, read line by line: who speaks of which village, and which facts they tell. Pure.

Nothing is decided here: what is sure stands filled in, what is doubtful is asked. Each fact keeps the line it is from.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sheets.units import UNITS, dimension
from tasks.grids.cells import Ask

Spans = Sequence[tuple[int, int, int]]
MOST_LINES = 400

_SENDER = re.compile(
    r"^\s*(?:@?\S{1,20}\s+)?(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s+)?(?:星期.|周.|昨天|上午|下午|早上|晚上)?\s*"
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\s*$"
)
_NUMBERING = re.compile(r"^\s*(?:[(（]?\d{1,3}\s*[.、)）:：]|[①-⑳])\s*")
_NUMBER = re.compile(
    r"(?<![A-Za-z\d])(\d+(?:[,，]\d{3})*(?:\.\d+)?\s*[万千百亿]?|[一二两三四五六七八九十]+(?=次))\s*([%％]|[一-鿿㎡]{0,3})"
)
_CLAUSES = re.compile(r"[，,；;。\n!！、]|\s{2,}")
_NOISE = re.compile(r"[#＃*]?接龙|^例[:：]?")


@dataclass(frozen=True)
class Wanted:
    """One column a fact may belong to: its key, what it asks for, its title and unit, and the names of its stages."""

    key: str
    ask: Ask
    title: str
    unit: str = ""
    stages: tuple[str, ...] = ()


@dataclass
class Fact:
    """A fact told: its text, the column it belongs to ("" when that is to be asked), and whether it is sure."""

    text: str
    column: str = ""
    sure: bool = False


@dataclass
class Told:
    """One line: which village it speaks of (None: to be asked), its facts, and the line itself."""

    line: str
    place: int | None = None
    facts: list[Fact] = field(default_factory=list)
    asked: bool = False


def read(text: str, columns: Sequence[Wanted], villages: Callable[[str], Spans]) -> list[Told]:
    """What each line tells. A line that names no village goes on about the one before it in the same message."""
    found: list[Told] = []
    current: int | None = None
    for raw in unicodedata.normalize("NFC", text).splitlines()[:MOST_LINES]:
        if _SENDER.match(raw):
            current = None  # somebody else speaks
            continue
        line = _NUMBERING.sub("", raw).strip()
        if not line or _NOISE.search(line):
            continue
        spans = villages(line)
        for place, part in _parts(line, spans):
            current = place if place is not None else current
            facts = _facts(_half_width(part), columns)
            if current is None and not facts:
                continue  # greetings and the like
            found.append(Told(raw.strip(), current, facts, asked=current is None or any(not f.sure for f in facts)))
    return found


def _half_width(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" and c not in "，；！" else c for c in text)


def _parts(line: str, spans: Spans) -> list[tuple[int | None, str]]:
    """A line cut where it turns to another village; the name itself is left out of what is read."""
    if not spans:
        return [(None, line)]
    cut: list[tuple[int | None, str]] = []
    keys = [key for _start, _end, key in spans]
    if len(set(keys)) == 1:
        start, end, key = spans[0]
        return [(key, line[:start] + "，" + line[end:])]
    for (_start, end, key), following in zip(spans, [*spans[1:], (len(line), 0, 0)], strict=True):
        cut.append((key, line[end : following[0]]))
    return cut


def _facts(text: str, columns: Sequence[Wanted]) -> list[Fact]:
    """The facts of one village's words: stages by their names, numbers by the words and units beside them."""
    found: list[Fact] = []
    for clause in _CLAUSES.split(text):
        left = clause
        for column in columns:
            if column.ask == Ask.STAGE and (name := _stage(clause, column)):
                _add(found, Fact(name, column.key, sure=not _negated(clause, name)))
                left = left.replace(name, " ")
        for match in _NUMBER.finditer(left):
            fact = _number(match[1].strip(), match[2], left, match.start(), columns)
            if fact is not None:
                _add(found, fact)
    return found


def _add(found: list[Fact], fact: Fact) -> None:
    """A column told twice keeps the later fact, and is asked about when the two differ."""
    same = next((other for other in found if other.column and other.column == fact.column), None)
    if same is None:
        found.append(fact)
    elif same.text != fact.text:
        same.text, same.sure = fact.text, False


def _stage(clause: str, column: Wanted) -> str:
    """The furthest stage a clause names, by its whole name or its first two characters or more."""
    named = ""
    for name in column.stages:
        bare = re.split(r"[/／及和与]", name)[0]
        forms = [form for form in {name, bare, bare[:2]} if len(form) >= 2]
        if any(form in clause for form in forms):
            named = name
    return named


def _negated(clause: str, name: str) -> bool:
    """Not begun, not finished, about to: somebody has to say what is meant."""
    at = clause.find(name[:2])
    around = clause[max(0, at - 4) : at + len(name) + 6]
    return bool(re.search(r"[未没]|还差|正在|准备|下周|预计|即将|开始", around))


def _number(digits: str, after: str, clause: str, at: int, columns: Sequence[Wanted]) -> Fact | None:
    """A number with the column its words or its unit point to."""
    unit = next((after[:length] for length in (3, 2, 1) if after[:length] in UNITS), "")
    text = digits + (unit if unit and dimension(unit) in {"money", "area"} else "")
    counted = [column for column in columns if column.ask in {Ask.FIGURE, Ask.COUNT, Ask.PERCENT}]
    if after[:1] in {"%", "％"}:
        text, counted = f"{digits}%", [column for column in counted if column.ask == Ask.PERCENT]
    fitting = [column for column in counted if _fits(column, unit, digits)]
    best = max((_shared(clause[:at], column.title) for column in fitting), default=0)
    named = [column for column in fitting if _shared(clause[:at], column.title) == best] if best >= 2 else []
    if len(named) == 1:
        return Fact(text, named[0].key, sure=True)
    exact = [column for column in fitting if unit and _same_unit(column, unit, digits)]
    if len(exact) == 1:
        return Fact(text, exact[0].key, sure=not named)
    if after[:1] in {"月", "日", "号", "点", "年", "天", "楼", "组"} or not counted:
        return None
    return Fact(text, fitting[0].key if len(fitting) == 1 else "", sure=False)


def _fits(column: Wanted, unit: str, digits: str) -> bool:
    if column.ask == Ask.COUNT:
        return not unit or dimension(unit) == "count"
    if column.ask == Ask.PERCENT:
        return unit in {"", "%"} and not digits.endswith(("万", "千", "百", "亿"))
    return not unit or dimension(column.unit) in {None, dimension(unit)}


def _same_unit(column: Wanted, unit: str, digits: str) -> bool:
    if column.ask == Ask.COUNT:
        return unit in {"次", "场", "期"}
    return (column.ask == Ask.FIGURE and dimension(column.unit) == dimension(unit) and dimension(unit) != "count") or (
        column.unit == unit
    )


def _shared(before: str, title: str) -> int:
    """The length of the longest run of characters of a title that stands before a number."""
    bare = re.sub(r"[^\w]", "", title)
    tail = before[-16:]
    for length in range(min(len(bare), 8), 1, -1):
        if any(bare[at : at + length] in tail for at in range(len(bare) - length + 1)):
            return length
    return 0
