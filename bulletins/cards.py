"""The cards above the matrix: a figure, what it means, and the rows behind it."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bulletins.board import Board
from tasks import verifiers
from tasks.board import snapshots
from tasks.rules.status import Light


@dataclass(frozen=True)
class Card:
    """One figure a leader looks at first; ``more_url`` leads to the rows of the line below it."""

    label: str
    value: str
    light: str
    url: str
    more: str
    more_url: str = ""


def cards(board: Board) -> list[Card]:
    """The five figures of a board."""
    return [_on_time(board), _overdue(board), _due(board), _to_verify(board), _closed(board)]


def _on_time(board: Board) -> Card:
    rate = board.sums.on_time
    value = "—" if rate is None else f"{rate}%"
    light = Light.FINE if rate is None or rate >= 80 else Light.SOON
    return Card(_("On-time rate"), value, light, board.url(figure="judged"), compared(rate, *board.before))


def compared(rate: float | None, stand: snapshots.Stand | None, earlier: float | None) -> str:
    """The rate beside that of the period before, as the snapshots tell it."""
    if stand is None or earlier is None or rate is None:
        return _("no earlier snapshot to compare with")
    points = round(rate - earlier, 1)
    values = {"day": stand.day.isoformat(), "points": abs(points)}
    if points > 0:
        return _("up %(points)s points on %(day)s") % values
    if points < 0:
        return _("down %(points)s points on %(day)s") % values
    return _("as on %(day)s") % values


def _overdue(board: Board) -> Card:
    long_late = board.sums["overdue_15"]
    more = _("%(count)s of them over 15 days") % {"count": long_late}
    return Card(
        _("Overdue, not closed"),
        str(board.sums["overdue"]),
        Light.LATE if board.sums["overdue"] else Light.FINE,
        board.url(figure="overdue"),
        more,
        board.url(figure="overdue_15") if long_late else "",
    )


def _due(board: Board) -> Card:
    count = board.townships_due
    more = (
        ngettext("in %(count)s organisation", "in %(count)s organisations", count)
        if board.by_organisation
        else ngettext("in %(count)s township", "in %(count)s townships", count)
    )
    return Card(
        _("Due within 7 days"), str(board.sums["due_7"]), Light.SOON, board.url(figure="due_7"), more % {"count": count}
    )


def _to_verify(board: Board) -> Card:
    oldest = board.sums.oldest_request
    shown = str(board.sums["to_verify"])
    url = board.url(figure="to_verify")
    if board.actor.role not in verifiers.VERIFYING:
        return Card(_("To verify"), shown, Light.DONE, url, _waited(oldest, board))
    mine = verifiers.by_default(board.actor).count()
    more = ngettext("%(count)s waits for you", "%(count)s wait for you", mine) % {"count": mine}
    more = _("%(waited)s; %(mine)s") % {"waited": _waited(oldest, board), "mine": more}
    return Card(_("To verify"), shown, Light.DONE, url, more, reverse("verification"))


def _waited(oldest: datetime.date | None, board: Board) -> str:
    if oldest is None:
        return _("nothing waits")
    days = (board.actor.on - oldest).days
    return ngettext("the oldest waits %(days)s day", "the oldest waits %(days)s days", days) % {"days": days}


def _closed(board: Board) -> Card:
    late = board.sums["closed_late"]
    return Card(
        _("Closed in the period"),
        str(board.sums["closed"]),
        Light.DONE,
        board.url(figure="closed"),
        _("%(count)s of them late") % {"count": late},
        board.url(figure="closed_late") if late else "",
    )
