"""A ledger as a description: its columns, what names a row, which period it is for, who may see it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dates import periods
from dates.periods import Period
from ledgers.rules.checks import Check
from orgs.field_rules import FieldRule, speaks_chinese
from orgs.rules import OPERATING, VILLAGE_LEVEL

FIRST_YEAR, LAST_YEAR = 1949, 2100  # that rows can be for


class PeriodKind(TextChoices):
    """How often a ledger is kept anew; one without a period is one list that goes on."""

    NONE = "", _("no period: one list that goes on")
    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every quarter")
    HALF = "half", _("every half-year")
    YEAR = "year", _("every year")


class Subject(TextChoices):
    """Whose rows a ledger holds."""

    VILLAGE = "village", _("villages and communities")
    TOWNSHIP = "township", _("townships and working committees")
    ANY = "any", _("any Party organisation")


_MAKERS = {
    PeriodKind.MONTH: periods.month,
    PeriodKind.QUARTER: periods.quarter,
    PeriodKind.HALF: periods.half,
    PeriodKind.YEAR: periods.year,
}


@dataclass(frozen=True)
class Column:
    """A field's place in a ledger, asked for from ``since`` to ``until``; ``aliases`` are further headings."""

    field: FieldRule
    position: int
    required: bool = False
    aliases: tuple[str, ...] = ()
    group: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def key(self) -> str:
        """The field's key, under which values are stored."""
        return self.field.key

    @property
    def label(self) -> str:
        """The column's heading."""
        return self.field.label

    def asked_on(self, day: datetime.date) -> bool:
        """Whether the column is asked for on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or self.until >= day)


@dataclass(frozen=True)
class KindRule:
    """A ledger (台账) as it is in force at one organisation.

    ``natural_key`` are the fields that tell one row of an organisation and period from another; empty means there is
    one row. ``roles`` are the only ones that may see it; empty means every post. ``everyone`` says that each
    organisation it is for owes a row. A ledger counts as stale ``stale_days`` after its last change.
    """

    key: str
    zh: str
    en: str = ""
    period: str = PeriodKind.NONE
    subject: str = Subject.VILLAGE
    natural_key: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everyone: bool = False
    stale_days: int = 180
    checks: tuple[Check, ...] = ()
    columns: tuple[Column, ...] = ()
    note_zh: str = ""
    note_en: str = ""
    position: int = 100
    active: bool = True
    own: bool = False

    @property
    def label(self) -> str:
        """The ledger's name in the reader's language."""
        return self.zh if speaks_chinese() or not self.en else self.en

    @property
    def period_label(self) -> str:
        """How often it is kept anew, in words."""
        return str(PeriodKind(self.period).label)

    @property
    def subject_label(self) -> str:
        """Whose rows it holds, in words."""
        return str(Subject(self.subject).label)

    @property
    def note(self) -> str:
        """What it is for, in the reader's language."""
        return self.note_zh if speaks_chinese() or not self.note_en else self.note_en

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """The columns by field."""
        return {column.key: column for column in self.columns}

    @cached_property
    def personal_keys(self) -> frozenset[str]:
        """The fields whose values are sealed at rest and masked on screen."""
        return frozenset(column.key for column in self.columns if column.field.is_personal)

    @property
    def personal(self) -> bool:
        """Whether the ledger holds personal data."""
        return bool(self.personal_keys)

    def asked_on(self, day: datetime.date) -> list[Column]:
        """The columns asked for on a day, in order."""
        return [column for column in self.columns if column.asked_on(day)]

    def period_of(self, day: datetime.date) -> Period | None:
        """The period a day falls in; None for a list that goes on."""
        maker = _MAKERS.get(PeriodKind(self.period))
        return maker(day) if maker else None

    def period_key(self, day: datetime.date) -> str:
        """The key of the period a day falls in, empty for a list that goes on."""
        period = self.period_of(day)
        return period.key if period else ""

    def due_period(self, day: datetime.date) -> str:
        """The period whose rows should be there on a day: the year that runs, of shorter periods the last one over."""
        period = self.period_of(day)
        if period is None:
            return ""
        return period.key if self.period == PeriodKind.YEAR else period.before().key

    def accepts_period(self, key: str) -> bool:
        """Whether a period's key is of this ledger's kind."""
        if not key:
            return self.period == PeriodKind.NONE
        try:
            found = periods.parse(key)
            return FIRST_YEAR <= found.start.year <= LAST_YEAR and self.period_key(found.start) == key
        except ValueError:
            return False

    def accepts(self, kind: str) -> bool:
        """Whether an organisation of ``kind`` has rows in it."""
        if self.subject == Subject.VILLAGE:
            return kind in VILLAGE_LEVEL
        return self.subject == Subject.ANY or kind in OPERATING

    def open_to(self, role: str) -> bool:
        """Whether a post of ``role`` may see it at all."""
        return not self.roles or role in self.roles

    def title_of(self, values: Mapping[str, Any]) -> str:
        """What names a row beside its organisation; ``values`` are opened."""
        return " · ".join(str(values[key]) for key in self.natural_key if values.get(key) not in (None, ""))
