"""Every figure of docs/figures.md equals independent SQL, and the rows behind it are as many as it says."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bulletins.board import Asked, Board
from dates import periods, workdays
from orgs.rules import Role
from tasks.board import figures, snapshots, sums
from tasks.board.figures import Selection
from tasks.lights import sql
from tasks.models import Assignment
from tasks.rules.curves import curve_of
from tasks.rules.status import Light, Status
from tests import BASE_DIR
from tests.cast import TODAY
from tests.county import County, build

NEAR_UNTIL = "2026-11-23"  # three working days after Wednesday 18 November 2026
WORKING = "a.status IN ('issued', 'received', 'in_progress', 'returned')"
LATE = f"({WORKING} AND a.due_on < '2026-11-18')"
CLOSED = "(a.status = 'closed' AND a.closed_on BETWEEN %(start)s AND %(end)s)"
SQL = {
    "all": "1 = 1",
    "overdue": LATE,
    "overdue_15": f"{LATE} AND a.due_on < '2026-11-03'",
    "near": f"{WORKING} AND a.due_on BETWEEN '2026-11-18' AND '{NEAR_UNTIL}'",
    "behind": f"{WORKING} AND a.due_on > '{NEAR_UNTIL}' AND a.behind_from <= '2026-11-18'",
    "due_7": f"{WORKING} AND a.due_on BETWEEN '2026-11-18' AND '2026-11-25'",
    "to_verify": "a.status = 'requested'",
    "open": "a.status NOT IN ('closed', 'withdrawn')",
    "done": "a.status = 'closed'",
    "closed": CLOSED,
    "closed_late": f"{CLOSED} AND a.requested_on > a.counted_due_on",
    "in_time": f"{CLOSED} AND a.requested_on <= a.counted_due_on",
    "judged": f"({CLOSED} OR {LATE})",
    "reported": "(a.status = 'closed' OR a.percent IS NOT NULL)",
    "unreported": "(a.status <> 'closed' AND a.percent IS NULL)",
}
TABLE = "a.status <> 'withdrawn' AND (a.status <> 'closed' OR a.closed_on >= %(start)s) AND t.issued_at < %(after)s"
FROM = """FROM tasks_assignment a JOIN tasks_task t ON t.id = a.task_id JOIN tasks_theme h ON h.id = t.theme_id
          JOIN orgs_organisation o ON o.id = a.organisation_id"""
PERIODS = ["2026-W47", "2026-11", "2026-10", "2026-Q4", "2026"]


@pytest.fixture
def county(db: None) -> County:
    found = build(TODAY, seed=7, townships=4, villages=34, tasks=9)
    withdraw_some()
    return found


def withdraw_some() -> None:
    """Every ninth open assignment is withdrawn, and counts nowhere."""
    keys = list(Assignment.objects.open().order_by("pk").values_list("pk", flat=True))[::9]
    Assignment.objects.filter(pk__in=keys).update(status=Status.WITHDRAWN, requested_on=None)


def ask(condition: str, period: periods.Period, what: str = "COUNT(*)", group: str = "") -> list[Any]:
    """Independent SQL: nothing of the querysets under test."""
    after = f"{period.end + datetime.timedelta(days=1)} 00:00:00+08:00"
    utc = datetime.datetime.fromisoformat(after).astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
    values = {
        "start": str(period.start),
        "end": str(period.end),
        "after": utc + ("+00" if connection.vendor == "postgresql" else ""),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} {FROM} WHERE {TABLE} AND {condition} {group}", values)
        return cursor.fetchall()


def chosen_by(county: County, key: str, role: str = Role.COUNTY_OFFICE) -> Selection:
    return Selection(county.actor(role), periods.parse(key))


@pytest.mark.parametrize("key", PERIODS)
def test_every_figure_equals_independent_sql_and_its_rows(county: County, key: str) -> None:
    chosen = chosen_by(county, key)
    board = Board(chosen.actor, Asked(chosen.period, None, None, "all"))
    for name, condition in SQL.items():
        expected = ask(condition, chosen.period)[0][0]
        assert board.sums[name] == expected, name
        assert figures.rows_of(chosen, name).count() == expected, name


def test_the_data_says_something_about_each_figure(county: County) -> None:
    for name, condition in SQL.items():
        assert ask(condition, periods.parse("2026-11"))[0][0] > 0, name


@pytest.mark.parametrize("key", PERIODS)
def test_each_cell_of_the_matrix_equals_independent_sql(county: County, key: str) -> None:
    chosen = chosen_by(county, key)
    found = sums.counted(chosen, by_organisation=False).cells
    unit = "COALESCE(o.township_id, o.id)"
    counted = "CASE WHEN a.status = 'closed' THEN 100 ELSE a.percent END"
    what = f"{unit}, h.id, COUNT(*), SUM(CASE WHEN {LATE} THEN 1 ELSE 0 END), AVG({counted}), COUNT({counted})"
    expected = {row[:2]: row[2:] for row in ask("1 = 1", chosen.period, what, f"GROUP BY {unit}, h.id")}
    assert set(found) == set(expected)
    for cell, (total, late, mean, reported) in expected.items():
        assert (found[cell].total, found[cell]["overdue"]) == (total, late)
        assert found[cell]["reported"] == reported
        assert found[cell].percent == (None if mean is None else int(mean))


def test_the_on_time_rate_is_the_share_closed_in_time_of_what_was_closed_or_is_overdue(county: County) -> None:
    chosen = chosen_by(county, "2026-11")
    board = Board(chosen.actor, Asked(chosen.period, None, None, "all"))
    in_time, judged = (ask(SQL[name], chosen.period)[0][0] for name in ("in_time", "judged"))
    assert board.sums.on_time == round(100 * in_time / judged, 1)


def test_the_cards_below_the_figures_are_counted_too(county: County) -> None:
    chosen = chosen_by(county, "2026-11")
    board = Board(chosen.actor, Asked(chosen.period, None, None, "all"))
    spread = ask(SQL["due_7"], chosen.period, "COUNT(DISTINCT COALESCE(o.township_id, o.id))")[0][0]
    oldest = ask(SQL["to_verify"], chosen.period, "MIN(a.requested_on)")[0][0]
    assert board.townships_due == spread
    assert str(board.sums.oldest_request) == str(oldest)


def test_the_countdown_counts_each_task(county: County) -> None:
    chosen = chosen_by(county, "2026-11")
    done = "SUM(CASE WHEN a.status = 'closed' THEN 1 ELSE 0 END)"
    what = f"t.id, COUNT(*), {done}, MIN(CASE WHEN a.status <> 'closed' THEN a.due_on END)"
    rows = [row for row in ask("1 = 1", chosen.period, what, "GROUP BY t.id") if row[3]]
    expected = sorted(rows, key=lambda row: (str(row[3]), row[0]))[:6]
    nearest = sums.countdown(sums.counted(chosen, by_organisation=False).tasks.values(), 6)
    found = [(task.key, task.sums.total, task.sums["done"], str(task.sums.due_on)) for task in nearest]
    assert found == [(key, total, done, str(due)) for key, total, done, due in expected]


def test_the_trend_adds_up_week_by_week(county: County) -> None:
    chosen = chosen_by(county, "2026")
    weeks = [periods.week(TODAY - datetime.timedelta(days=7 * back)) for back in range(11, -1, -1)]
    tasks = sums.counted(chosen, by_organisation=False).tasks.values()
    for week, issued, closed in sums.trend(chosen, tasks, weeks):
        after = datetime.datetime.combine(week.end + datetime.timedelta(days=1), datetime.time())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM tasks_assignment WHERE status = 'closed' AND closed_on <= %s", [str(week.end)]
            )
            assert closed == cursor.fetchone()[0]
        rows = Assignment.objects.exclude(status="withdrawn").select_related("task")
        assert issued == sum(
            row.task.issued_at.replace(tzinfo=None) < after - datetime.timedelta(hours=8) for row in rows
        )


def test_blank_percents_are_left_out_and_never_count_as_zero(county: County) -> None:
    chosen = chosen_by(county, "2026-11")
    rows = list(chosen.rows())
    known = [
        100 if row.status == "closed" else row.percent
        for row in rows
        if row.status == "closed" or row.percent is not None
    ]
    whole = Board(chosen.actor, Asked(chosen.period, None, None, "all")).sums
    assert whole.percent == sum(known) // len(known)
    assert whole["unreported"] == len(rows) - len(known) > 0


def light_by_hand(row: Assignment) -> Light:
    """The light from the calendar and the curve on the day itself, without the stored days."""
    if row.status in {Status.CLOSED, Status.WITHDRAWN}:
        return Light.DONE if row.status == Status.CLOSED else Light.NONE
    at = row.requested_on if row.status == Status.REQUESTED else TODAY
    assert at is not None
    if row.due_on < at:
        return Light.SOON if row.status == Status.REQUESTED else Light.LATE
    if row.due_on < workdays.add_workdays(at, 4):  # at most three working days are left, rest days after them too
        return Light.SOON
    curve = curve_of(row.task.shape, row.given_on, row.due_on)
    behind = curve is not None and curve.expected(at) - (row.percent or 0) >= 10
    return Light.LAG if behind else Light.FINE


def compare_lights(villages: int, tasks: int, seed: int) -> None:
    """Every light SQL gives is the one the pure rule gives, on that many random assignments."""
    build(TODAY, seed=seed, townships=6, villages=villages, tasks=tasks)
    withdraw_some()
    lit = Assignment.objects.annotate(light=sql.light_on(TODAY), pressing=sql.pressing_on(TODAY))
    rows = list(lit.select_related("task"))
    assert len(rows) >= villages * tasks
    for row in rows:
        expected = light_by_hand(row)
        assert row.light_on(TODAY) == expected
        assert (row.light, sql.PRESSING[row.pressing]) == (expected, expected)  # type: ignore[attr-defined]
    for light in Light:
        shown = set(Assignment.objects.filter(sql.shows(light, TODAY)).values_list("pk", flat=True))
        assert shown == {row.pk for row in rows if row.light == light}  # type: ignore[attr-defined]
    assert set(Assignment.objects.overdue_on(TODAY)) == {row for row in rows if row.light == "late"}  # type: ignore[attr-defined]


@pytest.mark.slow
def test_lights_in_sql_are_those_of_the_rules_on_two_thousand_cases(db: None) -> None:
    compare_lights(villages=194, tasks=10, seed=11)


def test_the_document_names_every_figure_its_queryset_and_its_test() -> None:
    text = (BASE_DIR / "docs" / "figures.md").read_text()
    named = set(re.findall(r"^\| `(\w+)` \|", text, re.M))
    assert set(figures.FIGURES) <= named
    for test in re.findall(r"test_\w+", text):
        assert test in globals() or test in {path.stem for path in _modules()} or f"def {test}" in _all_tests(), test


def _modules() -> list[Path]:
    return sorted((BASE_DIR / "tests").rglob("test_*.py"))


def _all_tests() -> str:
    return "".join(path.read_text() for path in _modules())


def test_the_figures_compare_with_the_last_snapshot_before_the_period(county: County) -> None:
    actor = county.actor(Role.COUNTY_OFFICE)
    stand, rate = snapshots.on_time_before(periods.parse("2026-11"), actor)
    assert (stand, rate) == (None, None)


@pytest.mark.parametrize(
    ("counts", "light"),
    [
        ({"overdue": 1, "near": 3, "done": 1}, "late"),
        ({"near": 1, "done": 4}, "soon"),
        ({"done": 4}, "fine"),
        ({"done": 5}, "done"),
    ],
)
def test_the_light_of_a_cell_is_its_most_pressing(counts: dict[str, int], light: str) -> None:
    numbers = {"open": 5 - counts["done"], **counts}
    assert sums.Sums([numbers.get(name, 0) for name in sums.COUNTED]).light == light
    assert sums.Sums().light == "none"
