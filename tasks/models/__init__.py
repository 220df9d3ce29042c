"""The tables of tasks; each module may use those before it."""

from tasks.models.programme import Programme, ProgrammeYear, Task, TaskMilestone, TaskUnit, Theme

from tasks.models.assignment import Assignment, DueDateRevision, Entry, Evidence, Milestone  # isort: skip
from tasks.models.snapshot import Snapshot  # isort: skip

__all__ = [
    "Assignment", "DueDateRevision", "Entry", "Evidence", "Milestone", "Programme", "ProgrammeYear", "Snapshot", "Task",
    "TaskMilestone", "TaskUnit", "Theme",
]  # fmt: skip
