"""The rules of assignments, without a database."""

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from dates import workdays
from dates.workdays import NATIONAL
from tasks.rules import status as rules
from tasks.rules.curves import Curve, Mark, curve_of
from tasks.rules.status import TRANSITIONS, Days, Light, Shape, Status, Step

PERCENT = st.one_of(st.none(), st.integers(0, 100))
DAYS = st.dates(datetime.date(2025, 1, 1), datetime.date(2027, 12, 31))


@given(st.lists(st.sampled_from(list(Step)), max_size=12))
def test_a_closed_assignment_was_always_requested_first(steps):
    status, walked = Status.ISSUED, []
    for step in steps:
        if rules.may_step(status, step):
            status = TRANSITIONS[step][1]
            walked.append(step)
    if status == Status.CLOSED:
        assert walked[-2:] == [Step.REQUEST_CLOSE, Step.CLOSE]


@given(st.sampled_from(list(Status)))
def test_only_a_request_can_be_closed_or_sent_back_and_only_what_is_closed_reopens(status):
    assert rules.may_step(status, Step.CLOSE) == rules.may_step(status, Step.SEND_BACK) == (status == Status.REQUESTED)
    assert rules.may_step(status, Step.REOPEN) == (status == Status.CLOSED)
    assert not (status == Status.CLOSED and rules.may_step(status, Step.REPORT))


@given(due_on=DAYS, requested_on=DAYS, on=DAYS)
def test_lateness_stops_at_the_request_and_runs_on_without_one(due_on, requested_on, on):
    assert rules.days_late(due_on, requested_on, on) == max(0, (requested_on - due_on).days)
    assert rules.days_late(due_on, None, on) == max(0, (on - due_on).days)


def days(due_on, percent=None, given_on=None, requested_on=None):
    curve = curve_of(Shape.QUANTITY, given_on, due_on) if given_on else None
    behind = curve.behind_from(percent) if curve else None
    return Days(due_on, rules.near_from(due_on, NATIONAL, rules.NEAR_WORKDAYS), behind, requested_on)


@settings(deadline=None)  # the calendar of a year is made on first use
@given(due_on=DAYS, requested_on=DAYS, on=DAYS)
def test_a_request_keeps_the_light_of_its_day_but_is_not_overdue(due_on, requested_on, on):
    asked = rules.light(Status.REQUESTED, days(due_on, requested_on=requested_on), on)
    then = rules.light(Status.RECEIVED, days(due_on), requested_on)
    assert asked == (Light.SOON if then == Light.LATE else then)


@settings(deadline=None)  # the calendar of a year is made on first use
@given(status=st.sampled_from([*rules.WORKING]), due_on=DAYS, on=DAYS, span=st.integers(1, 300), done=PERCENT)
def test_every_open_day_has_one_light_and_it_never_gets_better_by_waiting(status, due_on, on, span, done):
    order = [Light.LATE, Light.SOON, Light.LAG, Light.FINE]
    known = days(due_on, done, due_on - datetime.timedelta(days=span))
    today = rules.light(status, known, on)
    tomorrow = rules.light(status, known, on + datetime.timedelta(days=1))
    assert order.index(tomorrow) <= order.index(today)
    assert (today == Light.LATE) == (due_on < on)


@settings(deadline=None)  # the calendar of a year is made on first use
@given(due_on=DAYS, before=st.integers(0, 20), count=st.integers(0, 8))
def test_near_is_so_many_working_days_ahead_counted_from_either_side(due_on, before, count):
    on = due_on - datetime.timedelta(days=before)
    near = workdays.workdays_between(on, due_on) <= count
    assert (on >= rules.near_from(due_on, NATIONAL, count)) == near


@given(start=DAYS, span=st.integers(1, 400), done=PERCENT, points=st.integers(1, 60), ahead=st.integers(0, 400))
def test_behind_begins_on_the_first_day_the_curve_is_so_many_points_ahead(start, span, done, points, ahead):
    curve = Curve(start, start + datetime.timedelta(days=span))
    on = start + datetime.timedelta(days=min(ahead, span))
    behind_from = curve.behind_from(done, points)
    assert (curve.expected(on) - (done or 0) >= points) == (behind_from is not None and behind_from <= on)


@given(
    start=DAYS,
    steps=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9)), min_size=1, max_size=8),
    done=PERCENT,
    ahead=st.integers(0, 120),
)
def test_a_curve_of_milestones_goes_up_the_day_after_each(start, steps, done, ahead):
    marks = [Mark(start + datetime.timedelta(days=days), weight) for days, weight in steps]
    curve = Curve(start, max(mark.due_on for mark in marks), marks)
    on = start + datetime.timedelta(days=ahead)
    total = sum(mark.weight for mark in marks)
    assert curve.expected(on) == 100 * sum(mark.weight for mark in marks if mark.due_on < on) // total
    behind_from = curve.behind_from(done)
    assert (curve.expected(on) - (done or 0) >= 10) == (behind_from is not None and behind_from <= on)


def test_what_is_short_or_standing_has_no_curve():
    start = datetime.date(2026, 3, 1)
    assert curve_of(Shape.SINGLE, start, start + datetime.timedelta(days=14)) is None
    assert curve_of(Shape.STANDING, start, start + datetime.timedelta(days=300)) is None
    assert curve_of(Shape.MILESTONES, start, start + datetime.timedelta(days=300)) is None
    assert curve_of(Shape.SINGLE, start, start + datetime.timedelta(days=15)) is not None


@given(requested_on=DAYS, took=st.integers(0, 60))
def test_the_verifiers_wait_is_its_own_figure(requested_on, took):
    closed_on = requested_on + datetime.timedelta(days=took)
    assert rules.days_waiting(requested_on, closed_on, datetime.date(2030, 1, 1)) == took
    assert rules.days_waiting(None, None, closed_on) == 0
