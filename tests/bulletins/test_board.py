"""The home board: its rows, links, scope and workbook. Its figures are held to SQL in
``tests/tasks/board/test_figures.py``."""

import datetime
import io
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bulletins.cards import compared
from orgs.models import Post, User
from orgs.rules import Role
from tasks.board import snapshots
from tasks.models import Assignment
from tests.cast import TODAY
from tests.county import County, build


@pytest.fixture
def county(db: None) -> County:
    return build(TODAY, seed=5, townships=12, villages=60, tasks=8)


def signed_in(county: County, role: str = Role.COUNTY_OFFICE) -> Client:
    client = Client()
    client.force_login(county.posts[role].user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows_behind(client: Client, url: str) -> int:
    return client.get(url).context["page"].paginator.count


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICE, Role.COUNTY_LEADER, Role.TOWNSHIP_LEADER, Role.LEAD_DEPARTMENT])
def test_every_figure_leads_to_as_many_rows_as_it_says(county: County, role: str) -> None:
    client = signed_in(county, role)
    shown = client.get(reverse("board"), {"size": 25})
    for card in shown.context["cards"][1:]:
        assert rows_behind(client, card.url) == int(card.value), card.label
    rows = shown.context["page"].object_list
    assert rows
    for row in rows:
        assert rows_behind(client, row.url) == row.sums.total
    for cell in [cell for cell in rows[0].cells if cell.sums.total]:
        assert rows_behind(client, cell.url) == cell.sums.total
    for item in shown.context["board"].countdown:
        assert rows_behind(client, item.url) == item.task.sums.total


def test_rows_with_most_overdue_stand_first_and_are_paged(county: County) -> None:
    page = signed_in(county).get(reverse("board")).context["page"]
    overdue = [row.sums["overdue"] for row in page.paginator.object_list]
    assert overdue == sorted(overdue, reverse=True)
    assert len(page) == 10
    assert page.paginator.count == 12 + 2 + 2, "townships, working committees, departments"


@pytest.mark.parametrize(("kind", "count"), [("townships", 12), ("committees", 2), ("departments", 2), ("x", 16)])
def test_rows_can_be_of_one_kind(county: County, kind: str, count: int) -> None:
    response = signed_in(county).get(reverse("board"), {"rows": kind})
    assert response.context["page"].paginator.count == count


def test_the_matrix_adds_up_to_the_cards(county: County) -> None:
    board = signed_in(county).get(reverse("board")).context["board"]
    for name in ("overdue", "due_7", "to_verify", "closed"):
        assert sum(row.sums[name] for row in board.rows) == board.sums[name]


def test_a_township_sees_its_villages_and_nothing_foreign(county: County) -> None:
    response = signed_in(county, Role.TOWNSHIP_ORGANISER).get(reverse("board"), {"size": 25})
    own = county.townships[0]
    units = [row.organisation for row in response.context["board"].rows]
    assert units
    assert all(unit.township_id == own.pk for unit in units)
    assert response.context["board"].sums.total <= Assignment.objects.filter(organisation__township=own).count()
    text = response.content.decode()
    for foreign in [*county.townships[1:], *county.committees]:
        assert foreign.name not in text


def test_a_township_exports_its_own_matrix_only(county: County) -> None:
    content = signed_in(county, Role.TOWNSHIP_ORGANISER).get(reverse("board_export")).content
    names = [
        row[0]
        for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=4, values_only=True)
    ]
    own = {village.name for village in county.villages if village.township_id == county.townships[0].pk}
    assert set(names) == own


def test_the_workbook_has_every_row_of_the_matrix(county: County) -> None:
    response = signed_in(county).get(reverse("board_export"), {"period": "2026"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet.max_row == 3 + 16
    assert "2026-11-18.xlsx" in response["Content-Disposition"]


def test_a_city_viewer_sees_the_townships_of_its_counties(db: None) -> None:
    from tests.cast import gather

    cast = gather()
    client = Client()
    client.force_login(cast.people["city"], backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse("board"), {"size": 25})
    labels = [row.label for row in response.context["page"]]
    assert "青禾县 河口镇" in labels


def test_links_keep_the_period_and_the_filters(county: County) -> None:
    theme = county.themes[0].pk
    response = signed_in(county).get(reverse("board"), {"period": "2026-Q4", "theme": theme})
    query = parse_qs(urlsplit(response.context["cards"][1].url).query)
    assert query == {"period": ["2026-Q4"], "theme": [str(theme)], "figure": ["overdue"]}
    assert [t.pk for t in response.context["board"].themes] == [theme]


def test_a_period_that_makes_no_sense_is_this_month(county: County) -> None:
    board = signed_in(county).get(reverse("board"), {"period": "x", "theme": "y"}).context["board"]
    assert board.asked.period.key == "2026-11"


def test_the_comparison_is_said_in_words() -> None:
    stand = snapshots.Stand(datetime.date(2026, 10, 31), 8, 6, 2, 0)
    assert "3.1" in compared(86.4, stand, 83.3)
    assert "3.1" in compared(80.2, stand, 83.3)
    assert compared(86.4, stand, 83.3) != compared(80.2, stand, 83.3)
    assert compared(86.4, None, None) == compared(None, stand, 83.3)


def test_an_empty_board_teaches(db: None) -> None:
    from tests.cast import gather

    cast = gather()
    client = Client()
    client.force_login(cast.people["office"], backend="django.contrib.auth.backends.ModelBackend")
    assert 'class="empty' in client.get(reverse("board")).content.decode()
    assert User.objects.count() == Post.objects.count()
