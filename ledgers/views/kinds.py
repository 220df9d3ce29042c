"""Doors of what ledgers ask for: the county office describes them in the browser, from a workbook if it likes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledgers import kinds, proposing
from ledgers.actions import kinds as actions
from ledgers.actions.kinds import Proposal, Unfit
from ledgers.forms.kinds import NEW, SKIP, AddFieldForm, ColumnForm, KindForm, LineForm, ProposalsForm, WorkbookForm
from ledgers.models import KindField, LedgerKind
from ledgers.permissions import may_edit_kinds
from ledgers.rules.kinds import Column, KindRule
from orgs.county.dictionary import Dictionary
from orgs.field_rules import FieldRule
from orgs.history import reading as history_reading
from orgs.pages import doors
from orgs.scope import require
from records.changes import Conflict
from records.models import Change
from sheets.reading import UnreadableError

_PROPOSED = "ledgers_proposed"  # in the session: what the last workbook proposed


def _kind(request: doors.BusinessRequest, key: str) -> KindRule:
    require(may_edit_kinds(request.actor))
    found = kinds.of(request.actor).get(request.actor.organisation.path, key)
    if found is None:
        raise Http404
    return found


def _fields(request: doors.BusinessRequest) -> dict[str, FieldRule]:
    return dict(Dictionary().at(request.actor.organisation.path))


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """Every ledger there is, with what the county made its own."""
    require(may_edit_kinds(request.actor))
    own = {row.key: row for row in LedgerKind.objects.visible_to(request.actor)}
    columns = {row.ledger for row in KindField.objects.visible_to(request.actor)}
    changed = kinds.shipped_changed(request.actor)
    rows = [
        {
            "kind": kind,
            "own": kind.own,
            "edited": kind.key in own or kind.key in columns,
            "changed": kind.key in changed,
        }
        for kind in kinds.of(request.actor).at(request.actor.organisation.path).values()
    ]
    return render(request, "ledgers/kind_list.html", {"rows": rows})


@doors.business
def new(request: doors.BusinessRequest) -> HttpResponse:
    """Begin a ledger of the county's own, with the headings of a workbook as proposed columns."""
    require(may_edit_kinds(request.actor))
    form = LineForm(request.POST or None)
    workbook = WorkbookForm(request.POST or None, request.FILES or None)
    workbook.fields["file"].required = False
    if request.method == "POST" and form.is_valid() and workbook.is_valid():
        try:
            headings = _headings(request, workbook)
        except UnreadableError as unreadable:
            workbook.add_error("file", str(unreadable))
        else:
            values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
            key = actions.add_kind(values, [], by=request.actor)
            request.session[_PROPOSED] = [vars(heading) for heading in headings]
            return redirect("ledger_kind_propose" if headings else "ledger_kind", key=key)
    status = 422 if request.method == "POST" else 200
    return render(request, "ledgers/kind_new.html", {"form": form, "workbook": workbook}, status=status)


def _headings(request: doors.BusinessRequest, form: WorkbookForm) -> list[proposing.Heading]:
    upload = form.cleaned_data.get("file")
    return proposing.headings(upload.read(), _fields(request)) if upload else []


@doors.business
def page(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """One ledger's description: its line, its columns, and what was changed."""
    kind = _kind(request, key)
    row = LedgerKind.objects.visible_to(request.actor).filter(organisation=request.actor.organisation, key=key).first()
    form = KindForm(request.POST or None, kind=kind, initial=KindForm.initial_of(kind), seen=row)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "version"}
        try:
            actions.save_line(kind, values, by=request.actor, expected=form.cleaned_data["version"])
        except Unfit as unfit:
            form.add_error(None, str(unfit))
        except Conflict as conflict:
            form.tell_conflict(conflict.current, {})
        else:
            messages.success(request, _("Saved."))
            return redirect("ledger_kind", key=key)
    return _shown(request, kind, row, form, WorkbookForm())


def _shown(
    request: doors.BusinessRequest, kind: KindRule, row: LedgerKind | None, form: KindForm, workbook: WorkbookForm
) -> HttpResponse:
    key = kind.key
    changes = Change.objects.filter(
        kind__in=["ledgers.ledgerkind", "ledgers.kindfield"], organisation=request.actor.organisation_id
    )
    sets = history_reading.sets_of(changes).filter(note=kind.zh)[:10]
    context = {
        "kind": kind,
        "form": form,
        "add": AddFieldForm(choices=_addable(request, kind)),
        "workbook": workbook,
        "is_edited": row is not None or KindField.objects.visible_to(request.actor).filter(ledger=key).exists(),
        "changed": key in kinds.shipped_changed(request.actor),
        "steps": history_reading.steps_in(sets, changes, request.actor),
    }
    status = 422 if form.errors or workbook.errors else 200
    return render(request, "ledgers/kind_page.html", context, status=status)


def _addable(request: doors.BusinessRequest, kind: KindRule) -> list[tuple[str, str]]:
    """The fields of the dictionary that are no column yet."""
    return [(f.key, f"{f.label}（{f.key}）") for f in _fields(request).values() if f.key not in kind.by_key]


