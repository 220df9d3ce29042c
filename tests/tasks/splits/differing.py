"""Every difference of many splits, for tests: the pages ask for one split at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasks.models import Assignment, Task
from tasks.rules import quotas
from tasks.rules.quotas import Difference
from tasks.rules.status import Shape, TaskStatus
from tasks.splits import reading as splits_reading


@dataclass(frozen=True)
class Named:
    """A difference with where it is to be seen: the task, or the assignment that was split."""

    task: Task
    assignment: Assignment | None
    difference: Difference

    @property
    def words(self) -> str:
        """The difference as a sentence."""
        return quotas.in_words(self.difference, self.task.unit)


def differences(tasks: Iterable[Task]) -> Iterator[Named]:
    """Everything that does not add up in the quantity tasks given."""
    every = {task.pk: task for task in tasks if task.shape == Shape.QUANTITY and task.status != TaskStatus.WITHDRAWN}
    for task in every.values():
        for difference in quotas.quota_differences(splits_reading.split_of_task(task)):
            yield Named(task, None, difference)
    seen = Assignment.objects.filter(task__in=list(every), parts__isnull=False).distinct()
    for row, split in splits_reading.splits_of(seen.select_related("organisation")):
        for difference in quotas.quota_differences(split):
            yield Named(every[row.task_id], row, difference)
