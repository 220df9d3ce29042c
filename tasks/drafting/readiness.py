"""What a task must hold before it is issued: seven answers, measures, and the facts its shape asks for (A9)."""

from tasks.drafting import planning
from tasks.drafting.planning import Planned
from tasks.models import Task
from tasks.rules import status as rules


def missing(task: Task) -> list[str]:
    """The names of what is still blank."""
    facts = rules.missing_facts(
        task.shape, unit=task.unit, target=task.target, every=task.every, stages=task.milestones.count()
    )
    return [*rules.missing_answers(task.answers, task.measures), *facts]


def wrong_dates(task: Task) -> list[str]:
    """Milestones whose dates do not lie inside those of the task, each in a sentence."""
    plan = [Planned(stage.name, due_on=stage.due_on) for stage in task.milestones.all()]
    return list(planning.outside(plan, task.starts_on, task.due_on).values())
