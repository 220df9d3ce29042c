"""The form that takes a file of the register."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from orgs.pages.forms import Styled
from orgs.pages.secrecy import KeepsSecretsOut
from records import files


class UploadForm(KeepsSecretsOut, Styled, forms.Form):
    """A file, kept as soon as it is accepted: ``stored`` is the kept content."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt"}),
        help_text=gettext_lazy("CSV (UTF-8 or GBK) or Excel. Nothing is changed before you have seen what would be."),
    )

    def clean_file(self) -> Any:
        """Keep the content. Raises ``ValidationError`` for what is no file we take."""
        upload: Any = self.cleaned_data["file"]
        self.look_at(upload)
        self.stored = files.store(upload)
        return upload


class ConfirmForm(forms.Form):
    """What was previewed: the file and the plan made of it."""

    file = forms.CharField(widget=forms.HiddenInput)
    plan = forms.CharField(widget=forms.HiddenInput)
