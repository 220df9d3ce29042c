"""Forms of reorganisation: one for each verb, each giving the whole case."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages.fields import DayField, KeysField, OrganisationField
from orgs.pages.forms import SeenField, Styled
from orgs.reorganise.cases import Reorganisation, Verb, may_become_one
from orgs.reorganise.objections import open_children


class ReorganiseForm(Styled, forms.Form):
    """What every reorganisation needs: its day, and why."""

    verb: Verb
    day = DayField(label=gettext_lazy("On the day"))
    note = forms.CharField(label=gettext_lazy("Reason or document"), required=False, max_length=200)

    def __init__(self, *args: Any, source: Organisation, actor: Actor, **kwargs: Any) -> None:
        self.source, self.actor = source, actor
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = actor.on
        self.fields["version"] = SeenField(source)
        last = ("day", "note", "version")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    @property
    def sends(self) -> set[str]:
        """The names of what the form sends, the texts of its pickers included."""
        return self.fields.keys() | {f"{name}_text" for name in self.fields}

    def case(self) -> Reorganisation:
        """The reorganisation the form describes."""
        values = self.cleaned_data
        return Reorganisation(self.verb, (self.source,), values["day"], note=values["note"])

    def _new(self) -> Organisation:
        """The new organisation the form names: like the source, beside it, not stored."""
        values, source = self.cleaned_data, self.source
        return Organisation(
            code=values["new_code"].strip(),
            name=values["new_name"].strip(),
            short_name=values["new_short_name"].strip(),
            kind=source.kind,
            party_form=source.party_form,
            parent=source.parent,
        )


class _NewFields(forms.Form):
    new_name = forms.CharField(label=gettext_lazy("Name of the new organisation"), max_length=100)
    new_code = forms.CharField(label=gettext_lazy("Code of the new organisation"), max_length=40)
    new_short_name = forms.CharField(label=gettext_lazy("Its short name"), max_length=60, required=False)


class MergeForm(ReorganiseForm, _NewFields):
    """Into an organisation there is, or, together with others beside it, into a new one."""

    verb = Verb.MERGE
    target = OrganisationField(label=gettext_lazy("Merge into"), required=False)
    others = KeysField(
        Organisation.objects.none(),
        label=gettext_lazy("Merged together with it"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_name"].required = self.fields["new_code"].required = False
        self.fields["target"].help_text = _("Leave it empty to merge into a new organisation named below.")
        target = cast(OrganisationField, self.fields["target"])
        inside = Organisation.objects.within(self.actor.organisation).filter(closed_on__isnull=True)
        target.narrow(self.actor, inside.filter(kind__in=self._kinds()))
        beside = inside.filter(parent=self.source.parent_id, kind__in=self._kinds()).exclude(pk=self.source.pk)
        self.fields["others"].queryset = beside.order_by("code")  # type: ignore[attr-defined]
        self.order_fields(["target", "others", "new_name", "new_code", "new_short_name", "day", "note", "version"])

    def _kinds(self) -> list[str]:
        kinds = Organisation._meta.get_field("kind").choices or []
        return [str(kind) for kind, _label in kinds if may_become_one(self.source.kind, str(kind))]

    def case(self) -> Reorganisation:
        """The merger."""
        values = self.cleaned_data
        target = values["target"] or (self._new() if values["new_name"] or values["new_code"] else None)
        others = tuple(row for row in values["others"] if target is None or row.pk != target.pk)
        return Reorganisation(self.verb, (self.source, *others), values["day"], target=target, note=values["note"])


class SplitForm(ReorganiseForm, _NewFields):
    """A new organisation beside it, with some of what stands below it."""

    verb = Verb.SPLIT
    children = KeysField(
        Organisation.objects.none(),
        label=gettext_lazy("Goes to the new organisation"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["children"].queryset = open_children(self.source)  # type: ignore[attr-defined]
        self.order_fields(["new_name", "new_code", "new_short_name", "children", "day", "note", "version"])

    def case(self) -> Reorganisation:
        """The split."""
        values = self.cleaned_data
        return Reorganisation(
            self.verb,
            (self.source,),
            values["day"],
            target=self._new(),
            children=tuple(values["children"]),
            note=values["note"],
        )


class MoveForm(ReorganiseForm):
    """To another parent."""

    verb = Verb.MOVE
    target = OrganisationField(label=gettext_lazy("Move below"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = cast(OrganisationField, self.fields["target"])
        target.narrow(self.actor, Organisation.objects.within(self.actor.organisation).filter(closed_on__isnull=True))

    def case(self) -> Reorganisation:
        """The move."""
        values = self.cleaned_data
        return Reorganisation(self.verb, (self.source,), values["day"], target=values["target"], note=values["note"])


class RenameForm(ReorganiseForm):
    """Another name."""

    verb = Verb.RENAME
    name = forms.CharField(label=gettext_lazy("New name"), max_length=100)
    short_name = forms.CharField(label=gettext_lazy("New short name"), max_length=60, required=False)

    def case(self) -> Reorganisation:
        """The renaming."""
        values = self.cleaned_data
        names = {"name": values["name"], "short_name": values["short_name"]}
        return Reorganisation(self.verb, (self.source,), values["day"], note=values["note"], **names)


class CloseForm(ReorganiseForm):
    """Nothing but the day."""

    verb = Verb.CLOSE


FORMS: dict[str, type[ReorganiseForm]] = {
    form.verb.value: form for form in (MergeForm, SplitForm, MoveForm, RenameForm, CloseForm)
}
