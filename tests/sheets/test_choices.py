"""Yes and no, code lists, texts, identifiers, and whole columns of them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets import choices
from sheets.columns import Surroundings, read_cell, read_column
from sheets.fields import Choice, FieldDescription, Type
from sheets.wording import CORRECTIONS, FAULTS

BUILDING = choices.CodeList([Choice("新建"), Choice("改扩建", ("改造",))])
MODES = choices.CodeList([Choice("承包"), Choice("租赁", ("出租",)), Choice("股份合作")])


@pytest.mark.parametrize(
    "cell", ["是", "有", "√", "✓", "●", "○", "1", 1, 1.0, True, "Y", "yes", "已建", "有（2处）", "2个", "完成销号"]
)
def test_yes(cell: object) -> None:
    assert choices.boolean(cell).value is True


@pytest.mark.parametrize(
    "cell", ["否", "无", "×", "✗", "0", 0, 0.0, False, "N", "未建", "没有", "尚未选派", "不是", "0个"]
)
def test_no(cell: object) -> None:
    assert choices.boolean(cell).value is False


@pytest.mark.parametrize("cell", ["部分", "正在组建", "待定", "张某", 3.0, "是或否"])
def test_neither_yes_nor_no_is_a_fault(cell: object) -> None:
    assert choices.boolean(cell).fault == "not_yes_or_no"


@pytest.mark.parametrize("cell", [None, "", "/", "—"])
def test_a_blank_is_neither(cell: str | None) -> None:
    assert (choices.boolean(cell).value, choices.boolean(cell).fault) == (None, "")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("新建", "新建"),
        (" 新 建 ", "新建"),
        ("改建", "改扩建"),
        ("扩建", "改扩建"),
        ("改(扩)建", "改扩建"),
        ("新建项目", "新建"),
        ("1.新建", "新建"),
        ("危房改造", "改扩建"),
    ],
)
def test_a_choice_by_its_words(cell: str, code: str) -> None:
    assert BUILDING.one(cell).value == code


def test_no_choice_is_guessed() -> None:
    assert BUILDING.one("维修").fault == "unknown_choice"
    assert BUILDING.one("新建和改扩建").fault == "ambiguous_choice"
    assert BUILDING.one("非新建").fault == "unknown_choice"
    assert BUILDING.one("#REF!").fault == "formula_error"


@pytest.mark.parametrize(
    "cell",
    [
        "承包、租赁",
        "租赁,承包",
        "租赁；承包",
        "承包/租赁",
        "承包 租赁",
        "承包\n出租",
        "承包和租赁",
        "①承包②租赁",
        "承包租赁",
        "1.承包2.租赁",
    ],
)
def test_several_choices_however_they_are_parted(cell: str) -> None:
    assert MODES.several(cell).value == ["承包", "租赁"]


def test_one_unknown_choice_of_several_is_a_fault() -> None:
    assert MODES.several("承包、自营").fault == "unknown_choice"
    assert MODES.several("N/A").value is None


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-2+3", "@SUM(A1)"])
def test_what_looks_like_a_formula_stays_text(cell: str) -> None:
    reading = choices.text(cell)
    assert (reading.value, reading.corrected) == (cell, ("suspicious_text",))


def test_texts() -> None:
    assert choices.text("\u3000第一行\n第二行 ").value == "第一行\n第二行"
    assert choices.text("—").value is None
    assert choices.text(12.0).value == "12"
    assert choices.text("x" * 11, 10).fault == "too_long"
    assert choices.text("#DIV/0!").fault == "formula_error"


def test_identifiers_keep_every_digit() -> None:
    assert choices.identifier(990121100200.0).value == "990121100200"
    assert choices.identifier("0012 34").value == "001234"
    assert choices.identifier(330102199001011000.0).fault == "digits_lost"
    assert choices.identifier("1.39E+17").fault == "digits_lost"
    assert choices.identifier("139****1234").fault == "masked"


def test_identity_cards_are_checked() -> None:
    body = "99010119900101001"
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, choices._ID_WEIGHTS, strict=True)) % 11]
    assert choices.id_card(body + check).value == body + check
    wrong = "0" if check != "0" else "1"
    assert choices.id_card(body + wrong).fault == "bad_id_card"
    assert choices.id_card("990101199001011000").fault == "digits_lost"
    assert choices.id_card(990101199001010000.0).fault == "digits_lost"


@pytest.mark.parametrize("cell", ["13900000000", 13900000000.0, "139 0000 0000", "139-0000-0000", "+8613900000000"])
def test_telephone_numbers(cell: object) -> None:
    assert choices.phone(cell).value == "13900000000"
    assert choices.phone("12345").fault == "bad_phone"
    assert choices.phone("13900000000、13900000001").value == "13900000000、13900000001"


def column(kind: Type, *cells: object, **more: object) -> list[object]:
    described = FieldDescription("f", kind, **more)  # type: ignore[arg-type]
    return [reading.fault or reading.value for reading in read_column(described, cells, Surroundings())]


def test_the_same_as_above_is_what_stands_above() -> None:
    assert column(Type.INT, 3.0, "同上", "〃") == [3, 3, 3]
    assert column(Type.TEXT, "同上", "a") == ["nothing_above", "a"]


def test_shares_are_points_whether_written_as_fractions_or_not() -> None:
    assert column(Type.PERCENT, 0.35, 1.0, 0.5) == [Decimal(35), Decimal(100), Decimal(50)]
    assert column(Type.PERCENT, 35.0, 1.0) == [Decimal(35), Decimal(1)]
    assert column(Type.PERCENT, "35%", 0.5) == [Decimal(35), Decimal(50)]


def test_whole_numbers_and_signs() -> None:
    assert column(Type.INT, 3.0, "4", "3.5", "约7", True) == [3, 4, "not_whole", 7, "not_a_number"]
    assert column(Type.INT, -3.0, not_negative=True) == ["negative"]
    assert column(Type.MONEY, 1.234567, unit="万元") == [Decimal("12345.67")]


def test_a_month_field_keeps_the_month() -> None:
    assert read_cell(FieldDescription("f", Type.MONTH), "2026-06-28").value == "2026-06"


def test_ones_and_truths_are_not_mixed_up() -> None:
    assert column(Type.BOOL, 1.0, True, 0.0, False) == [True, True, False, False]
    assert column(Type.INT, 1.0, True, 1) == [1, "not_a_number", 1]


@given(
    st.sampled_from(list(Type)),
    st.lists(st.text(max_size=10) | st.floats() | st.booleans() | st.none() | st.dates(), max_size=6),
)
def test_any_cell_of_any_type_gives_a_value_or_a_known_fault(kind: Type, cells: list[object]) -> None:
    described = FieldDescription("f", kind, choices=(Choice("新建"), Choice("改扩建")))
    readings = read_column(described, cells, Surroundings(year=2024))  # type: ignore[arg-type]
    assert len(readings) == len(cells)
    for reading in readings:
        assert not reading.fault or (reading.fault in FAULTS and reading.value is None)
        assert set(reading.corrected) <= CORRECTIONS.keys()
