"""Which column is which field: headings compared with the names a field goes by, by words rather than letter by letter.

``Vocabulary(fields)`` holds the names; ``assign`` gives each column of a table its field with a confidence from 0 to 1
and the alternatives. Columns that say where a row belongs have keys of their own: ``PLACE``, ``TOWNSHIP``, ``CODE``,
``COUNTY``, ``SERIAL``.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from sheets.fields import NUMBERS, FieldDescription, Type
from sheets.units import UNITS

SERIAL, COUNTY, TOWNSHIP, PLACE, CODE = "@serial", "@county", "@township", "@place", "@code"
REMEMBERED = 4_096  # headings that were looked into before: each is compared with every name
SURE, LIKELY = 0.9, 0.62  # a mapping is taken from LIKELY on; below SURE its cells must bear it out

_PLACES = (
    FieldDescription(SERIAL, Type.TEXT, aliases=("序号", "编号", "序", "顺序号", "项次", "No", "NO.", "号")),
    FieldDescription(
        COUNTY, Type.TEXT, aliases=("县", "县区", "县市区", "市", "区县", "所属县", "县名", "市州", "区", "县市区名称")
    ),
    FieldDescription(
        TOWNSHIP,
        Type.TEXT,
        aliases=(
            *("乡镇", "乡镇名称", "所属乡镇", "所在乡镇", "乡镇街道", "镇", "乡", "街道", "镇街", "镇街道", "乡镇办"),
            *("镇乡", "所属镇", "所属乡", "所属街道", "所在镇", "所在街道", "所属镇街", "所属乡镇街道", "所在乡镇街道"),
            *("乡镇别", "乡镇场", "乡镇街道名称", "镇名", "乡镇街办", "所属党委", "乡镇党委", "镇办"),
        ),
    ),
    FieldDescription(
        PLACE,
        Type.TEXT,
        aliases=(
            *("村名", "村", "村社区", "行政村", "单位名称", "村名称", "村居", "村居社区", "村别", "村社区名称", "社区"),
            *("行政村名称", "行政村社区", "所在村", "所属村", "村级组织", "村级组织名称", "党组织名称", "村党组织"),
            *(
                "村党组织名称",
                "社区名称",
                "村社区党组织",
                "村社区党组织名称",
                "整顿村",
                "软弱涣散村",
                "村庄",
                "村居名称",
            ),
            *("软弱涣散村党组织", "软弱涣散村党组织名称", "建设村", "建制村", "党支部", "党支部名称", "村委会", "单位"),
            *(
                "村委会名称",
                "基层党组织",
                "基层党组织名称",
                "所属村社区",
                "所在村社区",
                "村居委会",
                "项目村",
                "行政村居",
            ),
            *("村名社区名", "村支部", "组织名称", "项目所在村", "村社名称", "村社", "乡镇村", "乡镇村名"),
        ),
    ),
    FieldDescription(
        CODE,
        Type.IDENTIFIER,
        aliases=(
            *("行政区划代码", "区划代码", "统计用区划代码", "村代码", "行政村代码", "单位代码", "村编码", "区划编码"),
            *("村社区代码", "统计区划代码", "行政区划编码", "机构代码", "组织代码", "地区代码", "12位代码", "代码"),
        ),
    ),
)

# words that mean the same in a heading, each brought to the first form
_SAME_WORDS = (
    (r"日期|时限|期限|年月日|年月|时点", "时间"),
    (r"人数|数量|数额|数目|个数|总数|合计数", "数"),
    (r"总额|合计|总计|金额|总量|额", "总"),
    (r"竣工|完成|建成|封顶|完毕|结束|交付", "完工"),
    (r"举措|办法|对策", "措施"),
    (r"形式|模式|类别|类型|性质|种类|分类", "方式"),
    (r"部门|单位名称", "单位"),
    (r"后盾|结对|对口|联系帮扶|定点帮扶|驻村帮扶|包联|挂点|联点|联村|包村|包保|挂钩|挂联|联系|帮联", "联系"),
    (r"整改|整治", "整顿"),
    (r"预计|拟|预期|计划完工", "计划完工"),
    (r"是否已?|有无|是不是|能否|可否", "是否"),
    (r"职工|员工|用工|从业人员|从业", "从业"),
    (r"粉糙|粉饰|内外墙粉刷|抹灰", "粉刷"),
    (r"债务|欠款", "负债"),
    (r"建立|组建|成立|建有|设立|设置", "建立"),
    (r"企业|社会组织|两新组织|机构|(?<!党)组织(?!生活|方式|形式|建)", "单位"),
    (r"县级领导|县领导|县处级领导|包保领导|领导干部", "领导"),
    (r"选派|派驻|下派|委派|派出", "选派"),
    (r"资产总|总资产", "资产总"),
    (r"场地|阵地|用房", "场所"),
    (r"备考|说明|附注", "备注"),
    (r"书刊|报刊|书籍|图书", "书报"),
    (r"标识|标牌|标示", "标志"),
)
_FILLERS = re.compile(
    r"^[有无](?=..)|情况|的|名称|村级集体经济|村集体经济|集体经济|村级|集体|村|本年度?|年度|当年|全年|具体|主要|相关|工作|其中|已|约|共"
)
_SAYS_LITTLE = re.compile(
    r"方式|时间|单位|问题|措施|总数|数总|人数|面积|收入|资金|金额|项目|领导"
)  # alone: no likeness counts
_MODIFIERS = re.compile(
    r"上年|去年|前年|同期|人均|户均|增长|增幅|同比|环比|占比|率|比例|比重|目标|预算|差额|缺口|较|以前|历年|累计|下年|明年|次数|未"
)
_PLANNED = re.compile(r"计划|预计|拟|预期")
_MUST_SAY = {
    SERIAL: re.compile(r"序|编号"),
    COUNTY: re.compile(r"^[县市区]{1,3}(?:名称?)?$"),
    TOWNSHIP: re.compile(r"[镇乡]|街道"),
    PLACE: re.compile(r"^(?!.*数$).*(?:村|社区|居|支部|党组织)|^单位"),  # how many villages there are is no village
    CODE: re.compile(r"码"),
}
_DATE_WORDS = re.compile(r"时间|日期|时限|期限")
_NUMBERING = re.compile(r"^(?:\(?[一二三四五六七八九十\d]{1,2}[)、.．]|其中[:：]?|[①-⑳*★▲]+)")
_UNIT_WORDS = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_UNIT_IN_BRACKETS = re.compile(
    rf"[(\[【](?:(?:金额|货币|计量|数量|面积)?单位[:：为]?)?(?:以|按)?(?:人民币)?({_UNIT_WORDS})(?:人民币)?(?:计|为单位)?"
    r"(?:[/每](?:年|月|户|人|村|个))?(?:[,，、;；:：。][^()\[\]【】]*)?[)\]】]",
    re.IGNORECASE,
)
_UNIT_BEHIND = re.compile(
    r"[:：,，/_\-]?(?:(?:金额|计量)?单位[:：]?)?(?:人民币)?(百万元|十万元|千万元|万元|亿元|千元|百元|㎡|m2|平方米|平米|亩|公顷|[:：,，/_\-]元|"
    r"(?<=人民币)元|(?<=单位[:：])元|%)$",
    re.IGNORECASE,
)
_YUAN_APART = re.compile(r"[\s\u3000]元\s*$")  # 总收入 元: parted by a space or a line break
_NOTE_IN_BRACKETS = re.compile(r"\([^()]*(?:/|、|是|否|填|选|如|例|格式|注|截[至止]|[.√×]|\d{4}|从)[^()]*\)")
_PUNCTUATION = re.compile(r"[\s\u200b-\u200f\ufeff()\[\]【】{}<>《》“”\"'‘’、,，.。;；:：/／\\|_\-—*·+&?？!！~]+")


def unit_of(heading: str) -> str:
    """The unit a heading states: in brackets, or at its end; empty when there is none."""
    text = unicodedata.normalize("NFKC", heading)
    found = _UNIT_IN_BRACKETS.search(re.sub(r"\s", "", text)) or _UNIT_BEHIND.search(re.sub(r"\s", "", text))
    if found:
        return found[1].lower().lstrip(":：,，/_-")
    if _YUAN_APART.search(text):
        return "元"
    bare = _PUNCTUATION.sub("", text).removeprefix("单位").lower()
    return bare if bare in UNITS and bare not in {"村", "组", "户", "日", "年", "月", "人", "项", "村组", "支"} else ""


def is_unit(heading: str) -> bool:
    """Whether a heading is nothing but a unit: （万元）, 单位：㎡."""
    bare = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", heading)).removeprefix("单位").lower()
    bracketed = bool(re.match(r"\s*[(（\[【]|单位", heading))
    return bare in UNITS and (bracketed or unit_of(heading) != "")


@lru_cache(maxsize=REMEMBERED)
def bare(heading: str) -> str:
    """A heading's words alone: half-width, without units, notes in brackets, numbering, punctuation and spaces."""
    text = _YUAN_APART.sub("", unicodedata.normalize("NFKC", heading))
    text = re.sub(r"\s+", "", text).lower()
    text = _NOTE_IN_BRACKETS.sub("", _UNIT_IN_BRACKETS.sub("", text)) or text
    text = _NUMBERING.sub("", text)
    shorter = _UNIT_BEHIND.sub("", text)
    return _PUNCTUATION.sub("", shorter if len(shorter) >= 2 else text)


