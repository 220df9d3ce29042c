"""Forms on an organisation: its particulars, class and stars, other names, terms of office, second relations."""

import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from dates.bounds import Days
from orgs import rules
from orgs.actor import Actor
from orgs.models import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.pages.fields import DayField, OrganisationField
from orgs.pages.forms import Styled, Versioned
from orgs.rules import Duty, Kind, PartyForm, VillageClass


class OrganisationFilter(Styled, forms.Form):
    """What narrows the list of organisations; anything not understood narrows nothing."""

    q = forms.CharField(label=gettext_lazy("Name, initials or code"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    form = forms.ChoiceField(label=gettext_lazy("Party form"), required=False)
    klass = forms.ChoiceField(label=gettext_lazy("Class"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    below = forms.IntegerField(widget=forms.HiddenInput, required=False)
    without = forms.ChoiceField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("kind", [("", _("All kinds")), *Kind.choices, ("village_level", _("Villages and communities"))])
        self._choose("form", [("", _("All forms")), *PartyForm.choices])
        self._choose(
            "klass", [("", _("All classes")), *VillageClass.choices, ("missing", _("No class entered this year"))]
        )
        self._choose(
            "state",
            [
                ("", pgettext("organisation", "Open")),
                ("closed", pgettext("organisation", "Closed")),
                ("all", _("Open and closed")),
            ],
        )
        self._choose("without", [("", ""), *Duty.choices, ("township", ""), ("kind", ""), ("form", "")])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = choices

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that were set and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class OrganisationForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """What may be edited in place; name, parent, merging and closing go through a reorganisation."""

    bounds: ClassVar = {"opened_on": Days.PAST}

    class Meta:
        model = Organisation
        fields: ClassVar = ["short_name", "party_form", "opened_on", "node_type", "urban_rural_class"]

    def clean_party_form(self) -> str:
        """The form must fit between the one above and those below."""
        form: str = self.cleaned_data["party_form"]
        above = self.instance.parent.party_form if self.instance.parent else None
        if not rules.form_fits(form, above):
            raise forms.ValidationError(
                _("A %(form)s cannot stand under %(parent)s, which is a %(above)s. Choose a smaller form.")
                % {"form": _lower(form), "parent": self.instance.parent, "above": _lower(above or "")}
            )
        for below in self.instance.children.order_by().values_list("party_form", flat=True).distinct():
            if not rules.form_fits(below, form):
                raise forms.ValidationError(
                    _("Below it stands a %(below)s, which does not fit under a %(form)s. Change the one below first.")
                    % {"below": _lower(below), "form": _lower(form)}
                )
        return form

    def clean_opened_on(self) -> datetime.date | None:
        """An organisation opens before it closes."""
        opened: datetime.date | None = self.cleaned_data["opened_on"]
        closed = self.instance.closed_on
        if opened and closed and opened > closed:
            raise forms.ValidationError(_("It was closed on %(day)s, so it opened earlier.") % {"day": closed})
        return opened


def _lower(form: str) -> str:
    return str(PartyForm(form).label).lower()


class RatingForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """Class and stars of one year."""

    bounds: ClassVar = {"year": Days.HELD}

    stars = forms.TypedChoiceField(
        label=gettext_lazy("stars"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "—"), *[(n, n) for n in range(6)]],
    )

    class Meta:
        model = YearRating
        fields: ClassVar = ["year", "village_class", "stars"]


class NameForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """Another name the organisation is found by."""

    bounds: ClassVar = {"until": Days.HELD}

    class Meta:
        model = OrganisationName
        fields: ClassVar = ["name", "until"]
        help_texts: ClassVar = {
            "until": gettext_lazy("Fill this in for an old name; leave it empty for a name still in use.")
        }

    def clean_name(self) -> str:
        """A name stands once."""
        name: str = self.cleaned_data["name"].strip()
        if self.instance.organisation.names.filter(name=name).exists() or name == self.instance.organisation.name:
            raise forms.ValidationError(_("It is found by this name already."))
        return name


class TermForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """A term of office; the end follows from the start unless another is given."""

    bounds: ClassVar = {"started_on": Days.HELD}

    ends_on = DayField(kind=Days.HELD, label=gettext_lazy("term ends"), required=False)

    class Meta:
        model = TermOfOffice
        fields: ClassVar = ["started_on", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = rules.term_years(self.instance.organisation.kind)
        self.fields["ends_on"].help_text = _("Left empty: %(years)s years after it began.") % {"years": years}

    def clean(self) -> dict[str, Any]:
        """The end lies after the start, and no other term began on that day."""
        found = super().clean() or self.cleaned_data
        started = found.get("started_on")
        if not started:
            return found
        if not found.get("ends_on"):
            found["ends_on"] = _years_after(started, rules.term_years(self.instance.organisation.kind))
        if found["ends_on"] <= started:
            self.add_error("ends_on", _("A term ends after it began."))
        if self.instance.organisation.terms.filter(started_on=started).exists():
            self.add_error("started_on", _("A term that began on this day is entered already."))
        return found


def _years_after(day: datetime.date, years: int) -> datetime.date:
    """The last day of a term of so many years."""
    same_day = (
        day.replace(year=day.year + years, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year + years)
    )
    return same_day - datetime.timedelta(days=1)


class RelationForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """A joint or host branch also looks after another organisation."""

    bounds: ClassVar = {"since": Days.HELD, "until": Days.HELD}

    member = OrganisationField(label=gettext_lazy("organisation looked after"))

    class Meta:
        model = Relation
        fields: ClassVar = ["member", "kind", "since", "until"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        if isinstance(field, OrganisationField):
            field.narrow(actor, Organisation.objects.exclude(pk=self.instance.organisation_id))

    def clean(self) -> dict[str, Any]:
        """From before to, and once at a time."""
        found = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("It ends on or after the day it began."))
        if since and found.get("member"):
            same = Relation.objects.filter(
                organisation=self.instance.organisation_id, member=found["member"], kind=found.get("kind")
            )
            if same.filter(Q(until__isnull=True) | Q(until__gte=since)).exists():
                self.add_error("member", _("This relation stands already. End it before you enter it anew."))
        return found


class EndForm(Versioned, forms.Form):
    """The last day of something."""

    until = DayField(kind=Days.HELD, label=gettext_lazy("last day"))

    def __init__(self, *args: Any, since: datetime.date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = since

    def clean_until(self) -> datetime.date:
        """It ends on or after the day it began."""
        until: datetime.date = self.cleaned_data["until"]
        if self.since and until < self.since:
            raise forms.ValidationError(_("It ends on or after the day it began."))
        return until
