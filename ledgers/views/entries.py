"""Doors of one row: its page, the form, and taking it out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledgers import listing, personal, prefill, sealing
from ledgers.actions import entries as actions
from ledgers.forms.entries import EntryForm, LinkForm, ReasonForm, WhoseForm
from ledgers.models import Entry
from ledgers.permissions import may_delete, may_write, may_write_any
from ledgers.prefill import Known
from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule, Subject
from ledgers.standing import SUBJECTS
from ledgers.views.finding import entry_at, kind_at
from orgs.history import reading as history_reading
from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.permissions import may_edit_organisation
from orgs.scope import require
from records.changes import Conflict


@doors.business
def page(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """One row with its history."""
    entry, kind = entry_at(request, pk)
    is_open = personal.is_open(request, kind)
    values = sealing.open_all(entry.values)
    groups: list[tuple[str, list[tuple[str, str, str]]]] = []
    for column in kind.columns:
        if not groups or groups[-1][0] != column.group:
            groups.append((column.group, []))
        text = personal.shown(column.field, values.get(column.key), is_open=is_open, marks=entry.marks.get(column.key))
        groups[-1][1].append((column.label, text, column.field.unit if column.field.is_number and text else ""))
    changes = history_reading.changes_of("ledgers.entry", entry.pk, request.actor)
    context = {
        "entry": entry,
        "kind": kind,
        "title": listing.title(kind, entry, is_open=is_open),
        "groups": groups,
        "faults": rules.faults(kind, values),
        "steps": history_reading.steps_in(history_reading.sets_of(changes)[:10], changes, request.actor),
        "is_open": is_open,
        "reason": ReasonForm(),
        "may_write": may_write(request.actor, kind, entry.organisation),
        "may_delete": may_delete(request.actor, kind, entry.organisation),
        "link": LinkForm(actor=request.actor, initial={"linked": entry.linked}) if "org_name" in kind.by_key else None,
        "may_promote": may_edit_organisation(request.actor, entry.organisation),
    }
    return render(request, "ledgers/entry_page.html", context)


@doors.business
def new(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Begin a row: first whose, then the form with what is known already."""
    kind = kind_at(request, key)
    require(may_write_any(request.actor, kind))
    organisation = _whose(request, kind)
    if organisation is None:
        whose = WhoseForm(actor=request.actor, kinds=_kinds(kind))
        return render(request, "ledgers/entry_whose.html", {"kind": kind, "form": whose})
    require(may_write(request.actor, kind, organisation))
    period = request.GET.get("period", "")
    period = period if kind.period and kind.accepts_period(period) else kind.due_period(request.actor.on)
    standing_row = _only_row(request, kind, organisation, period)
    if standing_row is not None and request.method == "GET":
        return redirect("ledger_entry_edit", pk=standing_row.pk)
    last = prefill.last_period(kind, organisation, period, request.actor) if kind.period else None
    known = prefill.known(kind, organisation, request.actor) | prefill.asked_for(kind, request.GET.get("sort", ""))
    if last is not None and request.GET.get("copy"):
        known |= prefill.copied(kind, last)
    before = sealing.open_all(last.values) if last is not None else None
    form = EntryForm(
        request.POST or None, kind=kind, actor=request.actor, period=period, known=known, before=before, seen=None
    )
    return _form(request, form, kind, organisation, None, {"last": last, "period": period})


def _whose(request: doors.BusinessRequest, kind: KindRule) -> Organisation | None:
    """The organisation the address names; without one, the actor's own if it has rows in this ledger."""
    if requested.key(request.GET.get("organisation")):
        found = requested.row(Organisation.objects.visible_to(request.actor), request.GET["organisation"])
        if not kind.accepts(found.kind):
            raise Http404
        return found
    text = request.GET.get("organisation_text", "")
    if text:
        form = WhoseForm(request.GET, actor=request.actor, kinds=_kinds(kind))
        return form.cleaned_data["organisation"] if form.is_valid() else None
    own = request.actor.organisation
    return own if kind.accepts(own.kind) and kind.subject != "any" else None


def _kinds(kind: KindRule) -> list[str]:
    """The kinds of organisations that have rows in a ledger; empty means any."""
    return sorted(SUBJECTS.get(Subject(kind.subject), frozenset()))


