"""Doors of the totals of organisations: the tables and their workbook."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.pages.paging import page_of
from orgs.pages.workbooks import download
from orgs.tree import totals
from sheets import writing


def _root(request: doors.BusinessRequest) -> Organisation | None:
    """The organisation asked for by ``?below=``, or None for everything the actor sees."""
    below = request.GET.get("below", "")
    return requested.row(Organisation.objects.visible_to(request.actor), below) if below else None


@doors.business
def page(request: doors.BusinessRequest) -> HttpResponse:
    """Counts by kind, Party form, class and township, each beside its total."""
    root = _root(request)
    lines, total, above = totals.by_township(request.actor)
    townships = [line.organisation for line in lines]
    parts = sum(line.total for line in lines)
    context = {
        "root": root,
        "townships": townships,
        "tables": totals.tables(request.actor, root),
        "page": page_of(request, lines),
        "total": total,
        "above": above,
        "parts": parts,
        "difference": total.count - parts,
    }
    return render(request, "orgs/tree/totals.html", context)


@doors.business
def export(request: doors.BusinessRequest) -> HttpResponse:
    """The tables as a workbook, a sheet each."""
    root = _root(request)
    pages: list[writing.Page] = []
    for table in totals.tables(request.actor, root):
        rows: list[list[object]] = [[part.label, part.count] for part in table.parts]
        pages.append(
            writing.Page(table.title, [table.title, _("Number")], [*rows, [table.total.label, table.total.count]])
        )
    if root is None:
        headings = [_("Township"), _("Villages"), _("Communities"), _("Two-new organisations"), _("Others"), _("Total")]
        lines, total, above = totals.by_township(request.actor)
        rows = [
            [line.organisation.name, line.villages, line.communities, line.two_new, line.others, line.total]
            for line in lines
        ]
        rows += [[above.label, None, None, None, None, above.count], [total.label, None, None, None, None, total.count]]
        pages.append(writing.Page(_("By township"), headings, rows))
    return download(pages, f"{_('organisation totals')}-{request.actor.on}.xlsx")
