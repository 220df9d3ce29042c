"""Due dates moved: 统一顺延 for many, 改期 as a correction, and the township's own earlier date."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from dates import bounds
from dates.workdays import shifted
from orgs.actor import Actor
from orgs.scope import reason_of
from records.changes import Writer
from tasks import permissions, refusals
from tasks.facts.actions import STAGED, marks_of
from tasks.lights import stored
from tasks.models import Assignment, DueDateRevision, Milestone, Task, TaskMilestone
from tasks.rules import status as rules
from tasks.rules.status import RevisionKind, RevisionState, Shape, Status

STEP = 500
MOVED = ("due_on", "counted_due_on", "internal_due_on", "near_from", "behind_from")


NewDay = Callable[[datetime.date], datetime.date]


@dataclass(frozen=True)
class Move:
    """Where one assignment's dates go: the one in force, and the one lateness is counted against."""

    row: Assignment
    due_on: datetime.date
    counted_due_on: datetime.date


def with_parts(moves: Sequence[Move]) -> list[Move]:
    """The moves and those of the open parts that had the same dates: a share moves with what it was split from."""
    found = {each.row.pk: each for each in moves}
    level = list(moves)
    while level:
        above = {each.row.pk: each for each in level}
        level = []
        for part in _parts(list(above)):
            over = above[part.above_id or 0]
            if part.pk not in found and part.due_on == over.row.due_on:
                same = part.counted_due_on == over.row.counted_due_on
                counted = over.counted_due_on if same else part.counted_due_on
                found[part.pk] = Move(part, over.due_on, counted)
                level.append(found[part.pk])
    return list(found.values())


def _parts(keys: Sequence[int]) -> Iterator[Assignment]:
    for start in range(0, len(keys), STEP):
        below = Assignment.objects.open().filter(above__in=keys[start : start + STEP])
        yield from below.select_related("task", "organisation").select_for_update(of=("self",))


def move(changes: Writer, moves: Sequence[Move], *, shift: bool) -> None:
    """Write the dates and what follows from them; ``shift`` moves the milestones not reached by the same days.

    The rounds of a recurring task stay: each ends with its own period. A township's date that would be later than
    the new one is taken away.
    """
    stages = _stages([move.row for move in moves if move.row.task.shape in STAGED])
    everywhere, late = stored.Everywhere(), list[Milestone]()
    for each in moves:
        row, own = each.row, stages.get(each.row.pk, [])
        if shift and row.task.shape == Shape.MILESTONES:
            late += _shift(own, each.due_on - row.due_on, row.given_on)
        row.due_on, row.counted_due_on = each.due_on, each.counted_due_on
        if row.internal_due_on and row.internal_due_on > row.due_on:
            row.internal_due_on = None
        row.put_days(everywhere.at(row.organisation.path), marks_of(own))
    changes.update_all(late, ["due_on"])
    changes.update_all([each.row for each in moves], MOVED)


def _stages(rows: Sequence[Assignment]) -> dict[int, list[Milestone]]:
    found: dict[int, list[Milestone]] = {}
    for start in range(0, len(rows), STEP):
        for stage in Milestone.objects.filter(assignment__in=rows[start : start + STEP]).select_related("assignment"):
            found.setdefault(stage.assignment_id, []).append(stage)
    return found


def _shift(stages: list[Milestone], by: datetime.timedelta, first: datetime.date) -> list[Milestone]:
    waiting = [stage for stage in stages if not stage.is_done] if by else []
    for stage in waiting:
        stage.due_on = max(shifted(stage.due_on, by.days), min(first, stage.due_on))
    return waiting


def _revisions(moves: Sequence[Move], kind: RevisionKind, reason: str, by: Actor) -> list[DueDateRevision]:
    """What was moved, for the record; to be made before ``move`` writes the new dates."""
    return [
        DueDateRevision(
            assignment=each.row,
            kind=kind,
            state=RevisionState.GRANTED,
            old_due_on=each.row.due_on,
            wanted_on=each.due_on,
            new_due_on=each.due_on,
            reason=reason,
            asked_by=by.post,
            asked_at=by.now,
            decided_by=by.post,
            decided_at=by.now,
        )
        for each in moves
    ]


