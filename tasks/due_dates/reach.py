"""Whose dates and withdrawals a post decides, as rows: the same answer as ``permissions.decides`` gives for one."""

from django.db.models import Q, QuerySet

from orgs import paths
from orgs.actor import Actor
from orgs.rules import Role
from tasks.lights import sql
from tasks.models import DueDateRevision
from tasks.rules.status import RevisionState


def decided_by(actor: Actor, assignment: str = "") -> Q:
    """The rows whose assignment (``assignment`` is the lookup to it, empty for itself) this post decides on.

    A county office decides on what its county's programmes give out, a lead department on its themes but for its own
    work; nobody else does.
    """
    at = f"{assignment}__" if assignment else ""
    if actor.role == Role.COUNTY_OFFICE:
        return paths.within(actor.organisation.path, f"{at}task__theme__programme__organisation")
    if actor.role == Role.LEAD_DEPARTMENT:
        own = paths.within(actor.organisation.path, f"{at}organisation")
        return Q(**{f"{at}task__theme__lead": actor.organisation_id}) & ~own
    return Q(pk__in=[])


def to_decide(actor: Actor) -> QuerySet[DueDateRevision]:
    """The extensions asked for that this actor may grant or refuse."""
    asked = DueDateRevision.objects.visible_to(actor).filter(state=RevisionState.ASKED)
    return asked.filter(decided_by(actor, "assignment"), assignment__status__in=sql.OPEN)
