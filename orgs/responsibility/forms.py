"""Forms on responsibility (包保)."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dates.bounds import Days
from orgs.actor import Actor
from orgs.models import Organisation, Responsibility
from orgs.pages.fields import DayField, KeysField, OrganisationField
from orgs.pages.forms import Styled, Versioned
from orgs.rules import Duty
from sheets.values import shown


class ResponsibilityFilter(Styled, forms.Form):
    """What narrows the list of responsibility; anything not understood narrows nothing."""

    q = forms.CharField(label=gettext_lazy("Person, department or organisation"), required=False)
    duty = forms.ChoiceField(label=gettext_lazy("Duty"), required=False)
    township = forms.ModelChoiceField(
        label=gettext_lazy("Township"), required=False, queryset=Organisation.objects.none()
    )
    on = DayField(kind=Days.HELD, label=gettext_lazy("In force on"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    undelivered = forms.BooleanField(label=gettext_lazy("Nothing delivered"), required=False)
    organisation = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        duty, state, township = self.fields["duty"], self.fields["state"], self.fields["township"]
        if isinstance(duty, forms.ChoiceField) and isinstance(state, forms.ChoiceField):
            duty.choices = [("", _("All duties")), *Duty.choices]
            state.choices = [("", _("In force")), ("all", _("Ended ones too"))]
        if isinstance(township, forms.ModelChoiceField):
            township.queryset = Organisation.objects.visible_to(actor).operating().in_order()
            township.empty_label = _("All townships")

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that were set and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}


class ResponsibilityForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """Who has which duty at which organisation, from when to when, by which document."""

    bounds: ClassVar = {"since": Days.HELD, "until": Days.HELD}

    organisation = OrganisationField(label=gettext_lazy("organisation"))
    department = OrganisationField(label=gettext_lazy("department"), required=False)

    class Meta:
        model = Responsibility
        fields: ClassVar = [
            "organisation",
            "duty",
            "person_name",
            "title",
            "phone",
            "department",
            "since",
            "until",
            "document",
            "pledged",
            "delivered",
        ]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("pledged", "delivered"):
            if isinstance(amount := self.initial.get(name), Decimal):
                self.initial[name] = Decimal(shown(amount))  # 9.6, not 9.60
        organisation, department = self.fields["organisation"], self.fields["department"]
        if isinstance(organisation, OrganisationField):
            organisation.narrow(actor, Organisation.objects.within(actor.organisation).open_on(actor.on))
        if isinstance(department, OrganisationField):
            department.offer_departments(actor)
            department.help_text = _("For a pairing department, or where the person comes from.")

    def clean(self) -> dict[str, Any]:
        """Somebody is named, the end lies after the start, and money belongs to a pairing."""
        found = super().clean() or self.cleaned_data
        if not found.get("person_name") and not found.get("department") and "department" not in self.errors:
            self.add_error("person_name", _("Name a person or choose a department."))
        if found.get("since") and found.get("until") and found["until"] < found["since"]:
            self.add_error("until", _("It ends on or after the day it began."))
        for name in ("pledged", "delivered"):
            if found.get(name) is not None and found[name] < 0:
                self.add_error(name, _("An amount cannot be below zero."))
            elif found.get(name) and found.get("duty") and found["duty"] != Duty.PAIRING_UNIT:
                self.add_error(name, _("Amounts are entered for a pairing department only."))
        return found


class CopyForm(Styled, forms.Form):
    """The organisations that get a copy of a responsibility."""

    targets = KeysField(
        label=gettext_lazy("Copy to"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, rows: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["targets"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = rows
