"""Forms of programmes and themes."""

from typing import Any, ClassVar

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from dates.bounds import Days
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import search
from orgs.pages.forms import Versioned
from tasks.models import Programme, Theme


class _RowForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """A form that shows a row but leaves it untouched: the action writes it."""

    def __init__(self, *args: Any, row: Programme | Theme | None, initial: Any = None, **kwargs: Any) -> None:
        shown = model_to_dict(row, self._meta.fields) if row else {}
        super().__init__(*args, seen=row, initial={**shown, **(initial or {})}, **kwargs)
        self.row = row

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the row by name."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def stored(self, current: Any) -> dict[str, Any]:
        """What stands in the row now, by field name."""
        return {name: getattr(current, name) for name in self._meta.fields or ()}


class ProgrammeForm(_RowForm):
    """A programme: its name and years."""

    bounds: ClassVar = {"first_year": Days.PLANNED, "last_year": Days.PLANNED}

    class Meta:
        model = Programme
        fields: ClassVar = ["name", "first_year", "last_year"]

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation

    def clean_name(self) -> str:
        """A name stands once in the county."""
        name: str = self.cleaned_data["name"].strip()
        others = Programme.objects.filter(organisation=self.organisation, name=name)
        if (others.exclude(pk=self.row.pk) if self.row else others).exists():
            raise forms.ValidationError(
                _("There is a programme of this name already. Add the years to tell them apart.")
            )
        return name

    def clean(self) -> dict[str, Any]:
        """It ends in or after the year it starts."""
        found = super().clean() or self.cleaned_data
        if found.get("first_year") and found.get("last_year") and found["last_year"] < found["first_year"]:
            self.add_error("last_year", _("It cannot end before it starts."))
        return found


class ThemeForm(_RowForm):
    """A theme: its name, which of the five basics it serves, who leads it, and its place."""

    class Meta:
        model = Theme
        fields: ClassVar = ["name", "basic", "lead", "position"]

    def __init__(self, *args: Any, actor: Actor, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)  # for the type checker
        lead.queryset = (search.departments(actor) | Organisation.objects.within(actor.county).operating()).open_on(
            actor.on
        )
        lead.empty_label = _("the county office itself")

    def clean_name(self) -> str:
        """A name stands once in the programme."""
        name: str = self.cleaned_data["name"].strip()
        others = self.programme.themes.filter(name=name)
        if (others.exclude(pk=self.row.pk) if self.row else others).exists():
            raise forms.ValidationError(_("The programme has a theme of this name already."))
        return name
