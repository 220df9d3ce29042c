"""Doors of the security administrator: who holds which post, the policies in force, and unlocking."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from orgs.models import Post
from orgs.pages.paging import page_of
from orgs.people import roster
from orgs.people.administration import DeskRequest, desk, may_unlock
from orgs.people.forms import PostsFilter
from orgs.sign_in import locks as locked


@require_GET
@desk(may_unlock)
def roles(request: DeskRequest) -> HttpResponse:
    """Who holds which role where, today and later."""
    form = PostsFilter(request.GET or None, actor=request.actor)
    lasting = Post.objects.visible_to(request.actor).filter(Q(until__isnull=True) | Q(until__gte=request.actor.on))
    found = roster.narrowed(lasting, form.cleaned_data if form.is_valid() else {})
    if form.is_bound and not form.is_valid():
        found = lasting.none()  # nothing while the search makes no sense
    posts = found.select_related("user", "organisation").order_by("role", "user__username", "id")
    return render(request, "orgs/people/roles.html", {"form": form, "page": page_of(request, posts)})


@require_GET
@desk(may_unlock)
def locks(request: DeskRequest) -> HttpResponse:
    """The sign-ins that are locked now."""
    return render(request, "orgs/people/locks.html", {"locks": locked.locks()})


@require_POST
@desk(may_unlock)
def unlock(request: DeskRequest) -> HttpResponse:
    """Let a user name sign in again from an address at once."""
    username, address = request.POST.get("username", ""), request.POST.get("address", "")
    request.event_subject = f"{username} {address}"  # type: ignore[attr-defined]
    if username and locked.lift(username, address or None):
        messages.success(request, _("%(name)s may sign in again.") % {"name": username})
    else:
        messages.info(request, _("That lock was no longer there."))
    return redirect("locks")


@require_GET
@desk(may_unlock)
def policies(request: DeskRequest) -> HttpResponse:
    """The rules for passwords, locking and sessions in force; they are set where the server is run."""
    context = {
        "min_length": settings.PASSWORD_MIN_LENGTH,
        "tries": settings.AXES_FAILURE_LIMIT,
        "lock_minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
        "session_hours": f"{settings.SESSION_COOKIE_AGE / 3600:g}",
        "code_days": settings.ACTIVATION_CODE_DAYS,
        "secure": settings.SESSION_COOKIE_SECURE,
    }
    return render(request, "orgs/people/policies.html", context)
