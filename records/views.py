"""Doors that belong to no screen: the health of the system, stored files, forms sent and background work."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from records import files, once, sendings, work
from records import health as system
from records.models import Sending, Work
from records.sendings import Standing

WORK_SHOWN = 50


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Say whether database, broker and beat are well: 200 when the two first are, 503 otherwise."""
    found, status = system.report()
    return JsonResponse(found, status=status)


def file_download(request: HttpRequest, kind: str, key: int) -> HttpResponseBase:
    """Send a file through the row that links to it, if the person may see that row."""
    row = files.link(kind, key, getattr(request, "actor", None))
    if row is None:
        raise Http404
    return FileResponse(
        files.opened(row.file),
        as_attachment=not files.ACCEPTED.get(row.file.content_type, False),
        filename="".join(filter(str.isprintable, row.name)),  # a line break would break the header
        content_type=row.file.content_type,
    )


def _mine(request: HttpRequest, pk: int) -> Work:
    found: Work = get_object_or_404(Work.objects.visible_to(getattr(request, "actor", None)), pk=pk)
    return found


def work_list(request: HttpRequest) -> HttpResponse:
    """One's background work in this post, newest first."""
    rows = Work.objects.visible_to(getattr(request, "actor", None)).order_by("-pk")[:WORK_SHOWN]
    return render(request, "records/work_list.html", {"found": [work.standing(row) for row in rows]})


def work_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; asked again twice a second until it has ended, then on to what came of it."""
    found = work.standing(_mine(request, pk))
    work.see(found)
    if not request.headers.get("HX-Request"):
        return render(request, "records/work_page.html", {"found": found})
    if found.state == Work.State.DONE and found.url:
        return HttpResponseClientRedirect(found.url)
    return render(request, "records/work_page.html#standing", {"found": found})


@require_POST
def work_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again what failed or was broken off."""
    row = _mine(request, pk)
    if not work.retry(row):
        messages.info(request, _("It is being done or was done already."))
    return redirect(row)


def sending_page(request: HttpRequest, key: str) -> HttpResponse:
    """What came of a form that one sent: asked again every second while it is being done, then on to where it led."""
    row: Sending = get_object_or_404(Sending, user=request.user.pk, key=key)
    standing = sendings.standing_of(row)
    if standing is Standing.DONE and row.location:
        return once.again(request, row)
    broken = standing is Standing.OURS
    reason = _("The program broke off before anything was saved: go back and send it again.")
    context = {
        "row": row,
        "is_busy": standing is Standing.BUSY,
        "broken": broken,
        "reason": reason if broken else once.said_again(row),
    }
    part = "#standing" if request.headers.get("HX-Request") else ""
    return render(request, f"records/sending_page.html{part}", context)
