"""Doors of the boards drawn from ledgers, of the rows behind each figure, and of the tasks made from them."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledgers import kinds
from ledgers.boards import ALL, BY_KEY, generic, listing, tasks
from ledgers.boards.board import Board, Chosen, Counts
from orgs.models import Organisation
from orgs.pages import doors, requested
from orgs.pages.paging import page_of
from orgs.pages.workbooks import download
from sheets import writing

YEARS = 3  # how far back the year switch goes


def _open(request: doors.BusinessRequest) -> list[Board]:
    """The boards whose ledger the actor may see."""
    return [board for board in ALL if any(kind.key == board.ledger for kind in kinds.in_use(request.actor))]


def _board(request: doors.BusinessRequest, key: str) -> Board:
    """A shipped board, or that of any ledger under ``of-`` and its key."""
    in_use = {kind.key: kind for kind in kinds.in_use(request.actor)}
    if key.startswith(generic.PREFIX) and key.removeprefix(generic.PREFIX) in in_use:
        return generic.board_of(in_use[key.removeprefix(generic.PREFIX)])
    board = BY_KEY.get(key)
    if board is None or board.ledger not in in_use:
        raise Http404
    return board


def _chosen(request: doors.BusinessRequest) -> Chosen:
    """The selection the query string names; what makes no sense is the default."""
    this = request.actor.on.year
    year = requested.year(request.GET.get("year"), this, least=2000, most=this + 1)
    return Chosen(request.actor, year, requested.key(request.GET.get("township")))


@doors.business
def index(request: doors.BusinessRequest) -> HttpResponse:
    """Every board with its first figures."""
    chosen = _chosen(request)
    shown = [(board, Counts(board, chosen)) for board in _open(request)]
    cards = [(board, listing.head(board, counts)) for board, counts in shown]
    shipped = {board.ledger for board in ALL}
    others = [(generic.key_of(kind), kind) for kind in kinds.in_use(request.actor) if kind.key not in shipped]
    return render(request, "ledgers/board_list.html", {"cards": cards, "others": others, "chosen": chosen})


@doors.business
def page(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """One board: its figures, and a table by township."""
    board, chosen = _board(request, key), _chosen(request)
    counts = Counts(board, chosen)
    this = request.actor.on.year
    context = {
        "board": board,
        "chosen": chosen,
        "years": range(this, this - YEARS, -1),
        "cards": listing.cards(board, counts),
        "headings": listing.table_headings(board, chosen),
        "rows": listing.table(board, counts),
        "total": listing.total(board, counts),
        "may_make": tasks.may_make(request.actor, board),
    }
    return render(request, "ledgers/board_page.html", context)


@doors.business
def export(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """The board's table as a workbook."""
    board, chosen = _board(request, key), _chosen(request)
    counts = Counts(board, chosen)
    headings = [_("township"), *(str(heading["label"]) for heading in listing.table_headings(board, chosen))]
    rows = [*listing.table(board, counts), listing.total(board, counts)]
    lines = [[str(row.label), *(cell.plain for cell in row.cells)] for row in rows]
    page = writing.Page(str(board.label), headings, lines, [_note(chosen)])
    return download([page], f"{board.label}-{chosen.year}.xlsx")


def _note(chosen: Chosen) -> str:
    seen = {"organisation": chosen.actor.organisation, "day": chosen.day}
    return _("%(organisation)s, as of %(day)s") % seen


@doors.business
def rows(request: doors.BusinessRequest, key: str, figure: str) -> HttpResponse:
    """The rows behind a figure; ``as=xlsx`` takes them along."""
    board, chosen = _board(request, key), _chosen(request)
    if figure not in board.by_name:
        raise Http404
    found = listing.rows(board, board.by_name[figure], chosen)
    headings = listing.row_headings(board, found, request.actor)
    if request.GET.get("as") == "xlsx":
        lines = listing.sheet_lines(board, found, chosen)
        title = str(board.by_name[figure].title(chosen))
        sheet = writing.Page(title, headings.words, lines, [_note(chosen)])
        return download([sheet], f"{board.label}-{title}-{chosen.year}.xlsx")
    shown = page_of(request, found)
    context = {
        "board": board,
        "title": board.by_name[figure].title(chosen),
        "chosen": chosen,
        "headings": headings,
        "page": shown,
        "lines": listing.lines(board, list(shown), chosen),
        "township": Organisation.objects.visible_to(request.actor).filter(pk=chosen.township or 0).first(),
        "may_make": tasks.may_make(request.actor, board) if board.makes_tasks == figure else None,
    }
    return render(request, "ledgers/board_rows.html", context)


@require_POST
@doors.business
def make_task(request: doors.BusinessRequest, key: str) -> HttpResponse:
    """Draft a task for the organisations behind the board's figure, and go on in the draft."""
    board, chosen = _board(request, key), _chosen(request)
    if not board.makes_tasks:
        raise Http404
    task = tasks.draft(board, chosen)
    if task is None:
        back: dict[str, Any] = {"year": chosen.year}
        return redirect(f"{reverse('ledger_board', args=[key])}?{urlencode(back)}")
    return redirect("task_edit", pk=task.pk)
