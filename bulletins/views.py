"""Doors of the home board."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulletins.board import ROW_KINDS, Asked, Board
from bulletins.cards import cards
from dates import clock, periods
from orgs.pages import doors, requested
from orgs.pages.paging import page_of
from orgs.pages.workbooks import attachment
from sheets import writing
from tasks.lists import listing
from tasks.models import Programme, Theme

SIZES = (10, 25)


def _board(request: doors.BusinessRequest) -> Board:
    """The board the query string asks for; a period or key that makes no sense is the default one."""
    default = periods.month(request.actor.on)
    period = listing.period_of(request.GET.get("period", ""), default) or default
    keys = {name: requested.key(request.GET.get(name)) for name in ("programme", "theme")}
    rows = request.GET.get("rows", "")
    return Board(request.actor, Asked(period, keys["programme"], keys["theme"], rows if rows in ROW_KINDS else "all"))


@doors.business
def board(request: doors.BusinessRequest) -> HttpResponse:
    """Where it is red, who, since when: the cards, the matrix, the countdown and the trend."""
    shown = _board(request)
    size = 25 if request.GET.get("size") == "25" else SIZES[0]
    context = {
        "board": shown,
        "cards": cards(shown),
        "page": page_of(request, shown.rows, size=size),
        "size": size,
        "periods": _periods(request, shown),
        "programmes": Programme.objects.visible_to(request.actor),
        "themes": Theme.objects.visible_to(request.actor),
        "chart": _chart(shown),
        "time": f"{clock.now():%H:%M}",
    }
    return render(request, "bulletins/board_page.html", context)


def _periods(request: doors.BusinessRequest, shown: Board) -> list[dict[str, Any]]:
    """The period switch."""
    on = request.actor.on
    choices = [
        (_("This week"), periods.week(on)),
        (_("This month"), periods.month(on)),
        (_("This quarter"), periods.quarter(on)),
        (_("This year"), periods.year(on)),
    ]
    return [{"label": label, "key": p.key, "active": p == shown.asked.period} for label, p in choices]


def _chart(shown: Board) -> dict[str, Any]:
    """What the trend's script draws."""
    return {
        "weeks": [
            _("wk %(number)s") % {"number": week.start.isocalendar().week} for week, _issued, _closed in shown.trend
        ],
        "issued": [issued for _week, issued, _closed in shown.trend],
        "closed": [closed for _week, _issued, closed in shown.trend],
        "issued_label": _("issued so far"),
        "closed_label": _("closed so far"),
    }


@doors.business
def export(request: doors.BusinessRequest) -> HttpResponse:
    """The whole matrix as a workbook."""
    shown = _board(request)
    headings = [_("organisation"), *(str(theme) for theme in shown.themes), _("overdue"), _("assignments"), _("closed")]
    lines = [
        [
            row.label,
            *(f"{cell.figure} {cell.remark}".strip() for cell in row.cells),
            row.sums["overdue"],
            row.sums.total,
            row.sums["done"],
        ]
        for row in shown.rows
    ]
    notes = [
        _("%(organisation)s, as of %(day)s") % {"organisation": request.actor.organisation, "day": request.actor.on},
        _("period %(key)s") % {"key": shown.asked.period.key},
    ]
    content = writing.workbook([writing.Page(_("Board"), headings, lines, notes)])
    return attachment(content, f"{_('Board')}-{request.actor.on}.xlsx")
