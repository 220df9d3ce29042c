"""Doors of what villages owe: one village's page, the print for the month, who fills in for whom, objections."""

import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dates import periods
from orgs import duties
from orgs.models import Organisation
from orgs.pages import doors, paging, requested
from orgs.rules import Role
from orgs.scope import require
from records.changes import Conflict
from sheets.clipboard import unbroken
from tasks.duties.source import AssignmentDuties
from tasks.grid import permissions as grid_permissions
from tasks.grid import sheet
from tasks.lists import listing
from tasks.models import Entry, Objection
from tasks.refusals import StepRefused
from tasks.villages import objection_actions, reading, share_actions
from tasks.villages.forms import AnswerForm, SharesForm

ONE_DAY = datetime.timedelta(days=1)


@doors.business
def home(request: doors.BusinessRequest) -> HttpResponse:
    """The page of the recorder's own village."""
    if request.actor.role != Role.VILLAGE_RECORDER:
        raise PermissionDenied(_("This is the first page of a village's recorder; open a village from the grid."))
    return _show(request, request.actor.organisation)


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """What one village owes, in large type, most urgent first."""
    return _show(request, get_object_or_404(Organisation.objects.visible_to(request.actor), pk=pk))


def _show(request: doors.BusinessRequest, organisation: Organisation) -> HttpResponse:
    actor = request.actor
    village = reading.of([organisation], actor)[0]
    others = duties.open_for(Organisation.objects.visible_to(actor).filter(pk=organisation.pk), actor)
    context = {
        "village": village,
        "others": [duty for duty in others if duty.kind != AssignmentDuties.kind],
        "prints": grid_permissions.prints_villages(actor),
        "reports": actor.role in {Role.VILLAGE_RECORDER, Role.TOWNSHIP_ORGANISER},
    }
    return render(request, "tasks/villages/page.html", context)


@doors.business
def month_print(request: doors.BusinessRequest) -> HttpResponse:
    """本村要办 of a month, one village a page: ``?village=`` for one, ``?month=2026-12`` for another month."""
    actor = request.actor
    require(grid_permissions.prints_villages(actor))
    this_month = periods.month(actor.on)
    month = listing.period_of(request.GET.get("month", ""), this_month) or this_month
    month = periods.month(month.start)
    places = Organisation.objects.visible_to(actor).filter(closed_on__isnull=True).order_by("path")
    if actor.role != Role.VILLAGE_RECORDER:
        places = places.filter(pk__in=sheet.below(actor).open().order_by().values("organisation"))
    if village := requested.key(request.GET.get("village")):
        places = places.filter(pk=village)
    shown = reading.of(list(places), actor)
    pages = [(village, village.within(month)) for village in shown]
    after = periods.month(month.end + ONE_DAY)
    context = {"pages": pages, "month": month, "this_month": this_month, "next_month": after}
    return render(request, "tasks/villages/print.html", context)


@doors.business
def shares(request: doors.BusinessRequest) -> HttpResponse:
    """Who of the colleagues fills in for which village; a switch in the grid then shows one's own."""
    require(grid_permissions.fills_grid(request.actor))
    form = SharesForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        changed = share_actions.share_out(form.wanted(), by=request.actor)
        text = ngettext("%(count)s village was changed.", "%(count)s villages were changed.", changed)
        messages.success(request, text % {"count": changed})
        return redirect("grid")
    return render(request, "tasks/villages/shares.html", {"form": form})


@require_POST
@doors.business
def object_to(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Object to an entry on one's village."""
    rows = Entry.objects.visible_to(request.actor).select_related("assignment__organisation", "post")
    entry = get_object_or_404(rows, pk=pk)
    try:
        objection_actions.object_to(entry, by=request.actor, text=unbroken(request.POST.get("text", "")))
    except StepRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("Your objection stands beside the entry; the township answers within three workdays.")
        )
    return redirect("village_home")


@doors.business
def objections(request: doors.BusinessRequest) -> HttpResponse:
    """What villages object to, open ones first, with a form to answer each."""
    actor = request.actor
    require(grid_permissions.answers_objections(actor))
    rows = Objection.objects.visible_to(actor).select_related(
        "entry__assignment__organisation", "entry__assignment__task", "entry__user", "post__user", "answered_by__user"
    )
    page = paging.page_of(request, rows.order_by("answered_at", "due_on", "pk"))
    return render(request, "tasks/villages/objection_list.html", {"page": page})


@doors.business
def answer(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Answer an objection; what was typed stays when it is refused."""
    rows = Objection.objects.visible_to(request.actor).select_related(
        "entry__assignment__organisation", "entry__assignment__task", "entry__user", "post__user"
    )
    objection = get_object_or_404(rows, pk=pk)
    require(grid_permissions.answers_objections(request.actor))
    form = AnswerForm(request.POST or None, seen=objection)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            objection_actions.answer(
                objection,
                by=request.actor,
                text=sent["answer"],
                corrected=sent["outcome"] == "corrected",
                expected=sent["version"],
            )
        except StepRefused as refused:
            form.add_error("answer", str(refused))
        except Conflict:
            form.add_error(None, _("A colleague has answered it meanwhile: look at the list."))
        else:
            messages.success(request, _("The village reads your answer beside the entry."))
            return redirect("objections")
    return render(request, "tasks/villages/objection_answer.html", {"objection": objection, "form": form})
