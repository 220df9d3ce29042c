"""Doors of the audit administrator: the event log, searched and exported."""

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dates import clock
from orgs.events import event_kinds, event_search
from orgs.events.forms import EventFilter
from orgs.pages import requested
from orgs.people.administration import DeskRequest, desk, may_read_events
from orgs.sign_in import acting
from records.models import Event

ROWS = 50


def _form(request: DeskRequest) -> EventFilter:
    return EventFilter(request.GET or None, kinds=event_kinds.choices(), results=Event.Result.choices)


def _found(form: EventFilter) -> QuerySet[Event]:
    """The lines searched for; none while the search makes no sense."""
    if form.is_bound and not form.is_valid():
        return Event.objects.none()
    return event_search.events(form.cleaned_data if form.is_bound else {})


@require_GET
@desk(may_read_events)
def events(request: DeskRequest) -> HttpResponse:
    """The event log, newest first; older lines follow by key, so that a long log stays quick."""
    form = _form(request)
    rows = _found(form)
    before = requested.key(request.GET.get("before"))
    if before:
        rows = rows.filter(pk__lt=before)
    shown = list(rows[: ROWS + 1])
    older = shown[ROWS - 1].pk if len(shown) > ROWS else None
    lines = [(event, event_kinds.label(event.kind), event_search.who(event)) for event in shown[:ROWS]]
    context = {"form": form, "lines": lines, "older": older, "before": before or ""}
    return render(request, "orgs/events/list.html", context)


@require_GET
@desk(may_read_events)
def events_export(request: DeskRequest) -> StreamingHttpResponse:
    """The lines exactly as searched, all of them, as CSV."""
    form = _form(request)
    acting.log_event(request, "events_export", Event.Result.DONE, subject=request.GET.urlencode())
    response = StreamingHttpResponse(event_search.as_csv(_found(form)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="events-{clock.today()}.csv"'
    return response
