"""The daily snapshot: idempotent, with that day's township, and never rewritten once the day is over."""

import datetime
import io

import pytest
from django.core.management import call_command

from dates import clock, periods
from orgs.rules import Role
from tasks import jobs
from tasks.board import snapshots
from tasks.models import Assignment, Snapshot
from tasks.rules.status import Status
from tests.cast import TODAY
from tests.county import County, build

DAY = datetime.timedelta(days=1)
COUNTS = ("total", "closed", "closed_in_time", "requested", "overdue", "near", "behind", "percent_sum", "percent_count")


@pytest.fixture
def county(db: None) -> County:
    return build(TODAY, seed=3, townships=3, villages=12, tasks=4)


def on(monkeypatch: pytest.MonkeyPatch, day: datetime.date) -> None:
    moment = datetime.datetime.combine(day, datetime.time(10), tzinfo=clock.datetime_zone())
    monkeypatch.setattr(clock, "now", lambda: moment)


def pictures() -> list[tuple[object, ...]]:
    return sorted(Snapshot.objects.values_list("day", "organisation", "township", "theme", *COUNTS))


def test_it_counts_what_stands_by_theme_and_organisation(county: County) -> None:
    snapshots.take(TODAY)
    for row in Snapshot.objects.all():
        rows = list(Assignment.objects.filter(organisation=row.organisation_id, task__theme=row.theme_id))
        closed = [a for a in rows if a.status == Status.CLOSED]
        percents = [100 if a.status == Status.CLOSED else a.percent for a in rows]
        known = [percent for percent in percents if percent is not None]
        assert row.total == len(rows) > 0
        assert row.closed == len(closed)
        assert row.closed_in_time == sum(a.requested_on <= a.counted_due_on for a in closed)
        assert row.requested == sum(a.status == Status.REQUESTED for a in rows)
        assert row.overdue == sum(a.light_on(TODAY) == "late" for a in rows)
        assert row.near == sum(a.light_on(TODAY) == "soon" and a.status != Status.REQUESTED for a in rows)
        assert row.behind == sum(a.light_on(TODAY) == "lag" and a.status != Status.REQUESTED for a in rows)
        assert (row.percent_sum, row.percent_count) == (sum(known), len(known))
    assert sum(Snapshot.objects.values_list("total", flat=True)) == Assignment.objects.count()


def test_taking_it_twice_leaves_one(county: County) -> None:
    rows = snapshots.take(TODAY)
    before = pictures()
    jobs.take_snapshot()
    call_command("take_snapshot", stdout=io.StringIO())
    assert rows == len(before)
    assert pictures() == before


def test_later_the_same_day_it_is_written_anew(county: County) -> None:
    snapshots.take(TODAY)
    Assignment.objects.update(status=Status.CLOSED, closed_on=TODAY, requested_on=TODAY)
    snapshots.take(TODAY)
    assert all(row.closed == row.total for row in Snapshot.objects.all())


def test_a_day_that_is_over_is_never_rewritten(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshots.take(TODAY)
    before = pictures()
    on(monkeypatch, TODAY + DAY)
    Assignment.objects.update(status=Status.CLOSED, closed_on=TODAY, requested_on=TODAY)
    assert snapshots.take(TODAY) == 0
    assert snapshots.take(TODAY - DAY) == 0, "nor is an earlier day filled in"
    assert pictures() == before


def test_it_keeps_that_days_township_after_a_move(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    village, old, new = county.villages[0], county.townships[0], county.townships[1]
    snapshots.take(TODAY)
    type(village).objects.filter(pk=village.pk).update(township=new)
    on(monkeypatch, TODAY + DAY)
    snapshots.take(TODAY + DAY)
    of_village = Snapshot.objects.filter(organisation=village)
    assert set(of_village.filter(day=TODAY).values_list("township", flat=True)) == {old.pk}
    assert set(of_village.filter(day=TODAY + DAY).values_list("township", flat=True)) == {new.pk}


def dated(due_on: datetime.date) -> dict[str, datetime.date]:
    return {"due_on": due_on, "counted_due_on": due_on, "near_from": due_on - 3 * DAY}


def test_the_rate_of_the_period_before_comes_from_two_snapshots(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = county.actor(Role.COUNTY_OFFICE)
    day = datetime.date(2026, 9, 30)
    Assignment.objects.update(status=Status.ISSUED, **dated(day + 10 * DAY), requested_on=None, closed_on=None)
    on(monkeypatch, day)
    snapshots.take(day)
    keys = list(Assignment.objects.order_by("pk").values_list("pk", flat=True))
    in_time, late = keys[:6], keys[6:8]
    closed = {"status": Status.CLOSED, "closed_on": day + 20 * DAY}
    Assignment.objects.filter(pk__in=in_time).update(**closed, requested_on=day + 5 * DAY)
    Assignment.objects.filter(pk__in=late).update(**closed, requested_on=day + 15 * DAY)
    Assignment.objects.exclude(pk__in=keys[:10]).update(**dated(day + 90 * DAY))
    on(monkeypatch, day + 31 * DAY)
    snapshots.take(day + 31 * DAY)  # 31 October: 8 closed, 6 of them in time, 2 overdue
    stand, rate = snapshots.on_time_before(periods.parse("2026-11"), actor)
    assert stand
    assert stand.day == day + 31 * DAY
    assert (stand.closed, stand.closed_in_time, stand.overdue) == (8, 6, 2)
    assert rate == 60.0
    assert snapshots.on_time_before(periods.parse("2026-10"), actor)[1] is None, "no earlier snapshot"