@lru_cache(maxsize=REMEMBERED)
def essence(words: str) -> str:
    """A heading's meaning: words that mean the same made one, words that say little left out."""
    for pattern, word in _SAME_WORDS:
        words = re.sub(pattern, word, words)
    return _FILLERS.sub("", words) or words


def _same_characters(one: str, other: str) -> float:
    """How much two names are made of the same characters in whatever order: 党组织建立 and 建立党组织."""
    these, those = _characters(one), _characters(other)
    shared = sum(min(count, those[character]) for character, count in these.items() if character in those)
    return 2 * shared / (len(one) + len(other))


@lru_cache(maxsize=REMEMBERED)
def _characters(text: str) -> Counter[str]:
    return Counter(text)


@lru_cache(maxsize=REMEMBERED)
def _modifiers(words: str) -> frozenset[str]:
    return frozenset(_MODIFIERS.findall(words))


@lru_cache(maxsize=REMEMBERED)
def _dated(words: str) -> bool:
    return bool(_DATE_WORDS.search(words))


@dataclass(frozen=True)
class Name:
    """One name of a field, ready to be compared."""

    key: str
    words: str
    essence: str
    type: Type
    group: str = ""
    planned: bool = False


@dataclass(frozen=True)
class Guess:
    """A field that a heading may stand for, and how sure that is."""

    key: str
    confidence: float


