"""What goes into a plan of reminders and what comes out of it."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dates.workdays import NATIONAL, Calendar
from orgs.duties import Due, Stage
from reminders.rules.kinds import LINES_SHOWN, Kinds, Section


@dataclass(frozen=True)
class Held:
    """A post somebody holds today, and the table of kinds and the calendar that hold there."""

    post_id: int
    role: str
    organisation_id: int
    kinds: Kinds
    calendar: Calendar = NATIONAL


@dataclass(frozen=True)
class Recipient:
    """A person with the posts held at the moment of sending."""

    user_id: int
    posts: tuple[Held, ...]


@dataclass(frozen=True)
class Already:
    """What was told before.

    ``since``: the last day whose digests were planned; a person whose digest did not get through has an earlier one
    in ``since_of``. ``told``: the marks of things sent back that the person knows of.
    """

    since: datetime.date
    since_of: Mapping[int, datetime.date] = field(default_factory=dict)
    digested: Collection[int] = frozenset()
    pushes: Mapping[int, int] = field(default_factory=dict)
    told: Mapping[int, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pushed:
    """Something to be told beside the digest, to whoever holds one of the roles at the organisation."""

    pk: int
    kind: str
    organisation_id: int
    organisation: str
    roles: frozenset[str]
    title: str
    url: str
    at: datetime.datetime

    @property
    def mark(self) -> str:
        """By which it is known who was told."""
        return f"push:{self.pk}"

    def due(self) -> Due:
        """The push as a line of a message has it: due on the day it was pushed."""
        day = self.at.date()
        names = (self.organisation,)
        return Due(
            self.kind, self.pk, self.organisation_id, Stage.OPEN, self.title, day, day, 1, names, self.url, (self.mark,)
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a message, one click from acting."""

    section: str
    due: Due
    post_id: int


@dataclass(frozen=True)
class Figures:
    """A leader's five figures of one organisation, and the tasks with most overdue."""

    organisation_id: int
    post_id: int
    due: int
    overdue: int
    returned: int
    waiting: int
    done: int
    worst: tuple[Line, ...]


@dataclass(frozen=True)
class Planned:
    """A message to be: for whom, of which kind, under which key, with what in it."""

    user_id: int
    post_id: int
    kind: str
    key: str
    lines: tuple[Line, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    figures: tuple[Figures, ...] = ()
    marks: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


NONE_PUSHED: Mapping[int, Sequence[Pushed]] = {}


def shortened(lines: list[Line]) -> tuple[tuple[Line, ...], dict[str, int]]:
    """The lines in reading order, at most ``LINES_SHOWN`` a section, and how many each section leaves out."""
    order = list(Section)
    lines.sort(key=lambda line: (order.index(Section(line.section)), line.due.due_on, line.due.title))
    shown, count = [], dict.fromkeys(order, 0)
    for line in lines:
        section = Section(line.section)
        count[section] += 1
        if count[section] <= LINES_SHOWN:
            shown.append(line)
    left_out = {section.value: total - LINES_SHOWN for section, total in count.items() if total > LINES_SHOWN}
    return tuple(shown), left_out
