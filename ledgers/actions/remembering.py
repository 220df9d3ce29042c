"""What people of an organisation answered about workbooks of a ledger, kept for the next one."""

from collections.abc import Mapping
from typing import Any

from ledgers.imports.sender import Sender
from ledgers.models import KnownHeading, KnownUnit
from ledgers.rules.kinds import KindRule
from sheets.units import UNITS


def known_headings(kind: KindRule, sender: Sender) -> dict[str, str]:
    """What people of this organisation chose for headings of this ledger before."""
    rows = KnownHeading.objects.filter(organisation=sender.organisation, ledger=kind.key)
    return dict(rows.values_list("heading", "field"))


def known_units(kind: KindRule, sender: Sender) -> dict[str, str]:
    """What people of this organisation said before of columns whose unit was not read."""
    rows = KnownUnit.objects.filter(organisation=sender.organisation, ledger=kind.key)
    return dict(rows.values_list("column", "unit"))


def remember(kind: KindRule, sender: Sender, headings: Mapping[str, str], answers: Mapping[str, str]) -> None:
    """Keep fields by heading, and the units among answers about columns."""
    whose: dict[str, Any] = {"organisation": sender.organisation, "ledger": kind.key}
    for heading, key in headings.items():
        KnownHeading.objects.update_or_create(**whose, heading=heading[:200], defaults={"field": key})
    for key, unit in answers.items():
        if unit in UNITS:
            KnownUnit.objects.update_or_create(**whose, column=key, defaults={"unit": unit})
