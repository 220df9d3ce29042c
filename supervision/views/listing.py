"""Doors of the three lists and of the sample."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from dates import periods
from orgs.models import Organisation
from orgs.pages import doors, paging, requested
from orgs.pages.workbooks import attachment
from orgs.scope import require
from records.changes import Conflict
from supervision import lists, permissions
from supervision.actions import listing as actions
from supervision.actions import sampling
from supervision.forms.listing import DrawForm, ProblemForm, RecheckForm, RemedyForm, SolveForm
from supervision.models import Problem, Remedy, Sample, SampledItem
from supervision.refusals import Refused
from supervision.rules import SampleResult
from supervision.views.taking import taken


@doors.business
def problems(request: doors.BusinessRequest) -> HttpResponse:
    """The three lists of an organisation and a year, from the same rows."""
    asked = lists.Asked.of(request.GET, request.actor)
    rows = lists.problems(request.actor, asked)
    context = {
        "asked": asked,
        "states": [("open", _("not solved")), ("solved", _("solved"))],
        "page": paging.page_of(request, rows, size=30),
        "open": rows.filter(solved_on__isnull=True).count(),
        "townships": Organisation.objects.visible_to(request.actor).operating().in_order(),
        "years": range(request.actor.on.year, request.actor.on.year - 4, -1),
        "may_keep": permissions.may_keep_problems(request.actor),
    }
    return render(request, "supervision/problem_list.html", context)


@doors.business
def problems_export(request: doors.BusinessRequest) -> HttpResponse:
    """The three lists as one workbook with three sheets, as filtered."""
    asked = lists.Asked.of(request.GET, request.actor)
    content = lists.workbook(request.actor, asked)
    return attachment(content, f"{_('Three lists')}-{asked.year}.xlsx")


@doors.business
def problem_new(request: doors.BusinessRequest) -> HttpResponse:
    """Add a problem."""
    require(permissions.may_keep_problems(request.actor))
    form = ProblemForm(request.POST or None, actor=request.actor, row=None)
    if request.method == "POST" and form.is_valid():
        row = actions.save_problem(None, by=request.actor, values=form.values)
        messages.success(request, _("The problem stands in the list. Add what is done about it, and who does it."))
        return redirect(row)
    return render(request, "supervision/problem_form.html", {"form": form}, status=422 if form.errors else 200)


def _problem(request: doors.BusinessRequest, pk: int) -> Problem:
    return get_object_or_404(Problem.objects.visible_to(request.actor).select_related("organisation"), pk=pk)


@doors.business
def problem(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One problem: what is done about it, by whom, and whether it is solved."""
    return _show(request, _problem(request, pk))


def _show(request: doors.BusinessRequest, row: Problem, **bound: Any) -> HttpResponse:
    remedies = list(row.remedies.select_related("assignment__task"))
    context = {
        "problem": row,
        "remedies": [(remedy, actions.is_done(remedy)) for remedy in remedies],
        "remedy_form": bound.get("remedy") or RemedyForm(actor=request.actor, problem=row, row=None),
        "solve_form": bound.get("solve") or SolveForm(seen=row, initial={"solution": row.solution}),
        "may_keep": permissions.may_keep_problem(request.actor, row),
    }
    return render(request, "supervision/problem_page.html", context, status=422 if bound else 200)


@doors.business
def problem_edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Edit a problem."""
    row = _problem(request, pk)
    require(permissions.may_keep_problem(request.actor, row))
    form = ProblemForm(request.POST or None, actor=request.actor, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_problem(row, by=request.actor, values=form.values, expected=form.cleaned_data["version"])
        except Conflict as conflict:
            form.tell_conflict(conflict.current, form.stored(conflict.current))
        else:
            return redirect(row)
    context = {"form": form, "problem": row}
    return render(request, "supervision/problem_form.html", context, status=422 if form.errors else 200)


@doors.business
def problem_solve(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Close a problem."""
    row, by = _problem(request, pk), request.actor
    require(permissions.may_keep_problem(by, row))
    form = SolveForm(request.POST or None, seen=row)

    def attempt(sent: dict[str, Any]) -> object:
        return actions.solve(row, by=by, solution=sent["solution"], expected=sent["version"])

    if taken(request, form, attempt, _("The problem is closed."), stored=["solution"]) or request.method != "POST":
        return redirect(row)
    return _show(request, _problem(request, pk), solve=form)


