"""Who sends a workbook: a person in a post, or the command line for a whole county."""

import datetime
from dataclasses import dataclass

from dates import clock
from ledgers import kinds
from ledgers.rules.kinds import KindRule
from orgs.actor import Actor
from orgs.models import Organisation


@dataclass(frozen=True)
class Sender:
    """For which organisation a workbook is read, and at and below which paths its rows may be written.

    ``by`` is None for the command line.
    """

    organisation: Organisation
    roots: tuple[str, ...]
    county: Organisation
    at: datetime.datetime
    by: Actor | None = None

    @classmethod
    def of(cls, actor: Actor) -> "Sender":
        """A person, who writes in the own reach of the post in force."""
        return cls(actor.organisation, actor.own_roots, actor.county, actor.now, actor)

    @classmethod
    def console(cls, county: Organisation) -> "Sender":
        """The command line, which writes in all of a county."""
        return cls(county, (county.path,), county, clock.now())

    @property
    def on(self) -> datetime.date:
        """The day it is sent."""
        return self.by.on if self.by else self.at.date()

    def ledgers(self) -> dict[str, KindRule]:
        """The ledgers in use that the sender may fill, by key."""
        found = kinds.of(self.by) if self.by else kinds.Ledgers()
        role = self.by.role if self.by else None
        every = found.at(self.organisation.path)
        return {key: kind for key, kind in every.items() if kind.active and (role is None or kind.open_to(role))}

    def reaches(self, path: str) -> bool:
        """Whether rows of the organisation at ``path`` may be written."""
        return any(path.startswith(root) for root in self.roots)


@dataclass(frozen=True)
class Acting:
    """Whoever takes an import back, as the history names them."""

    sender: Sender

    @property
    def user_id(self) -> int | None:
        """The user's key, None for the command line."""
        return self.sender.by.user_id if self.sender.by else None

    @property
    def organisation_id(self) -> int | None:
        """The organisation acted for."""
        return self.sender.organisation.pk

    @property
    def post_name(self) -> str:
        """The post in words."""
        return self.sender.by.post_name if self.sender.by else ""

    @property
    def now(self) -> datetime.datetime:
        """When."""
        return self.sender.at
