"""Forms of superior's tables: the blank workbook with its period, and what its columns and lines mean."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dates import periods
from orgs.pages.forms import Styled
from orgs.pages.secrecy import KeepsSecretsOut


def period_choices(day: datetime.date) -> list[tuple[str, str]]:
    """The running year first, then its quarters and months so far, then the year before."""
    last = periods.year(day).before()
    months = [periods.month(day.replace(month=month, day=1)).key for month in range(day.month, 0, -1)]
    quarters = [periods.quarter(day.replace(month=3 * n + 1, day=1)).key for n in range((day.month - 1) // 3, -1, -1)]
    keys = [periods.year(day).key, *quarters, *months, last.key]
    return [(key, periods.in_words(key)) for key in keys]


def period_of(asked: str, day: datetime.date) -> str:
    """The period a page names; the running year when it names none of the choices."""
    choices = [key for key, _words in period_choices(day)]
    return asked if asked in choices else choices[0]


class TableForm(KeepsSecretsOut, Styled, forms.Form):
    """A blank workbook on its way in."""

    file = forms.FileField(
        label=_("The superior's blank table"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("An .xlsx as it came: merged headings, formulas and looks stay as they are."),
    )
    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["period"]
        assert isinstance(choice, forms.ChoiceField)  # for the type checker
        choice.choices = period_choices(on)

    def clean_file(self) -> UploadedFile[bytes]:
        """A file that is not too large."""
        found: UploadedFile[bytes] = self.cleaned_data["file"]
        if (found.size or 0) > settings.STORED_FILE_MAX_BYTES:
            words = {"name": found.name, "limit": settings.STORED_FILE_MAX_BYTES // (1024 * 1024)}
            raise forms.ValidationError(_("“%(name)s” is larger than %(limit)s MB.") % words)
        self.look_at(found)
        return found
