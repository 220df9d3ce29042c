"""How assignments look in lists and on pages: light, why, countdown and dates, with a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orgs.actor import Actor
from tasks.lights import stored, words
from tasks.lights.words import Dates, Facts
from tasks.models import Assignment, Milestone
from tasks.rules.curves import Mark, curve_of
from tasks.rules.status import OPEN, Light, Shape, Status

STAGED = (Shape.MILESTONES, Shape.RECURRING)


@dataclass(frozen=True)
class Look:
    """What stands beside a light, in words; empty where there is nothing to say."""

    light: Light
    why: str
    left: str = ""
    moved: str = ""
    own_date: str = ""
    waiting: bool = False

    @property
    def word(self) -> str:
        """The light as a word."""
        return str(self.light.label)

    @property
    def tone(self) -> str:
        """The colour class of the countdown; the word says the same."""
        return {Light.LATE: "text-danger", Light.SOON: "text-warning"}.get(self.light, "text-secondary")


def put_on(rows: Iterable[Assignment], actor: Actor) -> list[Assignment]:
    """Give each row its ``look`` for the actor's day; tasks and organisations are to be selected with the rows."""
    found = list(rows)
    stages = _stages(found)
    everywhere = stored.Everywhere() if found else None
    for row in found:
        assert everywhere is not None  # there is a row
        numbers = everywhere.at(row.organisation.path)
        row.look = _look(row, stages.get(row.pk, []), actor, numbers)  # type: ignore[attr-defined]
    return found


def look(row: Assignment, actor: Actor) -> Look:
    """The look of one row."""
    return _look(row, list(row.milestones.all()), actor, stored.numbers_of(row.organisation))


def _stages(rows: Sequence[Assignment]) -> dict[int, list[Milestone]]:
    """The milestones of those that have any, in one query."""
    keys = [row.pk for row in rows if row.task.shape in STAGED]
    found: dict[int, list[Milestone]] = {}
    for stage in Milestone.objects.filter(assignment__in=keys) if keys else ():
        found.setdefault(stage.assignment_id, []).append(stage)
    return found


def _look(row: Assignment, stages: Sequence[Milestone], actor: Actor, numbers: stored.Numbers) -> Look:
    on = actor.on
    light = row.light_on(on)
    dates = Dates(row.due_on, row.original_due_on, row.counted_due_on, row.internal_due_on)
    runs = row.status in OPEN and row.status != Status.REQUESTED
    return Look(
        light,
        words.why(_facts(row, light, stages, actor, numbers), on),
        words.countdown(row.due_on, on, numbers.calendar) if runs else "",
        words.moved(dates, on),
        words.own_date(dates, on, numbers.calendar) if runs and knows_own_date(row, actor) else "",
        row.status == Status.REQUESTED,
    )


def knows_own_date(row: Assignment, actor: Actor) -> bool:
    """Whether the township's own date is the actor's business: those at and below the township."""
    above = row.organisation.township_id
    return actor.organisation_id in {above, row.organisation_id} or actor.organisation.township_id == above


def _facts(row: Assignment, light: Light, stages: Sequence[Milestone], actor: Actor, numbers: stored.Numbers) -> Facts:
    marks = [Mark(stage.due_on, stage.weight) for stage in stages]
    starts_on = row.task.starts_on or row.given_on
    open_stages = sorted(((s.due_on, s.label) for s in stages if not s.is_done), key=lambda pair: pair[0])
    at = row.requested_on if row.status == Status.REQUESTED and row.requested_on else actor.on
    missed = next(((name, day) for day, name in open_stages if day < at), None)
    ahead = next(((name, day) for day, name in open_stages if day >= at), None)
    return Facts(
        status=row.status,
        light=light,
        due_on=row.due_on,
        percent=row.percent,
        curve=curve_of(row.task.shape, starts_on, row.due_on, marks, short_days=numbers.short_days),
        requested_on=row.requested_on,
        closed_on=row.closed_on,
        missed=missed,
        ahead=ahead,
        withdrawal=row.withdrawal,
    )
