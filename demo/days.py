"""The days of the demo: twelve weeks of working days, the day before the demo's date being the last."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from dates import periods, workdays

WEEKS = 12
AHEAD = 60  # working days after the date that anything may fall due on


@dataclass(frozen=True)
class Days:
    """Working days around the date ``on``; work happens before it, so that the date itself is still to come."""

    on: datetime.date

    @property
    def first(self) -> datetime.date:
        """The Monday twelve weeks before."""
        return periods.week(self.on).start - datetime.timedelta(weeks=WEEKS)

    @cached_property
    def worked(self) -> list[datetime.date]:
        """Those on which work happens."""
        span = (self.on - self.first).days
        every = (self.first + datetime.timedelta(days=n) for n in range(span))
        return [day for day in every if workdays.is_workday(day)]

    @cached_property
    def calendar(self) -> list[datetime.date]:
        """Those worked, and those ahead."""
        ahead = [self.on] if workdays.is_workday(self.on) else []
        while len(ahead) < AHEAD:
            ahead.append(workdays.add_workdays(ahead[-1] if ahead else self.on, 1))
        return [*self.worked, *ahead]

    def due(self, offset: int) -> datetime.date:
        """The working day so many after the date; negative: before it."""
        return self.calendar[len(self.worked) + offset]

    def number(self, day: datetime.date) -> int:
        """Which one of the calendar a day is."""
        return self.calendar.index(day)
