"""What a cell, a block and a chat message mean: pure sentences."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.grid import cells
from tasks.grid.cells import Ask, Facts
from tasks.pasting import blocks, chat
from tasks.pasting.blocks import Surface
from tasks.pasting.chat import Wanted
from tasks.rules.status import Shape
from tasks.rules.typed_facts import NotRead

DAY = datetime.date(2026, 11, 18)


@dataclass
class Stage:
    pk: int
    name: str
    done_on: datetime.date | None = None
    count: int | None = None
    wanted: int = 4
    due_on: datetime.date = datetime.date(2026, 11, 30)

    @property
    def is_done(self) -> bool:
        return self.done_on is not None


def stages(done: int = 0) -> list[Stage]:
    names = ["选址", "基础", "主体完工", "粉刷", "验收"]
    return [Stage(at, name, DAY if at <= done else None) for at, name in enumerate(names, start=1)]


@pytest.mark.parametrize(("text", "place"), [("3", 3), ("主体", 3), ("主体完工了", 3), ("３", 3), ("未开始", 0)])
def test_a_stage_is_named_by_place_name_or_part(text: str, place: int) -> None:
    assert cells.place_of(stages(), text) == place


@pytest.mark.parametrize("text", ["9", "封顶", "完"])
def test_a_stage_that_is_none_is_refused_with_the_names(text: str) -> None:
    if text == "完":
        assert cells.place_of(stages(), text) == 3  # part of one name alone
        return
    with pytest.raises(NotRead, match="1 选址"):
        cells.place_of(stages(), text)


@given(st.integers(0, 5), st.integers(0, 5))
def test_reaching_a_stage_changes_just_what_lies_between(before: int, after: int) -> None:
    rows = stages(before)
    reached = cells.read(Facts(Shape.MILESTONES, stages=rows), str(after), DAY).reached
    for row in rows:
        if row.pk in reached:
            row.done_on = reached[row.pk]
    assert [row.is_done for row in rows] == [row.pk <= after for row in rows]
    assert len(reached) == abs(after - before)


@pytest.mark.parametrize(
    ("text", "value"), [("1.2万", "1.2"), ("１２", "12"), ("12万元", "12"), ("12000元", "1.2"), ("3,500元", "0.35")]
)
def test_a_figure_is_read_in_its_unit(text: str, value: str) -> None:
    assert cells.read(Facts(Shape.QUANTITY, "万元"), text, DAY).value == Decimal(value)


@pytest.mark.parametrize("text", ["", " ", "不少", "1-2", "1+2万"])
def test_what_is_no_figure_is_never_guessed(text: str) -> None:
    with pytest.raises(NotRead):
        cells.read(Facts(Shape.QUANTITY, "万元"), text, DAY)


VILLAGES = {"石岭村": 1, "石岭": 1, "柳湾村": 2, "柳湾": 2, "大塘村": 3}
SURFACE = Surface((1, 2, 3), ("a", "b", "note"), {"a": "集体收入", "b": "三会一课", "note": "说明"}, 2, "b")


def laid(block: list[list[str]]) -> blocks.Laid:
    return blocks.lay_out(block, SURFACE, VILLAGES.get, lambda name: f"没有{name}")


def test_names_decide_rows_and_the_hand_decides_columns() -> None:
    found = laid([["柳湾", "3", "好"], ["石岭村", "4", ""]])
    got = [(piece.place, piece.column, piece.text) for piece in found.pieces]
    assert got == [(2, "b", "3"), (2, "note", "好"), (1, "b", "4")]


def test_headings_decide_columns() -> None:
    found = laid([["序号", "村名", "三会一课（次）", "集体收入"], ["1", "大塘村", "2", "9"]])
    assert {(piece.place, piece.column): piece.text for piece in found.pieces} == {(3, "b"): "2", (3, "a"): "9"}


def test_without_names_rows_follow_the_hand_and_too_many_are_told() -> None:
    found = laid([["1"], ["2"], ["3"]])
    assert [(piece.place, piece.text) for piece in found.pieces] == [(2, "1"), (3, "2")]
    assert len(found.faults) == 1


def test_a_line_nobody_knows_is_told_and_a_total_is_not() -> None:
    found = laid([["柳湾村", "1"], ["杨家庄", "2"], ["合计", "3"], ["石岭村", "4"]])
    assert [fault for fault in found.faults if "杨家庄" in fault] == found.faults


COLUMNS = [
    Wanted("build", Ask.STAGE, "活动场所改扩建", stages=("选址", "基础", "主体完工", "粉刷", "两栏/配套")),
    Wanted("income", Ask.FIGURE, "集体收入", "万元"),
    Wanted("area", Ask.FIGURE, "建筑面积", "㎡"),
    Wanted("meet", Ask.COUNT, "三会一课"),
    Wanted("train", Ask.PERCENT, "干部轮训"),
]


def spans(text: str) -> list[tuple[int, int, int]]:
    found = []
    for name in sorted(VILLAGES, key=len, reverse=True):
        at = text.find(name)
        if at >= 0 and not any(start <= at < end for start, end, _key in found):
            found.append((at, at + len(name), VILLAGES[name]))
    return sorted(found)


def told(text: str) -> list[tuple[int | None, dict[str, str], bool]]:
    return [
        (one.place, {fact.column: fact.text for fact in one.facts}, one.asked)
        for one in chat.read(text, COLUMNS, spans)
    ]


def test_a_numbered_line_with_words_emoji_and_units() -> None:
    line = "1. 石岭村 张三：主体完工，收入１８．６万，面积120㎡，三会一课3次，轮训60%👍"
    wanted = {"build": "主体完工", "income": "18.6万", "area": "120㎡", "meet": "3", "train": "60%"}
    assert told(line) == [(1, wanted, False)]


def test_sender_lines_part_messages_and_lines_without_a_name_go_on() -> None:
    text = "张三 9:31\n柳湾村主体完工\n收入7.2万元\n李四 2026-11-18 9:40:12\n收入8万元"
    assert told(text) == [
        (2, {"build": "主体完工"}, False),
        (2, {"income": "7.2万元"}, False),
        (None, {"income": "8万元"}, True),
    ]


def test_two_villages_on_one_line() -> None:
    assert [(place, facts) for place, facts, _asked in told("石岭收入5万，柳湾收入6万")] == [
        (1, {"income": "5万"}),
        (2, {"income": "6万"}),
    ]


@pytest.mark.parametrize("line", ["石岭村主体还没完工", "石岭村粉刷正在做", "石岭村 25"])
def test_what_is_doubtful_is_asked(line: str) -> None:
    assert told(line)[0][2]


def test_greetings_and_the_heading_of_a_list_tell_nothing() -> None:
    assert told("#接龙\n各位书记辛苦了\n收到") == []
