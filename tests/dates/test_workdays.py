"""Working days are computed, never counted one by one: equal to counting, quick, never out of range."""

import datetime
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dates import periods
from dates.workdays import DAY, NATIONAL, Calendar, shifted, with_entered
from tasks.drafting.planning import days_before
from tasks.rules.status import near_from

DAYS = st.dates(datetime.date(1999, 1, 1), datetime.date(2030, 12, 31))
ENTERED = st.dictionaries(st.dates(datetime.date(2024, 1, 1), datetime.date(2028, 12, 31)), st.booleans(), max_size=40)
LAST = datetime.date.max


def counted(calendar: Calendar, start: datetime.date, end: datetime.date) -> int:
    return sum(calendar.works(start + DAY * n) for n in range(1, (end - start).days + 1))


def stepped(calendar: Calendar, day: datetime.date, count: int, step: datetime.timedelta) -> datetime.date:
    while count:
        day += step
        count -= calendar.works(day)
    return day


@given(start=DAYS, length=st.integers(0, 3000), entered=ENTERED, count=st.integers(0, 400))
def test_computed_is_as_counted(start: datetime.date, length: int, entered: dict, count: int) -> None:
    calendar = with_entered(tuple(sorted(entered.items())))
    assert calendar.between(start, start + DAY * length) == counted(calendar, start, start + DAY * length)
    assert calendar.between(start + DAY * length, start) == -calendar.between(start, start + DAY * length)
    assert calendar.after(start, count) == stepped(calendar, start, count, DAY)
    assert calendar.before(start, count) == stepped(calendar, start, count, -DAY)


@given(day=DAYS, entered=ENTERED)
def test_what_was_entered_stands_in_place_of_what_is_published(day: datetime.date, entered: dict) -> None:
    calendar = with_entered(tuple(sorted(entered.items())))
    assert calendar.works(day) == entered.get(day, NATIONAL.works(day))
    assert calendar.on_or_after(day) == (day if calendar.works(day) else stepped(calendar, day, 1, DAY))
    assert calendar.on_or_before(day) == (day if calendar.works(day) else stepped(calendar, day, 1, -DAY))


@pytest.mark.parametrize("end", [LAST, datetime.date(2926, 11, 18), datetime.date(26, 12, 31), datetime.date.min])
def test_no_day_is_too_far(end: datetime.date) -> None:
    began = time.process_time()
    on = datetime.date(2026, 11, 18)
    assert NATIONAL.between(on, end) == -NATIONAL.between(end, on)
    for _again in range(200):
        day = end + DAY * 0
        near_from(day, NATIONAL, 3)
        days_before(day, 3660, NATIONAL)
        days_before(day, 3660)
        for find in (NATIONAL.before, NATIONAL.after):
            assert datetime.date.min <= find(day, random.randrange(500)) <= LAST
        for find in (NATIONAL.on_or_before, NATIONAL.on_or_after):
            assert abs((find(day) - day).days) < 8
        NATIONAL.long_holiday_after(day)
        NATIONAL.first_of_week(day)
        for make in (periods.week, periods.month, periods.quarter, periods.half, periods.year):
            assert periods.parse(make(day).key).key == make(day).key
            assert make(day).before().start <= day
    assert time.process_time() - began < 2


def test_a_shift_stays_within_the_days_there_are() -> None:
    assert shifted(LAST, 1) == LAST
    assert shifted(datetime.date.min, -400) == datetime.date.min
    assert shifted(datetime.date(2026, 2, 28), 1) == datetime.date(2026, 3, 1)


# the office's own examples, word for word


def on(month: int, day: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, month, day)


def test_the_fifth_workdays_of_october_and_of_january_2026() -> None:
    """Holiday 1–7 October, 10-10 is work: 8, 9, 10 (Sat), 12, 13; in January 4 (Sun work), 5, 6, 7, 8."""
    workdays = [day for day in (on(10, 1) + DAY * n for n in range(13)) if NATIONAL.works(day)]
    assert workdays == [on(10, 8), on(10, 9), on(10, 10), on(10, 12), on(10, 13)]
    assert NATIONAL.after(on(9, 30), 5) == on(10, 13)
    assert NATIONAL.after(on(12, 31, 2025), 5) == on(1, 8)


def test_two_workdays_before_25_february_2026() -> None:
    """24 is work, 23 rest …: 02-24, then 02-14, a make-up Saturday."""
    assert NATIONAL.works(on(2, 25))
    assert NATIONAL.before(on(2, 25), 1) == on(2, 24)
    assert NATIONAL.before(on(2, 25), 2) == on(2, 14)


def test_the_year_2027_without_entries_falls_back_to_weekdays_and_is_not_known() -> None:
    """The page that marks it 未配置 is tested in test_workday_pages."""
    assert not NATIONAL.knows(2027)
    assert NATIONAL.missing_year(on(1, 5, 2027)) == 2027
    year = [on(1, 1, 2027) + DAY * n for n in range(365)]
    assert [NATIONAL.works(day) for day in year] == [day.weekday() < 5 for day in year]


def test_next_year_is_asked_for_from_the_first_of_december() -> None:
    assert NATIONAL.missing_year(on(11, 30)) is None
    assert NATIONAL.missing_year(on(12, 1)) == 2027
