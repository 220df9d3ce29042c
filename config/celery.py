"""The Celery application: every app's ``jobs`` module, with what the settings say; beat's times stand there too."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["filesystem"] = "config.file_queue:Transport"
app = Celery("luoshi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_init.connect
@beat_init.connect
def refuse_wrong_key(**_about: Any) -> None:
    """End with one sentence when the secret key is not the one that sealed the database."""
    from ledgers import canary  # when Django is up

    try:
        canary.require()
    except SystemExit as refused:
        os.write(2, f"{refused}\n".encode())  # Celery takes what goes to sys.stderr for its log
        raise SystemExit(1) from None
