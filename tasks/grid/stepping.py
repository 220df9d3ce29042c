"""Steps back and forth in the grid: the person's own saves of today, newest first, as far as they are on the screen.

The database is what remembers them, so that a page loaded anew, or a second window, goes back through the same steps.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from dates import clock
from orgs.actor import Actor
from records import concealing
from records.models import Change, ChangeSet
from records.undo import REDO, UNDO
from tasks.models import Assignment

SAVES = ("tasks.report_row", "tasks.same_as_before")


def last(actor: Actor, *, again: bool = False) -> ChangeSet | None:
    """The step that would be taken back now; ``again`` the one taken back last, unless something was saved since."""
    own = _own(actor)
    standing = own.filter(undone_by__isnull=True)
    if not again:
        return standing.filter(verb__in=[*SAVES, *(f"{verb}{REDO}" for verb in SAVES)]).first()
    # Where all was changed since, no cell came back: there is nothing to do again.
    wrote = Exists(Change.objects.filter(change_set=OuterRef("pk"), kind="tasks.assignment"))
    found = standing.filter(wrote, verb__in=[f"{verb}{UNDO}" for verb in SAVES]).first()
    if found is None or own.filter(verb__in=SAVES, pk__gt=found.pk).exists():
        return None
    return found


def named(actor: Actor, shown: str) -> ChangeSet | None:
    """The person's own save of today that a button beside a row names, undone or not."""
    key = concealing.revealed(concealing.CHANGE_SET, shown)
    return None if key is None else _own(actor).filter(verb__in=SAVES, pk=key).first()


def _own(actor: Actor) -> QuerySet[ChangeSet]:
    today = ChangeSet.objects.filter(at__gte=clock.midnight(actor.on))
    return today.filter(user=actor.user_id, organisation=actor.organisation_id).order_by("-pk")


def rows_of(record: ChangeSet, actor: Actor) -> list[Assignment]:
    """The assignments whose cells a step wrote; what only adds them up is none."""
    written = Change.objects.filter(change_set=record, kind="tasks.assignment").order_by().values("object_id")
    rows = Assignment.objects.visible_to(actor).filter(pk__in=written)
    return list(rows.exclude(organisation=actor.organisation_id).order_by("organisation__path", "pk"))


def is_on_screen(rows: Collection[Assignment], tasks: Collection[int], places: Collection[int]) -> bool:
    """Whether all cells of a step stand on the page: nothing is taken back that the person does not see."""
    return bool(rows) and all(row.task_id in tasks and row.organisation_id in places for row in rows)