@doors.business
def remedy_new(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Add a task to a problem."""
    row = _problem(request, pk)
    require(permissions.may_keep_problem(request.actor, row))
    form = RemedyForm(request.POST or None, actor=request.actor, problem=row, row=None)
    if request.method == "POST" and form.is_valid():
        actions.save_remedy(None, by=request.actor, problem=row, values=form.values)
        messages.success(request, _("It stands in the task list and in the responsibility list."))
        return redirect(row)
    return _show(request, row, remedy=form) if request.method == "POST" else redirect(row)


def _remedy(request: doors.BusinessRequest, pk: int) -> Remedy:
    rows = Remedy.objects.visible_to(request.actor).select_related("problem__organisation", "assignment")
    return get_object_or_404(rows, pk=pk)


@doors.business
def remedy_edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Edit a task of a problem."""
    row = _remedy(request, pk)
    require(permissions.may_keep_problem(request.actor, row.problem))
    form = RemedyForm(request.POST or None, actor=request.actor, problem=row.problem, row=row)
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["version"]
        try:
            actions.save_remedy(row, by=request.actor, problem=row.problem, values=form.values, expected=expected)
        except Conflict as conflict:
            form.tell_conflict(conflict.current, form.stored(conflict.current))
        else:
            return redirect(row.problem)
    context = {"form": form, "remedy": row, "problem": row.problem}
    return render(request, "supervision/problem_form.html", context, status=422 if form.errors else 200)


@doors.business
def remedy_remove(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take a task of a problem away."""
    row = _remedy(request, pk)
    require(permissions.may_keep_problem(request.actor, row.problem))
    if request.method == "POST":
        actions.remove_remedy(row, by=request.actor)
        messages.success(request, _("Taken off the list; the history brings it back."))
    return redirect(row.problem)


@doors.business
def samples(request: doors.BusinessRequest) -> HttpResponse:
    """The samples drawn, and drawing this month's."""
    actor = request.actor
    rows = Sample.objects.visible_to(actor).select_related("organisation").prefetch_related("items")
    last = periods.month(actor.on).before()
    initial = {"month": last.key, "size": actor.options["supervision.sample_size"], "seed": get_random_string(8)}
    form = DrawForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(permissions.may_draw(actor))
        if form.is_valid():
            try:
                return redirect(_draw(request, form.cleaned_data))
            except Refused as refused:
                form.refuse(refused)
            except ValueError:
                form.add_error("month", _("Write the month as 2026-11."))
    context = {"page": paging.page_of(request, rows), "form": form, "may_draw": permissions.may_draw(actor)}
    return render(request, "supervision/sample_list.html", context, status=422 if form.errors else 200)


def _draw(request: doors.BusinessRequest, sent: dict[str, Any]) -> Sample:
    seed = sent["seed"] or get_random_string(8)
    month = requested.period(sent["month"])
    if month is None or month != periods.month(month.start):
        raise ValueError(sent["month"])
    return sampling.draw(month, by=request.actor, size=sent["size"], seed=seed)


def _sample(request: doors.BusinessRequest, pk: int) -> Sample:
    return get_object_or_404(Sample.objects.visible_to(request.actor).select_related("organisation"), pk=pk)


@doors.business
def sample(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One sample with its items, to print for whoever goes out and to enter what was found."""
    return _show_sample(request, _sample(request, pk))


def _show_sample(
    request: doors.BusinessRequest, row: Sample, refused: SampledItem | None = None, form: RecheckForm | None = None
) -> HttpResponse:
    """The sample; what was typed for the item that was refused stands in its line with the reason."""
    items = SampledItem.objects.visible_to(request.actor).filter(sample=row)
    items = items.select_related("assignment__task", "assignment__organisation__township", "checked_by__user")
    counts = {result: sum(1 for item in items if item.result == result) for result in SampleResult.values}
    context = {"sample": row, "items": items, "counts": counts, "may_recheck": permissions.may_recheck(request.actor)}
    context |= {"refused": refused, "form": form}
    return render(request, "supervision/sample_page.html", context, status=422 if refused else 200)


@doors.business
def recheck(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Enter what a re-check found."""
    rows = SampledItem.objects.visible_to(request.actor).select_related("sample", "assignment__task")
    item = get_object_or_404(rows.select_related("assignment__organisation"), pk=pk)
    require(permissions.may_recheck(request.actor))
    form = RecheckForm(request.POST or None, seen=item)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            holds = sent["holds"] == "yes"
            sampling.record(item, by=request.actor, holds=holds, found=sent["found"], expected=sent["version"])
        except Refused as refused:
            form.refuse(refused)
        except Conflict:
            form.add_error(None, _("Somebody has entered this meanwhile."))
        else:
            done = _("Entered.") if holds else _("Entered; the item is taken up again and counts as open.")
            messages.success(request, done)
    if form.errors:
        return _show_sample(request, item.sample, item, form)
    return redirect(item.sample)
