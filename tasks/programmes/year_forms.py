"""Forms of a programme's years: naming one, copying one, choosing the drafts to be issued."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dates import bounds
from orgs.pages.forms import Styled
from tasks.models import Programme, Task
from tasks.programmes.catalogue_year import years_of


class YearThemeForm(Styled, forms.Form):
    """The theme of a year (年度主题)."""

    theme = forms.CharField(label=gettext_lazy("Theme of the year"), max_length=60, required=False)


class CopyForm(Styled, forms.Form):
    """From which year into which: the one after the last is added to the programme."""

    source = forms.TypedChoiceField(label=gettext_lazy("Copy from"), coerce=int)
    to = forms.TypedChoiceField(label=gettext_lazy("into"), coerce=int)

    def __init__(self, data: Any, *, programme: Programme, initial: dict[str, int]) -> None:
        super().__init__(data, initial=initial)
        years = years_of(programme)
        for name, found in [("source", years), ("to", _targets(programme))]:
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # for the type checker
            field.choices = [(year, str(year)) for year in found]

    def clean(self) -> dict[str, Any]:
        """Two different years."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("source") and found.get("source") == found.get("to"):
            self.add_error("to", _("Choose another year to copy into."))
        return found


def _targets(programme: Programme) -> list[int]:
    """The years that can be copied into: the programme's and the next one, as far as anything is planned at all."""
    first, last = bounds.limits()
    return [year for year in [*years_of(programme), programme.last_year + 1] if first.year <= year <= last.year]


class IssueManyForm(forms.Form):
    """Which drafts are issued together."""

    tasks = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, *, ready: Sequence[Task]) -> None:
        super().__init__(data)
        field = self.fields["tasks"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # for the type checker
        field.choices = [(task.pk, task.title) for task in ready]

    def clean_tasks(self) -> list[int]:
        """At least one."""
        found: list[int] = self.cleaned_data["tasks"]
        if not found:
            raise forms.ValidationError(_("Choose at least one draft."))
        return found
