"""Doors of urging and of supervision orders."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dates.days_left import days_left
from orgs.models import Organisation
from orgs.pages import doors, paging, requested
from orgs.scope import require
from supervision import permissions, units
from supervision.actions import pressing as actions
from supervision.forms.pressing import OrderForm, ReplyForm, ReturnForm, UrgeForm, order_initial
from supervision.models import SupervisionOrder, Urge
from supervision.refusals import Refused
from supervision.rules import Color, OrderState, color_for
from supervision.views.taking import taken
from tasks.lists import listing
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet

LEAVES_WORKDAYS = 5
MOST = 2000  # items one preview holds; more are narrowed first


def chosen(request: doors.BusinessRequest) -> AssignmentQuerySet:
    """The assignments owed now that the list shows under the same query string; what waits for its verifier is not."""
    return listing.rows(request.actor, listing.wanted(request.GET)).working()


@doors.business
def urge_new(request: doors.BusinessRequest) -> HttpResponse:
    """Look over whom an urging reaches, copy it for the chat group, print it as a call list, or send it."""
    actor = request.actor
    require(permissions.may_urge(actor))
    rows = chosen(request)
    form = UrgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.urge(rows, by=actor, note=form.cleaned_data["note"], shown=request.POST.get("shown", ""))
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _urged_words(done))
            return redirect("urges")
    too_many = rows.count() > MOST
    found = [] if too_many else units.units(actor, rows)
    fresh = [] if too_many else units.units(actor, actions.to_urge(rows, actor))
    when = {item.pk: days_left(item.due_on, request.actor.on) for unit in found for item in unit.items}
    head = _("%(day)s: please attend to") % {"day": actor.on}
    context = {
        "form": form,
        "units": found,
        "missing": {item.pk: units.missing(item) for unit in found for item in unit.items},
        "when": when,
        "text": units.text(head, found, when),
        "total": sum(len(unit.items) for unit in found),
        "fresh": len(fresh),
        "shown": units.token(fresh),
        "too_many": too_many,
        "query": request.GET.urlencode(),
        "day": actor.on,
    }
    return render(request, "supervision/urge_new.html", context, status=422 if form.errors else 200)


def _urged_words(done: actions.Urged) -> str:
    text = ngettext("%(count)s unit is urged.", "%(count)s units are urged.", len(done.units))
    words = text % {"count": len(done.units)}
    if done.already:
        words += " " + _("%(count)s items had been urged today already and are left out.") % {"count": done.already}
    return words


@doors.business
def urges(request: doors.BusinessRequest) -> HttpResponse:
    """The urgings, the latest first."""
    rows = Urge.objects.visible_to(request.actor).select_related("organisation", "by__user", "by__organisation")
    context = {"page": paging.page_of(request, rows.prefetch_related("items"))}
    return render(request, "supervision/urge_list.html", context)


@doors.business
def urge(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One urging with its items."""
    row = get_object_or_404(Urge.objects.visible_to(request.actor).select_related("organisation", "by__user"), pk=pk)
    items = row.items.select_related("assignment__task", "assignment__organisation")
    seen = items.filter(assignment__in=Assignment.objects.visible_to(request.actor))
    return render(request, "supervision/urge_page.html", {"urge": row, "items": seen})


