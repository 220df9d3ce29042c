"""Units as people write them: what each measures and how many base units (yuan, square metres, pieces) it holds."""

from decimal import Decimal

MONEY, AREA, COUNT, SHARE, SCORE = "money", "area", "count", "share", "score"

_MONEY = {
    "元": "1", "圆": "1", "块": "1", "rmb": "1", "角": "0.1", "百元": "100", "千元": "1000",
    "万元": "10000", "万": "10000", "万块": "10000", "十万元": "100000", "百万元": "1000000", "千万元": "10000000",
    "亿元": "100000000", "亿": "100000000",
}  # fmt: skip
_AREA = {
    "m2": "1", "㎡": "1", "sqm": "1", "平方米": "1", "平米": "1", "平方": "1", "平": "1", "方": "1",
    "亩": "666.6666666666666667", "分地": "66.66666666666666667", "公顷": "10000", "万平方米": "10000",
    "万平米": "10000", "万m2": "10000", "万亩": "6666666.666666666667", "平方公里": "1000000", "平方千米": "1000000",
    "km2": "1000000",
}  # fmt: skip
_PIECES = (
    "人 名 位 个 户 家 次 回 件 处 条 间 层 栋 座 台 场 天 日 年 岁 月 人次 期 所 部 套 只 头 株 棵 份 项 宗 起 笔 "
    "支 村 组 员 口 类 kw 千瓦 学时 课时 小时"
)
_COUNT = dict.fromkeys(_PIECES.split(), "1") | {
    f"{scale}{piece}": times
    for scale, times in (("十", "10"), ("百", "100"), ("千", "1000"), ("万", "10000"))
    for piece in ("人", "户", "名", "人次")
}
_SORTS = {  # counted all the same, yet 5户 are no 5 people and 3年 are no 3 months; 个, 件 and the like count anything
    word: sort
    for sort, words in enumerate(
        ("人 名 位 员 口 人次", "户 家", "次 场 期 回", "天 日", "年", "岁", "月", "学时 课时", "小时", "kw 千瓦")
    )
    for word in words.split()
}
_SCORE = {"分": "0.01"}  # of a hundred; no money: nobody reports fen
# Stored as they are written, so that one never stands for the other: what is in 公里 is no number of 米.
_ALONE = {"metres": "米", "kilometres": "公里 千米 km", "tons": "吨", "kilograms": "公斤 千克 kg", "catties": "斤"}
_SHARE = {"%": "1", "‰": "0.1", "百分点": "1", "个百分点": "1", "成": "10"}

UNITS: dict[str, tuple[str, Decimal]] = {
    unit: (dimension, Decimal(factor))
    for dimension, table in (
        *((alone, dict.fromkeys(words.split(), "1")) for alone, words in _ALONE.items()),
        *((COUNT, _COUNT), (SHARE, _SHARE), (SCORE, _SCORE), (AREA, _AREA), (MONEY, _MONEY)),
    )
    for unit, factor in table.items()
}


def ratio(unit: str, other: str) -> Decimal | None:
    """How many of another unit one unit is, 1 for the same word; None when they cannot be compared."""
    if unit == other:
        return Decimal(1)
    if dimension(unit) is None or dimension(unit) != dimension(other):
        return None
    return UNITS[unit][1] / UNITS[other][1]


def alike(unit: str, other: str) -> bool:
    """Whether a number in one unit is one in the other; units nobody knows are alike."""
    measured = dimension(unit), dimension(other)
    if None in measured:
        return True
    sorts = {_sort(unit), _sort(other)} - {None}
    return measured[0] == measured[1] and len(sorts) < 2


def _sort(unit: str) -> int | None:
    """What of a kind a unit of pieces counts; 百人 count people as 人 do."""
    return _SORTS.get(unit, _SORTS.get(unit.lstrip("十百千万")))


def dimension(unit: str | None) -> str | None:
    """What a unit measures; None for none or an unknown one."""
    return UNITS[unit][0] if unit and unit in UNITS else None
