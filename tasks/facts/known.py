"""What is known of an assignment already, and where it comes from: figures, milestones, and how they are said."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.actor import Actor
from tasks import stores
from tasks.models import Assignment, Milestone
from tasks.rules import typed_facts
from tasks.rules.percents import round_on
from tasks.rules.status import WORKING, Shape


@dataclass(frozen=True)
class Known:
    """A figure another app keeps: its value, the words of where it stands, and whether the task shows another."""

    value: Decimal
    source: str
    differs: bool


def figure_of(assignment: Assignment, actor: Actor) -> Known | None:
    """What the figure store says of a quantity today; None when the task keeps its own figure or nothing is known."""
    store = stores.of(assignment.task.figure)
    if store is None:
        return None
    values = store[0].values(store[1], [assignment.organisation_id], actor.on, assignment.task.unit)
    value = values.get(assignment.organisation_id)
    if value is None:
        return None
    return Known(value, source_of(assignment.task.figure, actor), value != assignment.value)


@dataclass(frozen=True)
class Counted:
    """Rounds another app counts: where they stand, in words, and the page on which one more is recorded."""

    source: str
    address: str


def counted_in(assignment: Assignment, actor: Actor) -> Counted | None:
    """Where the rounds of a recurring task are counted; None when they are typed with the task."""
    task, store = assignment.task, stores.of(assignment.task.figure)
    if store is None or task.shape != Shape.RECURRING:
        return None
    now = round_on(list(assignment.milestones.all()), actor.on)
    if now is None:
        return None
    address = store[0].address(store[1], assignment.organisation_id, now.period)
    return Counted(source_of(task.figure, actor), address)


def source_of(figure: str, actor: Actor) -> str:
    """Where a figure is kept, in words; "" when the task keeps its own."""
    if not figure:
        return ""
    return next((choice.label for choice in stores.choices(actor) if choice.key == figure), figure)


def with_unit(value: Decimal | None, unit: str) -> str:
    """A figure with its unit, such as 18.6 万元."""
    return f"{typed_facts.shown(value)} {unit}".strip()


def reached_in_words(stage: Milestone, reached: datetime.date | int | None) -> str:
    """A milestone or round as it was entered, such as 主体 2026-06-20."""
    if isinstance(reached, int):
        times = ngettext("%(count)s time", "%(count)s times", reached) % {"count": reached}
        return _("%(name)s: %(what)s") % {"name": stage.label, "what": times}
    if reached is None:
        return _("%(name)s: taken back") % {"name": stage.label}
    return _("%(name)s done %(day)s") % {"name": stage.label, "day": reached.isoformat()}


@dataclass(frozen=True)
class Standing:
    """Where an assignment stands by its facts: how many milestones of how many, or the figure and its target."""

    shape: str
    done: int = 0
    total: int = 0
    value: str = ""
    target: str = ""


def standing_of(assignment: Assignment, stages: list[Milestone]) -> Standing:
    """The facts of one assignment, for the head of its page."""
    task = assignment.task
    if task.shape == Shape.QUANTITY:
        value = with_unit(assignment.value, task.unit) if assignment.value is not None else ""
        target = with_unit(assignment.target, task.unit) if assignment.target else ""
        return Standing(task.shape, value=value, target=target)
    return Standing(task.shape, sum(stage.is_done for stage in stages), len(stages))


def asked_first(assignment: Assignment) -> str:
    """The one question to put first: the kind of work while unknown, the close-out once all is done, else progress."""
    if assignment.status not in WORKING:
        return ""
    if assignment.task.variants and not assignment.variant:
        return "variant"
    return "close" if assignment.percent == 100 else "report"
