"""Who may see a row, and who may do what: the only place that answers either question.

A row is visible when one of its organisations lies in the path ranges of the post in force, or a dated second
relation names it. ``visible_to`` is the only way a list gets narrowed.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from orgs import clock, paths
from orgs.rules import ABOVE, ADMINISTRATORS, Kind, Role

if TYPE_CHECKING:
    from orgs.models import Organisation, Post, User
    from orgs.options import Options
    from orgs.workdays import Calendar

M = TypeVar("M", bound=models.Model, covariant=True)


@dataclass(frozen=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    """No, and why: shown beside the disabled button and on the 403 page."""

    reason: str

    def __bool__(self) -> bool:
        return False


Verdict = Allowed | Denied


def reason_of(verdict: Verdict) -> str:
    """Why not, or the empty string when allowed."""
    return verdict.reason if isinstance(verdict, Denied) else ""


def require(verdict: Verdict) -> None:
    """Go on when allowed. Raises ``PermissionDenied`` with the reason otherwise."""
    if isinstance(verdict, Denied):
        raise PermissionDenied(verdict.reason)


@dataclass(frozen=True)
class Actor:
    """A person acting in one post on one day."""

    user: "User"
    post: "Post"
    on: datetime.date

    @property
    def role(self) -> str:
        """The role of the post in force."""
        return self.post.role

    @property
    def organisation(self) -> "Organisation":
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
    def county(self) -> "Organisation":
        """The county (or city, above) the post belongs to."""
        if self.organisation.kind in ABOVE:
            return self.organisation
        above = type(self.organisation).objects.filter(path__in=self.above)
        return above.filter(kind=Kind.COUNTY).first() or self.organisation

    @cached_property
    def options(self) -> "Options":
        """The settings in force at the organisation acted for: its county's, unless one in between sets its own."""
        from orgs import option_values

        return option_values.of(self.organisation)

    @cached_property
    def calendar(self) -> "Calendar":
        """The working days in force at the organisation acted for."""
        from orgs import calendars  # whose table has a scope

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

    def sees(self, organisation: "Organisation") -> bool:
        """Whether the organisation's page opens for the post: what a list may link to."""
        return any(organisation.path.startswith(root) for root in self.roots)

    @cached_property
    def granted(self) -> tuple[str, ...]:
        """Paths that a dated second relation of the post's organisation names (joint branch, host branch)."""
        rows = self.organisation.relations.filter(since__lte=self.on)
        rows = rows.filter(Q(until__isnull=True) | Q(until__gte=self.on))
        return tuple(rows.values_list("member__path", flat=True))


@dataclass(frozen=True)
class Scope:
    """How a model's rows are found to be in scope.

    ``organisations``: lookups to the organisations a row belongs to ("" for the organisation itself).
    ``lead``: lookup to the department that leads the row's theme; a lead department sees its rows everywhere.
    ``beyond``: more rows by the model's own rule, as one ``Q`` for an actor.
    ``embargo``: rows that stay hidden from an actor whatever else shows them.
    ``gone``: what the history keeps of rows that are no longer there and that the actor may read, as one ``Q`` on the
    stored picture (``"before"`` or ``"after"``); without it rows of a model with an embargo stay hidden once gone.
    ``for_administrators``: whether the system and security administrators see rows too; the audit administrator
    sees the event log and nothing else.
    """

    organisations: tuple[str, ...]
    lead: str | None = None
    beyond: Callable[[Actor], Q] | None = None
    embargo: Callable[[Actor], Q] | None = None
    gone: Callable[[Actor, str], Q] | None = None
    for_administrators: bool = False

    def condition(self, actor: Actor) -> Q:
        """The one ``Q`` that says which rows the actor may see."""
        if not actor.does_business and not (self.for_administrators and actor.role != Role.AUDIT_ADMIN):
            return Q(pk__in=[])
        found = Q()
        for field in self.organisations:
            for root in actor.own_roots if field else actor.roots:
                found |= paths.within(root, field)
        if self.lead and actor.role == Role.LEAD_DEPARTMENT:
            found |= Q(**{self.lead: actor.organisation_id})
        if self.beyond:
            found |= self.beyond(actor)
        return found & self.not_kept_from(actor)

    def not_kept_from(self, actor: Actor) -> Q:
        """The one ``Q`` that leaves out what an embargo keeps from the actor."""
        return ~self.embargo(actor) if self.embargo else Q()


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset of rows that belong to organisations."""

    def visible_to(self, actor: Actor | None) -> Self:
        """The rows this person may see in this post; nothing without a post."""
        if actor is None:
            return self.none()
        scope: Scope = self.model.scope  # type: ignore[attr-defined]  # every scoped model declares it: tests/architecture
        return self.filter(scope.condition(actor))
