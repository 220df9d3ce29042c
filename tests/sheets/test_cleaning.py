"""Texts and numbers that no spreadsheet, page or database can hold are cleaned on the way in and on the way out."""

import datetime
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets import dates, writing
from sheets.cleaning import clean, clean_value, file_name, is_clean
from sheets.columns import Surroundings, read_cell, read_column
from sheets.fields import Choice, FieldDescription, Type
from sheets.reading import read_book
from sheets.values import number
from tests.sheets.books import extract, xlsx

BAD = ("一\x0b二", "一\x00二", "一\ud83d二", "一\udc00二", "一\uffff二", "一\x1b\x07二")


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_written_is_left_out(text: str) -> None:
    assert clean(text) == "一二"
    assert not is_clean(text)
    assert clean_value({text: [text, 3]}) == {"一二": ["一二", 3]}


def test_two_halves_of_one_character_are_put_together_and_good_texts_stay() -> None:
    assert clean("\ud83d\ude00") == "😀"
    for text in ("", "石岭村", "a\tb\nc", "😀", "𠮷"):
        assert clean(text) == text
        assert is_clean(text)


@pytest.mark.parametrize("text", BAD)
def test_a_bad_text_never_breaks_a_table_that_goes_out(text: str) -> None:
    page = writing.Page(text, [text], [[text], [float("nan")], [Decimal("1e400")], ["x" * 40_000]], [text])
    made = writing.workbook([page, page, writing.Page("History", ["a"], [[datetime.date(26, 1, 1)]])])
    found = openpyxl.load_workbook(io.BytesIO(made))
    assert found.sheetnames[0] == "一二"
    assert found.worksheets[0]["A3"].value == "一二"
    assert len(str(found.worksheets[0]["A6"].value)) == 32_767
    assert found.worksheets[2]["A2"].value == "0026-01-01"


@pytest.mark.parametrize(
    "name", ["", "[]:*?/\\", "'a'", "x" * 99, "history", "A\x00B", "a\nb", "''", "一" * 40, " ' ", "a" * 30 + "'x"]
)
def test_any_name_makes_a_sheet_that_opens(name: str) -> None:
    made = writing.workbook([writing.Page(name, ["a"], [])] * 3)
    assert len(openpyxl.load_workbook(io.BytesIO(made)).sheetnames) == 3


@pytest.mark.parametrize(
    "name", ['a"b.xlsx', "a\r\nb.xlsx", "x" * 400 + ".xlsx", "\ud83d.xlsx", "..", "a/b\\c.xlsx", ""]
)
def test_a_file_name_is_fit_for_a_header_and_a_disk(name: str) -> None:
    found = file_name(name)
    assert 0 < len(found) <= 120
    assert not set('"\r\n/\\') & set(found)
    assert found.encode()
    assert name[-5:] != ".xlsx" or found.endswith("xlsx")


@pytest.mark.parametrize("amount", [60_000.01, 70_000.5, 88_888.88, 99_999.99, 66_666.1])
def test_an_amount_in_a_column_of_dates_is_no_date(amount: float) -> None:
    for cell in (amount, str(amount), f"{amount:.2f}", f"0{amount}"):
        assert dates.date(cell, year=2026).fault == "not_a_date"
        assert dates.date(cell, year=2026, typed=False).fault == "not_a_date"


@pytest.mark.parametrize(
    "cell", [-1, 0, -0.0, 60, 2_958_465, 2_958_466, 1e400, float("nan"), 1e17, "1900-02-29", "9999-12-31", True]
)
def test_what_is_no_day_is_refused_as_a_date(cell: Any) -> None:
    assert dates.date(cell, year=2026).fault


@pytest.mark.parametrize("day", [datetime.date(9999, 12, 31), datetime.datetime(2926, 1, 1), datetime.date(1900, 1, 1)])
def test_days_beyond_all_measure_are_no_dates(day: datetime.date) -> None:
    assert dates.date(day).fault == "not_a_date"


@pytest.mark.parametrize(
    "cell", [1e300, float("inf"), float("-inf"), float("nan"), "9" * 40, "9" * 5_000, "1e99", "9" * 32_767, "亿" * 50]
)
def test_a_number_beyond_all_measure_is_refused(cell: Any) -> None:
    assert number(cell, "万元").fault in {"too_large", "not_a_number"}
    field = FieldDescription("n", Type.INT)
    assert read_cell(field, cell).fault in {"too_large", "not_a_number"}


def test_a_control_character_in_a_remark_is_left_out_and_said() -> None:
    rows = [["村名", "总收入（元）", "备注"], ["石岭村", 3, "好_x000B_的"], ["柳湾村", 4, "好"]]
    [first, _second] = extract(xlsx(rows)).tables[0].records
    assert first.values["remark"] == "好的"
    assert "unwritable" in first.readings["remark"].corrected


TYPES = [
    FieldDescription("f", kind, "甲", unit=unit, choices=choices)
    for kind in Type
    for unit in ("", "万元", "亩", "%")
    for choices in ((Choice("承包"), Choice("租赁", ("出租",))),)
]
CELLS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789.,-+/年月日万亿元%约至~()  eEwk十百千〇二", max_size=24),
    st.sampled_from(
        [*BAD, "#REF!", "#FORMULA!", "=1+1", "同上", "〃", "无", "1e400", "-0", "０１", "²", "٣", "x" * 33_000]
    ),
    st.floats(),
    st.floats(min_value=-100_000, max_value=100_000).map(lambda value: round(value, 2)),
    st.integers(min_value=-(10**6), max_value=3 * 10**6).map(float),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.none(),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(CELLS, max_size=6),
    st.sampled_from(TYPES),
    st.sampled_from(["", "元", "万元", "亩"]),
    st.sampled_from([None, 2026]),
    st.booleans(),
)
def test_no_cell_breaks_a_column(cells: list[Any], field: FieldDescription, unit: str, year: int, flag: bool) -> None:
    around = Surroundings(unit, year, flag, flag)
    readings = read_column(field, cells, around)
    assert len(readings) == len(cells)
    for reading in readings:
        assert is_clean(str(reading.value))
        assert not (isinstance(reading.value, Decimal) and not reading.value.is_finite())


def test_a_sheet_of_hostile_cells_is_read() -> None:
    rows = [["村名", "总收入", "总户数", "竣工时间", "是否建成", "经营方式", "备注"]]
    odd = [60_000.01, True, "#REF!", datetime.time(3), "-0", "1e400", "x" * 32_767, -5, 2_958_466, "承包", "10%"]
    rows += [["石岭村", *[odd[(n + k) % len(odd)] for k in range(6)]] for n in range(len(odd))]
    assert read_book(xlsx(rows)).sheets
    assert len(extract(xlsx(rows)).tables[0].records) == len(odd)
