"""All that happened on an assignment in one line of time: steps, entries with their files, undoings."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.history import reading as history_reading
from orgs.history.reading import Step
from records.models import Change, ChangeSet
from tasks.facts import known
from tasks.models import Assignment, Entry, Evidence, Milestone
from tasks.rules.status import Shape

ASSIGNMENT, ENTRY, REVISION = "tasks.assignment", "tasks.entry", "tasks.duedaterevision"
MILESTONE = "tasks.milestone"


@dataclass(frozen=True)
class Moment:
    """One change set on the assignment, with the entry made by it if there is one, and its facts in words."""

    step: Step
    entry: Entry | None
    facts: list[str] = field(default_factory=list)


def entries_of(assignment: Assignment) -> QuerySet[Entry]:
    """The entries with all that is shown of them, newest first."""
    evidence = Prefetch("evidence", Evidence.objects.select_related("file"))
    people = assignment.entries.select_related("user", "post__organisation", "answers__user")
    return people.prefetch_related(evidence)


def changes_of(assignment: Assignment) -> QuerySet[Change]:
    """The changes of the assignment, of its entries and of its moved dates."""
    entries = Q(kind=ENTRY, object_id__in=assignment.entries.order_by().values("pk"))
    moved = Q(kind=REVISION, object_id__in=assignment.revisions.order_by().values("pk"))
    return Change.objects.filter(Q(kind=ASSIGNMENT, object_id=assignment.pk) | entries | moved)


def sets_of(assignment: Assignment) -> QuerySet[ChangeSet]:
    """The change sets that wrote the assignment, its entries or its dates, newest first, to be paged."""
    return history_reading.sets_of(changes_of(assignment))


def moments(assignment: Assignment, sets: list[ChangeSet], actor: Actor) -> list[Moment]:
    """Change sets as the timeline shows them; queries do not grow with their number."""
    changes = changes_of(assignment)  # a change set may write many assignments; only this one's rows are told here
    steps = history_reading.steps_in(sets, changes, actor)
    made = changes.filter(change_set__in=sets, kind=ENTRY, before__isnull=True)
    entry_of = dict(made.values_list("change_set_id", "object_id"))
    entries = entries_of(assignment).in_bulk(list(entry_of.values()))
    facts = _facts(assignment, sets)
    return [Moment(step, entries.get(entry_of.get(step.record.pk, 0)), facts[step.record.pk]) for step in steps]


def _facts(assignment: Assignment, sets: list[ChangeSet]) -> defaultdict[int, list[str]]:
    """What was entered by each change set: milestones with their days, rounds with their count, figures from → to."""
    found = _corrections(assignment, sets)
    task = assignment.task
    if task.shape == Shape.QUANTITY:
        written = Change.objects.filter(kind=ASSIGNMENT, object_id=assignment.pk, change_set__in=sets)
        for change in written.filter(before__isnull=False, after__isnull=False).order_by("id"):
            before, after = change.before or {}, change.after or {}
            if "value" in after:
                found[change.change_set_id].append(_moved(before.get("value"), after["value"], task.unit))
        return found
    stages = {stage.pk: stage for stage in assignment.milestones.all()}
    rows = Change.objects.filter(kind=MILESTONE, object_id__in=stages, change_set__in=sets) if stages else ()
    for change in rows:
        after = change.after or {}
        if change.before is not None and {"done_on", "count"} & set(after):
            found[change.change_set_id].append(_reached(stages[change.object_id], change.before, after))
    return found


def _corrections(assignment: Assignment, sets: list[ChangeSet]) -> defaultdict[int, list[str]]:
    """Percent and result from → to, of the corrections among the change sets."""
    found = defaultdict[int, list[str]](list)
    corrections = [record for record in sets if record.verb == "tasks.correct"]
    if not corrections:
        return found
    for change in Change.objects.filter(kind=ASSIGNMENT, object_id=assignment.pk, change_set__in=corrections):
        for name, unit in (("percent", "%"), ("result", "")):
            before, after = (change.before or {}), (change.after or {})
            if name in after:
                old = f"{before[name]}{unit}" if before.get(name) not in (None, "") else _("(empty)")
                found[change.change_set_id].append(f"{old} → {after[name]}{unit}")
    return found


def _moved(before: str | None, after: str | None, unit: str) -> str:
    """A figure from → to, such as 18.6 → 20 万元."""
    now = known.with_unit(Decimal(after), unit) if after is not None else _("taken back")
    return f"{known.with_unit(Decimal(before), '')} → {now}" if before is not None else now


def _reached(stage: Milestone, before: dict[str, Any], after: dict[str, Any]) -> str:
    counted = "count" in after and (after["count"] is not None or before.get("count") is not None)
    if counted:
        return known.reached_in_words(stage, after["count"])
    day = after.get("done_on")
    return known.reached_in_words(stage, datetime.date.fromisoformat(day) if day else None)
