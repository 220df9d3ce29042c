"""How forms look, and how a form tells of a conflict without losing what was typed."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext as _

from orgs.forms.fields import OrganisationPicker


class Styled(forms.BaseForm):
    """A form whose controls have Bootstrap's classes; date fields are the browser's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            style(field)


def style(field: forms.Field) -> None:
    """Give one field's control the class that fits it."""
    widget = field.widget
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == BLANK_CHOICE_DASH[0][1]:
            field.empty_label = _("Please choose")
    elif (
        isinstance(field, forms.ChoiceField)
        and (choices := list(cast("Iterable[Any]", field.choices)))[:1] == BLANK_CHOICE_DASH
    ):
        field.choices = [("", _("Please choose")), *choices[1:]]
    if isinstance(field, forms.DateField):
        field.widget = widget = forms.DateInput(attrs={"type": "date", **widget.attrs}, format="%Y-%m-%d")
    if isinstance(widget, forms.CheckboxInput):
        widget.attrs.setdefault("class", "form-check-input")
    elif isinstance(widget, forms.Select):
        widget.attrs.setdefault("class", "form-select")
    elif not isinstance(widget, OrganisationPicker | forms.CheckboxSelectMultiple | forms.RadioSelect):
        widget.attrs.setdefault("class", "form-control")


class Versioned(Styled):
    """A form on a row that others may edit: it sends back the version that was seen."""

    def __init__(self, *args: Any, seen: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=seen)

    def tell_conflict(self, current: models.Model, values: Mapping[str, Any]) -> None:
        """Say beside each field what somebody else wrote meanwhile; what was typed stays, a second save keeps it."""
        for name, stored in values.items():
            if name in self.fields and self.cleaned_data.get(name) != stored:
                shown = stored if stored not in (None, "") else _("(empty)")
                self.add_error(
                    name,
                    _(
                        "Somebody has meanwhile changed this to “%(stored)s”. "
                        "Your own text is still here: save again to keep yours."
                    )
                    % {"stored": shown},
                )
        if not self.errors:
            self.add_error(None, _("Somebody has meanwhile changed this. Look it over and save again."))
        again = cast("dict[str, str]", self.data).copy()  # a QueryDict keeps every box that was ticked
        again[self.add_prefix("version")] = str(getattr(current, "version", 0))
        self.data = again
