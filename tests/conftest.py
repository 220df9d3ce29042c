"""Fixtures every test may use: the cast, a clock that stands still, and a client signed in as somebody."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from orgs import clock
from tests.cast import TODAY, Cast, gather


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Every test happens on Wednesday 18 November 2026 at ten in the morning, Asia/Shanghai."""
    if request.node.get_closest_marker("real_clock"):
        return
    moment = datetime.datetime.combine(TODAY, datetime.time(10), tzinfo=clock.datetime_zone())
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def cast(db: None) -> Cast:
    """The places and people of ``tests.cast``."""
    return gather()


@pytest.fixture
def signed_in(cast: Cast) -> Callable[[str], Client]:
    """A client signed in as one of the cast, by key."""

    def sign_in(key: str) -> Client:
        client = Client()
        client.force_login(cast.people[key], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
