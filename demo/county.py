"""The organisations of the demo county, by key while it is being made."""

import datetime
from dataclasses import dataclass, field

from orgs.actor import Actor
from orgs.models import Organisation, Post, User
from orgs.rules import Kind


@dataclass
class County:
    """Everything made so far; builders add to it in turn.

    ``places`` holds what the fixtures name by key; ``units`` everything below townships and committees.
    """

    on: datetime.date
    places: dict[str, Organisation] = field(default_factory=dict)
    units: list[Organisation] = field(default_factory=list)
    classes: dict[int, str] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    organisers: dict[int, list[Post]] = field(default_factory=dict)
    recorders: dict[int, Post] = field(default_factory=dict)

    @property
    def root(self) -> Organisation:
        """The county itself."""
        return self.places["county"]

    def of_kind(self, *kinds: str) -> list[Organisation]:
        """The open organisations of some kinds, in order of their codes."""
        every = [*self.places.values(), *self.units]
        return sorted((o for o in every if o.kind in kinds and o.closed_on is None), key=lambda o: o.code)

    def operating(self) -> list[Organisation]:
        """Townships, streets and working committees."""
        return self.of_kind(Kind.TOWNSHIP, Kind.WORKING_COMMITTEE)

    def actor(self, post: Post, on: datetime.date) -> Actor:
        """The holder of a post on a day."""
        return Actor(post.user, post, on)
