"""Doors of what hangs on an organisation: particulars, class and stars, names, terms of office, second relations."""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgs.models import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.pages import doors, requested
from orgs.permissions import may_edit_organisation, may_edit_responsibility
from orgs.scope import Verdict, require
from orgs.tree import actions
from orgs.tree.forms import EndForm, NameForm, OrganisationForm, RatingForm, RelationForm, TermForm
from records.changes import Conflict


def _found(request: doors.BusinessRequest, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.actor).select_related("parent"), pk=pk)


def _show(
    request: doors.BusinessRequest, organisation: Organisation, form: BaseForm, title: str, button: str = ""
) -> HttpResponse:
    """A form on the organisation, on a page of its own."""
    context = {"organisation": organisation, "form": form, "title": title, "button": button or _("Save")}
    return render(request, "orgs/tree/form.html", context, status=422 if form.errors else 200)


def _allowed(request: doors.BusinessRequest, pk: int, *, register: bool) -> Organisation:
    """The organisation, if the post may change it. Raises ``PermissionDenied`` with the reason."""
    organisation = _found(request, pk)
    verdict: Verdict = (may_edit_organisation if register else may_edit_responsibility)(request.actor, organisation)
    require(verdict)
    return organisation


def _done(request: doors.BusinessRequest, organisation: Organisation, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(organisation)


@doors.business
def edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Edit the particulars."""
    organisation = _allowed(request, pk, register=True)
    form = OrganisationForm(request.POST or None, instance=organisation, seen=organisation)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in actions.EDITABLE}
        fresh = Organisation.objects.visible_to(request.actor).get(pk=pk)
        try:
            actions.edit(fresh, by=request.actor, expected=form.cleaned_data["version"], **values)
        except Conflict as conflict:
            form.tell_conflict(conflict.current, {name: getattr(conflict.current, name) for name in values})
        else:
            return _done(request, organisation, _("Saved."))
    return _show(request, organisation, form, _("Edit %(name)s") % {"name": organisation.name})


@doors.business
def rate(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Set class and stars of a year (``?year=``, this year by default)."""
    organisation = _allowed(request, pk, register=True)
    text = request.POST.get("year") or request.GET.get("year")
    year = requested.year(text, request.actor.on.year, least=1949, most=request.actor.on.year + 1)
    row = organisation.ratings.filter(year=year).first() or YearRating(organisation=organisation, year=year)
    form = RatingForm(request.POST or None, instance=row, seen=row)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("village_class", "stars")}
        try:
            actions.rate(organisation, by=request.actor, year=year, expected=form.cleaned_data["version"], **values)
        except Conflict as conflict:
            form.tell_conflict(conflict.current, {name: getattr(conflict.current, name) for name in values})
        else:
            return _done(request, organisation, _("Class and stars of %(year)s are saved.") % {"year": year})
    return _show(request, organisation, form, _("Class and stars of %(name)s") % {"name": organisation.name})


@doors.business
def add_name(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Add an alias or an old name."""
    organisation = _allowed(request, pk, register=True)
    form = NameForm(request.POST or None, instance=OrganisationName(organisation=organisation))
    if request.method == "POST" and form.is_valid():
        actions.add_name(organisation, by=request.actor, **form.cleaned_data)
        return _done(request, organisation, _("It is now found by “%(name)s” too.") % form.cleaned_data)
    return _show(request, organisation, form, _("Another name of %(name)s") % {"name": organisation.name})


@require_POST
@doors.business
def remove_name(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take another name away."""
    visible = Organisation.objects.visible_to(request.actor)
    row = get_object_or_404(OrganisationName.objects.select_related("organisation"), pk=pk, organisation__in=visible)
    actions.remove_name(row, by=request.actor)
    return _done(request, row.organisation, _("It is no longer found by “%(name)s”.") % {"name": row.name})


@doors.business
def add_term(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Enter a term of office."""
    organisation = _allowed(request, pk, register=False)
    form = TermForm(request.POST or None, instance=TermOfOffice(organisation=organisation))
    if request.method == "POST" and form.is_valid():
        term = actions.add_term(organisation, by=request.actor, **form.cleaned_data)
        return _done(request, organisation, _("The term runs to %(day)s.") % {"day": term.ends_on})
    return _show(request, organisation, form, _("Term of office of %(name)s") % {"name": organisation.name})


@doors.business
def relate(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Add a second relation."""
    organisation = _allowed(request, pk, register=True)
    blank = Relation(organisation=organisation)
    form = RelationForm(request.POST or None, instance=blank, actor=request.actor, initial={"since": request.actor.on})
    if request.method == "POST" and form.is_valid():
        row = actions.relate(organisation, by=request.actor, **form.cleaned_data)
        return _done(
            request,
            organisation,
            _("%(name)s now sees the rows of %(member)s.") % {"name": organisation, "member": row.member},
        )
    return _show(request, organisation, form, _("Second relation of %(name)s") % {"name": organisation.name})


@doors.business
def end_relation(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """End a second relation on a day."""
    rows = Relation.objects.visible_to(request.actor).select_related("organisation", "member")
    row = get_object_or_404(rows, pk=pk)
    require(may_edit_organisation(request.actor, row.organisation))
    form = EndForm(request.POST or None, seen=row, since=row.since, initial={"until": request.actor.on})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_relation(
                row, by=request.actor, until=form.cleaned_data["until"], expected=form.cleaned_data["version"]
            )
        except Conflict as conflict:
            form.tell_conflict(conflict.current, {"until": getattr(conflict.current, "until", None)})
        else:
            return _done(request, row.organisation, _("The relation ends on %(until)s.") % form.cleaned_data)
    return _show(
        request, row.organisation, form, _("End the relation with %(name)s") % {"name": row.member}, _("End it")
    )
