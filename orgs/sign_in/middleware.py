"""Lets nobody in who is not signed in, sets the post a person acts in, and keeps the event log of what was tried."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from orgs.pages.signed_out import SAFE_METHODS, to_sign_in
from orgs.sign_in import acting


class ActorMiddleware:
    """Puts the person and the post in force on the request as ``request.actor`` and logs every write and refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as the actor."""
        request.actor = acting.for_request(request)  # type: ignore[attr-defined]
        acting.keep_alive(request)
        response = self.get_response(request)
        if request.method not in SAFE_METHODS or response.status_code == 403 or getattr(response, "is_export", False):
            acting.log_request(request, response)
        return response


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in (any more) to the sign-in page and from there back to the page left.

    What a form sent after the session had ended is not saved; the sign-in page says whether the browser kept it.
    """

    def handle_no_permission(  # type: ignore[override]  # a fragment is answered by a header, not by a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Go to the sign-in page, whole: a fragment never swallows it."""
        return to_sign_in(request)
