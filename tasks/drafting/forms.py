"""The form of a task: seven questions, measures, source and departments; and what narrows the list of tasks."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dates.bounds import Days
from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import search
from orgs.pages.fields import KeysField
from orgs.pages.forms import Styled, Versioned
from orgs.rules import Role
from sheets.units import UNITS, ratio
from tasks import refusals, stores
from tasks.models import Programme, Task, TaskUnit, Theme
from tasks.rules import status as rules
from tasks.rules import typed_facts
from tasks.rules.status import Basic, Closer, SevenAnswers, Shape, TaskStatus
from tasks.uploads.forms import KeepsFiles

_FIELDS = [
    "theme",
    "title",
    "supervisor",
    "owner",
    "standard",
    "effect",
    "due_on",
    "consequence",
    "measures",
    "evidence_wanted",
    "source_kind",
    "source_title",
    "source_number",
    "source_date",
    *("year", "shape", "starts_on", "unit", "target", "figure", "every", "times", "variant"),
    *("is_key", "is_optional", "village_closer"),
]
DEFAULTS = {"shape": Shape.SINGLE, "village_closer": Closer.TOWNSHIP, "times": 1}  # what is not sent stays usual
OF_SHAPE = {  # which fields a shape asks for; those of other shapes are emptied
    Shape.QUANTITY: {"unit", "target", "figure"},
    Shape.MILESTONES: {"variant", "figure"},
    Shape.RECURRING: {"every", "times", "figure"},
}


def themes_to_issue_in(actor: Actor) -> QuerySet[Theme]:
    """The themes the actor issues tasks in."""
    themes = Theme.objects.visible_to(actor).select_related("programme").order_by("programme", "position", "id")
    if actor.role == Role.LEAD_DEPARTMENT:
        return themes.filter(lead=actor.organisation_id)
    return themes.filter(paths.within(actor.organisation.path, "programme__organisation"))


class _ThemeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        """The theme with its programme, since two programmes may have one of the same name."""
        return f"{obj.programme} / {obj}"


class TaskForm(KeepsFiles, Versioned, forms.ModelForm):  # type: ignore[type-arg]
    """A draft: only theme and title must stand; the rest must stand before it is issued."""

    bounds: ClassVar = {"year": Days.PLANNED, "source_date": Days.HELD}

    theme = _ThemeField(label=gettext_lazy("Theme"), queryset=Theme.objects.none())
    leads = KeysField(
        label=gettext_lazy("Led by"),
        required=False,
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    assists = KeysField(
        label=gettext_lazy("Assisted by"),
        required=False,
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    target = forms.CharField(label=gettext_lazy("Target of the county"), required=False, max_length=40)
    figure = forms.ChoiceField(label=gettext_lazy("Kept in"), required=False)
    remove_source = forms.BooleanField(label=gettext_lazy("Take this file away"), required=False)

    class Meta:
        model = Task
        fields: ClassVar = _FIELDS
        widgets: ClassVar = {
            "shape": forms.RadioSelect,
            "standard": forms.Textarea(attrs={"rows": 2}),
            "effect": forms.Textarea(attrs={"rows": 2}),
            "consequence": forms.Textarea(attrs={"rows": 2}),
            "measures": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts: ClassVar = {
            "measures": gettext_lazy("One measure a line."),
            "evidence_wanted": gettext_lazy("Left empty, no file is asked for when it is closed."),
            "figure": gettext_lazy("Kept there, it is reported once and read from there."),
            "variant": gettext_lazy("Left empty, each township says it for its villages."),
            "is_optional": gettext_lazy("Never counts against anybody; may earn a bonus."),
        }

    def __init__(self, *args: Any, actor: Actor, task: Task | None, initial: Any = None, **kwargs: Any) -> None:
        shown = _shown(task) if task else {"supervisor": actor.post_name}
        seen = task
        super().__init__(*args, seen=seen, initial={**shown, **(initial or {})}, **kwargs)
        self.actor = actor
        self.shares: dict[str, str] = dict(task.shares) if task else {}
        departments = search.departments(actor).open_on(actor.on)
        for name, rows in [("theme", themes_to_issue_in(actor)), ("leads", departments), ("assists", departments)]:
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # for the type checker
            field.queryset = rows
        self._ask_for_shape(actor)
        self.fields["files"].label = gettext_lazy("File of the source")
        self.fields["files"].widget.attrs.pop("multiple", None)
        self.fields["due_on"].widget.attrs["aria-describedby"] = "due-in-words"
        for name in [*rules.QUESTIONS, "measures"]:
            if name in self.fields:
                self.fields[name].label = refusals.question(name)  # type: ignore[assignment]

    def _ask_for_shape(self, actor: Actor) -> None:
        """The choices of what the shapes ask for; nothing of it must be sent."""
        for name in DEFAULTS:
            self.fields[name].required = False
        choices: dict[str, list[tuple[Any, Any]]] = {"shape": Shape.choices, "village_closer": Closer.choices}
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # for the type checker
            field.choices = options
        figure = self.fields["figure"]
        assert isinstance(figure, forms.ChoiceField)  # for the type checker
        kept = [one for one in stores.choices(actor) if one.shape == self.shape]
        figure.choices = [("", _("the task itself")), *((one.key, one.label) for one in kept)]
        self.has_stores = bool(kept)
        self.fields["year"].widget.attrs["placeholder"] = actor.on.year

    @property
    def shape(self) -> str:
        """The shape chosen so far."""
        chosen = self["shape"].value()
        return chosen if chosen in Shape.values else Shape.SINGLE

    def clean_target(self) -> Decimal | None:
        """A number as people type it: 1.2万, full-width digits, thousands."""
        try:
            return typed_facts.figure(self.cleaned_data["target"], self.data.get(self.add_prefix("unit"), "").strip())
        except typed_facts.NotRead as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        """A department either leads or assists; fields of other shapes are emptied; it starts before it ends."""
        found = super().clean()
        for name, usual in DEFAULTS.items():
            if found.get(name) in (None, "") and name not in self.errors:
                found[name] = usual
        wanted = OF_SHAPE.get(Shape(found.get("shape") or Shape.SINGLE), set())
        for name in set().union(*OF_SHAPE.values()) - wanted:
            found[name] = {"target": None, "times": 1}.get(name, "")
        if found.get("starts_on") and found.get("due_on") and found["starts_on"] > found["due_on"]:
            self.add_error("starts_on", _("It cannot end before it starts."))
        kept_in = self._other_unit(found.get("figure") or "", found.get("unit") or "")
        if kept_in:
            said = _("Kept there, it is counted in %(unit)s: write the same unit here.")
            self.add_error("unit", said % {"unit": kept_in})
        counts = found.get("shape") == Shape.QUANTITY
        if self.shares and counts and "unit" in found and self._shares_in(found["unit"]) is None:
            said = _("Its shares stand in %(unit)s and cannot be kept in this unit: change or clear the split first.")
            self.add_error("unit", said % {"unit": self.initial.get("unit") or _("none")})
        twice = set(found.get("leads") or ()) & set(found.get("assists") or ())
        if twice:
            named = "、".join(sorted(map(str, twice)))
            self.add_error(
                "assists", _("%(names)s: either leads or assists. Take one of the two away.") % {"names": named}
            )
        return found

    def _other_unit(self, figure: str, unit: str) -> str:
        """The unit in which a figure is kept elsewhere, where that is another than the task's: they mirror each other
        number by number.
        """
        kept = next((one.unit for one in stores.choices(self.actor) if one.key == figure), "") if figure else ""
        same = UNITS.get(kept, kept) == UNITS.get(unit, unit)
        return "" if same or not unit else kept

    def _shares_in(self, unit: str) -> dict[str, str] | None:
        """The planned shares in another unit of the task; None where they cannot be written in it to the cent."""
        before = str(self.initial.get("unit") or "")
        times = ratio(before, unit)
        shares = {key: Decimal(share) * times for key, share in self.shares.items()} if times else {}
        if not times or any(share != share.quantize(typed_facts.CENT) for share in shares.values()):
            return None
        return {key: str(share.quantize(typed_facts.CENT)) for key, share in shares.items()}

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the task by name; its planned shares too where its unit was changed."""
        values = {name: self.cleaned_data[name] for name in _FIELDS}
        if self.shares and values["shape"] == Shape.QUANTITY and values["unit"] != self.initial.get("unit"):
            values["shares"] = self._shares_in(values["unit"])
        return values

    def missing(self, stages: int = 0) -> list[str]:
        """Which answers are still missing in what the form shows, with so many milestones beside it."""
        shown = {name: self[name].value() for name in [*rules.QUESTIONS, "measures"] if name in self.fields}
        measures = str(shown.pop("measures") or "")
        typed = {name: str(self[name].value() or "") for name in ("unit", "target", "every")}
        facts = rules.missing_facts(self.shape, **typed, stages=stages)
        return [*rules.missing_answers(SevenAnswers(**shown), measures), *facts]

    def name_missing(self, names: list[str]) -> None:
        """Say at each field that its answer is missing."""
        for name in names:
            self.add_error(name if name in self.fields else None, _("This must be answered before the task is issued."))


