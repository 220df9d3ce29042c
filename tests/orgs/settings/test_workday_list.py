"""A year's days off read from the notice as it is published, and from lists as people keep them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dates.workdays import DAY, is_workday
from orgs.settings.workday_list import read

NOTICES = {
    2026: """各省、自治区、直辖市人民政府：
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
}


@pytest.mark.parametrize("year", NOTICES)
def test_the_notice_says_what_the_published_calendar_says(year: int) -> None:
    """The calendar of the ``holidays`` package is the independent witness."""
    found = read(NOTICES[year], year)
    assert found.faults == []
    says = {day.day: day.kind == "work" for day in found.days}
    every = [datetime.date(year, 1, 1) + DAY * n for n in range(365)]
    assert [says.get(day, day.weekday() < 5) for day in every] == [is_workday(day) for day in every]


def test_the_occasion_is_kept() -> None:
    found = {day.day: day.name for day in read(NOTICES[2026], 2026).days}
    assert found[datetime.date(2026, 2, 17)] == "春节"
    assert found[datetime.date(2026, 10, 10)] == "国庆节"


@pytest.mark.parametrize(
    ("line", "first", "last", "kind", "name"),
    [
        ("2027-02-05 至 2027-02-12 休 春节", "2027-02-05", "2027-02-12", "rest", "春节"),
        ("2027/2/5\t放假\t春节", "2027-02-05", "2027-02-05", "rest", "春节"),
        ("２０２７年２月１４日　上班　春节调休", "2027-02-14", "2027-02-14", "work", "春节"),
        ("9月23日 上班", "2027-09-23", "2027-09-23", "work", ""),
        ("2027.10.1-2027.10.7,休,国庆", "2027-10-01", "2027-10-07", "rest", "国庆"),
        ("开斋节：3月20日放假", "2027-03-20", "2027-03-20", "rest", "开斋节"),
        ("12月31日至1月2日放假", "2027-12-31", "2028-01-02", "rest", ""),
    ],
)
def test_lines_of_a_list(line: str, first: str, last: str, kind: str, name: str) -> None:
    found = read(line, 2027)
    assert found.faults == []
    assert (found.days[0].day.isoformat(), found.days[-1].day.isoformat()) == (first, last)
    assert {day.kind for day in found.days} == {kind}
    assert {day.name for day in found.days} == {name}


def test_days_joined_by_a_mark_share_the_month() -> None:
    assert [day.day.day for day in read("2月14日、28日上班", 2026).days] == [14, 28]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("春节\n2月30日 休", "2"),
        ("2月5日 春节", "1"),
        ("2月5日至1月1日2027年 休\n2月5日至8月9日 休", "1"),
        ("2月5日 休\n2月5日 上班", "2"),
    ],
)
def test_what_is_not_understood_is_said_with_its_line(text: str, said: str) -> None:
    faults = read(text, 2027).faults
    assert faults
    assert said in faults[0]


@given(st.text(alphabet="0123456789年月日至、，。：休班上假-/. 一春节（）()\n", max_size=60))
def test_any_text_is_read_or_explained(text: str) -> None:
    found = read(text, 2027)
    assert [day.day for day in found.days] == sorted({day.day for day in found.days})
