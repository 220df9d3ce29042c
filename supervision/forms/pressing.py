"""Forms of urging and of supervision orders."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.pages import shown
from orgs.pages.fields import DayField
from orgs.pages.forms import Styled, Versioned
from supervision import units
from supervision.models import SupervisionOrder
from supervision.refusals import Refused
from supervision.rules import GRAVEST, Color
from supervision.units import Unit


class Refusable(Styled):
    """A form that says beside its field why an action refused."""

    def refuse(self, refused: Refused) -> None:
        """Say why it cannot be done, beside the field to put right if there is one."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))


class StepForm(Refusable, Versioned):
    """A step on a row that others may take too."""


class UrgeForm(Refusable, forms.Form):
    """Words added to an urging."""

    note = forms.CharField(
        label=gettext_lazy("Words added"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("What is owed and by when is said anyway."),
    )


@dataclass(frozen=True)
class Box:
    """A unit to be ticked."""

    unit: Unit
    ticked: bool


class OrderForm(Refusable, forms.Form):
    """What the orders of one batch have in common, and who of the units offered gets one: nobody until ticked."""

    color = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=[("", gettext_lazy("Please choose")), *Color.choices]
    )
    rectify_by = DayField(label=gettext_lazy("To be put right by"))
    basis = forms.CharField(label=gettext_lazy("Basis"), max_length=300)
    demand = forms.CharField(
        label=gettext_lazy("What is demanded"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    signed_by = forms.CharField(label=gettext_lazy("Signed by"), max_length=60)

    def __init__(self, *args: Any, offered: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.shown = units.token(offered)
        if self.initial.get("color") == GRAVEST:  # proposed in words only: nobody sends it by not looking
            self.initial["color"] = ""
            self.fields["color"].help_text = _("So late, a red order would fit. Choose it yourself.")

    @property
    def ticked(self) -> set[int]:
        """The units ticked, by key, of those offered."""
        sent = set(self.data.getlist("unit")) if self.is_bound else set()  # type: ignore[attr-defined]  # a QueryDict
        return {unit.organisation.pk for unit in self.offered if str(unit.organisation.pk) in sent}

    @property
    def boxes(self) -> list[Box]:
        """The units offered, ticked as they were sent."""
        ticked = self.ticked
        return [Box(unit, unit.organisation.pk in ticked) for unit in self.offered]

    def clean(self) -> dict[str, Any]:
        """Somebody is ticked, and gets what the page showed."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.ticked:
            self.add_error(None, _("Nobody is ticked. Tick the units that get an order."))
        elif not shown.still_shown(self.data.get("shown", ""), self.shown):
            self.add_error(None, _("The items changed meanwhile. Look at what each order holds now, and issue again."))
        return found


class ReplyForm(StepForm, forms.Form):
    """The reply of the unit."""

    reply = forms.CharField(
        label=gettext_lazy("What was put right, item by item"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReturnForm(StepForm, forms.Form):
    """Closing an order, or sending the reply back with a reason."""

    reason = forms.CharField(
        label=gettext_lazy("What is still missing"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def order_initial(
    rows_late: int, color: str, today: datetime.date, leaves: datetime.date, leader: str
) -> dict[str, Any]:
    """What an order form starts with: the colour that fits, a working week, plain words."""
    return {
        "color": color,
        "rectify_by": leaves,
        "basis": _("Overdue as of %(day)s, by %(days)s days at most") % {"day": today.isoformat(), "days": rows_late},
        "demand": _(
            "Put the items listed right by the date, and reply item by item: what was done, by whom, what is left."
        ),
        "signed_by": leader,
    }


STATES = SupervisionOrder._meta.get_field("state").choices
