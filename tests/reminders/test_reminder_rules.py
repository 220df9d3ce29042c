"""Which day reminds of which date, and what a person's day holds: the pure rules."""

import datetime
from typing import Any

import pytest

from dates import workdays
from dates.workdays import Calendar
from orgs.duties import Due, Stage
from orgs.rules import Role
from reminders.kinds import shipped
from reminders.rules.kinds import (
    Kind,
    KindRule,
    Section,
    Unit,
    flows_over,
    holiday_stretch,
    may_send,
    named,
    reminder_days,
    rule_for,
)
from reminders.rules.plan import head_of, plan
from reminders.rules.shapes import Already, Held, Recipient

D = datetime.date
CALENDAR = Calendar()
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def at(day: D, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=SHANGHAI)


def owed(due_on: D, **values: Any) -> Due:
    given = {
        "kind": "assignment",
        "key": 1,
        "root": 7,
        "stage": Stage.OPEN,
        "title": "活动场所完工",
        "due_on": due_on,
        "given_on": due_on - datetime.timedelta(days=40),
        "organisations": 1,
        "names": ("石岭村",),
        "url": "/assignments/1/",
    }
    return Due(**(given | values))


def person(role: str = Role.TOWNSHIP_ORGANISER, user: int = 1, root: int = 7) -> Recipient:
    return Recipient(user, (Held(user * 10, role, root, shipped()),))


def sections(day: D, *dues: Due, role: str = Role.TOWNSHIP_ORGANISER, **already: Any) -> list[str]:
    """The sections of the person's digest of the day."""
    before = Already(since=CALENDAR.before(day), **already)
    planned = plan([person(role)], {7: dues}, before, at(day))
    return [line.section for line in planned[0].lines] if planned else []


class TestCalendar:
    """The cases of the shared calendar."""

    def test_two_workdays_before_a_day_after_the_spring_festival(self) -> None:
        assert CALENDAR.before(D(2026, 2, 25), 2) == D(2026, 2, 14)  # a make-up Saturday

    def test_a_date_on_a_rest_day_is_reminded_of_on_the_workday_before(self) -> None:
        assert CALENDAR.on_or_before(D(2026, 6, 28)) == D(2026, 6, 26)

    def test_the_first_workday_of_a_month_that_begins_with_a_holiday(self) -> None:
        assert CALENDAR.first_of_month(D(2026, 10, 20)) == D(2026, 10, 8)

    def test_a_week_without_workdays_has_no_first(self) -> None:
        assert CALENDAR.first_of_week(D(2026, 2, 18)) is None

    def test_a_year_not_published_counts_monday_to_friday(self) -> None:
        assert not workdays.is_published(2027)
        assert workdays.is_workday(D(2027, 10, 1))  # a Friday
        assert not workdays.is_workday(D(2027, 10, 2))

    def test_the_next_long_holiday(self) -> None:
        assert CALENDAR.long_holiday_after(D(2026, 9, 28)) == (D(2026, 10, 1), D(2026, 10, 7))
        assert CALENDAR.long_holiday_after(D(2026, 6, 15)) is None  # three days are not long


