"""What no page can store or show is taken out of a request at the door, before anything reads it.

A NUL or another control character, half of a surrogate pair, or one of Unicode's non-characters is never typed; it
comes along with what is copied, or is sent to do harm. PostgreSQL, XML and JSON refuse them deep inside. Texts lose
them here, once for all forms; what cannot be a request of a browser of ours at all is refused with 400.
"""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS = str.maketrans("\x0b\x0c", "\n\n")  # Word writes a line break within a paragraph so
_MARK = "records.charset"
_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})


def clean(text: str) -> str:
    """The text without what is never seen; line and page breaks of a word processor are line breaks."""
    return UNSEEN.sub("", text.translate(_BREAKS)) if UNSEEN.search(text) else text


def clean_all(value: Any) -> Any:
    """The same for every text within lists and mappings, as JSON gives them."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_all(each) for each in value]
    if isinstance(value, dict):
        return {clean(name): clean_all(each) for name, each in value.items()}
    return value


def mark_charset(environ: dict[str, Any]) -> None:
    """Take a charset that no page of ours sends out of a WSGI request and mark it, to be refused.

    Django decodes the query by it while it makes the request, before any middleware: ``charset=hex`` ends in an error.
    """
    kind, parameters = parse_header_parameters(str(environ.get("CONTENT_TYPE", "")))
    if str(parameters.get("charset", "")).strip().lower() not in _CHARSETS:
        environ["CONTENT_TYPE"] = kind
        environ[_MARK] = True


class CleanInputMiddleware:
    """Cleans query, form, cookies and headers. Refuses a path, a charset or a body that no browser of ours sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the cleaned request. Raises ``BadRequest``."""
        if UNSEEN.search(request.path):
            raise BadRequest("The path holds characters that no address has.")
        if _MARK in request.META or (request.content_params or {}).get("charset", "").lower() not in _CHARSETS:
            raise BadRequest("Forms are sent as UTF-8.")
        for name, value in request.META.items():
            if name.startswith("HTTP_") and isinstance(value, str):
                request.META[name] = clean(value)
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if not UNSEEN.search(name + value)}
        request.GET = cleaned(request.GET)  # type: ignore[assignment]  # as immutable as before
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Clean the form, before its token is looked for."""
        if request.method not in {"POST", "PUT", "PATCH"}:
            return
        try:
            request.POST = cleaned(request.POST)  # type: ignore[assignment]
        except (LookupError, UnicodeError, ValueError, MultiPartParserError) as fault:
            if isinstance(fault, SuspiciousOperation):
                raise
            request._mark_post_parse_error()  # type: ignore[attr-defined]  # as Django does for the faults it knows
            raise BadRequest("The form could not be read.") from fault


def cleaned(sent: QueryDict) -> QueryDict:
    """The same fields in the same order, cleaned; the very same when there is nothing to clean."""
    if not any(UNSEEN.search(name) or any(map(UNSEEN.search, values)) for name, values in sent.lists()):
        return sent
    found = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in sent.lists():
        for value in values:
            found.appendlist(clean(name), clean(value))
    found._mutable = False
    return found
