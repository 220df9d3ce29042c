"""Celery shells of ledgers."""

from celery import shared_task

from dates import clock
from ledgers.actions import forgetting


@shared_task(name="ledgers.forget")
def forget() -> None:
    """Take personal data out of history and imports that can no longer be undone."""
    forgetting.forget(clock.now())
    forgetting.forget_imports(clock.now())
