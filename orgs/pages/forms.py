"""How forms look, and how a form tells of a conflict without losing what was typed."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext as _

from dates.bounds import BIGGEST, Days, Within, year_validators
from orgs.pages.fields import DayField, OrganisationPicker
from records.models import VersionedModel, seen_of, version_seen
from sheets.clipboard import unbroken


class Styled(forms.BaseForm):
    """A form whose controls have Bootstrap's classes; date fields are the browser's own.

    ``bounds`` says of dates and years that come from a model what kind they are; a date not named is a planned one.
    A line break is one character, as its author sees it, though a browser submits two.
    """

    bounds: ClassVar[Mapping[str, Days]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            style(field)
            bound(field, self.bounds.get(name))

    def _widget_data_value(self, widget: forms.Widget, html_name: str) -> Any:
        """What one control sent: the one place every field reads its text from, when cleaning and when shown again."""
        value = super()._widget_data_value(widget, html_name)  # type: ignore[misc]  # not in the stubs
        return unbroken(value) if isinstance(value, str) else value


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


def bound(field: forms.Field, kind: Days | None) -> None:
    """Keep a date, a year or a whole number within what can be meant, and within what the database holds."""
    if isinstance(field, forms.DateTimeField):
        field.validators.append(Within(kind or Days.HELD))
    elif isinstance(field, forms.DateField):
        if not isinstance(field, DayField):
            field.validators.append(Within(kind or Days.PLANNED))
    elif isinstance(field, forms.IntegerField):
        most = year_validators(kind) if kind else [MinValueValidator(-BIGGEST), MaxValueValidator(BIGGEST)]
        field.validators.extend(most)


class SeenField(forms.Field):
    """The version of a row that was seen, or that there was none: hidden, as people see it (``VersionedModel.seen``).

    It cleans to the version's number; what was not given out for this row cleans to one that no row has.
    """

    widget = forms.HiddenInput

    def __init__(self, row: VersionedModel | None = None, **kwargs: Any) -> None:
        super().__init__(initial=seen_of(row), **kwargs)
        self.row = row

    def to_python(self, value: Any) -> Any:
        """The number of the version."""
        return value if value in self.empty_values else version_seen(self.row, str(value))


class Versioned(Styled):
    """A form on a row that others may edit: it sends back the version that was seen; None while there is no row."""

    def __init__(self, *args: Any, seen: VersionedModel | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = SeenField(seen)

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
        again[self.add_prefix("version")] = seen_of(current if isinstance(current, VersionedModel) else None)
        self.data = again
