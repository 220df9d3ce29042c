"""All that happened on an assignment in one line of time: steps, entries with their files, undoings."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from orgs import history
from orgs.history import Step
from orgs.scope import Actor
from records.models import Change, ChangeSet
from tasks.models import Assignment, Entry, Evidence

ASSIGNMENT, ENTRY, REVISION = "tasks.assignment", "tasks.entry", "tasks.duedaterevision"


@dataclass(frozen=True)
class Moment:
    """One change set on the assignment, with the entry made by it if there is one."""

    step: Step
    entry: Entry | None


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
    return history.sets_of(changes_of(assignment))


def moments(assignment: Assignment, sets: list[ChangeSet], actor: Actor) -> list[Moment]:
    """Change sets as the timeline shows them; queries do not grow with their number."""
    changes = changes_of(assignment)  # a change set may write many assignments; only this one's rows are told here
    steps = history.steps_in(sets, changes, actor)
    made = changes.filter(change_set__in=sets, kind=ENTRY, before__isnull=True)
    entry_of = dict(made.values_list("change_set_id", "object_id"))
    entries = entries_of(assignment).in_bulk(list(entry_of.values()))
    return [Moment(step, entries.get(entry_of.get(step.record.pk, 0))) for step in steps]
