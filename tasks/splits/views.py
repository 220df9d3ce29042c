"""Doors of splitting a figure: the county's over townships, a township's over its villages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.pages import doors
from orgs.scope import require
from records.changes import Conflict
from records.models import seen_of
from tasks import finding, permissions
from tasks.audience import Audience
from tasks.drafting import actions as task_actions
from tasks.giving.effects import Effect, NotShown
from tasks.models import Assignment, Task
from tasks.refusals import AnswersMissing, StepRefused
from tasks.rules import quotas
from tasks.rules.status import Shape, TaskStatus
from tasks.splits import actions, reading
from tasks.splits.forms import PROPOSALS, AssignmentSplitForm, SplitForm, TaskSplitForm

NAMED_SINGLY = 3  # organisations without a share


@doors.business
def task(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """The county's figure over its townships."""
    row = finding.task(request, pk)
    verdict = permissions.may_split_task(request.actor, row)
    require(permissions.reads_split(request.actor, row))
    data = request.POST if request.method == "POST" else None
    if data is not None:
        require(verdict)
    form = TaskSplitForm(data, task=row, lines=reading.lines_of_task(row, request.actor), actor=request.actor)
    action = request.POST.get("action", "")
    asked: Asked | None = None
    if data is not None and action in PROPOSALS:
        _propose(request, form, action, form.target)
    elif data is not None and form.is_valid():
        done = _keep(row, form, action, lambda: _save_task(request, row, form, action))
        if isinstance(done, HttpResponse):
            return done
        asked = done
    split = reading.split_of_task(row)
    context: dict[str, Any] = {"task": row, "may_save": verdict, "split": split, "target": form.target}
    context["is_draft"] = not row.issued_at
    nobody = row.status == TaskStatus.DRAFT and not Audience.from_json(row.audience)
    context |= {"nobody_chosen": nobody, "asked": asked}
    return _show(request, form, context | {"done": quotas.total(part.value for part in split.parts)})


@dataclass(frozen=True)
class Asked:
    """What the page asks to be confirmed: who would be put in and out by which button."""

    effect: Effect
    action: str


def _keep(
    row: Task | Assignment, form: SplitForm, action: str, save: Callable[[], HttpResponse]
) -> HttpResponse | Asked | None:
    """Save, all or nothing; else what is to be confirmed first, or None with the reason at its field."""
    try:
        with transaction.atomic():
            return save()
    except NotShown as not_shown:
        row.refresh_from_db()
        return Asked(not_shown.effect, action)
    except (StepRefused, Conflict) as refused:
        row.refresh_from_db()
        _tell(form, refused)
    return None


def _propose(request: doors.BusinessRequest, form: SplitForm, how: str, target: Any) -> None:
    fault = form.propose(how, target)
    if fault:
        messages.error(request, fault)
    else:
        messages.info(request, _("Proposed, not saved yet. Look it over, change what differs, and save."))


def _save_task(request: doors.BusinessRequest, row: Task, form: TaskSplitForm, action: str) -> HttpResponse:
    """Keep it, and issue it when that was asked for. What issuing lacks is asked for on the draft's page."""
    given, was_issued = form.cleaned_data, row.issued_at is not None
    confirmed = request.POST.get("confirmed", "")
    words = {"reason": given["reason"], "note": given.get("note", ""), "expected": given["version"]}
    actions.split_task(row, form.shares, by=request.actor, target=given["target"], confirmed=confirmed, **words)
    if action == "issue" and row.status == TaskStatus.DRAFT:
        try:
            task_actions.issue(finding.task(request, row.pk), by=request.actor, confirmed=confirmed)
        except AnswersMissing:
            messages.success(request, _("The split is kept."))
            return redirect(f"{reverse('task_edit', args=[row.pk])}?missing=1")
        except StepRefused as refused:
            messages.error(request, _("The split is kept, but not issued: %(reason)s") % {"reason": refused})
            return redirect(request.path)
        messages.success(request, _("Issued with the shares below."))
    else:
        messages.success(request, _("The shares are changed.") if was_issued else _("The split is kept."))
    return redirect(request.path)


def _tell(form: SplitForm, refused: StepRefused | Conflict) -> None:
    """Say at its field why it was not saved; after a conflict a second save keeps what was typed."""
    if isinstance(refused, Conflict):
        form.add_error(None, _("Somebody has meanwhile changed this. Look it over and save again."))
        again = form.data.copy()  # type: ignore[attr-defined]  # what a request sends is a QueryDict
        again["version"] = seen_of(refused.current)  # type: ignore[arg-type]  # a task or an assignment
        form.data = again
        return
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


@doors.business
def assignment(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """A township's figure over its villages."""
    rows = Assignment.objects.visible_to(request.actor)
    row = get_object_or_404(rows.select_related("task__theme__programme__organisation", "organisation"), pk=pk)
    verdict = permissions.may_split(request.actor, row)
    data = request.POST if request.method == "POST" else None
    if data is not None or row.task.shape != Shape.QUANTITY:
        require(verdict)
    lines = reading.lines_of_assignment(row, request.actor)
    form = AssignmentSplitForm(data, assignment=row, lines=lines, actor=request.actor)
    action = request.POST.get("action", "")
    asked: Asked | None = None
    if data is not None and action in PROPOSALS:
        _propose(request, form, action, row.target)
    elif data is not None and form.is_valid():
        done = _keep(row, form, action, lambda: _save_assignment(request, row, form))
        if isinstance(done, HttpResponse):
            return done
        asked = done
    found_splits = reading.splits_of([row])
    split = found_splits[0][1] if found_splits else None
    context: dict[str, Any] = {
        "task": row.task,
        "assignment": row,
        "may_save": verdict,
        "split": split,
        "target": row.target,
    }
    context |= {"asked": asked}
    return _show(request, form, context | {"done": row.value})


def _save_assignment(request: doors.BusinessRequest, row: Assignment, form: AssignmentSplitForm) -> HttpResponse:
    given = form.cleaned_data
    words = {"reason": given["reason"], "expected": given["version"], "confirmed": request.POST.get("confirmed", "")}
    actions.split_assignment(row, form.wanted, by=request.actor, **words)
    messages.success(request, _("The split is kept; whoever has a share finds it in its week."))
    return redirect(request.path)


def _show(request: doors.BusinessRequest, form: SplitForm, context: dict[str, Any]) -> HttpResponse:
    split, target, unit = context["split"], context["target"], context["task"].unit
    faults = quotas.quota_differences(split) if split else []
    without = sum(1 for line in form.lines if not line.held and line.share is None)
    if without > NAMED_SINGLY:  # said in one sentence
        faults = [fault for fault in faults if fault.fault != quotas.Fault.NO_TARGET]
    typed = form.typed_sum
    context |= {
        "form": form,
        "boxes": form.boxes,
        "groups": form.groups,
        "without": without,
        "faults": [(fault, quotas.in_words(fault, unit)) for fault in faults],
        "typed_sum": typed,
        "gap": None if target is None else typed - target,
        "has_last_year": any(line.last_year is not None for line in form.lines),
    }
    return render(request, "tasks/splits/page.html", context, status=422 if form.errors else 200)
