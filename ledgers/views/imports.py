"""Doors of imports: the list, sending workbooks, what their headings mean, the rows, writing and taking back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from ledgers import kinds
from ledgers.actions import importing
from ledgers.actions import imports as actions
from ledgers.forms.imports import SendForm, WhatForm
from ledgers.imports import doubts, outcome, sources, wording
from ledgers.imports.sender import Sender
from ledgers.models import BatchFile, ImportBatch
from ledgers.permissions import may_continue_import, may_import, may_undo_import
from ledgers.rules.kinds import KindRule
from orgs.pages import doors
from orgs.pages.paging import page_of
from orgs.pages.workbooks import attachment
from orgs.scope import require
from records import work
from records.models import Work
from sheets.headings import CODE, COUNTY, PLACE, SERIAL, TOWNSHIP
from sheets.refusals import UnreadableError

MEANWHILE = gettext_lazy("Somebody else went on with this import meanwhile. This is how it stands now.")
IN_BACKGROUND = 3_000  # rows from which on writing and taking back are done by a worker


def found(request: doors.BusinessRequest, pk: int) -> tuple[ImportBatch, KindRule]:
    """An import through the scope, with its ledger where the actor stands. Raises ``Http404``."""
    rows = ImportBatch.objects.visible_to(request.actor).select_related("organisation", "user", "work")
    batch = get_object_or_404(rows, pk=pk)
    kind = kinds.of(request.actor).get(batch.organisation.path, batch.ledger)
    if kind is None:
        raise Http404
    return batch, kind


def _importable(request: doors.BusinessRequest) -> list[KindRule]:
    return [kind for kind in kinds.in_use(request.actor) if may_import(request.actor, kind)]


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """Send workbooks, and see those sent before with how they stand."""
    open_kinds = _importable(request)
    asked = request.GET.get("ledger", "")
    form = SendForm(kinds=open_kinds, initial={"ledger": asked})
    return _list(request, form, open_kinds)


def _list(
    request: doors.BusinessRequest, form: SendForm, open_kinds: list[KindRule], status: int = 200
) -> HttpResponse:
    rows = ImportBatch.objects.visible_to(request.actor).select_related("organisation", "user")
    page = page_of(request, rows, size=30)
    labels = {kind.key: kind.label for kind in kinds.of(request.actor).at(request.actor.organisation.path).values()}
    every = kinds.in_use(request.actor)
    verdict = next((may_import(request.actor, kind) for kind in every), None)
    context = {
        "form": form,
        "page": page,
        "lines": [(row, labels.get(row.ledger, row.ledger)) for row in page],
        "may_send": bool(open_kinds),
        "reason": getattr(verdict, "reason", ""),
    }
    return render(request, "ledgers/import_list.html", context, status=status)


@require_POST
@doors.business
def send(request: doors.BusinessRequest) -> HttpResponse:
    """Take workbooks; a single one is gone on with at once, and large ones are read by a worker."""
    open_kinds = _importable(request)
    if not open_kinds:
        raise PermissionDenied(
            _("Workbooks are imported by the township or the county office; type your own row here.")
        )
    form = SendForm(request.POST, request.FILES, kinds=open_kinds)
    if not form.is_valid():
        return _list(request, form, open_kinds, 422)
    sender, ledger = Sender.of(request.actor), form.cleaned_data["ledger"]
    large = [upload for upload in form.cleaned_data["workbooks"] if upload.size > importing.LARGE]
    small = [upload for upload in form.cleaned_data["workbooks"] if upload not in large]
    taken = [_take(upload, sender, ledger, form) for upload in small]
    good = [batch for batch in taken if batch is not None]
    if form.errors and not good and not large:
        return _list(request, form, open_kinds, 422)
    for refused in form.errors.get("workbooks", []):
        messages.error(request, str(refused))
    started = importing.start_receiving(large, ledger, by=request.actor)
    pages: list[ImportBatch | Work] = [*good, *started]
    if len(pages) == 1:
        return redirect(pages[0])
    if started:
        words = ngettext(
            "%(count)s large workbook is being read in the background; above you see how far it is.",
            "%(count)s large workbooks are being read in the background; above you see how far they are.",
            len(started),
        )
        messages.info(request, words % {"count": len(started)})
    return redirect("ledger_imports")


def _take(upload: UploadedFile[bytes], sender: Sender, ledger: str, form: SendForm) -> ImportBatch | None:
    """One workbook; why it is not taken is said in the form."""
    try:
        return actions.receive(upload.read(), str(upload.name), sender, ledger)
    except importing.NOT_TAKEN as fault:
        form.add_error("workbooks", importing.not_taken(str(upload.name), fault))
    return None


@doors.business
def headings(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Which field each column was taken for, to be put right; and the ledger and period."""
    batch, kind = found(request, pk)
    verdict = may_continue_import(request.actor, batch, kind)
    open_kinds = _importable(request) or [kind]
    start = {"ledger": batch.ledger, "period": batch.period, "on": request.actor.on}
    form = WhatForm(request.POST or None, kinds=open_kinds, initial=start)
    if request.method == "POST":
        require(verdict)
        if form.is_valid() and (answer := _read_again(request, batch, form)):
            return answer
    context = {
        "batch": batch,
        "kind": kind,
        "form": form,
        "verdict": verdict,
        "choices": _choices(kind),
        "ignored": [(name, wording.WHY_IGNORED.get(why, why)) for name, why in batch.ignored.items()],
        "step": 2,
        "tables": _as_sent(request, batch),
    }
    return render(request, "ledgers/import_headings.html", context, status=422 if form.errors else 200)


