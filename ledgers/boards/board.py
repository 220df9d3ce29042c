"""What a board is: named figures over a selection, counted by township, each with the rows behind it."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Func, IntegerField, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, Replace, RPad
from django.utils.functional import Promise

from ledgers.models import Entry
from ledgers.models.entry import EntryQuerySet, text_of
from ledgers.standing import answered_for
from orgs.actor import Actor
from orgs.county import option_values
from orgs.field_rules import FieldRule
from orgs.models import Organisation
from orgs.models.organisation import OrganisationQuerySet
from orgs.options import Options
from orgs.rules import VILLAGE_LEVEL

Rows = Any  # a queryset of entries or organisations, with annotations of the figure's own
Words = str | Promise


@dataclass(frozen=True)
class Chosen:
    """What a board looks at: the rows one actor sees, in one year, of one township or of all."""

    actor: Actor
    year: int
    township: int | None = None

    @property
    def day(self) -> datetime.date:
        """The day figures stand at: today in the running year, else the year's last day."""
        last = datetime.date(self.year, 12, 31)
        return min(self.actor.on, last)

    @cached_property
    def options(self) -> Options:
        """The thresholds in force where the actor stands."""
        return option_values.of(self.actor.county)

    def entries(self, ledger: str, period: str | None = None) -> EntryQuerySet:
        """The rows of a ledger that count: of open organisations, in the township chosen."""
        rows = Entry.objects.visible_to(self.actor).of(ledger, period)
        rows = rows.filter(Q(organisation__closed_on__isnull=True) | Q(organisation__closed_on__gt=self.day))
        if self.township:
            rows = rows.filter(Q(organisation__township=self.township) | Q(organisation=self.township))
        return rows

    def villages(self) -> OrganisationQuerySet:
        """The villages and communities that count."""
        rows = answered_for(self.actor).filter(kind__in=VILLAGE_LEVEL)
        return rows.filter(township=self.township) if self.township else rows


@dataclass(frozen=True)
class Figure:
    """A named figure: its rows within a selection; ``amount`` is what is added up beside them, in ``unit``.

    ``light`` colours it where rows are bad news; ``shown`` False keeps it out of the table by township; ``words`` says
    it with the thresholds of the county, ``measure`` is the field that is added up where it is one.
    """

    name: str
    label: Words
    rows: Callable[[Chosen], Rows]
    light: str = ""
    amount: Callable[[], Any] | None = None
    shown: bool = True
    words: Callable[[Chosen], str] | None = None
    unit: str = "yuan"
    measure: FieldRule | None = None

    def title(self, chosen: Chosen) -> Words:
        """Its words where thresholds are part of them, else its label."""
        return self.words(chosen) if self.words else self.label


@dataclass(frozen=True)
class Rate:
    """A share: the rows of ``part`` among those of ``whole``, or of its amount, in percent with one decimal."""

    name: str
    label: Words
    part: tuple[str, ...]
    whole: str
    of_amount: bool = False


@dataclass(frozen=True)
class Extra:
    """A column of the rows behind the figures that is worked out, not stored: its heading and its text."""

    label: Words
    text: Callable[[Mapping[str, Any], Chosen], str]


@dataclass(frozen=True)
class Board:
    """A board: its ledger, figures, rates, and the columns its rows show."""

    key: str
    label: Words
    note: Words
    ledger: str
    figures: tuple[Figure, ...]
    rates: tuple[Rate, ...] = ()
    columns: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
    makes_tasks: str = ""  # the figure whose organisations become a task's recipients
    task: Callable[[Chosen], Mapping[str, str]] | None = None
    theme_words: tuple[str, ...] = ()  # what a theme that fits is called

    @cached_property
    def by_name(self) -> Mapping[str, Figure]:
        """The figures by name."""
        return {figure.name: figure for figure in self.figures}


@dataclass(frozen=True)
class Number:
    """What a figure comes to: rows, and what is added up where it has an amount."""

    count: int = 0
    amount: Decimal | None = None


@dataclass
class Counts:
    """A board's figures by township and in all; one query a figure."""

    board: Board
    chosen: Chosen
    by_unit: dict[str, dict[int, Number]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for figure in self.board.figures:
            self.by_unit[figure.name] = dict(_counted(figure, self.chosen))

    def total(self, name: str) -> Number:
        """The figure in all."""
        return _added(list(self.by_unit[name].values()))

    def at(self, name: str, unit: int) -> Number:
        """The figure in one township."""
        return self.by_unit[name].get(unit, Number())

    def rate(self, rate: Rate, unit: int | None = None) -> float | None:
        """A share in all or in one township; None when there is nothing to share."""
        number = self.total(rate.whole) if unit is None else self.at(rate.whole, unit)
        whole = float(number.amount or 0) if rate.of_amount else number.count
        parts = sum((self.total(name) if unit is None else self.at(name, unit)).count for name in rate.part)
        return round(100 * parts / whole, 1) if whole else None


def _added(numbers: Sequence[Number]) -> Number:
    amounts = [number.amount for number in numbers if number.amount is not None]
    return Number(sum(number.count for number in numbers), sum(amounts, Decimal(0)) if amounts else None)


def _counted(figure: Figure, chosen: Chosen) -> list[tuple[int, Number]]:
    rows = figure.rows(chosen)
    own = rows.model is Organisation
    unit = Coalesce("township", "pk") if own else Coalesce("organisation__township", "organisation")
    found = rows.order_by().values(unit=unit).annotate(n=Count("pk"))
    if figure.amount is not None:
        found = found.annotate(amount=Sum(figure.amount()))
        return [(r["unit"], Number(r["n"], _money(r["amount"]))) for r in found]
    return [(r["unit"], Number(r["n"])) for r in found]


def _money(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


# Pieces of conditions


def day_number(key: str, *, latest: bool = True) -> Cast:
    """A stored date as the number 20260628; one known to the month counts as its end, or its start."""
    digits = Replace(text_of(key), Value("-"), Value(""))
    return Cast(RPad(digits, 8, Value("9" if latest else "0")), IntegerField())


def number_of_day(day: datetime.date) -> int:
    """A day as the number it is compared by."""
    return int(day.strftime("%Y%m%d"))


def or_zero(expression: Any) -> Any:
    """An amount, 0 where it is blank."""
    return Coalesce(expression, Value(Decimal(0)))


def greatest_zero(expression: Any) -> Any:
    """An amount, 0 where it is below."""
    return (expression + Func(expression, function="ABS")) / 2
