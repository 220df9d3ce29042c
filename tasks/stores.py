"""Figure stores: where the figure of a task lives when another app keeps it, so that one fact stands in one table.

An upper app registers a store under a prefix; ``Task.figure`` is ``prefix:name``, such as ``ledger:venue.floor_area``.
Entering progress writes through to the store; when the fact comes in by another door the store calls
``tasks.facts.actions.take_in``. ``Assignment.value`` and ``Milestone.done_on`` of such a task only mirror it.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from dates.periods import Period
from orgs.actor import Actor
from orgs.models import Organisation
from records.changes import Writer
from tasks.rules.status import Shape

StageDays = Mapping[str, datetime.date | None]  # by milestone code


@dataclass(frozen=True)
class Choice:
    """A figure that a task may name: its full key, its words, its unit, and the shape of the tasks it is for.

    For a recurring task it is what the store counts in each round: nobody types the count a second time.
    """

    key: str
    label: str
    unit: str = ""
    shape: str = Shape.QUANTITY


class Store(Protocol):
    """Where figures of one prefix live; ``name`` is the key without the prefix."""

    def choices(self, actor: Actor) -> Iterable[Choice]:
        """The figures a task of this actor may name."""

    def values(
        self, name: str, organisations: Iterable[int], on: datetime.date, unit: str = ""
    ) -> Mapping[int, Decimal]:
        """What is known on a day, by organisation, in the task's unit ("" for the store's own); who is missing has not
        reported, or in a unit that says something else.
        """

    def stages(self, name: str, organisations: Iterable[int], on: datetime.date) -> Mapping[int, StageDays]:
        """The days stages were done, by organisation and milestone code."""

    def rounds(self, name: str, spans: Mapping[int, Sequence[Period]]) -> Mapping[int, Mapping[str, int]]:
        """How often it was done in each period asked about, by organisation and the period's key; never 0."""

    def address(self, name: str, organisation: int, period: str) -> str:
        """The page on which one more of what is counted is recorded, in a period by its key."""

    def write(
        self,
        changes: Writer,
        name: str,
        organisation: Organisation,
        *,
        by: Actor,
        value: Decimal | None,
        stages: StageDays,
        unit: str = "",
    ) -> None:
        """Write the fact, counted in the task's unit, in the change set of whoever reports.

        Raises ``ValueError`` with a sentence when refused.
        """


_stores: dict[str, Store] = {}


def register(prefix: str, store: Store) -> None:
    """Add a store; the same prefix replaces."""
    _stores[prefix] = store


def choices(actor: Actor) -> list[Choice]:
    """Every figure a task may name."""
    return [choice for store in _stores.values() for choice in store.choices(actor)]


def of(figure: str) -> tuple[Store, str] | None:
    """The store of a task's figure and the name in it; None when the task keeps its own figure."""
    prefix, _colon, name = figure.partition(":")
    store = _stores.get(prefix)
    return (store, name) if store and name else None
