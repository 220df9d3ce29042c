"""Background work of reminders: shells around the sweep and the sending."""

from celery import shared_task

from reminders import sending, sweeping


@shared_task(name="reminders.sweep")
def sweep() -> None:
    """Plan what is due to be told and queue what waits; a batch that gets lost is queued again by the next sweep."""
    for keys in sweeping.sweep().batches:
        send.apply_async((keys,), expires=280)


@shared_task(name="reminders.send", time_limit=300, soft_time_limit=270)
def send(keys: list[int]) -> None:
    """Send these deliveries as far as nobody else has."""
    sending.deliver(keys)
