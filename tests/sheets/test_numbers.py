"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.numerals import mixed_numeral
from sheets.values import Reading, exact, number
from sheets.wording import CORRECTIONS, FAULTS


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        (12, None, "12"),
        (1.5, "万元", "15000"),
        (0.1 + 0.2, None, "0.3"),
        ("1.2", "万元", "12000"),
        ("1.2万", None, "12000"),
        ("1.2万", "万元", "12000"),
        ("12000元", "万元", "12000"),
        ("1.2万元", "元", "12000"),
        ("3.5W", None, "35000"),
        ("１２３", None, "123"),
        (" 1,200.50 ", None, "1200.5"),
        ("1 200", None, "1200"),
        ("￥1,200.00", "万元", "12000000"),
        ("人民币叁万元整", None, "30000"),
        ("三万五", None, "35000"),
        ("一百零五", None, "105"),
        ("12万5千", None, "125000"),
        ("3亿2000万", None, "320000000"),
        ("两千三百", None, "2300"),
        ("-12%", "%", "-12"),
        ("百分之三", None, "3"),
        ("(12.5)", None, "-12.5"),
        ("（12）", None, "-12"),
        ("−3", None, "-3"),
        ("90㎡", "m2", "90"),
        ("90平方米", None, "90"),
        ("3亩", None, "2000"),
        ("3", "亩", "2000"),
        ("35人", None, "35"),
        ("714名党员", None, "714"),
        ("12元/年", "元", "12"),
        ("1.39E+10", None, "13900000000"),
        ("'007", None, "7"),
    ],
)
def test_reads(cell: object, unit: str | None, value: str) -> None:
    reading = number(cell, unit)
    assert (reading.value, reading.fault) == (Decimal(value), "")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("约３.５", "3.5"),
        ("714多名", "714"),
        ("10余万元", "100000"),
        ("近5万", "50000"),
        ("20左右", "20"),
        ("两千多", "2000"),
    ],
)
def test_says_about(cell: str, value: str) -> None:
    reading = number(cell)
    assert (reading.value, reading.approximate) == (Decimal(value), True)
    assert not number("3.5").approximate


@pytest.mark.parametrize("cell", [None, "", "  ", "无", "/", "—", "——", "-", "－", "暂无", "N/A", "\u3000", "…"])
def test_markers_are_nothing(cell: str | None) -> None:
    assert number(cell) == Reading()


@pytest.mark.parametrize(
    ("cell", "fault", "choices"),
    [
        ("50-60", "range", (50, 60)),
        ("50～60万元", "range", (500_000, 600_000)),
        ("十几", "range", ()),
        ("二十几户", "range", ()),
        ("十几万元", "range", ()),
        ("3+2", "sum", (5,)),
        ("3万2", "ambiguous_number", (32_000, 30_002)),
        ("不详", "not_a_number", ()),
        ("详见附件", "not_a_number", ()),
        ("1O0", "not_a_number", ()),
        ("1,2", "not_a_number", ()),
        ("1.2.3", "not_a_number", ()),
        ("12 34", "not_a_number", ()),
        ("12\n34", "not_a_number", ()),
        ("1\n200", "not_a_number", ()),
        ("1\r\n200\n300", "not_a_number", ()),
        ("1\u2028200万", "not_a_number", ()),
        ("5①", "not_a_number", ()),
        ("5²万元", "not_a_number", ()),
        ("¹5", "not_a_number", ()),
        ("5⑴", "not_a_number", ()),
        ("约", "not_a_number", ()),
        (":.", "not_a_number", ()),
        (".万", "not_a_number", ()),
        ("1..2", "not_a_number", ()),
        (True, "not_a_number", ()),
        (float("nan"), "not_a_number", ()),
        (float("inf"), "not_a_number", ()),
        ("#REF!", "formula_error", ()),
        ("#DIV/0!", "formula_error", ()),
        ("#FORMULA!", "no_result", ()),
    ],
)
def test_asks_rather_than_guesses(cell: object, fault: str, choices: tuple[int, ...]) -> None:
    reading = number(cell)
    assert (reading.value, reading.fault, reading.choices) == (None, fault, choices)


def test_a_unit_of_another_kind_is_a_fault() -> None:
    assert number("5人", "万元").fault == "wrong_unit"
    assert number("3亩", "元").fault == "wrong_unit"
    assert number("3亩", "m2").value == 2000


def test_says_what_was_corrected() -> None:
    assert number("１,200元", "万元").corrected == ("full_width", "thousands", "unit_in_cell")
    assert number("12.5万元（含补助3万）").corrected == ("full_width", "note_dropped", "unit_in_cell")


@given(st.integers(0, 99_999_999))
def test_reads_every_chinese_numeral(value: int) -> None:
    assert mixed_numeral(_chinese(value)) == value


def _chinese(value: int) -> str:
    """A number in Chinese, written independently of the reader."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        return _chinese(high) + "万" + ("" if low == 0 else ("零" if low < 1000 else "") + _chinese(low))
    digits, out, gap = "零一二三四五六七八九", "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, scale)
        if digit:
            out += ("零" if gap and out else "") + digits[digit] + name
            gap = False
        else:
            gap = True
    return out or "零"


@given(
    st.text(max_size=12) | st.floats() | st.integers() | st.booleans() | st.none(),
    st.sampled_from([None, "万元", "亩", "%", "户"]),
)
def test_never_raises_and_only_says_known_things(cell: object, unit: str | None) -> None:
    reading = number(cell, unit)
    assert not reading.fault or (reading.fault in FAULTS and reading.value is None)
    assert set(reading.corrected) <= CORRECTIONS.keys()


@given(st.integers(-(10**9), 10**9).map(lambda cents: cents / 100))
def test_keeps_every_cent(amount: float) -> None:
    assert number(amount) == number(str(amount)) == Reading(exact(amount))
    assert exact(amount) == Decimal(str(amount))


@pytest.mark.parametrize(
    ("cell", "unit", "value", "choices"),
    [
        ("12.5×10000", "万元", "125000", ()),
        ("12.5×10000", "万", "125000", ()),
        ("125×1000", "千元", "125000", ()),
        ("0×10000", "元", "0", ()),
        ("12.5×10000", "元", None, ("12.5", "125000")),
        ("125×1000", "万元", None, ("1250000", "125000")),
        ("3×10000", "人", None, ("3", "30000")),
        ("3×10000", None, None, ("3", "30000")),
    ],
)
def test_a_number_that_its_format_shows_smaller_is_read_where_the_unit_says_so(
    cell: str, unit: str | None, value: str | None, choices: tuple[str, ...]
) -> None:
    reading = number(cell, unit)
    assert (reading.value, reading.choices) == (value and Decimal(value), tuple(map(Decimal, choices)))
    assert bool(reading.fault) is (value is None)


@pytest.mark.parametrize("cell", ["30×2", "30万元×2", "12.5×100", "×10000"])
def test_a_product_is_no_number(cell: str) -> None:
    assert number(cell, "元").fault == "not_a_number"


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("2公里", "米"),
        ("500米", "公里"),
        ("3斤", "公斤"),
        ("5吨", "斤"),
        ("5分", "元"),
        ("$5000", "元"),
        ("5户", "人"),
        ("3年", "月"),
        ("36个月", "年"),
        ("5人", "户"),
        ("3天", "次"),
        ("2百人", "户"),
        ("20学时", "天"),
    ],
)
def test_a_unit_that_is_stored_otherwise_is_refused(cell: str, unit: str) -> None:
    assert number(cell, unit).fault in {"wrong_unit", "not_a_number"}
