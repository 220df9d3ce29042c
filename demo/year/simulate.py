"""The whole year: opened on the first working day, lived through, looked at every evening; nothing of it stays."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.core.files.storage import default_storage
from django.db import transaction

from dates import clock
from dates.workdays import NATIONAL
from demo import people, places, responsibility, state
from demo.county import County
from demo.places import Size
from demo.year import tasks
from demo.year.days import People
from demo.year.looking import Look
from demo.year.principles import DAY, Calendars, Limits
from orgs.settings import actions as settings
from records import files, work
from records.changes import change_set
from records.models import StoredFile, Work
from tasks.lights import stored
from tasks.models import Assignment, Task

SMALL = Size(townships=3, villages=4, units=1)
MORNING = datetime.time(9, 30)
LAST = (12, 31)  # month and day of the last evening


@dataclass(frozen=True)
class Lived:
    """A year lived through: what was done, what was refused, how many lights were compared, and what was wrong."""

    assignments: int
    done: dict[str, int]
    refused: dict[str, int]
    compared: int
    faults: list[str]


def live(year: int, *, small: bool, seed: int = 1, tell: Callable[[datetime.date], None] = lambda day: None) -> Lived:
    """Live through a year and take it all back. Raises ``state.NotTheDemo`` where other data would be in the way."""
    kept = set(StoredFile.objects.values_list("sha256", flat=True))
    with transaction.atomic():
        lived = _live(year, SMALL if small else Size(), Random(seed), tell)  # noqa: S311  no secret
        fresh = [files.path_of(file) for file in StoredFile.objects.exclude(sha256__in=kept)]
        transaction.set_rollback(True)
    for path in fresh:
        default_storage.delete(path)
    return lived


def _live(year: int, size: Size, chance: Random, tell: Callable[[datetime.date], None]) -> Lived:
    state.require_own()
    state.clear()
    first, last = NATIONAL.on_or_after(datetime.date(year, 1, 4)), datetime.date(year, *LAST)
    county = _county(first, last, size)
    acting = People(county, chance)
    look = Look(Calendars(NATIONAL, first - DAY * 400, last + DAY * 800))
    given: list[Task] = []
    with clock.standing_at(datetime.datetime.combine(first, MORNING)):
        planned = tasks.to_issue(county, first)
    for day in (first + DAY * ahead for ahead in range((last - first).days + 1)):
        with clock.standing_at(datetime.datetime.combine(day, MORNING)):
            given += [tasks.give_out(county, key, day, chance) for key in planned.get(day, ())]
            _change_numbers(acting, look, day)
            _work_off()
            if NATIONAL.works(day):
                acting.work(day, given)
            look.at(day, acting.office(day))
            if day.day == 1:
                look.stored(day)
                tell(day)
    return Lived(Assignment.objects.count(), dict(acting.done), dict(acting.refused), look.compared, look.faults)


def _county(first: datetime.date, last: datetime.date, size: Size) -> County:
    county = County(last)
    with change_set(state.VERB, by=None, note=last.isoformat(), at=clock.at_noon(first)) as changes:
        places.build(changes, county, size)
        people.build(changes, county, first)
        responsibility.build(changes, county)
    return county


def _work_off() -> None:
    """Do what was left to the background: no worker reads what is not committed."""
    for key in Work.objects.filter(state=Work.State.WAITING).order_by("pk").values_list("pk", flat=True):
        work.perform(key)


def _change_numbers(acting: People, look: Look, day: datetime.date) -> None:
    """In July the county looks further ahead and more strictly; in October the shipped numbers hold again."""
    office = acting.office(day)
    if (day.month, day.day) == (7, 1):
        settings.save(office.organisation, {stored.NEAR: 5, stored.LAG: 20}, {}, by=office)
        look.limits = Limits(near=5, lag=20)
    elif (day.month, day.day) == (10, 1):
        settings.save(office.organisation, {stored.NEAR: 3, stored.LAG: 10}, {}, by=office)
        look.limits = Limits()
