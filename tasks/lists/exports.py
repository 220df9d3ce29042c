"""Assignments as a workbook: exactly the rows of the list, in the same order."""

import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources

from sheets import writing
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules.status import Light


class AssignmentResource(resources.ModelResource):  # type: ignore[misc]
    """The columns of a workbook of assignments; rows come from ``tasks.lists.listing.rows``, with their light."""

    light_word = fields.Field(None, gettext_lazy("light"))
    task = fields.Field("task__title", gettext_lazy("task"))
    theme = fields.Field("task__theme__name", gettext_lazy("theme"))
    organisation = fields.Field("organisation__name", gettext_lazy("organisation"))
    code = fields.Field("organisation__code", gettext_lazy("code"))
    township = fields.Field("organisation__township__name", gettext_lazy("township"))
    status = fields.Field("get_status_display", gettext_lazy("status"))
    due_on = fields.Field("due_on", gettext_lazy("due date"))
    days_late = fields.Field(None, gettext_lazy("days late"))
    percent = fields.Field("percent", gettext_lazy("percent"))
    said = fields.Field("said", gettext_lazy("latest progress"))
    reported_on = fields.Field("reported_on", gettext_lazy("last reported"))
    requested_on = fields.Field("requested_on", gettext_lazy("close-out requested"))
    closed_on = fields.Field("closed_on", gettext_lazy("closed"))
    result = fields.Field("result", gettext_lazy("result"))
    return_reason = fields.Field("return_reason", gettext_lazy("reason for sending back"))

    class Meta:
        model = Assignment
        fields: ClassVar = [
            "light_word", "task", "theme", "organisation", "code", "township", "status", "due_on", "days_late",
            "percent", "said", "reported_on", "requested_on", "closed_on", "result", "return_reason",
        ]  # fmt: skip
        export_order = fields

    def __init__(self, on: datetime.date) -> None:
        super().__init__()
        self.on = on

    def headings(self) -> list[str]:
        """The column headings in the reader's language."""
        return [str(field.column_name) for field in self.get_export_fields()]

    def row(self, assignment: Assignment) -> list[Any]:
        """One row: days and numbers as such, text as text."""
        own = {
            "light_word": str(Light(assignment.light).label),  # type: ignore[attr-defined]  # annotated
            "days_late": assignment.days_late_on(self.on) or None,
        }
        named = self.fields.items()
        values = {name: own[name] if name in own else field.get_value(assignment) for name, field in named}
        return [values[name] for name in self.get_export_order()]


def workbook(rows: AssignmentQuerySet, *, on: datetime.date, notes: list[str]) -> bytes:
    """The rows as a workbook, with what was asked above the headings."""
    resource = AssignmentResource(on)
    lines = (resource.row(row) for row in rows.iterator(chunk_size=2000))
    return writing.workbook([writing.Page(_("Assignments"), resource.headings(), lines, notes)])
