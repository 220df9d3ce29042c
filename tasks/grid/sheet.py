"""The grid of one township: which villages and tasks stand in it, and every cell, with a constant number of queries."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from dates import clock, periods
from dates.days_left import days_left
from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from sheets.clipboard import one_line
from tasks import refusals, stores
from tasks.grid import cells
from tasks.grid.cells import Ask, Facts
from tasks.lights import sql
from tasks.lights import words as countdown
from tasks.models import Assignment, Entry, Milestone, Task
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules import status as rules
from tasks.rules.percents import round_on
from tasks.rules.status import EntryKind, Learned, Light, Shape, Status, Step

STAGED = (Shape.MILESTONES, Shape.RECURRING)
TONES = {Light.LATE: "late", Light.LAG: "lag"}


@dataclass(frozen=True)
class Option:
    """One choice of a stage's cell."""

    value: str
    label: str


@dataclass
class Column:
    """One task: what its cells ask for, by when, and where its figure is kept if elsewhere."""

    task: Task
    ask: Ask
    unit: str = ""
    hint: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        """Its name in the page: what a cell belongs to."""
        return f"t{self.task.pk}"

    @property
    def is_counted(self) -> bool:
        """Whether another app counts it: then it is recorded there, not typed here."""
        return self.ask == Ask.COUNT and bool(self.source)


@dataclass
class Cell:
    """One village's fact of one task: what stands in it, and whether it can be typed now."""

    column: Column
    on: datetime.date
    assignment: Assignment | None = None
    facts: Facts | None = None
    text: str = ""
    words: str = ""
    locked: str = ""
    tone: str = ""
    why: str = ""
    beside: str = ""
    source: str = ""
    offered: str = ""
    missing: bool = False
    options: list[Option] = field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        """Whether it stands open but is counted elsewhere."""
        return self.column.is_counted and self.assignment is not None and self.assignment.status in rules.WORKING

    @property
    def is_open(self) -> bool:
        """Whether something can be typed."""
        return self.assignment is not None and not self.locked


@dataclass
class Line:
    """One village: its cells, and what was said of it this week."""

    organisation: Organisation
    cells: list[Cell]
    note: str = ""
    about: int | None = None
    learned: str = Learned.VILLAGE_REPORT.value
    saved: str = ""
    filled_by: str = ""

    @property
    def speaks_of(self) -> int | None:
        """What a remark is about before anything else is touched: what it was about, else the first open matter."""
        if self.about is not None:
            return self.about
        open_cells = (cell for cell in self.cells if cell.is_open and cell.column.ask != Ask.WORDS)
        return next((cell.assignment.pk for cell in open_cells if cell.assignment), None)

    @property
    def missing(self) -> list[Cell]:
        """The cells nobody has reported this week."""
        return [cell for cell in self.cells if cell.missing]

    @property
    def chase(self) -> str:
        """One line for the chat group: which village, what, by when; "" when nothing is missing."""
        if not self.missing:
            return ""
        return _("%(name)s: %(what)s") % {
            "name": self.organisation,
            "what": _(", ").join(_wanted(cell) for cell in self.missing),
        }


def _wanted(cell: Cell) -> str:
    assert cell.assignment is not None  # a missing cell has one
    day = countdown.day_in_words(steering(cell.assignment), cell.on)
    return _("%(title)s (by %(day)s)") % {"title": cell.column.task.title, "day": day}


def steering(row: Assignment) -> datetime.date:
    """The day that steers it: the township's own where it is earlier."""
    return min(row.due_on, row.internal_due_on or row.due_on)


@dataclass
class Sheet:
    """The grid as one person sees it."""

    week: periods.Period
    columns: list[Column]
    lines: list[Line]

    @property
    def missing(self) -> int:
        """How many cells are still to be reported this week."""
        return sum(len(line.missing) for line in self.lines)

    @property
    def filled(self) -> int:
        """How many cells that can be typed hold something said this week."""
        return sum(1 for line in self.lines for cell in line.cells if cell.is_open and not cell.missing)


def below(actor: Actor) -> AssignmentQuerySet:
    """What the organisations below the actor's own owe and the actor sees, withdrawn ones left out."""
    rows: AssignmentQuerySet = Assignment.objects.visible_to(actor).in_force()
    reach = Q()
    for root in actor.own_roots:
        reach |= paths.within(root, "organisation")
    return rows.filter(reach).exclude(organisation=actor.organisation_id)


