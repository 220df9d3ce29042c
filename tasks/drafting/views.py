"""Doors of drafting and issuing a task: one form for the answers and the recipients."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgs.actor import Actor
from orgs.history import reading as history_reading
from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.scope import require
from records.changes import Conflict
from records.models import version_seen
from tasks import answers, audience, finding, permissions
from tasks.audience import Audience
from tasks.drafting import actions, planning
from tasks.drafting.audience_forms import AudienceForm
from tasks.drafting.forms import TaskForm, themes_to_issue_in
from tasks.drafting.stage_forms import StageRows
from tasks.giving.effects import Effect, NotShown
from tasks.models import Task
from tasks.refusals import AnswersMissing, StepRefused, question
from tasks.rules.status import Shape, TaskStatus

LOOKS = frozenset({"preview", "pick", "leave"})  # buttons that only look: nothing is saved
EDITS = (
    "shape:",
    "ms_add",
    "ms_remove",
    "ms_up",
    "ms_down",
    "ms_pattern",
    "ms_plan",
)  # and those of shape and milestones


def looks_only(action: str) -> bool:
    """Whether a button only changes what is shown."""
    return action in LOOKS or action.startswith(EDITS)


def _sent(request: doors.BusinessRequest, action: str) -> Any:
    """What was sent, with the shape whose button was pressed; None when the page is only opened."""
    if request.method != "POST":
        return None
    verb, _colon, shape = action.partition(":")
    data = request.POST.copy()
    if verb == "shape" and shape in Shape.values:
        data["shape"] = shape
    return data


@dataclass
class Draft:
    """The two forms of the page and the task behind them, if it is kept already."""

    task: Task | None
    form: TaskForm
    chosen: AudienceForm
    stages: StageRows

    @property
    def dates(self) -> tuple[datetime.date | None, datetime.date | None]:
        """First day and due date as typed."""
        return _day(self.form["starts_on"].value()), _day(self.form["due_on"].value())


@doors.business
def new(request: doors.BusinessRequest) -> HttpResponse:
    """Draft a task."""
    require(permissions.may_issue(request.actor))
    return _draft(request, None)


@doors.business
def edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Go on with a draft."""
    task = finding.task(request, pk)
    require(permissions.may_edit(request.actor, task))
    return _draft(request, task)


def _draft(request: doors.BusinessRequest, task: Task | None) -> HttpResponse:
    actor, action = request.actor, request.POST.get("action", "")
    data = _sent(request, action)
    kept = Audience.from_json(task.audience) if task else Audience()
    initial = {"theme": requested.key(request.GET.get("theme"))} if task is None else {}
    form = TaskForm(data, request.FILES or None, actor=actor, task=task, initial=initial)
    draft = Draft(task, form, AudienceForm(data, actor=actor, chosen=kept, action=action), StageRows(data, task=task))
    if data is None or looks_only(action):
        draft.stages.act(action, end=draft.dates[1], calendar=actor.calendar)
        if task and "missing" in request.GET:
            messages.error(request, str(AnswersMissing(form.missing(draft.stages.count))))
        return _show(request, draft)
    if not form.is_valid() or (form.shape == Shape.MILESTONES and not draft.stages.is_valid(*draft.dates)):
        return _show(request, draft)
    saved = _save(request, draft)
    if saved is None:
        return _show(request, draft)
    if action == "issue":
        return _issue(request, Draft(saved, form, draft.chosen, draft.stages))
    messages.success(request, _("The draft is kept. Only those who issue tasks see it."))
    return redirect("task_edit", saved.pk)


def _save(request: doors.BusinessRequest, draft: Draft) -> Task | None:
    """Keep the draft; None when somebody else wrote it meanwhile, with both texts in the form."""
    form = draft.form
    uploads = form.cleaned_data["uploads"]
    try:
        return actions.save_draft(
            draft.task,
            by=request.actor,
            values={**form.values, "audience": draft.chosen.audience},
            expected=form.cleaned_data["version"],
            leads=form.cleaned_data["leads"],
            assists=form.cleaned_data["assists"],
            source_upload=uploads[-1] if uploads else None,
            plan=draft.stages.plan if form.shape == Shape.MILESTONES else [],
            remove_source=form.cleaned_data["remove_source"],
        )
    except Conflict as conflict:
        form.tell_conflict(conflict.current, {name: getattr(conflict.current, name) for name in form.values})
        return None


def _issue(request: doors.BusinessRequest, draft: Draft) -> HttpResponse:
    """Issue the draft just kept; what is missing is named at its field."""
    task = draft.task
    assert task is not None  # it has just been kept
    try:
        with transaction.atomic():
            actions.issue(task, by=request.actor, confirmed=request.POST.get("confirmed", ""))
    except (StepRefused, NotShown) as refused:
        fresh = finding.task(request, task.pk)
        again = TaskForm(_with(request.POST, fresh), actor=request.actor, task=fresh)
        if isinstance(refused, AnswersMissing):
            again.name_missing(refused.names)
        reason = _not_shown() if isinstance(refused, NotShown) else str(refused)
        messages.error(request, _("%(reason)s The draft is kept.") % {"reason": reason})
        return _show(request, Draft(fresh, again, draft.chosen, draft.stages), refused=reason)
    return _issued(request, task)


