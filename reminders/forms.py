"""The shape of what is entered about reminders."""

import datetime
import re
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.pages.forms import Styled, Versioned
from reminders.rules.kinds import COLUMNS, DIGESTS, LAST_HOUR, OPENS, PERSONAL, Channel, KindRule, Unit

MOST_DAYS, MOST_NUMBERS = 366, 12


class DaysField(forms.CharField):
    """Days written one after the other, such as 15、7、3、1."""

    def prepare_value(self, value: Any) -> Any:
        """The days as text."""
        return "、".join(str(day) for day in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> tuple[int, ...]:
        """The days as numbers, each once. Raises ``ValidationError``."""
        parts = [part for part in re.split(r"[\s、,，;；]+", super().clean(value)) if part]
        if any(not re.fullmatch(r"[0-9]{1,3}", part) or int(part) > MOST_DAYS for part in parts):
            raise ValidationError(_("Write whole days, such as 15, 7, 3, 1."))
        if len(parts) > MOST_NUMBERS:
            raise ValidationError(_("At most 12 reminders for one date."))
        return tuple(dict.fromkeys(int(part) for part in parts))


class AddressForm(Styled, forms.Form):
    """Where a person wants mail."""

    email = forms.EmailField(
        label=gettext_lazy("My e-mail address"),
        required=False,
        help_text=gettext_lazy("Digests go there too. Empty: they stand here only."),
    )


class KindForm(Versioned, forms.Form):
    """One row of the table of kinds: the columns by which anything goes in it."""

    active = forms.BooleanField(
        label=gettext_lazy("switched on"),
        required=False,
        help_text=gettext_lazy("Off ends what comes ahead of the date. What is overdue is always told."),
    )
    ahead = DaysField(label=gettext_lazy("days ahead"), required=False)
    after = DaysField(
        label=gettext_lazy("days after"),
        help_text=gettext_lazy("Days late on which it is told. Overdue cannot be switched off: at least one."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("counted in"), choices=Unit.choices)
    hour = forms.TimeField(
        label=gettext_lazy("not before"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy(
            "What comes ahead of the date waits until this hour, unless the person's digest goes out before."
        ),
    )
    supervisor_from = forms.IntegerField(
        label=gettext_lazy("to the township's leader from day"), min_value=1, max_value=99
    )
    county_from = forms.IntegerField(label=gettext_lazy("to the county office from day"), min_value=1, max_value=99)
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("channels beside the message centre"),
        required=False,
        choices=[(channel.value, Channel(channel).label) for channel in PERSONAL],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    weekly = forms.BooleanField(label=gettext_lazy("in the weekly digest"), required=False)
    monthly = forms.BooleanField(label=gettext_lazy("in the monthly digest"), required=False)

    def __init__(self, *args: Any, rule: KindRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(COLUMNS) - rule.read:
            del self.fields[name]
        if "after" in self.fields and not rule.after:
            self.fields["after"].required = False
        if rule.key in DIGESTS:
            self.fields["hour"].label = _("goes out at")
            self.fields["hour"].help_text = _(
                "The digest goes out at this hour, after an interruption later the same day. Empty: from 08:30."
            )
            if "active" in self.fields:
                self.fields["active"].help_text = _("Off: the day brings the smaller digest instead.")

    def clean_hour(self) -> datetime.time | None:
        """The hour, within those at which anything is sent."""
        hour: datetime.time | None = self.cleaned_data["hour"]
        if hour is not None and not OPENS <= hour <= LAST_HOUR:
            raise ValidationError(_("Choose an hour from 08:30 to 17:30: nothing is sent at other times."))
        return hour

    def tried(self, rule: KindRule) -> KindRule:
        """The row as it would be."""
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "channels" in given:
            given["channels"] = tuple(given["channels"])
        return replace(rule, **given)
