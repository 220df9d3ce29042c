"""The page of one assignment, and how a step on it is taken (``tasks.assignment.step_views``).

Whoever arrives at a step's address by GET (after signing in again, say) is shown the page instead.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from orgs.actor import Actor
from orgs.pages import doors, paging
from orgs.scope import Verdict, require
from records.changes import Conflict
from tasks import answers, finding, looks, panels, permissions
from tasks.assignment.forms import InstructForm, ReasonForm, RemarkForm, RequestCloseForm, VariantForm
from tasks.due_dates.forms import ExtensionForm
from tasks.facts import known
from tasks.lists import batches
from tasks.models import Assignment
from tasks.refusals import StepRefused
from tasks.reporting import timeline
from tasks.reporting.correct_forms import CorrectForm
from tasks.reporting.forms import ReportForm
from tasks.rules import status as rules
from tasks.rules.status import EntryKind, Status
from tasks.steps.forms import StepForm

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


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """The assignment with all that happened and all that may be done."""
    return _show(request, finding.assignment(request, pk))


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
        "answers": answers.answers_of(assignment, answers.default_person(assignment, actor)),
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
    return render(request, "tasks/assignment/page.html", context, status=status)


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
    assignment = finding.assignment(request, pk)
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
    fresh = finding.assignment(request, pk)
    if name in FORMS:
        return _show(request, fresh, **{name: form})
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect(fresh)


def _conflict(request: doors.BusinessRequest, pk: int, name: str, form: StepForm) -> HttpResponse:
    """Both texts side by side: what stands there now, and what the person was about to write."""
    fresh = finding.assignment(request, pk)
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
    return render(request, "tasks/assignment/conflict.html", context, status=409)


def _words(cleaned: dict[str, Any]) -> str:
    return cleaned.get("text") or cleaned.get("result") or cleaned.get("reason") or ""
