"""Doors of a programme's years: its theme, copying one, shipped catalogues, issuing many drafts."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgs.history import reading as history_reading
from orgs.pages import doors, shown
from orgs.scope import require
from records import work
from tasks import permissions
from tasks.audience import Audience, Roll
from tasks.drafting import issue_actions, readiness
from tasks.giving.effects import Effect
from tasks.models import Programme, Task
from tasks.programmes import catalogues
from tasks.programmes import year_actions as actions
from tasks.programmes.catalogue_year import year_shown
from tasks.programmes.year_actions import Taken
from tasks.programmes.year_forms import CopyForm, IssueManyForm, YearThemeForm
from tasks.refusals import StepRefused, question
from tasks.rules.status import TaskStatus


def programme_of(request: doors.BusinessRequest, pk: int) -> Programme:
    """The programme, if the actor may see it."""
    return get_object_or_404(Programme.objects.visible_to(request.actor).select_related("organisation"), pk=pk)


def _year_url(programme: Programme, year: int) -> str:
    return f"{reverse('programme', args=[programme.pk])}?year={year}"


def _asked(request: doors.BusinessRequest, programme: Programme) -> int:
    return year_shown(programme, request.POST.get("year") or request.GET.get("year", ""), request.actor)


@require_POST
@doors.business
def name_year(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Name the theme of a year."""
    programme = programme_of(request, pk)
    require(permissions.may_edit_programme(request.actor, programme))
    year, form = _asked(request, programme), YearThemeForm(request.POST)
    if form.is_valid():
        actions.save_year(programme, year, form.cleaned_data["theme"].strip(), by=request.actor)
        messages.success(request, _("The theme of %(year)s is kept.") % {"year": year})
    else:
        messages.error(request, " ".join(str(error) for error in form["theme"].errors))
    return redirect(_year_url(programme, year))


