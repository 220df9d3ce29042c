"""Background sign of life."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT = "records.heartbeat"


@shared_task(name=HEARTBEAT)
def heartbeat() -> None:
    """Note that beat sent and a worker ran something just now."""
    cache.set(HEARTBEAT, time.time(), None)
