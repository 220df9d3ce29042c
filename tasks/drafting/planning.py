"""Milestones planned backwards from the end (时间倒逼), the sets shipped to begin with, and what a plan must hold."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import yaml
from django.conf import settings
from django.utils.translation import gettext as _

from dates.workdays import Calendar, shifted

MOST_BEFORE = 3660  # days


@dataclass(frozen=True)
class Planned:
    """One milestone of a plan; ``before`` is how many days before the end it is due, when that is said."""

    name: str
    variant: str = ""
    code: str = ""
    weight: int = 1
    owner: str = ""
    deliverable: str = ""
    due_on: datetime.date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Pattern:
    """A set of milestones shipped to begin with."""

    key: str
    name: str
    steps: tuple[Planned, ...]


def days_before(end: datetime.date, count: int, calendar: Calendar | None = None) -> datetime.date:
    """The day so many days before the end: calendar days, or working days when a calendar is given.

    Counted in working days, the day found is one itself, also when nothing is to be counted.
    """
    if calendar is None:
        return shifted(end, -count)
    return calendar.before(calendar.on_or_before(end), count)


def backwards(plan: Iterable[Planned], end: datetime.date, calendar: Calendar | None = None) -> list[Planned]:
    """The plan with the dates that follow from the end; a milestone that says no distance keeps its date."""
    return [
        step if step.before is None else replace(step, due_on=days_before(end, step.before, calendar)) for step in plan
    ]


def outside(plan: Iterable[Planned], starts_on: datetime.date | None, end: datetime.date | None) -> dict[int, str]:
    """What is wrong with dates that do not lie inside the task's, by place in the plan."""
    found = {}
    for place, step in enumerate(plan):
        if step.due_on is None:
            continue
        words = {"name": step.name, "day": step.due_on.isoformat()}
        if end and step.due_on > end:
            found[place] = _("“%(name)s” is due on %(day)s, after the task ends.") % words
        elif starts_on and step.due_on < starts_on:
            found[place] = _("“%(name)s” is due on %(day)s, before the task starts.") % words
    return found


def patterns() -> Sequence[Pattern]:
    """The sets of ``fixtures/tasks/milestones.yaml``."""
    return _patterns()


@cache
def _patterns() -> tuple[Pattern, ...]:
    text = (settings.BASE_DIR / "fixtures" / "tasks" / "milestones.yaml").read_text(encoding="utf-8")
    return tuple(
        Pattern(
            one["key"],
            one["name"],
            tuple(Planned(variant=kind["name"], **step) for kind in one["variants"] for step in kind["steps"]),
        )
        for one in yaml.safe_load(text)
    )
