"""Doors of organisations: finding, the tree, the list and the page of one organisation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from dates import clock
from orgs import permissions
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import doors, requested, search
from orgs.pages.paging import page_of
from orgs.rules import Duty, Kind
from orgs.scope import require
from orgs.tree import outline, overview, selection
from orgs.tree.forms import OrganisationFilter


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The tree, or with any filter set the list; ``?open=`` opens a branch."""
    form = OrganisationFilter(request.GET)
    if form.wanted or request.GET.get("view") == "list":
        return _list(request, form)
    opened = None
    if requested.key(request.GET.get("open")):
        opened = requested.row(Organisation.objects.visible_to(request.actor), request.GET["open"])
    if opened and request.htmx:
        start = requested.number(request.GET.get("from")) or 0
        level = outline.level(request.actor, opened, start)
        return render(request, "orgs/tree/list.html#nodes", {"level": level})
    context: dict[str, Any] = {"level": outline.tree(request.actor, opened), "form": form, "mode": "tree"}
    return render(request, "orgs/tree/list.html", {**context, **overview.counts(request.actor)})


def _list(request: doors.BusinessRequest, form: OrganisationFilter) -> HttpResponse:
    rows = selection.organisations(request.actor, form.wanted)
    shown = page_of(request, rows.select_related("township", "parent").in_order())
    overview.add_ratings(shown.object_list, request.actor.on.year)
    below = Organisation.objects.visible_to(request.actor).filter(pk=form.wanted.get("below", 0)).first()
    lacking = dict(Duty.choices).get(form.wanted.get("without", ""))
    context = {"page": shown, "form": form, "below": below, "lacking": lacking, "mode": "list"}
    return render(request, "orgs/tree/list.html", {**context, **overview.counts(request.actor)})


def suggest(request: HttpRequest) -> HttpResponse:
    """What the find box offers: options for the picker, or a page of results without scripts."""
    actor: Actor | None = getattr(request, "actor", None)
    require(permissions.may_find(actor))
    text, wanted = request.GET.get("q", ""), request.GET.get("kinds", "")
    rows = Organisation.objects.visible_to(actor)
    if request.GET.get("reach") == "departments":
        rows = search.departments(actor)
    kinds = [kind for kind in wanted.split(",") if kind in Kind.values]
    found = search.find(text, rows, on=actor.on if actor else clock.today(), kinds=kinds)
    template = "orgs/tree/find.html"
    if request.GET.get("part") == "options":
        template += "#options"
    return render(request, template, {"found": found, "text": text})


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Everything about one organisation."""
    rows = Organisation.objects.visible_to(request.actor).select_related("parent", "township", "merged_into")
    organisation = get_object_or_404(rows, pk=pk)
    return render(request, "orgs/tree/page.html", overview.of(request, organisation))
