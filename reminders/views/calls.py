"""Door of the call list: text for a chat group and an A4 list, for villages that read neither screen nor mail."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.rules import Role
from orgs.scope import require
from reminders import calling
from reminders.permissions import may_call


@doors.business
def call_list(request: doors.BusinessRequest) -> HttpResponse:
    """One township's villages with something urgent; the county office chooses the township."""
    require(may_call(request.actor))
    townships = Organisation.objects.visible_to(request.actor).operating().open_on(request.actor.on).in_order()
    if request.actor.role == Role.COUNTY_OFFICE:
        key = requested.named(request.GET, "township")
        township = get_object_or_404(townships, pk=key) if key else townships.first()
    else:
        township = request.actor.organisation
    calls = calling.calls(request.actor, township) if township else []
    context = {
        "township": township,
        "townships": townships if request.actor.role == Role.COUNTY_OFFICE else [],
        "calls": calls,
        "text": calling.text(township, calls, request.actor.on) if township else "",
    }
    return render(request, "reminders/call_list.html", context)
