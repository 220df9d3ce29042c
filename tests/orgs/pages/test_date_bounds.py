"""Dates have sane bounds at every door, and a bad one already stored neither hangs a page nor stops a sweep."""

import datetime
import time

import pytest
from django.urls import reverse

from dates import bounds
from dates.bounds import Days
from orgs.settings.workday_list import read
from reminders import sweeping
from reminders.models import Message
from tasks.facts.refresh_actions import mend
from tasks.models import Assignment, Task
from tasks.programmes.year_actions import moved
from tests.cast import TODAY
from tests.tasks.stage import issued

OUT = ["9999-12-31", "0026-12-31", "2926-01-01", "2037-01-01", "2015-12-31", "1000-01-01"]
BAD = [datetime.date.fromisoformat(text) for text in OUT[:3]]


@pytest.mark.parametrize(
    ("kind", "day", "fits"),
    [
        (Days.PLANNED, "2036-12-31", True),
        (Days.PLANNED, "2037-01-01", False),
        (Days.PLANNED, "2016-01-01", True),
        (Days.PLANNED, "2015-12-31", False),
        (Days.HELD, "1900-01-01", True),
        (Days.HELD, "1899-12-31", False),
        (Days.HELD, "2037-01-01", False),
        (Days.PAST, str(TODAY), True),
        (Days.PAST, "2026-11-19", False),
    ],
)
def test_the_bounds_move_with_the_day(kind: Days, day: str, fits: bool) -> None:
    assert (bounds.fault(datetime.date.fromisoformat(day), kind, TODAY) == "") is fits


@pytest.mark.parametrize("name", ["first_year", "last_year"])
@pytest.mark.parametrize("year", ["0026", "2926", "9999", "32767"])
def test_a_programme_runs_in_years_that_can_be_meant(name: str, year: str, cast, signed_in) -> None:
    years = {"first_year": "2026", "last_year": "2026", name: year}
    answer = signed_in("office").post(reverse("programme_new"), {"name": "新方案", "version": "0", **years})
    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["9999年1月1日放假", "0026-01-01 休", "2926年5月1日至3日放假"])
def test_a_pasted_calendar_says_so(text: str) -> None:
    found = read(text, 2026)
    assert found.faults
    assert not found.days


def test_a_copied_year_stays_within_the_days_there_are() -> None:
    assert moved(datetime.date.max, 5) == datetime.date.max
    assert moved(datetime.date(2024, 2, 29), 1) == datetime.date(2025, 2, 28)


@pytest.mark.parametrize("query", ["week=9999-W52", "week=0001-W01", "week=2026-W99", "week=2926-W10"])
def test_the_week_asked_for_can_be_any(query: str, cast, signed_in) -> None:
    assert signed_in("hekou").get(f"{reverse('week')}?{query}").status_code == 200


@pytest.mark.parametrize("day", [*BAD, datetime.date.min, datetime.date.max])
def test_a_stored_day_like_this_neither_hangs_a_page_nor_stops_the_reminders(day, cast, signed_in) -> None:
    task = issued(cast, due_on=TODAY + datetime.timedelta(days=1))
    row = Assignment.objects.filter(task=task).select_related("organisation").first()
    Task.objects.filter(pk=task.pk).update(due_on=day)
    Assignment.objects.filter(pk=row.pk).update(due_on=day, counted_due_on=day, original_due_on=day, near_from=day)
    began = time.process_time()
    mend()
    assert sweeping.sweep().written
    client = signed_in("office")
    for url in (row.get_absolute_url(), task.get_absolute_url(), reverse("rows"), reverse("week"), reverse("board")):
        assert client.get(url).status_code == 200, url
    assert client.post(reverse("order_new"), {"filter": ""}).status_code < 500
    assert time.process_time() - began < 20
    assert Message.objects.exists()
