"""Doors of what is pasted into the grid: a block from a spreadsheet, and replies from a chat group."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgs import doors
from orgs.forms.secrecy import CONFIRMED, weigh_text
from orgs.models import Organisation
from orgs.scope import require
from sheets.secrecy import Grade, in_rows
from tasks.actions import rows as actions
from tasks.actions.rows import Saved, Typed
from tasks.grids import blocks, cells, chat, permissions, sheet, typed
from tasks.grids.blocks import Laid, Surface
from tasks.grids.cells import Ask
from tasks.grids.names import Villages
from tasks.grids.sheet import Cell, Sheet
from tasks.reading import NotRead
from tasks.refusals import StepRefused
from tasks.rules import Learned
from tasks.views.grid import columns_of, shows_mine

MOST_TEXT = 20_000


@require_POST
@doors.business
def block(request: doors.BusinessRequest) -> HttpResponse:
    """Read a pasted block: which cells it fills, and a sentence for what cannot be read. Nothing is written."""
    require(permissions.fills_grid(request.actor))
    shown = sheet.build(
        request.actor,
        tasks=typed.keys_in(request.POST.get("tasks", "")),
        organisations=typed.keys_in(request.POST.get("places", "")),
    )
    places = [line.organisation.pk for line in shown.lines]
    villages = Villages(request.actor, places)
    titles = {column.key: column.task.title for column in shown.columns}
    titles |= {blocks.NOTE: _("Remarks"), blocks.LEARNED: _("How it was learned")}
    place = typed.number(request.POST.get("place", "")) or 0
    surface = Surface(places, list(titles), titles, place, request.POST.get("column", ""))
    lines = _block(request.POST.get("block", ""))
    if (marked := in_rows(lines)) and marked.grade == Grade.REFUSED:
        return JsonResponse({"fill": [], "faults": [], "title": weigh_text(marked.words).sentence})
    laid = blocks.lay_out(lines, surface, villages.place, villages.doubt)
    fill = _read(laid, shown)
    words = ngettext(
        "%(count)s cell can be filled in; this could not be read:",
        "%(count)s cells can be filled in; this could not be read:",
        len(fill),
    )
    return JsonResponse({"fill": fill, "faults": laid.faults, "title": words % {"count": len(fill)}})


def _block(text: str) -> list[list[str]]:
    """The lines of a block; nothing for what is none."""
    try:
        found = json.loads(text[: 50 * MOST_TEXT])
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    return [[str(cell) for cell in line[:60]] for line in found[: blocks.MOST_LINES] if isinstance(line, list)]


def _read(laid: Laid, shown: Sheet) -> list[dict[str, Any]]:
    """The pieces as the cells would show them; what cannot be read goes to the faults."""
    by_place = {line.organisation.pk: line for line in shown.lines}
    learned = {str(label): value for value, label in Learned.choices}
    found = []
    for piece in laid.pieces:
        line = by_place[piece.place]
        cell = next((cell for cell in line.cells if cell.column.key == piece.column), None)
        text, fault = _text(piece.column, piece.text, cell, learned)
        if fault:
            words = {"number": piece.line, "name": line.organisation, "text": piece.text, "why": fault}
            laid.faults.append(_("Line %(number)s, %(name)s: “%(text)s”. %(why)s") % words)
        elif text:
            found.append({"place": piece.place, "column": piece.column, "text": text})
    return found


def _text(column: str, text: str, cell: Cell | None, learned: dict[str, str]) -> tuple[str, str]:
    """A pasted text as its cell would show it, and what is wrong with it."""
    if column == blocks.NOTE:
        return text[: cells.WORDS_LENGTH], ""
    if column == blocks.LEARNED:
        found = learned.get(text, "")
        return found, "" if found else _("It is none of: %(choices)s") % {"choices": "、".join(learned)}
    if cell is None or cell.facts is None:
        return "", _("This matter does not concern it.")
    if cell.locked:
        return "", cell.locked
    try:
        return cells.normal(cell.facts, text, cell.on), ""
    except NotRead as refused:
        return "", str(refused)


@doors.business
def chat_page(request: doors.BusinessRequest) -> HttpResponse:
    """Replies from the group: read, shown line by line with what is doubtful asked, and saved once confirmed."""
    actor = request.actor
    require(permissions.fills_grid(actor))
    shown = sheet.build(actor, tasks=columns_of(request), mine=False)
    text = request.POST.get("text", "")[:MOST_TEXT]
    if request.method == "POST" and request.POST.get("step") == "save":
        left = _save(request, shown)
        if not left:
            return redirect("grid")
        text = "\n".join(left)
    told, weighed = [], weigh_text(text, request.POST.getlist(CONFIRMED))
    if weighed.sentence:
        messages.error(request, weighed.sentence)
    elif text.strip():
        villages = Villages(actor, [line.organisation.pk for line in shown.lines])
        told = chat.read(text, [_wanted(shown, column.key) for column in shown.columns], villages.in_text)
    context = {
        "text": text,
        "pasted": {"doubts": [weighed.doubt] if weighed.doubt else []},
        "told": told,
        "asked": sum(one.asked for one in told),
        "sheet": shown,
        "stands": {line.organisation.pk: line for line in shown.lines},
        "learned": Learned.choices,
        "nothing": bool(text.strip()) and not told and not weighed.sentence,
        "mine": shows_mine(request),
    }
    return render(request, "tasks/grid_chat.html", context)


def _wanted(shown: Sheet, key: str) -> chat.Wanted:
    """A column as the reading of a chat sees it; stages are those of any of its rows, for they share them."""
    column = next(column for column in shown.columns if column.key == key)
    stages: dict[str, None] = {}
    if column.ask == Ask.STAGE:
        for line in shown.lines:
            cell = next(cell for cell in line.cells if cell.column is column)
            stages |= dict.fromkeys(stage.name for stage in (cell.facts.stages if cell.facts else ()))
    return chat.Wanted(key, column.ask, column.task.title, column.unit, tuple(stages))


def _save(request: doors.BusinessRequest, shown: Sheet) -> list[str]:
    """Save what was confirmed, one change set a village; the lines of what was not saved, after saying why."""
    by_place = {line.organisation.pk: line for line in shown.lines}
    left, saved = [], 0
    confirmed = _confirmed(request)
    marked = weigh_text("\n".join(source for _facts, sources in confirmed.values() for source in sources))
    if marked.sentence and marked.doubt is None:
        messages.error(request, marked.sentence)
        return [source for _facts, sources in confirmed.values() for source in sources]
    for place, (facts, sources) in confirmed.items():
        line = by_place.get(place)
        if line is None:
            left += sources
            continue
        cells_of = {cell.column.key: cell for cell in line.cells if cell.assignment}
        sent, about = dict[int, Typed](), None
        for column, text in facts.items():
            cell = cells_of.get(column)
            if cell is None or cell.assignment is None:
                _say(request, line.organisation, text, _("This matter does not concern it."))
                left += sources
                continue
            key = cell.assignment.pk
            was = request.POST.get(f"was-{key}", cell.text)
            sent[key] = Typed(text, was, typed.number(request.POST.get(f"version-{key}", "")) or 0)
            about = about or key
        done = _report(request, line.organisation, sent, about, sources)
        saved += bool(done.change_set)
        if done.refused or done.clashes:
            left += sources
    if saved:
        text = ngettext("%(count)s village is saved.", "%(count)s villages are saved.", saved)
        messages.success(request, text % {"count": saved})
    return list(dict.fromkeys(left))


def _confirmed(request: doors.BusinessRequest) -> dict[int, tuple[dict[str, str], list[str]]]:
    """What was confirmed: by village the texts by column, and the lines they are from."""
    found: dict[int, tuple[dict[str, str], list[str]]] = {}
    for number in range(chat.MOST_LINES):
        source = request.POST.get(f"line-{number}")
        if source is None:
            break
        place = typed.number(request.POST.get(f"place-{number}", ""))
        if place is None:
            continue  # left out on purpose
        facts, sources = found.setdefault(place, ({}, []))
        sources.append(source)
        columns = request.POST.getlist(f"column-{number}")
        for column, text in zip(columns, request.POST.getlist(f"fact-{number}"), strict=False):
            if column and text.strip():
                facts[column] = text.strip()
    return found


def _report(
    request: doors.BusinessRequest,
    organisation: Organisation,
    sent: dict[int, Typed],
    about: int | None,
    sources: list[str],
) -> Saved:
    note = "\n".join(sources)[: cells.WORDS_LENGTH]
    try:
        done = actions.report_row(
            organisation,
            sent,
            by=request.actor,
            note=note,
            about=about,
            learned=request.POST.get("learned", Learned.VILLAGE_REPORT.value),
        )
    except StepRefused as refused:
        done = Saved(refused=dict.fromkeys(sent, str(refused)))
    for key, reason in done.refused.items():
        _say(request, organisation, sent[key].text, reason)
    for clash in done.clashes:
        words = {"who": clash.who, "theirs": clash.theirs}
        _say(request, organisation, clash.mine, _("%(who)s entered %(theirs)s meanwhile.") % words)
    return done


def _say(request: doors.BusinessRequest, organisation: Organisation, text: str, reason: str) -> None:
    words = {"name": organisation, "text": text, "reason": reason}
    messages.error(request, _("%(name)s: “%(text)s” was not saved. %(reason)s") % words)
