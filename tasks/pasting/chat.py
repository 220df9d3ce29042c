"""Replies pasted from a chat group, read line by line: who speaks of which village, and which facts they tell. Pure.

Nothing is decided here: what is sure stands filled in, what is doubtful is asked. Each fact keeps the line it is from.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

from sheets.units import UNITS, alike, dimension
from tasks.grid.cells import Ask
from tasks.pasting import subjects
from tasks.pasting.subjects import Mark, Spans

MOST_LINES = 400
MOST_FACTS = 30  # figures of one line; a line with more is to be taken apart first
MOST_TOLD = 1000  # figures of all lines: a township has some hundred
MOST_NAMED = 10  # villages of one line
_LONGEST_SENDER = 80
_LONGEST_LINE = 1000
_WORDS_BEFORE = 16  # characters before a number that may say what it counts
_NOT_NOW_BEFORE = 24  # those that may say that it is another time's, or is none

_SENDER = re.compile(
    r"(?:@?\S{1,20}\s+)?(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s+)?(?:星期.|周.|昨天|上午|下午|早上|晚上)?\s*"
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
)
_NUMBERING = re.compile(
    r"(?:[(（【\[]?\d{1,3}\s*[.．、)）】\]:：-](?!\d)|[①-⑳⑴-⒛㈠-㈩❶-❿➀-➓]|[一二三四五六七八九十]{1,3}[、.．)）:：])\s*"
)
_BEGINS_WITH_NUMBER = re.compile(
    r"\W*(?:[\d①-⑳⑴-⒛㈠-㈩❶-❿➀-➓]|第[\d一二三四五六七八九十]|[一二三四五六七八九十]{1,3}[、.．)）:：])"
)
_BARE_NUMBER = re.compile(r"\W*\d{1,3}\W*")  # 8石岭村
_NUMERALS = "一二两三四五六七八九十百壹贰叁肆伍陆柒捌玖拾"
_NUMBER = re.compile(
    r"(?<![A-Za-z\d])((?:(?<![\d万千百亿元%％.])[-－−])?\d+(?:[,，]\d{3})*(?:\.\d+)?\s*[余多来几]?(?:[万千百亿]|[wWkK](?![A-Za-z]))?"
    rf"|(?<![{_NUMERALS}])百分之[{_NUMERALS}零点\d.]{{1,8}}"
    rf"|(?<![{_NUMERALS}])[{_NUMERALS}][{_NUMERALS}千佰仟零]{{0,9}}[余多来]?[万亿][{_NUMERALS}千佰仟零]{{0,9}}"
    rf"|(?<![{_NUMERALS}])[{_NUMERALS}][{_NUMERALS}千佰仟零]{{0,9}}(?=[次元]))\s*([%％]|[一-鿿㎡]{{0,3}})"
)
_MINUS = ("-", "－", "−")
_DAY_OR_PLACE = ("月", "日", "号", "点", "年", "天", "楼", "组", "个月", "季")
_CLAUSES = re.compile(r"[，,；;。\n!！、]|\s{2,}")
_EXAMPLE = re.compile(r"[#＃*]?接龙|例[:：]?|示例|格式")
_NEGATED = re.compile(
    r"[未没不差拟将？?]|正在|准备|下周|下个?月|月底|年底|年前|明[天年]|后天|预计|开始|施工|在建|进行|在[做搞修建]|阶段|过半|一半|[%％]"
    "|快要?完|计划|力争|争取|预期|有望|如果|是否|去年"
)
_NOT_NOW = re.compile(
    "[去上往前明后]年|同期|上月|下月|季度|半年|[年月]底|预计|预期|计划|目标|任务|力争|争取|有望|可望|可达|拟"
    "|应[收开到有达]|即将|将[达到有会要]|[缺差欠亏]|[人户]均|平均|每[人户月周季天次]|支出|负债|还要|如果|是不是|是否|[没未不]完成|同比|环比|增长|增幅"
    "|(?:增加|新增|增收|净增|减少|减收|下降|下滑|上升|提高)了?(?![到至为])|[少多加减第]了?$|不到|不足|没有|[没未]达|原来|原先|由$|从$|上次"
)
_OPEN_BEHIND = re.compile(  # 40%没完成, 20万？, 1.5倍, 20万美元
    r"[余多来几万千百亿元次个场期%％]{0,4}(?:[倍折]|[美欧日港]元|港币|吨|公?斤|\D{0,6}(?:[没未待]|不对|有误|还差|[吗?？]))"
)
_UNTIL = re.compile(r"(?:截[至止]|[至到])[\d年月日底末上中下旬份止]+")  # 截至10月底: what stands by then
_YEAR, _MONTH = (
    re.compile(r"(?<!\d)(?:20)?(\d{2})年"),
    re.compile(r"(?<!\d)(\d{1,2})月(?:份|(?!\d|底|末|止|中旬|下旬|上旬))"),
)
_TAIL = re.compile(rf"(?:[(（【\[]|[-—－]+|\s)\s*([{subjects.CHARACTERS}]{{2,4}})\s*[)）】\]]?\W*\Z")
_PLAIN_TAIL = re.compile(
    r".*(?:左右|以上|以下|完成|完工|正常|属实|谢谢|收到|上报|累计|合计|到账|元整|报送|汇报|确认)|以内|情况.*"
)
_GOING_ON = re.compile(
    r"(?:本村|全村|我村|该村|村里|村集体|村|目前|现在|截至目前|截止目前|本周|上周|下周|本月|上月|今天|昨天|明天|今年|其中|另外|"
    r"还有|已经|已|正在|预计|计划|准备|还|[\s，,。:：;；、~～-])+"
)
_FILLING = re.compile(
    r"(?:已经|已|达到|达|为|共计|共|合计|累计|约|大约|完成了|完成|实现|增加到|增长到|到|了|是|有|[\s:：，,+~～-])*"
)


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
    """A fact told: its text, the column it belongs to ("" when that is to be asked), and whether it is sure.

    ``units`` are those to choose from where its unit is to be asked.
    """

    text: str
    column: str = ""
    sure: bool = False
    units: tuple[str, ...] = ()


@dataclass
class Told:
    """One line: which village it speaks of (None: to be asked, ``why`` says what is in doubt), its facts, the line."""

    line: str
    place: int | None = None
    facts: list[Fact] = field(default_factory=list)
    asked: bool = False
    why: str = ""


@dataclass(frozen=True)
class _Part:
    """A stretch of a line about one village: its key (None: in doubt), why it is in doubt, and what is told."""

    place: int | None
    why: str
    facts: list[Fact]


def read(
    text: str,
    columns: Sequence[Wanted],
    villages: Callable[[str], Spans],
    doubt: Callable[[str], str] | None = None,
    on: datetime.date | None = None,
) -> list[Told]:
    """What each line tells, at most ``MOST_LINES`` of them.

    A line goes on about the village before it in the same message only when it begins with what is reported: never
    when it begins with a number, with the name of a village that is none here, or with words nobody knows, nor when it
    ends with a word apart that may be a name. ``doubt`` says of a name why it is not taken; ``on`` is the day on which
    it is read, and figures of another year or month are asked about.
    """
    found: list[Told] = []
    current: int | None = None
    matters = "\n".join(_words_of(columns))
    for raw in lines_of(text)[:MOST_LINES]:
        bare = raw.strip()
        if len(bare) <= _LONGEST_SENDER and _SENDER.fullmatch(bare):
            current = None  # somebody else speaks
            continue
        line = _NUMBERING.sub("", bare, count=1) if _NUMBERING.match(bare) else bare
        if not line or _EXAMPLE.match(line):
            continue
        if len(line) > _LONGEST_LINE:
            found.append(Told(bare, asked=True, why=_("This line is too long to be read: take it apart.")))
            current = None
            continue
        parts = _parts(line, subjects.marks(line, villages(line), matters), columns, doubt or _unknown, on)
        if not parts:
            told, current = _unnamed(bare, line, columns, current, on)
            found += [told] if told else []
            continue
        found += [_told(bare, part) for part in parts]
        current = parts[0].place if len(parts) == 1 else None
    _ask_about_changes(found)
    return found


def _words_of(columns: Sequence[Wanted]) -> list[str]:
    """What is reported, in the words of its titles and stages."""
    return [word for column in columns for word in (column.title, *column.stages)]


def _ask_about_changes(found: Sequence[Told]) -> None:
    """One fact told twice of a village, and differently, is asked about where it is told again."""
    before: dict[tuple[int, str], str] = {}
    for told in found:
        for fact in told.facts:
            if told.place is None or not fact.column:
                continue
            if before.setdefault((told.place, fact.column), fact.text) != fact.text:
                fact.sure, told.asked = False, True
                told.why = told.why or _("Another figure stands above for this village.")


def lines_of(text: str) -> list[str]:
    """The lines of a text that say anything."""
    return [line for line in unicodedata.normalize("NFC", text).splitlines() if line.strip()]


def _told(line: str, part: _Part) -> Told:
    if len(part.facts) > MOST_FACTS:
        return Told(line, asked=True, why=_("More figures stand in this line than can be told apart: take it apart."))
    asked = part.place is None or any(not fact.sure for fact in part.facts)
    return Told(line, part.place, part.facts, asked, part.why)


def _unnamed(
    bare: str, line: str, columns: Sequence[Wanted], current: int | None, on: datetime.date | None
) -> tuple[Told | None, int | None]:
    """A line that names no village, and the village that the next one may go on about."""
    facts = _facts(line, columns, on)
    numbered = bool(_BEGINS_WITH_NUMBER.match(bare))
    if current is None and not facts and not numbered:
        return None, None  # greetings and the like
    if current is not None and not numbered and _goes_on(line, columns, facts):
        return _told(bare, _Part(current, "", facts)), current
    return _told(bare, _Part(None, _("It does not say which village it speaks of."), facts)), None


def _goes_on(line: str, columns: Sequence[Wanted], facts: Sequence[Fact]) -> bool:
    """Whether a line begins with what is reported, and nothing in its beginning can be a village's name."""
    going = _GOING_ON.match(line)
    rest = line[going.end() :] if going else line
    tail = _TAIL.search(line)
    if tail and not _PLAIN_TAIL.fullmatch(tail[1]) and not any(tail[1][:2] in each for each in _words_of(columns)):
        return False
    if not facts:
        return going is not None
    if any(rest.startswith(form) for column in columns for name in column.stages for form in _forms(name)):
        return True
    head = re.split(r"[\d０-９一二两三四五六七八九十]", rest[:40], maxsplit=1)[0]
    length = max((_begins_alike(head, column.title) for column in columns), default=0)
    if length < 2 and (head or going is None):
        return False
    filling = _FILLING.match(head, length)
    return filling is not None and filling.end() == len(head)


