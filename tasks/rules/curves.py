"""The expected curve (序时) of an assignment: how many percent should be done by a day, and since when it is behind.

Pure sentences. A curve is either straight from its first day to its due date, or goes up by the weight of each
milestone on the day after that milestone is due: what is done on its day is done in time.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from dates.workdays import DAY, shifted
from tasks.rules.status import Shape

LAG_POINTS = 10  # behind the curve by so many points is yellow; a county may set another number
SHORT_DAYS = 14  # a single deadline of at most so many days has no curve: it is done or it is not


@dataclass(frozen=True)
class Mark:
    """A milestone as the curve sees it: its due date and its weight."""

    due_on: datetime.date
    weight: int


@dataclass(frozen=True)
class Curve:
    """What is expected of one assignment: by its marks when it has any, else straight between two days."""

    starts_on: datetime.date
    due_on: datetime.date
    marks: Sequence[Mark] = field(default=())

    def expected(self, on: datetime.date) -> int:
        """Percent expected to be done by the end of the day before ``on``, 0 to 100, rounded down."""
        if self.marks:
            total = sum(mark.weight for mark in self.marks)
            return 100 * sum(mark.weight for mark in self.marks if mark.due_on < on) // total if total else 0
        if on <= self.starts_on:
            return 0
        if on >= self.due_on:
            return 100
        return 100 * (on - self.starts_on).days // (self.due_on - self.starts_on).days

    def behind_from(self, percent: int | None, points: int = LAG_POINTS) -> datetime.date | None:
        """The first day on which ``percent`` lags the curve by ``points``; None when it never does.

        Nothing reported counts as nothing done here, and nowhere else.
        """
        wanted = (percent or 0) + points
        if wanted > 100:
            return None
        if self.marks:
            days = sorted({shifted(mark.due_on, 1) for mark in self.marks})
            return next((day for day in days if self.expected(day) >= wanted), None)
        span = (self.due_on - self.starts_on).days
        if span <= 0:
            return None
        return self.starts_on + DAY * -(-wanted * span // 100)


def curve_of(
    shape: str,
    starts_on: datetime.date,
    due_on: datetime.date,
    marks: Sequence[Mark] = (),
    *,
    short_days: int = SHORT_DAYS,
) -> Curve | None:
    """The curve a shape has; None for a standing task, and for a single deadline close at hand."""
    if shape == Shape.STANDING or (shape == Shape.SINGLE and (due_on - starts_on).days <= short_days):
        return None
    if shape in {Shape.MILESTONES, Shape.RECURRING}:
        return Curve(starts_on, due_on, tuple(marks)) if marks else None
    return Curve(starts_on, due_on)
