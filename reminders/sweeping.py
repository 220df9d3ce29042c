"""The sweep: every few minutes, whatever is due to be told is planned, and whatever waits is sent."""

import datetime
import time
from dataclasses import dataclass

from django.core.cache import cache

from dates import clock
from records.sweeps import Sweep
from reminders import outbox, running, sending
from reminders.gathering import County
from reminders.looking import Look
from reminders.models import Run

SWEPT = "reminders.swept"
BATCH = 50  # deliveries a job sends
STALE_SECONDS = 900


def _plan(county: County, look: Look, now: datetime.datetime) -> int:
    run = running.claim(county, now)
    if run is not None:
        return running.plan_day(run, look, county)
    return running.plan_pushes(look, county) if running.is_planned(county, now.date()) else 0


@dataclass(frozen=True)
class Swept:
    """What a sweep did: messages written, and the deliveries that are ready, in batches."""

    written: int
    batches: list[list[int]]


def sweep() -> Swept:
    """Plan today's digests of each county once, then what was pushed or sent back since; twice does no harm."""
    cache.set(SWEPT, time.time(), None)
    now = clock.now()
    look = Look(now)
    if look.is_silent:
        return Swept(0, [])
    written, sweep = 0, Sweep("reminders.sweep")
    for county in look.counties:
        with sweep.each(county.path):
            written += _plan(county, look, now)
    sweep.close()
    keys = list(sending.ready(clock.now(), look.calendars).values_list("pk", flat=True))
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
