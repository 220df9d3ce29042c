"""A pasted block falls where it says or where the hand is; what is in doubt fills nothing and is said."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from sheets import clipboard
from tasks.pasting import blocks
from tasks.pasting.blocks import Surface
from tests.cast import Cast
from tests.tasks.grid.stage import key, sheet_of_all

SignIn = Callable[[str], Client]
JSON = {"HTTP_ACCEPT": "application/json"}

VILLAGES = {"石岭村": 1, "石岭": 1, "柳湾村": 2, "柳湾": 2, "大塘村": 3, "杨桥村": 4}
TITLES = {"a": "集体收入", "b": "三会一课", "note": "说明"}
SURFACE = Surface((1, 2, 3, 4), tuple(TITLES), TITLES, 1, "a", {"a": "万元", "b": "次"}, frozenset("ab"))


def laid(text: str, column: str = "a", place: int = 1) -> tuple[dict[tuple[int, str], str], list[str]]:
    surface = Surface(SURFACE.places, SURFACE.columns, TITLES, place, column, SURFACE.units, SURFACE.figures)
    found = blocks.lay_out(clipboard.rows(text), surface, VILLAGES.get, lambda name: f"没有{name}")
    return {(piece.place, piece.column): piece.text for piece in found.pieces}, found.faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("51\n\n53\n54", {1: "51", 3: "53", 4: "54"}),
        ("51\r\n\r\n53\r\n54\r\n", {1: "51", 3: "53", 4: "54"}),
        ("\r\n52\r\n", {2: "52"}),
        ("51\r\n  \r\n \t\r\n54\r\n\r\n\r\n\r\n", {1: "51", 4: "54"}),
        ("\n\n\n54\n", {4: "54"}),
        ("集体收入\n\n52\n53\n", {2: "52", 3: "53"}),
        ("集体收入（万元）\n51\n\n53\n", {1: "51", 3: "53"}),
    ],
)
def test_a_blank_cell_leaves_its_village(text: str, expected: dict[int, str]) -> None:
    assert laid(text) == ({(place, "a"): figure for place, figure in expected.items()}, [])


def test_blank_columns_keep_their_place_and_trailing_ones_are_none() -> None:
    assert laid("51\t\t好\t\t\t\n\t3\t\t\t\t\n") == ({(1, "a"): "51", (1, "note"): "好", (2, "b"): "3"}, [])


def test_a_break_within_a_cell_stays_in_its_cell() -> None:
    text = '村名\t集体收入\t说明\r\n石岭村\t61\t"水电已通\r\n等验收"\r\n柳湾村\t76\t材料已到\r\n'
    found, faults = laid(text)
    assert found[1, "note"] == "水电已通\n等验收"
    assert (found[2, "a"], found[2, "note"], faults) == ("76", "材料已到", [])


@pytest.mark.parametrize(
    "text",
    [
        "村名\t集体收入\t帮扶资金\n石岭村\t5\t6\n",
        "村名\t集体收入\t\n石岭村\t5\t6\n",
        "村名\t集体收入\t去年集体收入\n石岭村\t5\t6\n",
        "村名\t集体收入\t三会一课（元）\n石岭村\t5\t6\n",
    ],
)
def test_a_heading_that_is_none_here_is_asked_about(text: str) -> None:
    found, faults = laid(text)
    assert found == {(1, "a"): "5"}
    assert len(faults) == 1


@pytest.mark.parametrize(
    "text",
    [
        "村名\t集体收入\t集体收入\n石岭村\t5\t6\n",
        "村名\t上年收入\n石岭村\t5\n",
        "村名\t支部\n石岭村\t5\n柳湾村\t6\n",
        "责任单位\t目标值\n石岭村\t5\n",
        "目标值\n5\n6\n",
    ],
)
def test_headings_that_name_no_column_for_sure_fill_nothing(text: str) -> None:
    found, faults = laid(text)
    assert found == {}
    assert faults


@pytest.mark.parametrize("heading", ["备注", "备 注", "说明", "情况说明（可不填）"])
def test_remarks_have_several_names(heading: str) -> None:
    assert laid(f"村名\t集体收入\t{heading}\n石岭村\t5\t好\n") == ({(1, "a"): "5", (1, "note"): "好"}, [])


def test_a_unit_in_the_heading_goes_with_its_figures() -> None:
    assert laid("村名\t集体收入（元）\n石岭村\t186000\n")[0] == {(1, "a"): "186000元"}


def test_names_nobody_knows_never_fall_by_order() -> None:
    found, faults = laid("白石村\t5\n黄泥社区\t6\n杨家居委会\t7\n")
    assert found == {}
    assert len(faults) == 3


def test_numbers_of_lines_before_the_names_are_no_figures() -> None:
    assert laid("1\t石岭村\t5\n2\t柳湾村\t6\n") == ({(1, "a"): "5", (2, "a"): "6"}, [])


def test_a_village_told_twice_is_asked_about() -> None:
    found, faults = laid("石岭村\t5\n柳湾村\t6\n石岭\t7\n")
    assert found == {(2, "a"): "6"}
    assert len(faults) == 1


def test_a_merged_name_names_its_first_line_alone() -> None:
    found, faults = laid("石岭村\t5\n\t6\n柳湾村\t7\n")
    assert found == {(1, "a"): "5", (2, "a"): "7"}
    assert len(faults) == 1


def test_more_columns_or_lines_than_there_are_is_said() -> None:
    found, faults = laid("1\t2\t3\t4\n", "b")
    assert (found, len(faults)) == ({(1, "b"): "1", (1, "note"): "2"}, 1)
    found, faults = laid("1\n\n3\n", place=3)
    assert (found, len(faults)) == ({(3, "a"): "1"}, 1)
    assert laid("1\n\n\n", place=4) == ({(4, "a"): "1"}, [])


def test_what_is_too_much_is_refused_whole() -> None:
    found, faults = laid("\n".join(str(number) for number in range(400)))
    assert (found, len(faults)) == ({}, 1)


def paste(client: Client, cast: Cast, tasks, column: str = "income", place: str = "shiling", **sent: str):
    places = [cast.places[name].pk for name in ("shiling", "liuwan")]
    form = {
        "tasks": ",".join(str(task.pk) for task in tasks.values()),
        "places": ",".join(map(str, places)),
        "place": cast.places[place].pk,
        "column": column if column == "note" else f"t{tasks[column].pk}",
        **sent,
    }
    return client.post(reverse("grid_block"), form, **JSON).json()


def texts(cast: Cast, answer) -> dict[str, str]:
    names = {cast.places[name].pk: name for name in ("shiling", "liuwan")}
    return {names[cell["place"]]: cell["text"] for cell in answer["fill"]}


def test_the_clipboards_text_comes_through_the_door(cast: Cast, signed_in: SignIn) -> None:
    tasks, client = sheet_of_all(cast), signed_in("hekou")
    answer = paste(client, cast, tasks, text="\r\n52\r\n\r\n")
    assert (texts(cast, answer), answer["faults"]) == ({"liuwan": "52"}, [])
    answer = paste(client, cast, tasks, "note", text='"水电已通\r\n等验收"\r\n材料已到\r\n')
    assert texts(cast, answer) == {"shiling": "水电已通 等验收", "liuwan": "材料已到"}
    answer = paste(client, cast, tasks, text='村名\t集体收入（元）\r\n石岭村\t"186,000"\r\n')
    assert texts(cast, answer) == {"shiling": "18.6"}
    assert key(tasks, "income", cast).value is None


@pytest.mark.parametrize(
    "sent",
    [
        {"text": '"1\n200"\n5\n'},
        {"text": "1\u2028200\n5\n"},
        {"text": "5\n6\n", "hidden": "yes"},
        {"text": "5\t\n" * 20_000},
        {"block": json.dumps([["5"]] * 20_000)},
        {"block": "[" * 30_000},
    ],
)
def test_what_is_not_sure_is_not_filled_in(cast: Cast, signed_in: SignIn, sent: dict[str, str]) -> None:
    tasks = sheet_of_all(cast)
    answer = paste(signed_in("hekou"), cast, tasks, **sent)
    assert "shiling" not in texts(cast, answer)
    assert answer["faults"] or "[[" in sent["block"]


def test_merged_cells_are_said(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    answer = paste(signed_in("hekou"), cast, tasks, text="5\n\n", merged="yes")
    assert texts(cast, answer) == {"shiling": "5"}
    assert "合并" in answer["faults"][0]


def test_a_name_that_only_sounds_alike_is_asked_about(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    answer = paste(signed_in("hekou"), cast, tasks, text="石令村\t5\n河口镇石令村\t6\n柳湾村\t7\n")
    assert texts(cast, answer) == {"liuwan": "7"}
    assert len(answer["faults"]) == 2
    assert all("石岭村" in fault for fault in answer["faults"])


def test_a_remark_too_long_is_refused(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    answer = paste(signed_in("hekou"), cast, tasks, "note", text="好" * 501 + "\n行\n")
    assert texts(cast, answer) == {"liuwan": "行"}
    assert len(answer["faults"]) == 1


@pytest.mark.parametrize(
    ("text", "chosen", "filled"),
    [
        ("村名\t集体收入\t去年收入\n石岭村\t5\t6\n", {"column-2": "b"}, {(1, "a"): "5", (1, "b"): "6"}),
        ("村名\t集体收入\t去年收入\n石岭村\t5\t6\n", {"column-2": ""}, {(1, "a"): "5"}),
        ("村名\t去年收入\n石岭村\t5\n", {"column-1": "a"}, {(1, "a"): "5"}),
        ("村名\t集体收入\t\n石岭村\t5\t好\n", {"column-2": "note"}, {(1, "a"): "5", (1, "note"): "好"}),
        ("村名\t集体收入\n石领村\t5\n柳湾村\t6\n", {"line-2": "1"}, {(1, "a"): "5", (2, "a"): "6"}),
        ("村名\t集体收入\n石领村\t5\n柳湾村\t6\n", {"line-2": ""}, {(2, "a"): "6"}),
        ("村名\t集体收入\n石领村\t5\n柳湾村\t6\n", {"line-2": "99"}, {(2, "a"): "6"}),
    ],
)
def test_what_a_heading_or_a_line_means_can_be_chosen(
    text: str, chosen: dict[str, str], filled: dict[tuple[int, str], str]
) -> None:
    def read(told: dict[str, str]) -> blocks.Laid:
        surface = Surface(SURFACE.places, SURFACE.columns, TITLES, 1, "a", SURFACE.units, SURFACE.figures, told)
        return blocks.lay_out(clipboard.rows(text), surface, VILLAGES.get, lambda name: f"没有{name}")

    asked = read({})
    assert list(asked.asked.values()) == list(chosen)
    assert set(asked.asked) <= set(asked.faults)
    found = read(chosen)
    assert ({(piece.place, piece.column): piece.text for piece in found.pieces}, found.faults) == (filled, [])


@pytest.mark.parametrize("chosen", ["", "{", "[]", '{"column-x": 1}', '{"column-99999999": "t1"}', '{"line-1": {}}'])
def test_choices_that_make_no_sense_are_none(cast: Cast, signed_in: SignIn, chosen: str) -> None:
    tasks = sheet_of_all(cast)
    form = {
        "tasks": str(tasks["income"].pk),
        "places": str(cast.places["shiling"].pk),
        "text": "村名\t去年\n石岭村\t5\n",
    }
    answer = signed_in("hekou").post(reverse("grid_block"), form | {"chosen": chosen}, **JSON)
    assert answer.json()["fill"] == []


@pytest.mark.parametrize("text", ["大塘\t5\n", "大塘\t5\n白石\t6\n", "白石\t\n大塘\t5\t好\n", "上大塘\t５\n"])
def test_names_that_nobody_knows_move_no_figure_to_the_next_column(text: str) -> None:
    found, faults = laid(text)
    assert found == {}
    assert all("没有" in fault for fault in faults)
    assert laid("好\t5\n", column="note")[0] == {(1, "note"): "好"}


@pytest.mark.parametrize(
    "text",
    [
        "1\t石岭村\t王五\t5\n2\t柳湾村\t赵六\t6\n",
        "石岭村\t王五\t5\n柳湾村\t赵六\t6\n",
        "村1\t5\n村2\t6\n",
        "1村\t5\n2村\t6\n",
        "村\t5\n社区\t6\n",
        "A村\t5\t3\n",
        "河口镇新区一期安置点\t5\n",
    ],
)
@pytest.mark.parametrize("column", ["income", "building"])
def test_words_where_figures_would_stand_move_none_to_the_next_column(
    cast: Cast, signed_in: SignIn, text: str, column: str
) -> None:
    answer = paste(signed_in("hekou"), cast, sheet_of_all(cast), column, text=text)
    assert answer["fill"] == []
    assert answer["faults"]


def test_one_word_among_figures_moves_nothing(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    answer = paste(signed_in("hekou"), cast, tasks, text="不详\t3\n6\t4\n")
    assert [cell["text"] for cell in answer["fill"]] == ["3", "6", "4"]
    assert len(answer["faults"]) == 1
    answer = paste(signed_in("hekou"), cast, tasks, text="#REF!\t3\n")
    assert [cell["text"] for cell in answer["fill"]] == ["3"]


@pytest.mark.parametrize("text", ["1\t51\n2\t52\n3\t53\n", "7.\t51\n8.\t52\n9.\t53\n", "一\t5\n二\t6\n三\t7\n"])
def test_numbers_of_lines_are_no_figures(text: str) -> None:
    found, faults = laid(text)
    assert found == {}
    assert len(faults) == 1


def test_figures_that_do_not_count_lines_are_laid() -> None:
    assert laid("1\n2\n3\n") == ({(1, "a"): "1", (2, "a"): "2", (3, "a"): "3"}, [])
    assert laid("1\t5\n2\t6\n4\t7\n")[1] == []


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *(("meetings", text) for text in ("5元", "5%", "￥5万", "5户", "5人", "3天", "5①", "5²")),
        *(("training", text) for text in ("5元", "5人", "5个", "12户", "60①")),
        *(("income", text) for text in ("5①", "5②万元", "5²", "5⑴", "5人", "5亩", "5%")),
    ],
)
def test_a_figure_of_something_else_or_with_the_mark_of_a_note_is_not_taken(
    cast: Cast, signed_in: SignIn, column: str, text: str
) -> None:
    answer = paste(signed_in("hekou"), cast, sheet_of_all(cast), column, text=f"{text}\n")
    assert answer["fill"] == []
    assert len(answer["faults"]) == 1
