"""The figures of a selection counted in SQL: unit × theme for the matrix, tasks for the countdown and the trend."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.models import Count, F, Min, Q, Sum, Value
from django.db.models.functions import Coalesce

from orgs import clock
from orgs.periods import Period
from tasks.figures import FIGURES, NOT_CLOSED, Selection
from tasks.models import Task
from tasks.rules import Light, Status

DERIVED: Mapping[str, tuple[str, int, str]] = {  # counts that follow from two others need not be asked for
    "all": ("open", 1, "done"),
    "in_time": ("closed", -1, "closed_late"),
    "judged": ("closed", 1, "overdue"),
    "reported": ("all", -1, "unreported"),
}
COUNTED = tuple(name for name in FIGURES if name not in DERIVED)
CLOSED_COUNTS = 100  # the percent a closed assignment counts with


def unit_of(by_organisation: bool) -> F | Coalesce:
    """What a row of the matrix stands for: the organisation, or whatever operates it (itself when nothing does)."""
    return F("organisation_id") if by_organisation else Coalesce("organisation__township_id", "organisation_id")


def figures(counts: Iterable[int]) -> dict[str, int]:
    """Every figure by its name, from what was counted, in the order of ``COUNTED``."""
    found = dict(zip(COUNTED, counts, strict=True))
    for name, (first, sign, second) in DERIVED.items():
        found[name] = found[first] + sign * found[second]
    return found


NOTHING: Mapping[str, int] = figures([0] * len(COUNTED))


@dataclass
class Sums:
    """Figures that add up: of one cell of the matrix, a row, a column, a task, or the whole board."""

    counts: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    percent_sum: int = 0
    oldest_request: datetime.date | None = None
    due_on: datetime.date | None = None  # the earliest among the open ones

    def __getitem__(self, name: str) -> int:
        return self.counts[name]  # KeyError for a name that is no figure: templates go on to the attributes

    @property
    def total(self) -> int:
        """How many assignments it covers."""
        return self["all"]

    @property
    def percent(self) -> int | None:
        """Mean percent of those closed or reported, rounded down so that 100 means all; None when nothing was."""
        return self.percent_sum // self["reported"] if self["reported"] else None

    @property
    def on_time(self) -> float | None:
        """Share closed in time of those closed in the period or overdue, in percent; None when there are none."""
        return round(100 * self["in_time"] / self["judged"], 1) if self["judged"] else None

    @cached_property
    def light(self) -> str:
        """The most pressing light of what is counted; none without any."""
        if not self.total:
            return "none"
        if self["overdue"]:
            return Light.LATE
        if self["near"]:
            return Light.SOON
        if self["behind"]:
            return Light.LAG
        return Light.DONE if self["done"] == self.total else Light.FINE


def added(every: Iterable[Sums]) -> Sums:
    """Several sums together."""
    parts = list(every)
    if not parts:
        return Sums()
    return Sums(
        figures(sum(part.counts[name] for part in parts) for name in COUNTED),
        sum(part.percent_sum for part in parts),
        min((part.oldest_request for part in parts if part.oldest_request), default=None),
        min((part.due_on for part in parts if part.due_on), default=None),
    )


@dataclass
class TaskSums:
    """One task in a selection: how many were issued at all, and the sums of those on the table."""

    key: int
    title: str
    theme: int
    issued_on: datetime.date
    issued: int = 0
    sums: Sums = field(default_factory=Sums)


Group = tuple[Any, ...]  # unit, task, how many issued, percents, oldest request, earliest date; then the counts
FIRST_COUNT = 6


@dataclass(frozen=True)
class Counted:
    """A selection counted once: by (unit, theme) and by task; only what is on the table has sums."""

    cells: dict[tuple[int, int], Sums]
    tasks: dict[int, TaskSums]


def counted(chosen: Selection, *, by_organisation: bool) -> Counted:
    """Count the selection: one pass over the assignments grouped by unit and task, and one query for the tasks."""
    groups = _groups(chosen, by_organisation)
    tasks = _tasks({group[1] for group in groups})
    at_open, at_done = FIRST_COUNT + COUNTED.index("open"), FIRST_COUNT + COUNTED.index("done")
    by_place, by_task = defaultdict[tuple[int, int], list[Group]](list), defaultdict[int, list[Group]](list)
    for group in groups:
        unit, key, issued = group[:3]
        task = tasks.get(key)
        if task is None:
            continue
        task.issued += issued
        if task.issued_on <= chosen.period.end and (group[at_open] or group[at_done]):
            by_place[unit, task.theme].append(group)
            by_task[key].append(group)
    for key, found in by_task.items():
        tasks[key].sums = _summed(found, chosen)
    return Counted({place: _summed(found, chosen) for place, found in by_place.items()}, tasks)


def _summed(groups: list[Group], chosen: Selection) -> Sums:
    """Groups added up column by column."""
    _units, _tasks, _issued, percents, oldest, earliest, *columns = zip(*groups, strict=True)
    counts = list(map(sum, columns))
    if chosen.still_runs:
        counts.insert(COUNTED.index("closed"), counts[COUNTED.index("done")])
    found = figures(counts)
    percent_sum = sum(filter(None, percents)) + CLOSED_COUNTS * found["done"]
    return Sums(found, percent_sum, _first_day(oldest), _first_day(earliest))


def _first_day(days: Iterable[Any]) -> datetime.date | None:
    """The first of several days as the database gives them, which SQLite does as text."""
    first = min(filter(None, days), default=None)
    return datetime.date.fromisoformat(first) if isinstance(first, str) else first


def _groups(chosen: Selection, by_organisation: bool) -> list[Group]:
    """The counts of each (unit, task), of everything ever issued; the tasks' own table is left out of the pass."""
    conditions = {name: FIGURES[name].condition(chosen) for name in COUNTED}
    conditions["done"] &= chosen.closed_since_start()  # the others never hold what was closed before the period
    if chosen.still_runs:
        del conditions["closed"]  # in a period that still runs it is what is done
    asked = {
        "issued": Count(Value(1)),
        "percents": Sum("percent", filter=NOT_CLOSED),
        "oldest": Min("requested_on", filter=Q(status=Status.REQUESTED)),
        "earliest": Min("due_on", filter=NOT_CLOSED),
    } | {f"n_{name}": Count(Value(1), filter=condition) for name, condition in conditions.items()}
    rows = chosen.all_rows().order_by().values(unit=unit_of(by_organisation), key=F("task_id")).annotate(**asked)
    with connections[rows.db].cursor() as cursor:  # by itself: thousands of groups, and hardly anything to convert
        cursor.execute(*rows.query.sql_with_params())
        return list(cursor.fetchall())


