"""As last week (同上周): reporting of many cells at once that nothing has moved, without typing.

It says so and nothing else: figure, state and the last sentence said stay as they were. What somebody has to answer
himself, because it was sent back or is late, is left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from dates import periods
from orgs.actor import Actor
from orgs.scope import require
from records.models import ChangeSet
from tasks import permissions
from tasks.grid import cells, sheet
from tasks.grid.actions import Filled, Saved, write
from tasks.models import Assignment, Milestone
from tasks.refusals import StepRefused
from tasks.rules import status as rules
from tasks.rules.status import Learned, Shape, Status, Step

NAMED = 3  # of the cells left for one reason


class Why(StrEnum):
    """Why a cell is left as it is."""

    RETURNED = "returned"
    OVERDUE = "overdue"
    CLOSED = "closed"
    SAID = "said"
    NEVER = "never"


@dataclass
class Unmoved:
    """What came of it: the change set if anything was written, how many cells, and those left by the reason."""

    change_set: ChangeSet | None = None
    written: list[int] = field(default_factory=list)
    left: dict[Why, list[Assignment]] = field(default_factory=lambda: {why: [] for why in Why})


@transaction.atomic
def same_as_before(keys: Iterable[int], *, by: Actor, learned: str) -> Unmoved:
    """Report that nothing has moved on those of the assignments that can stay as they were, in one change set.

    Raises ``PermissionDenied``, ``StepRefused`` when it is not said how it was learned.
    """
    if learned not in Learned.values:
        raise StepRefused(_("You enter for another organisation: say how you learned it."), "learned")
    rows = sheet.rows_to_write(by, set(keys))
    stages, saved, found, filled = sheet.stages_of(rows), Saved(), Unmoved(), dict[int, Filled]()
    for row in rows:
        require(permissions.reports(by, row))
        own = stages.get(row.pk, [])
        if why := why_not(row, own, by):
            found.left[why].append(row)
        else:
            filled[row.pk] = Filled(row, own, text=_("Same as last week"), learned=learned, says=False)
    write(filled, saved, by, "tasks.same_as_before")
    found.change_set, found.written = saved.change_set, saved.written
    return found


def why_not(row: Assignment, stages: Sequence[Milestone], by: Actor) -> Why | None:
    """Why it cannot be said of an assignment that it stands as last week; None when it can."""
    week = periods.week(by.on)
    answers = {
        Why.RETURNED: row.status == Status.RETURNED,
        Why.CLOSED: not rules.may_step(row.status, Step.REPORT),
        Why.OVERDUE: sheet.steering(row) < by.on,
        Why.SAID: row.reported_on is not None and row.reported_on in week,
        Why.NEVER: row.reported_on is None or not _holds_something(row, stages, by),
    }
    return next((why for why, holds in answers.items() if holds), None)


def _holds_something(row: Assignment, stages: Sequence[Milestone], by: Actor) -> bool:
    """Whether there is something to stay: a fact, or for a standing matter the last sentence said."""
    if row.task.shape == Shape.STANDING:
        return bool(row.said)
    return bool(cells.shown(sheet.facts_of(row, stages, periods.week(by.on)), by.on))


_SENTENCES: dict[Why, Any] = {
    Why.RETURNED: ngettext_lazy(
        "%(count)s cell was sent back with a reason and is left: answer it there.",
        "%(count)s cells were sent back with a reason and are left: answer them there.",
        "count",
    ),
    Why.OVERDUE: ngettext_lazy(
        "%(count)s cell is overdue and is left: say how it stands.",
        "%(count)s cells are overdue and are left: say how they stand.",
        "count",
    ),
    Why.NEVER: ngettext_lazy(
        "%(count)s cell has nothing reported yet that could stay as it was.",
        "%(count)s cells have nothing reported yet that could stay as it was.",
        "count",
    ),
    Why.SAID: ngettext_lazy(
        "%(count)s cell was reported this week already.", "%(count)s cells were reported this week already.", "count"
    ),
    Why.CLOSED: ngettext_lazy(
        "%(count)s cell can take no report now.", "%(count)s cells can take no report now.", "count"
    ),
}


def in_words(why: Why, left: Sequence[Assignment]) -> str:
    """How many cells are left for a reason, and the first of them."""
    named = "、".join(f"{row.organisation} {row.task}" for row in left[:NAMED])
    more = "…" if len(left) > NAMED else ""
    return f"{_SENTENCES[why] % {'count': len(left)}} {named}{more}"
