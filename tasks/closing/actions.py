"""Close-out (销号): asked for, accepted, sent back, taken up again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.scope import require
from records.changes import Writer, change_set
from records.models import ChangeSet
from tasks import answers, permissions
from tasks.facts import actions as facts
from tasks.models import Assignment, Evidence
from tasks.refusals import StepRefused, require_step
from tasks.reporting.actions import SAID_LENGTH, Uploads, enter, take_step
from tasks.rules import status as rules
from tasks.rules.status import EntryKind, Status, Step


@transaction.atomic
def request_close(
    assignment: Assignment,
    *,
    by: Actor,
    expected: int | None = None,
    result: str,
    responsible: str = "",
    files: Uploads = (),
) -> Assignment:
    """Ask to close it, saying how it was done; lateness stops here if the request is accepted.

    All seven answers must stand: ``responsible`` names the person where nobody is known. The percent stays what was
    reported: closing, not asking, makes it 100. Raises ``StepRefused``, ``PermissionDenied``,
    ``records.changes.Conflict``, ``ValidationError`` for a file.
    """
    require(permissions.reports(by, assignment))
    require_step(assignment.status, Step.REQUEST_CLOSE)
    person = responsible.strip() or answers.default_person(assignment, by).name
    _require_answers(assignment, person, result)
    wanted = assignment.task.evidence_wanted
    if wanted and not files and not Evidence.objects.filter(entry__assignment=assignment).exists():
        raise StepRefused(_("This task asks for evidence: %(wanted)s. Add a file.") % {"wanted": wanted}, "files")
    with change_set("tasks.request_close", by=by, note=result) as changes:
        asked = {"result": result, "requested_on": by.on, "requested_by": by.post, "responsible": person}
        take_step(changes, assignment, Step.REQUEST_CLOSE, expected, by, **asked)
        if files:
            enter(changes, assignment, by, EntryKind.PROGRESS, "", files)
    return assignment


def _require_answers(assignment: Assignment, person: str, result: str) -> None:
    """Go on when all seven questions are answered. Raises ``StepRefused`` at the field that is blank."""
    blank = answers.missing(assignment, answers.Person(person), result)
    if "result" in blank:
        raise StepRefused(_("Say how it was done: it is verified by this."), "result")
    if "responsible" in blank:
        raise StepRefused(_("Name the person responsible: nobody stands in the responsibility table."), "responsible")
    if blank:
        named = "、".join(str(rules.QUESTIONS[name]) for name in blank)
        raise StepRefused(_("It cannot be closed while these questions have no answer: %(names)s") % {"names": named})


_CLOSED = {"status": Status.CLOSED, "percent": 100}


@transaction.atomic
def close(assignment: Assignment, *, by: Actor, expected: int | None = None) -> Assignment:
    """Accept the close-out: closed today, late only as far as the request was; the percent becomes 100.

    Raises ``StepRefused`` (as while one of the seven answers is blank), ``PermissionDenied``,
    ``records.changes.Conflict``.
    """
    require(permissions.closes(by, assignment))
    require_step(assignment.status, Step.CLOSE)
    _require_answers(assignment, answers.person_of(assignment, by.on).name, assignment.result)
    with change_set("tasks.close", by=by) as changes:
        changes.update(assignment, expected=expected, closed_on=by.on, **_CLOSED)
    return assignment


@dataclass(frozen=True)
class ClosedTogether:
    """What a batch did: its change set (None when nothing was closed), how many, and those left as they are."""

    change_set: ChangeSet | None
    closed: int
    left: list[Assignment]


@transaction.atomic
def close_all(assignments: Iterable[Assignment], *, by: Actor, expected: Mapping[int, int]) -> ClosedTogether:
    """Accept several close-outs in one change set; whatever was changed since the person saw it is left and named.

    ``expected`` gives the version seen by key. Raises ``PermissionDenied``
    when one of them is not the actor's to verify.
    """
    rows: list[Assignment] = []
    left: list[Assignment] = []
    for assignment in assignments:
        require(permissions.closes(by, assignment))
        same = expected.get(assignment.pk) == assignment.version and assignment.status == Status.REQUESTED
        if same:
            _require_answers(assignment, answers.person_of(assignment, by.on).name, assignment.result)
        (rows if same else left).append(assignment)
    if not rows:
        return ClosedTogether(None, 0, left)
    with change_set("tasks.close", by=by) as changes:
        for row in rows:
            row.closed_on, row.status, row.percent = by.on, Status.CLOSED, 100
        changes.update_all(rows, ["closed_on", "status", "percent"])
    return ClosedTogether(changes.record, len(rows), left)


@transaction.atomic
def send_back(assignment: Assignment, *, by: Actor, expected: int | None = None, reason: str) -> Assignment:
    """Refuse the close-out with a reason; the clock runs on as if it had never been requested.

    Raises ``StepRefused``, ``PermissionDenied``, ``records.changes.Conflict``.
    """
    require(permissions.closes(by, assignment))
    require_step(assignment.status, Step.SEND_BACK)
    _require_reason(reason)
    with change_set("tasks.send_back", by=by, note=reason) as changes:
        changes.update(assignment, expected=expected, **_returned(reason))
    return assignment


@transaction.atomic
def reopen(assignment: Assignment, *, by: Actor, expected: int | None = None, reason: str) -> Assignment:
    """Take a closed assignment up again with a reason; its percent is what was last reported before.

    Raises ``StepRefused``, ``PermissionDenied``, ``records.changes.Conflict``.
    """
    require(permissions.verifies(by, assignment))
    require_step(assignment.status, Step.REOPEN)
    _require_reason(reason)
    with change_set("tasks.reopen", by=by, note=reason) as changes:
        take_up_again(changes, assignment, reason=reason, expected=expected)
    return assignment


def take_up_again(changes: Writer, assignment: Assignment, *, reason: str, expected: int | None = None) -> None:
    """Take a closed assignment up again in the change set of whoever found that it does not hold."""
    values = {"closed_on": None, **facts.standing(assignment)}
    changes.update(assignment, expected=expected, **_returned(reason), **values)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise StepRefused(_("Say what is still missing, so that the organisation knows what to do."), "reason")


def _returned(reason: str) -> dict[str, Any]:
    asked = {"requested_on": None, "requested_by": None}
    return {"status": Status.RETURNED, "return_reason": reason[:SAID_LENGTH], **asked}
