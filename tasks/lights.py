"""The lights of ``tasks.rules`` said in SQL, for lists and boards; a test holds the two to the same answer."""

import datetime

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When

from tasks import rules
from tasks.rules import Light, Status

PRESSING = (Light.LATE, Light.SOON, Light.LAG, Light.FINE, Light.DONE, Light.NONE)  # most pressing first
WORKING = sorted(rules.WORKING)
OPEN = sorted(rules.OPEN)
ASKED = Q(status=Status.REQUESTED)  # its clock stands at the day of the request


def _reached(column: str, day: datetime.date) -> Q:
    """Open, and the day in a column has come: by ``day``, or by the day of the request."""
    come = Q(status__in=WORKING, **{f"{column}__lte": day}) | ASKED & Q(**{f"{column}__lte": F("requested_on")})
    return Q(**{f"{column}__isnull": False}) & come


def late(day: datetime.date) -> Q:
    """Open and late on a day: the date is past, and no close-out request came in time."""
    return Q(status__in=WORKING, due_on__lt=day) | ASKED & Q(requested_on__gt=F("due_on"))


def _in_time(day: datetime.date) -> Q:
    return Q(status__in=WORKING, due_on__gte=day) | ASKED & Q(requested_on__lte=F("due_on"))


def soon(day: datetime.date) -> Q:
    """Open, not late, and near its due date."""
    return _in_time(day) & _reached("near_from", day)


def lagging(day: datetime.date) -> Q:
    """Open, neither late nor near, and behind the expected curve."""
    return _in_time(day) & ~_reached("near_from", day) & _reached("behind_from", day)


def shows(light: str, day: datetime.date) -> Q:
    """The rows that show a light on a day."""
    pressing = {Light.LATE.value: late, Light.SOON.value: soon, Light.LAG.value: lagging}
    if light in pressing:
        return pressing[light](day)
    if light == Light.DONE:
        return Q(status=Status.CLOSED)
    if light == Light.NONE:
        return Q(status=Status.WITHDRAWN)
    return _in_time(day) & ~_reached("near_from", day) & ~_reached("behind_from", day)


def light_on(day: datetime.date) -> Case:
    """The light of each row on a day, as a column."""
    return Case(
        When(status=Status.CLOSED, then=Value(Light.DONE.value)),
        When(status=Status.WITHDRAWN, then=Value(Light.NONE.value)),
        When(late(day), then=Value(Light.LATE.value)),
        When(_reached("near_from", day), then=Value(Light.SOON.value)),
        When(_reached("behind_from", day), then=Value(Light.LAG.value)),
        default=Value(Light.FINE.value),
        output_field=CharField(),
    )


def pressing_on(day: datetime.date) -> Case:
    """How pressing each row is on a day, 0 first, as a column to sort by."""
    places = {light: Value(place) for place, light in enumerate(PRESSING)}
    return Case(
        When(status=Status.CLOSED, then=places[Light.DONE]),
        When(status=Status.WITHDRAWN, then=places[Light.NONE]),
        When(late(day), then=places[Light.LATE]),
        When(_reached("near_from", day), then=places[Light.SOON]),
        When(_reached("behind_from", day), then=places[Light.LAG]),
        default=places[Light.FINE],
        output_field=IntegerField(),
    )
