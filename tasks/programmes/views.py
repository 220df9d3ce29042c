"""Doors of programmes and themes."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from orgs.pages import doors, paging
from orgs.scope import require
from records.changes import Conflict
from tasks import permissions
from tasks.models import Programme, Theme
from tasks.programmes import actions
from tasks.programmes.catalogue_year import CatalogueYear, year_shown, years_of
from tasks.programmes.forms import ProgrammeForm, ThemeForm


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """All programmes, the latest first."""
    programmes = Programme.objects.visible_to(request.actor).select_related("organisation")
    programmes = programmes.annotate(themes_count=Count("themes")).order_by("-last_year", "name")
    context = {
        "page": paging.page_of(request, programmes),
        "may_add": permissions.may_keep_programmes(request.actor),
    }
    return render(request, "tasks/programmes/list.html", context)


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One programme by year: its themes with their tasks, and how far each kind of organisation is."""
    programme = _found(request, pk)
    year = year_shown(programme, request.GET.get("year", ""), request.actor)
    found = CatalogueYear(programme, year, request.actor)
    columns, matrix = found.matrix()
    named = dict(programme.years.values_list("year", "theme"))
    context = {
        "programme": programme,
        "year": year,
        "years": [(one, named.get(one, "")) for one in years_of(programme)],
        "year_theme": named.get(year, ""),
        "found": found,
        "columns": columns,
        "matrix": matrix,
        "may_edit": permissions.may_edit_programme(request.actor, programme),
        "may_issue": permissions.may_issue(request.actor),
    }
    return render(request, "tasks/programmes/page.html", context)


def _found(request: doors.BusinessRequest, pk: int) -> Programme:
    return get_object_or_404(Programme.objects.visible_to(request.actor).select_related("organisation"), pk=pk)


@doors.business
def new(request: doors.BusinessRequest) -> HttpResponse:
    """Add a programme."""
    require(permissions.may_keep_programmes(request.actor))
    return _edit(request, None)


@doors.business
def edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Edit a programme."""
    programme = _found(request, pk)
    require(permissions.may_edit_programme(request.actor, programme))
    return _edit(request, programme)


def _edit(request: doors.BusinessRequest, programme: Programme | None) -> HttpResponse:
    year = request.actor.on.year
    organisation = programme.organisation if programme else request.actor.organisation
    initial = {} if programme else {"first_year": year, "last_year": year}
    form = ProgrammeForm(request.POST or None, row=programme, organisation=organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_programme(
                programme, by=request.actor, values=form.values, expected=form.cleaned_data["version"]
            )
        except Conflict as conflict:
            form.tell_conflict(conflict.current, form.stored(conflict.current))
        else:
            messages.success(request, _("The programme is saved. Its themes stand below."))
            return redirect(saved)
    title = _("Edit %(name)s") % {"name": programme} if programme else _("New programme")
    return _form(request, form, title, programme)


@doors.business
def theme_new(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Add a theme to a programme."""
    return _edit_theme(request, _found(request, pk), None)


@doors.business
def theme_edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Edit a theme."""
    themes = Theme.objects.visible_to(request.actor).select_related("programme__organisation", "lead")
    theme = get_object_or_404(themes, pk=pk)
    return _edit_theme(request, theme.programme, theme)


def _edit_theme(request: doors.BusinessRequest, programme: Programme, theme: Theme | None) -> HttpResponse:
    require(permissions.may_edit_programme(request.actor, programme))
    initial = {} if theme else {"position": programme.themes.count() + 1}
    form = ThemeForm(request.POST or None, row=theme, programme=programme, actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        expected = form.cleaned_data["version"]
        try:
            actions.save_theme(theme, by=request.actor, programme=programme, values=form.values, expected=expected)
        except Conflict as conflict:
            form.tell_conflict(conflict.current, form.stored(conflict.current))
        else:
            messages.success(request, _("The theme is saved."))
            return redirect(programme)
    return _form(request, form, _("Edit %(name)s") % {"name": theme} if theme else _("New theme"), programme)


def _form(
    request: doors.BusinessRequest, form: ProgrammeForm | ThemeForm, title: str, programme: Programme | None
) -> HttpResponse:
    context = {"form": form, "title": title, "programme": programme}
    return render(request, "tasks/programmes/form.html", context, status=422 if form.errors else 200)
