"""What happens to an assignment: received, reported on, requested to close, closed, sent back, reopened."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.scope import Actor, require
from records.changes import Writer, change_set
from records.models import ChangeSet
from tasks import closing, permissions, refusals, rules
from tasks.actions import figures
from tasks.actions.figures import NOTHING, Fact
from tasks.models import Assignment, Entry, Evidence
from tasks.refusals import StepRefused, require_step
from tasks.rules import TRANSITIONS, EntryKind, Status, Step
from tasks.uploads import Upload, keep

SAID_LENGTH = 500
Uploads = Sequence[Upload]


def _step(changes: Writer, assignment: Assignment, step: Step, expected: int | None, by: Actor, **values: Any) -> None:
    """Take the step: its status, and receipt when nobody had marked it."""
    status = TRANSITIONS[step][1]
    if step in {Step.RECEIVE, Step.REPORT, Step.REQUEST_CLOSE} and assignment.received_on is None:
        values["received_on"] = by.on
    changes.update(assignment, expected=expected, status=status, **values)


def _enter(
    changes: Writer, assignment: Assignment, by: Actor, kind: EntryKind, text: str, files: Uploads, **values: Any
) -> Entry:
    """Add an entry with its files."""
    entry = changes.create(
        Entry(assignment=assignment, kind=kind, text=text, user=by.user, post=by.post, at=by.now, **values)
    )
    kept = [keep(upload) for upload in files]
    changes.create_all([Evidence(entry=entry, file=file, name=name, at=by.now) for file, name in kept])
    return entry


@transaction.atomic
def receive(assignment: Assignment, *, by: Actor, expected: int | None = None) -> Assignment:
    """Say that the organisation has it. Raises ``StepRefused``, ``PermissionDenied``."""
    require(permissions.reports(by, assignment))
    require_step(assignment.status, Step.RECEIVE)
    with change_set("tasks.receive", by=by) as changes:
        _step(changes, assignment, Step.RECEIVE, expected, by)
    return assignment


@transaction.atomic
def report(
    assignment: Assignment,
    *,
    by: Actor,
    expected: int | None = None,
    percent: int | None = None,
    fact: Fact = NOTHING,
    text: str = "",
    learned: str = "",
    files: Uploads = (),
) -> Entry:
    """Enter progress: the fact its shape asks for, words, and how it was learned when for another.

    What is not given stays as it was, never 0; ``percent`` is typed only where no fact can be.
    Raises ``StepRefused``, ``PermissionDenied``, ``records.changes.Conflict``, ``ValidationError`` for a file.
    """
    require(permissions.reports(by, assignment))
    require_step(assignment.status, Step.REPORT)
    if percent is None and not fact and not text.strip() and not files:
        raise StepRefused(_("Enter how far it is, some words or a file: the report is empty."), "text")
    if permissions.enters_for_another(by, assignment) and not learned:
        raise StepRefused(_("You enter for another organisation: say how you learned it."), "learned")
    values: dict[str, Any] = {"reported_on": by.on}
    if text.strip():
        values["said"] = text.strip()[:SAID_LENGTH]
    with change_set("tasks.report", by=by) as changes:
        values |= figures.entered(changes, assignment, by=by, percent=percent, fact=fact)
        _step(changes, assignment, Step.REPORT, expected, by, **values)
        figures.roll_up(changes, [assignment])
        said = {"percent": values.get("percent"), "value": fact.value, "learned": learned}
        return _enter(changes, assignment, by, EntryKind.PROGRESS, text, files, **said)


@transaction.atomic
def remark(assignment: Assignment, *, by: Actor, text: str, files: Uploads = (), answers: Entry | None = None) -> Entry:
    """Remark on it, or answer the instruction ``answers``. Raises ``PermissionDenied``, ``ValidationError``."""
    require(permissions.may_remark(by, assignment))
    with change_set("tasks.remark", by=by) as changes:
        return _enter(changes, assignment, by, EntryKind.REMARK, text, files, answers=answers)


@transaction.atomic
def instruct(assignment: Assignment, *, by: Actor, text: str, reply_due_on: datetime.date | None) -> Entry:
    """Write an instruction (批示) to be answered by a date. Raises ``StepRefused``, ``PermissionDenied``."""
    require(permissions.instructs(by))
    if assignment.status not in rules.OPEN:
        raise StepRefused(refusals.reason(assignment.status))
    with change_set("tasks.instruct", by=by) as changes:
        return _enter(changes, assignment, by, EntryKind.INSTRUCTION, text, (), reply_due_on=reply_due_on)


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
    person = responsible.strip() or closing.default_person(assignment, by).name
    _require_answers(assignment, person, result)
    wanted = assignment.task.evidence_wanted
    if wanted and not files and not Evidence.objects.filter(entry__assignment=assignment).exists():
        raise StepRefused(_("This task asks for evidence: %(wanted)s. Add a file.") % {"wanted": wanted}, "files")
    with change_set("tasks.request_close", by=by, note=result) as changes:
        asked = {"result": result, "requested_on": by.on, "requested_by": by.post, "responsible": person}
        _step(changes, assignment, Step.REQUEST_CLOSE, expected, by, **asked)
        if files:
            _enter(changes, assignment, by, EntryKind.PROGRESS, "", files)
    return assignment


def _require_answers(assignment: Assignment, person: str, result: str) -> None:
    """Go on when all seven questions are answered. Raises ``StepRefused`` at the field that is blank."""
    blank = closing.missing(assignment, closing.Person(person), result)
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
    _require_answers(assignment, closing.person_of(assignment, by.on).name, assignment.result)
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
            _require_answers(assignment, closing.person_of(assignment, by.on).name, assignment.result)
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
    values = {"closed_on": None, **figures.standing(assignment)}
    changes.update(assignment, expected=expected, **_returned(reason), **values)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise StepRefused(_("Say what is still missing, so that the organisation knows what to do."), "reason")


def _returned(reason: str) -> dict[str, Any]:
    asked = {"requested_on": None, "requested_by": None}
    return {"status": Status.RETURNED, "return_reason": reason[:SAID_LENGTH], **asked}