def _begins_alike(head: str, title: str) -> int:
    """How many characters from its beginning stand somewhere in a title."""
    bare = re.sub(r"[^\w]", "", title)
    return next((length for length in range(min(len(head), len(bare)), 0, -1) if head[:length] in bare), 0)


def _unknown(name: str) -> str:
    return _("There is no “%(name)s” here.") % {"name": name}


def _parts(
    line: str, found: Sequence[Mark], columns: Sequence[Wanted], doubt: Callable[[str], str], on: datetime.date | None
) -> list[_Part]:
    """A line cut where it turns to another village; the name itself is left out of what is read.

    What stands before the first name is nobody's: figures there make all of the line a question.
    """
    if not found:
        return []
    if len(found) > MOST_NAMED:
        return [_Part(None, _("It names too many villages: take it apart."), [])]
    before = line[: found[0].start]
    before = "" if _BARE_NUMBER.fullmatch(before) else before
    if len({mark.key for mark in found}) == 1 and found[0].key is not None:
        facts = _facts(before + "，" + line[found[0].end :], columns, on)
        early = bool(_facts(before, columns, on))
        return [_Part(None, _early(), facts) if early else _Part(found[0].key, "", facts)]
    ends = [*(mark.start for mark in found[1:]), len(line)]
    told = [_facts(line[mark.end : end], columns, on) for mark, end in zip(found, ends, strict=True)]
    early_facts = _facts(before, columns, on)
    clear = all(told) and not early_facts
    parts = [_Part(None, _early(), early_facts)] if early_facts else []
    for mark, facts in zip(found, told, strict=True):
        why = doubt(mark.name) if mark.key is None else "" if clear else _("It names several villages.")
        parts.append(_Part(mark.key if clear else None, why, facts))
    return parts


