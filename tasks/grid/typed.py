"""What a row of the grid sends, and what it is told: the shape of the request and of the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from orgs.models import Organisation
from orgs.pages import requested
from records import concealing
from sheets.clipboard import one_line
from tasks.grid.actions import Clash, Saved, Typed
from tasks.grid.cells import WORDS_LENGTH, too_long
from tasks.grid.sheet import Cell, Line

_CELL = re.compile(r"c-(\d{1,18})")
MOST_ROWS = 300  # saved together
MOST = 1000  # characters of a cell


@dataclass
class Sent:
    """One row as sent: the cells that were changed, the note and how it was learned."""

    typed: dict[int, Typed] = field(default_factory=dict)
    note: str = ""
    about: int | None = None
    learned: str = ""
    unkept: str = ""


def read(data: Mapping[str, str]) -> Sent:
    """The changed cells of a posted row: those whose text differs from what stood there."""
    sent = Sent(learned=data.get("learned", ""))
    for name, text in data.items():
        match = _CELL.fullmatch(name)
        if match is None:
            continue
        key, text = match[1], text.strip()[:MOST]
        was = data.get(f"was-{key}", "").strip()
        if text != was:
            sure = data.get(f"sure-{key}", "").strip()[:MOST] == text
            sent.typed[int(key)] = Typed(text, was, data.get(f"version-{key}", ""), sure)
    note, before = one_line(data.get("note", "")), one_line(data.get("note-was", ""))
    if note != before:
        sent.note, sent.unkept = _note(note)
    sent.about = requested.key(data.get("about"))
    return sent


def _note(note: str) -> tuple[str, str]:
    """A remark as it is kept, and why it is not: what was said is not taken back by emptying it."""
    if not note:
        return "", _("What was said is not emptied: write the right words, or undo the last save.")
    return (note, "") if len(note) <= WORDS_LENGTH else ("", too_long())


def rows_in(text: str) -> dict[int, dict[str, str]]:
    """Rows sent together, by the key of their village; nothing for what is none."""
    found = requested.structure(text)
    if not isinstance(found, dict):
        return {}
    rows = {requested.key(place): row for place, row in list(found.items())[:MOST_ROWS] if isinstance(row, dict)}
    return {
        place: {str(name): str(value) for name, value in row.items()}
        for place, row in rows.items()
        if place is not None
    }


def part_of(saved: Saved, line: Line) -> Saved:
    """What came of one of several rows saved together."""
    own = {cell.assignment.pk for cell in line.cells if cell.assignment}
    written = [key for key in saved.written if key in own]
    return Saved(
        saved.change_set if written else None,
        written,
        {key: reason for key, reason in saved.refused.items() if key in own},
        {key: why for key, why in saved.unkept.items() if key == line.organisation.pk},
        [clash for clash in saved.clashes if clash.key in own],
        saved.asked & own,
    )


def keys_in(text: str) -> list[int]:
    """Keys joined by commas; anything else in between is left out."""
    return requested.keys(text.split(","))


def answer(request: HttpRequest, saved: Saved, line: Line | None, organisation: Organisation) -> dict[str, Any]:
    """What the page is told after a save."""
    cells = {str(cell.assignment.pk): _cell(cell) for cell in line.cells if cell.assignment} if line else {}
    titles = {cell.assignment.pk: cell.column.task.title for cell in line.cells if cell.assignment} if line else {}
    now = saved.change_set.at if saved.change_set else timezone.now()
    return {
        "saved": time_format(timezone.localtime(now), "H:i") if saved.change_set else "",
        "set": concealing.conceal(concealing.CHANGE_SET, saved.change_set.pk) if saved.change_set else None,
        "cells": cells,
        "refused": {str(key): reason for key, reason in saved.refused.items()},
        "asked": [str(key) for key in saved.asked],
        "clashes": [
            {"key": clash.key, "html": clash_html(request, clash, titles.get(clash.key, ""), organisation)}
            for clash in saved.clashes
        ],
        "unkept": saved.unkept.get(organisation.pk, ""),
        "chase": line.chase if line else "",
        "note": line.note if line else "",
        "about": line.about if line else None,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    assert cell.assignment is not None  # asked for above
    return {
        "text": cell.text,
        "version": cell.assignment.seen,
        "missing": cell.missing,
        "tone": cell.tone,
        "why": cell.why,
    }


def clash_html(request: HttpRequest, clash: Clash, title: str, organisation: Organisation) -> str:
    """Both values with their buttons, as the page shows them; the form works without scripts."""
    context = {
        "clash": clash,
        "title": title,
        "organisation": organisation,
        "learned": request.POST.get("learned", ""),
        "keys": request.POST.get("tasks", ""),
    }
    return render_to_string("tasks/grid/clash.html", context, request)
