"""How far everybody is with a task by its facts: done and all by milestone or round, or the sum of a quantity."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Min, Q, Sum

from dates import periods
from tasks.facts import known
from tasks.models import Milestone, Task
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules.status import Shape, Status

DONE = Q(done_on__isnull=False) | Q(count__gte=F("wanted"))


@dataclass(frozen=True)
class StageCount:
    """One milestone or round over all organisations seen; ``late``: its day is over and some have not done it."""

    name: str
    label: str
    due_on: datetime.date
    done: int
    total: int
    late: bool

    @property
    def percent(self) -> int:
        """Those done in all."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def open(self) -> int:
        """How many have not done it."""
        return self.total - self.done


@dataclass(frozen=True)
class Group:
    """The milestones of one kind of work."""

    variant: str
    stages: list[StageCount]


def stages_of(task: Task, seen: AssignmentQuerySet, on: datetime.date) -> list[Group]:
    """Done and all by milestone, one group a kind of work; of a draft the plan itself."""
    rows = Milestone.objects.filter(assignment__in=seen.exclude(status=Status.WITHDRAWN).order_by())
    counted = (
        rows.order_by()
        .values("assignment__variant", "position", "name", "period")
        .annotate(total=Count("pk"), done=Count("pk", filter=DONE), due=Min("due_on"))
        .order_by("assignment__variant", "position")
    )
    groups: dict[str, list[StageCount]] = {}
    for row in counted:
        label = periods.in_words(row["period"]) if row["period"] else row["name"]
        late = row["due"] < on and row["done"] < row["total"]
        stage = StageCount(row["name"], label, row["due"], row["done"], row["total"], late)
        groups.setdefault(row["assignment__variant"], []).append(stage)
    if not groups:
        for planned in task.milestones.all():
            stage = StageCount(planned.name, planned.name, planned.due_on, 0, 0, late=False)
            groups.setdefault(planned.variant, []).append(stage)
    return [Group(variant, stages) for variant, stages in groups.items()]


def not_done(name: str) -> Q:
    """The assignments that have a milestone of this name and have not done it."""
    open_stages = Milestone.objects.filter(name=name).exclude(DONE)
    return Q(pk__in=open_stages.values("assignment"))


@dataclass(frozen=True)
class Quantity:
    """The sum of what was reported beside the target, and how many have reported."""

    value: str
    target: str
    percent: int | None
    reported: int
    total: int


def quantity_of(task: Task, seen: AssignmentQuerySet) -> Quantity | None:
    """What was reported of a quantity by those seen; shares split on by a township count once."""
    if task.shape != Shape.QUANTITY:
        return None
    rows = seen.exclude(status=Status.WITHDRAWN).of_the_county().order_by()
    found = rows.aggregate(summed=Sum("value"), wanted=Sum("target"), total=Count("pk"), reported=Count("value"))
    value: Decimal | None = found["summed"]
    target: Decimal | None = found["wanted"] or task.target
    percent = int(100 * (value or 0) / target) if target and value is not None else None
    return Quantity(
        known.with_unit(value, task.unit) if value is not None else "",
        known.with_unit(target, task.unit) if target else "",
        percent,
        found["reported"],
        found["total"],
    )
