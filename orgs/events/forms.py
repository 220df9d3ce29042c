"""The form of the audit administrator: what to search the event log for."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.pages.forms import Styled


class EventFilter(Styled, forms.Form):
    """Which lines of the event log are shown; times in Asia/Shanghai."""

    since = forms.DateTimeField(label=gettext_lazy("From time"), required=False)
    until = forms.DateTimeField(label=gettext_lazy("To time"), required=False)
    person = forms.CharField(label=gettext_lazy("Name or user name"), required=False, max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    result = forms.ChoiceField(label=gettext_lazy("Result"), required=False)
    q = forms.CharField(
        label=gettext_lazy("Object, post or address"), required=False, max_length=100, widget=forms.SearchInput
    )

    def __init__(
        self, *args: Any, kinds: Sequence[tuple[str, str]], results: Sequence[tuple[str, str | Promise]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.get("kind", "")
        known = {code for code, _words in kinds}
        unnamed = (
            [(asked, asked)] if asked and asked not in known else []
        )  # a kind without words is searched by its code
        self.fields["kind"].choices = [("", _("Everything")), *kinds, *unnamed]  # type: ignore[attr-defined]
        self.fields["result"].choices = [("", _("Every result")), *results]  # type: ignore[attr-defined]
        for name in ("since", "until"):
            self.fields[name].input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d"]  # type: ignore[attr-defined]
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local", "class": "form-control"}, format="%Y-%m-%dT%H:%M"
            )

    def clean_until(self) -> datetime.datetime | None:
        """A minute counts to its end."""
        until: datetime.datetime | None = self.cleaned_data["until"]
        return until + datetime.timedelta(minutes=1) if until else None