def _shown(task: Task) -> dict[str, Any]:
    parts: dict[str, list[int]] = {TaskUnit.Part.LEAD: [], TaskUnit.Part.ASSIST: []}
    for unit in task.units.all():
        parts[unit.part].append(unit.organisation_id)
    units = {"leads": parts[TaskUnit.Part.LEAD], "assists": parts[TaskUnit.Part.ASSIST]}
    return {**model_to_dict(task, _FIELDS), "target": typed_facts.shown(task.target), **units}


class TaskFilter(Styled, forms.Form):
    """What narrows the list of tasks; anything not understood narrows nothing."""

    q = forms.CharField(label=gettext_lazy("Title or document"), required=False)
    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"),
        required=False,
        queryset=Programme.objects.none(),
        empty_label=gettext_lazy("all"),
    )
    theme = forms.ModelChoiceField(
        label=gettext_lazy("Theme"), required=False, queryset=Theme.objects.none(), empty_label=gettext_lazy("all")
    )
    basic = forms.ChoiceField(label=gettext_lazy("Basic"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in [
            ("programme", Programme.objects.visible_to(actor)),
            ("theme", Theme.objects.visible_to(actor)),
        ]:
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # for the type checker
            field.queryset = rows
        choices: dict[str, list[tuple[Any, Any]]] = {
            "basic": [("", _("all")), *Basic.choices],
            "status": [("", _("all")), *TaskStatus.choices, ("mine", _("my drafts"))],
        }
        for name, options in choices.items():
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ChoiceField)  # for the type checker
            chosen.choices = options
        for shown in self.fields.values():
            shown.widget.attrs["class"] += (
                " form-control-sm" if isinstance(shown, forms.CharField) else " form-select-sm"
            )

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that were set and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
