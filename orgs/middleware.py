"""Sets the language a person chose and the post a person acts in, and keeps the event log of what was tried."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from orgs import acting

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
        request.actor = acting.for_request(request)
        acting.keep_alive(request)
        response = self.get_response(request)
        if request.method not in SAFE_METHODS or response.status_code == 403 or getattr(response, "is_export", False):
            acting.log_request(request, response)
        return response
