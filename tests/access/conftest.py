"""The cast and the world of the access table, built once for the tests of a module; what a test does is taken back."""

import copy
import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from pytest_django.plugin import DjangoDbBlocker

from dates import clock
from tests.access.world import World, build
from tests.cast import TODAY, Cast, gather


@pytest.fixture(scope="module")
def standing(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cast, World, dict[str, str]]]:
    """The cast, the world, and the session of each person, who has signed in once."""
    moment = datetime.datetime.combine(TODAY, datetime.time(10), tzinfo=clock.datetime_zone())
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
    ):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(clock, "now", lambda: moment)
            cast = gather()
            built = build(cast)
            sessions = {key: _session_of(user) for key, user in cast.people.items()}
        yield cast, built, sessions
        transaction.set_rollback(True)


def _session_of(user: Any) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def cast(standing: tuple[Cast, World, dict[str, str]], db: None) -> Cast:
    """The places and people, as if nobody had changed them."""
    return copy.deepcopy(standing[0])


@pytest.fixture
def keys(standing: tuple[Cast, World, dict[str, str]], db: None) -> dict[str, object]:
    """What URLs name."""
    return dict(standing[1].keys)


@pytest.fixture
def signed_in(standing: tuple[Cast, World, dict[str, str]], db: None) -> Callable[[str], Client]:
    """A client with the session of one of the cast, by key."""

    def sign_in(key: str) -> Client:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = standing[2][key]
        return client

    return sign_in
