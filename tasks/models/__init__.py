"""The tables of tasks; each module may use those before it."""

from tasks.models.programme import Programme, Task, TaskUnit, Theme

from tasks.models.assignment import Assignment, Entry, Evidence  # isort: skip
from tasks.models.snapshot import Snapshot  # isort: skip

__all__ = ["Assignment", "Entry", "Evidence", "Programme", "Snapshot", "Task", "TaskUnit", "Theme"]
