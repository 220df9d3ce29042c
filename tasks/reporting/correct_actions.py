"""A traced correction of what was entered, also when it is closed: the reason, and old and new in the history."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.scope import require
from records.changes import change_set
from tasks import permissions
from tasks.facts import actions as facts
from tasks.facts.actions import NOTHING, Fact
from tasks.models import Assignment, Entry
from tasks.refusals import StepRefused
from tasks.rules.status import EntryKind, Status


@transaction.atomic
def correct(
    assignment: Assignment,
    *,
    by: Actor,
    reason: str,
    expected: int | None = None,
    percent: int | None = None,
    fact: Fact = NOTHING,
    result: str | None = None,
) -> Entry:
    """Correct a figure, milestones, a percent where nothing counts, or the result; sums above follow.

    What is closed stays closed and counts as 100. Raises ``StepRefused``, ``PermissionDenied``,
    ``records.changes.Conflict``.
    """
    require(permissions.may_correct(by, assignment))
    if not reason.strip():
        raise StepRefused(_("Say why it is corrected: the reason stays beside the old figure."), "reason")
    closed = assignment.status == Status.CLOSED
    if percent is not None and closed:
        raise StepRefused(_("What is closed counts as 100 percent; reopen it to go on."), "percent")
    if fact.value is not None and assignment.parts.in_force().exists():
        raise StepRefused(_("This figure is the sum of its parts; correct the part that is wrong."), "value")
    values: dict[str, Any] = {}
    with change_set("tasks.correct", by=by, note=reason) as changes:
        if percent is not None or fact:
            values = facts.entered(changes, assignment, by=by, percent=percent, fact=fact)
        if closed:
            values.pop("percent", None)
        if result is not None and result.strip():
            values["result"] = result.strip()
        if not fact and not _changes_anything(assignment, values):
            raise StepRefused(_("Nothing would change: enter what is right."))
        changes.update(assignment, expected=expected, **values)
        facts.roll_up(changes, [assignment])
        said = {"percent": values.get("percent"), "value": fact.value, "at": by.now}
        return changes.create(
            Entry(assignment=assignment, kind=EntryKind.CORRECTION, text=reason, user=by.user, post=by.post, **said)
        )


def _changes_anything(assignment: Assignment, values: dict[str, Any]) -> bool:
    return any(getattr(assignment, name) != value for name, value in values.items())
