"""A door for each step on an assignment: whatever cannot be taken comes back on the assignment's own page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orgs.pages import doors
from orgs.scope import Verdict, require
from tasks import finding, permissions
from tasks.assignment.forms import RemarkForm
from tasks.assignment.views import take
from tasks.closing import actions as closing
from tasks.due_dates import extension_actions
from tasks.giving import variant_actions
from tasks.models import Assignment
from tasks.reporting import actions, correct_actions


@doors.business
def receive(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Mark it received."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return actions.receive(row, by=request.actor, expected=sent["version"])

    return take(request, pk, "receive", lambda row: permissions.reports(request.actor, row), attempt, _("Received."))


@doors.business
def variant(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Say which kind of work it is."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return variant_actions.choose(row, by=request.actor, variant=sent["variant"], expected=sent["version"])

    done = _("The milestones and dates of this kind of work hold now.")
    return take(request, pk, "variant", lambda row: permissions.reports(request.actor, row), attempt, done)


@doors.business
def report(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Enter progress."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return actions.report(
            row,
            by=request.actor,
            expected=sent["version"],
            percent=sent["percent"],
            fact=sent["fact"],
            text=sent["text"],
            learned=sent.get("learned", ""),
            files=sent["uploads"],
        )

    done = _("The progress is entered.")
    return take(request, pk, "report", lambda row: permissions.reports(request.actor, row), attempt, done)


@doors.business
def remark(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Remark on it, or answer an instruction."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        answers = sent.get("answers")
        return actions.remark(row, by=request.actor, text=sent["text"], files=sent["uploads"], answers=answers)

    done = _("The remark stands in the timeline.")
    return take(request, pk, "remark", lambda row: permissions.may_remark(request.actor, row), attempt, done)


@doors.business
def instruct(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Write an instruction."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return actions.instruct(row, by=request.actor, text=sent["text"], reply_due_on=sent["reply_due_on"])

    done = _("The instruction is given; it stands on the organisation's week until it is answered.")
    return take(request, pk, "instruct", lambda row: permissions.instructs(request.actor), attempt, done)


@doors.business
def request_close(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Request close-out."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return closing.request_close(
            row,
            by=request.actor,
            expected=sent["version"],
            result=sent["result"],
            responsible=sent["responsible"],
            files=sent["uploads"],
        )

    done = _("Close-out is requested and waits for verification. The clock stands still meanwhile.")
    return take(request, pk, "request_close", lambda row: permissions.reports(request.actor, row), attempt, done)


def _verifies(request: doors.BusinessRequest) -> Callable[[Assignment], Verdict]:
    return lambda row: permissions.verifies(request.actor, row)


@doors.business
def close(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Accept the close-out."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return closing.close(row, by=request.actor, expected=sent["version"])

    return _back(request, take(request, pk, "close", _verifies(request), attempt, _("Closed.")))


@doors.business
def send_back(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Send it back with a reason."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return closing.send_back(row, by=request.actor, expected=sent["version"], reason=sent["reason"])

    done = _("Sent back; the reason stands first on the organisation's page.")
    return _back(request, take(request, pk, "send_back", _verifies(request), attempt, done))


def _back(request: doors.BusinessRequest, response: HttpResponse) -> HttpResponse:
    """After a step taken in the queue, back to the queue."""
    if request.POST.get("from") == "verification" and response.status_code == 302:
        return redirect("verification")
    return response


@doors.business
def reopen(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take it up again with a reason."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return closing.reopen(row, by=request.actor, expected=sent["version"], reason=sent["reason"])

    done = _("Reopened; the organisation goes on.")
    return take(request, pk, "reopen", _verifies(request), attempt, done)


@doors.business
def yield_to(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """After a conflict: leave what stands there, and keep the own words as a remark so that neither is lost."""
    assignment = finding.assignment(request, pk)
    require(permissions.may_remark(request.actor, assignment))
    form = RemarkForm(
        request.POST, request.FILES, actor=request.actor, assignment=assignment, prefix="remark", auto_id="remark_%s"
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        actions.remark(assignment, by=request.actor, text=sent["text"], files=sent["uploads"])
        messages.success(request, _("What stood there stays; your words are kept as a remark in the timeline."))
    return redirect(assignment)


@doors.business
def ask(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Ask for a later date."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return extension_actions.ask(row, by=request.actor, wanted_on=sent["wanted_on"], reason=sent["reason"])

    done = _("The extension is asked for; until it is granted the old date holds.")
    return take(request, pk, "extension", lambda row: permissions.reports(request.actor, row), attempt, done)


@doors.business
def correct(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Correct what was entered, also when it is closed."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return correct_actions.correct(
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
    return take(request, pk, "correct", lambda row: may(request.actor, row), attempt, done)
