"""The lights of ``tasks.rules.status`` said in SQL, for lists and boards; a test holds the two to the same answer."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, CharField, DateField, F, Field, IntegerField, Q, Value, When

from tasks.rules import status as rules
from tasks.rules.status import Light, Status

PRESSING = (Light.LATE, Light.SOON, Light.LAG, Light.FINE, Light.DONE, Light.NONE)  # most pressing first
WORKING = sorted(rules.WORKING)
OPEN = sorted(rules.OPEN)
ASKED = Q(status=Status.REQUESTED)  # its clock stands at the day of the request


def _working(**conditions: object) -> Q:
    return Q(status__in=WORKING, **conditions)


def _asked(**conditions: object) -> Q:
    return ASKED & Q(**conditions)  # the status first: it settles most rows at once


_REQUESTED_ON = F("requested_on")


def late(day: datetime.date) -> Q:
    """Overdue on a day: the date is past, and no close-out was requested. What waits for its verifier is not."""
    return _working(due_on__lt=day)


def soon(day: datetime.date) -> Q:
    """Open, not late, and near its due date."""
    return worked_soon(day) | _asked(near_from__lte=_REQUESTED_ON)


def lagging(day: datetime.date) -> Q:
    """Open, neither late nor near, and behind the expected curve."""
    asked = _asked(near_from__gt=_REQUESTED_ON, behind_from__lte=_REQUESTED_ON)
    return worked_behind(day) | asked


def worked_soon(day: datetime.date) -> Q:
    """Near, and no close-out requested."""
    return _working(due_on__gte=day, near_from__lte=day)


def worked_behind(day: datetime.date) -> Q:
    """Behind the expected curve, and no close-out requested."""
    return _working(due_on__gte=day, near_from__gt=day, behind_from__lte=day)


def _fine(day: datetime.date) -> Q:
    working = _working(due_on__gte=day, near_from__gt=day) & (Q(behind_from=None) | Q(behind_from__gt=day))
    asked = _asked(near_from__gt=_REQUESTED_ON)
    return working | asked & (Q(behind_from=None) | Q(behind_from__gt=_REQUESTED_ON))


def shows(light: str, day: datetime.date) -> Q:
    """The rows that show a light on a day."""
    pressing = {Light.LATE: late, Light.SOON: soon, Light.LAG: lagging, Light.FINE: _fine}
    if light in pressing:
        return pressing[Light(light)](day)
    return Q(status=Status.CLOSED if light == Light.DONE else Status.WITHDRAWN)


def light_on(day: datetime.date) -> Case:
    """The light of each row on a day, as a column."""
    return _graded(day, {light: light.value for light in PRESSING}, CharField())


def pressing_on(day: datetime.date) -> Case:
    """How pressing each row is on a day, 0 first, as a column to sort by."""
    return _graded(day, {light: place for place, light in enumerate(PRESSING)}, IntegerField())


def _graded(day: datetime.date, values: Mapping[Light, str | int], output: "Field[Any, Any]") -> Case:
    """One value for each light; the first condition that holds decides."""
    stands = Case(When(ASKED, then=_REQUESTED_ON), default=Value(day, DateField()))  # the day a row's clock stands at
    return Case(
        When(status=Status.CLOSED, then=Value(values[Light.DONE])),
        When(status=Status.WITHDRAWN, then=Value(values[Light.NONE])),
        When(~ASKED, due_on__lt=day, then=Value(values[Light.LATE])),
        When(near_from__lte=stands, then=Value(values[Light.SOON])),
        When(behind_from__lte=stands, then=Value(values[Light.LAG])),
        default=Value(values[Light.FINE]),
        output_field=output,
    )
