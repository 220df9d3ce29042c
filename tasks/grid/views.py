"""Doors of the grid: the sheet itself, one row or several saved, and what stands as last week."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dates import periods
from orgs.history import reading as history_reading
from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.scope import require
from tasks.grid import actions, permissions, sheet, typed, unmoved_actions
from tasks.grid.actions import RowTyped, Saved
from tasks.grid.sheet import Sheet
from tasks.models import GridShare
from tasks.refusals import StepRefused
from tasks.rules.status import Learned

MINE = "grid_mine"  # the cookie that remembers whose villages are shown
SCRIPTS = [f"js/grid/{name}.js" for name in ("cells", "saving", "unsent", "undoing", "keys", "pasting", "cards")]
A_YEAR = 365 * 24 * 3600


def shows_mine(request: doors.BusinessRequest) -> bool:
    """Whether only the person's own villages are shown, as asked now or remembered."""
    asked = request.GET.get("whose") or request.COOKIES.get(MINE, "")
    return asked == "mine"


def columns_of(request: doors.BusinessRequest) -> list[int]:
    """The tasks chosen as columns, or else this week's."""
    chosen = [key for text in request.GET.getlist("task") if (key := requested.key(text))]
    return chosen or sheet.week_tasks(request.actor, periods.week(request.actor.on))


