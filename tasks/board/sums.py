"""The figures of a selection counted in SQL: unit × theme for the matrix, tasks for the countdown and the trend."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from dates import clock
from dates.periods import Period
from tasks.board.figures import FIGURES, NOT_CLOSED, Selection
from tasks.models import Assignment, Task
from tasks.rules.status import Light, Status

DERIVED: Mapping[str, tuple[str, int, str]] = {  # counts that follow from two others need not be asked for
    "all": ("open", 1, "done"),
    "in_time": ("closed", -1, "closed_late"),
    "judged": ("closed", 1, "overdue"),
    "reported": ("all", -1, "unreported"),
}
COUNTED = tuple(name for name in FIGURES if name not in DERIVED)
CLOSED_COUNTS = 100  # the percent a closed assignment counts with
PLACES = {name: place for place, name in enumerate(COUNTED)}


class Number(Count):
    """A count taken as the database gives it, which is an integer already: a board reads thousands of them."""

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        """None."""
        return []


def unit_of(by_organisation: bool) -> F | Coalesce:
    """What a row of the matrix stands for: the organisation, or whatever operates it (itself when nothing does)."""
    return F("organisation_id") if by_organisation else Coalesce("organisation__township_id", "organisation_id")


@dataclass
class Sums:
    """Counts that add up: of one cell of the matrix, a row, a column, a task, or the whole board.

    ``counts`` stand in the order of ``COUNTED``; every figure is asked for by its name.
    """

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTED))
    percent_sum: int = 0
    oldest_request: datetime.date | None = None
    due_on: datetime.date | None = None  # the earliest among the open ones

    def __getitem__(self, name: str) -> int:
        if (place := PLACES.get(name)) is not None:
            return self.counts[place]
        first, sign, second = DERIVED[name]  # KeyError for a name that is no figure: templates go on to the attributes
        return self[first] + sign * self[second]

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

    @property
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
        list(map(sum, zip(*(part.counts for part in parts), strict=True))),
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


@dataclass(frozen=True)
class Counted:
    """A selection counted once: by (unit, theme) and by task; only what is on the table has sums."""

    cells: dict[tuple[int, int], Sums]
    tasks: dict[int, TaskSums]


def counted(chosen: Selection, *, by_organisation: bool) -> Counted:
    """Count the selection: one pass over the assignments grouped by unit and task, and one query for the tasks."""
    groups = list(_groups(chosen, by_organisation))
    tasks = _tasks({task for _unit, task, *_rest in groups})
    last = chosen.period.end
    is_open, is_done = PLACES["open"], PLACES["done"]
    by_place, by_task = defaultdict[tuple[int, int], list[Sums]](list), defaultdict[int, list[Sums]](list)
    for unit, key, issued, percent, oldest, due_on, *counts in groups:
        task = tasks.get(key)
        if task is None:
            continue
        task.issued += issued
        if chosen.still_runs:
            counts.insert(PLACES["closed"], counts[is_done])
        if task.issued_on > last or not (counts[is_open] or counts[is_done]):
            continue
        sums = Sums(counts, (percent or 0) + CLOSED_COUNTS * counts[is_done], oldest, due_on)
        by_place[unit, task.theme].append(sums)
        by_task[key].append(sums)
    for key, every in by_task.items():
        tasks[key].sums = added(every)
    return Counted({place: added(every) for place, every in by_place.items()}, tasks)


def _groups(chosen: Selection, by_organisation: bool) -> QuerySet[Assignment, Any]:
    """The counts of each (unit, task), of everything ever issued; the tasks' own table is left out of the pass."""
    conditions = {name: FIGURES[name].condition(chosen) for name in COUNTED}
    conditions["done"] &= chosen.closed_since_start()  # the others never hold what was closed before the period
    if chosen.still_runs:
        del conditions["closed"]  # in a period that still runs it is what is done
    counts = {f"n_{name}": Number(Value(1), filter=condition) for name, condition in conditions.items()}
    grouped = chosen.all_rows().order_by().values(unit=unit_of(by_organisation), key=F("task_id"))
    return grouped.annotate(
        issued=Number(Value(1)),
        percent_total=Sum("percent", filter=NOT_CLOSED),
        oldest=Min("requested_on", filter=Q(status=Status.REQUESTED)),
        earliest=Min("due_on", filter=NOT_CLOSED),
        **counts,
    ).values_list("unit", "key", "issued", "percent_total", "oldest", "earliest", *counts)


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
