"""Doors of the county office: who was told what, when, through which channel, what failed, and another try."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgs.actor import Actor
from orgs.pages import doors, paging, requested
from orgs.scope import require
from reminders import actions, outbox, sweeping
from reminders.models import Delivery, Message, RefusedAddress, Run
from reminders.permissions import may_see_deliveries
from reminders.rules.kinds import Kind

RUNS_SHOWN = 5
SHOWN = (Delivery.State.FAILED, Delivery.State.SUSPENDED, Delivery.State.QUEUED, Delivery.State.SENT)


def _chosen(request: doors.BusinessRequest) -> QuerySet[Message]:
    """The messages the filter asks for."""
    rows = Message.objects.visible_to(request.actor).select_related("person", "organisation")
    day = requested.day(request.GET.get("day"))
    if day:
        rows = rows.filter(day=day)
    if request.GET.get("kind") in Kind.values:
        rows = rows.filter(kind=request.GET["kind"])
    if request.GET.get("state") in Delivery.State.values:
        rows = rows.filter(deliveries__state=request.GET["state"]).distinct()
    wanted = request.GET.get("q", "").strip()
    if wanted:
        rows = rows.filter(Q(person__name__icontains=wanted) | Q(organisation__name__icontains=wanted))
    return rows.order_by("-created_at", "-pk")


def _refused(actor: Actor) -> QuerySet[RefusedAddress]:
    """The refused addresses that a message the actor may see was sent to: another county's are its own affair."""
    sent = Delivery.objects.filter(message__in=Message.objects.visible_to(actor))
    there = sent.filter(channel=OuterRef("channel"), address=OuterRef("address"))
    return RefusedAddress.objects.filter(Exists(there))


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The messages with their deliveries, what failed first to see, and how the last run went."""
    require(may_see_deliveries(request.actor))
    rows = _chosen(request)
    failed = Delivery.objects.filter(message__in=Message.objects.visible_to(request.actor))
    runs = list(Run.objects.visible_to(request.actor).order_by("-day")[:RUNS_SHOWN])
    context = {
        "page": paging.page_of(request, rows.prefetch_related("deliveries")),
        "kinds": Kind.choices,
        "states": [(state.value, state.label) for state in SHOWN],
        "runs": runs,
        "robots": Delivery.objects.filter(run__in=runs, state=Delivery.State.FAILED).select_related("run"),
        "failed": failed.order_by().aggregate(
            failed=Count("pk", filter=Q(state=Delivery.State.FAILED)),
            waiting=Count("pk", filter=Q(state=Delivery.State.QUEUED)),
        ),
        "refused": _refused(request.actor).filter(refusals__gte=outbox.REFUSALS).order_by("-refused_at"),
        "health": sweeping.health(),
    }
    return render(request, "reminders/delivery_list.html", context)


@require_POST
@doors.business
def resend(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Try a failed delivery again."""
    require(may_see_deliveries(request.actor))
    mine = Delivery.objects.filter(message__in=Message.objects.visible_to(request.actor))
    delivery = get_object_or_404(mine.select_related("message"), pk=pk)
    if actions.resend(delivery, by=request.actor):
        messages.success(request, _("It is queued again and goes out within five minutes on workdays from 08:30."))
    else:
        messages.info(request, _("It is on its way or was sent already."))
    return redirect("deliveries")


@require_POST
@doors.business
def clear(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Use a refused address again."""
    require(may_see_deliveries(request.actor))
    address = get_object_or_404(_refused(request.actor), pk=pk)
    actions.clear_address(address, by=request.actor)
    messages.success(request, _("%(address)s is used again from the next message on.") % {"address": address})
    return redirect("deliveries")


@require_POST
@doors.business
def release(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Let a stopped run go out."""
    require(may_see_deliveries(request.actor))
    run = get_object_or_404(Run.objects.visible_to(request.actor), pk=pk)
    if actions.release(run, by=request.actor):
        messages.success(request, _("The reminders of %(day)s go out within five minutes.") % {"day": run.day})
    else:
        messages.info(request, _("This run is not stopped."))
    return redirect("deliveries")
