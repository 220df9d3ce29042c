"""The Celery application with one kind of slow work: it renames an organisation again and again in one transaction."""

import time
from typing import Any

import django

from config.celery import app

django.setup()

from django.db import transaction  # noqa: E402  # Django is set up first: a worker imports this module

from records import work  # noqa: E402

__all__ = ["app"]

STEPS = 40
work.STALE_SECONDS, work.BEAT_SECONDS, work.QUEUE_AGAIN_SECONDS = 3, 0.5, 5
app.conf.beat_schedule = {}


def rename(acting: Any, arguments: dict[str, Any], progress: work.Progress) -> dict[str, Any]:
    """Rename step by step, all or none."""
    from orgs.models import Organisation
    from records.changes import change_set

    with transaction.atomic(), change_set("tests.rename", by=acting) as changes:
        for step in range(1, STEPS + 1):
            changes.update(Organisation.objects.get(pk=arguments["place"]), name=f"第{step}村")
            progress.set(step, STEPS)
            time.sleep(arguments["seconds"] / STEPS)
        changes.flush()
        progress.keep({"message": f"{STEPS}"})
    return {}


work.register("tests.slow", rename, label="改名")
