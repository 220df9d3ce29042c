"""What the three administrators (三员) may do, and whom they see: accounts, unlocking, the event log."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from orgs import paths
from orgs.actor import Actor
from orgs.models import Post, User
from orgs.pages.doors import BusinessRequest
from orgs.rules import Role
from orgs.scope import Allowed, Denied, Verdict, require

DeskRequest = BusinessRequest  # the same request; here the post in force is an administrator's


def may_keep_accounts(actor: Actor) -> Verdict:
    """The system administrator opens accounts and gives posts."""
    if actor.role == Role.SYSTEM_ADMIN:
        return Allowed()
    return Denied(_("Accounts and posts are kept by the system administrator."))


def may_unlock(actor: Actor) -> Verdict:
    """The security administrator sees roles and policies and unlocks."""
    if actor.role == Role.SECURITY_ADMIN:
        return Allowed()
    return Denied(_("Roles, policies and unlocking belong to the security administrator."))


def may_read_events(actor: Actor) -> Verdict:
    """The audit administrator alone reads the event log."""
    if actor.role == Role.AUDIT_ADMIN:
        return Allowed()
    return Denied(_("The event log is read by the audit administrator only."))


def may_keep_account(actor: Actor, user: User) -> Verdict:
    """Not one's own account, and none that holds a post outside the administrator's part of the tree."""
    verdict = may_keep_accounts(actor)
    if not verdict:
        return verdict
    if user.pk == actor.user_id:
        return Denied(_("Nobody changes the own account or posts here; another system administrator does."))
    outside = user.posts.filter(_lasting(actor)).exclude(paths.within(actor.organisation.path, "organisation"))
    if outside.exists():
        return Denied(
            _("%(name)s also holds a post outside %(place)s; the administrator above keeps the account.")
            % {"name": user, "place": actor.organisation}
        )
    return Allowed()


def _lasting(actor: Actor) -> Q:
    return Q(until__isnull=True) | Q(until__gte=actor.on)


def people_of(actor: Actor) -> QuerySet[User]:
    """The people an administrator of accounts or security sees: with a post in the own part of the tree, or none."""
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}:
        return User.objects.none()
    posts = Post.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(posts.visible_to(actor)) | ~Exists(posts))


Door = Callable[..., HttpResponseBase]


def desk(rule: Callable[[Actor], Verdict]) -> Callable[[Door], Door]:
    """Open a view only to whom ``rule`` allows. Raises ``PermissionDenied`` with the reason for everybody else."""

    def guard(view: Door) -> Door:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                raise PermissionDenied(_("You hold no post today, so there is nothing to show."))
            require(rule(actor))
            return view(request, *args, **kwargs)

        return guarded

    return guard
