"""Doors of the history: what was changed on a row, and undoing one change set."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.history import actions, reading
from orgs.pages import doors
from orgs.pages.paging import page_of
from orgs.scope import Denied
from records.models import ChangeSet
from records.undo import AlreadyUndone

STEPS = 20
ROWS = 50


@doors.business
def page(request: doors.BusinessRequest, kind: str, key: int) -> HttpResponse:
    """The history of one row the person may see."""
    actor = request.actor
    model = reading.model_of(kind)
    if model is None:
        raise Http404
    row = get_object_or_404(model._default_manager.visible_to(actor), pk=key)  # type: ignore[attr-defined]
    changes = reading.changes_of(kind, key, actor)
    shown = page_of(request, reading.sets_of(changes), size=STEPS)
    return render(
        request,
        "orgs/history/page.html",
        {"row": row, "what": model._meta.verbose_name, "page": shown, "steps": reading.steps_in(shown, changes, actor)},
    )


@doors.business
def undo(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Show what an undo would put back, and do it on POST."""
    record = get_object_or_404(ChangeSet.objects.select_related("user", "organisation", "undone_by"), pk=pk)
    visible = reading.visible_changes(record, request.actor)
    if not visible.exists():
        raise Http404
    verdict = actions.may_undo(request.actor, record)
    if request.method == "POST":
        try:
            return _done(request, record)
        except AlreadyUndone:
            verdict = Denied(_("It has been undone already."))
    shown = page_of(request, visible.order_by("id"), size=ROWS)
    words = reading.rows_in_words(list(shown), request.actor)
    return render(
        request,
        "orgs/history/undo.html",
        {
            "record": record,
            "step": reading.step_of(record, request.actor),
            "page": shown,
            "rows": [words[change.pk] for change in shown],
            "verdict": verdict,
        },
    )


def _done(request: doors.BusinessRequest, record: ChangeSet) -> HttpResponse:
    """Undo, say what was put back, and name the rows left alone."""
    undone = actions.undo_change_set(record, by=request.actor)
    said = ngettext(
        "%(count)s row was put back as it was.", "%(count)s rows were put back as they were.", undone.restored
    )
    messages.success(request, said % {"count": undone.restored})
    if not undone.kept:
        return redirect("change_undo", pk=undone.change_set.pk)
    return render(request, "orgs/history/undone.html", {"undone": undone, "record": record})
