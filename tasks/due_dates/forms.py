"""Forms about dates: asking for an extension, deciding on it, withdrawing a task."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.pages.fields import DayField
from orgs.pages.forms import Styled, Versioned
from tasks.steps.forms import StepForm

REASON = 500


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=REASON, widget=forms.Textarea(attrs={"rows": 2}))


class ExtensionForm(StepForm):
    """A later date, and why."""

    wanted_on = DayField(label=_("Until when"))
    reason = _words(_("Why more time is needed"))


class DecisionForm(Styled, forms.Form):
    """Granted or refused: in words, to another day if wished."""

    decision = forms.ChoiceField(choices=[("grant", _("grant")), ("refuse", _("refuse"))], widget=forms.HiddenInput)
    new_due_on = DayField(label=_("Granted until"), required=False)
    shift = forms.BooleanField(label=_("Milestones not reached move by the same days"), required=False)
    words = _words(_("In words"), required=False)


class WithdrawTaskForm(Versioned, forms.Form):
    """Why a whole task is withdrawn."""

    reason = _words(_("Reason"))
