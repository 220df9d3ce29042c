"""Turning the organisations behind a figure into the recipients of a task's draft."""

import datetime

from django.utils.translation import gettext as _

from ledgers.boards.board import Board, Chosen
from ledgers.boards.listing import organisations
from orgs.actor import Actor
from orgs.scope import Denied, Verdict, require
from tasks.audience import Audience
from tasks.drafting.actions import save_draft
from tasks.drafting.forms import themes_to_issue_in
from tasks.models import Task
from tasks.permissions import may_issue


def may_make(actor: Actor, board: Board) -> Verdict:
    """Whoever issues tasks in some theme may draft one from the board."""
    verdict = may_issue(actor)
    if verdict and not themes_to_issue_in(actor).exists():
        return Denied(_("There is no programme with a theme yet; the county office adds one first."))
    return verdict


def draft(board: Board, chosen: Chosen) -> Task | None:
    """A draft whose recipients are the organisations behind the board's figure; None when there are none.

    It goes to the first theme whose name fits the board, else the first there is, and can be moved in the draft.
    Raises ``PermissionDenied``.
    """
    require(may_make(chosen.actor, board))
    keys = organisations(board.by_name[board.makes_tasks].rows(chosen), chosen.actor)
    if not keys or board.task is None:
        return None
    themes = list(themes_to_issue_in(chosen.actor))
    theme = next((theme for theme in themes if any(word in theme.name for word in board.theme_words)), themes[0])
    values = {
        **board.task(chosen),
        "theme": theme,
        "due_on": datetime.date(chosen.year, 12, 31),
        "audience": Audience(picked=tuple(keys)),
    }
    return save_draft(None, by=chosen.actor, values=values)
