"""The form of a traced correction: the fact as it is right, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.pages.forms import style
from tasks.reporting.forms import ReportForm
from tasks.rules.status import Status
from tasks.steps.forms import TEXT_LENGTH, area


class CorrectForm(ReportForm):
    """What the report asks for, without words and files; on what is closed the result instead of a percent."""

    reason = forms.CharField(label=_("Why it is corrected"), max_length=500, widget=area(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("text", "learned", "files"):
            self.fields.pop(name, None)
        if self.assignment.status == Status.CLOSED:
            self.fields.pop("percent", None)
            result = forms.CharField(label=_("How it was done"), max_length=TEXT_LENGTH, required=False, widget=area(2))
            result.initial = self.assignment.result
            style(result)
            self.fields["result"] = result
