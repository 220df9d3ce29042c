"""Boxes on an organisation's page that upper apps fill: a title and a few lines, each with a light and a link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orgs.actor import Actor
from orgs.models import Organisation


@dataclass(frozen=True)
class Line:
    """One line: what it is, what is said of it, where it leads, and its light."""

    label: str
    text: str
    url: str = ""
    light: str = ""


@dataclass(frozen=True)
class Panel:
    """A box on the page."""

    title: str
    lines: Sequence[Line]


Maker = Callable[[Organisation, Actor], Panel | None]
_makers: dict[str, Maker] = {}


def register(name: str, maker: Maker) -> None:
    """Add a box; the same name replaces."""
    _makers[name] = maker


def of(organisation: Organisation, actor: Actor) -> list[Panel]:
    """The boxes of an organisation that have something to say to the actor."""
    return [panel for maker in _makers.values() if (panel := maker(organisation, actor))]
