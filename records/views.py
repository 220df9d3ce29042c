"""Doors that belong to no screen: the health of the system, stored files and background work."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from records import files, work
from records import health as apps_health
from records.jobs import HEARTBEAT
from records.models import Work

STALE_SECONDS = 300
WORK_SHOWN = 50


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Say whether database, broker and beat are well: 200 when the two first are, 503 otherwise."""
    database, broker = _database_answers(), _broker_answers()
    beat = cache.get(HEARTBEAT)
    age = None if beat is None else round(time.time() - beat)
    return JsonResponse(
        {
            "database": database,
            "broker": broker,
            "beat_age_seconds": age,
            "beat": age is not None and age <= STALE_SECONDS,
            **(apps_health.answers() if database else {}),
        },
        status=200 if database and broker else 503,
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def _broker_answers() -> bool:
    if not settings.HAS_REDIS:
        return settings.VAR_DIR.exists()
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (BrokerError, OSError):
        return False
    return True


def file_download(request: HttpRequest, kind: str, key: int) -> HttpResponseBase:
    """Send a file through the row that links to it, if the person may see that row."""
    row = files.link(kind, key, getattr(request, "actor", None))
    if row is None:
        raise Http404
    return FileResponse(
        files.content_path(row.file).open("rb"),
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
    """How far it is; asked again every second until it has ended, then on to what came of it."""
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
