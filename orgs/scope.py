"""Who may see a row, and who may do what: the only place that answers either question.

A row is visible when one of its organisations lies in the path ranges of the post in force, or a dated second
relation names it. ``visible_to`` is the only way a list gets narrowed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from orgs import paths
from orgs.rules import Role

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


class Reader(Protocol):
    """What the scope asks of whoever reads; ``orgs.actor.Actor`` answers."""

    @property
    def role(self) -> str:
        """The role of the post in force."""

    @property
    def organisation_id(self) -> int:
        """The key of the organisation acted for."""

    @property
    def does_business(self) -> bool:
        """Whether the post sees business data at all."""

    @property
    def above(self) -> list[str]:
        """The paths of the post's organisation and all above it."""

    @property
    def roots(self) -> tuple[str, ...]:
        """The paths at and below which organisations are visible to the post."""

    @property
    def own_roots(self) -> tuple[str, ...]:
        """The paths at and below which business rows are visible to the post."""


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
    beyond: Callable[[Any], Q] | None = None
    embargo: Callable[[Any], Q] | None = None
    gone: Callable[[Any, str], Q] | None = None
    for_administrators: bool = False

    def condition(self, actor: Reader) -> Q:
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

    def not_kept_from(self, actor: Reader) -> Q:
        """The one ``Q`` that leaves out what an embargo keeps from the actor."""
        return ~self.embargo(actor) if self.embargo else Q()


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset of rows that belong to organisations."""

    def visible_to(self, actor: Reader | None) -> Self:
        """The rows this person may see in this post; nothing without a post."""
        if actor is None:
            return self.none()
        scope: Scope = self.model.scope  # type: ignore[attr-defined]  # every scoped model declares it: tests/architecture
        return self.filter(scope.condition(actor))
