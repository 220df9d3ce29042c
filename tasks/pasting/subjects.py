"""Of which village a line of a chat speaks: named beyond doubt, named in doubt, or not named at all. Pure.

A village is named where a clause begins, by a name that means it alone. A word before it that is no part of the
sentence (白石岭村 where 石岭村 is known), another kind behind it (石岭社区), or a name nobody knows make a doubt.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Spans = Sequence[tuple[int, int, int]]
LONGEST_HEAD = 12  # characters before 村 or 社区 that can be a name

_KINDS = "村民委员会|村委会|居民委员会|居委会|社区|村"
_COMPOUND = r"(?![部级民容规务医史企庄里内口])"  # 村部, 村级, 村民 are no village
# What stands in a name: characters, rare ones and a font's own too, letters; behind one also what stands for another.
CHARACTERS = "\u2e80-\u2fdf\u3007\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U000323af"
_IN_NAME = rf"(?:[{CHARACTERS}A-Za-z]|(?<=[{CHARACTERS}])[□■○●◯×*＊?？\ufffd])"
_NAME_LIKE = re.compile(rf"({_IN_NAME}{{1,{LONGEST_HEAD}}}?)(?:{_KINDS}){_COMPOUND}")
_OTHER_KIND = re.compile(rf"((?:{_IN_NAME}|\d){{0,3}}?)(?:{_KINDS}){_COMPOUND}")
_WORD = re.compile(rf"[{CHARACTERS}]")
_PART = re.compile(
    r"[(（]?第?[\d一二三四五六七八九十东西南北上下前后]{1,4}(?:居民小组|村民小组|小组|组|网格|自然村|屯|生产队|队|片区?)"
    r"|[\u4e00-\u9fff]{1,4}(?:居民小组|村民小组|自然村)"
)
_BESIDE = re.compile("以外|之外|除外|隔壁|旁边|对面|附近|邻")  # 石岭村以外: of the others
_JOINED = re.compile(
    rf"\s*(?:[、/／＋+&]|和|[与跟]|及(?!时)|同(?![比期时意步]))\s*([{CHARACTERS}]{{2,4}})"
)  # 石岭村、白石: of two
_KIND_AT_END = re.compile(rf"(?:{_KINDS})$")
_WORD_BEFORE = re.compile(rf"[{CHARACTERS}A-Za-z]{{0,12}}\Z")
_UNIT = re.compile(r"(?:万|千|百|亿|元|次|个|人|户|家|亩|平方米|平米|平|项|场|期|名|栋|处|㎡)+")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GENERIC = _words(  # 本村, 进村, 行政村: no name
    "本 我 我们 全 各 该 每 入 进 到 驻 在 农 两 个 几 多 些 此 乡 行政 自然 示范 重点 空壳 薄弱 贫困 和美 美丽乡"
)
_LEADING = _words(  # may run into a name
    "我们 我 和 与 及 跟 今天 今日 昨天 昨日 本周 上周 目前 现在 截至目前 截止目前 其中 另外 另 还有 以及 报告 汇报"
)
_FOLLOWING = _words(  # may follow a name that is written without 村
    "已 完成 还 目前 现在 全村 本村 本周 上周 本月 今年 今天 上报 报 共 达 没 未 无 正在 计划 预计 各 都 均 的"
)


@dataclass(frozen=True)
class Mark:
    """Where a line names a village: its key, or None with the words that are in doubt."""

    start: int
    end: int
    key: int | None
    name: str


def marks(line: str, spans: Spans, matters: str = "") -> list[Mark]:
    """The villages a line names, in order; ``spans`` are the names known, as (start, end, key).

    ``matters`` holds every word for what is reported: one of them may follow a name without its 村 directly.
    """
    found: list[Mark] = []
    at = 0
    for start, end, key in sorted(spans):
        if start < at:
            continue  # a doubt reaches over it
        unknown = list(_unknown(line, at, start))
        since = unknown[-1].end if unknown else at
        mark = _judged(line, since, (start, end, key), matters)
        if mark is not None:
            if mark.key is not None and (beyond := _beyond(line, mark.end, spans, matters)):
                mark = Mark(mark.start, beyond, None, line[mark.start : beyond])
            found += [one for one in unknown if one.end <= mark.start]
            found.append(mark)
            at = mark.end
    return [*found, *_unknown(line, at, len(line))]


def _beyond(line: str, end: int, spans: Spans, matters: str) -> int:
    """Where words end that join another name to one, or say that others are meant; 0 where there are none."""
    if beside := _BESIDE.match(line, end):
        return beside.end()
    joined = _JOINED.match(line, end)
    if joined is None:
        return 0
    start, word = joined.start(1), joined[1]
    known = any(start == begin for begin, _end, _key in spans) or _NAME_LIKE.match(line, start)
    if known or word[:2] in matters or word.startswith((*_LEADING, *_FOLLOWING)):
        return 0
    return joined.end()


def _judged(line: str, since: int, span: tuple[int, int, int], matters: str) -> Mark | None:
    """A known name, or the longer word around it that may be another's; None where it is a word among others."""
    start, end, key = span
    word = _before(line, since, start)
    if _KIND_AT_END.search(line[start:end]):
        if word and word not in _LEADING:
            return Mark(start - len(word), end, None, line[start - len(word) : end])
        part = _PART.match(line, end)  # what a group of it reports is not the village's
        return Mark(
            start, part.end() if part else end, None if part else key, line[start : part.end() if part else end]
        )
    if (word and word not in _LEADING) or (not word and start == since > 0 and _is_word(line[start - 1])):
        return None
    other = _OTHER_KIND.match(line, end)
    if other and other[1] not in _GENERIC:
        return Mark(start, other.end(), None, line[start : other.end()])
    follows = line[end : end + 2]
    if _is_word(follows[:1]) and follows not in matters and not follows.startswith(_FOLLOWING):
        return Mark(start, end, None, line[start : end + 2])
    return Mark(start, end, key, line[start:end])


def _before(line: str, since: int, start: int) -> str:
    """The word that runs into a name, a unit right behind a figure left out."""
    found = _WORD_BEFORE.search(line, max(since, start - LONGEST_HEAD), start)
    word = found[0] if found else ""
    figure = start - len(word) > 0 and line[start - len(word) - 1].isdigit()
    return _UNIT.sub("", word, count=1) if figure and _UNIT.match(word) else word


def _unknown(line: str, start: int, end: int) -> Iterator[Mark]:
    """Words between known names that look like a village's name."""
    for match in _NAME_LIKE.finditer(line, start, end):
        head, begin = match[1], match.start()
        first = begin == 0 or not _is_word(line[begin - 1])
        if head in _GENERIC or (not first and head.endswith(_GENERIC)):
            continue
        if head.endswith("一") and line.startswith("一", match.end()):  # 一村一策, 一村一品
            continue
        yield Mark(begin, match.end(), None, match[0])


def _is_word(character: str) -> bool:
    return _WORD.fullmatch(character) is not None
