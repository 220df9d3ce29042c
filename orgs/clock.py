"""The only clock: now and today in Asia/Shanghai, moved by the setting ``CLOCK_SHIFT_DAYS``."""

import datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime.datetime:
    """This moment, aware, in Asia/Shanghai."""
    moment = timezone.localtime(timezone.now(), datetime_zone())
    return moment + datetime.timedelta(days=settings.CLOCK_SHIFT_DAYS)


def today() -> datetime.date:
    """Today's date in Asia/Shanghai."""
    return now().date()


def datetime_zone() -> datetime.tzinfo:
    """Asia/Shanghai."""
    return timezone.get_default_timezone()


def at_noon(day: datetime.date) -> datetime.datetime:
    """Noon of a day: the moment given to things known by their day only."""
    return datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime_zone())