@doors.business
def order_new(request: doors.BusinessRequest) -> HttpResponse:
    """Look over the orders a selection makes, one a unit, and issue them."""
    actor = request.actor
    require(permissions.may_order(actor))
    rows = actions.orderable(chosen(request))
    found = units.units(actor, rows)
    late = max((item.days_late_on(actor.on) for unit in found for item in unit.items), default=0)
    leaves = actor.calendar.after(actor.on, LEAVES_WORKDAYS)
    initial = order_initial(late, color_for(late), actor.on, leaves, units.signatory(actor))
    form = OrderForm(request.POST or None, offered=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.issue(rows, by=actor, wording=actions.Wording(**form.cleaned_data), only=form.ticked)
        except Refused as refused:
            form.refuse(refused)
        else:
            text = ngettext("%(count)s order is issued.", "%(count)s orders are issued.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect("orders")
    context = {
        "form": form,
        "units": found,
        "query": request.GET.urlencode(),
        "seen": chosen(request).count(),
        "day": actor.on,
    }
    return render(request, "supervision/order_new.html", context, status=422 if form.errors else 200)


@doors.business
def orders(request: doors.BusinessRequest) -> HttpResponse:
    """The supervision orders: number, to whom, by when, where they stand."""
    actor, asked = request.actor, request.GET
    rows = SupervisionOrder.objects.visible_to(actor).select_related("organisation")
    if asked.get("state") in OrderState.values:
        rows = rows.filter(state=asked["state"])
    if asked.get("color") in Color.values:
        rows = rows.filter(color=asked["color"])
    if township := requested.key(asked.get("township")):
        rows = rows.filter(organisation=township)
    page = paging.page_of(request, rows.prefetch_related("items"))
    for row in page:
        row.is_late = row.is_late_on(actor.on)
    context = {
        "page": page,
        "states": OrderState.choices,
        "colors": Color.choices,
        "townships": Organisation.objects.visible_to(actor).operating().in_order(),
        "may_order": permissions.may_order(actor),
    }
    return render(request, "supervision/order_list.html", context)


def _order(request: doors.BusinessRequest, pk: int) -> SupervisionOrder:
    rows = SupervisionOrder.objects.visible_to(request.actor).select_related(
        "organisation", "county", "replied_by__user"
    )
    return get_object_or_404(rows, pk=pk)


@doors.business
def order(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One order: printable, with the reply and what may be done."""
    return _show(request, _order(request, pk))


def _show(request: doors.BusinessRequest, row: SupervisionOrder, **bound: Any) -> HttpResponse:
    items = row.items.filter(assignment__in=Assignment.objects.visible_to(request.actor))
    context = {
        "order": row,
        "items": items.select_related("assignment__task", "assignment__organisation"),
        "is_late": row.is_late_on(request.actor.on),
        "reply_form": bound.get("reply") or ReplyForm(seen=row, initial={"reply": row.reply}),
        "return_form": bound.get("send_back") or ReturnForm(seen=row),
        "may_reply": permissions.may_reply(request.actor, row),
        "may_close": permissions.may_close_order(request.actor, row),
        "closes": permissions.may_order(request.actor),
        "replies": request.actor.role in permissions.TOWNSHIP | permissions.RAISERS,
    }
    return render(request, "supervision/order_page.html", context, status=422 if bound else 200)


@doors.business
def order_reply(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Reply to an order."""
    row, by = _order(request, pk), request.actor
    require(permissions.may_reply(by, row))
    form = ReplyForm(request.POST or None, seen=row)

    def attempt(sent: dict[str, Any]) -> object:
        return actions.reply(row, by=by, text=sent["reply"], expected=sent["version"])

    done = _("The reply is handed in; the county office closes the order.")
    if taken(request, form, attempt, done, stored=["reply"]) or request.method != "POST":
        return redirect(row)
    return _show(request, _order(request, pk), reply=form)


@doors.business
def order_close(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Close an order, or send its reply back with a reason."""
    row, by = _order(request, pk), request.actor
    require(permissions.may_close_order(by, row))
    form = ReturnForm(request.POST or None, seen=row)
    returns = request.POST.get("does") == "send_back"

    def attempt(sent: dict[str, Any]) -> object:
        if returns:
            return actions.send_back(row, by=by, reason=sent["reason"], expected=sent["version"])
        return actions.close(row, by=by, expected=sent["version"])

    done = _("Sent back; the reason stands first on the order.") if returns else _("The order is closed.")
    if taken(request, form, attempt, done) or request.method != "POST":
        return redirect(row)
    return _show(request, _order(request, pk), send_back=form)
