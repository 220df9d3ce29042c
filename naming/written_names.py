"""How names of villages, communities and townships are written: the name itself, and 村委会, 党支部, 人民政府."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_PARTY = re.compile(
    r"(?:联合)?(?:党的?)?(?:总支部委员会|总支委员会|总支部|总支|支部委员会|支委会|支部|支委|党组织|党委|委员会党组织|党群服务中心)$"
    r"|(?:股份)?经济(?:合作)?(?:联合)?(?:总)?社$|集体经济组织$|便民服务中心$|党群服务站$"
)
_COMMUNITY = re.compile(r"(?:社区)?(?:居民委员会|居委会|居委员会|居委)$|社区$")
_VILLAGE = re.compile(r"(?:村村民委员会|村民委员会|村村委会|村委会|村委员会|村委|村)$|嘎查$")
_TOWN_OFFICE = re.compile(
    r"(?:党委|党工委|工委|人民政府|政府|街道办事处|办事处|街道办|委员会|机关|党政办公室|党政办|党建办|本级|党委政府|人民政府机关)$"
)
_TOWN = re.compile(r"(?:民族乡|街道|镇|乡)$")
REMEMBERED = 200  # characters: a longer text is a remark, and is not kept
NameKind = Literal["", "village", "community", "town"]


@dataclass(frozen=True)
class Written:
    """A name taken apart: its core (梅花), its kind, and its body without the Party's or the government's part."""

    core: str
    kind: NameKind
    body: str


@cache
def _simplifier() -> Any:
    from opencc import OpenCC  # only when names are compared

    return OpenCC("t2s")


def clean(text: str) -> str:
    """A name in half-width simplified characters without any spaces."""
    return _clean(text) if len(text) <= REMEMBERED else _clean.__wrapped__(text)


@lru_cache(maxsize=65_536)
def _clean(text: str) -> str:
    bare = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    return bare if bare.isascii() else str(_simplifier().convert(bare))


def written(name: str) -> Written:
    """A cleaned name taken apart; suffixes never eat the whole name."""
    return _written(name) if len(name) <= REMEMBERED else _written.__wrapped__(name)


@lru_cache(maxsize=65_536)
def _written(name: str) -> Written:
    body = _cut(_PARTY, name)
    for pattern, kind in ((_COMMUNITY, "community"), (_VILLAGE, "village")):
        core = _cut(pattern, body)
        if core != body:
            return Written(core, kind, body)  # type: ignore[arg-type]
    office = _cut(_TOWN_OFFICE, name)
    if office.endswith("街") and name.startswith(office + "道"):
        office += "道"
    core = _cut(_TOWN, office)
    return Written(core, "town" if core != office else "", office if core != office else body)


def _cut(pattern: re.Pattern[str], name: str) -> str:
    shorter = pattern.sub("", name)
    return shorter if shorter else name
