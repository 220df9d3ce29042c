"""Doors of the calendar: a year's days off and make-up days, the county's own entries, and pasting a year's list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgs.county import calendars
from orgs.history import reading as history_reading
from orgs.models import WorkdayException
from orgs.pages import doors, requested, shown
from orgs.permissions import may_keep_options
from orgs.scope import require
from orgs.settings import calendar_year, workday_list
from orgs.settings import workday_actions as actions
from orgs.settings.workday_forms import YEARS, DaysForm, ListForm
from records.models import Change

STEPS = 20


def _year(request: doors.BusinessRequest) -> int:
    return requested.year(request.GET.get("year"), request.actor.on.year, least=YEARS[0], most=YEARS[1])


def _done(request: doors.BusinessRequest, count: int, year: int) -> HttpResponse:
    if count:
        said = ngettext("%(count)s day was entered.", "%(count)s days were entered.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("The calendar says so already; nothing was changed."))
    return redirect(f"{reverse('workdays')}?year={year}")


@doors.business
def page(request: doors.BusinessRequest) -> HttpResponse:
    """One year in force, and the county's own entries; POST enters a day or a stretch."""
    organisation = request.actor.organisation
    require(may_keep_options(request.actor, organisation))
    form = DaysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count = actions.enter(organisation, form.days, form.cleaned_data["source"], by=request.actor)
        return _done(request, count, form.cleaned_data["first"].year)
    year = _year(request)
    own = WorkdayException.objects.visible_to(request.actor).filter(organisation=organisation)
    calendar = calendars.calendar_of(organisation)
    changes = Change.objects.filter(kind="orgs.workdayexception", organisation=organisation)
    rows = own.filter(day__year=year).order_by("day")
    context = {
        "form": form,
        "year": year,
        "years": [each for each in (year - 1, year, year + 1) if YEARS[0] <= each <= YEARS[1]],
        "known": calendar.knows(year),
        "stretches": calendar_year.stretches(year, calendar, rows),
        "own": rows,
        "steps": history_reading.steps_in(history_reading.sets_of(changes)[:STEPS], changes, request.actor),
    }
    return render(request, "orgs/settings/workdays.html", context, status=422 if form.errors else 200)


@doors.business
def paste(request: doors.BusinessRequest) -> HttpResponse:
    """Paste a year's list: first what is read from it, then saving."""
    organisation = request.actor.organisation
    require(may_keep_options(request.actor, organisation))
    form = ListForm(request.POST or None, initial={"year": _year(request)})
    found = None
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        found = workday_list.read(form.cleaned_data["text"], year)
        if not found.days and not found.faults:
            form.add_error("text", _("There is no day in this text: write each as 2027-02-05 with off or worked."))
        elif request.POST.get("sure") and not shown.still_shown(request.POST.get("shown", ""), _token(found, year)):
            form.add_error("text", _("Other days are read now than were shown. Look them over and save."))
        elif request.POST.get("sure") and not found.faults:
            count = actions.enter(organisation, found.days, form.cleaned_data["source"], by=request.actor)
            return _done(request, count, year)
    context = {"form": form, "found": found, "shown": _token(found, form.cleaned_data["year"]) if found else ""}
    return render(request, "orgs/settings/workdays_paste.html", context, status=422 if form.errors else 200)


def _token(found: workday_list.Read, year: int) -> str:
    """What the form sends back of the days it showed."""
    return shown.fingerprint(year, [(each.day, each.kind, each.name) for each in found.days])


@require_POST
@doors.business
def remove(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take one entry of the county back."""
    require(may_keep_options(request.actor, request.actor.organisation))
    rows = WorkdayException.objects.visible_to(request.actor).select_related("organisation")
    row = get_object_or_404(rows, pk=pk)
    actions.remove(row, by=request.actor)
    messages.success(request, _("The entry of %(day)s was taken back.") % {"day": row.day})
    return redirect(f"{reverse('workdays')}?year={row.day.year}")
