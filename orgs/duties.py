"""The one registry of what anybody owes by when: my week, organisation pages, countdowns and reminders read it."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.actor import Actor
from orgs.models import Organisation


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

    ``urgent``: overdue or sent back, to be done first. ``percent`` is the mean of what was reported, if anything was.
    ``key`` names the thing owed where it has a row of its own, such as the task. ``overdue`` and ``returned`` are how
    many of them are late or were sent back; ``asked_on`` is the township's own earlier date.
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
    key: int | None = None
    overdue: int = 0
    returned: int = 0
    asked_on: datetime.date | None = None

    @property
    def reach(self) -> str:
        """How many organisations owe it, where they are several."""
        if self.organisations < 2:
            return ""
        return ngettext("(%(count)s organisation)", "(%(count)s organisations)", self.organisations) % {
            "count": self.organisations
        }

    @property
    def spoken(self) -> str:
        """Its button for whoever hears the page: the word alone would be the same on every line."""
        return self.action + _(": ") + self.title


class DutySource(Protocol):
    """Where duties of one kind come from."""

    kind: str

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """What the actor's organisations owe up to a day, and what is overdue, summed up in SQL; in any order."""

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """Each thing the organisations owe that the actor may see, due date first."""


_sources: dict[str, DutySource] = {}


def register(source: DutySource) -> None:
    """Add a source of duties; the same kind replaces the old one."""
    _sources[source.kind] = source


def lines(actor: Actor, until: datetime.date) -> list[DutyLine]:
    """Everything the actor's organisations owe up to a day, most urgent first."""
    found = [line for source in _sources.values() for line in source.lines(actor, until)]
    return sorted(found, key=lambda line: (line.waiting, not line.urgent, line.due_on, line.title, line.url))


def open_for(organisations: QuerySet[Organisation], actor: Actor) -> list[Duty]:
    """Each thing the organisations owe, due date first."""
    found = [duty for source in _sources.values() for duty in source.open_for(organisations, actor)]
    return sorted(found, key=lambda duty: (duty.due_on, duty.title))


class Stage(StrEnum):
    """Where a thing owed stands, as far as reminding goes."""

    OPEN = "open"
    FRESH = "fresh"  # open, and something was reported since the last workday: not asked about again at once
    RETURNED = "returned"
    WAITING = "waiting"  # handed in; the verifier's turn
    REVIEW = "review"  # the verifier's side of the same
    DONE = "done"  # finished since the last digest


@dataclass(frozen=True, slots=True)
class Root:
    """An organisation somebody holds a post at, and the roles held there."""

    organisation_id: int
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Window:
    """The days a bulk question is about.

    ``until``: the last due date of interest. ``new_since``: what was given or finished on or after it is told as
    changed. ``fresh_since``: what was reported on or after it is not asked about again at once.
    """

    on: datetime.date
    until: datetime.date
    new_since: datetime.date
    fresh_since: datetime.date


@dataclass(frozen=True, slots=True)
class Due:
    """What the organisations at and below one root owe of one thing by one day, summed up.

    ``key`` names the thing (a task), ``names`` the first few organisations, ``given_on`` the day it was given out.
    ``marks`` identify rows of the stage ``RETURNED``, so that each sending back is told once.
    """

    kind: str
    key: int
    root: int
    stage: Stage
    title: str
    due_on: datetime.date
    given_on: datetime.date
    organisations: int
    names: tuple[str, ...]
    url: str
    marks: tuple[str, ...] = ()


class BulkSource(Protocol):
    """A source that answers for thousands of posts with a constant number of queries.

    It yields nothing a holder of the root's roles may not see: what is under embargo never appears.
    """

    kind: str

    def due(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
        """What is owed at and below each path; a row counts for every root above it."""


_bulk_sources: dict[str, BulkSource] = {}


def register_bulk(source: BulkSource) -> None:
    """Add a source for reminders; the same kind replaces the old one."""
    _bulk_sources[source.kind] = source


def has_bulk(kind: str) -> bool:
    """Whether anything is owed of this kind in this installation."""
    return kind in _bulk_sources


def due(places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
    """What is owed at and below each path, from every source."""
    for source in _bulk_sources.values():
        yield from source.due(places, window)
