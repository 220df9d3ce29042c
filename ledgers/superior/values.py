"""What the sources come to, organisation by organisation: one or two queries a source, however many cells ask."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from ledgers.boards.board import Board, Chosen, Figure, Rate
from ledgers.rules.values import SEALED
from ledgers.superior import sources
from ledgers.superior.sources import Source
from orgs.field_rules import FieldType
from orgs.models import Organisation
from orgs.rules import ABOVE, OPERATING
from sheets.cleaning import clean_value
from sheets.inplace import Value
from sheets.units import UNITS
from tasks.models import Assignment

EXACT = Decimal("0.0001")  # to which amounts are added up
YES_NO = ("是", "否")  # what superior's tables are filled with is Chinese in any language


@dataclass
class Sums:
    """Rows and amounts by organisation: its own, those of a township, and all."""

    own: dict[int, tuple[int, Decimal]] = field(default_factory=dict)
    units: dict[int, tuple[int, Decimal]] = field(default_factory=dict)
    all: tuple[int, Decimal] = (0, Decimal(0))
    of_organisations: bool = False

    def add(self, own: int, unit: int, count: int, amount: Decimal) -> None:
        """Add one organisation's rows."""
        for where, key in ((self.own, own), (self.units, unit)):
            before = where.get(key, (0, Decimal(0)))
            where[key] = (before[0] + count, before[1] + amount)
        self.all = (self.all[0] + count, self.all[1] + amount)

    def at(self, unit: Organisation) -> tuple[int, Decimal]:
        """What an organisation's subtree comes to."""
        if unit.kind in ABOVE:
            return self.all
        return (self.units if unit.kind in OPERATING else self.own).get(unit.pk, (0, Decimal(0)))


class Values:
    """The values of chosen sources within a board's selection."""

    def __init__(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self._sums: dict[tuple[str, str], Sums] = {}
        self._texts: dict[str, dict[int, Any]] = {}

    def at(self, source: Source, unit: Organisation) -> Value | None:
        """A source's value for an organisation in the stored unit; None where nothing was reported."""
        if source.what == sources.TEXT:
            return self._text(source, unit)
        if source.what == sources.TASK:
            count, amount = self._task(source.task).at(unit)
            factor = UNITS[source.unit][1] if source.unit in UNITS else 1  # a task keeps figures in its own unit
            return amount * factor if count else None
        assert source.board is not None  # for the type checker
        if source.rate is not None:
            return self._rate(source.board, source.rate, unit)
        assert source.figure is not None  # for the type checker
        return self._figure(source.board, source.figure, unit, amount=source.what == sources.AMOUNT)

    def _figure(self, board: Board, figure: Figure, unit: Organisation, *, amount: bool) -> Value | None:
        sums = self._counted(board, figure)
        count, total = sums.at(unit)
        if count or sums.of_organisations:
            return total if amount else count
        if figure.measure is None and self._reported(board, unit):
            return Decimal(0) if amount else 0
        return None

    def _reported(self, board: Board, unit: Organisation) -> bool:
        """Whether anything stands in the ledger for it: only then nothing found is a nought."""
        for figure in board.figures:
            sums = self._counted(board, figure)
            if not sums.of_organisations:
                return bool(sums.at(unit)[0])
        return False

    def _rate(self, board: Board, rate: Rate, unit: Organisation) -> Decimal | None:
        count, amount = self._counted(board, board.by_name[rate.whole]).at(unit)
        whole = amount if rate.of_amount else count
        parts = sum(self._counted(board, board.by_name[name]).at(unit)[0] for name in rate.part)
        return round(Decimal(100 * parts) / Decimal(whole), 1) if whole else None

    def _counted(self, board: Board, figure: Figure) -> Sums:
        key = (board.key, figure.name)
        if key not in self._sums:
            self._sums[key] = _summed(figure, self.chosen)
        return self._sums[key]

    def _task(self, pk: int) -> Sums:
        key = ("task", str(pk))
        if key not in self._sums:
            found = Sums()
            rows = Assignment.objects.visible_to(self.chosen.actor).in_force()
            rows = rows.filter(task=pk, value__isnull=False).order_by()
            unit = Coalesce("organisation__township", "organisation")
            for own, where, value, above in rows.values_list("organisation", unit, "value", "above"):
                if above is None:
                    found.add(own, where, 1, value)
                else:  # split on by a township: it counts in the township's own
                    found.own[own] = (1, value)
            self._sums[key] = found
        return self._sums[key]

    def _text(self, source: Source, unit: Organisation) -> Value | None:
        assert source.field is not None  # for the type checker
        if source.key not in self._texts:
            rows = self.chosen.entries(source.ledger).filter(values__has_key=source.field.key)
            rows = rows.filter(Q(period="") | Q(period__startswith=str(self.chosen.year))).order_by("period", "pk")
            told = rows.values_list("organisation", "values")  # a single text is not taken out by SQLite: it may be bad
            self._texts[source.key] = {unit: clean_value(values[source.field.key]) for unit, values in told}
        value = self._texts[source.key].get(unit.pk)
        if value is None or str(value).startswith(SEALED):
            return None
        if source.field.type == FieldType.BOOL:
            return YES_NO[0] if value else YES_NO[1]
        if source.field.type == FieldType.PERCENT:
            return Decimal(str(value))
        return "、".join(value) if isinstance(value, list) else str(value)


def _summed(figure: Figure, chosen: Chosen) -> Sums:
    rows = figure.rows(chosen)
    of_organisations = rows.model is Organisation
    own = F("pk") if of_organisations else F("organisation")
    unit = Coalesce("township", "pk") if of_organisations else Coalesce("organisation__township", "organisation")
    found = Sums(of_organisations=of_organisations)
    counted = rows.order_by().values(own=own, unit=unit).annotate(n=Count("pk"))
    if figure.amount is not None:
        counted = counted.annotate(amount=Sum(figure.amount()))
    for row in counted:
        found.add(row["own"], row["unit"], row["n"], Decimal(str(row.get("amount") or 0)).quantize(EXACT))
    return found
