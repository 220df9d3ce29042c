"""Doors of superior's tables: the list, sending a blank one, saying what it is filled from, taking it filled."""

from collections.abc import Callable
from functools import wraps
from pathlib import PurePath

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledgers import losses
from ledgers.actions import superior as actions
from ledgers.forms.superior import TableForm, period_choices, period_of
from ledgers.models import SuperiorTable
from ledgers.permissions import may_fill_tables
from ledgers.superior import page as pages
from ledgers.superior.filling import Filling
from ledgers.superior.sources import Sources
from ledgers.superior.within import Within
from orgs import paths
from orgs.history import reading as history_reading
from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.pages.workbooks import attachment
from orgs.scope import require
from records.changes import Conflict
from records.models import version_seen
from sheets import inplace
from sheets.refusals import UnreadableError
from sheets.stated import CHOICES
from sheets.units import dimension


def _table(request: doors.BusinessRequest, pk: int) -> SuperiorTable:
    require(may_fill_tables(request.actor))
    return get_object_or_404(
        SuperiorTable.objects.visible_to(request.actor).of_staff(request.actor).select_related("file"), pk=pk
    )


def _period(request: doors.BusinessRequest) -> str:
    return period_of(request.GET.get("period", ""), request.actor.on)


def _offered(request: doors.BusinessRequest, period: str) -> Sources:
    return Sources(request.actor, Within.of(request.actor, period))


def _filling(request: doors.BusinessRequest, table: SuperiorTable) -> Filling:
    period = _period(request)
    offered = _offered(request, period)
    forms = inplace.read(actions.content_of(table), offered.vocabulary)
    return Filling(
        forms, request.actor, period, offered=offered, remembered=table.columns, chosen=table.lines, units=table.units
    )


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The tables kept, and a box for another."""
    require(may_fill_tables(request.actor))
    return _list(request, TableForm(on=request.actor.on))


def _list(request: doors.BusinessRequest, form: TableForm, status: int = 200) -> HttpResponse:
    rows = SuperiorTable.objects.visible_to(request.actor).of_staff(request.actor)
    return render(request, "ledgers/superior_list.html", {"form": form, "rows": rows}, status=status)


@require_POST
@doors.business
def send(request: doors.BusinessRequest) -> HttpResponse:
    """Take a blank table and show it filled."""
    require(may_fill_tables(request.actor))
    form = TableForm(request.POST, request.FILES, on=request.actor.on)
    if form.is_valid():
        upload, period = form.cleaned_data["file"], form.cleaned_data["period"]
        try:
            table = actions.keep(upload.read(), str(upload.name), _offered(request, period), by=request.actor)
        except UnreadableError as error:
            form.add_error("file", str(error))
        else:
            return redirect(f"{table.get_absolute_url()}?period={period}")
    return _list(request, form, 422)


def _readable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Go back to the list with the reason where a kept table cannot be read at this moment, or not any more."""

    @wraps(view)
    def guarded(request: doors.BusinessRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except UnreadableError as error:
            messages.error(request, str(error))
            return redirect("superior_tables")

    return guarded


@doors.business
@_readable
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """What the table is filled from, how it comes out, and what stays blank."""
    table = _table(request, pk)
    if request.method == "POST":
        return _remember(request, table)
    return _show(request, table)


def _show(request: doors.BusinessRequest, table: SuperiorTable) -> HttpResponse:
    filling = _filling(request, table)
    wanted = request.GET.get("group", "")
    period = _period(request)
    heads = pages.heads(filling, wanted, table.columns)
    context = {
        "table": table,
        "period": period,
        "periods": period_choices(request.actor.on),
        "heads": heads,
        "groups": list(filling.offered.groups),
        "group": wanted,
        "unsettled": pages.unsettled(filling, request.actor),
        "previews": pages.previews(filling),
        "filled": len(filling.cells),
        "unit_questions": sum(1 for head in heads if head.units and not head.said),
        "blanks": filling.blanks,
        "unnamed": filling.unnamed,
        "losses": losses.of(table.file),
        "steps": history_reading.steps_of("ledgers.superiortable", table.pk, request.actor),
    }
    return render(request, "ledgers/superior_page.html", context)


def _remember(request: doors.BusinessRequest, table: SuperiorTable) -> HttpResponse:
    filling = _filling(request, table)
    columns = {
        form.key(column): sent
        for form in filling.forms
        for column in form.heads
        if (sent := request.POST.get(pages.field_of(form, column), filling.columns.get(form.key(column), "")))
        in {"", *filling.offered.by_key}
    }
    units = dict(table.units or {}) | {
        doubt.key: sent
        for form in filling.forms
        for column in form.heads
        if (doubt := filling.doubt(form, column))
        and dimension(sent := request.POST.get(pages.unit_of(form, column), "")) in CHOICES
    }
    lines = dict(table.lines)
    for row in filling.unrecognised:
        sent = request.POST.get(pages.line_of(row), "")
        if sent == "":
            lines.pop(row.key, None)
        elif (own := requested.number(sent)) is not None and (own == 0 or _own(request, own)):
            lines[row.key] = own
    version = request.POST.get("version", "")
    try:
        expected = version_seen(table, version) if version else None
        actions.remember(table, columns, lines, units=units, by=request.actor, expected=expected)
    except Conflict:
        messages.error(request, _("Somebody has meanwhile changed this. Look it over and save again."))
        table = _table(request, table.pk)
        table.columns, table.lines = columns, lines  # what was chosen stays in the form; nothing is saved
        return _show(request, table)
    messages.success(request, _("Saved. It is filled like this from now on."))
    return redirect(f"{reverse('superior_table', args=[table.pk])}?period={_period(request)}")


def _own(request: doors.BusinessRequest, pk: int) -> bool:
    """Whether an organisation is the actor's own or below it."""
    own = request.actor.organisation
    return Organisation.objects.visible_to(request.actor).filter(paths.within(own.path), pk=pk).exists()


@doors.business
@_readable
def download(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """The table filled in."""
    table = _table(request, pk)
    content = inplace.fill(actions.content_of(table), _filling(request, table).cells)
    return attachment(content, f"{PurePath(table.name).stem}-{_period(request)}.xlsx")


@require_POST
@doors.business
def remove(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take a table out."""
    record = actions.remove(_table(request, pk), by=request.actor)
    messages.success(request, _("Removed. It can be brought back from here."))
    return redirect("change_undo", pk=record.pk)
