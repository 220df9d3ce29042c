"""One year of a programme as a page shows it: themes × tasks, and how far each kind of organisation is."""

from dataclasses import dataclass, field

from django.db.models import Count, Q

from orgs.actor import Actor
from orgs.pages.requested import number
from orgs.rules import Kind
from tasks.audience import Audience
from tasks.lights import sql
from tasks.models import Assignment, Programme, Task, Theme
from tasks.models.assignment import AssignmentQuerySet
from tasks.programmes.catalogues import is_common
from tasks.rules.status import Status, TaskStatus
from tasks.splits.reading import Done, done_of

KINDS = tuple(Kind)
MOST_YEARS = 50  # that a page lists, whatever a row says


@dataclass(frozen=True)
class Sums:
    """Assignments of a kind in a theme: how many, how many closed, how many overdue."""

    total: int = 0
    closed: int = 0
    late: int = 0

    @property
    def percent(self) -> int:
        """The share closed, rounded down so that 100 means all."""
        return 100 * self.closed // self.total if self.total else 0

    @property
    def look(self) -> str:
        """The colour of its cell: overdue, all closed, or on its way."""
        return "late" if self.late else "done" if self.closed == self.total else "fine"


@dataclass
class TaskLine:
    """A task of the year: for whom, whether it is a common one, how far, and done of target where it counts."""

    task: Task
    kinds: list[str] = field(default_factory=list)
    common: bool = False
    sums: Sums = field(default_factory=Sums)
    done: Done | None = None


@dataclass
class ThemeLine:
    """A theme with its tasks of the year."""

    theme: Theme
    tasks: list[TaskLine] = field(default_factory=list)


class CatalogueYear:
    """What the actor sees of one year of a programme, in a constant number of queries."""

    def __init__(self, programme: Programme, year: int, actor: Actor) -> None:
        self.programme, self.year, self.actor = programme, year, actor
        self.rows: AssignmentQuerySet = (
            Assignment.objects.visible_to(actor).in_force().filter(task__theme__programme=programme, task__year=year)
        )
        tasks = Task.objects.visible_to(actor).filter(theme__programme=programme, year=year)
        tasks = tasks.exclude(status=TaskStatus.WITHDRAWN).order_by("due_on", "pk")
        by_task, done = self._by_task(), done_of(self.rows)
        themes = {theme.pk: ThemeLine(theme) for theme in programme.themes.select_related("lead")}
        for task in tasks.select_related("keeper__user"):
            kept = Audience.from_json(task.audience)
            line = TaskLine(task, [str(kind.label) for kind in KINDS if kind in kept.kinds], is_common(kept.kinds))
            line.sums, line.done = by_task.get(task.pk, Sums()), done.get(task.pk)
            themes[task.theme_id].tasks.append(line)
        self.themes = list(themes.values())

    @property
    def tasks(self) -> list[TaskLine]:
        """All tasks of the year."""
        return [line for theme in self.themes for line in theme.tasks]

    @property
    def drafts(self) -> int:
        """How many are drafts still."""
        return sum(line.task.status == TaskStatus.DRAFT for line in self.tasks)

    def _counts(self) -> dict[str, Count]:
        return {
            "total": Count("pk"),
            "closed": Count("pk", filter=Q(status=Status.CLOSED)),
            "late": Count("pk", filter=sql.late(self.actor.on)),
        }

    def _by_task(self) -> dict[int, Sums]:
        rows = self.rows.order_by().values("task").annotate(**self._counts())
        return {task: Sums(*sums) for task, *sums in rows.values_list("task", *self._counts())}

    def matrix(self) -> tuple[list[Theme], list[tuple[str, str, list[Sums | None]]]]:
        """The themes with something issued, and for each kind of organisation its sums in each of them."""
        cells: dict[tuple[str, int], Sums] = {}
        rows = self.rows.order_by().values("organisation__kind", "task__theme").annotate(**self._counts())
        for kind, theme, *sums in rows.values_list("organisation__kind", "task__theme", *self._counts()):
            cells[kind, theme] = Sums(*sums)
        columns = [line.theme for line in self.themes if any(theme == line.theme.pk for _kind, theme in cells)]
        kinds = [kind for kind in KINDS if any(kind == found for found, _theme in cells)]
        return columns, [
            (kind.value, str(kind.label), [cells.get((kind, theme.pk)) for theme in columns]) for kind in kinds
        ]


def years_of(programme: Programme) -> list[int]:
    """The years a programme runs."""
    last = min(programme.last_year, programme.first_year + MOST_YEARS)
    return list(range(programme.first_year, last + 1))


def year_shown(programme: Programme, asked: str, actor: Actor) -> int:
    """The year asked for, else this one, else the nearest of the programme's."""
    years = years_of(programme)
    year = number(asked)
    if year in years:
        return year
    return min(years, key=lambda year: abs(year - actor.on.year))
