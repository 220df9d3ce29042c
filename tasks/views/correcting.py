"""The door of a traced correction."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from orgs import doors
from tasks import permissions
from tasks.actions.correcting import correct as carry_out
from tasks.models import Assignment
from tasks.views import assignments


@doors.business
def correct(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Correct what was entered, also when it is closed."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return carry_out(
            row,
            by=request.actor,
            reason=sent["reason"],
            expected=sent["version"],
            percent=sent["percent"],
            fact=sent["fact"],
            result=sent.get("result"),
        )

    done = _("It is corrected; the old figure and the reason stand in the history.")
    may = permissions.verifies
    return assignments.take(request, pk, "correct", lambda row: may(request.actor, row), attempt, done)
