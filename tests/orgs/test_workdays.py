"""Working days are computed, never counted one by one: equal to counting, quick, never out of range."""

import datetime
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgs import periods
from orgs.workdays import DAY, NATIONAL, Calendar, shifted, with_entered
from tasks.planning import days_before
from tasks.rules import near_from

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
