"""What somebody types into a field, in stored form: read as a workbook's cell would be."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ledgers.fields import described, stored
from ledgers.rules import values as rules
from ledgers.rules.kinds import Column
from orgs.field_rules import FieldRule
from sheets.columns import read_cell
from sheets.wording import FAULTS


@dataclass(frozen=True)
class Typed:
    """A value in stored form (None when blank) with its marks, or what is wrong with what was typed."""

    value: Any = None
    marks: list[str] = field(default_factory=list)
    fault: str = ""


def read(rule: FieldRule, text: str) -> Typed:
    """What was typed into a field: 1.2万, 约3.5, 2026年6月底 and the like."""
    reading = read_cell(described(Column(rule, 0)), text.strip())
    if reading.fault:
        return Typed(fault=str(FAULTS[reading.fault]))
    value = stored(rule, reading.value)
    if value is not None and not rules.is_well_formed(rule, value):
        return Typed(fault=_("This cannot be kept: it is too long or too large to be right."))
    return Typed(value, [rules.ABOUT] if reading.approximate and value is not None else [])