class Vocabulary:
    """All names of a ledger's fields and of the columns that say where a row belongs."""

    def __init__(self, fields: Iterable[FieldDescription], level: str = "village") -> None:
        self.fields: Mapping[str, FieldDescription] = {field.key: field for field in fields}
        places = [place for place in _PLACES if level != "township" or place.key != PLACE]
        self.names = [
            Name(
                *(field.key, bare(name), essence(bare(name)), field.type, bare(field.group)),
                planned=bool(_PLANNED.search(bare(name) + bare(field.label))),
            )
            for field in (*self.fields.values(), *places)
            for name in field.headings
            if bare(name)
        ]
        self.words: dict[str, str] = {}
        for name in self.names:
            self.words.setdefault(name.words, name.key)
        self._known: dict[str, bool] = {}
        self._guesses: dict[tuple[str, ...], list[Guess]] = {}

    def knows(self, text: str) -> bool:
        """Whether a text is a name of a field, word for word."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = len(text) <= 40 and bare(text) in self.words
        return known

    def resembles(self, text: str) -> bool:
        """Whether a text is much like the name of a field."""
        return self.knows(text) or (len(text) <= 40 and any(g.confidence >= LIKELY for g in self.guesses((text,))))

    def guesses(self, path: Sequence[str]) -> list[Guess]:
        """The fields a heading (its groups before it) may stand for, most likely first."""
        key = tuple(path)
        if key not in self._guesses:
            best: dict[str, float] = {}
            words = [bare(part) for part in key if bare(part)]
            for name in self.names if words else ():
                score = _score(words, name)
                if score > best.get(name.key, 0.35):
                    best[name.key] = score
            ranked = sorted(best.items(), key=lambda pair: -pair[1])
            self._guesses[key] = [Guess(field, round(score, 3)) for field, score in ranked]
        return self._guesses[key]


def _score(words: Sequence[str], name: Name) -> float:
    """How well a heading, its groups before it, and a name agree, from 0 to 1."""
    leaf, joined = words[-1], "".join(words)
    if name.words == joined and len(words) > 1:
        return 1.05  # with its group word for word: before any other
    score = 1.0 if name.words == leaf else _by_likeness(words, name)
    if name.planned != bool(_PLANNED.search(joined)):
        score = score * 0.5 if name.type in NUMBERS else score - 0.15  # a planned amount is none that was reached
    if name.group:
        alike = fuzz.ratio(essence(name.group), essence("".join(words[:-1]))) / 100 if len(words) > 1 else 0
        score += 0.03 if alike > 0.6 else -0.03
    return score


def _by_likeness(words: Sequence[str], name: Name) -> float:
    """How much a heading that is no name word for word is like one."""
    leaf, joined = words[-1], "".join(words)
    if not _types_agree(joined, name):
        return 0.0
    is_place = name.key.startswith("@")
    score = _likeness(essence(leaf), name.essence, is_place=is_place)
    if len(words) > 1:
        score = max(score, 0.97 * _likeness(essence(joined), name.essence, is_place=is_place))
    return score * (1.0 if _modifiers(joined) == _modifiers(name.words) else 0.5)


def _types_agree(words: str, name: Name) -> bool:
    """A heading that speaks of a time is no number; one that asks whether is no date; a code is called a code."""
    if name.key in _MUST_SAY and not _MUST_SAY[name.key].search(words):
        return False
    dated = _dated(words) and "是否" not in words
    if dated and name.type not in {Type.DATE, Type.MONTH, Type.TEXT}:
        return False
    if name.type == Type.TEXT and dated != _dated(name.words):
        return False
    asks = words.startswith(("是否", "有无"))
    return not (asks and name.type not in {Type.BOOL, Type.ENUM, Type.TEXT})


def _likeness(meaning: str, other: str, *, is_place: bool) -> float:
    """How much what a heading means is like what a name means, ``other``."""
    if meaning == other:
        return 0.95
    if len(meaning) < 2 or len(other) < 2 or _SAYS_LITTLE.fullmatch(other):
        return 0.0
    short, long = sorted((meaning, other), key=len)
    ratio = max(fuzz.ratio(meaning, other) / 100, 0.88 * _same_characters(meaning, other))
    if short in long and not is_place:
        return max(ratio, 0.62 + 0.3 * len(short) / len(long)) if len(short) * 3 >= len(long) else ratio
    return 0.93 * ratio
