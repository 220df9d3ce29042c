"""One deed on many assignments at once: what does not fit is left and named, the rest is one change set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.actor import Actor
from records import concealing
from records.changes import Writer, change_set
from records.models import ChangeSet
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet


class Deed(Protocol):
    """What is done to each of a set of assignments."""

    verb: ClassVar[str]

    @property
    def reason(self) -> str:
        """Why, in the person's words: the note of the change set."""

    def refusal(self, row: Assignment, by: Actor) -> str:
        """Why this row is left as it is, or the empty string."""

    def write(self, changes: Writer, rows: list[Assignment], by: Actor) -> None:
        """Do it to the rows that fit."""


@dataclass(frozen=True)
class Left:
    """A row that is left as it is, and why."""

    row: Assignment
    reason: str


@dataclass(frozen=True)
class SortedOut:
    """The rows a deed fits, and those it leaves."""

    fit: list[Assignment]
    left: list[Left]

    @property
    def reasons(self) -> list[tuple[str, int, list[Assignment]]]:
        """Each reason with how many rows it leaves, and the first of them."""
        found: dict[str, list[Assignment]] = {}
        for left in self.left:
            found.setdefault(left.reason, []).append(left.row)
        return [(reason, len(rows), rows[:3]) for reason, rows in found.items()]


@dataclass(frozen=True)
class Together:
    """What a deed did: its change set (None when it fitted no row), how many rows, and those left."""

    change_set: ChangeSet | None
    changed: int
    left: list[Left]


def ready(rows: AssignmentQuerySet) -> AssignmentQuerySet:
    """The rows with all that deeds ask of them, in one query."""
    named = rows.select_related("task__theme__programme__organisation", "task__theme__lead", "organisation__township")
    return named.order_by("organisation__path", "task_id", "pk")


def sort_out(deed: Deed, rows: Iterable[Assignment], by: Actor, seen: int | None = None) -> SortedOut:
    """Which rows the deed fits; ``seen`` is the latest change set when the person looked: what came later is left."""
    fit, left = list[Assignment](), list[Left]()
    for row in rows:
        since = seen is not None and row.version > seen
        reason = _("Somebody changed it meanwhile.") if since else deed.refusal(row, by)
        if reason:
            left.append(Left(row, reason))
        else:
            fit.append(row)
    return SortedOut(fit, left)


@transaction.atomic
def do(
    deed: Deed,
    rows: AssignmentQuerySet,
    *,
    by: Actor,
    seen: int | None = None,
    finish: Callable[[Together], None] | None = None,
) -> Together:
    """Do it to every row it fits, in one change set; ``finish`` is called within the same transaction."""
    found = sort_out(deed, ready(rows).select_for_update(of=("self",)), by, seen)
    record = None
    if found.fit:
        with change_set(deed.verb, by=by, note=deed.reason) as changes:
            deed.write(changes, found.fit, by)
        record = changes.record
    done = Together(record, len(found.fit), found.left)
    if finish:
        finish(done)
    return done


def latest() -> int:
    """The latest change set: what a preview shows is as of then."""
    return ChangeSet.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def latest_shown() -> str:
    """The latest change set as a page carries it, so that nobody counts what is written elsewhere."""
    return concealing.conceal(concealing.LATEST, latest())


def latest_sent(text: str) -> int:
    """The latest change set when the person looked, as the page sent it back; the latest there is when it did not."""
    found = concealing.revealed(concealing.LATEST, text)
    return latest() if found is None else found
