"""Sweeps over many counties or rows: what fails on one is logged and named, and stops none of the others.

    sweep = Sweep("reminders.sweep")
    for county in counties:
        with sweep.each(county):
            plan(county)
    sweep.close()

What failed stands in the program's log with its traceback, in the event log once a day for the administrators, and as
a number on the health page until the next sweep of that name.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.utils import timezone

from records import events
from records.models import Event

EVENT = "sweep_failed"
DAY = 24 * 3600
KEPT = 2 * DAY  # seconds; a sweep that is run no more tells nothing for ever
NAMES = frozenset(
    {
        "reminders.sweep",
        "reminders.pushes",
        "reminders.send",
        "tasks.days",
        "ledgers.forget",
        "records.forget",
        "records.work",
    }
)
log = logging.getLogger(__name__)
_ends: list[type[Exception]] = []


def ended_by(fault: type[Exception]) -> None:
    """Name the error by which a worker ends what runs too long: it ends the sweep too."""
    _ends.append(fault)


class Sweep:
    """One pass over many things; ``failed`` names those that could not be done."""

    def __init__(self, name: str) -> None:
        assert name in NAMES, name
        self.name = name
        self.failed: list[str] = []

    @contextmanager
    def each(self, subject: object) -> Iterator[None]:
        """Do one of them; an error is kept for later and goes no further. Only the end of the time does."""
        try:
            yield
        except Exception as fault:
            if isinstance(fault, tuple(_ends)):
                raise
            self.failed.append(str(subject))
            log.exception("%s failed for %s; the others go on.", self.name, subject)

    def close(self) -> None:
        """Tell the health page how many failed and, once a day each, the event log which."""
        cache.set(_key(self.name), len(self.failed), KEPT)
        for subject in self.failed[:20]:
            told = f"{_key(self.name)}.{timezone.localdate()}.{subject}"[:200].replace(" ", "_")
            if cache.add(told, 1, DAY):
                events.log(EVENT, at=timezone.now(), subject=f"{self.name}: {subject}", result=Event.Result.FAILED)


def _key(name: str) -> str:
    return f"records.sweep.{name}"


def health() -> dict[str, object]:
    """For the health page: in how many counties or rows the last sweep of each name failed; names of none."""
    found = cache.get_many([_key(name) for name in sorted(NAMES)])
    return {name: found[_key(name)] for name in sorted(NAMES) if found.get(_key(name))}
