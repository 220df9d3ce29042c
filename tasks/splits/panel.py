"""What the page of an assignment says of its split: its own parts, what does not add up, and what it is a part of."""

from orgs.actor import Actor
from orgs.rules import OPERATING
from tasks import permissions
from tasks.models import Assignment
from tasks.panels import Panel
from tasks.rules import quotas
from tasks.rules.status import Shape
from tasks.splits import reading


def panel(assignment: Assignment, actor: Actor) -> Panel | None:
    """The panel of a task that counts something; None for any other."""
    task, place = assignment.task, assignment.organisation
    if task.shape != Shape.QUANTITY or (assignment.above_id is None and place.kind not in OPERATING):
        return None
    found = reading.splits_of([assignment])
    split = found[0][1] if found else None
    faults = quotas.quota_differences(split) if split else []
    context = {
        "assignment": assignment,
        "split": split,
        "shares": quotas.total(part.target for part in split.parts) if split else None,
        "faults": [(fault, quotas.in_words(fault, task.unit)) for fault in faults],
        "above": assignment.above,
        "splits": place.kind in OPERATING,
        "may_split": permissions.may_split(actor, assignment),
    }
    return Panel("tasks/splits/panel.html", context)
