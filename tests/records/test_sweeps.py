"""What fails on one row or county stops none of the others, and is told: in the event log and on the health page."""

import datetime

import pytest
from django.core.cache import cache
from django.test import Client

from records import purging, sweeps
from records.models import Change, Event
from records.sweeps import Sweep
from tasks.facts.refresh_actions import mend
from tasks.models import Assignment
from tests.cast import TODAY
from tests.tasks.stage import issued


@pytest.fixture(autouse=True)
def _nothing_told_yet() -> None:
    cache.clear()


@pytest.mark.django_db
def test_the_others_go_on_and_what_failed_is_told_once_a_day(client: Client) -> None:
    for _twice in range(2):
        sweep, done = Sweep("tasks.days"), []
        for number in range(4):
            with sweep.each(f"row {number}"):
                done.append(1 // (number - 2))
        sweep.close()
        assert (len(done), sweep.failed) == (3, ["row 2"])
    assert client.get("/healthz").json()["failing"] == {"tasks.days": 1}
    assert Event.objects.filter(kind=sweeps.EVENT, subject="tasks.days: row 2").count() == 1
    Sweep("tasks.days").close()
    assert client.get("/healthz").json()["failing"] == {}


def test_one_bad_row_does_not_stop_the_mending_of_lights(cast, monkeypatch) -> None:
    rows = list(Assignment.objects.filter(task=issued(cast)).order_by("pk"))
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(near_from=datetime.date(2001, 1, 1))
    right = Assignment.days_with

    def days_with(self, *args, **kwargs):
        if self.pk == rows[0].pk:
            raise OverflowError("date value out of range")
        return right(self, *args, **kwargs)

    monkeypatch.setattr(Assignment, "days_with", days_with)
    assert mend() == len(rows) - 1
    stale = Assignment.objects.filter(near_from=datetime.date(2001, 1, 1))
    assert [row.pk for row in stale] == [rows[0].pk]
    assert sweeps.health() == {"tasks.days": 1}


def test_one_bad_change_does_not_stop_forgetting(cast) -> None:
    issued(cast)
    some = list(Change.objects.order_by("pk")[:3])
    Change._base_manager.filter(pk__in=[row.pk for row in some]).update(
        kind="ledgers.entry", after={"values": "sealed:x"}
    )

    def redact(picture):
        if redact.first:
            redact.first = False
            raise AttributeError("no mapping")
        return None

    redact.first = True
    late = datetime.datetime.combine(TODAY, datetime.time(23), tzinfo=datetime.UTC)
    assert purging.forget("ledgers.entry", mark="sealed:", before=late, redact=redact) == len(some) - 1
    assert sweeps.health() == {"records.forget": 1}
