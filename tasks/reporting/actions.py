"""What is entered on an assignment: receipt, progress, remarks, instructions."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.scope import require
from records.changes import Writer, change_set
from tasks import permissions, refusals
from tasks.facts import actions as facts
from tasks.facts.actions import NOTHING, Fact
from tasks.models import Assignment, Entry, Evidence
from tasks.refusals import StepRefused, require_step
from tasks.rules import status as rules
from tasks.rules.status import TRANSITIONS, EntryKind, Step
from tasks.uploads.kept import Upload, keep

SAID_LENGTH = 500
Uploads = Sequence[Upload]


def take_step(
    changes: Writer, assignment: Assignment, step: Step, expected: int | None, by: Actor, **values: Any
) -> None:
    """Take the step: its status, and receipt when nobody had marked it."""
    status = TRANSITIONS[step][1]
    if step in {Step.RECEIVE, Step.REPORT, Step.REQUEST_CLOSE} and assignment.received_on is None:
        values["received_on"] = by.on
    changes.update(assignment, expected=expected, status=status, **values)


def enter(
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
        take_step(changes, assignment, Step.RECEIVE, expected, by)
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
        values |= facts.entered(changes, assignment, by=by, percent=percent, fact=fact)
        take_step(changes, assignment, Step.REPORT, expected, by, **values)
        facts.roll_up(changes, [assignment])
        said = {"percent": values.get("percent"), "value": fact.value, "learned": learned}
        return enter(changes, assignment, by, EntryKind.PROGRESS, text, files, **said)


@transaction.atomic
def remark(assignment: Assignment, *, by: Actor, text: str, files: Uploads = (), answers: Entry | None = None) -> Entry:
    """Remark on it, or answer the instruction ``answers``. Raises ``PermissionDenied``, ``ValidationError``."""
    require(permissions.may_remark(by, assignment))
    with change_set("tasks.remark", by=by) as changes:
        return enter(changes, assignment, by, EntryKind.REMARK, text, files, answers=answers)


@transaction.atomic
def instruct(assignment: Assignment, *, by: Actor, text: str, reply_due_on: datetime.date | None) -> Entry:
    """Write an instruction (批示) to be answered by a date. Raises ``StepRefused``, ``PermissionDenied``."""
    require(permissions.instructs(by))
    if assignment.status not in rules.OPEN:
        raise StepRefused(refusals.reason(assignment.status))
    with change_set("tasks.instruct", by=by) as changes:
        return enter(changes, assignment, by, EntryKind.INSTRUCTION, text, (), reply_due_on=reply_due_on)