def _tasks(keys: set[int]) -> dict[int, TaskSums]:
    """The tasks of assignments the actor sees; an issued task has its day."""
    rows = Task.objects.filter(pk__in=keys, issued_at__isnull=False).order_by("pk")
    zone = clock.datetime_zone()
    return {
        key: TaskSums(key, title, theme, issued_at.astimezone(zone).date())
        for key, title, theme, issued_at in rows.values_list("pk", "title", "theme_id", "issued_at")
        if issued_at
    }


def countdown(tasks: Iterable[TaskSums], limit: int) -> list[TaskSums]:
    """The tasks with something open on the table, nearest due date first."""
    dated = [(task.sums.due_on, task.key, task) for task in tasks if task.sums.due_on]
    return [task for _due, _key, task in sorted(dated, key=lambda found: found[:2])[:limit]]


def trend(chosen: Selection, tasks: Iterable[TaskSums], weeks: list[Period]) -> list[tuple[Period, int, int]]:
    """For each week, what was issued and what was closed up to its end; one query, whatever the number of weeks."""
    rows = chosen.all_rows().order_by().filter(status=Status.CLOSED, closed_on__lte=weeks[-1].end)
    closings = [(day, count) for day, count in rows.values_list("closed_on").annotate(n=Count("pk")) if day]
    issues = [(task.issued_on, task.issued) for task in tasks]
    return [
        (week, sum(n for day, n in issues if day <= week.end), sum(n for day, n in closings if day <= week.end))
        for week in weeks
    ]
