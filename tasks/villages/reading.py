"""What villages owe, as they read it: what, by when, who helps, what was said last; constant queries for any number."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dates.periods import Period
from orgs.actor import Actor
from orgs.models import Organisation, Responsibility
from tasks import looks
from tasks.duties import week as work
from tasks.grid import cells, sheet
from tasks.grid import permissions as grid_permissions
from tasks.grid.cells import Ask
from tasks.lights import sql
from tasks.models import Assignment, Entry, Milestone, Objection
from tasks.rules import typed_facts
from tasks.rules.percents import round_on
from tasks.rules.status import EntryKind, Status


@dataclass
class Owed:
    """One matter of a village: where it stands, what comes next, what was said last and what the village objected."""

    row: Assignment
    next: str
    by: datetime.date
    last: Entry | None = None
    objections: list[Objection] = field(default_factory=list)
    may_object: bool = False

    @property
    def own(self) -> bool:
        """Whether the village itself said the last word."""
        return self.last is not None and self.last.post.organisation_id == self.row.organisation_id


@dataclass
class Village:
    """One village: what it owes, most urgent first, and who helps it."""

    organisation: Organisation
    owed: list[Owed]
    helpers: list[Responsibility]

    def within(self, period: Period) -> list[Owed]:
        """What is to be done by the end of a period, and what runs on without a date in it left out."""
        return [one for one in self.owed if one.by <= period.end or one.row.task.shape == "standing"]


def of(organisations: Sequence[Organisation], actor: Actor) -> list[Village]:
    """What each of some villages owes, as far as the actor sees it."""
    rows = Assignment.objects.visible_to(actor).open().filter(organisation__in=organisations)
    rows = rows.exclude(status=Status.REQUESTED)
    ranked = rows.select_related("task", "organisation").order_by(sql.pressing_on(actor.on), "due_on", "pk")
    found = looks.put_on(ranked, actor)
    stages = sheet.stages_of(found)
    last = _last(found)
    objections = _objections(found, actor)
    by_place: dict[int, list[Owed]] = {}
    for row in found:
        wanted, day = _next(row, stages.get(row.pk, []), actor.on)
        entry = last.get(row.pk)
        if entry is not None:
            entry.assignment = row
        objecting = entry is not None and bool(grid_permissions.may_object(actor, entry))
        one = Owed(row, wanted, day, entry, objections.get(row.pk, []), objecting)
        by_place.setdefault(row.organisation_id, []).append(one)
    helpers = {place.pk: people for place, people in work.contacts(actor, list(organisations))}
    return [Village(place, by_place.get(place.pk, []), helpers.get(place.pk, [])) for place in organisations]


def _next(row: Assignment, stages: Sequence[Milestone], on: datetime.date) -> tuple[str, datetime.date]:
    """What is to be done next of a matter, in words, and by when: the township's own date where it is earlier."""
    task, due = row.task, sheet.steering(row)
    ask = cells.ASKS[task.shape]  # type: ignore[index]
    if ask == Ask.STAGE:
        ahead = next((stage for stage in stages if not stage.is_done), None)
        if ahead is None:
            return _("all stages are reached: ask for the close-out"), due
        return _("next: %(name)s") % {"name": ahead.name}, min(ahead.due_on, due)
    if ask == Ask.COUNT:
        now = round_on(stages, on)
        if now is None:
            return "", due
        words = {"name": now.label, "count": now.count or 0, "wanted": now.wanted}
        return _("%(name)s: %(count)s of %(wanted)s") % words, min(now.due_on, due)
    if ask == Ask.FIGURE and row.target:
        words = {
            "target": typed_facts.shown(row.target),
            "value": typed_facts.shown(row.value) or _("none"),
            "unit": task.unit,
        }
        return _("%(value)s of %(target)s %(unit)s") % words, due
    return task.standard[:80], due


def _last(rows: Sequence[Assignment]) -> dict[int, Entry]:
    """The last progress entered on each, by assignment."""
    entries = Entry.objects.filter(assignment__in=[row.pk for row in rows], kind=EntryKind.PROGRESS)
    ordered = entries.select_related("user", "post__organisation").order_by("at", "pk")
    return {entry.assignment_id: entry for entry in ordered}


def _objections(rows: Sequence[Assignment], actor: Actor) -> dict[int, list[Objection]]:
    found: dict[int, list[Objection]] = {}
    known = Objection.objects.visible_to(actor).filter(entry__assignment__in=[row.pk for row in rows])
    for objection in known.select_related("entry", "answered_by__user"):
        found.setdefault(objection.entry.assignment_id, []).append(objection)
    return found
