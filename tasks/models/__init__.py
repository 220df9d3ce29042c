"""The tables of tasks; each module may use those before it."""

from tasks.models.programme import Programme, ProgrammeYear, Task, TaskMilestone, TaskUnit, Theme

from tasks.models.assignment import Assignment, DueDateRevision, Entry, Evidence, Milestone  # isort: skip
from tasks.models.grid import GridShare, Objection, ObjectionState  # isort: skip
from tasks.models.snapshot import Snapshot  # isort: skip

__all__ = [
    "Assignment", "DueDateRevision", "Entry", "Evidence", "GridShare", "Milestone", "Objection", "ObjectionState",
    "Programme", "ProgrammeYear", "Snapshot", "Task", "TaskMilestone", "TaskUnit", "Theme",
]  # fmt: skip
