"""Doors of one assignment: its page, and a door for each step.

Whoever arrives at a step's address by GET (after signing in again, say) is shown the page instead.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from orgs import doors, paging
from orgs.scope import Actor, Verdict, require
from records.changes import Conflict
from tasks import batches, closing, known, looks, panels, permissions, rules, timeline
from tasks.actions import assignments as actions
from tasks.actions import variants
from tasks.forms.assignments import (
    InstructForm,
    ReasonForm,
    RemarkForm,
    RequestCloseForm,
    StepForm,
    VariantForm,
)
from tasks.forms.correcting import CorrectForm
from tasks.forms.dates import ExtensionForm
from tasks.forms.reporting import ReportForm
from tasks.models import Assignment
from tasks.refusals import StepRefused
from tasks.rules import EntryKind, Status

FORMS: dict[str, type[StepForm]] = {
    "variant": VariantForm,
    "report": ReportForm,
    "remark": RemarkForm,
    "instruct": InstructForm,
    "request_close": RequestCloseForm,
    "send_back": ReasonForm,
    "reopen": ReasonForm,
    "extension": ExtensionForm,
    "correct": CorrectForm,
}
MOMENTS = 20
Attempt = Callable[[Assignment, dict[str, Any]], object]


def found(request: doors.BusinessRequest, pk: int) -> Assignment:
    """The assignment, if the actor may see it."""
    rows = Assignment.objects.visible_to(request.actor)
    rows = rows.select_related("task__theme__programme__organisation", "task__theme__lead", "task__organisation")
    rows = rows.select_related("organisation__township", "task__keeper__user", "requested_by__user")
    return get_object_or_404(rows.prefetch_related("milestones", "task__milestones"), pk=pk)


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """The assignment with all that happened and all that may be done."""
    return _show(request, found(request, pk))


def _show(request: doors.BusinessRequest, assignment: Assignment, **bound: StepForm) -> HttpResponse:
    """The page; ``bound`` are forms that came back with a question, by name."""
    actor = request.actor
    forms = {
        name: bound.get(name) or kind(actor=actor, assignment=assignment, prefix=name, auto_id=f"{name}_%s")
        for name, kind in FORMS.items()
    }
    sets = paging.page_of(request, timeline.sets_of(assignment), size=MOMENTS)
    context = {
        "assignment": assignment,
        "task": assignment.task,
        "forms": forms,
        "light": assignment.light_on(actor.on),
        "clock": looks.look(assignment, actor),
        "late": assignment.days_late_on(actor.on),
        "waiting": rules.days_waiting(assignment.requested_on, assignment.closed_on, actor.on),
        "answers": closing.answers_of(assignment, closing.default_person(assignment, actor)),
        "standing": known.standing_of(assignment, list(assignment.milestones.all())),
        "stages": list(assignment.milestones.all()),
        "asked": known.asked_first(assignment),
        "for_another": permissions.enters_for_another(actor, assignment),
        "page": sets,
        "moments": timeline.moments(assignment, list(sets), actor),
        "instructions": _instructions(assignment),
        "panels": panels.of(assignment, actor),
        "revisions": _revisions(assignment),
        "batches": _batches(assignment, actor),
        **_verdicts(request, assignment),
    }
    status = 422 if any(form.errors for form in bound.values()) else 200
    return render(request, "tasks/assignment_page.html", context, status=status)


def _instructions(assignment: Assignment) -> list[Any]:
    rows = timeline.entries_of(assignment).filter(kind=EntryKind.INSTRUCTION)
    return list(rows.prefetch_related("replies__user", "replies__post__organisation"))


def _batches(assignment: Assignment, actor: Actor) -> list[batches.Batch]:
    """What the post can do to this one: as to chosen rows of a list."""
    found = batches.of(actor)
    if not permissions.decides(actor, assignment) and not permissions.sets_own_date(actor, assignment):
        return []
    return found if assignment.status != Status.WITHDRAWN else []


def _revisions(assignment: Assignment) -> list[Any]:
    """What was asked and decided about its date, newest first."""
    return list(assignment.revisions.select_related("asked_by__user", "asked_by__organisation", "decided_by__user"))


def _verdicts(request: doors.BusinessRequest, assignment: Assignment) -> dict[str, Verdict]:
    """For each panel whether it is the post's at all, and for each button whether it can be pressed now."""
    actor = request.actor
    return {
        "reports": permissions.reports(actor, assignment),
        "verifies": permissions.verifies(actor, assignment),
        "instructs": permissions.instructs(actor),
        "decides": permissions.decides(actor, assignment),
        "sets_own_date": permissions.sets_own_date(actor, assignment),
        "may_ask_extension": permissions.may_ask_extension(actor, assignment),
        "may_receive": permissions.may_receive(actor, assignment),
        "may_report": permissions.may_report(actor, assignment),
        "may_request_close": permissions.may_request_close(actor, assignment),
        "may_verify": permissions.may_verify(actor, assignment),
        "may_reopen": permissions.may_reopen(actor, assignment),
        "may_instruct": permissions.may_instruct(actor, assignment),
        "may_remark": permissions.may_remark(actor, assignment),
        "may_correct": permissions.may_correct(actor, assignment),
    }


