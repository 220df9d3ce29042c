"""What upper apps add to pages of tasks: panels beside an assignment, and doors from a list as filtered."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from orgs.actor import Actor
from tasks.models import Assignment


@dataclass(frozen=True)
class Panel:
    """A panel ready to be drawn: its template, and what stands in it."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Door:
    """A door that takes the query string of the list along."""

    url: str
    label: str | Promise
    icon: str


_panels: dict[str, Callable[[Assignment, Actor], Panel | None]] = {}
_doors: list[tuple[str, str | Promise, str, frozenset[str]]] = []


def register(name: str, panel: Callable[[Assignment, Actor], Panel | None]) -> None:
    """Add a panel to the page of an assignment; the same name replaces. None shows nothing to this actor."""
    _panels[name] = panel


def add_door(url_name: str, label: str | Promise, icon: str, roles: Collection[str]) -> None:
    """Add a door to the list of assignments, for the roles it is for."""
    _doors.append((url_name, label, icon, frozenset(roles)))


def of(assignment: Assignment, actor: Actor) -> list[Panel]:
    """The panels of an assignment's page for an actor."""
    return [found for panel in _panels.values() if (found := panel(assignment, actor)) is not None]


def doors(actor: Actor) -> list[Door]:
    """The doors from the list for an actor."""
    return [Door(reverse(name), label, icon) for name, label, icon, roles in _doors if actor.role in roles]
