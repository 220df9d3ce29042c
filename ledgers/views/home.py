"""The first page of ledgers: which there are, which are missing or stale, and the first step."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ledgers import kinds, standing
from ledgers.permissions import may_edit_kinds, may_fill_tables, may_import, may_write_any
from ledgers.standing import Standing
from orgs import doors
from orgs.models import Organisation
from orgs.rules import OPERATING, Kind
from orgs.workbooks import download
from sheets import writing


def _rows(request: doors.BusinessRequest) -> tuple[list[Any], list[tuple[Organisation, list[Standing]]]]:
    """The ledgers in use, and how they stand in each township the actor sees."""
    found = kinds.in_use(request.actor)
    stand = standing.by_township(request.actor, found)
    units = Organisation.objects.visible_to(request.actor).filter(pk__in=stand).in_order()
    return found, [(unit, stand[unit.pk]) for unit in units]


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The ledgers, with the townships' standing as a matrix for those who see several."""
    found, rows = _rows(request)
    several = request.actor.organisation.kind in {Kind.CITY, Kind.COUNTY}
    cards = [
        {
            "kind": kind,
            "period": kind.due_period(request.actor.on),
            "owed": sum(stand[place].owed for _unit, stand in rows),
            "rows": sum(stand[place].rows for _unit, stand in rows),
            "missing": sum(stand[place].missing for _unit, stand in rows),
            "stale": sum(stand[place].stale for _unit, stand in rows),
            "newest": max((newest for _unit, s in rows if (newest := s[place].newest)), default=None),
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


def _telling(rows: list[tuple[Organisation, list[Standing]]]) -> set[str]:
    """The ledgers of which any township has or owes something: the others would be blank columns."""
    return {stand.kind.key for _unit, stands in rows for stand in stands if stand.rows or stand.owed}


def _told(rows: list[tuple[Organisation, list[Standing]]]) -> list[tuple[Organisation, list[Standing]]]:
    telling = _telling(rows)
    return [(unit, [stand for stand in stands if stand.kind.key in telling]) for unit, stands in rows]


@doors.business
def export(request: doors.BusinessRequest) -> HttpResponse:
    """The matrix of what is missing or stale as a workbook."""
    found, rows = _rows(request)
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
