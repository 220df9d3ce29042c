"""Forms of what is done to many assignments at once: each says what deed it means."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.actor import Actor
from orgs.pages.fields import DayField, OrganisationField
from orgs.pages.forms import Styled
from tasks.due_dates.actions import Postpone, Redate, SetOwnDate
from tasks.giving.deed_actions import Deed
from tasks.giving.reassign_actions import Reassign
from tasks.giving.withdraw_actions import Withdraw

REASON = 500


class DeedForm(Styled, forms.Form):
    """What a deed needs to be told, and the reason."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def deed(self) -> Deed:
        """The deed as filled in; the form is valid."""
        raise NotImplementedError

    def bare(self) -> Deed:
        """The deed as far as it is known before anything is filled in."""
        raise NotImplementedError


class PostponeForm(DeedForm):
    """统一顺延: to one day or by so many days."""

    to = DayField(label=gettext_lazy("To the day"), required=False)
    days = forms.IntegerField(label=gettext_lazy("Or by so many days"), required=False, min_value=1, max_value=366)
    shift = forms.BooleanField(
        label=gettext_lazy("Milestones not reached move by the same days"), required=False, initial=True
    )
    field_order = ("to", "days", "shift", "reason")

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        sent = super().clean() or {}
        if not self.errors and bool(sent.get("to")) == bool(sent.get("days")):
            self.add_error("to", _("Enter the new day, or the number of days: one of the two."))
        return sent

    def deed(self) -> Postpone:
        """Moved later for all."""
        sent = self.cleaned_data
        return Postpone(sent["reason"], sent["to"], sent["days"], sent["shift"])

    def bare(self) -> Postpone:
        """Without a date."""
        return Postpone()


class RedateForm(DeedForm):
    """改期: the right date."""

    to = DayField(label=gettext_lazy("The right date"))
    shift = forms.BooleanField(
        label=gettext_lazy("Milestones not reached move by the same days"), required=False, initial=True
    )
    field_order = ("to", "shift", "reason")

    def deed(self) -> Redate:
        """The right date counts."""
        sent = self.cleaned_data
        return Redate(sent["reason"], sent["to"], sent["shift"])

    def bare(self) -> Redate:
        """Without a date."""
        return Redate()


class WithdrawForm(DeedForm):
    """作废: the reason only."""

    def deed(self) -> Withdraw:
        """Withdrawn for this reason."""
        return Withdraw(self.cleaned_data["reason"])

    def bare(self) -> Withdraw:
        """Without a reason."""
        return Withdraw()


class ReassignForm(DeedForm):
    """改派: who has it from now on."""

    to = OrganisationField(label=gettext_lazy("Who has it from now on"))
    field_order = ("to", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.narrow(self.actor)

    def clean_to(self) -> Any:
        """Not one that is closed."""
        found = self.cleaned_data["to"]
        if found.closed_on is not None and found.closed_on <= self.actor.on:
            raise forms.ValidationError(_("%(name)s is closed; choose who took over.") % {"name": found})
        return found

    def deed(self) -> Reassign:
        """To that organisation."""
        return Reassign(self.cleaned_data["reason"], self.cleaned_data["to"])

    def bare(self) -> Reassign:
        """Without a target."""
        return Reassign()


class OwnDateForm(DeedForm):
    """本乡镇时限: an earlier day, or none."""

    day = DayField(
        label=gettext_lazy("The township's own date"),
        required=False,
        help_text=gettext_lazy("Never later than the county's; empty takes it away. It steers reminders only."),
    )
    field_order = ("day",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]

    def deed(self) -> SetOwnDate:
        """That day for all."""
        return SetOwnDate(self.cleaned_data["day"], known=True)

    def bare(self) -> SetOwnDate:
        """Without a day."""
        return SetOwnDate()
