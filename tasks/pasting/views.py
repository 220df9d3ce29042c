"""Doors of what is pasted into the grid: a block from a spreadsheet, and replies from a chat group."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.pages.secrecy import CONFIRMED, weigh_text
from orgs.scope import require
from sheets import clipboard
from sheets.secrecy import Grade, Mark, in_rows
from tasks.grid import actions, cells, sheet, typed
from tasks.grid import permissions as grid_permissions
from tasks.grid.actions import Saved, Typed
from tasks.grid.cells import Ask
from tasks.grid.sheet import Cell, Sheet
from tasks.grid.views import columns_of
from tasks.pasting import blocks, chat, likely
from tasks.pasting.blocks import Laid, Surface
from tasks.pasting.names import Villages
from tasks.refusals import StepRefused
from tasks.rules.status import Learned
from tasks.rules.typed_facts import NotRead
from tasks.steps.forms import TEXT_LENGTH

MOST_ROWS = chat.MOST_LINES * (chat.MOST_NAMED + 1)
_WORD = re.compile(r"[^\W\d_]")
NOBODY = "none"  # chosen for a line that is left out on purpose


@require_POST
@doors.business
def block(request: doors.BusinessRequest) -> HttpResponse:
    """Read a pasted block: which cells it fills, and a sentence for what cannot be read. Nothing is written."""
    require(grid_permissions.fills_grid(request.actor))
    shown = sheet.build(
        request.actor,
        tasks=typed.keys_in(request.POST.get("tasks", "")),
        organisations=typed.keys_in(request.POST.get("places", "")),
    )
    places = [line.organisation.pk for line in shown.lines]
    villages = Villages(request.actor, places)
    titles = {column.key: column.task.title for column in shown.columns}
    titles |= {blocks.NOTE: _("Remarks"), blocks.LEARNED: _("How it was learned")}
    place = requested.key(request.POST.get("place")) or 0
    units = {column.key: column.unit for column in shown.columns}
    figures = frozenset(column.key for column in shown.columns if column.ask in cells.NUMBERS)
    chosen = requested.structure(request.POST.get("chosen", "") or "{}")
    chosen = {str(name): str(key) for name, key in chosen.items()} if isinstance(chosen, dict) else {}
    surface = Surface(places, list(titles), titles, place, request.POST.get("column", ""), units, figures, chosen)
    laid = _laid(request.POST, surface, villages)
    fill, far = _read(laid, shown)
    options = {
        "column": [[key, str(title)] for key, title in titles.items()],
        "line": [[str(line.organisation.pk), str(line.organisation)] for line in shown.lines],
    }
    words = ngettext(
        "%(count)s cell can be filled in; this could not be read:",
        "%(count)s cells can be filled in; this could not be read:",
        len(fill),
    )
    told = {"fill": fill, "faults": laid.faults, "title": words % {"count": len(fill)}}
    return JsonResponse(told | {"asked": laid.asked, "far": far, "options": options, "chosen": chosen})


def _not_laid(marked: Mark) -> str:
    """Why a block with a mark of secrecy is not filled in."""
    if marked.grade == Grade.REFUSED:
        return weigh_text(marked.words).sentence
    return _(
        "What was pasted says “%(mark)s”, so nothing is filled in. If it holds neither state secrets nor work secrets, "
        "copy the figures alone."
    ) % {"mark": marked.words}


def _laid(data: Mapping[str, str], surface: Surface, villages: Villages) -> Laid:
    """What was pasted, laid over the grid: as the clipboard's text, or as the cells of a table (``block``)."""
    text = data.get("text", "")
    block = clipboard.rows(text[: clipboard.LONGEST]) if text else _table(data.get("block", ""))
    if len(text) > clipboard.LONGEST or block is None:
        words = {"count": clipboard.LONGEST}
        return Laid(faults=[_("At most %(count)s characters are pasted at once: nothing is filled in.") % words])
    if marked := in_rows(block):
        return Laid(faults=[_not_laid(marked)])
    laid = blocks.lay_out(block, surface, villages.place, villages.doubt)
    if data.get("hidden") and not laid.named:
        said = _("Hidden lines were copied along, so it is not sure which line is whose: copy the visible cells alone.")
        return Laid(faults=[said])
    if data.get("apart") and not laid.headed:
        said = _(
            "Hidden columns were copied along, so it is not sure which column is which: copy the visible cells alone, "
            "or the line of headings too."
        )
        return Laid(faults=[said])
    if data.get("merged"):
        laid.faults.append(_("It holds merged cells: their text counts for the first line and column only."))
    return laid


def _table(text: str) -> list[list[str]] | None:
    """The lines of a table sent as JSON; none for what is none; None when it is too long."""
    if len(text) > 2 * clipboard.LONGEST:
        return None
    found = requested.structure(text)
    if not isinstance(found, list):
        return []
    return [[str(cell) for cell in line] for line in found if isinstance(line, list)]