def asked_in(week: periods.Period, on: datetime.date) -> Q:
    """What is to be filled in this week: due in it, late, behind, sent back, with a milestone or round due in it.

    What was reported this week stays, so that a column does not vanish under the hand that fills it.
    """
    pressing = Q(due_on__lte=week.end) | Q(internal_due_on__lte=week.end) | Q(behind_from__lte=week.end)
    rounds = Q(
        task__shape__in=STAGED,
        milestones__due_on__lte=week.end + datetime.timedelta(days=31),
        milestones__due_on__gte=week.start,
        milestones__done_on__isnull=True,
    )
    counted = Q(task__shape__in=[Shape.QUANTITY, Shape.STANDING])
    working = Q(status__in=sql.WORKING)
    said = Q(reported_on__range=(week.start, week.end))
    return working & (pressing | counted | rounds | Q(status=Status.RETURNED)) | said & Q(status__in=sql.OPEN)


def running(actor: Actor) -> list[Task]:
    """Every task that organisations below have open, for the choice of columns."""
    keys = below(actor).open().order_by().values("task")
    return list(Task.objects.filter(pk__in=keys).order_by("due_on", "pk"))


def week_tasks(actor: Actor, week: periods.Period) -> list[int]:
    """The keys of this week's tasks, most pressing first."""
    rows = below(actor).filter(asked_in(week, actor.on)).order_by("task__due_on", "task_id")
    return list(dict.fromkeys(rows.values_list("task_id", flat=True)))


def build(
    actor: Actor,
    *,
    tasks: Sequence[int],
    organisations: Iterable[int] | None = None,
    mine: bool = False,
) -> Sheet:
    """The grid of some tasks, of the given organisations or of all below; ``mine`` keeps the actor's own share."""
    week = periods.week(actor.on)
    rows = below(actor).filter(task__in=tasks, organisation__closed_on__isnull=True)
    if organisations is not None:
        rows = rows.filter(organisation__in=organisations)
    if mine:
        rows = rows.filter(organisation__grid_share__post=actor.post)
    rows = rows.select_related("task", "organisation__grid_share__post__user").annotate(light=sql.light_on(actor.on))
    found = list(rows.order_by("organisation__path", "task_id"))
    stages = stages_of(found)
    columns = _columns(found, tasks, stages, actor)
    kept = _kept(columns, found, actor)
    said = said_in(week, [row.pk for row in found])
    by_place: dict[int, dict[int, Assignment]] = {}
    for row in found:
        by_place.setdefault(row.organisation_id, {})[row.task_id] = row
    lines = []
    for owed in by_place.values():
        line = [_cell(column, owed.get(column.task.pk), stages, kept, week, actor) for column in columns]
        lines.append(_line(line, owed.values(), said))
    return Sheet(week, columns, lines)


def stages_of(rows: Iterable[Assignment]) -> dict[int, list[Milestone]]:
    """The milestones and rounds of those that have any, in order, in one query."""
    keys = [row.pk for row in rows if row.task.shape in STAGED]
    found: dict[int, list[Milestone]] = {}
    for stage in Milestone.objects.filter(assignment__in=keys) if keys else ():
        found.setdefault(stage.assignment_id, []).append(stage)
    return found


def facts_of(row: Assignment, stages: Sequence[Milestone], week: periods.Period) -> Facts:
    """What stands on an assignment; words count for the week they were said in."""
    fresh = row.reported_on is not None and row.reported_on in week
    said = row.said if fresh else ""
    return Facts(row.task.shape, row.task.unit, row.value, row.percent, said, stages)


def said_in(week: periods.Period, keys: Sequence[int]) -> dict[int, Entry]:
    """The last progress entered this week on each assignment, by its key, with whoever entered it."""
    entries = Entry.objects.filter(assignment__in=keys, kind=EntryKind.PROGRESS).order_by()
    recent = entries.filter(
        at__gte=clock.midnight(week.start), at__lt=clock.midnight(week.end + datetime.timedelta(days=1))
    )
    last = recent.values("assignment").annotate(last=Max("pk")).values("last")
    return {entry.assignment_id: entry for entry in Entry.objects.filter(pk__in=last).select_related("user", "post")}


def _columns(
    rows: Sequence[Assignment], tasks: Sequence[int], stages: Mapping[int, list[Milestone]], actor: Actor
) -> list[Column]:
    by_task: dict[int, list[Assignment]] = {}
    for row in rows:
        by_task.setdefault(row.task_id, []).append(row)
    labels = {}
    if any(owed[0].task.figure for owed in by_task.values()):
        labels = {choice.key: choice.label for choice in stores.choices(actor)}
    found = []
    for key in tasks:
        if key not in by_task:
            continue
        owed = by_task[key]
        task = owed[0].task
        found.append(
            Column(
                task, cells.ASKS[Shape(task.shape)], task.unit, _hint(owed, stages, actor), labels.get(task.figure, "")
            )
        )
    return found


