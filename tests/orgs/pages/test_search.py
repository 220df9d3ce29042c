"""Finding organisations in one box: what is found, in which order, and never what another township owns."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import Organisation, OrganisationName
from orgs.pages import search
from orgs.rules import Kind
from orgs.tree import placing
from records.changes import change_set
from tests.cast import TODAY, Cast


def found(cast: Cast, text: str, who: str = "office", **more: object) -> list[str]:
    """The names found by somebody, in order."""
    rows = Organisation.objects.visible_to(cast.actor(who))
    return [row.name for row in search.find(text, rows, on=TODAY, **more)]


def add_villages(cast: Cast, count: int, prefix: str = "V") -> None:
    """More villages of 河口镇."""
    rows = [
        Organisation(code=f"{prefix}{n:05}", name=f"新石{n}村", kind=Kind.VILLAGE, parent=cast.places["hekou"])
        for n in range(count)
    ]
    with change_set("test.villages", by=cast.actor("office")) as changes:
        placing.add(changes, rows)


@pytest.mark.parametrize(
    "text",
    [
        "石岭村",
        "石岭",
        "岭",
        "slc",
        "SL",
        "lc",
        "990121100200",
        "9901211002",
        "９９０１２１１００２００",
        "河口 石岭",
        "hk 石岭",
    ],
)
def test_it_is_found_by_every_kind_of_clue(cast: Cast, text: str) -> None:
    assert "石岭村" in found(cast, text)


def test_it_is_found_by_its_old_name_and_says_so(cast: Cast) -> None:
    OrganisationName.objects.create(
        organisation=cast.places["liuwan"], name="柳树湾大队", initials="lswdd", until=datetime.date(2019, 1, 1)
    )
    rows = Organisation.objects.visible_to(cast.actor("office"))
    for text in ("柳树湾", "lswdd"):
        row = search.find(text, rows, on=TODAY)[0]
        assert (row.name, row.found_names) == ("柳湾村", ["柳树湾大队"])


def test_exact_before_beginning_before_part_and_closed_ones_last(cast: Cast) -> None:
    parent = cast.places["hekou"]
    rows = [
        Organisation(code=f"R{n}", name=name, kind=Kind.VILLAGE, parent=parent, closed_on=closed)
        for n, (name, closed) in enumerate(
            [
                ("大石岭村", None),
                ("石岭村东", None),
                ("石岭村旧", datetime.date(2020, 1, 1)),
                ("石岭村", datetime.date(2021, 1, 1)),
            ]
        )
    ]
    with change_set("test.villages", by=cast.actor("office")) as changes:
        placing.add(changes, rows)
    assert found(cast, "石岭村") == ["石岭村", "石岭村东", "大石岭村", "石岭村", "石岭村旧"]


def test_nothing_of_another_township_is_suggested(cast: Cast) -> None:
    assert found(cast, "村", "hekou") == ["石岭村", "柳湾村"]
    assert found(cast, "上坊", "hekou") == []
    assert found(cast, "990121101200", "hekou") == []


def test_kinds_narrow_and_twenty_are_enough(cast: Cast) -> None:
    add_villages(cast, 30)
    assert len(found(cast, "村")) == search.LIMIT
    assert found(cast, "河口", kinds=[Kind.COMMUNITY]) == ["河口社区"]


def test_an_empty_box_finds_nothing(cast: Cast) -> None:
    assert found(cast, "  ") == []


def test_queries_do_not_grow_with_what_is_found(cast: Cast) -> None:
    counts = []
    for extra in (1, 40):
        add_villages(cast, extra, prefix=f"Q{extra}-")
        with CaptureQueriesContext(connection) as queries:
            found(cast, "石")
        counts.append(len(queries))
    assert counts == [3, 3]  # the scope's grants, the organisations, their other names


def test_one_is_meant_only_when_it_is_clear(cast: Cast) -> None:
    rows = Organisation.objects.visible_to(cast.actor("office"))
    assert search.one("990121100200", rows) == cast.places["shiling"]
    assert search.one("石岭村", rows) == cast.places["shiling"]
    assert search.one("石岭村 (990121100200)", rows) == cast.places["shiling"]
    with change_set("test.twin", by=cast.actor("office")) as changes:
        placing.add(changes, [Organisation(code="T1", name="石岭村", kind=Kind.VILLAGE, parent=cast.places["jinling"])])
    assert search.one("石岭村", rows) is None
    assert search.one("石岭", rows) is None