@doors.business
def page(request: doors.BusinessRequest) -> HttpResponse:
    """The whole sheet; ``whose=mine`` keeps one's own villages, ``missing=1`` those that lack something."""
    actor = request.actor
    require(permissions.sees_grid(actor))
    mine = shows_mine(request)
    columns = columns_of(request)
    shown = sheet.build(actor, tasks=columns, mine=mine)
    if request.GET.get("missing") == "1":
        shown.lines = [line for line in shown.lines if line.missing]
    response = render(request, "tasks/grid/page.html", _context(request, shown, columns, mine=mine))
    if request.GET.get("whose") in {"mine", "all"}:
        response.set_cookie(
            MINE, request.GET["whose"], A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def _context(request: doors.BusinessRequest, shown: Sheet, columns: list[int], *, mine: bool) -> dict[str, Any]:
    actor = request.actor
    return {
        "sheet": shown,
        "number": shown.week.start.isocalendar().week,
        "keys": ",".join(str(key) for key in columns),
        "chosen": columns,
        "choices": sheet.running(actor),
        "mine": mine,
        "shared": GridShare.objects.visible_to(actor).filter(post=actor.post).exists(),
        "missing_only": request.GET.get("missing") == "1",
        "learned": Learned.choices,
        "fills": permissions.fills_grid(actor),
        "scripts": SCRIPTS,
    }


def place_of(request: doors.BusinessRequest, pk: int) -> Organisation:
    """An organisation the person sees."""
    found: Organisation = get_object_or_404(Organisation.objects.visible_to(request.actor), pk=pk)
    return found


@require_POST
@doors.business
def row(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Save one row; a page with scripts is answered in JSON, one without comes back to the grid."""
    organisation = place_of(request, pk)
    require(permissions.fills_grid(request.actor))
    sent = typed.read(request.POST.dict())
    try:
        saved = actions.report_rows({organisation.pk: _row_typed(sent)}, by=request.actor)
    except StepRefused as refused:
        unkept = {organisation.pk: str(refused)} if sent.note else {}
        saved = Saved(refused=dict.fromkeys(sent.typed, str(refused)), unkept=unkept)
    return _answered(request, organisation, saved, sent)


@require_POST
@doors.business
def several(request: doors.BusinessRequest) -> HttpResponse:
    """Save the rows that a pasted block filled in one change set; each is answered as if it had been saved alone."""
    actor = request.actor
    require(permissions.fills_grid(actor))
    sent = {place: typed.read(row) for place, row in typed.rows_in(request.POST.get("rows", "")).items()}
    wanted = {place: _row_typed(one) for place, one in sent.items()}
    try:
        saved = actions.report_rows(wanted, by=actor)
    except StepRefused as refused:
        unkept = {place: str(refused) for place, one in sent.items() if one.note}
        saved = Saved(refused={key: str(refused) for one in sent.values() for key in one.typed}, unkept=unkept)
    tasks = typed.keys_in(request.POST.get("tasks", ""))
    shown = sheet.build(actor, tasks=tasks, organisations=list(sent))
    answers = {
        str(line.organisation.pk): typed.answer(request, typed.part_of(saved, line), line, line.organisation)
        for line in shown.lines
    }
    return JsonResponse({"rows": answers})


def _row_typed(sent: typed.Sent) -> RowTyped:
    return RowTyped(sent.typed, sent.note, sent.about, sent.learned, sent.unkept)


def _answered(
    request: doors.BusinessRequest, organisation: Organisation, saved: Saved, sent: typed.Sent
) -> HttpResponse:
    keys = typed.keys_in(request.POST.get("tasks", ""))
    shown = sheet.build(request.actor, tasks=keys, organisations=[organisation.pk])
    line = shown.lines[0] if shown.lines else None
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(typed.answer(request, saved, line, organisation))
    return _without_scripts(request, organisation, saved, sent, shown)


def _without_scripts(
    request: doors.BusinessRequest, organisation: Organisation, saved: Saved, sent: typed.Sent, shown: Sheet
) -> HttpResponse:
    """Back to the grid; what was not saved is said with its text, and clashes stand with both values."""
    titles = {c.assignment.pk: c.column.task.title for line in shown.lines for c in line.cells if c.assignment}
    if saved.change_set:
        text = _("%(name)s is saved.") % {"name": organisation}
        messages.success(request, history_reading.with_undo(text, saved.change_set))
    for key, reason in saved.refused.items():
        words = {"name": organisation, "title": titles.get(key, ""), "text": sent.typed[key].text, "reason": reason}
        messages.error(request, _("%(name)s, %(title)s: “%(text)s” was not saved. %(reason)s") % words)
    for reason in saved.unkept.values():
        words = {"name": organisation, "title": _("Remarks"), "text": request.POST.get("note", ""), "reason": reason}
        messages.error(request, _("%(name)s, %(title)s: “%(text)s” was not saved. %(reason)s") % words)
    if not saved.clashes:
        return redirect("grid")
    columns = sheet.week_tasks(request.actor, shown.week)
    whole = sheet.build(request.actor, tasks=columns, mine=shows_mine(request))
    context = _context(request, whole, columns, mine=shows_mine(request))
    context["clashes"] = [
        typed.clash_html(request, one, titles.get(one.key, ""), organisation) for one in saved.clashes
    ]
    return render(request, "tasks/grid/page.html", context, status=409)


@require_POST
@doors.business
def unchanged(request: doors.BusinessRequest) -> HttpResponse:
    """Report for all that was not reported this week that it stands as last week; ``place`` narrows to one village."""
    require(permissions.fills_grid(request.actor))
    keys = typed.keys_in(request.POST.get("tasks", ""))
    place = requested.key(request.POST.get("place"))
    shown = sheet.build(request.actor, tasks=keys, organisations=[place] if place else None, mine=shows_mine(request))
    waiting = [cell.assignment.pk for line in shown.lines for cell in line.missing if cell.assignment]
    try:
        done = unmoved_actions.same_as_before(waiting, by=request.actor, learned=request.POST.get("learned", ""))
    except StepRefused as refused:
        messages.error(request, str(refused))
        return redirect("grid")
    if done.change_set:
        count = len(done.written)
        text = ngettext("%(count)s cell stands as last week.", "%(count)s cells stand as last week.", count)
        messages.success(request, history_reading.with_undo(text % {"count": count}, done.change_set))
    for why, left in done.left.items():
        if left:
            messages.info(request, unmoved_actions.in_words(why, left))
    return redirect("grid")
