"""What stands beside a light, in words: why, how long, which dates. No database."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from dates import workdays
from dates.workdays import NATIONAL
from tasks.lights import words as countdown
from tasks.lights.words import Dates, Facts
from tasks.rules import status as rules
from tasks.rules.curves import Curve, Mark
from tasks.rules.status import Light, Status

ON = datetime.date(2026, 6, 22)  # a Monday
DUE = datetime.date(2026, 6, 28)  # a Sunday
DAY = datetime.timedelta(days=1)
MARKS = (Mark(datetime.date(2026, 6, 1), 3), Mark(datetime.date(2026, 6, 20), 3), Mark(DUE, 4))
STAGED = Curve(datetime.date(2026, 3, 1), DUE, MARKS)
STRAIGHT = Curve(ON - 60 * DAY, ON + 40 * DAY)


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def facts(light: str, **values: object) -> Facts:
    given = {"status": Status.IN_PROGRESS, "light": light, "due_on": DUE} | values
    return Facts(**given)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (ON + 6 * DAY, "剩 6 天（4 个工作日）"),  # 23 to 26 June; 28 is a Sunday
        (ON, "今天到期"),
        (ON - 2 * DAY, "逾 2 天"),
        (datetime.date(2026, 10, 9), "剩 109 天（74 个工作日）"),  # over 国庆 with its make-up days
    ],
)
def test_a_countdown_counts_calendar_and_working_days(due_on: datetime.date, words: str) -> None:
    assert countdown.countdown(due_on, ON, NATIONAL) == words


@settings(deadline=None)  # the calendar of a year is made on first use
@given(due_on=st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)), ahead=st.integers(0, 40))
def test_the_countdown_and_the_light_count_the_same_working_days(due_on: datetime.date, ahead: int) -> None:
    on = due_on - DAY * ahead
    left = countdown.workdays_left(due_on, on, NATIONAL)
    assert left == workdays.workdays_between(on, due_on)
    assert (rules.near_from(due_on, NATIONAL, rules.NEAR_WORKDAYS) <= on) == (left <= rules.NEAR_WORKDAYS)


def test_both_dates_are_shown_when_one_was_moved() -> None:
    later = datetime.date(2026, 7, 10)
    assert countdown.moved(Dates(DUE, DUE, DUE), ON) == ""
    assert countdown.moved(Dates(later, DUE, DUE), ON) == "延至7月10日，原定6月28日（逾期仍按原定计）"
    assert countdown.moved(Dates(later, DUE, later), ON) == "顺延至7月10日，原定6月28日"
    counted = Dates(later, DUE, datetime.date(2026, 7, 1))
    assert countdown.moved(counted, ON) == "延至7月10日，原定6月28日（逾期按7月1日计）"


def test_the_townships_own_date_is_said_only_when_it_is_earlier() -> None:
    assert (
        countdown.own_date(Dates(DUE, DUE, DUE, ON + 2 * DAY), ON, NATIONAL)
        == "本乡镇要求6月24日前完成：剩 2 天（2 个工作日）"
    )
    assert countdown.own_date(Dates(DUE, DUE, DUE), ON, NATIONAL) == ""


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (facts(Light.LAG, curve=STRAIGHT, percent=40), "序时应到 60%，实报 40%，落后 20 个百分点。"),
        (facts(Light.LAG, curve=STRAIGHT), "尚未报进度，序时应到 60%。"),
        (
            facts(Light.LAG, curve=STAGED, percent=30, missed=("主体", datetime.date(2026, 6, 20))),
            "序时应到 60%，实报 30%，落后 30 个百分点；节点“主体”应于6月20日完成，尚未完成。",
        ),
        (facts(Light.SOON, percent=80), "6月28日到期，已报 80%。"),
        (facts(Light.LATE, due_on=ON - 2 * DAY), "应于6月20日完成，已逾期 2 天，尚未报进度。"),
        (
            facts(Light.LATE, status=Status.REQUESTED, due_on=ON - 5 * DAY, requested_on=ON - 2 * DAY),
            "应于6月17日完成，逾期 3 天申请销号。",
        ),
        (facts(Light.FINE, percent=20), "进度正常，已报 20%。"),
        (facts(Light.FINE, ahead=("主体", DUE)), "进度正常，下一节点“主体”，6月28日前完成。"),
        (facts(Light.DONE, status=Status.CLOSED, closed_on=ON), "6月22日销号。"),
        (facts(Light.NONE, status=Status.WITHDRAWN, withdrawal="重复下达"), "已作废：重复下达"),
    ],
)
def test_each_light_says_why_in_one_sentence(known: Facts, words: str) -> None:
    assert countdown.why(known, ON) == words


def test_another_year_is_said() -> None:
    assert countdown.day_in_words(datetime.date(2027, 1, 7), ON) == "2027年1月7日"
