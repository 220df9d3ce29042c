"""Doors of a ledger's rows: the list, its workbook, whose row is missing, and seeing personal data."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ledgers import blanks, exports, listing, personal, standing
from ledgers.boards import generic
from ledgers.forms.entries import ReasonForm
from ledgers.models import Entry
from ledgers.permissions import may_edit_kinds, may_import, may_write_any
from ledgers.rules.kinds import KindRule
from ledgers.views.finding import kind_at
from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.pages.paging import page_of
from orgs.pages.workbooks import attachment, download
from sheets import writing


@doors.business
def index(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """The rows as filtered, fifty a page."""
    kind = kind_at(request, key)
    asked = listing.wanted(kind, request.GET, request.actor)
    rows = listing.rows(request.actor, kind, asked)
    page = page_of(request, rows)
    shown = listing.columns(kind, asked)
    is_open = personal.is_open(request, kind)
    context = {
        "kind": kind,
        "asked": asked,
        "page": page,
        "lines": listing.lines(kind, list(page), shown, is_open=is_open),
        "headings": listing.headings(kind, asked, shown),
        "with_period": asked.period == listing.ALL and kind.period,
        "board": generic.key_of(kind),
        "hidden": len(kind.columns) - len(shown),
        "is_open": is_open,
        "reason": ReasonForm(),
        "may_write": may_write_any(request.actor, kind),
        "may_import": may_import(request.actor, kind),
        "may_edit_kinds": may_edit_kinds(request.actor),
        **_filters(request, kind, asked),
    }
    return render(request, "ledgers/entry_list.html", context)


def _filters(request: doors.BusinessRequest, kind: KindRule, asked: listing.Wanted) -> dict[str, Any]:
    """What the filter offers, and what is missing from the list as it is filtered."""
    actor = request.actor
    periods: list[str] = []
    if kind.period:
        held = Entry.objects.visible_to(actor).of(kind.key).order_by("-period")
        periods = list(held.values_list("period", flat=True).distinct())
        for key in (kind.due_period(actor.on), kind.period_key(actor.on)):
            if key not in periods:
                periods.append(key)
    found: dict[str, Any] = {
        "periods": sorted(periods, reverse=True),
        "townships": Organisation.objects.visible_to(actor).operating().in_order(),
    }
    if asked.organisation:
        found["organisation"] = Organisation.objects.visible_to(actor).filter(pk=asked.organisation).first()
    if kind.everyone and asked.period != listing.ALL and not asked.organisation:
        found["missing"] = _missing(request, kind, asked.period, asked.township).count()
    return found


@doors.business
def export(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """The same rows in the same order with all columns, as a workbook."""
    kind = kind_at(request, key)
    asked = listing.wanted(kind, request.GET, request.actor)
    rows = listing.rows(request.actor, kind, asked)
    total = rows.count()
    notes = [
        _("%(organisation)s, as of %(day)s") % {"organisation": request.actor.organisation, "day": request.actor.on},
        ngettext("%(count)s row", "%(count)s rows", total) % {"count": total},
    ]
    page = exports.page(kind, rows, notes, is_open=personal.is_open(request, kind))
    return download([page], f"{kind.label}-{asked.period or request.actor.on}.xlsx")


def _missing(request: doors.BusinessRequest, kind: KindRule, period: str, township: int | None) -> Any:
    rows = standing.missing(request.actor, kind, period).select_related("township").in_order()
    return rows.filter(township=township) if township else rows


@doors.business
def missing(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """The organisations that owe a row of the period and have none."""
    kind = kind_at(request, key)
    asked = listing.wanted(kind, request.GET, request.actor)
    rows = _missing(request, kind, asked.period, asked.township)
    if request.GET.get("as") == "xlsx":
        lines = ([str(row.township or ""), row.name, row.code] for row in rows)
        sheet = writing.Page(
            _("missing"), [_("township"), _("organisation"), _("code")], lines, [kind.label, asked.period]
        )
        return download([sheet], f"{kind.label}-{_('missing')}-{asked.period or request.actor.on}.xlsx")
    context = {
        "kind": kind,
        "asked": asked,
        "page": page_of(request, rows),
        "may_write": may_write_any(request.actor, kind),
    }
    return render(request, "ledgers/missing_list.html", context)


@doors.business
def blank(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """A workbook to fill in, with the actor's organisations and what is known of them."""
    kind = kind_at(request, key)
    period = request.GET.get("period", "")
    period = period if kind.accepts_period(period) else kind.due_period(request.actor.on)
    filled = blanks.lines(kind, request.actor, period)
    content = blanks.workbook(kind, filled, actor=request.actor, period=period)
    return attachment(content, blanks.name(kind, request.actor, period))


@require_POST
@doors.business
def reveal(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Show personal data for a while, with the reason in the event log."""
    kind = kind_at(request, key)
    form = ReasonForm(request.POST)
    back = requested.onward(request, request.POST.get("next", ""), reverse("ledger", args=[key]))
    if form.is_valid():
        personal.reveal(request, kind, form.cleaned_data["reason"])
        return HttpResponseRedirect(back)
    return render(request, "ledgers/reveal_form.html", {"kind": kind, "form": form, "next": back}, status=422)