def _hint(owed: Sequence[Assignment], stages: Mapping[int, list[Milestone]], actor: Actor) -> str:
    """What stands under a column's title: the round that runs, else how long there is for the most pressing."""
    if owed[0].task.shape == Shape.RECURRING:
        rounds = next((stages[row.pk] for row in owed if row.pk in stages), [])
        now = round_on(rounds, actor.on)
        return "" if now is None else _("%(name)s, at least %(count)s") % {"name": now.label, "count": now.wanted}
    open_days = [steering(row) for row in owed if row.status in rules.WORKING]
    return days_left(min(open_days), actor.on) if open_days else ""


def _kept(columns: Sequence[Column], rows: Sequence[Assignment], actor: Actor) -> dict[tuple[int, int], str]:
    """What another app's store holds, by task and organisation, as the cell would show it."""
    found: dict[tuple[int, int], str] = {}
    for column in columns:
        store = stores.of(column.task.figure)
        if store is None or column.ask != Ask.FIGURE:
            continue
        places = [row.organisation_id for row in rows if row.task_id == column.task.pk]
        for place, value in store[0].values(store[1], places, actor.on, column.task.unit).items():
            found[column.task.pk, place] = cells.shown(Facts(Shape.QUANTITY, value=value), actor.on)
    return found


def _cell(
    column: Column,
    row: Assignment | None,
    stages: Mapping[int, list[Milestone]],
    kept: Mapping[tuple[int, int], str],
    week: periods.Period,
    actor: Actor,
) -> Cell:
    if row is None:
        return Cell(column, actor.on)
    own = stages.get(row.pk, [])
    facts = facts_of(row, own, week)
    text = cells.shown(facts, actor.on)
    held = kept.get((column.task.pk, row.organisation_id), "")
    light = row.light  # type: ignore[attr-defined]  # annotated by build
    locked = "" if rules.may_step(row.status, Step.REPORT) else refusals.reason(row.status)
    if not locked and column.ask == Ask.STAGE and not own:
        locked = _("Say first which kind of work it is, on the page of this matter.")
    if not locked and column.is_counted:
        locked = _("It is counted in %(source)s: record it there.") % {"source": column.source}
    fresh = row.reported_on is not None and row.reported_on in week
    return Cell(
        column,
        actor.on,
        row,
        facts,
        text,
        cells.in_words(facts, text) if text else "",
        locked,
        TONES.get(light, "") if not locked else "",
        _why(row, light, actor),
        _beside(facts, actor.on),
        source=column.source if held or (column.source and text) else "",
        offered=held if held and held != text else "",
        missing=not locked and not fresh,
        options=_options(facts) if column.ask == Ask.STAGE else [],
    )


def _why(row: Assignment, light: str, actor: Actor) -> str:
    if light == Light.LATE:
        return days_left(row.due_on, actor.on)
    return str(Light(light).label) if light == Light.LAG else ""


def _beside(facts: Facts, on: datetime.date) -> str:
    """What stands beside a count: how many are wanted."""
    now = round_on(facts.stages, on) if facts.ask == Ask.COUNT else None
    return f"/{now.wanted}" if now else "%" if facts.ask == Ask.PERCENT else ""


def _options(facts: Facts) -> list[Option]:
    places = [Option(cells.NOT_BEGUN, f"0 {_('not begun')}")]
    return [*places, *(Option(str(at), f"{at} {stage.name}") for at, stage in enumerate(facts.stages, start=1))]


def _line(line: list[Cell], owed: Iterable[Assignment], said: Mapping[int, Entry]) -> Line:
    rows = list(owed)
    organisation = rows[0].organisation
    entries = sorted((said[row.pk] for row in rows if row.pk in said), key=lambda entry: (entry.at, entry.pk))
    worded = {row.pk for row in rows if row.task.shape == Shape.STANDING}  # their words stand in the cell
    spoken = [entry for entry in entries if entry.text and entry.assignment_id not in worded]
    share: Any = getattr(organisation, "grid_share", None)
    found = Line(organisation, line, filled_by=str(share.post.user) if share else "")
    if entries:
        found.learned = entries[-1].learned or found.learned
        found.saved = entries[-1].at.isoformat()
    if spoken:
        found.note, found.about = one_line(spoken[-1].text), spoken[-1].assignment_id
    return found


def rows_to_write(actor: Actor, keys: set[int]) -> list[Assignment]:
    """The assignments among the keys, locked for writing in a steady order."""
    rows = Assignment.objects.visible_to(actor).in_force().filter(pk__in=keys)
    return list(rows.select_related("task", "organisation").select_for_update(of=("self",)).order_by("pk"))
