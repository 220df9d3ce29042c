"""The page on which a figure is split: a share for each line, and a township's own date for its villages."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.pages import requested
from orgs.pages.fields import DayField
from orgs.pages.forms import SeenField, Styled, style
from orgs.pages.secrecy import KeepsSecretsOut, PastedField
from tasks.models import Assignment, Task
from tasks.rules import quotas, typed_facts
from tasks.splits.actions import Wanted
from tasks.splits.columns import read_column
from tasks.splits.reading import Line

EQUAL, VILLAGES, LAST_YEAR, PASTED = "equal", "villages", "last_year", "pasted"
_ONE = Decimal(1)
PROPOSALS = frozenset({EQUAL, VILLAGES, LAST_YEAR, PASTED})


class FigureField(forms.CharField):
    """A figure in a task's unit as people type it: 1.2万, full-width digits, thousands separators."""

    def __init__(self, *, unit: str, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)
        self.unit = unit
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """The figure; None for a blank, never below nothing."""
        try:
            found = typed_facts.figure(super().clean(value), self.unit)
        except typed_facts.NotRead as refused:
            raise forms.ValidationError(str(refused)) from refused
        if found is not None and found < 0:
            raise forms.ValidationError(_("A share is never below nothing."))
        return found


@dataclass
class Box:
    """One line of the page with its fields as bound; one that cannot have a share has none."""

    line: Line
    share: forms.BoundField | None = None
    was: forms.BoundField | None = None
    own: forms.BoundField | None = None

    @property
    def gap(self) -> Decimal | None:
        """By how much what it split on differs from its share as stored; None where it did not split."""
        return None if self.line.below is None else self.line.below - (self.line.share or Decimal(0))


@dataclass
class Group:
    """The lines of one township; without ``township`` they stand for themselves."""

    township: Organisation | None
    boxes: list[Box]
    shares: Decimal

    @property
    def weight(self) -> int:
        """How many villages and communities there are among them."""
        return sum(box.line.weight for box in self.boxes)


