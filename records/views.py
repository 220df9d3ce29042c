"""Doors that belong to no screen: the health of the system and stored files."""

import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, JsonResponse
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from records import files
from records import health as apps_health
from records.jobs import HEARTBEAT

STALE_SECONDS = 300


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
        filename=row.name,
        content_type=row.file.content_type,
    )
