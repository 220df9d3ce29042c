"""The migration that gave older assignments their dates stands on itself and says what it said when it was written."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps

from tasks.models import Assignment
from tests.cast import Cast
from tests.tasks.stage import issued

old = import_module("tasks.migrations.0003_dates_of_what_was_issued")
day = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("due_on", "near_from"),
    [
        ("2026-11-18", "2026-11-13"),
        ("2026-05-31", "2026-05-26"),  # a Sunday: counted from the Friday before
        ("2026-10-08", "2026-09-28"),  # after the long holiday
        ("2026-02-24", "2026-02-12"),  # with a make-up day before it
        ("2099-10-08", "2099-10-05"),  # a year nobody has published
        ("0001-01-02", "0001-01-01"),
    ],
)
def test_near_is_three_workdays_before(due_on: str, near_from: str) -> None:
    assert old.near_from(day(due_on)) == day(near_from)


@pytest.mark.parametrize(
    ("shape", "days", "percent", "behind_after"),
    [
        ("quantity", 100, None, 10),
        ("quantity", 100, 25, 35),
        ("quantity", 101, 0, 11),  # a part of a day is a day
        ("quantity", 15, 1, 2),
        ("quantity", 100, 91, None),
        ("quantity", 0, 0, None),
        ("single", 15, 0, 2),
        ("single", 14, 0, None),
        ("milestones", 100, 0, None),
        ("recurring", 100, 0, None),
        ("standing", 100, 0, None),
    ],
)
def test_behind_is_ten_points_below_a_straight_line(
    shape: str, days: int, percent: int | None, behind_after: int | None
) -> None:
    given_on = day("2026-03-02")
    found = old.behind_from(shape, given_on, given_on + datetime.timedelta(days=days), percent)
    assert found == (None if behind_after is None else given_on + datetime.timedelta(days=behind_after))


def test_every_assignment_is_given_its_dates(cast: Cast) -> None:
    issued(cast)
    wanted = list(Assignment.objects.order_by("pk").values_list("given_on", "near_from", "behind_from", "due_on"))
    assert wanted
    Assignment.objects.update(given_on=day("2020-01-01"), near_from=day("2020-01-01"), behind_from=None)
    old.fill(apps, None)
    assert (
        list(Assignment.objects.order_by("pk").values_list("given_on", "near_from", "behind_from", "due_on")) == wanted
    )
    assert not Assignment.objects.exclude(original_due_on=day("2026-11-30"), counted_due_on=day("2026-11-30"))
