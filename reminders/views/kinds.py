"""Doors of the table of kinds: what is told when, and what a change would send today."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dates import clock
from orgs import duties
from orgs.pages import doors
from orgs.scope import require
from records.changes import Conflict
from reminders import actions, looking, pushes
from reminders.forms import KindForm
from reminders.kinds import EDITABLE, Tables, hash_of, shipped
from reminders.models import ReminderKind
from reminders.permissions import may_keep_kinds
from reminders.rules.kinds import DIGESTS, OPENS, KindRule, is_fed, named


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """The table in force in the county."""
    require(may_keep_kinds(request.actor))
    own = {row.key: row for row in ReminderKind.objects.visible_to(request.actor)}
    now = clock.now()
    context = {
        "rows": [
            {"rule": rule, "own": own.get(rule.key), "fed": _is_fed(rule), "is_digest": rule.key in DIGESTS}
            for rule in Tables().at(request.actor.organisation.path)
        ],
        "preview": looking.preview(now, Tables(), request.actor.organisation),
        "opens": OPENS,
    }
    return render(request, "reminders/kind_list.html", context)


def _is_fed(rule: KindRule) -> bool:
    return is_fed(rule, duties.has_bulk, pushes.has_source)


def _shipped(key: str) -> KindRule:
    rule = named(shipped(), key)
    if rule is None:
        raise Http404
    return rule


@doors.business
def edit(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Edit one row: first what it would send today, then saving."""
    require(may_keep_kinds(request.actor))
    base = _shipped(key)
    organisation = request.actor.organisation
    row = ReminderKind.objects.visible_to(request.actor).filter(organisation=organisation, key=key).first()
    tables = Tables()
    rule = named(tables.at(organisation.path), key) or base
    initial = {name: getattr(rule, name) for name in EDITABLE}
    form = KindForm(request.POST or None, rule=base, initial=initial, seen=row)
    context = {
        "form": form,
        "rule": rule,
        "row": row,
        "fed": _is_fed(base),
        "outdated": row and row.shipped_hash != hash_of(base),
    }
    if request.method == "POST" and form.is_valid():
        if request.POST.get("sure") == "yes":
            try:
                tried = form.tried(rule)
                given = {name: getattr(tried, name) for name in EDITABLE}
                seen = form.cleaned_data["version"]
                actions.save_kind(base, by=request.actor, organisation=organisation, expected=seen, **given)
            except Conflict as conflict:
                form.tell_conflict(conflict.current, {name: getattr(conflict.current, name) for name in EDITABLE})
            else:
                messages.success(request, _("“%(kind)s” holds from the next reminders on.") % {"kind": rule.name})
                return redirect("reminder_kinds")
        else:
            context["preview"] = looking.preview(clock.now(), Tables({key: form.tried(rule)}), organisation)
            context["before"] = looking.preview(clock.now(), Tables(), organisation)
    return render(request, "reminders/kind_edit.html", context, status=422 if form.errors else 200)


@require_POST
@doors.business
def reset(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Let the shipped row hold again."""
    require(may_keep_kinds(request.actor))
    own = ReminderKind.objects.visible_to(request.actor).filter(organisation=request.actor.organisation)
    actions.reset_kind(get_object_or_404(own, key=key), by=request.actor)
    messages.success(request, _("The shipped row holds again."))
    return redirect("reminder_kinds")
