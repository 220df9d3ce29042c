"""The one registry of what anybody owes by when: my week, organisation pages, countdowns and reminders read it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet

from orgs.models import Organisation
from orgs.scope import Actor


@dataclass(frozen=True)
class Duty:
    """One organisation owes one thing by one day."""

    kind: str
    key: int
    organisation_id: int
    role: str
    title: str
    due_on: datetime.date
    url: str
    light: str
    state: str


@dataclass(frozen=True)
class DutyLine:
    """What several organisations owe of the same thing, as one line of my week.

    ``urgent``: overdue or sent back, to be done first. ``percent`` is the mean of what was reported, None when nothing was.
    """

    kind: str
    title: str
    note: str
    organisations: int
    due_on: datetime.date
    light: str
    percent: int | None
    url: str
    action: str
    urgent: bool
    waiting: bool


class DutySource(Protocol):
    """Where duties of one kind come from."""

    kind: str

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """What the actor's organisations owe up to a day, and what is overdue, summed up in SQL."""

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """Each thing the organisations owe that the actor may see, due date first."""


_sources: dict[str, DutySource] = {}


def register(source: DutySource) -> None:
    """Add a source of duties; the same kind replaces the old one."""
    _sources[source.kind] = source


def lines(actor: Actor, until: datetime.date) -> list[DutyLine]:
    """Everything the actor's organisations owe up to a day, most urgent first."""
    found = [line for source in _sources.values() for line in source.lines(actor, until)]
    return sorted(found, key=lambda line: (line.waiting, not line.urgent, line.due_on, line.title))


def open_for(organisations: QuerySet[Organisation], actor: Actor) -> list[Duty]:
    """Each thing the organisations owe, due date first."""
    found = [duty for source in _sources.values() for duty in source.open_for(organisations, actor)]
    return sorted(found, key=lambda duty: (duty.due_on, duty.title))
