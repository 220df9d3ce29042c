"""The lights of ``tasks.rules`` said in SQL, for lists and boards; a test holds the two to the same answer."""

import datetime

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When

from tasks import rules
from tasks.rules import Light, Status

PRESSING = (Light.LATE, Light.SOON, Light.LAG, Light.FINE, Light.DONE)  # most pressing first
WORKING = sorted(rules.WORKING)


def late(day: datetime.date) -> Q:
    """Open and late on a day: the date is past, and no close-out request came in time."""
    return Q(status__in=WORKING, due_on__lt=day) | Q(status=Status.REQUESTED, requested_on__gt=F("due_on"))


def soon(day: datetime.date) -> Q:
    """Being worked on and due within three working days."""
    return Q(status__in=WORKING, due_on__gte=day, due_on__lte=rules.near_until(day))


def shows(light: str, day: datetime.date) -> Q:
    """The rows that show a light on a day."""
    if light == Light.LATE:
        return late(day)
    if light == Light.SOON:
        return soon(day)
    if light == Light.DONE:
        return Q(status=Status.CLOSED)
    if light == Light.FINE:
        fine = Q(status__in=WORKING, due_on__gt=rules.near_until(day))
        return fine | Q(status=Status.REQUESTED, requested_on__lte=F("due_on"))
    return Q(pk__in=[])


def light_on(day: datetime.date) -> Case:
    """The light of each row on a day, as a column."""
    return Case(
        When(status=Status.CLOSED, then=Value(Light.DONE.value)),
        When(late(day), then=Value(Light.LATE.value)),
        When(soon(day), then=Value(Light.SOON.value)),
        default=Value(Light.FINE.value),
        output_field=CharField(),
    )


def pressing_on(day: datetime.date) -> Case:
    """How pressing each row is on a day, 0 first, as a column to sort by."""
    whens = [When(shows(light, day), then=Value(place)) for place, light in enumerate(PRESSING)]
    return Case(*whens, default=Value(PRESSING.index(Light.FINE)), output_field=IntegerField())