class SplitForm(KeepsSecretsOut, Styled, forms.Form):
    """The shares of a split. ``proposal`` fills the shares in from a rule or from a pasted column; nothing is saved.

    Each line sends what it showed (``was``), so that a share somebody else changed meanwhile is named, and neither
    text is lost.
    """

    reason = forms.CharField(
        label=gettext_lazy("Why shares and target differ"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Only needed when they do not add up."),
    )
    pasted = PastedField(
        label=gettext_lazy("Pasted column"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One figure a line in the order below, or name and figure beside each other."),
    )

    def clean_pasted(self) -> str:
        """What was pasted, looked at for marks of secrecy."""
        text: str = self.cleaned_data["pasted"]
        self.look_at_text(text)
        return text

    def __init__(
        self, data: Any, *, lines: Sequence[Line], seen: Task | Assignment, unit: str, actor: Actor, **kwargs: Any
    ) -> None:
        super().__init__(data, initial={"reason": seen.difference_reason}, **kwargs)
        self.fields["version"] = SeenField(seen)
        self.lines = lines
        self.unit = unit
        self.actor = actor
        for line in lines:
            if not line.held:
                self._add_line(line)

    def _add_line(self, line: Line) -> None:
        key, now = line.organisation.pk, typed_facts.shown(line.share)
        share = FigureField(unit=self.unit, label=str(line.organisation), initial=now)
        style(share)
        share.widget.attrs["class"] += " form-control-sm num share"
        self.fields[f"share-{key}"] = share
        self.fields[f"was-{key}"] = forms.CharField(required=False, initial=now, widget=forms.HiddenInput)

    @property
    def boxes(self) -> list[Box]:
        """The lines with their fields."""
        return [self._box(line) for line in self.lines]

    @property
    def groups(self) -> list[Group]:
        """The lines township by township."""
        grouped = groupby(self.boxes, key=lambda box: box.line.group)
        return [
            Group(township, found, quotas.total(self._typed(box.line) for box in found if not box.line.held))
            for township, boxes in grouped
            if (found := list(boxes))
        ]

    def _box(self, line: Line) -> Box:
        if line.held:
            return Box(line)
        key = line.organisation.pk
        own = self[f"own-{key}"] if f"own-{key}" in self.fields else None
        return Box(line, self[f"share-{key}"], self[f"was-{key}"], own)

    def clean(self) -> dict[str, Any]:
        """Name the shares somebody else changed meanwhile, and those typed for who is no recipient any more."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if gone := self._typed_for_others():
            text = _("%(names)s: not among the recipients any more. What was typed there is left out; save again.")
            self.add_error(None, text % {"names": "、".join(gone)})
        again = self.data.copy()  # type: ignore[attr-defined]  # what a request sends is a QueryDict
        for line in self.lines:
            if line.held:
                continue
            key, now = line.organisation.pk, typed_facts.shown(line.share)
            if found.get(f"was-{key}") != now and found.get(f"share-{key}") != line.share:
                text = _("Somebody has meanwhile set this to “%(stored)s”. Yours is still here: save again to keep it.")
                self.add_error(f"share-{key}", text % {"stored": now or _("(empty)")})
                again[f"was-{key}"] = now
        self.data = again
        return found

    def _typed_for_others(self) -> list[str]:
        """The organisations, with the share typed, that had a box when the page was opened and have none now."""
        typed = {
            key: text
            for name, text in self.data.items()
            if name.startswith("share-") and name not in self.fields and text.strip()
            for key in requested.keys([name.removeprefix("share-")])
        }
        places = Organisation.objects.visible_to(self.actor).filter(pk__in=typed) if typed else ()
        return [f"{place} {typed[place.pk]}" for place in places]

    @property
    def shares(self) -> dict[int, Decimal | None]:
        """What each line is to owe, by key of organisation; lines that cannot have a share are left out."""
        return {
            line.organisation.pk: self.cleaned_data.get(f"share-{line.organisation.pk}")
            for line in self.lines
            if not line.held
        }

    @property
    def wanted(self) -> dict[int, Wanted]:
        """The shares with the township's own dates."""
        return {key: Wanted(share, self.cleaned_data.get(f"own-{key}")) for key, share in self.shares.items()}

    @property
    def typed_sum(self) -> Decimal:
        """What the shares add up to as shown, whatever cannot be read left out."""
        return quotas.total(self._typed(line) for line in self.lines if not line.held)

    def _typed(self, line: Line) -> Decimal | None:
        try:
            return typed_facts.figure(str(self[f"share-{line.organisation.pk}"].value() or ""), self.unit)
        except typed_facts.NotRead:
            return None

    # Proposals

    def propose(self, how: str, target: Decimal | None) -> str:
        """Fill the shares in; a sentence where it cannot be done."""
        open_lines = [line for line in self.lines if not line.held]
        if how == PASTED:
            return self._paste(open_lines)
        if target is None:
            return _("Enter the figure to be split first.")
        weights: Mapping[int, Decimal] = {
            line.organisation.pk: {
                EQUAL: Decimal(1),
                VILLAGES: Decimal(line.weight),
                LAST_YEAR: line.last_year or Decimal(0),
            }[how]
            * (not line.is_closed)
            for line in open_lines
        }
        if not any(weights.values()):
            return _("None of them has a village.") if how == VILLAGES else _(
                "Nothing is known of last year: the task was not copied from one that was split."
            )  # fmt: skip
        shares = quotas.proposed(target, weights)
        self._fill({key: typed_facts.shown(share) if weights[key] else "" for key, share in shares.items()})
        return ""

    def _paste(self, lines: Sequence[Line]) -> str:
        try:
            self.look_at_text(str(self["pasted"].value() or ""))
        except ValidationError as marked:
            return " ".join(marked.messages)
        places = {line.organisation.pk: _names(line.organisation) for line in lines}
        groups = {line.group.pk: line.group for line in lines if line.group and line.group.pk not in places}
        besides = {key: _names(group) for key, group in groups.items()}
        read = read_column(str(self["pasted"].value() or ""), places, self.unit, besides)
        texts = {key: text for key, text in read.texts.items() if key in places}
        for key in read.texts.keys() & groups.keys():
            below = [line.organisation.pk for line in lines if line.group == groups[key] and not line.is_closed]
            if texts.keys() & set(below):
                text = _("%(name)s and organisations below it are both named: paste one of the two.")
                read.faults.append(text % {"name": groups[key]})
            else:
                texts |= self._spread(read.texts[key], below)
        self._fill(texts)
        return " ".join(read.faults)

    def _spread(self, text: str, below: Sequence[int]) -> dict[int, str]:
        """What a township is to do, in equal shares over those in it."""
        try:
            figure = typed_facts.figure(text, self.unit)
        except typed_facts.NotRead:
            figure = None
        if figure is None:
            return dict.fromkeys(below, text)  # refused at each of them, or blank
        return {
            key: typed_facts.shown(share) for key, share in quotas.proposed(figure, dict.fromkeys(below, _ONE)).items()
        }

    def _fill(self, texts: Mapping[int, str]) -> None:
        again = self.data.copy()  # type: ignore[attr-defined]  # what a request sends is a QueryDict
        for key, text in texts.items():
            again[f"share-{key}"] = text
        self.data = again


def _names(organisation: Organisation) -> tuple[str, str]:
    return organisation.name, str(organisation)


class TaskSplitForm(SplitForm):
    """The county's split: the figure itself, and once issued why it changes."""

    def __init__(self, data: Any, *, task: Task, **kwargs: Any) -> None:
        super().__init__(data, seen=task, unit=task.unit, **kwargs)
        target = FigureField(unit=task.unit, label=_("Figure of the county"), initial=typed_facts.shown(task.target))
        target.required = True
        style(target)
        self.fields["target"] = target
        if task.issued_at:
            why = _("It has been issued: say why the figures change, the townships read it.")
            note = forms.CharField(
                label=_("Why the figures change"), max_length=300,
                help_text=_("It has been issued: the townships read this."),
                error_messages={"required": why},
            )  # fmt: skip
            style(note)
            self.fields["note"] = note

    @property
    def target(self) -> Decimal | None:
        """The county's figure as shown, None while it cannot be read."""
        try:
            return typed_facts.figure(str(self["target"].value() or ""), self.unit)
        except typed_facts.NotRead:
            return None


class AssignmentSplitForm(SplitForm):
    """A township's split, with an earlier date of its own for each village if it wishes."""

    def __init__(self, data: Any, *, assignment: Assignment, **kwargs: Any) -> None:
        self.due_on: datetime.date = assignment.due_on
        super().__init__(data, seen=assignment, unit=assignment.task.unit, **kwargs)
        self.target = assignment.target

    def _add_line(self, line: Line) -> None:
        super()._add_line(line)
        key = line.organisation.pk
        now = line.assignment.internal_due_on if line.assignment else None
        own = DayField(label=_("Own earlier date"), required=False, initial=now)
        style(own)
        own.widget.attrs |= {"class": "form-control form-control-sm", "max": self.due_on.isoformat()}
        self.fields[f"own-{key}"] = own

    def clean(self) -> dict[str, Any]:
        """An own date is never later than the county's."""
        found = super().clean()
        for line in self.lines:
            day = found.get(f"own-{line.organisation.pk}")
            if day and day > (line.assignment.due_on if line.assignment else self.due_on):
                text = _("The county wants it by %(day)s: an own date is never later.")
                self.add_error(f"own-{line.organisation.pk}", text % {"day": self.due_on.isoformat()})
        return found
