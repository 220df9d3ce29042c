"""The numbers a county sets: stored days follow them, back and forth, and equal first principles all the time."""

import datetime
import random

import pytest
from django.test import Client

from orgs.county import option_values
from orgs.history import actions as history
from orgs.rules import Role
from orgs.settings import actions as setting
from orgs.settings import workday_actions
from orgs.settings.workday_list import Day
from records import work
from records.models import ChangeSet, Work
from tasks.facts import refresh_actions
from tasks.lights import stored as timing
from tasks.models import Assignment
from tasks.rules.curves import curve_of
from tests.cast import TODAY
from tests.county import County, build
from tests.tasks.lights.light_cases import ONE_DAY, marks_of, vary

DAYS_OFF = [datetime.date(2026, 11, 20), datetime.date(2026, 11, 23), datetime.date(2026, 12, 2)]


@pytest.fixture
def county(db: None) -> County:
    found = build(TODAY, seed=5, townships=3, villages=14, tasks=10)
    vary(found, random.Random(5))
    return found


def by_hand(row: Assignment, near: int, lag: int, short: int, off: set[datetime.date]) -> dict[str, object]:
    """Near and behind found by walking over the days, one after another."""
    calendar = timing.numbers_of(row.organisation).calendar

    def works(day: datetime.date) -> bool:
        return calendar.works(day) and day not in off

    day, ahead = row.due_on, int(works(row.due_on))
    reached = row.due_on
    while True:  # the first day from which at most ``near`` working days lie ahead
        ahead = sum(works(day + ONE_DAY * n) for n in range(1, (row.due_on - day).days + 1))
        if ahead > near:
            break
        reached, day = day, day - ONE_DAY
    starts_on = row.task.starts_on or row.given_on
    curve = curve_of(row.task.shape, starts_on, row.due_on, marks_of(row), short_days=short)
    behind = None
    if curve:
        span = range((max(row.due_on, *(mark.due_on for mark in curve.marks), starts_on) - starts_on).days + 2)
        walked = (starts_on + ONE_DAY * n for n in span)
        behind = next((each for each in walked if curve.expected(each) - (row.percent or 0) >= lag), None)
    return {"near_from": reached, "behind_from": behind}


def check(county: County, near: int = 3, lag: int = 10, short: int = 14, off: set[datetime.date] | None = None) -> None:
    rows = Assignment.objects.open().select_related("task", "organisation").prefetch_related("milestones")
    assert rows
    for row in rows:
        stored = {"near_from": row.near_from, "behind_from": row.behind_from}
        assert stored == by_hand(row, near, lag, short, off or set()), row.task.shape


def save(county: County, **values: int) -> None:
    named = {f"tasks.{name}": value for name, value in values.items()}
    setting.save(county.root, named, {}, by=county.actor(Role.COUNTY_OFFICE))


def test_stored_days_follow_every_number_and_its_undo(county: County) -> None:
    check(county)
    save(county, near_workdays=6)
    check(county, near=6)
    save(county, lag_points=25, short_days=40)
    check(county, near=6, lag=25, short=40)
    history.undo_change_set(ChangeSet.objects.latest("pk"), by=county.actor(Role.COUNTY_OFFICE))
    check(county, near=6)
    setting.reset(county.root, timing.NEAR, by=county.actor(Role.COUNTY_OFFICE))
    check(county)


def test_stored_days_follow_the_calendar_and_its_undo(county: County) -> None:
    office = county.actor(Role.COUNTY_OFFICE)
    off = [Day(day, "rest", "停课") for day in DAYS_OFF]
    workday_actions.enter(county.root, off, "县里通知", by=office)
    check(county, off=set(DAYS_OFF))
    history.undo_change_set(ChangeSet.objects.latest("pk"), by=office)
    check(county)


def test_another_county_keeps_its_own_numbers(county: County) -> None:
    other = build(TODAY, seed=6, townships=1, villages=3, tasks=3, prefix="97")
    before = list(Assignment.objects.filter(task__in=other.tasks).order_by("pk").values_list("near_from", flat=True))
    save(county, near_workdays=9)
    after = list(Assignment.objects.filter(task__in=other.tasks).order_by("pk").values_list("near_from", flat=True))
    assert before == after
    assert timing.numbers_of(other.villages[0]).near_workdays == 3
    assert timing.numbers_of(county.villages[0]).near_workdays == 9
    assert timing.Everywhere().at(county.villages[0].path).near_workdays == 9


def test_a_step_between_does_not_keep_the_undo_from_putting_back(county: County) -> None:
    """What follows from the settings never makes a row count as edited since."""
    row = Assignment.objects.open().select_related("task", "organisation").filter(task__shape="quantity").first()
    assert row
    save(county, near_workdays=5)
    written = ChangeSet.objects.latest("pk")
    save(county, near_workdays=8)
    undone = history.undo_change_set(written, by=county.actor(Role.COUNTY_OFFICE))
    assert all(kind == "orgs.optionvalue" for kind, _name in undone.kept)
    check(county, near=option_values.of(county.root)[timing.NEAR])


def test_many_are_put_right_in_the_background(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_actions, "MANY", 5)
    monkeypatch.setattr(refresh_actions, "STEP", 20)
    save(county, near_workdays=6)
    started = Work.objects.get(kind=refresh_actions.WORK)
    if started.state == Work.State.WAITING:
        assert work.perform(started.pk)
    check(county, near=6)


def test_the_night_puts_right_what_a_newly_published_calendar_changes(county: County) -> None:
    row = Assignment.objects.open().first()
    assert row
    Assignment.objects.filter(pk=row.pk).update(near_from=TODAY, behind_from=TODAY - ONE_DAY * 900)
    assert refresh_actions.mend() == 1
    check(county)
    assert refresh_actions.mend() == 0


def test_the_numbers_of_many_organisations_take_as_many_queries_as_those_of_one(
    county: County, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        everywhere = timing.Everywhere()
        for village in county.villages:
            everywhere.at(village.path)


def test_whatever_is_due_lights_by_the_numbers_and_the_calendar_of_its_county(county: County) -> None:
    office, village = county.actor(Role.COUNTY_OFFICE), county.villages[0].path
    due_on = TODAY + ONE_DAY * 8  # Thursday week: six working days ahead

    def light() -> str:
        return timing.due_light(county.actor(Role.COUNTY_OFFICE), village, due_on)

    assert (timing.due_light(office, village, due_on - ONE_DAY * 3), light()) == ("soon", "fine")
    save(county, near_workdays=5)
    assert light() == "fine"
    workday_actions.enter(county.root, [Day(day, "rest", "县里放假") for day in DAYS_OFF[:1]], "县办通知", by=office)
    assert light() == "soon"


def test_the_chip_of_what_is_near_says_the_number_of_the_county(county: County, client: Client) -> None:
    client.force_login(county.actor(Role.COUNTY_OFFICE).user)
    assert "临期：3 个工作日内到期" in client.get("/rows/?figure=near").content.decode()
    save(county, near_workdays=6)
    assert "临期：6 个工作日内到期" in client.get("/rows/?figure=near").content.decode()
