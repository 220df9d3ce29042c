"""Reorganisation (merge, split, move, rename, close): what it is, and who else must carry something along.

An upper app registers a handler; it says in words what will happen to its rows, and moves them in the change set.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.models import Organisation
from orgs.rules import VILLAGE_LEVEL
from records.changes import Writer


class Verb(TextChoices):
    """What is done to organisations."""

    MERGE = "merge", _("Merge")
    SPLIT = "split", _("Split")
    MOVE = "move", _("Move")
    RENAME = "rename", _("Rename")
    CLOSE = "close", pgettext_lazy("organisation", "Close")


@dataclass(frozen=True)
class Reorganisation:
    """One reorganisation: ``sources`` are merged, split, moved, renamed or closed on ``day``.

    ``target`` is what they are merged into or moved below; for a merger into a new one and for a split it is the new
    organisation, not stored yet while there is only a preview. ``children`` go to the new one when splitting.
    """

    verb: Verb
    sources: tuple[Organisation, ...]
    day: datetime.date
    target: Organisation | None = None
    children: tuple[Organisation, ...] = ()
    name: str = ""
    short_name: str = ""
    note: str = ""

    @property
    def source(self) -> Organisation:
        """The first of the sources: the organisation whose page it was started from."""
        return self.sources[0]

    @property
    def makes_new(self) -> bool:
        """Whether the target is a new organisation."""
        return self.target is not None and self.target.pk is None

    @property
    def closes(self) -> bool:
        """Whether the sources are closed by it."""
        return self.verb in {Verb.MERGE, Verb.CLOSE}


Preview = Callable[[Reorganisation], list[str]]
Apply = Callable[[Reorganisation, Writer], None]
_handlers: dict[str, tuple[Preview, Apply]] = {}


def register(name: str, *, preview: Preview, apply: Apply) -> None:
    """Let an app carry its rows along; the same name replaces."""
    _handlers[name] = (preview, apply)


def lines(case: Reorganisation) -> list[str]:
    """What happens to the rows of the upper apps, in words."""
    return [line for preview, _apply in _handlers.values() for line in preview(case)]


def apply(case: Reorganisation, changes: Writer) -> None:
    """Let every upper app move its rows, within the change set."""
    for _preview, handler in _handlers.values():
        handler(case, changes)


def may_become_one(kind: str, other: str) -> bool:
    """Whether organisations of two kinds may be merged: of one kind, or village and community."""
    return kind == other or {kind, other} <= VILLAGE_LEVEL
