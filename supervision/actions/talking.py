"""Talks with those responsible, and matters to be coordinated."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.scope import require
from records.changes import change_set
from supervision import permissions
from supervision.models import Blocker, Talk
from supervision.refusals import Refused
from supervision.rules import BlockerState
from tasks.models import Assignment

ANSWER_WORKDAYS = 5


@transaction.atomic
def save_talk(talk: Talk | None, *, by: Actor, values: Mapping[str, Any], expected: int | None = None) -> Talk:
    """Keep a new talk (``talk`` None) or write to one: ``values`` are its fields by name.

    Raises ``PermissionDenied`` and ``records.changes.Conflict``.
    """
    require(permissions.may_talk(by))
    with change_set("supervision.talk", by=by) as changes:
        if talk is None:
            return changes.create(Talk(kept_by=by.post, **values))
        return changes.update(talk, expected=expected, **values)


@transaction.atomic
def raise_blocker(
    organisation: Organisation,
    *,
    by: Actor,
    text: str,
    wish: str = "",
    assignment: Assignment | None = None,
    answer_due_on: datetime.date | None = None,
) -> Blocker:
    """Say what stands in the way: it goes to the organisation one level up, to be answered in five working days.

    Raises ``Refused`` and ``PermissionDenied``.
    """
    require(permissions.may_raise(by))
    if not text.strip():
        raise Refused(_("Say what stands in the way."), "text")
    above = one_up(organisation)
    if above is None:
        raise Refused(_("Nobody stands above %(name)s here.") % {"name": organisation})
    with change_set("supervision.raise", by=by) as changes:
        blocker = changes.create(
            Blocker(
                organisation=organisation,
                assignment=assignment,
                holder=above,
                text=text.strip(),
                wish=wish.strip(),
                raised_by=by.post,
                raised_on=by.on,
                answer_due_on=answer_due_on or by.calendar.after(by.on, ANSWER_WORKDAYS),
            )
        )
    return blocker


def one_up(organisation: Organisation) -> Organisation | None:
    """A village's township, a township's county, a department's county."""
    township = organisation.township
    if township is not None and township.pk != organisation.pk:
        return township
    return organisation.parent


@transaction.atomic
def pass_on(
    blocker: Blocker, *, by: Actor, to: Organisation | None, note: str = "", expected: int | None = None
) -> Blocker:
    """Pass a matter on to whoever can solve it: further up, or to a department.

    Raises ``Refused``, ``PermissionDenied``, ``records.changes.Conflict``.
    """
    require(permissions.may_answer(by, blocker))
    if to is None:
        raise Refused(_("Choose who is to answer it."), "to")
    if to.pk == blocker.holder_id:
        raise Refused(_("It lies with %(name)s already.") % {"name": to}, "to")
    with change_set("supervision.pass_on", by=by, note=note) as changes:
        changes.update(blocker, expected=expected, holder=to, state=BlockerState.OPEN)
    return blocker


@transaction.atomic
def answer(blocker: Blocker, *, by: Actor, text: str, expected: int | None = None) -> Blocker:
    """Answer a matter; whoever raised it says whether that solves it. Raises as ``pass_on``."""
    require(permissions.may_answer(by, blocker))
    if not text.strip():
        raise Refused(_("Say what is done about it, by whom and by when."), "answer")
    with change_set("supervision.answer", by=by) as changes:
        changes.update(
            blocker,
            expected=expected,
            state=BlockerState.ANSWERED,
            answer=text.strip(),
            answered_by=by.post,
            answered_on=by.on,
        )
    return blocker


@transaction.atomic
def settle(blocker: Blocker, *, by: Actor, solved: bool, note: str = "", expected: int | None = None) -> Blocker:
    """Say that the answer solved it, or ask once more with a reason. Raises as ``pass_on``."""
    require(permissions.may_settle(by, blocker))
    if not solved and not note.strip():
        raise Refused(_("Say what is still in the way."), "note")
    with change_set("supervision.solved" if solved else "supervision.ask_again", by=by, note=note) as changes:
        values: dict[str, Any] = {"state": BlockerState.SOLVED, "solved_on": by.on}
        if not solved:
            due = by.calendar.after(by.on, ANSWER_WORKDAYS)
            values = {"state": BlockerState.OPEN, "answer_due_on": due, "text": _asked_again(blocker, note)}
        changes.update(blocker, expected=expected, **values)
    return blocker


def _asked_again(blocker: Blocker, note: str) -> str:
    return f"{blocker.text}\n{_('Asked again')}{_(': ')}{note.strip()}"[:1000]