def _move_tasks(changes: Writer, rows: Sequence[Assignment], new_day: NewDay, *, shift: bool) -> None:
    """Where everything open of a task was moved, the task's own date and plan move too: for whoever gets it later."""
    by_task: dict[int, set[int]] = {}
    for row in rows:
        by_task.setdefault(row.task_id, set()).add(row.pk)
    open_rows = Assignment.objects.open().filter(task__in=by_task).order_by().values_list("task_id", "pk")
    partly = {task for task, pk in open_rows if pk not in by_task[task]}
    for task in Task.objects.filter(pk__in=set(by_task) - partly, due_on__isnull=False):
        assert task.due_on is not None  # asked for
        due_on = new_day(task.due_on)
        if due_on == task.due_on:
            continue
        gap = due_on - task.due_on
        changes.update(task, due_on=due_on)
        if shift and task.shape == Shape.MILESTONES:
            planned = list(TaskMilestone.objects.filter(task=task))
            for stage in planned:
                stage.due_on = shifted(stage.due_on, gap.days)
            changes.update_all(planned, ["due_on"])


@dataclass(frozen=True)
class Postpone:
    """统一顺延: the date moves later for all, by so many days or to one day, and the new date counts."""

    reason: str = ""
    to: datetime.date | None = None
    days: int | None = None
    shift: bool = True
    verb: ClassVar[str] = "tasks.postpone"

    def _new_day(self, due_on: datetime.date) -> datetime.date:
        return max(due_on, self.to) if self.to else shifted(due_on, self.days or 0)

    def refusal(self, row: Assignment, by: Actor) -> str:
        """Only what is open moves, and only to a later date."""
        reason = _not_open(row, by)
        if reason or (self.to is None and self.days is None):
            return reason
        moved = self._move(row)
        if (moved.due_on, moved.counted_due_on) == (row.due_on, row.counted_due_on):
            return _("It is due on that day or later already.")
        return bounds.fault(moved.due_on, on=by.on)

    def _move(self, row: Assignment) -> Move:
        return Move(row, self._new_day(row.due_on), self._new_day(row.counted_due_on))

    def write(self, changes: Writer, rows: list[Assignment], by: Actor) -> None:
        """Move the dates, keep what was moved, and the task's own date when everything open of it moved."""
        moves = with_parts([self._move(row) for row in rows])
        changes.create_all(_revisions(moves, RevisionKind.POSTPONEMENT, self.reason, by))
        move(changes, moves, shift=self.shift)
        _move_tasks(changes, [each.row for each in moves], self._new_day, shift=self.shift)


@dataclass(frozen=True)
class Redate:
    """改期: the date was wrong; the right one counts, whether earlier or later."""

    reason: str = ""
    to: datetime.date | None = None
    shift: bool = True
    verb: ClassVar[str] = "tasks.redate"

    def _new_day(self, due_on: datetime.date) -> datetime.date:
        return self.to or due_on

    def refusal(self, row: Assignment, by: Actor) -> str:
        """A closed one can have had the wrong date too."""
        if denied := reason_of(permissions.decides(by, row)):
            return denied
        if row.status == Status.WITHDRAWN:
            return refusals.reason(row.status)
        if self.to is not None and row.due_on == row.counted_due_on == self.to:
            return _("It is due on that day already.")
        if self.to is not None and self.to < row.given_on:
            return _("It was given out after that day.")
        return ""

    def write(self, changes: Writer, rows: list[Assignment], by: Actor) -> None:
        """Set the dates, keep what they were, and the task's own date when everything open of it moved."""
        assert self.to is not None  # the form asks for it
        moves = with_parts([Move(row, self.to, self.to) for row in rows])
        changes.create_all(_revisions(moves, RevisionKind.CORRECTION, self.reason, by))
        move(changes, moves, shift=self.shift)
        _move_tasks(changes, [each.row for each in moves], self._new_day, shift=self.shift)


@dataclass(frozen=True)
class SetOwnDate:
    """The township's own earlier date for its villages: it steers reminders and weeks, never the county's count."""

    day: datetime.date | None = None
    known: bool = False  # False while only looking what would be left
    reason: str = ""
    verb: ClassVar[str] = "tasks.own_date"

    def refusal(self, row: Assignment, by: Actor) -> str:
        """Only what is open, and never later than the county's date."""
        if denied := reason_of(permissions.sets_own_date(by, row)):
            return denied
        if row.status not in rules.OPEN:
            return refusals.reason(row.status)
        if self.day is not None and self.day > row.due_on:
            return _("The county wants it by %(day)s: an own date is never later.") % {"day": row.due_on.isoformat()}
        return _("It is so already.") if self.known and row.internal_due_on == self.day else ""

    def write(self, changes: Writer, rows: list[Assignment], by: Actor) -> None:
        """Set or take away the date; nothing else follows from it."""
        for row in rows:
            row.internal_due_on = self.day
        changes.update_all(rows, ["internal_due_on"])


def _not_open(row: Assignment, by: Actor) -> str:
    if denied := reason_of(permissions.decides(by, row)):
        return denied
    return "" if row.status in rules.OPEN else refusals.reason(row.status)
