"""Doors that take back a save of the grid, or do it again: the answer is every row of it as the database holds it."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgs.history.actions import may_undo, undo_change_set
from orgs.pages import doors
from orgs.scope import reason_of, require
from records.models import ChangeSet
from records.undo import UNDO, AlreadyUndone, Undone
from tasks.grid import permissions, sheet, stepping, typed
from tasks.grid.actions import Saved
from tasks.grid.views import place_of


@require_POST
@doors.business
def undo(request: doors.BusinessRequest, pk: int, record_pk: int) -> JsonResponse:
    """Undo one save that wrote a row, as the history would."""
    organisation = place_of(request, pk)
    require(permissions.fills_grid(request.actor))
    sets = ChangeSet.objects.filter(changes__organisation=organisation, verb__startswith="tasks.").distinct()
    return _taken(request, get_object_or_404(sets, pk=record_pk))


@require_POST
@doors.business
def back(request: doors.BusinessRequest) -> JsonResponse:
    """Take back the person's own last save of today (``set`` names another of them), or with ``again=1`` redo it."""
    require(permissions.fills_grid(request.actor))
    again = request.POST.get("again") == "1"
    named = request.POST.get("set", "")
    record = stepping.named(request.actor, named) if named else stepping.last(request.actor, again=again)
    if record is None:
        return _only(_("There is nothing more to do again.") if again else _("There is nothing more of today to undo."))
    rows = stepping.rows_of(record, request.actor)
    tasks, places = (typed.keys_in(request.POST.get(name, "")) for name in ("tasks", "places"))
    if not stepping.is_on_screen(rows, set(tasks), set(places)):
        return _only(_("Your last save is not all on this page; show all villages and its columns to undo it."))
    return _taken(request, record)


def _taken(request: doors.BusinessRequest, record: ChangeSet) -> JsonResponse:
    """Undo it, and answer with all its rows as they stand then, also when it cannot be undone or was already."""
    rows = stepping.rows_of(record, request.actor)
    verdict = may_undo(request.actor, record)
    try:
        said = _in_words(record, undo_change_set(record, by=request.actor)) if verdict else reason_of(verdict)
    except AlreadyUndone:
        said = _("It has been undone already.")
    tasks = typed.keys_in(request.POST.get("tasks", "")) or list({row.task_id for row in rows})
    shown = sheet.build(request.actor, tasks=tasks, organisations=list({row.organisation_id for row in rows}))
    answers = {
        str(line.organisation.pk): {**typed.answer(request, Saved(), line, line.organisation), "said": said}
        for line in shown.lines
    }
    return JsonResponse({"said": said, "rows": answers})


def _in_words(record: ChangeSet, undone: Undone) -> str:
    if undone.kept:
        return _("What was changed since stays: %(names)s") % {"names": "、".join(name for _k, name in undone.kept)}
    return _("It is done again.") if record.verb.endswith(UNDO) else _("The last save is undone.")


def _only(said: str) -> JsonResponse:
    return JsonResponse({"said": said, "rows": {}})
