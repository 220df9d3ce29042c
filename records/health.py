"""Whether the system is well: database, broker, the last sign of beat, and what apps above add.

Asked by a monitor, also while something is away: every answer comes within seconds, and none of them is an error.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

HEARTBEAT = "records.heartbeat"
STALE_SECONDS = 300
SECONDS = 2  # that Redis has for an answer
PATH = "/healthz"
log = logging.getLogger(__name__)
_answers: dict[str, Callable[[], dict[str, object]]] = {}


def add(name: str, answer: Callable[[], dict[str, object]]) -> None:
    """Add an app's own answer; the same name replaces the old one."""
    _answers[name] = answer


def report() -> tuple[dict[str, object], int]:
    """What the health page says, and its status: 200 when database and broker are well, else 503."""
    database, broker = _database_answers(), _broker_answers()
    found: dict[str, object] = {"database": database, "broker": broker}
    age = _beat_age() if broker else None
    found |= {"beat_age_seconds": age, "beat": age is not None and age <= STALE_SECONDS}
    if database and broker:
        for name, answer in _answers.items():
            found[name] = _answered(name, answer)
    return found, 200 if database and broker else 503


def _answered(name: str, answer: Callable[[], dict[str, object]]) -> dict[str, object]:
    try:
        return answer()
    except Exception:
        log.exception("The health of %s could not be asked.", name)
        return {"error": True}


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError):
        return False
    return True


def _broker_answers() -> bool:
    if not settings.HAS_REDIS:
        return bool(settings.VAR_DIR.exists())
    once = Retry(NoBackoff(), 0)
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, retry=once
        ) as asked:
            return bool(asked.ping())
    except (RedisError, OSError):
        return False


def _beat_age() -> int | None:
    """Seconds since beat was last heard of; None when it was not, or the cache is away."""
    try:
        beat = cache.get(HEARTBEAT)
    except (RedisError, OSError):
        return None
    return None if beat is None else round(time.time() - beat)
