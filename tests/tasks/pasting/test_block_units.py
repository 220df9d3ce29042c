"""The unit that a pasted block states, wherever it stands, holds; what may be another column's is left out and said."""

import pytest

from sheets import clipboard
from tasks.pasting import blocks
from tasks.pasting.blocks import Laid, Surface

VILLAGES = {"石岭村": 1, "石岭": 1, "柳湾村": 2, "柳湾": 2, "大塘村": 3}
TITLES = {"a": "集体收入", "b": "三会一课", "c": "建筑面积", "note": "说明"}
SURFACE = Surface((1, 2, 3), tuple(TITLES), TITLES, 1, "a", {"a": "万元", "c": "㎡"})


def laid(text: str) -> Laid:
    return blocks.lay_out(clipboard.rows(text), SURFACE, VILLAGES.get, lambda name: f"没有{name}")


def told(text: str) -> list[tuple[int, str, str]]:
    return [(piece.place, piece.column, piece.text) for piece in laid(text).pieces]


@pytest.mark.parametrize(
    "head",
    [
        "村名\t集体收入（元）",
        "村名\t集体收入（人民币元）",
        "村名\t集体收入（单位：元）",
        "村名\t集体收入（元/年）",
        "村名\t集体收入\n\t元",
        "村名\t集体收入\n（单位）\t（元）",
        "村名\t集体收入\n计量单位\t人民币元",
        "单位：元\n村名\t集体收入",
        "收入统计表\n金额单位：人民币元\n村名\t集体收入",
        "收入统计表（元）\n村名\t集体收入",
    ],
)
def test_a_stated_unit_holds(head: str) -> None:
    assert told(f"{head}\n石岭村\t50000\n柳湾村\t6万元") == [(1, "a", "50000元"), (2, "a", "6万元")]
    assert laid(f"{head}\n石岭村\t50000\n柳湾村\t6万元").faults == []


@pytest.mark.parametrize(
    "head",
    [
        "村名\t集体收入（元）\n\t万元元",
        "村名\t集体收入（亩）",
        "村名\t集体收入\n\t㎡",
        "单位：元、万元\n村名\t集体收入",
        "村名\t集体收入（上年）",
        "村名\t集体收入（2025年）",
        "村名\t集体收入（同比增长）",
        "村名\t集体收入（计划）",
        "村名\t集体收入（其中补助）",
    ],
)
def test_what_is_in_doubt_is_said(head: str) -> None:
    assert laid(f"{head}\n石岭村\t5").faults
    assert (1, "a", "5") not in told(f"{head}\n石岭村\t5")


@pytest.mark.parametrize("head", ["村名\t集体收入（万元）", "村名\t集体收入（必填）", "村名\t集体收入"])
def test_a_harmless_note_is_passed_over(head: str) -> None:
    assert (told(f"{head}\n石岭村\t5"), laid(f"{head}\n石岭村\t5").faults) == ([(1, "a", "5")], [])


def test_a_title_above_the_headings_does_not_move_the_columns() -> None:
    assert told("三会一课统计\n村名\t三会一课\t集体收入\n石岭村\t3\t5") == [(1, "b", "3"), (1, "a", "5")]


@pytest.mark.parametrize(
    "text",
    [
        "石岭村（新）\t5",
        "石岭村、柳湾村\t5",
        "石岭村小计\t5",
        "石岭村和柳湾村\t5\t6",
        "5\t石岭村\n6\t柳湾村",
        "2026年台账\n石岭村\t5",
        "单位：元\n石岭村\t50000",
    ],
)
def test_what_may_be_anothers_is_not_laid_by_order(text: str) -> None:
    assert laid(text).pieces == []
    assert laid(text).faults
