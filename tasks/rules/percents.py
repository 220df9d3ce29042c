"""How many percent a fact makes: pure sentences. Nobody types a percent where a fact can be typed."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A milestone or a round as far as its date goes."""

    due_on: datetime.date


D = TypeVar("D", bound=Dated)


class Stage(Protocol):
    """A milestone as far as percent goes."""

    weight: int

    @property
    def is_done(self) -> bool:
        """Whether it is reached."""


def round_on(rounds: Sequence[D], day: datetime.date) -> D | None:
    """The round that runs on a day: the first that is not over; the last one after all of them."""
    return next((each for each in rounds if each.due_on >= day), rounds[-1] if rounds else None)


def percent_of_value(value: Decimal | None, target: Decimal | None) -> int | None:
    """The share of the target reached, 0 to 100, rounded down so that 100 means all; None while nothing is reported."""
    if value is None or not target:
        return None
    return max(0, min(100, int(100 * value / target)))


def percent_of_stages(stages: Iterable[Stage], *, reported: bool) -> int | None:
    """The weight of what is done in the weight of all, rounded down; None while nothing was ever reported."""
    stages = list(stages)
    total = sum(stage.weight for stage in stages)
    done = sum(stage.weight for stage in stages if stage.is_done)
    if not total or (not done and not reported):
        return None
    return 100 * done // total
