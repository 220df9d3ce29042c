"""Who is locked out after wrong passwords: read and lifted through django-axes, which counts by user and address."""

import datetime
import math
from dataclasses import dataclass

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone

from orgs.sign_in import acting


@dataclass(frozen=True)
class Lock:
    """A user name that cannot sign in from an address for some minutes yet."""

    username: str
    address: str | None
    tries: int
    last_try: datetime.datetime
    minutes: int


def locks() -> list[Lock]:
    """The locks in force, the latest first; by the machine's clock, as django-axes keeps it."""
    now = timezone.now()
    rows = (
        AccessAttempt.objects.filter(attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
        .values("username", "ip_address")
        .annotate(tries=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(tries__gte=settings.AXES_FAILURE_LIMIT)
        .order_by("-last")
    )
    return [
        Lock(row["username"] or "", row["ip_address"], row["tries"], row["last"], _minutes(row["last"], now))
        for row in rows
    ]


def _minutes(last: datetime.datetime, now: datetime.datetime) -> int:
    return max(1, math.ceil((last + settings.AXES_COOLOFF_TIME - now).total_seconds() / 60))


def minutes_left(username: str, address: str | None) -> int:
    """Minutes until this user name may try again from this address."""
    last = AccessAttempt.objects.filter(username=username, ip_address=address).aggregate(last=Max("attempt_time"))[
        "last"
    ]
    now = timezone.now()
    return _minutes(last or now, now)


def lift(username: str, address: str | None) -> int:
    """Let the user name sign in again from the address at once; how many rows of wrong tries were dropped."""
    if address is not None and not acting.is_address(address):
        return 0  # PostgreSQL refuses even to compare it
    return int(reset(username=username, ip=address))
