"""Totals in a sheet checked against its rows."""

from decimal import Decimal

import pytest

from sheets.sums import Difference, differences
from tests.sheets.books import extract, xlsx

HEADING = ["乡镇", "村名", "总收入（万元）", "总户数"]


def found(rows: list[list[object]]) -> list[Difference]:
    return differences(extract(xlsx([HEADING, *rows])).tables[0])


def test_right_totals_say_nothing() -> None:
    assert (
        found(
            [
                [None, "合计", 6, 60],
                ["松林镇", "梅花村", 1, 10],
                ["松林镇", "清江村", 2, 20],
                [None, "小计", 3, 30],
                HEADING,
                ["河口镇", "三和村", 3, 30],
                [None, "河口镇小计", 3, 30],
            ]
        )
        == []
    )


def test_a_wrong_subtotal_and_a_wrong_total_are_told_with_their_cells() -> None:
    wrong = found(
        [["松林镇", "梅花村", 1, 10], ["松林镇", "清江村", 2, 20], [None, "小计", 3, 31], [None, "合计", 4, 30]]
    )
    assert wrong == [
        Difference(4, "households", "D4", Decimal(31), Decimal(30)),
        Difference(5, "total_income", "C5", Decimal(40_000), Decimal(30_000)),
    ]


@pytest.mark.parametrize("bad", ["不详", "1-2"])
def test_rows_in_doubt_are_not_judged(bad: str) -> None:
    assert found([["松林镇", "梅花村", bad, 10], ["松林镇", "清江村", 2, 20], [None, "合计", 9, 30]]) == []
