"""Forms of imports: the workbooks that are sent, and what is chosen for them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ledgers.rules.kinds import KindRule, Subject
from ledgers.standing import SUBJECTS
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages.fields import OrganisationField
from orgs.pages.forms import Styled
from orgs.pages.secrecy import KeepsSecretsOut

MOST_FILES = 20


class SeveralFiles(forms.ClearableFileInput):
    """A box for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; cleans to a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Each file, none of them too large. Raises ``ValidationError``."""
        given = data if isinstance(data, list | tuple) else [data]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most %(most)s files at a time.") % {"most": MOST_FILES})
        found = [super(FilesField, self).clean(each, initial) for each in given]
        for each in found:
            if each.size > settings.STORED_FILE_MAX_BYTES:
                words = {"name": each.name, "limit": settings.STORED_FILE_MAX_BYTES // (1024 * 1024)}
                raise forms.ValidationError(_("“%(name)s” is larger than %(limit)s MB.") % words)
        return found


class SendForm(KeepsSecretsOut, Styled, forms.Form):
    """Workbooks on their way in; the ledger is found when none is chosen."""

    workbooks = FilesField(
        label=_("Workbooks"),
        allow_empty_file=True,
        widget=SeveralFiles(attrs={"accept": ".xlsx,.xls,.xlsm,.ods,.csv,.et,.htm,.html"}),
        help_text=_("Excel, WPS, .ods, .csv, or a web page saved as .xls. Nothing is written before you have seen it."),
    )
    ledger = forms.ChoiceField(label=_("Ledger"), required=False)

    def __init__(self, *args: Any, kinds: Sequence[KindRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["ledger"]
        assert isinstance(choice, forms.ChoiceField)  # for the type checker
        choice.choices = [("", _("found from the headings")), *((kind.key, kind.label) for kind in kinds)]

    def clean_workbooks(self) -> list[UploadedFile[bytes]]:
        """Each of them looked at; one that is marked secret keeps all of them out."""
        found: list[UploadedFile[bytes]] = self.cleaned_data["workbooks"]
        faults = []
        for each in found:
            try:
                self.look_at(each)
            except forms.ValidationError as fault:
                faults.append(fault)
        if faults:
            raise forms.ValidationError(faults)
        return found


class WhatForm(Styled, forms.Form):
    """Which ledger a workbook is for, and which period it speaks of."""

    ledger = forms.ChoiceField(label=_("Ledger"))
    period = forms.CharField(label=_("Period"), max_length=8, required=False)

    def __init__(self, *args: Any, kinds: Sequence[KindRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.key: kind for kind in kinds}
        choice = self.fields["ledger"]
        assert isinstance(choice, forms.ChoiceField)  # for the type checker
        choice.choices = [(kind.key, kind.label) for kind in kinds]

    def clean(self) -> dict[str, Any]:
        """The period must be of the ledger's kind; another ledger finds its own."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind = self.kinds.get(cleaned.get("ledger", ""))
        period = (cleaned.get("period") or "").strip().upper()
        if kind and not kind.accepts_period(period):
            if kind.key != self.initial.get("ledger") or not kind.period:
                period = ""
            else:
                example = kind.due_period(self.initial["on"])
                self.add_error("period", _("Write the period like %(example)s.") % {"example": example})
        return {**cleaned, "period": period}


class RowForm(Styled, forms.Form):
    """Whose row it is."""

    organisation = OrganisationField(label=_("Organisation"), required=False)

    def __init__(self, *args: Any, actor: Actor, kind: KindRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.kinds = SUBJECTS.get(Subject(kind.subject), ())
        field.narrow(actor, Organisation.objects.open_on(actor.on))