def _as_sent(request: doors.BusinessRequest, batch: ImportBatch) -> list[dict[str, Any]]:
    """The tables with what each column is taken for: as the form that comes back said, else as it is kept."""
    return [
        table
        | {
            "columns": [
                column | {"chosen": request.POST.get(f"c{table['number']}-{column['letters']}", column["field"])}
                for column in table["columns"]
            ]
        }
        for table in batch.tables
    ]


def _choices(kind: KindRule) -> list[tuple[str, str]]:
    """What a column may be."""
    places = [
        (TOWNSHIP, _("township")),
        (PLACE, _("organisation")),
        (CODE, _("code")),
        (COUNTY, _("county")),
        (SERIAL, _("serial number")),
    ]
    if kind.period:
        places.append(("@period", _("period")))
    return [("", _("— not taken —")), *places, *((column.key, column.label) for column in kind.columns)]


def _read_again(request: doors.BusinessRequest, batch: ImportBatch, form: WhatForm) -> HttpResponse | None:
    """Take what was chosen and read once more; None when the form has something to say."""
    cleaned = form.cleaned_data
    allowed = {key for key, _label in _choices(form.kinds[cleaned["ledger"]])}
    chosen = {}
    for table in batch.tables:
        for column in table["columns"]:
            picked = request.POST.get(f"c{table['number']}-{column['letters']}")
            if picked is not None and picked != column["field"] and picked in allowed:
                chosen[column["heading"]] = picked
    period = cleaned["period"] if cleaned["ledger"] == batch.ledger else ""
    wanted = {"ledger": cleaned["ledger"], "period": period, "headings": chosen}
    try:
        if started := importing.read_once_more(batch, wanted, by=request.actor):
            return redirect(started)
    except UnreadableError as error:
        form.add_error(None, str(error))
        return None
    except actions.Outdated:
        messages.warning(request, str(MEANWHILE))
    other = cleaned["ledger"] != form.initial["ledger"]
    return redirect("ledger_import_headings" if other else "ledger_import", batch.pk)


@require_POST
@doors.business
def answers(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take what was answered about whole columns, and read the workbook once more."""
    batch, kind = found(request, pk)
    require(may_continue_import(request.actor, batch, kind))
    given = _answers(request, batch, kind)
    if not given or not batch.is_open:
        messages.warning(request, _("Choose a unit first: nothing was answered."))
        return redirect(batch)
    try:
        wanted = {"period": batch.period, "answers": given}
        if started := importing.read_once_more(batch, wanted, by=request.actor):
            return redirect(started)
    except UnreadableError as error:
        messages.error(request, str(error))
    except actions.Outdated:
        messages.warning(request, str(MEANWHILE))
    return redirect(batch)


def _answers(request: doors.BusinessRequest, batch: ImportBatch, kind: KindRule) -> dict[str, str]:
    """The units and the fields called right that were sent and were asked about; ``all`` is for what was left open."""
    given = {}
    for question in doubts.unit_questions(batch.tables, kind):
        unit = request.POST.get(f"u-{question.key}", "") or ("" if question.answer else request.POST.get("all", ""))
        if unit in question.choices and unit != question.answer:
            given[question.key] = unit
    asked = {key for key in kind.by_key if request.POST.get(f"far-{key}") == "1"}
    return given | {doubts.trusting(key): "1" for key in asked}


@require_POST
@doors.business
def commit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Write the good rows; many of them in the background."""
    batch, kind = found(request, pk)
    require(may_continue_import(request.actor, batch, kind))
    if batch.counts.get("new", 0) + batch.counts.get("changed", 0) > IN_BACKGROUND:
        started = work.start(
            "ledgers.import",
            by=request.actor,
            subject=batch.name,
            arguments={"batch": batch.pk},
            url=batch.get_absolute_url(),
        )
        ImportBatch.objects.visible_to(request.actor).filter(pk=batch.pk).update(work=started)
        return redirect(started)
    try:
        messages.success(request, outcome.sentence(actions.commit(batch, Sender.of(request.actor))))
    except actions.Outdated:
        messages.warning(request, str(MEANWHILE))
    return redirect(batch)


@require_POST
@doors.business
def undo(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take the whole import back; a large one in the background."""
    batch, _kind = found(request, pk)
    require(may_undo_import(request.actor, batch))
    if sum(each.created + each.updated for each in batch.commits.all()) > IN_BACKGROUND:
        subject = _("Taking back: %(name)s") % {"name": batch.name}
        arguments = {"batch": batch.pk}
        url = batch.get_absolute_url()
        return redirect(
            work.start("ledgers.undo_import", by=request.actor, subject=subject, arguments=arguments, url=url)
        )
    done = actions.undo_import(batch, Sender.of(request.actor))
    messages.success(request, outcome.undone_sentence(done))
    return redirect(batch)


@require_POST
@doors.business
def discard(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Throw an import away of which nothing was written."""
    batch, kind = found(request, pk)
    require(may_continue_import(request.actor, batch, kind))
    try:
        actions.discard(batch)
    except actions.Outdated:
        messages.warning(request, _("Some of its rows stand in the ledger; take the import back instead."))
        return redirect(batch)
    messages.success(request, _("Thrown away: %(name)s") % {"name": batch.name})
    return redirect("ledger_imports")


@doors.business
def source(request: doors.BusinessRequest, pk: int, file: int) -> HttpResponse:
    """A workbook as it was sent."""
    batch, _kind = found(request, pk)
    sent = get_object_or_404(BatchFile.objects.select_related("file").filter(batch=batch), pk=file)
    content = sources.content_of(sent)
    if content is None:
        raise Http404
    return attachment(content, sent.name)


def gone_on(request: doors.BusinessRequest, batch: ImportBatch) -> str:
    """Where an import is gone on with, with the filter and page that were open."""
    query = request.POST.get("next", "")
    return f"{reverse('ledger_import', args=[batch.pk])}{query if query.startswith('?') else ''}"
