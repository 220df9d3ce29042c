"""Responsibility (包保) as a workbook: one row each, the same columns whichever list it comes from."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources

from orgs.models import Responsibility
from orgs.pages.workbooks import download
from sheets import writing


class ResponsibilityResource(resources.ModelResource):  # type: ignore[misc]
    """The columns of a workbook of responsibility."""

    code = fields.Field("organisation__code", gettext_lazy("code"))
    organisation = fields.Field("organisation__name", gettext_lazy("organisation"))
    township = fields.Field("organisation__township__name", gettext_lazy("township"))
    duty = fields.Field("get_duty_display", gettext_lazy("duty"))
    person_name = fields.Field("person_name", gettext_lazy("person"))
    title = fields.Field("title", gettext_lazy("position"))
    phone = fields.Field("phone", gettext_lazy("phone"))
    department_code = fields.Field("department__code", gettext_lazy("department code"))
    department = fields.Field("department__name", gettext_lazy("department"))
    since = fields.Field("since", gettext_lazy("from"))
    until = fields.Field("until", gettext_lazy("to"))
    document = fields.Field("document", gettext_lazy("document"))
    pledged = fields.Field("pledged", gettext_lazy("pledged, 10,000 yuan"))
    delivered = fields.Field("delivered", gettext_lazy("delivered, 10,000 yuan"))

    class Meta:
        model = Responsibility
        fields: ClassVar = [
            "code", "organisation", "township", "duty", "person_name", "title", "phone", "department_code",
            "department", "since", "until", "document", "pledged", "delivered",
        ]  # fmt: skip
        export_order = fields

    def headings(self) -> list[str]:
        """The column headings in the reader's language."""
        return [str(field.column_name) for field in self.get_export_fields()]

    def row(self, responsibility: Responsibility) -> list[Any]:
        """One row, numbers and dates as such."""
        return [field.get_value(responsibility) for field in self.get_export_fields()]


def workbook(rows: QuerySet[Responsibility], *, name: str) -> HttpResponse:
    """The rows as a workbook to download."""
    resource = ResponsibilityResource()
    page = writing.Page(_("responsibility"), resource.headings(), (resource.row(row) for row in rows))
    return download([page], name)
