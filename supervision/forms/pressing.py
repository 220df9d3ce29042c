"""Forms of urging and of supervision orders."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms.fields import DayField
from orgs.forms.looks import Styled, Versioned
from supervision.models import SupervisionOrder
from supervision.refusals import Refused
from supervision.rules import Color


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


class OrderForm(Refusable, forms.Form):
    """What the orders of one batch have in common."""

    color = forms.ChoiceField(label=gettext_lazy("Colour"), choices=Color.choices)
    rectify_by = DayField(label=gettext_lazy("To be put right by"))
    basis = forms.CharField(label=gettext_lazy("Basis"), max_length=300)
    demand = forms.CharField(
        label=gettext_lazy("What is demanded"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    signed_by = forms.CharField(label=gettext_lazy("Signed by"), max_length=60)


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
