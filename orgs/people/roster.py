"""The list of people as the administrator filters it, and as a workbook."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from import_export import fields, resources

from orgs import paths
from orgs.actor import Actor
from orgs.models import Post, User
from orgs.people.administration import people_of


def people(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[User]:
    """The people an administrator sees, narrowed by a cleaned ``PeopleFilter``; each has ``lasting_posts``."""
    rows = people_of(actor)
    if text := chosen.get("q"):
        rows = rows.filter(Q(name__icontains=text) | Q(username__icontains=text) | Q(phone__contains=text))
    lasting = Post.objects.visible_to(actor).filter(Q(until__isnull=True) | Q(until__gte=actor.on))
    wanted = narrowed(lasting, chosen)
    if wanted is not lasting:
        rows = rows.filter(Exists(wanted.filter(user=OuterRef("pk"))))
    rows = _in_state(rows, chosen.get("state", ""), actor)
    posts = Prefetch("posts", lasting.select_related("organisation"), to_attr="lasting_posts")
    return rows.select_related("activation").prefetch_related(posts).order_by("username")


def narrowed(posts: QuerySet[Post], chosen: Mapping[str, Any]) -> QuerySet[Post]:
    """Posts of one role, or at an organisation and below it."""
    if role := chosen.get("role"):
        posts = posts.filter(role=role)
    if organisation := chosen.get("organisation"):
        posts = posts.filter(paths.within(organisation.path, "organisation"))
    return posts


def _in_state(rows: QuerySet[User], state: str, actor: Actor) -> QuerySet[User]:
    waiting = Q(activation__isnull=False, activation__used_at__isnull=True)
    if state == "open":
        return rows.filter(is_active=True).exclude(waiting)
    if state == "waiting":
        return rows.filter(waiting, is_active=True)
    if state == "closed":
        return rows.filter(is_active=False)
    if state == "idle":
        return rows.exclude(Exists(Post.objects.held_on(actor.on).filter(user=OuterRef("pk"))))
    return rows


def state_of(person: User) -> str:
    """Where an account stands: ``closed``, ``waiting`` for its code to be used, or ``open``."""
    if not person.is_active:
        return "closed"
    code = getattr(person, "activation", None)
    return "waiting" if code is not None and code.used_at is None else "open"


class RosterResource(resources.ModelResource):  # type: ignore[misc]
    """People as rows of a workbook: one row a person, posts in one cell, as the page shows them."""

    name = fields.Field(attribute="name")
    username = fields.Field(attribute="username")
    phone = fields.Field(attribute="phone")
    posts = fields.Field()
    state = fields.Field()

    class Meta:
        model = User
        fields = ("name", "username", "phone", "posts", "state")
        export_order = fields

    def get_export_headers(self, *args: Any, **kwargs: Any) -> list[str]:
        """The headings of the page, in its language."""
        return [pgettext("person", "Name"), _("User name"), _("Phone"), _("Posts"), _("Account")]

    def dehydrate_posts(self, person: User) -> str:
        """The posts that last, in words."""
        return "；".join(str(post) for post in person.lasting_posts)  # type: ignore[attr-defined]

    def dehydrate_state(self, person: User) -> str:
        """The account in words."""
        return {"open": _("In use"), "waiting": _("Not opened yet"), "closed": _("Deactivated")}[state_of(person)]
