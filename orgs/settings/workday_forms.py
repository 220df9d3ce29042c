"""The shape of what is entered into the calendar."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models.workdays import DayKind
from orgs.pages.fields import DayField
from orgs.pages.forms import Styled
from orgs.pages.secrecy import KeepsSecretsOut, PastedField
from orgs.settings.workday_list import LONGEST, Day
from sheets import clipboard

YEARS = (2000, 2099)


class DaysForm(Styled, forms.Form):
    """One day or a stretch of days."""

    first = DayField(label=gettext_lazy("day"))
    last = DayField(label=gettext_lazy("to"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("what it is"), choices=DayKind.choices)
    name = forms.CharField(label=gettext_lazy("occasion"), max_length=60, required=False)
    source = forms.CharField(label=gettext_lazy("by which document"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """A stretch runs forward and lasts no longer than a month."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not 0 <= (last - first).days < LONGEST:
            self.add_error("last", _("It lies after the first day, and within a month of it."))
        return given

    @property
    def days(self) -> list[Day]:
        """The days entered."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"] or self.cleaned_data["first"]
        return [
            Day(first + datetime.timedelta(days=n), self.cleaned_data["kind"], self.cleaned_data["name"])
            for n in range((last - first).days + 1)
        ]


class ListForm(KeepsSecretsOut, Styled, forms.Form):
    """A year's list as it was published."""

    year = forms.IntegerField(label=gettext_lazy("year"), min_value=YEARS[0], max_value=YEARS[1])
    source = forms.CharField(label=gettext_lazy("by which document"), max_length=120, required=False)
    text = PastedField(
        label=gettext_lazy("the notice, or a list"),
        max_length=clipboard.LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("Paste the State Council's notice as it is, or one line a day or stretch."),
    )

    def clean_text(self) -> str:
        """The notice, looked at for marks of secrecy."""
        text: str = self.cleaned_data["text"]
        self.look_at_text(text)
        return text
