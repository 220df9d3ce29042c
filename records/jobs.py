"""Background sign of life, and the shell around background work."""

import logging
import time

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from kombu.exceptions import OperationalError as BrokerError

from records import keeping, sendings, sweeps, work
from records.health import HEARTBEAT

log = logging.getLogger(__name__)
sweeps.ended_by(SoftTimeLimitExceeded)


@shared_task(name=HEARTBEAT)
def heartbeat() -> None:
    """Note that beat sent and a worker ran something just now."""
    cache.set(HEARTBEAT, time.time(), None)


@shared_task(name="records.work", time_limit=work.HARD_SECONDS, soft_time_limit=work.SOFT_SECONDS)
def do_work(pk: int) -> None:
    """Do one piece of background work, unless it is done or somebody is at it."""
    work.perform(pk, out_of_time=(SoftTimeLimitExceeded,))


def queue_work(pk: int) -> None:
    """Put a piece of work into the queue; when the broker is away, the next sweep does."""
    try:
        do_work.delay(pk)
    except (BrokerError, OSError):
        log.warning("Background work %s could not be queued; the next sweep tries again.", pk)


@shared_task(name="records.sweep_work")
def sweep_work() -> None:
    """Note what was broken off, and queue again what waits long."""
    work.sweep()


@shared_task(name="records.keep_files", time_limit=work.HARD_SECONDS, soft_time_limit=work.SOFT_SECONDS)
def keep_files() -> None:
    """Remove files of forms given up and what kills left, then compare every kept file with its row."""
    removed = keeping.give_up() + keeping.remove_leavings()
    found = keeping.compare()
    log.info("%s files removed, %s compared.", removed, found.checked)


@shared_task(name="records.forget_sendings")
def forget_sendings() -> None:
    """Drop the keys of forms that nobody will send again."""
    sendings.forget()
