"""The rules of assignments, without a database."""

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import rules
from tasks.rules import TRANSITIONS, Light, Status, Step

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
    in_time = requested_on <= due_on
    waiting = rules.light(Status.REQUESTED, due_on, requested_on, on)
    assert waiting == (Light.FINE if in_time else Light.LATE)


@settings(deadline=None)  # the calendar of a year is made on first use
@given(status=st.sampled_from([*rules.WORKING]), due_on=DAYS, on=DAYS)
def test_every_open_day_has_one_light_and_it_never_gets_better_by_waiting(status, due_on, on):
    order = [Light.LATE, Light.SOON, Light.FINE]
    today = rules.light(status, due_on, None, on)
    tomorrow = rules.light(status, due_on, None, on + datetime.timedelta(days=1))
    assert order.index(tomorrow) <= order.index(today)
    assert (today == Light.LATE) == (due_on < on)


@given(requested_on=DAYS, took=st.integers(0, 60))
def test_the_verifiers_wait_is_its_own_figure(requested_on, took):
    closed_on = requested_on + datetime.timedelta(days=took)
    assert rules.days_waiting(requested_on, closed_on, datetime.date(2030, 1, 1)) == took
    assert rules.days_waiting(None, None, closed_on) == 0
