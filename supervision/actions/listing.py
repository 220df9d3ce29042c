"""The three lists: problems, what is done about them, and who is responsible."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.scope import require
from records.changes import change_set
from records.models import ChangeSet
from supervision import permissions
from supervision.models import Problem, Remedy
from supervision.refusals import Refused


@transaction.atomic
def save_problem(
    problem: Problem | None, *, by: Actor, values: Mapping[str, Any], expected: int | None = None
) -> Problem:
    """Keep a new problem (``problem`` None) or write to one. Raises ``PermissionDenied``, ``Conflict``."""
    with change_set("supervision.problem", by=by) as changes:
        if problem is None:
            made = Problem(entered_by=by.post, **values)
            require(permissions.may_keep_problem(by, made))
            return changes.create(made)
        require(permissions.may_keep_problem(by, problem))
        return changes.update(problem, expected=expected, **values)


@transaction.atomic
def save_remedy(
    remedy: Remedy | None, *, by: Actor, problem: Problem, values: Mapping[str, Any], expected: int | None = None
) -> Remedy:
    """Add a task to a problem, or write to one. Raises ``PermissionDenied``, ``records.changes.Conflict``."""
    require(permissions.may_keep_problem(by, problem))
    with change_set("supervision.remedy", by=by) as changes:
        if remedy is None:
            return changes.create(Remedy(problem=problem, **values))
        return changes.update(remedy, expected=expected, **values)


@transaction.atomic
def remove_remedy(remedy: Remedy, *, by: Actor) -> ChangeSet:
    """Take a task off the list; undo brings it back. Raises ``PermissionDenied``."""
    require(permissions.may_keep_problem(by, remedy.problem))
    with change_set("supervision.remove_remedy", by=by, note=remedy.title) as changes:
        changes.delete(remedy)
    return changes.record


@transaction.atomic
def solve(problem: Problem, *, by: Actor, solution: str, expected: int | None = None) -> Problem:
    """Close a problem: how it was solved; every task of it must be done. Raises ``Refused`` and as ``save_problem``."""
    require(permissions.may_keep_problem(by, problem))
    if not solution.strip():
        raise Refused(_("Say how it was solved."), "solution")
    open_ones = [remedy for remedy in problem.remedies.select_related("assignment") if not is_done(remedy)]
    if open_ones:
        names = "、".join(remedy.title for remedy in open_ones[:3])
        raise Refused(_("These tasks of the problem are not done yet: %(names)s.") % {"names": names})
    with change_set("supervision.solve", by=by, note=solution) as changes:
        return changes.update(problem, expected=expected, solved_on=by.on, solution=solution.strip()[:500])


def is_done(remedy: Remedy) -> bool:
    """Whether a task of the list is done: by its assignment's close-out if it has one."""
    return remedy.assignment.closed_on is not None if remedy.assignment else remedy.done_on is not None
