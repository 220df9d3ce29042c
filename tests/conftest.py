"""Fixtures every test may use: the cast, a clock that stands still, and a client signed in as somebody."""

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from dates import clock
from sheets.apart import answering, asking
from tests.cast import TODAY, Cast, gather

STARTS_PROCESSES = ("tests/browser", "tests/config", "tests/demo", "tests/records", "tests/soak")  # read DATABASE_URL


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database, or is the same on each, runs on SQLite alone."""
    if connection.vendor == "sqlite":
        return
    kept = [item for item in items if _is_for_every_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _is_for_every_database(item)])
    items[:] = kept


def _is_for_every_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("one_database"):
        return False
    asked = set(getattr(item, "fixturenames", ())) & {"db", "transactional_db"}
    return bool(asked or item.get_closest_marker("django_db")) or item.nodeid.startswith(STARTS_PROCESSES)


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Every test happens on Wednesday 18 November 2026 at ten in the morning, Asia/Shanghai."""
    if request.node.get_closest_marker("real_clock"):
        return
    moment = datetime.datetime.combine(TODAY, datetime.time(10), tzinfo=clock.datetime_zone())
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture(autouse=True)
def _no_process_for_each_file(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Files are opened by the same code in this process, which saves starting one; not where that is what is tested."""
    if request.node.get_closest_marker("own_process") or request.node.nodeid.startswith("tests/soak"):
        return
    monkeypatch.setattr(asking, "_answer", lambda message, lock: b"".join(answering.answered(message)))


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