def _not_shown() -> str:
    return _("Not issued: others would get it than were shown. Look at who gets it now, and issue again.")


def _with(data: Any, task: Task) -> Any:
    """What was sent, now on the version that was just kept."""
    again = data.copy()
    again["version"], again["kept"] = task.seen, ""
    return again


def _issued(request: doors.BusinessRequest, task: Task) -> HttpResponse:
    total = task.assignments.count()
    text = ngettext("Issued: %(count)s organisation has it.", "Issued: %(count)s organisations have it.", total)
    messages.success(request, text % {"count": total})
    return redirect(task)


def _show(request: doors.BusinessRequest, draft: Draft, refused: str = "") -> HttpResponse:
    """The page, or for htmx only who gets the task and the buttons."""
    actor, task, form = request.actor, draft.task, draft.form
    rows = audience.organisations(draft.chosen.audience, actor)
    if task is not None:
        rows = actions.outside_of(task, rows)
    context = {
        "task": task,
        "form": form,
        "chosen": draft.chosen,
        "chips": draft.chosen.chips(),
        "preview": audience.preview(rows),
        "confirmed": _token(rows),
        "stages": draft.stages,
        "patterns": planning.patterns(),
        "missing": [question(name) for name in form.missing(draft.stages.count)],
        "unnamed": answers.unnamed(rows, actor.on),
        "refused": refused,
        "has_themes": themes_to_issue_in(actor).exists(),
        "due": _due(form["due_on"].value(), actor),
        "address": reverse("task_edit", args=[task.pk]) if task else request.path,
    }
    if request.htmx:
        part = "shape" if request.htmx.target == "shape" else "recipients"
        return render(request, f"tasks/drafting/form.html#{part}", {**context, "fragment": True})
    wrong = form.errors or draft.stages.has_errors
    looking = looks_only(request.POST.get("action", ""))
    return render(request, "tasks/drafting/form.html", context, status=422 if wrong and not looking else 200)


def _token(rows: QuerySet[Organisation]) -> str:
    return Effect(issued=frozenset(rows.values_list("pk", flat=True))).token


def _day(value: Any) -> datetime.date | None:
    """A date as typed; None while it is none."""
    return value if isinstance(value, datetime.date) else requested.day(value)


def _due(value: Any, actor: Actor) -> dict[str, int] | None:
    """Days and working days up to a due date as typed; None while it is no date."""
    day = _day(value)
    if day is None or abs(day.year - actor.on.year) >= 5:
        return None
    return {"days": (day - actor.on).days, "workdays": actor.calendar.between(actor.on, day)}


@doors.business
def issue(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Issue a draft as it is kept, or choose further organisations for an issued task."""
    task = finding.task(request, pk)
    require(permissions.may_issue_task(request.actor, task))
    if task.status == TaskStatus.DRAFT:
        return _issue_kept(request, task)
    action = request.POST.get("action", "")
    data = request.POST if request.method == "POST" else None
    chosen = AudienceForm(data, actor=request.actor, chosen=Audience.from_json(task.audience), action=action)
    refused = ""
    if data is not None and action not in LOOKS:
        try:
            sent = data.get("version", "")
            expected = version_seen(task, sent) if sent else None
            confirmed = data.get("confirmed", "")
            actions.issue(task, by=request.actor, expected=expected, chosen=chosen.audience, confirmed=confirmed)
        except StepRefused as reason:
            refused = str(reason)
        except NotShown:
            refused = _not_shown()
        except Conflict:
            task = finding.task(request, pk)
            refused = _("Somebody has meanwhile issued it to others. Look at who would get it now and send again.")
        else:
            return _issued(request, task)
    rows = actions.new_recipients(task, chosen.audience, request.actor)
    context = {
        "task": task,
        "chosen": chosen,
        "chips": chosen.chips(),
        "preview": audience.preview(rows),
        "confirmed": _token(rows),
        "already": task.assignments.count(),
        "refused": refused,
        "address": request.path,
    }
    template = "tasks/drafting/issue.html#recipients" if request.htmx else "tasks/drafting/issue.html"
    context["fragment"] = bool(request.htmx)
    return render(request, template, context, status=422 if refused else 200)


def _issue_kept(request: doors.BusinessRequest, task: Task) -> HttpResponse:
    """Issue a draft from its page; what is missing is asked for on the form."""
    if request.method != "POST":
        return redirect("task_edit", task.pk)
    try:
        actions.issue(task, by=request.actor, confirmed=request.POST.get("confirmed", ""))
    except AnswersMissing:
        return redirect(f"{reverse('task_edit', args=[task.pk])}?missing=1")
    except (StepRefused, NotShown) as refused:
        messages.error(request, _not_shown() if isinstance(refused, NotShown) else str(refused))
        return redirect("task_edit", task.pk)
    return _issued(request, task)


@require_POST
@doors.business
def discard(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    task = finding.task(request, pk)
    record = actions.discard(task, by=request.actor)
    text = _("The draft “%(title)s” is thrown away.") % {"title": task.title}
    messages.success(request, history_reading.with_undo(text, record))
    return redirect("tasks")
