"""The list behind every figure and its workbook: same rows, same order, nothing foreign, the index used."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.rules import Role
from records.models import Event
from tasks.lists import listing
from tasks.models import Assignment
from tasks.rules.status import Light, Status
from tests.cast import TODAY
from tests.county import County, build

FILTERS = [
    {},
    {"figure": "overdue", "period": "2026-11"},
    {"figure": "closed", "period": "2026-10"},
    {"status": "returned"},
    {"light": "soon"},
    {"q": "村0003"},
    {"q": "任务01", "sort": "-due"},
    {"sort": "percent", "light": "late"},
]


@pytest.fixture
def county(db: None) -> County:
    return build(TODAY, seed=5, townships=3, villages=30, tasks=6)


def signed_in(county: County, role: str = Role.COUNTY_OFFICE) -> Client:
    client = Client()
    client.force_login(county.posts[role].user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def exported(client: Client, query: dict[str, object]) -> list[list[object]]:
    content = client.get(reverse("rows_export"), query).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_the_workbook_has_exactly_the_rows_of_the_list_in_its_order(county: County, query: dict[str, str]) -> None:
    client = signed_in(county)
    page = client.get(reverse("rows"), query).context["page"]
    heading, *lines = exported(client, query)
    assert len(lines) == page.paginator.count
    columns = [heading.index(name) for name in ("task", "organisation")] if "task" in heading else [1, 3]
    assert [[line[column] for column in columns] for line in lines[:50]] == [
        [row.task.title, row.organisation.name] for row in page
    ]


def test_an_export_is_in_the_event_log_and_its_name_is_said(county: County) -> None:
    response = signed_in(county).get(reverse("rows_export"), {"figure": "overdue"})
    assert "attachment" in response["Content-Disposition"]
    assert "2026-11-18.xlsx" in response["Content-Disposition"]
    assert Event.objects.filter(kind="rows_export").exists()


def test_text_stays_text_in_the_workbook(county: County) -> None:
    Assignment.objects.update(said="=1+1")
    _heading, line, *_rest = exported(signed_in(county), {})
    assert "=1+1" in line


@pytest.mark.parametrize("sort", [name for base in listing.SORTS for name in (base, f"-{base}")])
def test_each_sort_orders_all_rows_and_loses_none(county: County, sort: str) -> None:
    actor = county.actor(Role.COUNTY_OFFICE)
    rows = listing.rows(actor, listing.wanted({"sort": sort}))
    assert rows.count() == len(set(rows)) == Assignment.objects.count()


def test_the_most_pressing_stand_first(county: County) -> None:
    rows = listing.rows(county.actor(Role.COUNTY_OFFICE), listing.wanted({}))
    order = [Light.LATE, Light.SOON, Light.LAG, Light.FINE, Light.DONE]
    places = [order.index(row.light) for row in rows]  # type: ignore[attr-defined]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "query", [{"figure": "x"}, {"status": "x"}, {"light": "x"}, {"task": "x"}, {"period": "2026-99"}]
)
def test_a_filter_that_makes_no_sense_finds_nothing(county: County, query: dict[str, str]) -> None:
    client = signed_in(county)
    response = client.get(reverse("rows"), query)
    assert response.status_code == 200
    assert response.context["page"].paginator.count == 0
    assert len(exported(client, query)) == 1


@pytest.mark.parametrize("role", [Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER])
def test_a_township_sees_and_exports_its_own_rows_only(county: County, role: str) -> None:
    own, foreign = county.townships[0], county.townships[1]
    client = signed_in(county, role)
    mine = Assignment.objects.filter(organisation__township=own).count()
    assert client.get(reverse("rows")).context["page"].paginator.count == mine
    assert len(exported(client, {})) == mine + 1
    for query in ({"township": foreign.pk}, {"organisation": county.villages[1].pk}):
        assert client.get(reverse("rows"), query).context["page"].paginator.count == 0
        assert len(exported(client, query)) == 1
    page = client.get(reverse("rows")).content.decode()
    assert foreign.name not in page


def test_a_lead_department_sees_its_theme_everywhere_and_its_own_work(county: County) -> None:
    rows = listing.rows(county.actor(Role.LEAD_DEPARTMENT), listing.wanted({}))
    own = county.departments[-1]
    assert (
        rows.count()
        == Assignment.objects.count()
        - Assignment.objects.exclude(task__theme__lead=own).exclude(organisation=own).count()
    )


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("name", ["rows", "week", "board"])
@pytest.mark.parametrize("role", [Role.COUNTY_OFFICE, Role.TOWNSHIP_ORGANISER])
def test_query_counts_do_not_grow_with_rows(db: None, name: str, role: str) -> None:
    small = build(TODAY, seed=1, townships=2, villages=8, tasks=4, prefix="96")
    large = build(TODAY, seed=2, townships=8, villages=90, tasks=11, prefix="97")
    counted = [queries(signed_in(county, role), reverse(name)) for county in (small, large)]
    assert counted[0] == counted[1]
    assert counted[0] <= 25


def plan(sql: str, params: tuple[object, ...]) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", params)
            return "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return "\n".join(row[-1] for row in cursor.fetchall())


def test_the_scope_filter_uses_the_index(db: None) -> None:
    county = build(TODAY, seed=1, townships=12, villages=240, tasks=8)
    rows = Assignment.objects.visible_to(county.actor(Role.TOWNSHIP_ORGANISER)).order_by()
    found = plan(*rows.query.sql_with_params())
    range_condition = "path)::text >= " if connection.vendor == "postgresql" else "(path>? AND path<?)"
    assert range_condition in found, found
    assert "tasks_assig" in found, found
    assert "assignment_counted" in found, found
    assert "SCAN" not in found, found
    assert "Seq Scan" not in found, found


def test_the_page_says_when_nothing_fits(county: County) -> None:
    Assignment.objects.update(status=Status.ISSUED)
    response = signed_in(county).get(reverse("rows"), {"status": "returned"})
    assert response.context["page"].paginator.count == 0
    assert 'class="empty' in response.content.decode()
