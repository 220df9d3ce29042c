"""Doors of the settings: what a county sets for itself and all below it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgs.county import option_values
from orgs.history import reading as history_reading
from orgs.models import OptionValue
from orgs.pages import doors
from orgs.permissions import may_keep_options
from orgs.scope import require
from orgs.settings import actions
from orgs.settings.forms import OptionsForm
from records.changes import Conflict
from records.models import Change

STEPS = 20


@doors.business
def page(request: doors.BusinessRequest) -> HttpResponse:
    """All options by section, with what is shipped and what was changed; saving writes what was changed only."""
    organisation = request.actor.organisation
    require(may_keep_options(request.actor, organisation))
    rows = OptionValue.objects.visible_to(request.actor).filter(organisation=organisation)
    own = set(rows.values_list("key", flat=True))
    form = OptionsForm(
        request.POST or None,
        values=option_values.of(organisation),
        inherited=option_values.above(organisation),
        own=own,
    )
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.save(organisation, form.changed, form.seen, by=request.actor)
        except Conflict as conflict:
            key = conflict.current.key  # type: ignore[attr-defined]  # an option's row
            form.tell_conflict(key, option_values.of(organisation)[key])
        else:
            said = ngettext("%(count)s setting was changed.", "%(count)s settings were changed.", count)
            messages.success(request, said % {"count": count})
            return redirect("settings")
    changes = Change.objects.filter(kind="orgs.optionvalue", organisation=organisation)
    steps = history_reading.steps_in(history_reading.sets_of(changes)[:STEPS], changes, request.actor)
    context = {"form": form, "organisation": organisation, "steps": steps}
    return render(request, "orgs/settings/page.html", context, status=422 if form.errors else 200)


@require_POST
@doors.business
def reset(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Let one option hold as shipped, or as set above."""
    require(may_keep_options(request.actor, request.actor.organisation))
    if key not in option_values.of(request.actor.organisation):
        raise Http404
    if actions.reset(request.actor.organisation, key, by=request.actor):
        messages.success(request, _("The shipped value holds again."))
    else:
        messages.info(request, _("The shipped value holds already."))
    return redirect("settings")
