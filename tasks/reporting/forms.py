"""The form that reports by fact: milestones ticked, rounds counted, a figure with its unit, else a percent."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.pages.fields import DayField
from orgs.pages.forms import style
from tasks import permissions
from tasks.facts import far_figures, known
from tasks.facts.actions import Fact
from tasks.facts.known import Known
from tasks.models import Milestone
from tasks.rules import typed_facts
from tasks.rules.status import Learned, Shape
from tasks.steps.forms import TEXT_LENGTH, StepFilesForm, area

Reached = datetime.date | int | None
MOST_TIMES = 999


@dataclass
class StageField:
    """One milestone or round of the form: its boxes, and whether it is the one asked for first."""

    stage: Milestone
    done: forms.BoundField | None = None
    day: forms.BoundField | None = None
    count: forms.BoundField | None = None
    seen: forms.BoundField | None = None
    first: bool = False

    @property
    def errors(self) -> list[str]:
        """What is wrong with it."""
        return [str(error) for box in (self.done, self.day, self.count) if box is not None for error in box.errors]


class ReportForm(StepFilesForm):
    """The fact that the task's shape asks for, words, and how it was learned when it is about another organisation.

    A blank is not reported, never 0. Each milestone carries what was seen of it, so that only what the person really
    changed is written.
    """

    text = forms.CharField(label=gettext_lazy("In words"), required=False, max_length=TEXT_LENGTH, widget=area(3))
    learned = forms.ChoiceField(label=gettext_lazy("How you learned it"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        learned = self.fields["learned"]
        assert isinstance(learned, forms.ChoiceField)  # for the type checker
        learned.choices = Learned.choices
        if permissions.enters_for_another(self.actor, self.assignment):
            learned.required = True
        else:
            del self.fields["learned"]
        task = self.assignment.task
        self.known: Known | None = None
        self.asked = ""  # the figure of which it is asked whether it is right
        self.stages: list[Milestone] = []
        self.rounds: list[Milestone] = []
        self.counted = known.counted_in(self.assignment, self.actor)
        if task.shape == Shape.QUANTITY:
            self._ask_figure()
        elif self.counted:
            self.rounds = self._begun(list(self.assignment.milestones.all()))
        elif task.shape in {Shape.MILESTONES, Shape.RECURRING}:
            self.stages = list(self.assignment.milestones.all())
            self._ask_stages()
        else:
            self._ask_percent()

    def _add(self, name: str, field: forms.Field, **attrs: Any) -> None:
        field.widget.attrs.update(attrs)
        style(field)
        self.fields[name] = field

    def _ask_percent(self) -> None:
        field = forms.CharField(
            label=_("Percent"), required=False, max_length=20, help_text=_("Leave it empty if it did not change.")
        )
        self._add("percent", field, inputmode="decimal", autocomplete="off")
        field.widget.attrs["class"] = "form-control num"

    def _ask_figure(self) -> None:
        task = self.assignment.task
        self.known = known.figure_of(self.assignment, self.actor)
        label = _("How much by now (%(unit)s)") % {"unit": task.unit} if task.unit else _("How much by now")
        field = forms.CharField(label=label, required=False, max_length=40)
        if self.known and self.known.differs:
            field.initial = typed_facts.shown(self.known.value)
        self._add("value", field, inputmode="decimal", autocomplete="off")
        field.widget.attrs["class"] = "form-control num"

    def _ask_stages(self) -> None:
        counting = self.assignment.task.shape == Shape.RECURRING
        for stage in self.stages:
            seen = stage.count if counting else stage.done_on
            hidden = forms.CharField(required=False, widget=forms.HiddenInput)
            hidden.initial = "" if seen is None else str(seen)
            self.fields[f"seen-{stage.pk}"] = hidden
            if counting:
                field = forms.CharField(label=stage.label, required=False, max_length=10)
                field.initial = "" if stage.count is None else stage.count
                self._add(f"count-{stage.pk}", field, inputmode="numeric", autocomplete="off")
                field.widget.attrs["class"] = "form-control form-control-sm num"
            else:
                done = forms.BooleanField(label=stage.label, required=False, initial=stage.done_on is not None)
                self._add(f"done-{stage.pk}", done)
                day = DayField(label=_("done on"), required=False, initial=stage.done_on or self.actor.on)
                self._add(f"on-{stage.pk}", day, max=self.actor.on.isoformat())
                day.widget.attrs["class"] = "form-control form-control-sm"
                day.widget.attrs["aria-label"] = _("%(name)s: done on") % {"name": stage.label}

    def _begun(self, rounds: list[Milestone]) -> list[Milestone]:
        """The rounds that are over and the one that runs."""
        over = sum(stage.due_on < self.actor.on for stage in rounds)
        return rounds[: over + 1]

    @property
    def rows(self) -> list[StageField]:
        """The milestones with their boxes; rounds that have not begun are left out."""
        found: list[StageField] = []
        counting = self.assignment.task.shape == Shape.RECURRING
        for stage in self._begun(self.stages) if counting else self.stages:
            row = StageField(stage, seen=self[f"seen-{stage.pk}"])
            if counting:
                row.count = self[f"count-{stage.pk}"]
            else:
                row.done, row.day = self[f"done-{stage.pk}"], self[f"on-{stage.pk}"]
            found.append(row)
        first = self._first(found, counting)
        if first is not None:
            first.first = True
        return found

    @property
    def has_first(self) -> bool:
        """Whether a milestone is left to ask for."""
        return any(row.first for row in self.rows)

    def _first(self, rows: list[StageField], counting: bool) -> StageField | None:
        """What is asked first: the first milestone not done; of rounds the one that runs, else the first not done."""
        waiting = [row for row in rows if not row.stage.is_done]
        if counting:
            running = next((row for row in rows if row.stage.due_on >= self.actor.on), None)
            return running if running is not None else waiting[0] if waiting else None
        return waiting[0] if waiting else None

    def clean(self) -> dict[str, Any]:
        """Read what was typed; a sentence stands at each box that cannot be read."""
        found = super().clean()
        found.setdefault("percent", None)
        task = self.assignment.task
        if "percent" in self.fields:
            found["percent"] = self._read("percent", typed_facts.percent)
        value = (
            self._read("value", lambda text: typed_facts.figure(text, task.unit)) if "value" in self.fields else None
        )
        if value is not None:
            self._ask_whether_right(value)
        found["fact"] = Fact(value=value, stages=self._changed())
        return found

    def _read(self, name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(str(self.cleaned_data.get(name) or ""))
        except typed_facts.NotRead as refused:
            self.add_error(name, str(refused))
            return None

    def _ask_whether_right(self, value: Decimal) -> None:
        """Ask about a figure that is far from all that is known, unless somebody has said that just this is right."""
        row, text = self.assignment, str(self.cleaned_data["value"])
        if self.data.get(self.add_prefix("sure"), "").strip() == text:
            return
        others = far_figures.elsewhere([row], self.actor).get(row.task_id, [])
        if why := far_figures.question(text, row.task.unit, value, [row.value, row.target], others):
            self.add_error("value", why)
            self.asked = text

    def _changed(self) -> dict[int, Reached]:
        """Day or count by milestone, of those that differ from what the person saw."""
        found: dict[int, Reached] = {}
        for stage in self.stages:
            if self.add_prefix(f"seen-{stage.pk}") not in self.data:
                continue
            seen = self.cleaned_data.get(f"seen-{stage.pk}", "")
            now: Reached
            if f"count-{stage.pk}" in self.fields:
                now = self._read(f"count-{stage.pk}", lambda text: typed_facts.whole(text, MOST_TIMES))
            else:
                now = self._day(stage) if self.cleaned_data.get(f"done-{stage.pk}") else None
            if str("" if now is None else now) != seen:
                found[stage.pk] = now
        return found

    def _day(self, stage: Milestone) -> datetime.date | None:
        name = f"on-{stage.pk}"
        try:
            return typed_facts.reached(self.cleaned_data.get(name) or self.actor.on, self.actor.on)
        except typed_facts.NotRead as refused:
            self.add_error(name, str(refused))
            return None

    def facts_in_words(self) -> list[str]:
        """What was typed, for the view that shows both sides of a conflict."""
        fact: Fact = self.cleaned_data["fact"]
        names = {stage.pk: stage for stage in self.stages}
        said = [known.reached_in_words(names[key], now) for key, now in fact.stages.items()]
        if fact.value is not None:
            said.append(known.with_unit(fact.value, self.assignment.task.unit))
        if self.cleaned_data.get("percent") is not None:
            said.append(f"{self.cleaned_data['percent']}%")
        return said
