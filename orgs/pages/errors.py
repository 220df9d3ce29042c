"""Error pages in the user's language that say what to do next."""

import sys

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orgs.pages.signed_out import to_sign_in
from records import once, trouble
from records.middleware import request_id


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request made no sense."""
    return render(request, "errors/400.html", status=400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Inside the scope but not allowed: the reason is the page's first sentence."""
    reason = str(exception) or _("Your post does not allow this.")
    return render(request, "errors/403.html", {"reason": reason}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there, or outside what the person may see."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, told without asking the database: the request's id leads an administrator to the log.

    What is away or full around the program is told apart: that has its own sentence.
    """
    if trouble_found := trouble.of(sys.exc_info()[1]):
        return trouble.page(trouble_found)
    page = render_to_string("errors/500.html", {"request_id": request_id.get(), "LANGUAGE_CODE": get_language()})
    return HttpResponse(page, status=500)


def met(request: HttpRequest) -> HttpResponse:
    """Somebody else wrote the same at the same moment, twice: nothing of this was written."""
    return render(request, "errors/409.html", status=409)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Whoever is not signed in any more goes to the sign-in page; else the form had been open too long."""
    view = request.resolver_match.func if request.resolver_match else None
    if request.user.pk is None and getattr(view, "login_required", True):
        return to_sign_in(request)
    return render(request, "errors/csrf.html", {"lost": once.key_of(request)}, status=403)
