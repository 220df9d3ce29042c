"""Doors of business pages: whoever acts in no post, or as an administrator, is told why they stay shut."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from orgs.actor import Actor
from orgs.models import Post, User

P = ParamSpec("P")


class BusinessRequest(HttpRequest):
    """A request of a person who acts in a post that does business."""

    actor: Actor
    posts: list[Post]
    user: User
    htmx: HtmxDetails


def business(
    view: Callable[Concatenate[BusinessRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Open the view to business posts only. Raises ``PermissionDenied`` with the reason for everybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            raise PermissionDenied(_("You hold no post today, so there is nothing to show."))
        if not actor.does_business:
            raise PermissionDenied(_("Administrators look after accounts, rules and logs; they see no business data."))
        return view(cast(BusinessRequest, request), *args, **kwargs)

    return guarded
