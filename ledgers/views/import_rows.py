"""Doors of an import's rows: the preview, putting one row right, and the workbook with its faults marked."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from ledgers import losses, personal
from ledgers.actions import imports as actions
from ledgers.forms.imports import RowForm
from ledgers.imports import doubts, marking, sources, staging, wording
from ledgers.imports.preview import Line, Preview
from ledgers.imports.sender import Sender
from ledgers.imports.staged import StagedRow, Standing
from ledgers.models import Entry, ImportBatch
from ledgers.permissions import may_continue_import, may_undo_import
from ledgers.rules.kinds import KindRule
from ledgers.views.imports import MEANWHILE, found, gone_on
from orgs.pages import doors
from orgs.pages.paging import page_of
from orgs.pages.workbooks import attachment
from orgs.scope import require
from records import work
from sheets.refusals import UnreadableError

_ALWAYS = ("all", "new", "changed", "same", "corrected", "needs")


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """The rows as an import would write them, or as it did."""
    batch, kind = found(request, pk)
    rows = staging.load(batch) if batch.purged_at is None else []
    asked = request.GET.get("show", "all")
    show = asked if asked in staging.FILTERS else "all"
    shown = page_of(request, [row for row in rows if staging.FILTERS[show](row)])
    is_open = personal.is_open(request, kind)
    preview = Preview(batch, kind, Sender.of(request.actor), is_open=is_open)
    wide = request.GET.get("columns") == "all"
    columns = preview.columns(list(shown), wide=wide)
    context: dict[str, Any] = {
        "batch": batch,
        "kind": kind,
        "page": shown,
        "show": show,
        "chips": _chips(batch, show),
        "columns": columns,
        "lines": preview.lines(list(shown), columns),
        "hidden": 0 if wide else len(preview.columns(list(shown), wide=True)) - len(columns),
        "wide": wide,
        "step": 3 if batch.is_open else 4,
        "is_open": is_open,
        "next": f"?{request.GET.urlencode()}",
        "far": doubts.far_questions(rows, kind, batch.answers) if batch.is_open else [],
        **_standing(request, batch, kind),
    }
    template = "ledgers/import_page.html"
    return render(request, f"{template}#rows" if request.htmx else template, context)


def _chips(batch: ImportBatch, show: str) -> list[tuple[str, Any, int, bool]]:
    """The filters with their counts; those that nobody needs are left out when empty."""
    names = [name for name in staging.FILTERS if name in _ALWAYS or batch.counts.get(name)]
    return [(name, wording.FILTERS[name], batch.counts.get(name, 0), name == show) for name in names]


def _standing(request: doors.BusinessRequest, batch: ImportBatch, kind: KindRule) -> dict[str, Any]:
    """What can be done with the import as a whole."""
    counts = batch.counts
    running = work.standing(batch.work) if batch.work else None
    units = doubts.unit_questions(batch.tables, kind) if batch.is_open else []
    sums = [(table, each) for table in batch.tables for each in table["sums"]]
    return {
        "verdict": may_continue_import(request.actor, batch, kind),
        "may_undo": may_undo_import(request.actor, batch),
        "good": counts.get("new", 0) + counts.get("changed", 0),
        "waiting": counts.get("needs", 0),
        "running": running if running and running.is_open else None,
        "units": units,
        "all_units": list(dict.fromkeys(unit for question in units for unit in question.choices)),
        "sums": [_sum(kind, table["sheet"], each) for table, each in sums],
        "files": batch.files.all(),
        "losses": _losses(batch),
        "commits": batch.commits.select_related("change_set"),
        "several_sheets": len({table["sheet"] for table in batch.tables}) > 1,
    }


def _losses(batch: ImportBatch) -> list[str]:
    """What the marked workbook would lack; asked only where one is offered."""
    newest = batch.files.select_related("file").order_by("pk").last()
    return losses.of(newest.file) if newest and batch.is_open and batch.counts.get("needs") else []


def _sum(kind: KindRule, sheet: str, each: dict[str, str]) -> dict[str, str]:
    from ledgers.rules import values as rules

    field = kind.by_key[each["field"]].field
    return {
        "sheet": sheet,
        "address": each["address"],
        "field": kind.by_key[each["field"]].label,
        "unit": field.unit,
        "stated": rules.shown(field, _stored(field.type, each["stated"])),
        "counted": rules.shown(field, _stored(field.type, each["counted"])),
    }


def _stored(kind: str, text: str) -> Any:
    return int(text.split(".")[0]) if kind == "int" else text


@doors.business
def row(request: doors.BusinessRequest, pk: int, address: str) -> HttpResponse:
    """One row to be put right: whose it is, what its cells say, or that it is left out."""
    batch, kind = found(request, pk)
    require(may_continue_import(request.actor, batch, kind))
    rows = staging.load(batch) if batch.is_open else []
    place = staging.find(rows, address)
    if place is None or rows[place].standing == Standing.DONE:
        raise Http404
    form = RowForm(request.POST or None, actor=request.actor, kind=kind)
    if request.method == "POST":
        change = _change(request, form, kind, rows[place])
        if change is not None:
            try:
                actions.correct(batch, address, change, Sender.of(request.actor))
            except actions.Outdated:
                messages.warning(request, str(MEANWHILE))
            return redirect(gone_on(request, batch))
    is_open = personal.is_open(request, kind)
    preview = Preview(batch, kind, Sender.of(request.actor), is_open=is_open)
    [line] = preview.lines([rows[place]], preview.columns([rows[place]], wide=True))
    for cell in line.cells:
        cell.typed = request.POST.get(f"v-{cell.key}")
    onward = request.POST.get("next", request.GET.get("next", ""))
    context = {"batch": batch, "kind": kind, "line": line, "form": form, "next": onward, "step": 3}
    return render(request, "ledgers/import_row.html", context, status=422 if form.errors else 200)


def _change(request: doors.BusinessRequest, form: RowForm, kind: KindRule, staged: StagedRow) -> dict[str, Any] | None:
    """What was put right; None when the form has something to say."""
    sent = request.POST
    if "skip" in sent:
        return {"skip": sent["skip"] == "1"}
    if "over" in sent:
        held = Entry.objects.visible_to(request.actor).of(kind.key, staged.period)
        stands = held.filter(organisation=staged.organisation).values_list("version", flat=True)
        return {"over": stands[0] if len(stands) == 1 else -1}
    change: dict[str, Any] = {}
    if not form.is_valid():
        return None
    if form.cleaned_data["organisation"] is not None:
        change["organisation"] = form.cleaned_data["organisation"].pk
    typed = {key: sent[f"v-{key}"] for key in kind.by_key if f"v-{key}" in sent}
    if typed:
        change["values"] = typed
    if sent.get("sure") in typed:
        change["sure"] = [sent["sure"]]
    return change


@doors.business
def marked(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """The person's own workbook with its faults marked and explained."""
    batch, kind = found(request, pk)
    if batch.purged_at is not None:
        raise Http404
    newest = sources.newest(batch)
    content = sources.content_of(newest)
    if content is None:
        raise Http404
    rows = [row for row in staging.load(batch) if row.standing == Standing.NEEDS]
    preview = Preview(batch, kind, Sender.of(request.actor), is_open=True)
    lines: list[Line] = preview.lines(rows, preview.columns(rows, wide=True))
    try:
        made = marking.marked(content, batch, lines)
    except UnreadableError as error:
        messages.error(request, str(error))
        return redirect(batch)
    return attachment(made, marking.name_of(newest.name))
