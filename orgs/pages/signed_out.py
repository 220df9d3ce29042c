"""Where whoever is not signed in any more goes, and back."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect

from records import once

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


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
