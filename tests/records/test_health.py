"""The health page: what is well, and how old the last sign of beat is."""

import time

import pytest
from django.core.cache import cache
from django.test import Client

from records import jobs


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