def _only_row(request: doors.BusinessRequest, kind: KindRule, organisation: Organisation, period: str) -> Entry | None:
    """The row that stands already where an organisation has one a period."""
    if kind.natural_key:
        return None
    rows = Entry.objects.visible_to(request.actor).of(kind.key, period)
    return rows.filter(organisation=organisation, key="").first()


@doors.business
def edit(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """The form on a row that stands."""
    entry, kind = entry_at(request, pk)
    require(may_write(request.actor, kind, entry.organisation))
    is_open = personal.is_open(request, kind)
    values = sealing.open_all(entry.values)
    masked = frozenset() if is_open else kind.personal_keys & set(values)
    known = {
        key: Known(value, "", tuple(entry.marks.get(key, ())))
        for key, value in values.items()
        if key in kind.by_key and key not in masked
    }
    form = EntryForm(
        request.POST or None,
        kind=kind,
        actor=request.actor,
        period=entry.period,
        known=known,
        before=values,
        masked=masked,
        seen=entry,
    )
    return _form(request, form, kind, entry.organisation, entry, {"masked": masked, "period": entry.period})


def _form(
    request: doors.BusinessRequest,
    form: EntryForm,
    kind: KindRule,
    organisation: Organisation,
    entry: Entry | None,
    more: dict[str, Any],
) -> HttpResponse:
    """Show the form, or save what came: a row that breaks a rule, or that somebody else wrote, loses nothing."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            saved = _saved(request, form, kind, organisation, entry)
            if saved is not None:
                messages.success(request, _("Saved."))
                return redirect(saved)
            status = 409 if form.non_field_errors() else 422
    context = {"form": form, "kind": kind, "organisation": organisation, "entry": entry, "reason": ReasonForm(), **more}
    return render(request, "ledgers/entry_form.html", context, status=status)


def _saved(
    request: doors.BusinessRequest, form: EntryForm, kind: KindRule, organisation: Organisation, entry: Entry | None
) -> Entry | None:
    """The row as saved, or None with the reason in the form."""
    period = form.cleaned_data.get("period", "")
    seen = form.cleaned_data["version"]
    try:
        if entry is None:
            return actions.save_entry(
                kind, organisation, period, form.values(), by=request.actor, marks=form.marks(), expected=seen
            )
        return actions.rename_entry(
            entry, kind, period, form.values(), by=request.actor, marks=form.marks(), expected=seen
        )
    except actions.Refused as refused:
        form.refuse(list(refused.faults))
    except Conflict as conflict:
        _tell(form, kind, conflict.current, entry)
    return None


def _tell(form: EntryForm, kind: KindRule, current: Any, entry: Entry | None) -> None:
    """Say what somebody else wrote meanwhile, or that there is such a row already."""
    if (entry is not None and current.pk != entry.pk) or (entry is None and form.cleaned_data["version"] == 0):
        form.add_error(None, _("There is such a row already; open it from the list and go on there."))
        return
    values = sealing.open_all(current.values)
    written = {
        f"f_{c.key}": rules.shown(c.field, values.get(c.key), current.marks.get(c.key, ()))
        for c in form.columns
        if form.values().get(c.key) != values.get(c.key)
    }
    form.tell_conflict(current, written)


@require_POST
@doors.business
def link(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Say which organisation of the register a row speaks of; none takes the link away."""
    entry, kind = entry_at(request, pk)
    form = LinkForm(request.POST, actor=request.actor)
    if form.is_valid():
        actions.link(entry, kind, form.cleaned_data["linked"], by=request.actor)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect(entry)


@require_POST
@doors.business
def promote(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take the unit a row speaks of into the register."""
    entry, kind = entry_at(request, pk)
    try:
        unit = actions.promote(entry, kind, by=request.actor)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect(entry)
    messages.success(request, _("“%(name)s” stands in the register now.") % {"name": unit})
    return redirect(unit)


@require_POST
@doors.business
def delete(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """Take a row out, and offer to bring it back."""
    entry, kind = entry_at(request, pk)
    record = actions.delete(entry, kind, by=request.actor)
    messages.success(request, _("Deleted. It can be brought back here within 30 days."))
    return redirect("change_undo", pk=record.pk)
