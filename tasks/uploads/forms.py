"""A field for several files, and forms that keep what was sent even when they come back with a question."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orgs.actor import Actor
from orgs.pages.forms import Styled
from orgs.pages.secrecy import KeepsSecretsOut
from tasks.uploads.kept import Kept, keep, redeem, ticket


class SeveralFiles(forms.ClearableFileInput):
    """A file control that takes several."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files; cleaning gives a list of uploads."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file by the rules of one."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given if one]


ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.doc,.docx,.xls,.xlsx,.zip,.txt"


class KeepsFiles(KeepsSecretsOut, Styled):
    """A form with a field ``files``: what arrived is stored at once and carried along in ``kept`` for the actor."""

    actor: Actor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = FilesField(label=_("Files"), required=False, max_length=200)
        files.widget.attrs.update({"class": "form-control", "accept": ACCEPT})
        files.help_text = _("Pictures, PDF, Word, Excel, zip or text; 20 MB each at most.")
        self.fields["files"] = files
        self.fields["kept"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Store the files; each that is not accepted is named, the others are kept for the next try."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        kept, gone = redeem(found.get("kept", ""), self.actor)
        for name in gone:
            self.add_error("files", _("“%(name)s” was kept for a day and is gone. Add it again.") % {"name": name})
        for upload in found.get("files") or []:
            try:
                self.look_at(upload)
                kept.append(keep(upload))
            except ValidationError as refused:
                self.add_error("files", refused)
        found["uploads"] = kept
        self._carry(kept)
        return found

    def _carry(self, kept: list[Kept]) -> None:
        carry(self, {"kept": ticket(kept, self.actor)})
        self.kept_names = [one.name for one in kept]


def carry(form: forms.BaseForm, values: Mapping[str, str]) -> None:
    """Put values into what a bound form shows when it comes back."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # what a request sends is a QueryDict
    for name, value in values.items():
        data[form.add_prefix(name)] = value
    form.data = data
