"""The health page: what is well, and how old the last sign of beat is."""

import time

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client, override_settings

from records import health, jobs


@pytest.mark.django_db
def test_it_tells_the_age_of_the_last_beat(client: Client) -> None:
    cache.delete(jobs.HEARTBEAT)
    assert client.get("/healthz").json()["beat"] is False
    jobs.heartbeat()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["beat"] is True
    assert answer.json()["beat_age_seconds"] <= 5


@pytest.mark.django_db
def test_an_old_beat_is_not_well(client: Client) -> None:
    cache.set(jobs.HEARTBEAT, time.time() - 1000, None)
    answer = client.get("/healthz").json()
    assert (answer["beat"], answer["database"]) == (False, True)
    assert answer["beat_age_seconds"] >= 999


@pytest.mark.django_db
def test_the_answer_carries_a_request_id(client: Client) -> None:
    assert client.get("/healthz")["X-Request-ID"]


AWAY = "redis://127.0.0.1:1/0"  # nobody listens there
REDIS = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": AWAY}}


def answered(client: Client, path: str = "/healthz") -> tuple[int, dict[str, object]]:
    began = time.monotonic()
    answer = client.get(path)
    assert time.monotonic() - began < 6
    return answer.status_code, answer.json()


@pytest.mark.django_db
@pytest.mark.parametrize("url", [AWAY, "redis://no-such-host.invalid:6379/0", "redis://127.0.0.1:1/0?socket_timeout=1"])
@pytest.mark.parametrize("with_cookie", [False, True])
def test_it_says_503_in_json_while_redis_is_away(url: str, with_cookie: bool, client: Client) -> None:
    if with_cookie:
        client.cookies["sessionid"] = "x" * 32
    with override_settings(HAS_REDIS=True, REDIS_URL=url, CACHES=REDIS):
        status, said = answered(client)
    assert (status, said["broker"], said["database"], said["beat"]) == (503, False, True, False)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [OperationalError, ConnectionError])
@pytest.mark.parametrize("with_cookie", [False, True])
def test_it_says_503_in_json_while_the_database_is_away(
    fault: type[Exception], with_cookie: bool, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    if with_cookie:
        client.cookies["sessionid"] = "x" * 32

    def cursor(*_args: object, **_kwargs: object) -> None:
        raise fault("server closed the connection")

    monkeypatch.setattr(connection, "cursor", cursor)
    status, said = answered(client)
    assert (status, said["database"]) == (503, False)


@pytest.mark.django_db
def test_what_an_app_cannot_say_of_itself_is_no_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health._answers, "work", lambda: 1 // 0)
    status, said = answered(client)
    assert (status, said["work"]) == (200, {"error": True})
