"""Doors of dates: the queue of extensions asked for, and deciding."""

from django.contrib import messages
from django.db.models import Case, IntegerField, Min, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgs.models import Organisation
from orgs.pages import doors, paging, requested
from orgs.scope import require
from tasks import looks, permissions
from tasks.due_dates import extension_actions, reach
from tasks.due_dates.extension_actions import Decision
from tasks.due_dates.forms import DecisionForm
from tasks.giving import deed_actions
from tasks.models import DueDateRevision
from tasks.refusals import StepRefused

NAMES_SHOWN = 5


@doors.business
def queue(request: doors.BusinessRequest) -> HttpResponse:
    """The extensions that wait for this post: tasks it keeps first, then the longest wait."""
    require(permissions.may_decide(request.actor))
    return _show(request)


def _show(request: doors.BusinessRequest, bound: DecisionForm | None = None) -> HttpResponse:
    everything = reach.to_decide(request.actor)
    page = paging.page_of(request, _ordered(_narrowed(everything, request), request))
    looks.put_on([row.assignment for row in page], request.actor)
    for row in page:
        row.longer = (row.wanted_on - row.old_due_on).days
    context = {
        "page": page,
        "total": everything.count(),
        "oldest": everything.aggregate(oldest=Min("asked_at"))["oldest"],
        "townships": Organisation.objects.visible_to(request.actor)
        .filter(operated__assignments__revisions__in=everything)
        .distinct()
        .order_by("path"),
        "seen": deed_actions.latest_shown(),
        "bound": bound,
        "failed": request.POST.getlist("chosen") if bound else [],
        "together": bound is not None and request.POST.get("together") == "yes",
    }
    return render(request, "tasks/due_dates/queue.html", context, status=422 if bound else 200)


def _narrowed(rows: QuerySet[DueDateRevision], request: doors.BusinessRequest) -> QuerySet[DueDateRevision]:
    township = requested.key(request.GET.get("township"))
    return rows.filter(assignment__organisation__township=township) if township else rows


def _ordered(rows: QuerySet[DueDateRevision], request: doors.BusinessRequest) -> QuerySet[DueDateRevision]:
    kept = Case(
        When(assignment__task__keeper=request.actor.post, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    people = rows.select_related("asked_by__user", "asked_by__organisation", "assignment__organisation__township")
    return people.select_related("assignment__task__theme").annotate(kept=kept).order_by("kept", "asked_at", "pk")


@require_POST
@doors.business
def decide(request: doors.BusinessRequest) -> HttpResponse:
    """Grant or refuse one or several in one change set."""
    actor = request.actor
    require(permissions.may_decide(actor))
    keys = requested.keys(request.POST.getlist("chosen"))
    form = DecisionForm(request.POST)
    if not keys:
        form.add_error(None, _("Nothing was chosen. Tick the requests to decide on first."))
    if not form.is_valid():
        return _show(request, form)
    sent = form.cleaned_data
    decision = Decision(sent["decision"] == "grant", sent["words"], sent["new_due_on"], sent["shift"])
    asked = DueDateRevision.objects.visible_to(actor).filter(pk__in=keys).select_for_update(of=("self",))
    asked = asked.select_related("assignment__task__theme__programme__organisation", "assignment__organisation")
    try:
        done = extension_actions.decide(
            asked, decision, by=actor, seen=deed_actions.latest_sent(request.POST.get("seen", ""))
        )
    except StepRefused as refused:
        form.add_error(refused.field or None, str(refused))
        return _show(request, form)
    _say(request, decision, done)
    return redirect("extensions")


def _say(request: doors.BusinessRequest, decision: Decision, done: extension_actions.Decided) -> None:
    if done.count:
        granted = ngettext("%(count)s extension is granted.", "%(count)s extensions are granted.", done.count)
        refused = ngettext("%(count)s extension is refused.", "%(count)s extensions are refused.", done.count)
        messages.success(request, (granted if decision.granted else refused) % {"count": done.count})
    for asked, reason in done.left[:NAMES_SHOWN]:
        words = {"name": asked.assignment.organisation, "reason": reason}
        messages.warning(request, _("Left as it is: %(name)s. %(reason)s") % words)
