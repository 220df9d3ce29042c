"""What every page knows: who acts, in which post, and which doors the menu shows."""

from django.http import HttpRequest

from dates import clock
from orgs.pages import menu
from records import sendings


def actor(request: HttpRequest) -> dict[str, object]:
    """The actor, the person's other posts and nameless key, today, and the menu."""
    who = getattr(request, "actor", None)
    user = getattr(request, "user", None)  # there is none yet when the request itself is refused
    return {
        "actor": who,
        "posts": getattr(request, "posts", []),
        "today": clock.today(),
        "person_key": sendings.person_key(user.pk) if user and user.pk else "",
        "menu": menu.entries(who, request.path),
    }
