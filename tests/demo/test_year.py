"""The simulated year: what looks at it finds what is wrong, and nothing of it stays."""

import datetime

import pytest
from django.core.management import call_command

from dates.workdays import NATIONAL
from demo.year import simulate
from demo.year.looking import Look
from demo.year.principles import Calendars
from orgs.models import Organisation
from orgs.rules import Role
from tasks.models import Assignment
from tests.cast import TODAY
from tests.county import County, build
from tests.tasks.lights.light_cases import ONE_DAY

SPAN = Calendars(NATIONAL, datetime.date(2025, 1, 1), datetime.date(2028, 12, 31))


@pytest.fixture
def county(db: None) -> County:
    return build(TODAY, seed=4, townships=3, villages=12, tasks=5)


def look(county: County) -> list[str]:
    found = Look(SPAN)
    found.at(TODAY, county.actor(Role.COUNTY_OFFICE))
    found.stored(TODAY)
    return found.faults


def test_what_is_right_is_found_right(county: County) -> None:
    assert look(county) == []


def test_a_light_a_sum_and_a_stale_day_that_are_wrong_are_found(county: County) -> None:
    first, second, third = Assignment.objects.open().filter(due_on__gt=TODAY + ONE_DAY * 14).order_by("pk")[:3]
    Assignment.objects.filter(pk=first.pk).update(near_from=TODAY - ONE_DAY)
    faults = look(county)
    assert any(f"assignment {first.pk} shows" in fault for fault in faults)
    assert any("the board shows near" in fault for fault in faults)
    assert any("stored days are stale" in fault for fault in faults)
    Assignment.objects.filter(pk=second.pk).update(value=3)
    Assignment.objects.filter(pk=third.pk).update(above=second, value=5)
    assert any(f"assignment {second.pk} counts" in fault for fault in look(county))


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.real_clock
def test_two_months_of_the_year_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "LAST", (2, 28))
    lived = simulate.live(2026, small=True)
    assert lived.faults == []
    assert lived.compared > 500
    assert lived.done["reported"] > 10
    assert not Organisation.objects.exists()


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.real_clock
def test_a_whole_year_is_right_on_every_day() -> None:
    call_command("simulate_year", "--small", "--seed", "7", verbosity=0)
