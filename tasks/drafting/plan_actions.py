"""The milestones a task plans, as they stand on its draft."""

from collections.abc import Sequence
from typing import Any

from records.changes import Writer
from tasks.drafting.planning import Planned
from tasks.models import Task, TaskMilestone


def put(changes: Writer, task: Task, plan: Sequence[Planned]) -> None:
    """Make the milestones of a draft those of the plan, in its order; the caller has opened the change set."""
    wanted: dict[tuple[str, int], Planned] = {}
    places: dict[str, int] = {}
    for step in plan:
        places[step.variant] = places.get(step.variant, -1) + 1
        wanted[step.variant, places[step.variant]] = step
    for stage in list(task.milestones.all()):
        place = (stage.variant, stage.position)
        if place in wanted:
            changes.update(stage, **_fields(wanted.pop(place)))
        else:
            changes.delete(stage)
    changes.create_all(
        [TaskMilestone(task=task, variant=kind, position=n, **_fields(step)) for (kind, n), step in wanted.items()]
    )


def _fields(step: Planned) -> dict[str, Any]:
    names = ("name", "code", "weight", "owner", "deliverable", "due_on")
    return {name: getattr(step, name) for name in names}
