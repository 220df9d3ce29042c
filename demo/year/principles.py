"""Lights from first principles: nothing of the stored days, of the rules or of SQL under test is used here."""

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dates.workdays import Calendar
from tasks.models import Milestone
from tasks.models.assignment import AssignmentQuerySet

DAY = datetime.timedelta(days=1)
STAGED = {"milestones", "recurring"}


class Calendars:
    """Working days counted once: how many lie after one day, up to and including another."""

    def __init__(self, calendar: Calendar, first: datetime.date, last: datetime.date) -> None:
        span = (last - first).days + 1
        self._working = [day for day in (first + DAY * n for n in range(span)) if calendar.works(day)]

    def between(self, after: datetime.date, until: datetime.date) -> int:
        """Working days after the first day up to and including the second."""
        return bisect_right(self._working, until) - bisect_right(self._working, after)


@dataclass(frozen=True)
class Known:
    """What is known of one assignment, as it was entered."""

    status: str
    shape: str
    starts_on: datetime.date
    due_on: datetime.date
    percent: int | None
    requested_on: datetime.date | None
    marks: tuple[tuple[datetime.date, int], ...] = ()


@dataclass(frozen=True)
class Limits:
    """The numbers that hold: working days that are near, points that are behind, days that are short."""

    near: int = 3
    lag: int = 10
    short: int = 14


def light(known: Known, day: datetime.date, calendars: Calendars, limits: Limits) -> str:
    """The light in one sentence: closed › overdue › near › behind the expected curve › on course; what waits for its
    verifier keeps the light of the day it was asked for, and is not overdue.
    """
    if known.status in {"closed", "withdrawn"}:
        return {"closed": "done", "withdrawn": "none"}[known.status]
    waits = known.status == "requested"
    at = known.requested_on if waits and known.requested_on else day
    if known.due_on < at:
        return "soon" if waits else "late"
    if calendars.between(at, known.due_on) <= limits.near:
        return "soon"
    expected = _expected(known, at, limits)
    if expected is not None and expected - (known.percent or 0) >= limits.lag:
        return "lag"
    return "fine"


def _expected(known: Known, at: datetime.date, limits: Limits) -> int | None:
    """Whole percent expected by the evening before; None where nothing is expected by a day."""
    days = (known.due_on - known.starts_on).days
    if known.shape == "standing" or (known.shape == "single" and days <= limits.short):
        return None
    if known.shape in STAGED:
        total = sum(weight for _due, weight in known.marks)
        reached = sum(weight for due, weight in known.marks if due < at)
        return int(Fraction(100 * reached, total)) if total else None
    if days <= 0:
        return None
    gone = min(max((at - known.starts_on).days, 0), days)
    return int(Fraction(100 * gone, days))


def known_of(rows: AssignmentQuerySet) -> Iterator[tuple[int, Known]]:
    """What is known of each of the rows, by key."""
    marks: dict[int, list[tuple[datetime.date, int]]] = {}
    staged = Milestone.objects.filter(assignment__in=rows.order_by().values("pk"))
    for key, due_on, weight in staged.values_list("assignment_id", "due_on", "weight"):
        marks.setdefault(key, []).append((due_on, weight))
    columns = ("pk", "status", "task__shape", "task__starts_on", "given_on", "due_on", "percent", "requested_on")
    for pk, status, shape, starts_on, given_on, due_on, percent, requested_on in rows.values_list(*columns):
        own = tuple(marks.get(pk, ())) if shape in STAGED else ()
        yield pk, Known(status, shape, starts_on or given_on, due_on, percent, requested_on, own)


def wrong_lights(
    shown: Mapping[int, str],
    known: Iterable[tuple[int, Known]],
    day: datetime.date,
    calendars: Calendars,
    limits: Limits,
) -> list[str]:
    """Each row whose light is not that of first principles, in words."""
    found = []
    for pk, each in known:
        expected = light(each, day, calendars, limits)
        if shown.get(pk) != expected:
            found.append(f"{day}: assignment {pk} shows {shown.get(pk)}, is {expected}: {each}")
    return found
