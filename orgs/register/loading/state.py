"""A file on its way into the register."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from orgs.models import Organisation
from orgs.register.layout import Difference, Fault, Line, Plan
from orgs.register.resources import ChoiceWidget, NamesWidget
from orgs.rules import Kind, PartyForm, VillageClass

CHOICES = {
    "kind": ChoiceWidget(Kind),
    "party_form": ChoiceWidget(PartyForm),
    "village_class": ChoiceWidget(VillageClass),
}


@dataclass
class Loading:
    """A file on its way into the register: gathers the plan, then holds what must be written.

    ``root``: the path the person acting may load below, None for all. ``replaced`` are organisations that stand
    elsewhere than before (by ``id``), ``reshaped`` have another kind or form, ``beside`` are the names, ratings and
    terms to be stored, ``merged`` who is merged into whom, which can only be said once all are stored.
    """

    today: datetime.date
    root: str | None
    known: dict[str, Organisation]
    plan: Plan
    by_key: dict[int, Organisation] = field(default_factory=dict)
    in_file: dict[str, Line] = field(default_factory=dict)
    top: Line | None = None
    replaced: dict[int, Organisation] = field(default_factory=dict)
    reshaped: set[int] = field(default_factory=set)
    beside: list[Model] = field(default_factory=list)
    merged: list[tuple[Organisation, Organisation | None]] = field(default_factory=list)

    def fault(self, line: Line, column: str, message: str) -> None:
        """Note what is wrong in a row."""
        line.faulty.add(column)
        self.plan.faults.append(Fault(line.number, column, message))

    def differs(self, line: Line, column: str, old: Any, new: Any) -> None:
        """Note that a row says something else than what stands."""
        if not line.is_new:
            line.changes.append(Difference(column, _shown(column, old), _shown(column, new)))


def _shown(column: str, value: Any) -> str:
    if isinstance(value, list):
        return NamesWidget().render(value)
    if value is None or value == "":
        return _("(empty)")
    return CHOICES[column].render(value) if column in CHOICES else str(value)
