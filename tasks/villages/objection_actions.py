"""Objections: a village says that what was entered for it is not so; its township answers or corrects."""

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.county import calendars
from orgs.scope import require
from records.changes import change_set
from tasks.grid import permissions as grid_permissions
from tasks.models import Entry, Objection, ObjectionState
from tasks.refusals import StepRefused

ANSWER_WORKDAYS = 3
LONGEST = 500  # characters of an objection


@transaction.atomic
def object_to(entry: Entry, *, by: Actor, text: str) -> Objection:
    """Object to an entry; the township answers within three working days. Raises ``StepRefused``,
    ``PermissionDenied``.
    """
    require(grid_permissions.may_object(by, entry))
    if not text.strip():
        raise StepRefused(_("Say what is not so, and what is right."), "text")
    if len(text.strip()) > LONGEST:
        raise StepRefused(_("At most %(count)s characters.") % {"count": LONGEST}, "text")
    if Objection.objects.open().filter(entry=entry).exists():
        raise StepRefused(_("You have objected to it already; the township is to answer."), "text")
    organisation = entry.assignment.organisation
    due_on = calendars.calendar_of(organisation).after(by.on, ANSWER_WORKDAYS)
    with change_set("tasks.object", by=by) as changes:
        return changes.create(Objection(entry=entry, text=text.strip(), post=by.post, at=by.now, due_on=due_on))


@transaction.atomic
def answer(objection: Objection, *, by: Actor, text: str, corrected: bool, expected: int | None = None) -> Objection:
    """Answer it: the entry stands, or it was corrected by a newer one. Raises ``StepRefused``, ``PermissionDenied``,
    ``records.changes.Conflict``.
    """
    require(grid_permissions.may_answer(by, objection))
    if not text.strip():
        raise StepRefused(_("Answer the village in a sentence."), "answer")
    if corrected and not _corrected_since(objection):
        raise StepRefused(_("Nothing was entered since the objection: enter the right figure first."), "answer")
    state = ObjectionState.CORRECTED if corrected else ObjectionState.KEPT
    with change_set("tasks.answer_objection", by=by, note=text) as changes:
        changes.update(
            objection,
            expected=expected,
            state=state,
            answer=text.strip(),
            answered_by=by.post,
            answered_at=by.now,
        )
    return objection


def _corrected_since(objection: Objection) -> bool:
    """Whether anything newer was entered on the assignment since the village objected."""
    newer = Entry.objects.filter(assignment=objection.entry.assignment_id, at__gte=objection.at)
    return newer.exclude(pk=objection.entry_id).exists()
