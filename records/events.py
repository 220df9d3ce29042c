"""The event log: one line for each thing somebody did or tried."""

import datetime

from records import middleware
from records.models import Event


def log(
    kind: str,
    *,
    at: datetime.datetime,
    user_id: int | None = None,
    username: str = "",
    post_name: str = "",
    address: str | None = None,
    subject: str = "",
    result: Event.Result = Event.Result.DONE,
) -> None:
    """Add a line; ``kind`` is a code such as ``sign_in``, ``export`` or a URL's name."""
    Event.objects.create(
        at=at,
        kind=kind[:60],
        user_id=user_id,
        username=username[:150],
        post_name=post_name,
        address=address,
        subject=subject[:250],
        result=result,
        request_id=middleware.request_id.get(),
    )
