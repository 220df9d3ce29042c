"""The stored days of lights put right: when a number or the calendar changes, and when something is undone."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from dates import clock
from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.options import Options
from records import work
from records.changes import Writer, change_set
from records.models import ChangeSet
from records.sweeps import Sweep
from records.work import Progress
from tasks.facts import actions
from tasks.lights import stored
from tasks.models import Assignment, Milestone, Task
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules.curves import Mark

WORK = "tasks.days"
MANY = 2000  # more rows than a person should wait for are put right in the background
STEP = 500
COLUMNS = ("near_from", "behind_from")
ROLLED = {"value", "percent", "version", *COLUMNS}  # what a split assignment takes from its parts


def put_right(changes: Writer, rows: AssignmentQuerySet) -> int:
    """Write the days of the rows anew where they are not what follows; how many were not."""
    stale = list(stale_among(rows))
    changes.update_all(stale, COLUMNS)
    return len(stale)


def stale_among(rows: AssignmentQuerySet, sweep: Sweep | None = None) -> Iterator[Assignment]:
    """Those of the rows whose stored days are not what follows now, with the right ones set but not stored.

    A row whose days cannot be worked out is left as it is, and named by the sweep.
    """
    sweep = sweep or Sweep("tasks.days")
    everywhere = stored.Everywhere()
    found = list(rows.order_by().annotate(path=F("organisation__path")))
    tasks = Task.objects.in_bulk({row.task_id for row in found})
    marks = _marks(row.pk for row in found if tasks[row.task_id].shape in actions.STAGED)
    for row in found:
        row.task = tasks[row.task_id]
        path: str = row.path  # type: ignore[attr-defined]  # annotated
        days: dict[str, datetime.date | None] = {}
        with sweep.each(row.pk):
            days = row.days_with(row.percent, everywhere.at(path), marks.get(row.pk, ()))
        if any(getattr(row, name) != day for name, day in days.items()):
            for name, day in days.items():
                setattr(row, name, day)
            yield row


def _marks(assignments: Iterable[int]) -> dict[int, list[Mark]]:
    """The milestones of assignments as the curve sees them."""
    keys, found = list(assignments), defaultdict[int, list[Mark]](list)
    for start in range(0, len(keys), 500):
        rows = Milestone.objects.filter(assignment__in=keys[start : start + 500]).order_by("position", "pk")
        for key, due_on, weight in rows.values_list("assignment_id", "due_on", "weight"):
            found[key].append(Mark(due_on, weight))
    return found


def when_a_number_changed(changes: Writer, organisation: Organisation, _options: Options, actor: Actor) -> None:
    """Put right what hangs on the settings of an organisation."""
    when_the_calendar_changed(changes, organisation, actor)


def when_the_calendar_changed(changes: Writer, organisation: Organisation, actor: Actor) -> None:
    """Put right every open assignment at and below an organisation, in the background when they are many."""
    rows = _open_below(organisation)
    if rows.count() <= MANY:
        put_right(changes, rows)
        return
    subject = _("Lights of %(name)s") % {"name": organisation}
    work.start(WORK, by=actor, subject=subject, arguments={"organisation": organisation.pk}, url=reverse("settings"))


def _open_below(organisation: Organisation) -> AssignmentQuerySet:
    return Assignment.objects.open().filter(paths.within(organisation.path, "organisation"))


def run(actor: Actor, arguments: work.Arguments, progress: Progress) -> work.Result:
    """The background work: every open assignment below an organisation, in one change set."""
    organisation = Organisation.objects.get(pk=arguments["organisation"])
    keys = list(_open_below(organisation).order_by("pk").values_list("pk", flat=True))
    with transaction.atomic(), change_set("tasks.days", by=actor, note=str(organisation)) as changes:
        for start in range(0, len(keys), STEP):
            part = Assignment.objects.filter(pk__gte=keys[start], pk__lte=keys[min(start + STEP, len(keys)) - 1])
            put_right(changes, part.open().filter(paths.within(organisation.path, "organisation")))
            progress.set(min(start + STEP, len(keys)), len(keys))
        result = {"message": _("The lights follow the new numbers."), "url": reverse("settings")}
        progress.keep(result)
    return result


def mend() -> int:
    """Put right every open assignment whose days are not what follows, as after a newly published calendar; how many.

    Nothing is written while all is right.
    """
    sweep = Sweep("tasks.days")
    stale = [row.pk for row in stale_among(Assignment.objects.open(), sweep)]
    for start in range(0, len(stale), STEP):
        part = stale[start : start + STEP]
        with (
            sweep.each(f"{part[0]}-{part[-1]}"),
            transaction.atomic(),
            change_set("tasks.days", by=None, at=clock.now()) as changes,
        ):
            put_right(changes, Assignment.objects.open().filter(pk__in=part))
    sweep.close()
    return len(stale)


def when_undone(changes: Writer, record: ChangeSet, _by: Actor) -> set[tuple[str, int]]:
    """After an undo: percent and days anew by the facts left, and the sums of what was split; those rows are right."""
    touched = set(record.changes.filter(kind="tasks.assignment").values_list("object_id", flat=True))
    stages = record.changes.filter(kind="tasks.milestone").values("object_id")
    touched |= set(Milestone.objects.filter(pk__in=stages).values_list("assignment_id", flat=True))
    if not touched:
        return set()
    rolled = _rolled(record)
    above = set(Assignment.objects.filter(pk__in=rolled, parts__isnull=False).values_list("pk", flat=True))
    known = list(touched)
    for start in range(0, len(known), 500):
        part = Assignment.objects.filter(pk__in=known[start : start + 500])
        actions.recount(changes, list(part.open().select_related("task", "organisation")))
        above |= {key for key in part.order_by().values_list("above_id", flat=True).distinct() if key}
    actions.roll_up_to(changes, above)
    return {("tasks.assignment", key) for key in rolled & above}


def _rolled(record: ChangeSet) -> set[int]:
    """The assignments that were written only because their parts were."""
    rows = record.changes.filter(kind="tasks.assignment", before__isnull=False, after__isnull=False)
    return {key for key, after in rows.values_list("object_id", "after") if set(after) <= ROLLED}