class TestDays:
    """The moving rule."""

    @pytest.mark.parametrize(
        ("due_on", "days", "expected"),
        [
            (D(2026, 11, 20), 3, D(2026, 11, 17)),
            (D(2026, 11, 24), 1, D(2026, 11, 23)),
            (D(2026, 11, 23), 1, D(2026, 11, 20)),  # a Sunday moves back to Friday
            (D(2026, 10, 8), 3, D(2026, 9, 30)),  # in the holiday: the workday before it
            (D(2026, 10, 11), 1, D(2026, 10, 10)),  # a make-up Saturday is a workday
        ],
    )
    def test_ahead_moves_to_the_workday_before(self, due_on: D, days: int, expected: D) -> None:
        rule = KindRule("x", "assignment", ahead=(days,))
        assert reminder_days(rule, due_on, CALENDAR)[0] == ((expected, days),)

    @pytest.mark.parametrize(
        ("due_on", "days", "expected"),
        [
            (D(2026, 11, 18), 1, D(2026, 11, 19)),
            (D(2026, 11, 20), 1, D(2026, 11, 23)),
            (D(2026, 9, 30), 1, D(2026, 10, 8)),
        ],
    )
    def test_after_moves_to_the_next_workday(self, due_on: D, days: int, expected: D) -> None:
        rule = KindRule("x", "assignment", after=(days,))
        assert reminder_days(rule, due_on, CALENDAR)[1] == ((expected, days),)

    def test_workdays_are_counted_as_workdays(self) -> None:
        rule = KindRule("x", "monthly_report", ahead=(1,), after=(1,), unit=Unit.WORKDAYS)
        assert reminder_days(rule, D(2026, 10, 8), CALENDAR) == (((D(2026, 9, 30), 1),), ((D(2026, 10, 9), 1),))

    def test_switched_off_ends_what_comes_ahead_and_never_what_is_overdue(self) -> None:
        rule = KindRule("x", "assignment", ahead=(3,), after=(1,), active=False)
        ahead, after = reminder_days(rule, D(2026, 11, 18), CALENDAR)
        assert (ahead, after) == ((), ((D(2026, 11, 19), 1),))

    def test_the_length_of_the_task_chooses_the_row(self) -> None:
        kinds = shipped()
        found = [
            rule_for(kinds, owed(D(2026, 12, 31), given_on=D(2026, 12, 31) - datetime.timedelta(days=days))).key
            for days in (5, 14, 15, 90, 91)
        ]
        assert found == ["task_short", "task_short", "task_medium", "task_medium", "task_long"]
        assert rule_for(kinds, owed(D(2026, 12, 31), kind="something new")).key == "other"

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            (at(D(2026, 11, 18), 8, 29), False),
            (at(D(2026, 11, 18), 8, 30), True),
            (at(D(2026, 11, 18), 17, 59), True),
            (at(D(2026, 11, 18), 18, 0), False),
            (at(D(2026, 11, 21), 9), False),
            (at(D(2026, 10, 10), 9), True),  # a make-up Saturday
            (at(D(2026, 10, 5), 9), False),  # a Monday in the holiday
        ],
    )
    def test_hours(self, moment: datetime.datetime, expected: bool) -> None:
        assert may_send(moment, CALENDAR) is expected

    def test_before_a_long_holiday_five_and_two_workdays_ahead(self) -> None:
        days = [D(2026, 9, 20) + datetime.timedelta(days=n) for n in range(11)]
        hits = [d for d in days if holiday_stretch(CALENDAR.before(d), d, CALENDAR) and CALENDAR.works(d)]
        assert hits == [CALENDAR.before(D(2026, 10, 1), 5), CALENDAR.before(D(2026, 10, 1), 2)]
        assert holiday_stretch(CALENDAR.before(hits[0]), hits[0], CALENDAR) == (D(2026, 10, 1), D(2026, 10, 10))