def take(
    request: doors.BusinessRequest,
    pk: int,
    name: str,
    who: Callable[[Assignment], Verdict],
    attempt: Attempt,
    done: str,
) -> HttpResponse:
    """Take one step: scope, post, form, action; whatever was typed comes back with the reason when it cannot be."""
    assignment = found(request, pk)
    require(who(assignment))
    if request.method != "POST":
        return redirect(assignment)
    kind = FORMS.get(name, StepForm)
    form = kind(
        request.POST,
        request.FILES,
        actor=request.actor,
        assignment=assignment,
        prefix=name,
        auto_id=f"{name}_%s",
    )
    if form.is_valid():
        try:
            attempt(assignment, form.cleaned_data)
        except StepRefused as refused:
            form.refuse(refused)
        except Conflict:
            return _conflict(request, pk, name, form)
        else:
            messages.success(request, done)
            return redirect(assignment)
    return _refused(request, pk, name, form)


def _refused(request: doors.BusinessRequest, pk: int, name: str, form: StepForm) -> HttpResponse:
    fresh = found(request, pk)
    if name in FORMS:
        return _show(request, fresh, **{name: form})
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect(fresh)


def _conflict(request: doors.BusinessRequest, pk: int, name: str, form: StepForm) -> HttpResponse:
    """Both texts side by side: what stands there now, and what the person was about to write."""
    fresh = found(request, pk)
    fresh_form = FORMS.get(name, StepForm)(actor=request.actor, assignment=fresh, prefix=name)
    carried = [
        (form.add_prefix(field), form.data.get(form.add_prefix(field), ""))
        for field in form.fields
        if field not in {"version", "files"}
    ]
    context = {
        "assignment": fresh,
        "task": fresh.task,
        "form": form,
        "name": name,
        "carried": carried,
        "version": (fresh_form.add_prefix("version"), fresh.seen),
        "latest": timeline.entries_of(fresh).first(),
        "steps": timeline.moments(fresh, list(timeline.sets_of(fresh)[:1]), request.actor),
        "address": request.path,
        "mine": form.cleaned_data,
        "text": _words(form.cleaned_data),
        "facts": form.facts_in_words() if isinstance(form, ReportForm) else [],
        "standing": known.standing_of(fresh, list(fresh.milestones.all())),
        "stages": [stage for stage in fresh.milestones.all() if stage.done_on or stage.count is not None],
    }
    return render(request, "tasks/assignment_conflict.html", context, status=409)


def _words(cleaned: dict[str, Any]) -> str:
    return cleaned.get("text") or cleaned.get("result") or cleaned.get("reason") or ""


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
        return variants.choose(row, by=request.actor, variant=sent["variant"], expected=sent["version"])

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
        return actions.request_close(
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
        return actions.close(row, by=request.actor, expected=sent["version"])

    return _back(request, take(request, pk, "close", _verifies(request), attempt, _("Closed.")))


@doors.business
def send_back(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Send it back with a reason."""

    def attempt(row: Assignment, sent: dict[str, Any]) -> object:
        return actions.send_back(row, by=request.actor, expected=sent["version"], reason=sent["reason"])

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
        return actions.reopen(row, by=request.actor, expected=sent["version"], reason=sent["reason"])

    done = _("Reopened; the organisation goes on.")
    return take(request, pk, "reopen", _verifies(request), attempt, done)


@doors.business
def yield_to(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """After a conflict: leave what stands there, and keep the own words as a remark so that neither is lost."""
    assignment = found(request, pk)
    require(permissions.may_remark(request.actor, assignment))
    form = RemarkForm(
        request.POST, request.FILES, actor=request.actor, assignment=assignment, prefix="remark", auto_id="remark_%s"
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        actions.remark(assignment, by=request.actor, text=sent["text"], files=sent["uploads"])
        messages.success(request, _("What stood there stays; your words are kept as a remark in the timeline."))
    return redirect(assignment)
