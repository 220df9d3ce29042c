"""Doors of what is done to chosen rows of a list: look at it first, then do it, at once or in the background."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.pages import doors, shown
from orgs.scope import require
from tasks.giving import deed_actions
from tasks.lists import batches
from tasks.lists.batches import Batch, Chosen
from tasks.lists.deed_forms import DeedForm
from tasks.models.assignment import AssignmentQuerySet


@doors.business
def change(request: doors.BusinessRequest, name: str) -> HttpResponse:
    """Show what would be done to the chosen rows, ask what it needs to be told, and do it."""
    batch = batches.BATCHES.get(name)
    if batch is None:
        raise Http404
    require(batch.verdict(request.actor))
    chosen = Chosen.sent(request.POST)
    if request.method != "POST" or not chosen.anything:
        if request.method == "POST":
            messages.error(request, _("Nothing was chosen. Tick rows first, or choose all as filtered."))
        return redirect(_back(request))
    rows = chosen.rows(request.actor)
    sure = request.POST.get("sure") == "yes"
    form = batch.form(request.POST if sure else None, actor=request.actor, auto_id="deed_%s")
    looked = batches.preview(form, rows, request.actor)
    if sure and form.is_valid():
        if shown.still_shown(request.POST.get("shown", ""), looked.shown):
            return _done(request, batch, chosen, form, rows)
        form.add_error(None, _("Not done yet: this is what it would do as filled in. Look it over and do it."))
    context = {
        "batch": batch,
        "form": form,
        "chosen": chosen,
        "preview": looked,
        "seen": deed_actions.latest_shown(),
        "back": _back(request),
        "filter": request.POST.get("filter", ""),
        "many": batches.MANY,
    }
    return render(request, "tasks/lists/change.html", context, status=422 if form.errors else 200)


def _back(request: doors.BusinessRequest) -> str:
    """The list as it was filtered."""
    wanted = request.POST.get("filter", "")
    return f"{reverse('rows')}?{wanted}" if wanted else reverse("rows")


def _done(
    request: doors.BusinessRequest, batch: Batch, chosen: Chosen, form: DeedForm, rows: AssignmentQuerySet
) -> HttpResponse:
    """Do it, or begin it in the background when the rows are many; then to where it can be undone."""
    seen = deed_actions.latest_sent(request.POST.get("seen", ""))
    total = rows.count()
    if total > batches.MANY:
        return redirect(batches.start(batch, chosen, request.POST, total, seen, by=request.actor))
    done = deed_actions.do(form.deed(), rows, by=request.actor, seen=seen)
    (messages.warning if done.left else messages.success)(request, batches.in_words(done))
    return redirect(batches.url_of(done) if done.change_set else _back(request))