def _early() -> str:
    return _("It names the village after a figure.")


def _half_width(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" and c not in "，；！" else c for c in text)


def _facts(text: str, columns: Sequence[Wanted], on: datetime.date | None) -> list[Fact]:
    """The facts of one village's words: stages by their names, numbers by the words and units beside them."""
    found: list[Fact] = []
    for clause in filter(None, _CLAUSES.split(_half_width(text))):
        left, since = clause, 0
        for column in columns:
            if column.ask == Ask.STAGE and (name := _stage(clause, column)):
                _add(found, Fact(name, column.key, sure=not _negated(clause, name)))
                left = left.replace(name, " ")
        for match in _NUMBER.finditer(left):
            before = left[max(0, match.start() - _WORDS_BEFORE) : match.start()]
            fact = _number(match[1].strip(), match[2], before, columns)
            if fact is not None:
                said = left[max(since, match.start() - _NOT_NOW_BEFORE) : match.start()]
                fact.sure = fact.sure and not _is_open(said, left[match.end(1) :], on)
                since = match.end(1)
                _add(found, fact)
            if len(found) > MOST_FACTS:
                return found
    return found


def _is_open(before: str, behind: str, on: datetime.date | None) -> bool:
    """Whether the words around a figure say that it is another time's, a difference, hoped for or not so."""
    before = _UNTIL.sub("", before)
    if _NOT_NOW.search(before) or _OPEN_BEHIND.match(behind):
        return True
    years, months = map(int, _YEAR.findall(before)), map(int, _MONTH.findall(before))
    return any(on is None or year != on.year % 100 for year in years) or any(
        on is None or month != on.month for month in months
    )


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
        if any(form in clause for form in _forms(name)):
            named = name
    return named


@lru_cache(maxsize=256)
def _forms(name: str) -> tuple[str, ...]:
    """How people write a stage: its name, the first of two, its first two characters."""
    bare = re.split(r"[/／及和与]", name)[0]
    return tuple(form for form in dict.fromkeys((name, bare, bare[:2])) if len(form) >= 2)


def _negated(clause: str, name: str) -> bool:
    """Not begun, not finished, about to: somebody has to say what is meant."""
    return bool(_NEGATED.search(clause.replace(name, " ")))


def _number(digits: str, after: str, before: str, columns: Sequence[Wanted]) -> Fact | None:
    """A number with the column its words or its unit point to."""
    unit = next((after[:length] for length in (3, 2, 1) if after[:length] in UNITS), "")
    text = digits + (unit if unit and dimension(unit) in {"money", "area"} else "")
    counted = [column for column in columns if column.ask in {Ask.FIGURE, Ask.COUNT, Ask.PERCENT}]
    if after[:1] in {"%", "％"} or digits.startswith("百分之"):
        text, counted = (
            f"{digits}%" if after[:1] in {"%", "％"} else digits,
            [column for column in counted if column.ask == Ask.PERCENT],
        )
    fitting = [column for column in counted if _fits(column, unit, digits)]
    best = max((_shared(before, column.title) for column in fitting), default=0)
    named = [column for column in fitting if _shared(before, column.title) == best] if best >= 2 else []
    if len(named) == 1:
        counted_so = not unit or alike(unit, "次" if named[0].ask == Ask.COUNT else named[0].unit)
        is_figure = not after.startswith(_DAY_OR_PLACE) and not digits.startswith(_MINUS)
        return Fact(text, named[0].key, sure=counted_so and is_figure)
    exact = [column for column in fitting if unit and _same_unit(column, unit, digits)]
    if len(exact) == 1:
        return Fact(text, exact[0].key, sure=not named)
    if after.startswith(_DAY_OR_PLACE) or not counted:
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
    for length in range(min(len(bare), 8), 1, -1):
        if any(bare[at : at + length] in before for at in range(len(bare) - length + 1)):
            return length
    return 0
