"""Doors of the message centre: one's own messages, and from each line to its row in one click."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dates import clock
from orgs.pages import paging
from orgs.sign_in import acting
from orgs.sign_in.acting import PersonRequest
from reminders import actions, sending, wording
from reminders.forms import AddressForm
from reminders.models import Message

LIVE_DAYS = 14  # a message younger than this shows what was finished since


def centre(request: PersonRequest) -> HttpResponse:
    """One's messages, newest first."""
    rows = request.user.reminders.order_by("-created_at", "-pk")
    unread = rows.filter(read_at__isnull=True).count()
    form = AddressForm(initial={"email": request.user.email})
    context = {"page": paging.page_of(request, rows), "unread": unread, "form": form}
    return render(request, "reminders/message_list.html", context)


@require_POST
def address(request: PersonRequest) -> HttpResponse:
    """Set where one's own mail goes."""
    form = AddressForm(request.POST)
    if form.is_valid():
        actions.set_address(request.user, email=form.cleaned_data["email"])
        messages.success(request, _("Saved. It holds from the next message on."))
    else:
        messages.error(request, _("This is not an e-mail address: write it as name@place."))
    return redirect("messages")


def page(request: PersonRequest, pk: int) -> HttpResponse:
    """One message; opening it marks it as read, and what was finished since is shown as done."""
    message = get_object_or_404(request.user.reminders.select_related("organisation"), pk=pk)
    actions.read(request.user.reminders.filter(pk=pk), at=clock.now())
    context = {
        "message": message,
        "sections": wording.sections(_marked(message), message.day),
        "figures": wording.figures(message.body, message.day),
    }
    return render(request, "reminders/message_page.html", context)


def _marked(message: Message) -> dict[str, object]:
    """The body with ``done`` on the lines whose thing no longer stands there."""
    if (clock.today() - message.day).days > LIVE_DAYS:
        return dict(message.body)
    current = sending.still_owed([message])
    kept = {wording.place(line) for line in wording.refreshed(message.body, current)["lines"]}
    return {
        **message.body,
        "lines": [{**line, "done": wording.place(line) not in kept} for line in message.body["lines"]],
    }


def go(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """From a line to its row, acting in the post the line is for, if one still holds it."""
    message = get_object_or_404(request.user.reminders.all(), pk=pk)
    lines = [*message.body["lines"], *(line for found in message.body["figures"] for line in found["worst"])]
    if number >= len(lines):
        raise Http404
    line = lines[number]
    if any(post.pk == line["post"] for post in request.posts):
        request.session[acting.SESSION_KEY] = line["post"]
    return redirect(line["url"])


@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    """Mark all of one's messages as read."""
    actions.read(request.user.reminders.all(), at=clock.now())
    return redirect("messages")
