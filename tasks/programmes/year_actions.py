"""A programme's years: the theme of a year, a year copied from an earlier one, tasks from a shipped catalogue."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation, Post
from orgs.scope import require
from records.changes import Writer, change_set
from records.models import ChangeSet
from tasks import permissions
from tasks.audience import Audience
from tasks.models import Assignment, Programme, ProgrammeYear, Task, TaskMilestone, TaskUnit, Theme
from tasks.programmes.catalogues import Catalogue, Item, on
from tasks.refusals import StepRefused
from tasks.rules.quotas import CENT
from tasks.rules.status import Shape, SourceKind, TaskStatus

COPIED = (
    *("theme_id", "title", "organisation_id", "shape", "unit", "target", "figure", "every", "times", "variant"),
    *("is_key", "is_optional", "village_closer", "supervisor", "owner", "standard", "effect", "consequence"),
    *("measures", "evidence_wanted", "source_kind", "source_title", "source_number", "source_date"),
    *("source_file_id", "source_file_name"),
)
MOVED = ("starts_on", "due_on")


@dataclass(frozen=True)
class Taken:
    """What came of copying or loading: the change set (None when there was nothing new), how many, how many stood."""

    change_set: ChangeSet | None
    added: int
    stood: int


def save_year(programme: Programme, year: int, theme: str, *, by: Actor) -> ProgrammeYear:
    """Name the theme of a year. Raises ``PermissionDenied`` and ``StepRefused`` for a year that is not its own."""
    require(permissions.may_edit_programme(by, programme))
    if not programme.first_year <= year <= programme.last_year:
        raise StepRefused(_("The programme does not run in %(year)s.") % {"year": year})
    with change_set("tasks.programme", by=by, note=f"{year} {theme}") as changes:
        return _year(changes, programme, year, theme)


def _year(changes: Writer, programme: Programme, year: int, theme: str | None = None) -> ProgrammeYear:
    """The year's row, made when missing; ``theme`` None leaves what stands."""
    row = ProgrammeYear.objects.filter(programme=programme, year=year).first()
    if row is None:
        return changes.create(ProgrammeYear(programme=programme, year=year, theme=theme or ""))
    return row if theme is None else changes.update(row, theme=theme)


def _reach_out(changes: Writer, programme: Programme, year: int) -> None:
    """Let the programme run to a year directly after its last."""
    if year == programme.last_year + 1:
        changes.update(programme, last_year=year)
    elif not programme.first_year <= year <= programme.last_year:
        words = {"year": year, "first": programme.first_year, "last": programme.last_year}
        raise StepRefused(_("The programme runs from %(first)s to %(last)s; %(year)s lies outside.") % words)


def to_copy(programme: Programme, source: int, to: int) -> tuple[list[Task], int]:
    """The issued tasks of a year that have no copy in the other yet, and how many have."""
    rows = Task.objects.issued().filter(theme__programme=programme, year=source)
    rows = rows.select_related("keeper").prefetch_related("milestones", "units").order_by("theme__position", "pk")
    copied = set(Task.objects.filter(copied_from__in=rows, year=to).values_list("copied_from", flat=True))
    every = list(rows)
    return [task for task in every if task.pk not in copied], len(copied)


@transaction.atomic
def copy_year(programme: Programme, source: int, to: int, *, by: Actor) -> Taken:
    """Copy a year's issued tasks into another year as drafts, the same calendar days; what was copied stays alone.

    Milestones, targets and shares, recipients, departments and answers come along; an organisation that was merged
    meanwhile is followed. Raises ``PermissionDenied`` and ``StepRefused``.
    """
    require(permissions.may_edit_programme(by, programme))
    if source == to:
        raise StepRefused(_("Choose another year to copy into."), "to")
    tasks, stood = to_copy(programme, source, to)
    if not tasks:
        return Taken(None, 0, stood)
    with change_set("tasks.copy_year", by=by, note=f"{programme} {source} → {to}") as changes:
        _reach_out(changes, programme, to)
        _year(changes, programme, to)
        after = _followed(tasks)
        shares = _shares(tasks)
        keepers = _in_force({task.keeper for task in tasks}, by)
        fresh = changes.create_all(
            [_copy(task, to - source, to, by, keepers, after, shares.get(task.pk, {})) for task in tasks]
        )
        pairs = list(zip(tasks, fresh, strict=True))
        changes.create_all([_stage(stage, new, to - source) for old, new in pairs for stage in old.milestones.all()])
        units = [(new, unit) for old, new in pairs for unit in old.units.all()]
        changes.create_all(
            [TaskUnit(task=new, organisation_id=unit.organisation_id, part=unit.part) for new, unit in units]
        )
    return Taken(changes.record, len(fresh), stood)


