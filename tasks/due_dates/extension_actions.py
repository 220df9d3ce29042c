"""Extensions (延期): a unit asks for a later date; whoever decides grants it, maybe to another day, or refuses.

The date lateness is counted against stays: an extension never makes late work punctual.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dates.workdays import shifted
from orgs.actor import Actor
from orgs.scope import reason_of, require
from records.changes import change_set
from records.models import ChangeSet
from tasks import permissions, refusals
from tasks.due_dates.actions import Move, move, with_parts
from tasks.models import Assignment, DueDateRevision
from tasks.refusals import StepRefused
from tasks.rules import status as rules
from tasks.rules.status import RevisionKind, RevisionState


@transaction.atomic
def ask(assignment: Assignment, *, by: Actor, wanted_on: datetime.date, reason: str) -> DueDateRevision:
    """Ask for a later date; asking again changes what is asked. Raises ``StepRefused``, ``PermissionDenied``."""
    require(permissions.reports(by, assignment))
    fresh = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if fresh.status not in rules.WORKING:
        raise StepRefused(refusals.reason(fresh.status))
    if wanted_on <= fresh.due_on or wanted_on < by.on:
        least = max(shifted(fresh.due_on, 1), by.on)
        raise StepRefused(_("Ask for a day from %(day)s on.") % {"day": least.isoformat()}, "wanted_on")
    if not reason.strip():
        raise StepRefused(_("Say why more time is needed: the decision rests on it."), "reason")
    asked: dict[str, Any] = {"wanted_on": wanted_on, "reason": reason, "old_due_on": fresh.due_on, "asked_by": by.post}
    waiting = fresh.revisions.filter(state=RevisionState.ASKED).first()
    with change_set("tasks.ask_extension", by=by, note=reason) as changes:
        if waiting is not None:
            return changes.update(waiting, asked_at=by.now, **asked)
        return changes.create(
            DueDateRevision(assignment=assignment, kind=RevisionKind.EXTENSION, asked_at=by.now, **asked)
        )


@dataclass(frozen=True)
class Decision:
    """What is decided: granted or refused, in words, to another day than was asked for if there is one.

    ``shift`` moves the milestones not reached by the same days.
    """

    granted: bool
    words: str = ""
    new_due_on: datetime.date | None = None
    shift: bool = True

    @property
    def verb(self) -> str:
        """The verb of its change set."""
        return "tasks.grant_extension" if self.granted else "tasks.refuse_extension"

    def refusal(self, asked: DueDateRevision, by: Actor, seen: int | None) -> str:
        """Why this one is left undecided, or the empty string."""
        row = asked.assignment
        if denied := reason_of(permissions.decides(by, row)):
            return denied
        if asked.state != RevisionState.ASKED or (seen is not None and asked.version > seen):
            return _("Somebody changed it meanwhile.")
        if row.status not in rules.OPEN:
            return refusals.reason(row.status)
        if self.granted and (self.new_due_on or asked.wanted_on) <= row.due_on:
            return _("It is due on that day or later already.")
        return ""


@dataclass(frozen=True)
class Decided:
    """What was decided: the change set (None when nothing was), how many, and those left with the reason."""

    change_set: ChangeSet | None
    count: int
    left: list[tuple[DueDateRevision, str]]


@transaction.atomic
def decide(asked: Iterable[DueDateRevision], decision: Decision, *, by: Actor, seen: int | None = None) -> Decided:
    """Decide on one or several in one change set; what does not fit is left and named.

    ``seen`` is the latest change set when the person looked. Raises ``StepRefused`` for a refusal without words.
    """
    if not decision.granted and not decision.words.strip():
        raise StepRefused(_("Say why not, so that the organisation knows where it stands."), "words")
    fit, left = list[DueDateRevision](), list[tuple[DueDateRevision, str]]()
    for each in asked:
        reason = decision.refusal(each, by, seen)
        if reason:
            left.append((each, reason))
        else:
            fit.append(each)
    if not fit:
        return Decided(None, 0, left)
    with change_set(decision.verb, by=by, note=decision.words) as changes:
        moves = []
        for each in fit:
            each.state = RevisionState.GRANTED if decision.granted else RevisionState.REFUSED
            each.decision, each.decided_by, each.decided_at = decision.words, by.post, by.now
            if decision.granted:
                each.new_due_on = decision.new_due_on or each.wanted_on
                moves.append(Move(each.assignment, each.new_due_on, each.assignment.counted_due_on))
        changes.update_all(fit, ["state", "decision", "decided_by", "decided_at", "new_due_on"])
        move(changes, with_parts(moves), shift=decision.shift)
    return Decided(changes.record, len(fit), left)
