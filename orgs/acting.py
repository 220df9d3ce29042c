"""In which post a person acts: chosen by one click, kept in the session, and checked each time."""

import datetime

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from orgs import clock
from orgs.models import Post, User
from orgs.scope import Actor
from records import events
from records.models import Event

SESSION_KEY = "post"
RENEW_AFTER_SECONDS = 300


def posts_of(user: User, on: datetime.date) -> list[Post]:
    """The posts a person holds on a day, oldest first."""
    return list(user.posts.held_on(on).select_related("organisation", "organisation__township"))


def actor_for(user: User, on: datetime.date, post_id: int | None = None) -> Actor | None:
    """The person in the post asked for, else in the first one held on that day; None without any."""
    return _choose(user, posts_of(user, on), on, post_id)


def _choose(user: User, posts: list[Post], on: datetime.date, post_id: int | None) -> Actor | None:
    chosen = next((post for post in posts if post.pk == post_id), posts[0] if posts else None)
    return Actor(user, chosen, on) if chosen else None


def for_request(request: HttpRequest) -> Actor | None:
    """Who acts in this request; the other posts are left on it for the switcher."""
    request.posts = []
    if isinstance(request.user, AnonymousUser):
        return None
    on = clock.today()
    request.posts = posts_of(request.user, on)
    return _choose(request.user, request.posts, on, request.session.get(SESSION_KEY))


def keep_alive(request: HttpRequest) -> None:
    """Renew the session of somebody at work, at most every five minutes, so that only idle ones expire."""
    if request.user.is_anonymous:
        return
    moment = clock.now().timestamp()
    if moment - request.session.get("renewed", 0) > RENEW_AFTER_SECONDS:
        request.session["renewed"] = moment


def address_of(request: HttpRequest) -> str | None:
    """The address the request came from."""
    return request.META.get("REMOTE_ADDR") or None


def log_request(request: HttpRequest, response: HttpResponse) -> None:
    """Add what was tried, and whether it was done, to the event log."""
    match = request.resolver_match
    if match is None:
        return
    result = Event.Result.DONE
    if response.status_code in {403, 404}:
        result = Event.Result.DENIED
    elif response.status_code >= 400:
        result = Event.Result.FAILED
    actor: Actor | None = request.actor
    events.log(
        match.view_name,
        at=clock.now(),
        user_id=request.user.pk,
        post_name=actor.post_name if actor else "",
        address=address_of(request),
        subject=request.path,
        result=result,
    )