@doors.business
def column(request: doors.BusinessRequest, key: str, field: str) -> HttpResponse:
    """Edit a column and its field."""
    kind = _kind(request, key)
    found = kind.by_key.get(field)
    if found is None:
        raise Http404
    form = ColumnForm(request.POST or None, initial=ColumnForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        values = {**form.column(), "position": found.position}
        try:
            actions.save_column(kind, found, form.field(found.field), values, by=request.actor)
        except Unfit as unfit:
            form.add_error("type", str(unfit))
        else:
            messages.success(request, _("Saved."))
            return redirect("ledger_kind", key=key)
    context = {"kind": kind, "column": found, "form": form, "others": _sharing(request, kind, found)}
    return render(request, "ledgers/column_form.html", context, status=422 if form.errors else 200)


def _sharing(request: doors.BusinessRequest, kind: KindRule, column: Column) -> list[str]:
    """The other ledgers that have the same field: its words change there too."""
    found = kinds.of(request.actor).at(request.actor.organisation.path).values()
    return [other.label for other in found if other.key != kind.key and column.key in other.by_key]


@doors.business
def column_new(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Add a column: a field of the dictionary, or a new one."""
    kind = _kind(request, key)
    if request.method == "POST" and "field" in request.POST:
        add = AddFieldForm(request.POST, choices=_addable(request, kind))
        if add.is_valid():
            actions.add_columns(kind, [Proposal(add.cleaned_data["field"])], by=request.actor)
        return redirect("ledger_kind", key=key)
    form = ColumnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.field()
        rule = Proposal(made=proposing.made(given), group=form.column()["group"], required=form.column()["required"])
        actions.add_columns(kind, [rule], by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("ledger_kind", key=key)
    status = 422 if form.errors else 200
    return render(request, "ledgers/column_form.html", {"kind": kind, "form": form}, status=status)


@require_POST
@doors.business
def column_move(request: doors.BusinessRequest, key: str, field: str, way: str) -> HttpResponse:
    """Move a column up or down."""
    kind = _kind(request, key)
    if field in kind.by_key and way in {"up", "down"}:
        actions.move_column(kind, field, up=way == "up", by=request.actor)
    return redirect("ledger_kind", key=key)


@require_POST
@doors.business
def column_remove(request: doors.BusinessRequest, key: str, field: str) -> HttpResponse:
    """Take a column out."""
    kind = _kind(request, key)
    if field not in kind.by_key:
        raise Http404
    try:
        record = actions.remove_column(kind, field, by=request.actor)
    except Unfit as unfit:
        messages.error(request, str(unfit))
        return redirect("ledger_kind", key=key)
    messages.success(request, _("Taken out. What it holds is kept and comes back with it."))
    return redirect("change_undo", pk=record.pk)


@require_POST
@doors.business
def upload(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Read a workbook's headings as proposals for further columns."""
    kind = _kind(request, key)
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            headings = _headings(request, form)
        except UnreadableError as unreadable:
            messages.error(request, str(unreadable))
            return redirect("ledger_kind", key=key)
        request.session[_PROPOSED] = [vars(heading) for heading in headings if heading.field not in kind.by_key]
        return redirect("ledger_kind_propose", key=key)
    if request.FILES:
        own = LedgerKind.objects.visible_to(request.actor)
        row = own.filter(organisation=request.actor.organisation, key=key).first()
        line = KindForm(kind=kind, initial=KindForm.initial_of(kind), seen=row)
        return _shown(request, kind, row, line, form)
    messages.error(request, _("Choose a workbook first."))
    return redirect("ledger_kind", key=key)


@doors.business
def propose(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """What the workbook's headings become."""
    kind = _kind(request, key)
    headings = [proposing.Heading(**kept) for kept in request.session.get(_PROPOSED, ())]
    form = ProposalsForm(request.POST or None, headings=headings, choices=_addable(request, kind))
    if request.method == "POST" and form.is_valid():
        actions.add_columns(kind, _proposals(form), by=request.actor)
        request.session.pop(_PROPOSED, None)
        messages.success(request, _("Saved."))
        return redirect("ledger_kind", key=key)
    return render(request, "ledgers/kind_propose.html", {"kind": kind, "form": form})


def _proposals(form: ProposalsForm) -> list[Proposal]:
    """What was chosen; two headings never become one field."""
    found: list[Proposal] = []
    taken: set[str] = set()
    for place, heading in enumerate(form.headings):
        becomes: Any = form.cleaned_data[f"becomes_{place}"]
        if becomes == SKIP or becomes in taken:
            continue
        if becomes == NEW:
            rule = FieldRule("", form.cleaned_data[f"type_{place}"], heading.text, unit=heading.unit)
            found.append(Proposal(made=rule, group=heading.group))
        else:
            taken.add(becomes)
            found.append(Proposal(becomes, group=heading.group, aliases=(heading.text,)))
    return found


@require_POST
@doors.business
def reset(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Let the shipped description hold again."""
    kind = _kind(request, key)
    try:
        record = actions.reset(kind, by=request.actor)
    except Unfit as unfit:
        messages.error(request, str(unfit))
        return redirect("ledger_kind", key=key)
    return redirect("change_undo", pk=record.pk)
