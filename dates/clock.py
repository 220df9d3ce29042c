"""The only clock: now and today in Asia/Shanghai, moved by the setting ``CLOCK_SHIFT_DAYS``."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

_standing: ContextVar[datetime.datetime | None] = ContextVar("standing", default=None)


def now() -> datetime.datetime:
    """This moment, aware, in Asia/Shanghai."""
    if (standing := _standing.get()) is not None:
        return standing
    moment = timezone.localtime(timezone.now(), datetime_zone())
    return moment + datetime.timedelta(days=settings.CLOCK_SHIFT_DAYS)


def today() -> datetime.date:
    """Today's date in Asia/Shanghai."""
    return now().date()


def datetime_zone() -> datetime.tzinfo:
    """Asia/Shanghai."""
    return timezone.get_default_timezone()


def midnight(day: datetime.date) -> datetime.datetime:
    """The first moment of a day."""
    return datetime.datetime.combine(day, datetime.time(), tzinfo=datetime_zone())


def at_noon(day: datetime.date) -> datetime.datetime:
    """Noon of a day: the moment given to things known by their day only."""
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime_zone())


@contextmanager
def standing_at(moment: datetime.datetime) -> Iterator[None]:
    """Let the clock stand at a moment, for a command that asks what happens then."""
    token = _standing.set(moment if moment.tzinfo else moment.replace(tzinfo=datetime_zone()))
    try:
        yield
    finally:
        _standing.reset(token)
