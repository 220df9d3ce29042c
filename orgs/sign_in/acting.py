"""In which post a person acts: chosen by one click, kept in the session, and checked each time."""

import datetime
import ipaddress

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from dates import clock
from orgs.actor import Actor
from orgs.models import Post, User
from records import events
from records.models import Event

SESSION_KEY = "post"
RENEW_AFTER_SECONDS = 300


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in, in a post or not."""

    user: User
    actor: Actor | None
    posts: list[Post]


def posts_of(user: User, on: datetime.date) -> list[Post]:
    """The posts a person holds on a day, oldest first."""
    return list(user.posts.held_on(on).select_related("organisation", "organisation__township"))


def _choose(user: User, posts: list[Post], on: datetime.date, post_id: int | None) -> Actor | None:
    chosen = next((post for post in posts if post.pk == post_id), posts[0] if posts else None)
    return Actor(user, chosen, on) if chosen else None


def again(user_id: int, post_id: int) -> Actor | None:
    """A person in the post of a key as of today, for work in the background; None when it is held no longer."""
    on = clock.today()
    posts = Post.objects.held_on(on).filter(pk=post_id, user=user_id, user__is_active=True)
    post = posts.select_related("user", "organisation", "organisation__township").first()
    return Actor(post.user, post, on) if post else None


def for_request(request: HttpRequest) -> Actor | None:
    """Who acts in this request; the other posts are left on it for the switcher."""
    on = clock.today()
    posts = [] if isinstance(request.user, AnonymousUser) else posts_of(request.user, on)
    request.posts = posts  # type: ignore[attr-defined]
    if isinstance(request.user, AnonymousUser):
        return None
    return _choose(request.user, posts, on, request.session.get(SESSION_KEY))


def keep_alive(request: HttpRequest) -> None:
    """Renew the session of somebody at work, at most every five minutes, so that only idle ones expire."""
    if request.user.is_anonymous:
        return
    moment = clock.now().timestamp()
    if abs(moment - request.session.get("renewed", 0)) > RENEW_AFTER_SECONDS:
        request.session["renewed"] = moment


def address_of(request: HttpRequest) -> str | None:
    """The address the request came from: behind our own proxies (``PROXY_COUNT``), the one the outermost saw."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.PROXY_COUNT and len(hops) >= settings.PROXY_COUNT:
        hop = hops[-settings.PROXY_COUNT].strip()
        if is_address(hop):
            return str(hop)
    address = str(request.META.get("REMOTE_ADDR", ""))
    return address if is_address(address) else None


def is_address(text: str) -> bool:
    """Whether a text is an internet address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def log_event(
    request: HttpRequest,
    kind: str,
    result: Event.Result,
    *,
    username: str = "",
    subject: str = "",
    actor: Actor | None = None,
) -> None:
    """Add a line that a page words itself; the request then gets no other one."""
    who = actor or getattr(request, "actor", None)
    events.log(
        kind,
        at=clock.now(),
        user_id=request.user.pk,
        username=username,
        post_name=who.post_name if who else "",
        address=address_of(request),
        subject=subject,
        result=result,
    )
    request.event_logged = True  # type: ignore[attr-defined]


def log_request(request: HttpRequest, response: HttpResponse) -> None:
    """Add what was tried, and whether it was done, to the event log, unless the page did so itself.

    A page may name what it was about in ``request.event_subject``; otherwise the path stands there.
    """
    match = request.resolver_match
    if match is None or getattr(request, "event_logged", False):
        return
    result = Event.Result.DONE
    if response.status_code in {403, 404}:
        result = Event.Result.DENIED
    elif response.status_code >= 400:
        result = Event.Result.FAILED
    log_event(request, match.view_name, result, subject=getattr(request, "event_subject", request.path))
