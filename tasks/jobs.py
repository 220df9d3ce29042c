"""Background work of tasks: shells around actions."""

from celery import shared_task

from orgs import clock
from tasks import snapshots


@shared_task(name="tasks.take_snapshot")
def take_snapshot() -> None:
    """Write today's snapshot anew; whatever the day ends with stays."""
    snapshots.take(clock.today())
