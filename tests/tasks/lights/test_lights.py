"""Lights in SQL, by the rule and from first principles: the same for every shape, on any day."""

import datetime
import random

import pytest

from dates.workdays import NATIONAL
from demo.year.principles import Calendars, Limits, known_of, light
from tasks.lights import sql
from tasks.lights.stored import SHIPPED
from tasks.models import Assignment, Task
from tasks.rules.status import Light, Shape
from tests.cast import TODAY
from tests.county import build
from tests.tasks.lights.light_cases import ONE_DAY, vary

SPAN = Calendars(NATIONAL, datetime.date(2025, 1, 1), datetime.date(2028, 12, 31))


def compare_every_light(villages: int, tasks: int, seed: int, days: int) -> int:
    """Random rows of every shape on several days; how many cases were compared."""
    chance = random.Random(seed)
    county = build(TODAY, seed=seed, townships=5, villages=villages, tasks=tasks)
    vary(county, chance)
    cases, seen = 0, set[tuple[str, str]]()
    known = dict(known_of(Assignment.objects.all()))
    for ahead in [0, *(chance.randint(-120, 60) for _day in range(days - 1))]:
        day = TODAY + ONE_DAY * ahead
        rows = Assignment.objects.annotate(light=sql.light_on(day), pressing=sql.pressing_on(day))
        shown = {each: set[int]() for each in Light}
        for row in rows.select_related("task"):
            expected = light(known[row.pk], day, SPAN, Limits())
            assert row.light_on(day) == expected, (day, known[row.pk])
            assert (row.light, sql.PRESSING[row.pressing]) == (expected, expected), (day, known[row.pk])  # type: ignore[attr-defined]
            shown[Light(expected)].add(row.pk)
            seen.add((row.task.shape, expected))
            cases += 1
        for each, keys in shown.items():
            assert set(Assignment.objects.filter(sql.shows(each, day)).values_list("pk", flat=True)) == keys
    for shape in Shape:  # the cases say something about each
        assert {found for of, found in seen if of == shape} >= {Light.LATE, Light.FINE, Light.DONE, Light.NONE}, shape
        assert shape == Shape.STANDING or (shape.value, Light.LAG.value) in seen
    assert {found for _shape, found in seen} == set(Light.values)
    return cases


def test_a_thousand_lights_of_every_shape_are_those_of_first_principles(db: None) -> None:
    assert compare_every_light(villages=16, tasks=10, seed=3, days=6) >= 1000


@pytest.mark.parametrize(
    ("day", "due_on", "shown"),
    [
        (datetime.date(2026, 6, 23), datetime.date(2026, 6, 28), "soon"),  # a Sunday: three working days are left
        (datetime.date(2026, 6, 22), datetime.date(2026, 6, 28), "fine"),
        (datetime.date(2026, 6, 28), datetime.date(2026, 6, 28), "soon"),  # completed on the day is in time
        (datetime.date(2026, 6, 29), datetime.date(2026, 6, 28), "late"),
        (datetime.date(2026, 9, 30), datetime.date(2026, 10, 9), "soon"),  # 国庆: only 8, 9 October are left
        (datetime.date(2026, 2, 13), datetime.date(2026, 2, 25), "soon"),  # 春节: make-up Saturday 14, then 24, 25
        (datetime.date(2026, 2, 12), datetime.date(2026, 2, 25), "fine"),
    ],
)
def test_fixed_dates_stand_and_working_days_know_holidays(
    day: datetime.date, due_on: datetime.date, shown: str
) -> None:
    row = Assignment(status="received", given_on=day, due_on=due_on)
    row.task = Task(shape=Shape.SINGLE)
    row.put_days(SHIPPED)
    assert row.light_on(day) == shown
