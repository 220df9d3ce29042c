"""Sets the language a person chose, and does once more what met another's write."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from orgs.pages import errors
from records.meetings import have_met

logger = logging.getLogger(__name__)


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


class TwoAtOnceMiddleware:
    """Does a request once more whose write met another's of the same moment; nothing of it had been written.

    The second time it finds what the other left: the page says what stands there, or goes on from it. Should they
    meet again, the person is told so, and nothing is doubled.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """The answer of the second attempt; None for any other error."""
        match = request.resolver_match
        if match is None or not have_met(error):
            return None
        logger.warning("Two wrote at once: %s", request.path, exc_info=error)
        for files in dict(request.FILES.lists()).values():
            for file in files:
                file.seek(0)
        try:
            answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except Exception as again:
            if not have_met(again):
                raise
            logger.exception("Two wrote at once, twice: %s", request.path)
            return errors.met(request)
        return answer