class TestDigest:
    """What a person's digest of a day holds."""

    def test_monthly_over_weekly_over_daily(self) -> None:
        heads = {
            day: head_of(CALENDAR.before(day), day, CALENDAR)
            for day in (D(2026, 10, 8), D(2026, 10, 12), D(2026, 10, 13), D(2026, 6, 1))
        }
        assert list(heads.values()) == [Kind.MONTHLY, Kind.WEEKLY, Kind.DAILY, Kind.MONTHLY]

    def test_a_weekly_digest_that_was_missed_comes_later_in_the_week(self) -> None:
        assert head_of(D(2026, 11, 13), D(2026, 11, 18), CALENDAR) == Kind.WEEKLY
        assert head_of(D(2026, 11, 16), D(2026, 11, 18), CALENDAR) == Kind.DAILY

    def test_nothing_to_say_is_not_said(self) -> None:
        assert sections(D(2026, 11, 18)) == []
        assert sections(D(2026, 11, 18), owed(D(2026, 12, 20))) == []

    def test_a_week_lists_what_falls_due_in_it_and_all_that_is_overdue(self) -> None:
        monday = D(2026, 11, 16)
        found = sections(monday, owed(D(2026, 11, 22)), owed(D(2026, 11, 1)), owed(D(2026, 11, 24)))
        assert found == [Section.OVERDUE, Section.DUE]

    def test_three_days_ahead_a_daily_reminder(self) -> None:
        assert sections(D(2026, 11, 24), owed(D(2026, 11, 27))) == [Section.DUE]
        assert sections(D(2026, 11, 25), owed(D(2026, 11, 27))) == []

    def test_reminders_missed_while_the_system_was_down_come_with_the_next(self) -> None:
        before = Already(since=D(2026, 11, 23))
        planned = plan([person()], {7: [owed(D(2026, 11, 27))]}, before, at(D(2026, 11, 25)))
        assert [line.section for line in planned[0].lines] == [Section.DUE]

    @pytest.mark.parametrize("stage", [Stage.DONE, Stage.WAITING])
    def test_what_is_finished_or_handed_in_never_appears(self, stage: Stage) -> None:
        assert sections(D(2026, 11, 16), owed(D(2026, 11, 1), stage=stage), owed(D(2026, 11, 17), stage=stage)) == []

    def test_whoever_just_reported_is_not_asked_again_at_once(self) -> None:
        assert sections(D(2026, 11, 24), owed(D(2026, 11, 27), stage=Stage.FRESH)) == []

    def test_overdue_climbs_from_the_owner_to_the_leader_to_the_county(self) -> None:
        late = owed(D(2026, 11, 17))  # one day late on the 18th, three on the 20th, seven on the 24th
        told = {
            role: [
                day.day
                for day in (D(2026, 11, n) for n in range(17, 28))
                if CALENDAR.works(day) and day.weekday() and sections(day, late, role=role)
            ]
            for role in (Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER, Role.COUNTY_OFFICE)
        }
        assert told == {
            Role.TOWNSHIP_ORGANISER: [18, 20, 24],
            Role.TOWNSHIP_LEADER: [18, 20, 24],
            Role.COUNTY_OFFICE: [24],
        }

    def test_a_leader_gets_five_figures_and_no_list(self) -> None:
        dues = [
            owed(D(2026, 11, 18), organisations=3),
            owed(D(2026, 11, 1), organisations=2, key=2),
            owed(D(2026, 11, 30), stage=Stage.RETURNED, key=3),
            owed(D(2026, 11, 30), stage=Stage.WAITING, key=4, organisations=4),
            owed(D(2026, 11, 30), stage=Stage.DONE, key=5, organisations=5),
        ]
        before = Already(since=D(2026, 11, 13))
        [planned] = plan([person(Role.COUNTY_LEADER)], {7: dues}, before, at(D(2026, 11, 16)))
        [figures] = planned.figures
        assert planned.lines == ()
        assert (figures.due, figures.overdue, figures.returned, figures.waiting, figures.done) == (3, 2, 1, 4, 5)

    def test_an_inspector_is_told_nothing(self) -> None:
        assert sections(D(2026, 11, 16), owed(D(2026, 11, 1)), role=Role.INSPECTOR) == []

    def test_two_posts_make_one_message(self) -> None:
        both = Recipient(
            1,
            (
                Held(10, Role.TOWNSHIP_ORGANISER, 7, shipped()),
                Held(11, Role.DEPARTMENT, 8, shipped()),
            ),
        )
        dues = {7: [owed(D(2026, 11, 1))], 8: [owed(D(2026, 11, 2), root=8)]}
        [planned] = plan([both], dues, Already(since=D(2026, 11, 13)), at(D(2026, 11, 16)))
        assert [line.post_id for line in planned.lines] == [10, 11]

    def test_a_long_section_is_counted_not_listed(self) -> None:
        dues = [owed(D(2026, 11, 1), key=n) for n in range(30)]
        [planned] = plan([person()], {7: dues}, Already(since=D(2026, 11, 13)), at(D(2026, 11, 16)))
        assert (len(planned.lines), planned.left_out) == (20, {"overdue": 10})

    def test_nothing_goes_out_on_a_rest_day(self) -> None:
        late = {7: [owed(D(2026, 9, 1))]}
        assert plan([person()], late, Already(since=D(2026, 9, 30)), at(D(2026, 10, 3))) == []


class TestPushes:
    """What was sent back is told the same day, twice at most."""

    RETURNED = owed(D(2026, 12, 30), stage=Stage.RETURNED, marks=("5.9",))

    def push(self, *dues: Due, **already: Any) -> list[str]:
        before = Already(since=D(2026, 11, 17), digested={1}, **already)
        found = plan([person()], {7: dues}, before, at(D(2026, 11, 18), 14), digests=False)
        return [planned.key for planned in found]

    def test_it_is_told_once(self) -> None:
        assert self.push(self.RETURNED) == ["push:2026-11-18:1"]
        assert self.push(self.RETURNED, told={1: {"5.9"}}) == []

    def test_the_third_waits_for_the_digest(self) -> None:
        assert self.push(self.RETURNED, pushes={1: 1}) == ["push:2026-11-18:2"]
        assert self.push(self.RETURNED, pushes={1: 2}) == []
        assert sections(D(2026, 11, 19), self.RETURNED) == [Section.RETURNED]

    def test_overdue_alone_pushes_nothing(self) -> None:
        assert self.push(owed(D(2026, 11, 1))) == []


def test_the_circuit_breaker_compares_with_the_usual() -> None:
    assert not flows_over(5000, None)
    assert not flows_over(300, 100)
    assert flows_over(301, 100)
    assert not flows_over(20, 1)


def test_every_shipped_row_that_reminds_of_dates_tells_what_is_overdue() -> None:
    for rule in shipped():
        assert not rule.ahead or rule.after, rule.key
    assert named(shipped(), Kind.WEEKLY)
    assert named(shipped(), Kind.MONTHLY)
