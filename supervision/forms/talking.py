"""Forms of talks and of matters to be coordinated."""

from typing import Any, ClassVar

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import search
from orgs.pages.fields import DayField, OrganisationField
from orgs.pages.forms import Versioned
from supervision.forms.pressing import Refusable, StepForm
from supervision.models import Blocker, Talk


class TalkForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """A talk: with whom, why, what was promised, what the follow-up found."""

    organisation = OrganisationField(label=_("Unit"))

    class Meta:
        model = Talk
        fields: ClassVar = [
            "organisation", "person", "basis", "form", "held_on", "held_by", "promised", "follow_up_on", "follow_up",
        ]  # fmt: skip
        widgets: ClassVar = {
            "basis": forms.Textarea(attrs={"rows": 3}),
            "promised": forms.Textarea(attrs={"rows": 3}),
            "follow_up": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts: ClassVar = {"held_on": _("Leave it empty while the talk is only planned.")}

    def __init__(self, *args: Any, actor: Actor, talk: Talk | None, **kwargs: Any) -> None:
        kwargs.setdefault("seen", talk)
        super().__init__(*args, instance=Talk(), initial={**stored(talk), **kwargs.pop("initial", {})}, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.narrow(actor)

    @property
    def values(self) -> dict[str, Any]:
        """The fields as typed."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """The action writes the row: nothing is put on an instance here."""


def stored(talk: Talk | None) -> dict[str, Any]:
    """A talk's fields as they stand."""
    if talk is None:
        return {}
    return model_to_dict(talk, TalkForm.Meta.fields) | {"organisation": talk.organisation}


class RaiseForm(Refusable, forms.Form):
    """A matter to be coordinated."""

    text = forms.CharField(label=_("What stands in the way"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    wish = forms.CharField(label=_("What would help"), max_length=300, required=False)
    answer_due_on = DayField(label=_("Answer wanted by"), required=False, help_text=_("Empty: in five working days."))


class AnswerForm(StepForm, forms.Form):
    """The answer to a matter."""

    answer = forms.CharField(
        label=_("What is done about it, by whom, by when"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PassForm(StepForm, forms.Form):
    """Passing a matter on."""

    to = OrganisationField(label=_("To whom"), required=False)
    note = forms.CharField(label=_("Words added"), max_length=300, required=False)

    def __init__(self, *args: Any, actor: Actor, blocker: Blocker, **kwargs: Any) -> None:
        super().__init__(*args, seen=blocker, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.offer_departments(actor)
        field.queryset = field.widget.queryset = search.departments(actor) | Organisation.objects.filter(
            path__in=actor.above
        )


class SettleForm(StepForm, forms.Form):
    """Whether the answer solved it."""

    note = forms.CharField(
        label=_("What is still in the way"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
