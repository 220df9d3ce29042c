"""Which kind of work an assignment is (新建, 改扩建): it decides which milestones and dates hold."""

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.scope import require
from records.changes import change_set
from tasks import permissions
from tasks.facts import actions as facts
from tasks.giving import actions
from tasks.lights import stored
from tasks.models import Assignment, Milestone
from tasks.refusals import StepRefused, require_step
from tasks.rules.status import Step


@transaction.atomic
def choose(assignment: Assignment, *, by: Actor, variant: str, expected: int | None = None) -> Assignment:
    """Say which kind of work it is: it gets the milestones of that kind, and what was done of them stays done.

    Raises ``StepRefused``, ``PermissionDenied``, ``records.changes.Conflict``.
    """
    require(permissions.reports(by, assignment))
    require_step(assignment.status, Step.REPORT)
    if variant not in assignment.task.variants:
        raise StepRefused(_("The task has no milestones for this kind of work."), "variant")
    with change_set("tasks.variant", by=by, note=variant) as changes:
        stages = actions.stages_of(assignment.task, assignment.given_on, variant)
        _move_dates(assignment, stages)
        numbers = stored.numbers_of(assignment.organisation)
        changes.update(assignment, expected=expected, variant=variant)
        actions.put_milestones(changes, assignment, stages, numbers)
        facts.recount(changes, [assignment])
    return assignment


def _move_dates(assignment: Assignment, stages: list[Milestone]) -> None:
    """A due date that moved for this organisation moves what was planned after it never past it."""
    for stage in stages:
        if assignment.due_on < stage.due_on:
            stage.due_on = assignment.due_on
