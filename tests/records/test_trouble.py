"""What is away or full around the program is told in one sentence; a fault of its own stays a fault of its own."""

import errno
import shutil
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import DataError, InterfaceError, OperationalError, ProgrammingError
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from records import trouble
from records.models import WorkQuerySet

FULL, NO_DATABASE, NO_QUEUE = "服务器磁盘已满", "数据库暂时没有响应", "后台任务服务暂时没有响应"
CASES = [
    (OSError(errno.ENOSPC, "No space left on device"), 507, FULL),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), 507, FULL),
    (OperationalError("database or disk is full"), 507, FULL),
    (OperationalError('could not extend file "base/1/2": No space left on device'), 507, FULL),
    (OperationalError("connection refused"), 503, NO_DATABASE),
    (OperationalError("database is locked"), 503, NO_DATABASE),
    (InterfaceError("connection already closed"), 503, NO_DATABASE),
    (RedisConnectionError("Error 111 connecting"), 503, NO_QUEUE),
    (RedisTimeoutError("Timeout reading from socket"), 503, NO_QUEUE),
    (BrokerError("Error 111 connecting"), 503, NO_QUEUE),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "status", "words"), CASES, ids=lambda case: str(case)[:30])
def test_the_page_says_what_is_away(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, words: str
) -> None:
    client = signed_in("office")

    def fail(*_given: object) -> Any:
        raise fault

    monkeypatch.setattr(WorkQuerySet, "visible_to", fail)
    answer = client.get(reverse("works"))
    assert answer.status_code == status
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "fault",
    [
        ValueError("x"),
        OSError(errno.ENOENT, "gone"),
        PermissionError(errno.EACCES, "closed"),
        OperationalError("no such column: x"),
        ProgrammingError("relation does not exist"),
        DataError("too long"),
    ],
    ids=str,
)
def test_a_fault_of_our_own_is_not_taken_for_one(fault: Exception) -> None:
    assert trouble.of(fault) is None


def test_what_led_to_a_fault_counts() -> None:
    outer = RuntimeError("the workbook could not be written")
    outer.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert trouble.of(outer) == trouble.FULL


class Room(NamedTuple):
    """What a disk has."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "expected"), [(0, trouble.FULL), (10**9, trouble.NO_DATABASE)])
def test_sqlite_that_cannot_even_grow_its_log_is_told_apart_by_the_room_there_is(
    monkeypatch: pytest.MonkeyPatch, free: int, expected: trouble.Trouble
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Room(10**9, 10**9 - free, free))
    assert trouble.of(OperationalError("disk I/O error")) == expected
    assert trouble.of(OperationalError("unable to open database file")) == expected
