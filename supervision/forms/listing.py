"""Forms of the three lists and of the sample."""

from typing import Any, ClassVar

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from dates.bounds import Days
from orgs.actor import Actor
from orgs.pages.fields import OrganisationField
from orgs.pages.forms import Versioned
from supervision.forms.pressing import Refusable, StepForm
from supervision.models import Problem, Remedy
from tasks.models import Assignment


class _Plain(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """A form whose row is written by an action, not by the form."""

    @property
    def values(self) -> dict[str, Any]:
        """The fields as typed."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def stored(self, row: Any) -> dict[str, Any]:
        """The fields as they stand."""
        return {name: getattr(row, name) for name in self._meta.fields or ()}

    def _post_clean(self) -> None:
        """The action writes the row: nothing is put on an instance here."""


class ProblemForm(_Plain):
    """A problem: whose, what, who found it."""

    bounds: ClassVar = {"year": Days.PLANNED}

    organisation = OrganisationField(label=_("Organisation"))

    class Meta:
        model = Problem
        fields: ClassVar = ["organisation", "year", "text", "basic", "origin", "found_on"]
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, actor: Actor, row: Problem | None, **kwargs: Any) -> None:
        initial = {"year": actor.on.year, "found_on": actor.on, "organisation": actor.organisation}
        if row is not None:
            initial = model_to_dict(row, self.Meta.fields) | {"organisation": row.organisation}
        kwargs.setdefault("seen", row)
        super().__init__(*args, instance=Problem(), initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.narrow(actor)


class _TaskField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        """The task is named; whose it is is known."""
        return str(obj.task)


class RemedyForm(_Plain):
    """A task of a problem: what, how, who, by when; or the assignment that does it."""

    assignment = _TaskField(label=_("Task given out"), queryset=Assignment.objects.none(), required=False)

    class Meta:
        model = Remedy
        fields: ClassVar = ["title", "measure", "unit", "person", "due_on", "assignment", "done_on", "result"]

    def __init__(self, *args: Any, actor: Actor, problem: Problem, row: Remedy | None, **kwargs: Any) -> None:
        initial = model_to_dict(row, self.Meta.fields) if row else {"unit": problem.organisation.name}
        kwargs.setdefault("seen", row)
        super().__init__(*args, instance=Remedy(), initial=initial, **kwargs)
        field = self.fields["assignment"]
        assert isinstance(field, forms.ModelChoiceField)  # for the type checker
        rows = Assignment.objects.visible_to(actor).filter(organisation=problem.organisation).in_force()
        field.queryset = rows.select_related("task", "organisation").order_by("-due_on")
        field.help_text = _("When a task given out does this already, its date and close-out count.")


class SolveForm(StepForm, forms.Form):
    """How a problem was solved."""

    solution = forms.CharField(label=_("How it was solved"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DrawForm(Refusable, forms.Form):
    """Drawing a sample."""

    month = forms.CharField(
        label=_("Month"), widget=forms.TextInput(attrs={"type": "month"}), help_text=_("Closed in this month.")
    )
    size = forms.IntegerField(label=_("How many at most"), min_value=1, max_value=500)
    seed = forms.CharField(
        label=_("Seed"), max_length=40, required=False, help_text=_("The same seed draws the same items again.")
    )


class RecheckForm(StepForm, forms.Form):
    """What a re-check found."""

    found = forms.CharField(label=_("What was found"), max_length=500, required=False)
    holds = forms.ChoiceField(choices=[("yes", _("holds")), ("no", _("does not hold"))])
