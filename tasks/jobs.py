"""Background work of tasks: shells around actions."""

from celery import shared_task

from dates import clock
from tasks.board import snapshots
from tasks.facts import refresh_actions


@shared_task(name="tasks.take_snapshot")
def take_snapshot() -> None:
    """Write today's snapshot anew; whatever the day ends with stays."""
    snapshots.take(clock.today())


@shared_task(name="tasks.mend_days")
def mend_days() -> None:
    """Put the stored days right that a newly published calendar has changed."""
    refresh_actions.mend()
