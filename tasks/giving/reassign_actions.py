"""Assignments given to another organisation: a village to the one it was merged into, a department's to another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.scope import reason_of
from records.changes import Writer
from tasks import permissions, refusals
from tasks.facts import actions as facts
from tasks.models import Assignment
from tasks.rules import status as rules


@dataclass
class Reassign:
    """Give the rows to one organisation; a task it has already stays where it is and is named."""

    reason: str = ""
    to: Organisation | None = None
    verb: ClassVar[str] = "tasks.reassign"
    _taken: set[int] | None = field(default=None, repr=False)

    def refusal(self, row: Assignment, by: Actor) -> str:
        """Only what is open moves, once a task, within the county of the programme."""
        if denied := reason_of(permissions.decides(by, row)):
            return denied
        if row.status not in rules.OPEN:
            return refusals.reason(row.status)
        if self.to is None:
            return ""
        if row.organisation_id == self.to.pk:
            return _("It has it already.")
        if not row.task.theme.programme.organisation.contains(self.to):
            return _("%(name)s lies outside the county of this programme.") % {"name": self.to}
        if row.task_id in self._has():
            return _("%(name)s has this task already: one task is owed once by one organisation.") % {"name": self.to}
        self._has().add(row.task_id)  # of two rows of one task the first goes
        return ""

    def _has(self) -> set[int]:
        if self._taken is None:
            self._taken = set(Assignment.objects.filter(organisation=self.to).values_list("task_id", flat=True))
        return self._taken

    def write(self, changes: Writer, rows: list[Assignment], by: Actor) -> None:
        """Move them; a share of a township's figure goes with its village, and both sums follow."""
        assert self.to is not None  # the form asks for it
        above_before = {row.above_id for row in rows if row.above_id}
        above_now = self._above(rows)
        for row in rows:
            row.organisation = self.to
            row.internal_due_on = None
            if row.above_id:
                row.above_id = above_now.get(row.task_id)
        changes.update_all(rows, ["organisation", "internal_due_on", "above"])
        facts.roll_up_to(changes, above_before | {key for key in above_now.values() if key})

    def _above(self, rows: Sequence[Assignment]) -> dict[int, int | None]:
        """By task, what the organisation's township has of it, of which the row is a part from now on."""
        assert self.to is not None  # the caller looked
        split = {row.task_id for row in rows if row.above_id}
        found = Assignment.objects.in_force().filter(task__in=split, organisation=self.to.township_id)
        return dict(found.exclude(organisation=self.to).values_list("task_id", "pk"))