def _read(laid: Laid, shown: Sheet) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The pieces as the cells would show them; what cannot be read goes to the faults. What is far from all that is
    known stands there too, and beside it by its sentence the cell that it fills once somebody says that it is right.
    """
    by_place = {line.organisation.pk: line for line in shown.lines}
    learned = {str(label): value for value, label in Learned.choices}
    measure = likely.Measure(shown, laid.pieces)
    found, far = [], {}
    cells_of = {(line.organisation.pk, cell.column.key): cell for line in shown.lines for cell in line.cells}
    texts = [
        _text(piece.column, piece.text, cells_of.get((piece.place, piece.column)), learned) for piece in laid.pieces
    ]
    unsure = set() if laid.headed else _behind_words(laid, texts, cells_of)
    for piece, (text, fault) in zip(laid.pieces, texts, strict=True):
        if piece.column in unsure:
            continue
        line = by_place[piece.place]
        cell = cells_of.get((piece.place, piece.column))
        doubt = "" if fault else measure.far(piece.text, cell)
        filled = {"place": piece.place, "column": piece.column, "text": text}
        if fault or doubt:
            words = {"number": piece.line, "name": line.organisation, "text": piece.text, "why": fault or doubt}
            laid.faults.append(_("Line %(number)s, %(name)s: “%(text)s”. %(why)s") % words)
            if doubt:
                far[laid.faults[-1]] = filled | {"sure": True}
        elif text:
            found.append(filled)
    return found, far


def _behind_words(laid: Laid, texts: list[tuple[str, str]], cells_of: Mapping[tuple[int, str], Cell]) -> set[str]:
    """The columns to the right of one that holds words alone where it asks for something else: those of a column that
    is none here (a name, an address), so that figures would fall beside their own. They are said, and not filled in.
    """
    words: dict[str, bool] = {}
    for piece, (_text, fault) in zip(laid.pieces, texts, strict=True):
        cell = cells_of.get((piece.place, piece.column))
        open_cell = piece.column == blocks.LEARNED or (cell is not None and cell.facts is not None and not cell.locked)
        if open_cell:
            is_word = bool(fault and _WORD.search(piece.text) and not piece.text.startswith("#"))
            words[piece.column] = words.get(piece.column, True) and is_word
    order = list(dict.fromkeys(piece.column for piece in sorted(laid.pieces, key=lambda piece: piece.at)))
    first = next((at for at, column in enumerate(order) if words.get(column)), len(order))
    behind = set(order[first + 1 :])
    if behind:
        laid.faults.append(_("Words stand where figures would, so no column is sure: copy the line of headings too."))
    return behind


def _text(column: str, text: str, cell: Cell | None, learned: dict[str, str]) -> tuple[str, str]:
    """A pasted text as its cell would show it, and what is wrong with it."""
    several = len(text.splitlines()) > 1
    text = clipboard.one_line(text)
    if column == blocks.NOTE:
        return (text, "") if len(text) <= cells.WORDS_LENGTH else ("", cells.too_long())
    if column == blocks.LEARNED:
        found = learned.get(text, "")
        return found, "" if found else _("It is none of: %(choices)s") % {"choices": "、".join(learned)}
    if cell is None or cell.facts is None:
        return "", _("This matter does not concern it.")
    if cell.locked:
        return "", cell.locked
    if several and cell.column.ask in cells.NUMBERS:
        return "", _("Several lines stand in one cell: write one figure.")
    try:
        return cells.normal(cell.facts, text, cell.on), ""
    except NotRead as refused:
        return "", str(refused)


@doors.business
def chat_page(request: doors.BusinessRequest) -> HttpResponse:
    """Replies from the group: read, shown line by line with what is doubtful asked, and saved once confirmed."""
    actor = request.actor
    require(grid_permissions.fills_grid(actor))
    shown = sheet.build(actor, tasks=columns_of(request), mine=False)
    text = clipboard.unbroken(request.POST.get("text", ""))
    if request.method == "POST" and request.POST.get("step") == "save":
        left = _save(request, shown)
        if not left:
            return redirect("grid")
        text = "\n".join(left)
    weighed = weigh_text(text, request.POST.getlist(CONFIRMED))
    if weighed.sentence:
        messages.error(request, weighed.sentence)
    told = None if weighed.sentence else _told(request, shown, text)
    context = {
        "text": text,
        "pasted": {"doubts": [weighed.doubt] if weighed.doubt else []},
        "told": told,
        "asked": sum(one.asked for one in told or ()),
        "sheet": shown,
        "stands": {line.organisation.pk: line for line in shown.lines},
        "learned": Learned.choices,
        "nothing": bool(text.strip()) and told == [],
        "longest": clipboard.LONGEST,
        "nobody": NOBODY,
    }
    return render(request, "tasks/pasting/chat.html", context)


def _told(request: doors.BusinessRequest, shown: Sheet, text: str) -> list[chat.Told] | None:
    """What the lines tell; None after saying that they are too many to be read at once."""
    words = {"count": clipboard.LONGEST, "lines": chat.MOST_LINES}
    if len(text) > clipboard.LONGEST or len(chat.lines_of(text)) > chat.MOST_LINES:
        said = _("At most %(count)s characters and %(lines)s lines at once: nothing was read. Paste it in parts.")
        messages.error(request, said % words)
        return None
    if not text.strip():
        return []
    villages = Villages(request.actor, [line.organisation.pk for line in shown.lines])
    wanted = [_wanted(shown, column.key) for column in shown.columns]
    told = chat.read(text, wanted, villages.in_text, villages.doubt, request.actor.on)
    if sum(len(one.facts) for one in told) > chat.MOST_TOLD:
        said = _("At most %(count)s figures at once: nothing was read. Paste it in parts.")
        messages.error(request, said % {"count": chat.MOST_TOLD})
        return None
    likely.Measure(shown).look_at(told, shown)
    return told


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
    confirmed, left = _confirmed(request)
    saved, measure = 0, likely.Measure(shown)
    marked = weigh_text("\n".join(source for _facts, sources in confirmed.values() for source in sources))
    if marked.sentence and marked.doubt is None:
        messages.error(request, marked.sentence)
        return [source for _facts, sources in confirmed.values() for source in sources] + left
    for place, (facts, sources) in confirmed.items():
        line = by_place.get(place)
        if line is None:
            left += sources
            continue
        cells_of = {cell.column.key: cell for cell in line.cells if cell.assignment}
        sent, about = dict[int, Typed](), None
        for column, (told, unit) in facts.items():
            cell = cells_of.get(column)
            text = likely.with_unit(told, unit, cell)
            if why := measure.refusal(text, cell):
                _say(request, line.organisation, text, why)
                left += sources
                continue
            if cell is None or cell.assignment is None:
                _say(request, line.organisation, text, _("This matter does not concern it."))
                left += sources
                continue
            key = cell.assignment.pk
            was = request.POST.get(f"was-{key}", cell.text)
            sent[key] = Typed(text, was, request.POST.get(f"version-{key}", ""))
            about = about or key
        done = _report(request, line.organisation, sent, about or line.speaks_of, sources)
        saved += bool(done.change_set)
        if done.refused or done.clashes or done.unkept:
            left += sources
    if saved:
        text = ngettext("%(count)s village is saved.", "%(count)s villages are saved.", saved)
        messages.success(request, text % {"count": saved})
    return list(dict.fromkeys(left))


def _confirmed(
    request: doors.BusinessRequest,
) -> tuple[dict[int, tuple[dict[str, tuple[str, str]], list[str]]], list[str]]:
    """What was confirmed, by village the texts and the units chosen for them by column and the lines they are from;
    and the lines still in question.

    A line that a village was not chosen for stays, unless it is left out on purpose.
    """
    found: dict[int, tuple[dict[str, tuple[str, str]], list[str]]] = {}
    open_lines: list[str] = []
    for number in range(MOST_ROWS):
        source = request.POST.get(f"line-{number}")
        if source is None:
            break
        chosen = request.POST.get(f"place-{number}", "")
        place = requested.key(chosen)
        if place is None:
            open_lines += [] if chosen == NOBODY else [source]
            continue
        facts, sources = found.setdefault(place, ({}, []))
        sources.append(source)
        columns = request.POST.getlist(f"column-{number}")
        units = [*request.POST.getlist(f"unit-{number}"), *[""] * len(columns)]
        for column, text, unit in zip(columns, request.POST.getlist(f"fact-{number}"), units, strict=False):
            if column and text.strip():
                facts[column] = text.strip(), unit
    if open_lines:
        said = ngettext(
            "%(count)s line was not saved, for no village was chosen: it stands below again.",
            "%(count)s lines were not saved, for no village was chosen: they stand below again.",
            len(open_lines),
        )
        messages.warning(request, said % {"count": len(open_lines)})
    return found, open_lines


def _report(
    request: doors.BusinessRequest,
    organisation: Organisation,
    sent: dict[int, Typed],
    about: int | None,
    sources: list[str],
) -> Saved:
    note = "\n".join(sources)
    if len(note) > TEXT_LENGTH:
        _say(request, organisation, sources[0], _("At most %(count)s characters.") % {"count": TEXT_LENGTH})
        return Saved(unkept={organisation.pk: note})
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
        done = Saved(refused=dict.fromkeys(sent, str(refused)), unkept={organisation.pk: str(refused)})
    for reason in done.unkept.values():
        _say(request, organisation, sources[0], reason)
    for key, reason in done.refused.items():
        _say(request, organisation, sent[key].text, reason)
    for clash in done.clashes:
        words = {"who": clash.who, "theirs": clash.theirs}
        _say(request, organisation, clash.mine, _("%(who)s entered %(theirs)s meanwhile.") % words)
    return done


def _say(request: doors.BusinessRequest, organisation: Organisation, text: str, reason: str) -> None:
    words = {"name": organisation, "text": text, "reason": reason}
    messages.error(request, _("%(name)s: “%(text)s” was not saved. %(reason)s") % words)
