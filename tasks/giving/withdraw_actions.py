"""Withdrawal (作废) with a reason, and giving out again what was withdrawn. Nothing issued is deleted."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.scope import reason_of, require
from records.changes import Writer, change_set
from records.models import ChangeSet
from tasks import permissions, refusals
from tasks.facts import actions as facts
from tasks.giving import actions
from tasks.giving.deed_actions import ready
from tasks.giving.effects import Effect, require_shown
from tasks.models import Assignment, DueDateRevision, Milestone, Task
from tasks.refusals import StepRefused
from tasks.rules import status as rules
from tasks.rules.status import RevisionState, Status, Step, TaskStatus

REASON_LENGTH = 500
STEP = 500
FRESH = (
    *("status", "given_on", "due_on", "original_due_on", "counted_due_on", "internal_due_on", "near_from"),
    *("behind_from", "variant", "target", "value", "percent", "said", "responsible", "reported_on", "received_on"),
    *("requested_on", "requested_by", "closed_on", "result", "return_reason", "withdrawal", "above"),
)


@dataclass(frozen=True)
class Withdraw:
    """Withdraw assignments, and what was split from them: they stay visible, and count nowhere."""

    reason: str = ""
    verb: ClassVar[str] = "tasks.withdraw"

    def refusal(self, row: Assignment, by: Actor) -> str:
        """Only what is open is withdrawn: what is closed was done."""
        if denied := reason_of(permissions.decides(by, row)):
            return denied
        return "" if rules.may_step(row.status, Step.WITHDRAW) else refusals.reason(row.status)

    def write(self, changes: Writer, rows: list[Assignment], by: Actor) -> None:
        """Mark them and their open parts, answer what was asked of them, and put the sums above right."""
        every = [*rows, *open_parts(rows)]
        for row in every:
            row.status, row.withdrawal = Status.WITHDRAWN, self.reason[:REASON_LENGTH]
            row.requested_on, row.requested_by = None, None
        changes.update_all(every, ["status", "withdrawal", "requested_on", "requested_by"])
        _answer(changes, every, by)
        facts.roll_up(changes, every)


def open_parts(rows: Sequence[Assignment]) -> list[Assignment]:
    """What was split from the rows and is still open, level by level, without the rows themselves."""
    known = {row.pk for row in rows}
    found: list[Assignment] = []
    level = list(known)
    while level:
        parts: list[Assignment] = []
        for start in range(0, len(level), STEP):
            below = Assignment.objects.open().filter(above__in=level[start : start + STEP])
            parts += [part for part in below.select_related("task", "organisation") if part.pk not in known]
        known |= {part.pk for part in parts}
        found += parts
        level = [part.pk for part in parts]
    return found


def _answer(changes: Writer, rows: Sequence[Assignment], by: Actor) -> None:
    """Whoever asked for a later date is answered by the withdrawal."""
    waiting: list[DueDateRevision] = []
    for start in range(0, len(rows), STEP):
        asked = DueDateRevision.objects.filter(assignment__in=rows[start : start + STEP], state=RevisionState.ASKED)
        waiting += asked.select_related("assignment")
    for each in waiting:
        each.state, each.decision = RevisionState.REFUSED, _("The task was withdrawn.")
        each.decided_by, each.decided_at = by.post, by.now
    changes.update_all(waiting, ["state", "decision", "decided_by", "decided_at"])


@transaction.atomic
def withdraw_task(
    task: Task, *, by: Actor, reason: str, expected: int | None = None, confirmed: str | None = None
) -> ChangeSet:
    """Withdraw a whole task with everything open of it; what was closed stays closed and counts on.

    Raises ``StepRefused``, ``PermissionDenied``, ``records.changes.Conflict``, and ``effects.NotShown`` when it would
    be withdrawn from others than ``confirmed``.
    """
    require(permissions.may_withdraw_task(by, task))
    if not reason.strip():
        raise StepRefused(_("Say why it is withdrawn: the organisations read it."), "reason")
    rows = list(ready(Assignment.objects.open().filter(task=task)).select_for_update(of=("self",)))
    require_shown(Effect(withdrawn=frozenset(row.organisation_id for row in rows)), confirmed)
    with change_set("tasks.withdraw_task", by=by, note=reason) as changes:
        changes.update(task, expected=expected, status=TaskStatus.WITHDRAWN, withdrawal=reason[:REASON_LENGTH])
        Withdraw(reason).write(changes, rows, by)
    return changes.record


def give_again(
    changes: Writer,
    task: Task,
    organisations: Collection[int],
    *,
    targets: Mapping[int, Decimal] | None = None,
    **given: Any,
) -> set[int]:
    """Take up the withdrawn assignments of organisations as if given for the first time; whose they were.

    ``given`` is what ``giving.give`` takes. One task is owed once by one organisation, so the row that was withdrawn
    is given again; its history keeps what was before.
    """
    rows = list(task.assignments.filter(status=Status.WITHDRAWN, organisation__in=organisations))
    if not rows:
        return set()
    fresh, stages = actions.first_of(task, **given)
    for row in rows:
        for name in FRESH:
            setattr(row, name, getattr(fresh, name))
        row.task, row.target = task, (targets or {}).get(row.organisation_id, fresh.target)
    changes.update_all(rows, FRESH)
    for old in _in_parts(rows):
        changes.delete(old)
    changes.create_all([actions.copied(stage, row) for row in rows for stage in stages])
    return {row.organisation_id for row in rows}


def _in_parts(rows: Sequence[Assignment]) -> Iterable[Milestone]:
    for start in range(0, len(rows), STEP):
        yield from Milestone.objects.filter(assignment__in=rows[start : start + STEP]).select_related("assignment")
