"""Doors of talks, of matters to be coordinated, and of leaders' instructions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from orgs.pages import doors, paging, requested
from orgs.scope import require
from records.changes import Conflict
from supervision import due_for_talks, permissions
from supervision.actions import talking as actions
from supervision.forms.talking import AnswerForm, PassForm, RaiseForm, SettleForm, TalkForm, stored
from supervision.instructions import instructions as instructions_of
from supervision.models import Blocker, Talk
from supervision.refusals import Refused
from supervision.rules import BlockerState
from supervision.views.taking import taken
from tasks.models import Assignment


@doors.business
def talks(request: doors.BusinessRequest) -> HttpResponse:
    """Who is due for a talk by the rules, and the talks kept."""
    require(permissions.may_talk(request.actor))
    rows = Talk.objects.visible_to(request.actor).select_related("organisation")
    context = {
        "page": paging.page_of(request, rows),
        "due": due_for_talks.due(request.actor),
        "day": request.actor.on,
    }
    return render(request, "supervision/talk_list.html", context)


@doors.business
def talk_new(request: doors.BusinessRequest) -> HttpResponse:
    """Keep a talk; from the list of who is due the unit, the person and the basis stand filled in."""
    require(permissions.may_talk(request.actor))
    return _edit(request, None, due_for_talks.initial(request.actor, request.GET.get("unit", "")))


@doors.business
def talk(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One talk, to read and to write on."""
    require(permissions.may_talk(request.actor))
    rows = Talk.objects.visible_to(request.actor).select_related("organisation")
    return _edit(request, get_object_or_404(rows, pk=pk), {})


def _edit(request: doors.BusinessRequest, row: Talk | None, initial: dict[str, Any]) -> HttpResponse:
    form = TalkForm(request.POST or None, actor=request.actor, talk=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_talk(row, by=request.actor, values=form.values, expected=form.cleaned_data["version"])
        except Conflict as conflict:
            form.tell_conflict(conflict.current, stored(conflict.current))  # type: ignore[arg-type]
        else:
            messages.success(request, _("The talk is kept. Only the county office and county leaders see it."))
            return redirect("talks")
    status = 422 if form.errors else 200
    return render(request, "supervision/talk_form.html", {"form": form, "talk": row}, status=status)


@doors.business
def blockers(request: doors.BusinessRequest) -> HttpResponse:
    """Matters to be coordinated: those to answer first."""
    rows = Blocker.objects.visible_to(request.actor).select_related("organisation", "holder", "assignment__task")
    if request.GET.get("state") in BlockerState.values:
        rows = rows.filter(state=request.GET["state"])
    if request.GET.get("mine"):
        rows = rows.filter(holder=request.actor.organisation_id)
    context = {
        "page": paging.page_of(request, rows.order_by("state", "answer_due_on", "pk")),
        "states": BlockerState.choices,
        "day": request.actor.on,
        "may_raise": permissions.may_raise(request.actor),
    }
    return render(request, "supervision/blocker_list.html", context)


@doors.business
def blocker_new(request: doors.BusinessRequest) -> HttpResponse:
    """Raise a matter, on an assignment or by itself."""
    actor = request.actor
    require(permissions.may_raise(actor))
    assignment = None
    if key := requested.key(request.GET.get("assignment")):
        rows = Assignment.objects.visible_to(actor).select_related("organisation__township", "task")
        assignment = get_object_or_404(rows, pk=key)
    form = RaiseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = assignment.organisation if assignment else actor.organisation
        try:
            row = actions.raise_blocker(organisation, by=actor, assignment=assignment, **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("It goes to %(name)s, which is to answer.") % {"name": row.holder})
            return redirect(row)
    context = {"form": form, "assignment": assignment}
    return render(request, "supervision/blocker_new.html", context, status=422 if form.errors else 200)


def _blocker(request: doors.BusinessRequest, pk: int) -> Blocker:
    rows = Blocker.objects.visible_to(request.actor).select_related(
        "organisation", "holder", "assignment__task", "assignment__organisation", "raised_by__user", "answered_by__user"
    )
    return get_object_or_404(rows, pk=pk)


@doors.business
def blocker(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One matter: what stands in the way, whose turn it is, the answer."""
    return _show(request, _blocker(request, pk))


def _show(request: doors.BusinessRequest, row: Blocker, **bound: Any) -> HttpResponse:
    actor = request.actor
    context = {
        "blocker": row,
        "day": actor.on,
        "answer_form": bound.get("answer") or AnswerForm(seen=row, initial={"answer": row.answer}),
        "pass_form": bound.get("pass_on") or PassForm(actor=actor, blocker=row),
        "settle_form": bound.get("settle") or SettleForm(seen=row),
        "above": actions.one_up(row.holder),
        "may_answer": permissions.may_answer(actor, row),
        "may_settle": permissions.may_settle(actor, row),
    }
    return render(request, "supervision/blocker_page.html", context, status=422 if bound else 200)


@doors.business
def blocker_answer(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Answer a matter."""
    row, by = _blocker(request, pk), request.actor
    require(permissions.may_answer(by, row))
    form = AnswerForm(request.POST or None, seen=row)

    def attempt(sent: dict[str, Any]) -> object:
        return actions.answer(row, by=by, text=sent["answer"], expected=sent["version"])

    done = _("Answered; %(name)s says whether that solves it.") % {"name": row.organisation}
    if taken(request, form, attempt, done, stored=["answer"]) or request.method != "POST":
        return redirect(row)
    return _show(request, _blocker(request, pk), answer=form)


@doors.business
def blocker_pass(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Pass a matter on to whoever can solve it."""
    row, by = _blocker(request, pk), request.actor
    require(permissions.may_answer(by, row))
    form = PassForm(request.POST or None, actor=by, blocker=row)

    def attempt(sent: dict[str, Any]) -> object:
        to = actions.one_up(row.holder) if request.POST.get("does") == "up" else sent["to"]
        return actions.pass_on(row, by=by, to=to, note=sent["note"], expected=sent["version"])

    if taken(request, form, attempt, _("The matter is passed on.")):
        return redirect("blockers")
    return _show(request, _blocker(request, pk), pass_on=form) if request.method == "POST" else redirect(row)


@doors.business
def blocker_settle(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Say whether the answer solved it."""
    row, by = _blocker(request, pk), request.actor
    require(permissions.may_settle(by, row))
    form = SettleForm(request.POST or None, seen=row)
    solved = request.POST.get("does") == "solved"

    def attempt(sent: dict[str, Any]) -> object:
        return actions.settle(row, by=by, solved=solved, note=sent["note"], expected=sent["version"])

    if taken(request, form, attempt, _("Solved.") if solved else _("Asked once more.")) or request.method != "POST":
        return redirect(row)
    return _show(request, _blocker(request, pk), settle=form)


@doors.business
def instructions(request: doors.BusinessRequest) -> HttpResponse:
    """Leaders' instructions and their answers, unanswered first; a leader starts with the own ones."""
    mine = bool(request.GET.get("mine"))
    answered = {"yes": True, "no": False}.get(request.GET.get("answered", ""))
    rows = instructions_of(request.actor, mine=mine, answered=answered)
    context = {"page": paging.page_of(request, rows, size=20), "mine": mine, "day": request.actor.on}
    return render(request, "supervision/instruction_list.html", context)
