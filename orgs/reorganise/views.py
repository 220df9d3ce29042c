"""Doors of reorganisation: choose, fill in, see what would happen, do it."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from orgs.history import actions as history
from orgs.models import Organisation
from orgs.pages import doors, shown
from orgs.permissions import may_edit_organisation
from orgs.reorganise import actions
from orgs.reorganise.cases import Verb
from orgs.reorganise.forms import FORMS
from orgs.scope import require
from records.changes import Conflict
from records.models import ChangeSet


def _found(request: doors.BusinessRequest, pk: int) -> Organisation:
    """The organisation, if the post may reorganise it. Raises ``Http404`` or ``PermissionDenied`` with the reason."""
    rows = Organisation.objects.visible_to(request.actor).select_related("parent", "township")
    organisation = get_object_or_404(rows, pk=pk)
    require(may_edit_organisation(request.actor, organisation))
    return organisation


@require_GET
@doors.business
def choose(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """What can be done to an organisation."""
    return render(request, "orgs/reorganise/choose.html", {"organisation": _found(request, pk), "verbs": Verb})


@doors.business
def step(request: doors.BusinessRequest, pk: int, verb: str) -> HttpResponse:
    """One verb: the form; sent by GET, what would happen; sent by POST, it is done."""
    organisation = _found(request, pk)
    if verb not in FORMS:
        raise Http404
    sent: QueryDict = request.POST if request.method == "POST" else request.GET
    form = FORMS[verb](sent or None, source=organisation, actor=request.actor)
    context = {"organisation": organisation, "form": form, "verb": Verb(verb)}
    status = 200
    if form.is_bound and form.is_valid():
        case = form.case()
        reasons = actions.objections(case, request.actor)
        lines = [] if reasons else [str(line) for line in actions.preview(case)]
        now = shown.fingerprint(lines)
        if request.method == "POST" and not reasons and not shown.still_shown(request.POST.get("shown", ""), now):
            context["outdated"], status = True, 409
            sent = _with_version(request, organisation)
            form = FORMS[verb](sent, source=organisation, actor=request.actor)
        elif request.method == "POST" and not reasons:
            try:
                record = actions.carry_out(case, by=request.actor, expected=form.cleaned_data["version"])
                return redirect("reorganised", record.pk)
            except actions.Refused as refused:
                reasons, status = refused.reasons, 422
            except Conflict:
                reasons = [_("Somebody has changed the organisation meanwhile. Look over what would happen now.")]
                sent = _with_version(request, organisation)
                form = FORMS[verb](sent, source=organisation, actor=request.actor)
                status = 409
        context["sent"] = [(name, value) for name, values in sent.lists() if name in form.sends for value in values]
        shows = not reasons or status == 409
        lines = lines if shows else []
        context |= {"form": form, "reasons": reasons, "previewed": shows, "lines": lines, "shown": now}
    elif form.is_bound:
        status = 422
    return render(request, "orgs/reorganise/step.html", context, status=status)


def _with_version(request: doors.BusinessRequest, organisation: Organisation) -> QueryDict:
    sent = request.POST.copy()
    sent["version"] = organisation.seen
    return sent


@require_GET
@doors.business
def done(request: doors.BusinessRequest, pk: int) -> HttpResponse:
    """What was done, with the way back."""
    sets = ChangeSet.objects.filter(verb__startswith=actions.PREFIX).exclude(verb__endswith=".undo")
    record = get_object_or_404(sets.select_related("user", "undone_by"), pk=pk)
    keys = record.changes.filter(kind="orgs.organisation").values("object_id")
    rows = Organisation.objects.visible_to(request.actor).filter(pk__in=keys).order_by("path")
    if not rows.exists():
        raise Http404
    require(may_edit_organisation(request.actor, rows[0]))
    context = {"record": record, "rows": rows[:20], "more": max(0, rows.count() - 20)}
    return render(request, "orgs/reorganise/done.html", {**context, "verdict": history.may_undo(request.actor, record)})
