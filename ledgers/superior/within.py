"""The period a superior's table is filled for, as a selection of the boards."""

from collections.abc import Iterable
from dataclasses import dataclass

from dates import periods
from ledgers.boards.board import Chosen
from ledgers.models.entry import EntryQuerySet
from orgs.actor import Actor


@dataclass(frozen=True)
class Within(Chosen):
    """A board's selection narrowed to a period of its year; what is kept by the year counts whole."""

    period: str = ""

    @classmethod
    def of(cls, actor: Actor, period: str) -> "Within":
        """What the actor sees of a period (``dates.periods``)."""
        return cls(actor, int(period[:4]), None, period)

    def entries(self, ledger: str, period: str | None = None) -> EntryQuerySet:
        """The rows of the periods that lie within, of the whole year, and of lists that go on."""
        rows = super().entries(ledger, period)
        if self.period == str(self.year):
            return rows
        return rows.filter(period__in={str(self.year), "", *_inside(periods.parse(self.period))})


def _inside(period: periods.Period) -> Iterable[str]:
    """The keys of the months, quarters and half-years that lie within a period."""
    for month in range(period.start.month, period.end.month + 1):
        day = period.start.replace(month=month, day=1)
        for made in (periods.month(day), periods.quarter(day), periods.half(day)):
            if period.start <= made.start and made.end <= period.end:
                yield made.key
