"""When computed dates fall due: the office's own examples, word for word, and what holds for every day."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgs.due_dates import (
    last_workday,
    nth_workday,
    reminded_on,
    report_due,
    task_due,
    weekly_due,
    weekly_late_after,
    workdays_before,
)
from orgs.workdays import DAY, NATIONAL, with_entered

DATES = st.dates(datetime.date(2025, 1, 1), datetime.date(2027, 12, 31))
FRIDAY = 4


def on(month: int, day: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, month, day)


def test_1_a_report_due_on_the_fifth_workday_of_october_2026() -> None:
    """Holiday 1–7; 10-10 is work: workdays 8, 9, 10 (Sat), 12, 13."""
    workdays = [day for day in (on(10, 1) + DAY * n for n in range(13)) if NATIONAL.works(day)]
    assert workdays == [on(10, 8), on(10, 9), on(10, 10), on(10, 12), on(10, 13)]
    assert nth_workday(2026, 10, 5, NATIONAL) == on(10, 13)


def test_2_a_task_computed_to_be_due_on_a_rest_day_moves_later_and_a_report_earlier() -> None:
    assert task_due(on(10, 4), NATIONAL) == on(10, 8)
    assert report_due(on(10, 4), NATIONAL) == on(9, 30)


def test_3_two_workdays_before_25_february_2026() -> None:
    """24 is work, 23 rest …: 02-24, then 02-14, a make-up Saturday."""
    assert NATIONAL.works(on(2, 25))
    assert workdays_before(on(2, 25), 1, NATIONAL) == on(2, 24)
    assert workdays_before(on(2, 25), 2, NATIONAL) == on(2, 14)


def test_4_a_milestone_on_a_sunday_stays_and_is_reminded_of_on_friday() -> None:
    assert on(6, 28).weekday() == 6
    assert reminded_on(on(6, 28), NATIONAL) == on(6, 26)
    assert on(6, 26).weekday() == FRIDAY


def test_5_the_weekly_report_of_a_week_whose_friday_is_a_holiday_moves_to_thursday() -> None:
    assert not NATIONAL.works(on(5, 1))
    assert weekly_due(on(5, 1), FRIDAY, NATIONAL) == on(4, 30)


def test_6_the_fifth_workday_of_january_2026() -> None:
    """4 (Sun work), 5, 6, 7, 8."""
    assert nth_workday(2026, 1, 5, NATIONAL) == on(1, 8)


def test_7_the_year_2027_without_entries_falls_back_to_weekdays_and_is_not_known() -> None:
    """The page that marks it 未配置 is tested in test_workday_pages."""
    assert not NATIONAL.knows(2027)
    assert NATIONAL.missing_year(on(1, 5, 2027)) == 2027
    year = [on(1, 1, 2027) + DAY * n for n in range(365)]
    assert [NATIONAL.works(day) for day in year] == [day.weekday() < 5 for day in year]


def test_next_year_is_asked_for_from_the_first_of_december() -> None:
    assert NATIONAL.missing_year(on(11, 30)) is None
    assert NATIONAL.missing_year(on(12, 1)) == 2027


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (on(2, 11), on(2, 13)),  # the make-up Saturday 02-14 does not draw the Friday report there
        (on(2, 18), None),  # the Spring Festival's week: nothing is asked for
        (on(5, 7), on(5, 8)),
        (on(9, 23), on(9, 24)),
        (on(10, 1), None),
    ],
)
def test_weekly_reports_around_holidays(day: datetime.date, due: datetime.date | None) -> None:
    assert weekly_due(day, FRIDAY, NATIONAL) == due


@pytest.mark.parametrize(
    ("due", "late_after"),
    [
        (on(2, 27), on(2, 28)),  # the long holiday ended on 02-23, and 02-28 is a make-up day
        (on(3, 6), on(3, 6)),
        (on(5, 8), on(5, 9)),
        (on(6, 26), on(6, 26)),
        (on(1, 9), on(1, 9)),  # three days off are no long holiday
    ],
)
def test_a_week_after_a_long_holiday_has_one_workday_of_grace(due: datetime.date, late_after: datetime.date) -> None:
    assert weekly_late_after(due, NATIONAL) == late_after


@settings(deadline=None)  # the calendar of a year is made on first use
@given(day=DATES, entered=st.dictionaries(DATES, st.booleans(), max_size=12))
def test_dates_move_to_the_nearest_workday_on_their_side(
    day: datetime.date, entered: dict[datetime.date, bool]
) -> None:
    calendar = with_entered(tuple(sorted(entered.items())))
    earlier, later = report_due(day, calendar), task_due(day, calendar)
    assert earlier <= day <= later
    assert calendar.works(earlier)
    assert calendar.works(later)
    assert not any(calendar.works(earlier + DAY * n) for n in range(1, (later - earlier).days))
    number = calendar.between(day.replace(day=1) - DAY, day)
    if number and calendar.works(day):
        assert nth_workday(day.year, day.month, number, calendar) == day
    assert calendar.works(last_workday(day.year, day.month, calendar))
    assert calendar.between(workdays_before(day, 3, calendar), later) == 3
