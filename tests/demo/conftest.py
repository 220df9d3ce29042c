"""A small demo county: three townships, a few villages each, loaded once for a module."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from dates import clock
from demo.county import County
from demo.load import load
from demo.places import Size
from tests.cast import TODAY

SMALL = Size(townships=3, villages=5, units=4)


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[County]:
    moment = datetime.datetime.combine(TODAY, datetime.time(10), tzinfo=clock.datetime_zone())
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: moment)
        yield load(TODAY, SMALL)
        transaction.set_rollback(True)


@pytest.fixture
def small(_loaded: County, db: None) -> County:
    """The small demo, as it stands on the morning of TODAY; what a test changes is rolled back."""
    return _loaded