@doors.business
def copy(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Copy a year's tasks into another as drafts, after a look at what would come."""
    programme = programme_of(request, pk)
    require(permissions.may_edit_programme(request.actor, programme))
    last = year_shown(programme, request.GET.get("source", ""), request.actor)
    data = request.POST if request.method == "POST" else request.GET if "to" in request.GET else None
    form = CopyForm(data, programme=programme, initial={"source": last, "to": last + 1})
    valid = data is not None and form.is_valid()
    source, to = (form.cleaned_data["source"], form.cleaned_data["to"]) if valid else (last, last + 1)
    coming, stood = actions.to_copy(programme, source, to)
    lines = [(task, actions.moved(task.due_on, to - source)) for task in coming]
    now = shown.fingerprint([(task.pk, task.title, due) for task, due in lines])
    if request.method == "POST" and valid and not shown.still_shown(request.POST.get("shown", ""), now):
        form.add_error(None, _("Other tasks would come along now than were shown. Look them over and do it."))
    elif request.method == "POST" and valid:
        try:
            taken = actions.copy_year(programme, source, to, by=request.actor)
        except StepRefused as refused:
            form.add_error(None, str(refused))
        else:
            _say(request, taken)
            return redirect(_year_url(programme, to))
    context = {"programme": programme, "form": form, "source": source, "to": to, "lines": lines, "stood": stood}
    context |= {"shown": now}
    return render(request, "tasks/programmes/copy.html", context, status=422 if form.errors else 200)


def _say(request: doors.BusinessRequest, taken: Taken) -> None:
    """What came of it, and how to take it back."""
    if taken.change_set is None:
        messages.info(request, _("Nothing new: all of it was there already."))
        return
    text = ngettext(
        "%(count)s draft added. Change what differs, then issue.",
        "%(count)s drafts added. Change what differs, then issue.",
        taken.added,
    )
    messages.success(request, history_reading.with_undo(text % {"count": taken.added}, taken.change_set))


@doors.business
def catalogue(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Start a year from a shipped catalogue, after a look at its tasks."""
    programme = programme_of(request, pk)
    require(permissions.may_edit_programme(request.actor, programme))
    year, every = _asked(request, programme), catalogues.shipped()
    key = request.POST.get("catalogue") or request.GET.get("catalogue", "")
    if key and key not in every:
        raise Http404
    chosen = every.get(key)
    there = actions.standing(programme, chosen, year) if chosen else set()
    now = shown.fingerprint(key, year, there)
    if request.method == "POST" and chosen is not None:
        if shown.still_shown(request.POST.get("shown", ""), now):
            _say(request, actions.load(programme, chosen, year, by=request.actor))
            return redirect(_year_url(programme, year))
        messages.error(request, _("Other tasks would come along now than were shown. Look them over and do it."))
    context = {
        "programme": programme,
        "year": year,
        "catalogues": every.values(),
        "chosen": chosen,
        "shown": now,
        "parts": [
            (part, [(item, catalogues.on(item.due, year), (part.name, item.title) in there) for item in part.items])
            for part in (chosen.parts if chosen else ())
        ],
        "coming": (chosen.size - len(there)) if chosen else 0,
    }
    return render(request, "tasks/programmes/catalogue.html", context)


@dataclass(frozen=True)
class Coming:
    """A draft that may be issued: who would get it, and what is missing; ``chosen`` only once it was ticked."""

    task: Task
    effect: Effect
    missing: list[object]
    chosen: bool

    @property
    def recipients(self) -> int:
        """How many would get it."""
        return len(self.effect.issued)

    @property
    def is_ready(self) -> bool:
        """Whether it can be issued as it stands."""
        return not self.missing and self.recipients > 0


@doors.business
def issue(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Choose drafts of a year and issue them together in the background."""
    programme = programme_of(request, pk)
    require(permissions.may_issue(request.actor))
    year = _asked(request, programme)
    rows = _drafts(request, programme, year)
    coming = _coming(request, rows, programme)
    now = shown.fingerprint([(one.task.pk, one.effect.token) for one in coming])
    form = IssueManyForm(request.POST if request.method == "POST" else None, ready=list(rows))
    if request.method == "POST" and not shown.still_shown(request.POST.get("shown", ""), now):
        form.add_error("tasks", _("Who gets what has changed meanwhile. Look at the numbers and issue again."))
    if request.method == "POST" and form.is_valid():
        subject = _("%(programme)s %(year)s: %(count)s tasks") % {
            "programme": programme,
            "year": year,
            "count": len(form.cleaned_data["tasks"]),
        }
        arguments = {"tasks": form.cleaned_data["tasks"], "programme": pk, "year": year, "note": subject}
        arguments["shown"] = {str(one.task.pk): one.effect.token for one in coming}
        url = _year_url(programme, year)
        return redirect(work.start(issue_actions.WORK, by=request.actor, subject=subject, arguments=arguments, url=url))
    context = {
        "programme": programme,
        "year": year,
        "coming": coming,
        "ready": sum(one.is_ready for one in coming),
        "recipients": sum(one.recipients for one in coming if one.is_ready),
        "form": form,
        "shown": now,
    }
    return render(request, "tasks/programmes/issue.html", context, status=422 if form.errors else 200)


def _drafts(request: doors.BusinessRequest, programme: Programme, year: int) -> QuerySet[Task]:
    """The drafts of the year that the actor issues."""
    rows = Task.objects.visible_to(request.actor).filter(theme__programme=programme, year=year)
    return (
        rows.filter(status=TaskStatus.DRAFT)
        .select_related("theme")
        .prefetch_related("milestones")
        .order_by("theme__position", "due_on", "pk")
    )


def _coming(request: doors.BusinessRequest, rows: QuerySet[Task], programme: Programme) -> list[Coming]:
    sent = set(request.POST.getlist("tasks"))
    roll, found = Roll(request.actor), []
    for task in rows:
        missing = [question(name) for name in readiness.missing(task)]
        recipients = roll.keys(Audience.from_json(task.audience), programme.organisation.path)
        found.append(Coming(task, Effect(issued=frozenset(recipients)), missing, str(task.pk) in sent))
    return found
