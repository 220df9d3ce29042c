"""Loading the demo: everything in one transaction, so that a kill leaves what was there."""

import datetime

from django.db import transaction

from dates import clock
from demo import ledgers, people, places, responsibility, state, supervising
from demo.county import County
from demo.days import Days
from demo.places import Size
from demo.weeks import Weeks
from records.changes import change_set
from tasks.board import snapshots


@transaction.atomic
def load(on: datetime.date, size: Size | None = None) -> County:
    """Clear an older demo and make the demo as it stands on the morning of a day. Raises ``state.NotTheDemo``."""
    state.require_own()
    state.clear()
    county, days = County(on), Days(on)
    with change_set(state.VERB, by=None, note=on.isoformat(), at=clock.at_noon(days.first)) as changes:
        places.build(changes, county, size or Size())
        people.build(changes, county, days.first)
        responsibility.build(changes, county)
    Weeks(county, days).work()
    supervising.build(county, days)
    ledgers.build(county, days)
    snapshots.take(days.worked[-1])
    return county
