"""The door before every door: a POST that bears a key is done once, and who sends it again is told what came of it."""

import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from records import sendings
from records.models import Sending
from records.sendings import KEY, Claim, Standing

FIELD = "sending_key"  # of a form; scripts send the header instead
HEADER = "Idempotency-Key"
COOKIE = "luoshi_sent"  # names to the next page the keys whose forms were answered; its script then drops the drafts
COOKIE_KEYS = 8
WAIT_SECONDS = 3.0  # for the first request to end, before a page says that it is being done
MOST_BODY = 500_000  # characters of an answer in JSON that are kept
ANSWERED_ALL_THE_SAME = frozenset({409, 422})  # the page shows what was typed and why it was not taken


def repeatable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that may be asked the same thing again from the same page, such as to switch the post."""
    view.is_repeatable = True  # type: ignore[attr-defined]
    return view


class OnceMiddleware:
    """Claims the key before the view runs and keeps what it answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; what it did under a claim is kept."""
        request.sending = request.sending_claim = None  # type: ignore[attr-defined]
        with sendings.none_held():
            response = self.get_response(request)
        mine: Claim | None = request.sending_claim  # type: ignore[attr-defined]
        key: str | None = request.sending  # type: ignore[attr-defined]
        if mine is not None:
            _keep(mine, response)
            if response.status_code < 400 or response.status_code in ANSWERED_ALL_THE_SAME:
                _confirm(request, response, key or "")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the view run if nobody sent this before; the key itself is no field of the form any more."""
        key = _taken_from(request)
        free = getattr(view, "is_repeatable", False) or not getattr(view, "login_required", True)
        if free or not key or request.user.pk is None:
            return None
        request.sending = key  # type: ignore[attr-defined]
        if not sendings.belongs_to(key, request.user.pk):
            return refused(request, "person", _opened_by_another(), status=403)
        print_of_it = sendings.fingerprint(request.get_full_path(), request.POST.lists(), request.FILES.lists())
        return self._claim(request, key, print_of_it)

    def _claim(self, request: HttpRequest, key: str, fingerprint: str) -> HttpResponseBase | None:
        user_pk: int = request.user.pk or 0
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            standing, row, mine = sendings.claim(user_pk, key, fingerprint)
            if standing is not Standing.BUSY or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        if mine is not None:
            request.sending_claim = mine  # type: ignore[attr-defined]
            sendings.hold(mine)
            return None
        request.event_logged = True  # type: ignore[attr-defined]  # the first one stands in the log
        if standing is Standing.OTHER:
            return refused(request, "other", _sent_otherwise(), status=409)
        if standing is Standing.BUSY:
            return busy(request, row)
        response = again(request, row)
        _confirm(request, response, key)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Whoever was superseded is told that another request does it."""
        if not isinstance(exception, sendings.Superseded):
            return None
        row = Sending.objects.get(user=request.user.pk, key=request.sending)  # type: ignore[attr-defined]
        return busy(request, row)


def key_of(request: HttpRequest) -> str:
    """The key a request bears, '' without one."""
    if request.method != "POST":
        return ""
    taken: str | None = getattr(request, "sending", None)
    key = taken or request.headers.get(HEADER, "") or request.POST.get(FIELD, "")
    return key if KEY.fullmatch(key) else ""


def _taken_from(request: HttpRequest) -> str:
    """The key a request bears, taken out of the form."""
    key = key_of(request)
    if request.method != "POST":
        return key
    left = QueryDict(mutable=True)  # copied by lists: a deep copy of twenty thousand fields takes its time
    for name, values in request.POST.lists():
        if name not in {FIELD, "csrfmiddlewaretoken"}:
            left.setlist(name, values)
    request.POST = left  # type: ignore[assignment]
    return key


def _keep(mine: Claim, response: HttpResponse) -> None:
    """Keep what was answered, or forget the claim of a request that wrote nothing and led nowhere."""
    location = response.get("HX-Redirect", "")
    if isinstance(response, HttpResponseRedirect):
        location = response.url
    if not location and sendings.release(mine):
        return
    is_json = isinstance(response, JsonResponse) and len(response.content) < MOST_BODY
    sendings.finish(mine, response.status_code, location, response.content.decode() if is_json else "")


def _confirm(request: HttpRequest, response: HttpResponseBase, key: str) -> None:
    """Tell the page that asked, or the one that follows, that the form arrived."""
    response.headers[HEADER] = key
    if is_from_script(request):
        return
    told = [one for one in re.split(r"\.", request.COOKIES.get(COOKIE, "")) if KEY.fullmatch(one) and one != key]
    response.set_cookie(
        COOKIE,
        ".".join([*told, key][-COOKIE_KEYS:]),
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
        httponly=False,  # a script reads it and takes it away
    )


def is_from_script(request: HttpRequest) -> bool:
    """Whether a script asks, which reads headers, and not the person's browser itself."""
    return wants_json(request) or request.headers.get("HX-Request") == "true"


def wants_json(request: HttpRequest) -> bool:
    """Whether the answer is to be read by a script of ours."""
    return "application/json" in request.headers.get("Accept", "")


def _opened_by_another() -> str:
    return _("This page was opened by somebody else than the person now signed in here, so nothing was saved.")


def _sent_otherwise() -> str:
    return _(
        "This form was sent before with other content, so it was not saved this time. "
        "See what was saved then; to send another one, open the form anew."
    )


def said_again(row: Sending) -> str:
    """What is to be said to somebody who sends a thing again."""
    if row.wrote:
        return _("This had been sent already and was saved then; it was not saved a second time.")
    return _(
        "This had been sent already, and what came of it was said then; it was not done again. "
        "To do it once more, open the page anew."
    )


def refused(request: HttpRequest, code: str, reason: str, *, status: int) -> HttpResponse:
    """A request that was not carried out, in one sentence."""
    if wants_json(request):
        return JsonResponse({"code": code, "said": reason}, status=status)
    return render(
        request, "records/sending_refused.html", {"code": code, "reason": reason, "key": key_of(request)}, status=status
    )


def busy(request: HttpRequest, row: Sending) -> HttpResponse:
    """The first request is still at it: a page that waits for what comes of it."""
    if wants_json(request):
        return JsonResponse({"code": "busy", "said": _("It is being saved.")}, status=409)
    return HttpResponseClientRedirect(_waiting(row)) if is_from_script(request) else redirect(_waiting(row))


def _waiting(row: Sending) -> str:
    return reverse("sending", args=[row.key])


def again(request: HttpRequest, row: Sending) -> HttpResponse:
    """What came of the first one."""
    if wants_json(request):
        return _json_again(row)
    if is_from_script(request):
        onward = HttpResponse(headers={"HX-Refresh": "true"})
        return HttpResponseClientRedirect(row.location) if row.location else onward
    if row.location:
        messages.info(request, said_again(row))
        return redirect(row.location)
    return render(request, "records/sending_page.html", {"row": row, "reason": said_again(row)})


def _json_again(row: Sending) -> HttpResponse:
    if row.body:
        return HttpResponse(row.body, content_type="application/json", status=row.status)
    return JsonResponse({"code": "done", "said": said_again(row)}, status=409)
