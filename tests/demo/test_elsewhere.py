"""Loading the demo into a database that holds something else, nothing, or is to hold the whole county."""

import datetime
import io
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from demo import accounts
from demo.load import load
from orgs.models import Organisation
from orgs.rules import Kind
from tasks.models import Assignment
from tasks.rules.status import Status
from tests.cast import TODAY, Cast


def test_organisations_of_others_are_never_deleted(cast: Cast) -> None:
    with pytest.raises(CommandError, match="not the demo's"):
        call_command("load_demo", date=TODAY)
    assert Organisation.objects.filter(name="河口镇").exists()


@pytest.mark.django_db
def test_an_empty_database_has_no_demo() -> None:
    told = io.StringIO()
    call_command("load_demo", status=True, stdout=told)
    assert told.getvalue().strip() == "none"
    assert accounts.table() == ""


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("on", ["2026-11-18", "2026-02-24", "2026-10-09", "2027-01-03"])
def test_the_whole_county_on_any_day(on: str) -> None:
    """Around Spring Festival and National Day, weeks are short; a Sunday is no working day."""
    day = datetime.date.fromisoformat(on)
    load(day)
    kinds = Counter(Organisation.objects.open_on(day).values_list("kind", flat=True))
    assert kinds[Kind.TOWNSHIP] == 25
    assert 550 <= sum(kinds.values()) <= 700
    rows = Assignment.objects.all()
    late = rows.overdue_on(day) | rows.to_verify().filter(requested_on__gt=F("due_on"))
    assert 0.05 <= late.count() / rows.count() <= 0.08
    found = Counter(rows.values_list("status", flat=True))
    assert set(found) == set(Status.values) - {Status.WITHDRAWN}
    assert found[Status.REQUESTED] > 20
    assert found[Status.RETURNED] > 5
