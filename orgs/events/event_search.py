"""Searching the event log: by time, person, kind, result and words; never counted per person or organisation."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dates import clock
from orgs.events import event_kinds
from orgs.models import User
from records.models import Event
from sheets.cleaning import clean

_CHUNK = 2000


def events(chosen: Mapping[str, Any]) -> QuerySet[Event]:
    """The lines that a cleaned ``EventFilter`` asks for, newest first."""
    rows: QuerySet[Event] = Event.objects.select_related("user").order_by("-id")
    if since := chosen.get("since"):
        rows = rows.filter(at__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(at__lt=until)
    if person := chosen.get("person"):
        named = User.objects.filter(Q(name__icontains=person) | Q(username__icontains=person)).values("pk")
        rows = rows.filter(Q(user__in=named) | Q(username__icontains=person))
    for name in ("kind", "result"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if text := chosen.get("q"):
        rows = rows.filter(Q(subject__icontains=text) | Q(post_name__icontains=text) | Q(address__startswith=text))
    return rows


def who(event: Event) -> str:
    """The person, or the user name that was typed when nobody could be recognised."""
    return f"{event.user.name}({event.user.username})" if event.user else event.username


class _Line:
    """A file of one line, which ``csv`` writes to and which hands the line on."""

    def write(self, line: str) -> str:
        return line


def as_csv(rows: QuerySet[Event]) -> Iterator[str]:
    """The lines as a CSV that Excel opens in Chinese; text that looks like a formula stays text."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    headings = [
        _("Time"),
        _("What"),
        _("Kind code"),
        _("Person"),
        _("Post"),
        _("Address"),
        _("Object"),
        _("Result"),
        _("Request"),
    ]
    yield writer.writerow(headings)
    for event in rows.iterator(chunk_size=_CHUNK):
        at = timezone.localtime(event.at, clock.datetime_zone())
        cells = [
            f"{at:%Y-%m-%d %H:%M:%S}",
            event_kinds.label(event.kind),
            event.kind,
            who(event),
            event.post_name,
            event.address or "",
            event.subject,
            event.get_result_display(),
            event.request_id,
        ]
        yield writer.writerow([_as_text(cell) for cell in cells])


def _as_text(cell: str) -> str:
    cell = clean(cell)
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
