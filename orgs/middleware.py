"""Sets the language a person chose and the post a person acts in, and keeps the event log of what was tried."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect

from orgs import acting
from records import once

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class LanguageMiddleware:
    """Chinese unless the person chose another language; never what the browser happens to ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the person's language."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


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


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and from there back to the page left; a form is named by the key it was sent with."""
    is_fragment = request.headers.get("HX-Request") == "true"
    sent = request.method not in SAFE_METHODS
    onward = page_before(request) if sent or is_fragment else request.get_full_path()
    query = {"next": onward, "lost": once.key_of(request) or "1"} if sent else {"next": onward}
    url = f"{reverse(settings.LOGIN_URL)}?{urlencode(query)}"
    return HttpResponseClientRedirect(url) if is_fragment else redirect(url)


def page_before(request: HttpRequest) -> str:
    """The page of ours from which the request was sent, or the first page."""
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return before
    return reverse("home")
