"""The sweep: every few minutes, whatever is due to be told is planned, and whatever waits is sent."""

import time
from dataclasses import dataclass

from django.core.cache import cache

from orgs import clock
from reminders import outbox, sending
from reminders.gathering import CALENDAR
from reminders.models import Run
from reminders.rules.kinds import may_send

SWEPT = "reminders.swept"
BATCH = 50  # deliveries a job sends
STALE_SECONDS = 900


@dataclass(frozen=True)
class Swept:
    """What a sweep did: messages written, and the deliveries that are ready, in batches."""

    written: int
    batches: list[list[int]]


def sweep() -> Swept:
    """Plan today's digests once, then what was sent back since; running twice does no harm."""
    cache.set(SWEPT, time.time(), None)
    now = clock.now()
    if not may_send(now, CALENDAR):
        return Swept(0, [])
    run = outbox.claim_day(now)
    written = 0
    if run is not None:
        written = outbox.plan_day(run, now)
    elif Run.objects.filter(day=now.date(), state=Run.State.PLANNED).exists():
        written = outbox.plan_pushes(now)
    keys = list(sending.ready(clock.now()).values_list("pk", flat=True))
    return Swept(written, [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)])


def health() -> dict[str, object]:
    """For the health page: how old the last sweep is, whether today's run was stopped, how long the queue is."""
    swept = cache.get(SWEPT)
    age = None if swept is None else round(time.time() - swept)
    now = clock.now()
    return {
        "last_sweep_age_seconds": age,
        "swept": age is not None and age <= STALE_SECONDS,
        "stopped": Run.objects.filter(day=now.date(), state=Run.State.STOPPED).exists(),
        "queue": outbox.waiting(now),
    }
