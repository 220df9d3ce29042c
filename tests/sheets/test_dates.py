"""Dates as people type them, as precise as they were said."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.dates import date
from sheets.wording import CORRECTIONS, FAULTS


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2024.6.28",
            "2024-6-28",
            "2024/06/28",
            "2024年6月28日",
            "2024年6月28号",
            "2024-06-28 00:00:00",
            "2024/6/28 0:00",
        ),
        *("20240628", 20240628, 20240628.0, "24.6.28", "24年6月28日", "6.28", "6月28日", "6/28", 6.28, 45471, 45471.5),
        *(
            "45471",
            "二〇二四年六月二十八日",
            "二○二四年六月二十八号",
            "2024．6．28",
            "２０２４年６月２８日",
            "2024 年 6 月 28 日",
        ),
        *("2024.6.28前", "已完成（2024.6.28）", "2024、6、28", "28/6/2024", "240628", "'2024-06-28"),
        *(datetime.date(2024, 6, 28), datetime.datetime(2024, 6, 28, 9, 30)),
    ],
)
def test_a_day_in_many_forms(cell: object) -> None:
    reading = date(cell, year=2024)
    assert (reading.value, reading.precision, reading.fault) == ("2024-06-28", "day", "")


@pytest.mark.parametrize(
    "cell",
    [
        "2024.6",
        "2024.06",
        "2024-06",
        "2024年6月",
        "2024年6月份",
        "202406",
        202406,
        "24年6月",
        "6月",
        2024.6,
        "2024年六月",
    ],
)
def test_a_month_stays_a_month(cell: object) -> None:
    reading = date(cell, year=2024)
    assert (reading.value, reading.precision) == ("2024-06", "month")


@pytest.mark.parametrize("cell", ["2024年6月上旬", "6月中旬", "2024年6月下旬", "2024年6月初"])
def test_a_part_of_a_month_stays_the_month(cell: str) -> None:
    reading = date(cell, year=2024)
    assert (reading.value, reading.precision, reading.approximate) == ("2024-06", "month", True)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("6月底", "2024-06-30"),
        ("2023年2月底", "2023-02-28"),
        ("2024年2月末", "2024-02-29"),
        ("六月底前", "2024-06-30"),
        ("2024年底", "2024-12-31"),
        ("年底", "2024-12-31"),
    ],
)
def test_an_end_is_the_last_day(cell: str, value: str) -> None:
    reading = date(cell, year=2024)
    assert (reading.value, reading.precision) == (value, "day")
    assert "month_end" in reading.corrected


def test_a_year_stays_a_year_and_seasons_their_last_month() -> None:
    assert date("2024年") == date(2024)
    assert date("2024").precision == "year"
    assert (date("2024年上半年").value, date("三季度", year=2024).value) == ("2024-06", "2024-09")


def test_the_year_is_never_made_up() -> None:
    assert date("6月28日").fault == "no_year"
    for other in ("明年6月", "去年12月底", "次年3月1日", "6月（去年）", "上年二月"):
        assert date(other, year=2026).fault == "no_year", other
    assert date("去年已完成", year=2026).corrected == ("status_word",)
    assert date("2026年6月（比去年早）", year=2026).value == "2026-06"
    assert date("6月28日", year=2023).value == "2023-06-28"
    assert date("2024-06-28", year=2023).value == "2024-06-28"


@pytest.mark.parametrize(
    ("cell", "fault", "choices"),
    [
        (2024.1, "ambiguous_month", ("2024-01", "2024-10")),
        (6.3, "ambiguous_day", ("2024-06-03", "2024-06-30")),
        ("2024年13月5日", "bad_date", ()),
        ("2024-02-30", "bad_date", ()),
        ("6月31日", "bad_date", ()),
        ("2024.3-2024.6", "several_dates", ("2024-03", "2024-06")),
        ("3月1日至5日", "several_dates", ("2024-03-01",)),
        ("预计2024年6月", "not_a_date", ("2024-06",)),
        ("5/6/2024", "not_a_date", ("2024-05-06", "2024-06-05")),
        ("第3批", "not_a_date", ()),
        (True, "not_a_date", ()),
        (1e300, "not_a_date", ()),
        (datetime.date(1905, 7, 16), "not_a_date", ()),
        ("#REF!", "formula_error", ()),
    ],
)
def test_asks_rather_than_guesses(cell: object, fault: str, choices: tuple[str, ...]) -> None:
    reading = date(cell, year=2024)
    assert (reading.value, reading.fault, reading.choices) == (None, fault, choices)


def test_what_was_typed_as_text_keeps_its_zero_and_what_was_not_is_asked_about() -> None:
    assert (date("2024.1").value, date("2024.10").value) == ("2024-01", "2024-10")
    assert date("2024.1", typed=False).fault == "ambiguous_month"
    assert date("2024.10", typed=False).value == "2024-10"
    assert (date(2024.6).value, date(2024.11).value) == ("2024-06", "2024-11")


@pytest.mark.parametrize("cell", ["未动工", "在建", "正在施工", "长期", "已完成70%", "主体封顶"])
def test_a_word_of_status_is_no_date_and_no_fault(cell: str) -> None:
    reading = date(cell)
    assert (reading.value, reading.fault, reading.corrected) == (None, "", ("status_word",))


@pytest.mark.parametrize("cell", [None, "", "无", "/", "—", "－"])
def test_markers_are_nothing(cell: str | None) -> None:
    assert (date(cell).value, date(cell).corrected) == (None, ())


def test_day_numbers_count_from_the_workbooks_first_day() -> None:
    assert date(45471 - 1462, from_1904=True) == date(45471)


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)))
def test_every_day_is_read_in_every_form(day: datetime.date) -> None:
    forms = (
        *(day, day.isoformat(), f"{day.year}.{day.month}.{day.day}", f"{day.year}年{day.month}月{day.day}日"),
        *(f"{day:%Y%m%d}", int(f"{day:%Y%m%d}"), (day - datetime.date(1899, 12, 30)).days),
        f"{day.year % 100:02}.{day.month}.{day.day}",
    )
    for form in forms:
        assert date(form).value == day.isoformat(), form


@given(
    st.text(alphabet="0123456789年月日号.-/底至、 上中下旬一二十〇", max_size=14) | st.floats() | st.text(max_size=8),
    st.booleans(),
)
def test_never_raises_and_never_says_what_is_no_date(cell: object, typed: bool) -> None:
    reading = date(cell, year=2024, typed=typed)
    assert not reading.fault or (reading.fault in FAULTS and reading.value is None)
    assert set(reading.corrected) <= CORRECTIONS.keys()
    if reading.value is not None:
        assert {"day": 10, "month": 7, "year": 4}[reading.precision] == len(reading.value)