def moved(day: datetime.date | None, years: int) -> datetime.date | None:
    """The same calendar day in another year; 29 February becomes 28 February."""
    if day is None:
        return None
    year = min(max(day.year + years, datetime.MINYEAR), datetime.MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _copy(
    task: Task,
    years: int,
    to: int,
    by: Actor,
    keepers: set[int],
    after: Mapping[int, int],
    shares: Mapping[int, Any],
) -> Task:
    kept = Audience.from_json(task.audience)
    fresh = Task(**{name: getattr(task, name) for name in COPIED}, year=to, copied_from=task)
    fresh.keeper_id = task.keeper_id if task.keeper_id in keepers else by.post_id
    for name in MOVED:
        setattr(fresh, name, moved(getattr(task, name), years))
    wanted = Audience(
        kept.kinds,
        kept.classes,
        _follow(kept.townships, after),
        _follow(kept.picked, after),
        _follow(kept.left_out, after),
    )
    fresh.audience = wanted.to_json()
    fresh.shares = {}
    for key, share in shares.items():
        place = str(after.get(key, key))
        fresh.shares[place] = str(share + type(share)(fresh.shares.get(place, 0)))
    return fresh


def _follow(keys: Iterable[int], after: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(after.get(key, key) for key in keys))


def _stage(stage: TaskMilestone, task: Task, years: int) -> TaskMilestone:
    names = ("variant", "position", "code", "name", "weight", "owner", "deliverable")
    day = moved(stage.due_on, years)
    assert day is not None  # a planned milestone is dated
    return TaskMilestone(task=task, due_on=day, **{name: getattr(stage, name) for name in names})


def _shares(tasks: Iterable[Task]) -> dict[int, dict[int, Any]]:
    """What the county gave of each quantity task, by task and organisation."""
    found: dict[int, dict[int, Any]] = {}
    keys = [task.pk for task in tasks if task.shape == Shape.QUANTITY]
    rows = Assignment.objects.filter(task__in=keys, target__isnull=False).of_the_county().in_force()
    for task, organisation, target in rows.values_list("task_id", "organisation_id", "target"):
        found.setdefault(task, {})[organisation] = target
    return found


def _followed(tasks: Iterable[Task]) -> dict[int, int]:
    """Into which organisation each merged one went, to the end of the chain; only those the tasks name matter."""
    merged = dict(Organisation.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))
    found = {}
    for key in merged:
        end, seen = key, {key}
        while end in merged and merged[end] not in seen:
            end = merged[end]
            seen.add(end)
        found[key] = end
    return found


def _in_force(posts: Iterable[Post], by: Actor) -> set[int]:
    return {post.pk for post in posts if post.until is None or post.until >= by.on}


# Shipped catalogues


def standing(programme: Programme, catalogue: Catalogue, year: int) -> set[tuple[str, str]]:
    """Theme and title of those tasks of a catalogue that the year has already."""
    titles = [item.title for part in catalogue.parts for item in part.items]
    rows = Task.objects.filter(theme__programme=programme, title__in=titles).filter(Q(year=year))
    return set(rows.exclude(status=TaskStatus.WITHDRAWN).values_list("theme__name", "title"))


@transaction.atomic
def load(programme: Programme, catalogue: Catalogue, year: int, *, by: Actor) -> Taken:
    """Take the tasks of a shipped catalogue that a year does not have yet, as drafts, and their themes.

    Raises ``PermissionDenied`` and ``StepRefused``.
    """
    require(permissions.may_edit_programme(by, programme))
    there = standing(programme, catalogue, year)
    wanted = [(part, item) for part in catalogue.parts for item in part.items if (part.name, item.title) not in there]
    if not wanted:
        return Taken(None, 0, len(there))
    with change_set("tasks.catalogue", by=by, note=f"{catalogue.name} {year}") as changes:
        _reach_out(changes, programme, year)
        row = _year(changes, programme, year)
        if not row.theme:
            changes.update(row, theme=catalogue.year_theme)
        themes = _themes(changes, programme, catalogue)
        fresh = changes.create_all([_task(item, themes[part.name], catalogue, year, by) for part, item in wanted])
        pairs = list(zip(wanted, fresh, strict=True))
        changes.create_all([stage for (_part, item), task in pairs for stage in _stages(item, task, year)])
    return Taken(changes.record, len(fresh), len(there))


def _themes(changes: Writer, programme: Programme, catalogue: Catalogue) -> dict[str, Theme]:
    """The programme's themes by name, those of the catalogue added."""
    found = {theme.name: theme for theme in programme.themes.all()}
    missing = [part for part in catalogue.parts if part.name not in found]
    position = len(found)
    added = changes.create_all(
        [
            Theme(programme=programme, name=part.name, basic=part.basic, position=position + number)
            for number, part in enumerate(missing, start=1)
        ]
    )
    return found | {theme.name: theme for theme in added}


def _task(item: Item, theme: Theme, catalogue: Catalogue, year: int, by: Actor) -> Task:
    names = ("title", "supervisor", "owner", "standard", "effect", "consequence", "measures", "shape", "unit", "every")
    more = ("times", "variant", "figure", "is_key", "is_optional")
    target = None if item.target is None else Decimal(item.target).quantize(CENT)  # as the column gives it back
    return Task(
        theme=theme,
        organisation=by.organisation,
        keeper=by.post,
        year=year,
        starts_on=on(item.starts, year),
        due_on=on(item.due, year),
        target=target,
        evidence_wanted=item.evidence,
        source_kind=SourceKind.MEETING,
        source_title=catalogue.source,
        audience=Audience(kinds=item.kinds).to_json(),
        **{name: getattr(item, name) for name in (*names, *more)},
    )


def _stages(item: Item, task: Task, year: int) -> list[TaskMilestone]:
    positions: dict[str, int] = {}
    found = []
    for stage in item.stages:
        position = positions[stage.variant] = positions.get(stage.variant, -1) + 1
        day = on(stage.due, year)
        assert day is not None  # the fixtures are read with their days
        values = {name: getattr(stage, name) for name in ("code", "name", "variant", "weight", "owner", "deliverable")}
        found.append(TaskMilestone(task=task, position=position, due_on=day, **values))
    return found
