"""Doors of the list behind every figure, and of its workbook."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Organisation
from orgs.pages import doors
from orgs.pages.paging import page_of
from orgs.pages.workbooks import attachment
from tasks import looks, panels
from tasks.board import figures
from tasks.lists import batches, exports, listing
from tasks.models import Programme, Task, Theme
from tasks.rules.status import Light, Status


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The assignments as filtered, fifty a page."""
    asked = listing.wanted(request.GET)
    rows = listing.rows(request.actor, asked)
    page = page_of(request, rows)
    looks.put_on(page, request.actor)
    context = {
        "page": page,
        "asked": asked,
        "headings": listing.headings(asked.sort),
        "chips": _chips(request, asked),
        "batches": batches.of(request.actor),
        "filter": request.GET.urlencode(),
        "themes": Theme.objects.visible_to(request.actor),
        "townships": Organisation.objects.visible_to(request.actor).operating().in_order(),
        "statuses": Status.choices,
        "lights": Light.choices,
        "doors": panels.doors(request.actor),
    }
    return render(request, "tasks/lists/list.html", context)


def _chips(request: doors.BusinessRequest, asked: listing.Wanted) -> list[dict[str, Any]]:
    """What narrows the list besides the form's own fields: each can be taken away."""
    chips = []
    if asked.figure != "all":
        chips.append({"name": "figure", "label": figures.label_of(asked.figure, request.actor)})
    if asked.period.key:
        chips.append({"name": "period", "label": _("period %(key)s") % {"key": asked.period.key}})
    if asked.stage:
        chips.append({"name": "stage", "label": _("not done: %(name)s") % {"name": asked.stage}})
    named = {"task": Task, "organisation": Organisation, "programme": Programme}
    for name, model in named.items():
        if key := asked.keys.get(name):
            found = model.objects.visible_to(request.actor).filter(pk=key).first()  # type: ignore[attr-defined]
            chips.append({"name": name, "label": found or "—"})
    return [chip | {"value": request.GET.get(str(chip["name"]))} for chip in chips]


@doors.business
def export(request: doors.BusinessRequest) -> HttpResponse:
    """The same rows in the same order, as a workbook."""
    asked = listing.wanted(request.GET)
    rows = listing.rows(request.actor, asked)
    total = rows.count()
    notes = [
        _("%(organisation)s, as of %(day)s") % {"organisation": request.actor.organisation, "day": request.actor.on},
        ngettext("%(count)s row", "%(count)s rows", total) % {"count": total}
        + "".join(f" · {chip['label']}" for chip in _chips(request, asked)),
    ]
    content = exports.workbook(rows, on=request.actor.on, notes=notes)
    return attachment(content, f"{_('Assignments')}-{request.actor.on}.xlsx")
