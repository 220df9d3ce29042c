"""The first page of ledgers: which there are, which are missing or stale, and the first step."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ledgers import kinds, standing
from ledgers.permissions import may_edit_kinds, may_fill_tables, may_import, may_write_any
from ledgers.standing import Standing
from orgs.models import Organisation
from orgs.pages import doors
from orgs.pages.workbooks import download
from orgs.rules import ABOVE, OPERATING
from sheets import writing

Rows = list[tuple[Organisation, list[Standing]]]


def _rows(request: doors.BusinessRequest, found: list[Any], stand: dict[int, list[Standing]]) -> Rows:
    """How the ledgers stand in each township the actor sees as a whole."""
    units = Organisation.objects.visible_to(request.actor).filter(pk__in=stand).in_order()
    return [(unit, stand[unit.pk]) for unit in units]


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The ledgers, with the townships' standing as a matrix for those who see several."""
    found = kinds.in_use(request.actor)
    stand = standing.by_township(request.actor, found)
    rows = _rows(request, found, stand)
    several = request.actor.organisation.kind in ABOVE
    cards = [
        {
            "kind": kind,
            "period": kind.due_period(request.actor.on),
            # also where somebody sees part of a township only: a village its own rows
            "owed": sum(each[place].owed for each in stand.values()),
            "rows": sum(each[place].rows for each in stand.values()),
            "missing": sum(each[place].missing for each in stand.values()),
            "stale": sum(each[place].stale for each in stand.values()),
            "newest": max((newest for each in stand.values() if (newest := each[place].newest)), default=None),
            "may_write": may_write_any(request.actor, kind),
            "may_import": may_import(request.actor, kind),
        }
        for place, kind in enumerate(found)
    ]
    context = {
        "cards": cards,
        "rows": _told(rows) if several else [],
        "kinds": [kind for kind in found if kind.key in _telling(rows)],
        "may_edit_kinds": may_edit_kinds(request.actor),
        "may_fill_tables": may_fill_tables(request.actor),
        "in_township": request.actor.organisation.kind in OPERATING,
    }
    return render(request, "ledgers/home_page.html", context)


def _telling(rows: Rows) -> set[str]:
    """The ledgers of which any township has or owes something: the others would be blank columns."""
    return {stand.kind.key for _unit, stands in rows for stand in stands if stand.rows or stand.owed}


def _told(rows: Rows) -> Rows:
    telling = _telling(rows)
    return [(unit, [stand for stand in stands if stand.kind.key in telling]) for unit, stands in rows]


@doors.business
def export(request: doors.BusinessRequest) -> HttpResponse:
    """The matrix of what is missing or stale as a workbook."""
    found = kinds.in_use(request.actor)
    rows = _rows(request, found, standing.by_township(request.actor, found))
    headings = [_("township"), *(kind.label for kind in found)]
    lines = [[str(unit), *(words(stand) for stand in stands)] for unit, stands in rows]
    seen = {"organisation": request.actor.organisation, "day": request.actor.on}
    notes = [_("%(organisation)s, as of %(day)s") % seen]
    page = writing.Page(_("Standing of ledgers"), headings, lines, notes)
    return download([page], f"{_('Standing of ledgers')}-{request.actor.on}.xlsx")


def words(stand: Standing) -> str:
    """A ledger's standing in one township in words."""
    if stand.missing:
        return _("%(missing)s of %(owed)s missing") % {"missing": stand.missing, "owed": stand.owed}
    if stand.stale:
        return _("%(stale)s stale") % {"stale": stand.stale}
    return _("%(rows)s rows") % {"rows": stand.rows} if stand.rows else ""
