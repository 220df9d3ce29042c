"""The editor of a task's milestones: rows added, taken away and moved by buttons, with and without scripts."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dates.workdays import Calendar
from orgs.pages import requested
from orgs.pages.fields import DayField
from orgs.pages.forms import Styled
from tasks.drafting import planning
from tasks.drafting.planning import Planned
from tasks.models import Task

PREFIX = "ms"
FIELDS = ("variant", "name", "code", "weight", "before", "due_on", "owner", "deliverable")
MOST_ROWS = 60


class StageForm(Styled, forms.Form):
    """One milestone as it is typed."""

    variant = forms.CharField(label=gettext_lazy("Kind of work"), required=False, max_length=20)
    name = forms.CharField(label=gettext_lazy("Milestone"), required=False, max_length=60)
    code = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)
    weight = forms.IntegerField(label=gettext_lazy("Weight"), required=False, min_value=1, max_value=100)
    before = forms.IntegerField(
        label=gettext_lazy("Days before the end"), required=False, min_value=0, max_value=planning.MOST_BEFORE
    )
    due_on = DayField(label=gettext_lazy("Due date"), required=False)
    owner = forms.CharField(label=gettext_lazy("Responsible"), required=False, max_length=120)
    deliverable = forms.CharField(label=gettext_lazy("Deliverable"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.HiddenInput):
                field.widget.attrs["class"] += " form-control-sm"
                field.widget.attrs["aria-label"] = field.label
        self.fields["variant"].widget.attrs["list"] = "variants"

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed into the row."""
        return not any(self.cleaned_data.get(name) for name in ("name", "due_on", "before", "owner", "deliverable"))

    def clean(self) -> dict[str, Any]:
        """A row that says anything has a name and a date."""
        found = super().clean() or self.cleaned_data
        if not self.is_blank:
            if not found.get("name"):
                self.add_error("name", _("Give the milestone a name."))
            if not found.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", _("Give it a date, or plan it backwards from the end."))
        return found

    @property
    def sentences(self) -> list[str]:
        """What is wrong with the row."""
        return [str(error) for errors in self.errors.values() for error in errors]

    @property
    def planned(self) -> Planned:
        """The row as a milestone of the plan."""
        values: dict[str, Any] = {name: self.cleaned_data.get(name) for name in FIELDS}
        values["weight"] = values["weight"] or 1
        return Planned(**values)


class StageRows:
    """All rows of the editor; ``act`` does what a button asks for, and everything typed stays."""

    def __init__(self, data: Any = None, *, task: Task | None = None) -> None:
        self.rows = _typed(data) if data is not None and f"{PREFIX}-total" in data else _kept(task)
        self.checked = False
        self.problem = ""
        self._forms: list[StageForm] | None = None

    def act(self, action: str, *, end: datetime.date | None, calendar: Calendar) -> None:
        """Do what a button asks for: add, remove, move, begin with a set, or plan backwards from the end."""
        verb, _colon, what = action.partition(":")
        place = requested.number(what, most=len(self.rows) - 1)
        if verb == "ms_add" and len(self.rows) < MOST_ROWS:
            self.rows.append({"variant": self.rows[-1].get("variant", "") if self.rows else "", "weight": "1"})
        elif verb == "ms_remove" and place is not None:
            del self.rows[place]
        elif verb in {"ms_up", "ms_down"} and place is not None:
            other = place + (1 if verb == "ms_down" else -1)
            if 0 <= other < len(self.rows):
                self.rows[place], self.rows[other] = self.rows[other], self.rows[place]
        elif verb == "ms_pattern":
            self._begin(what, end)
        elif verb == "ms_plan":
            self._plan(end, calendar if what == "workdays" else None)

    def _begin(self, key: str, end: datetime.date | None) -> None:
        pattern = next((one for one in planning.patterns() if one.key == key), None)
        if pattern is None:
            return
        steps = planning.backwards(pattern.steps, end) if end else list(pattern.steps)
        typed = [row for row in self.rows if row.get("name")]
        self.rows = [*typed, *(_shown(step) for step in steps)]
        if end is None:
            self.problem = _("Give the task its due date, then plan the milestones backwards from it.")

    def _plan(self, end: datetime.date | None, calendar: Calendar | None) -> None:
        if end is None:
            self.problem = _("Give the task its due date first: the milestones are planned backwards from it.")
            return
        for row in self.rows:
            before = requested.number(row.get("before"), most=planning.MOST_BEFORE)
            if before is not None:
                row["due_on"] = planning.days_before(end, before, calendar).isoformat()

    @property
    def forms(self) -> list[StageForm]:
        """The rows as forms."""
        if self._forms is None:
            self._forms = [
                StageForm({f"{PREFIX}-{n}-{name}": row.get(name, "") for name in FIELDS}, prefix=f"{PREFIX}-{n}")
                for n, row in enumerate(self.rows)
            ]
        return self._forms

    def is_valid(self, starts_on: datetime.date | None, end: datetime.date | None) -> bool:
        """Whether every row can be kept; what is wrong stands at the row."""
        self.checked = True
        valid = [form.is_valid() for form in self.forms]
        if not all(valid):
            return False
        kept = [form for form in self.forms if not form.is_blank]
        for place, sentence in planning.outside([form.planned for form in kept], starts_on, end).items():
            kept[place].add_error("due_on", sentence)
        return not any(form.errors for form in kept)

    @property
    def has_errors(self) -> bool:
        """Whether a row was found wrong."""
        return self.checked and any(form.errors for form in self.forms)

    @property
    def plan(self) -> list[Planned]:
        """The milestones typed; ``is_valid`` has been asked."""
        return [form.planned for form in self.forms if not form.is_blank]

    @property
    def variants(self) -> list[str]:
        """The kinds of work named in the rows."""
        return sorted({str(row["variant"]) for row in self.rows if row.get("variant")})

    @property
    def count(self) -> int:
        """How many rows say anything."""
        return sum(bool(row.get("name")) for row in self.rows)

    @property
    def weight(self) -> dict[str, int]:
        """The sum of the weights by kind of work."""
        found: dict[str, int] = {}
        for row in self.rows:
            weight = requested.number(row.get("weight") or 1)
            if row.get("name") and weight is not None:
                kind = str(row.get("variant") or "")
                found[kind] = found.get(kind, 0) + weight
        return found


def _typed(data: Mapping[str, str]) -> list[dict[str, Any]]:
    count = min(requested.number(data.get(f"{PREFIX}-total")) or 0, MOST_ROWS)
    return [{name: data.get(f"{PREFIX}-{n}-{name}", "") for name in FIELDS} for n in range(count)]


def _kept(task: Task | None) -> list[dict[str, Any]]:
    if task is None:
        return []
    found = []
    for stage in task.milestones.all():
        before = (task.due_on - stage.due_on).days if task.due_on and stage.due_on <= task.due_on else None
        values = {name: getattr(stage, name) for name in FIELDS if name != "before"}
        found.append(_shown(Planned(**values, before=before)))
    return found


def _shown(step: Planned) -> dict[str, Any]:
    values = {name: getattr(step, name) for name in FIELDS}
    due_on = step.due_on.isoformat() if step.due_on else ""
    return {**values, "before": "" if step.before is None else str(step.before), "due_on": due_on}
