"""Doors of the verification queue: close-out requests that wait for this post."""

from django.contrib import messages
from django.db.models import Case, F, IntegerField, Min, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Organisation
from orgs.pages import doors, paging, requested
from orgs.scope import require
from records.models import version_seen
from tasks import permissions, verifiers
from tasks.closing import actions as closing
from tasks.models import Assignment, Task
from tasks.refusals import StepRefused
from tasks.rules import status as rules


@doors.business
def queue(request: doors.BusinessRequest) -> HttpResponse:
    """What waits for this post, tasks it keeps first, then the longest wait; ``all`` shows what others verify too."""
    actor = request.actor
    require(permissions.may_verify_at_all(actor))
    reach = verifiers.within_reach(actor)
    whole = request.GET.get("all") == "1"
    everything = reach if whole else verifiers.by_default(actor)
    rows = everything
    for name, lookup in [("township", "organisation__township"), ("task", "task")]:
        if key := requested.key(request.GET.get(name)):
            rows = rows.filter(**{lookup: key})
    kept = Case(When(task__keeper=actor.post, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = rows.annotate(kept=kept).order_by("kept", "requested_on", "pk")
    rows = rows.select_related("task__theme__programme__organisation", "organisation__township", "requested_by__user")
    page = paging.page_of(request, rows)
    for row in page:
        row.wait = rules.days_waiting(row.requested_on, row.closed_on, actor.on)
        row.late = row.days_late_on(actor.on)
        row.own = verifiers.asked_oneself(actor, row)
    context = {
        "page": page,
        "oldest": everything.aggregate(oldest=Min("requested_on"))["oldest"],
        "total": everything.count(),
        "whole": whole,
        "decides": permissions.may_decide(actor),
        "more": reach.count() - everything.count(),
        "asked_oneself": reach.filter(requested_by__user=actor.user_id).count(),
        "tasks": Task.objects.visible_to(actor).filter(assignments__in=everything).distinct().order_by("title"),
        "townships": Organisation.objects.visible_to(actor)
        .filter(operated__assignments__in=everything)
        .distinct()
        .order_by("path"),
    }
    return render(request, "tasks/closing/queue.html", context)


@doors.business
def close_selected(request: doors.BusinessRequest) -> HttpResponse:
    """Close the chosen requests in one change set, after showing once more which they are."""
    actor = request.actor
    require(permissions.may_verify_at_all(actor))
    chosen = _chosen(request)
    if request.method != "POST" or not chosen:
        if request.method == "POST":
            messages.error(request, _("Nothing was chosen. Tick the requests to close first."))
        return redirect("verification")
    rows = Assignment.objects.visible_to(actor).filter(pk__in=chosen)
    rows = rows.select_related("task__theme__programme__organisation", "organisation", "requested_by__user")
    rows = rows.order_by("task", F("requested_on"))
    if request.POST.get("sure") != "yes":
        return render(request, "tasks/closing/confirm.html", {"rows": rows, "chosen": chosen})
    try:
        expected = {row.pk: version_seen(row, chosen[row.pk]) for row in rows}
        done = closing.close_all(rows.select_for_update(of=("self",)), by=actor, expected=expected)
    except StepRefused as refused:
        context = {"rows": rows, "chosen": chosen, "refused": str(refused)}
        return render(request, "tasks/closing/confirm.html", context, status=422)
    text = ngettext("%(count)s assignment is closed.", "%(count)s assignments are closed.", done.closed)
    messages.success(request, text % {"count": done.closed})
    if done.left:
        named = "、".join(str(row.organisation) for row in done.left)
        text = _("Left as they are, because somebody changed them meanwhile: %(names)s. Look at them once more.")
        messages.warning(request, text % {"names": named})
    return redirect("verification")


def _chosen(request: doors.BusinessRequest) -> dict[int, str]:
    """The versions seen by key, as the page carries them, of the rows ticked; anything else is left out."""
    pairs = [value.partition(":")[::2] for value in request.POST.getlist("chosen")]
    read = [(requested.key(key), seen) for key, seen in pairs]
    return {key: seen for key, seen in read if key is not None}
