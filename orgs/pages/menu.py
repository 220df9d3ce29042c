"""The menu: apps add their doors, each for the roles it is for."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from orgs.actor import Actor


@dataclass(frozen=True)
class Door:
    """A menu entry: a URL without arguments, its label, and the roles that see it."""

    position: int
    url_name: str
    label: str | Promise
    roles: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A door as one person sees it on one page."""

    url: str
    label: str | Promise
    active: bool


_doors: list[Door] = []
_settings: list[Door] = []


def add(position: int, url_name: str, label: str | Promise, roles: Collection[str]) -> None:
    """Add a door; lower positions stand further left."""
    _doors.append(Door(position, url_name, label, frozenset(roles)))
    _doors.sort(key=lambda door: door.position)


def add_setting(position: int, url_name: str, label: str | Promise, roles: Collection[str]) -> None:
    """Add a door among the settings; its page shows ``components/settings.html``, the tabs."""
    _settings.append(Door(position, url_name, label, frozenset(roles)))
    _settings.sort(key=lambda door: door.position)


def settings(actor: Actor | None, path: str) -> list[Entry]:
    """The doors among the settings that this person sees."""
    return _entries(_settings, actor, path)


def entries(actor: Actor | None, path: str) -> list[Entry]:
    """The doors this person sees; the one the page stands behind is active."""
    return _entries(_doors, actor, path)


def _entries(doors: list[Door], actor: Actor | None, path: str) -> list[Entry]:
    if actor is None:
        return []
    found = [(reverse(door.url_name), door.label) for door in doors if actor.role in door.roles]
    here = max((url for url, _label in found if path.startswith(url)), key=len, default="")
    return [Entry(url, label, url == here) for url, label in found]


def first(actor: Actor | None) -> str | None:
    """The URL of the first door: where a person lands after signing in."""
    shown = entries(actor, "")
    return shown[0].url if shown else None
