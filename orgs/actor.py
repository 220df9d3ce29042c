"""Who acts: a person in one post on one day, with the settings and the working days in force there."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from dates import clock
from dates.workdays import Calendar
from orgs import paths
from orgs.county import calendars, option_values
from orgs.models import Organisation, Post, User
from orgs.options import Options
from orgs.rules import ABOVE, ADMINISTRATORS, Kind, Role


@dataclass(frozen=True)
class Actor:
    """A person acting in one post on one day."""

    user: User
    post: Post
    on: datetime.date

    @property
    def role(self) -> str:
        """The role of the post in force."""
        return self.post.role

    @property
    def organisation(self) -> Organisation:
        """The organisation of the post in force."""
        return self.post.organisation

    @property
    def user_id(self) -> int:
        """The user's key."""
        return self.user.pk

    @property
    def post_id(self) -> int:
        """The key of the post in force."""
        return self.post.pk

    @property
    def organisation_id(self) -> int:
        """The key of the organisation acted for."""
        return self.post.organisation_id

    @property
    def post_name(self) -> str:
        """The post in words."""
        return str(self.post)

    @property
    def now(self) -> datetime.datetime:
        """This moment, or noon of the day the actor stands on when that is another day."""
        moment = clock.now()
        return moment if moment.date() == self.on else clock.at_noon(self.on)

    @property
    def does_business(self) -> bool:
        """Whether the post sees business data at all: the three administrators do not."""
        return self.role not in ADMINISTRATORS

    @cached_property
    def county(self) -> Organisation:
        """The county (or city, above) the post belongs to."""
        if self.organisation.kind in ABOVE:
            return self.organisation
        above = type(self.organisation).objects.filter(path__in=self.above)
        return above.filter(kind=Kind.COUNTY).first() or self.organisation

    @cached_property
    def options(self) -> Options:
        """The settings in force at the organisation acted for: its county's, unless one in between sets its own."""
        return option_values.of(self.organisation)

    @cached_property
    def calendar(self) -> Calendar:
        """The working days in force at the organisation acted for."""
        return calendars.calendar_of(self.organisation)

    @cached_property
    def above(self) -> list[str]:
        """The paths of the post's organisation and all above it."""
        return paths.above(self.organisation.path)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The paths at and below which organisations are visible to the post."""
        if self.role == Role.LEAD_DEPARTMENT:
            return (self.county.path,)
        return (self.organisation.path, *self.granted)

    @cached_property
    def own_roots(self) -> tuple[str, ...]:
        """The paths at and below which business rows are visible to the post."""
        return (self.organisation.path, *self.granted)

    def sees(self, organisation: Organisation) -> bool:
        """Whether the organisation's page opens for the post: what a list may link to."""
        return any(organisation.path.startswith(root) for root in self.roots)

    @cached_property
    def granted(self) -> tuple[str, ...]:
        """Paths that a dated second relation of the post's organisation names (joint branch, host branch)."""
        rows = self.organisation.relations.filter(since__lte=self.on)
        rows = rows.filter(Q(until__isnull=True) | Q(until__gte=self.on))
        return tuple(rows.values_list("member__path", flat=True))
