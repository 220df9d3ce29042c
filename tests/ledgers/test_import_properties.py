"""What holds for any import: taking it back restores every column, an export imported changes nothing."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers import exports
from ledgers.actions import entries
from ledgers.actions import imports as actions
from ledgers.imports.sender import Sender
from ledgers.kinds import as_shipped
from ledgers.models import Entry
from ledgers.rules.values import exact
from sheets import writing
from sheets.refusals import UnreadableError
from tests.cast import Cast
from tests.ledgers.workbooks import book, economy

pytestmark = pytest.mark.django_db
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
PLACES = ("石岭村", "河口镇柳湾村委会", "河口社区", "上坊村", "杨家庄", "", "柳湾")
AMOUNTS = st.one_of(
    st.integers(0, 10**6),
    st.floats(0, 10**6, allow_nan=False).map(lambda number: round(number, 4)),
    st.sampled_from(["1.2万", "约3", "待核实", "—", "", "12000元", "５０", "#REF!", "=1+1", "-3", "三万"]),
)
ROW = st.tuples(st.sampled_from(PLACES), AMOUNTS, AMOUNTS, AMOUNTS, st.sampled_from(["油茶", "@x", ""]))
ROWS = st.lists(ROW, min_size=1, max_size=12)
MODES = st.lists(st.sampled_from(["承包", "租赁", "股份合作"]), min_size=1, unique=True).map(sorted)


def stored() -> list[dict[str, Any]]:
    return list(Entry.objects.order_by("pk").values())


@pytest.mark.slow
@QUICK
@given(before=ROWS, after=ROWS)
def test_undo_restores_every_row_in_every_column(cast: Cast, before: Any, after: Any) -> None:
    sender = Sender.of(cast.actor("hekou"))
    with transaction.atomic():
        actions.commit(actions.receive(economy(*before), "一.xlsx", sender, "collective_economy"), sender)
        stood = stored()
        batch = actions.receive(economy(*after), "二.xlsx", sender, "collective_economy")
        done = actions.commit(batch, sender)
        assert (stored() != stood) == bool(done.created or done.updated)
        if done.record:
            assert actions.undo_import(batch, sender).kept == []
        assert stored() == stood
        transaction.set_rollback(True)


@QUICK
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {"total_income": st.integers(0, 10**7).map(str)},
            optional={
                "industry": st.sampled_from(["油茶", "=1+1", "@x", "-3", "无公害 蔬菜"]),
                "operation_mode": MODES,
                "households": st.integers(0, 5000),
                "liabilities": st.integers(0, 10**9).map(lambda cents: exact(Decimal(cents) / 100)),
            },
        ),
        min_size=1,
        max_size=3,
    )
)
def test_an_export_imported_again_changes_nothing(cast: Cast, rows: list[dict[str, Any]]) -> None:
    kind, office = as_shipped("collective_economy"), cast.actor("office")
    with transaction.atomic():
        for place, values in zip(("shiling", "liuwan", "shangfang"), rows, strict=False):
            entries.save_entry(kind, cast.places[place], "2026", values, by=office)
        stood = stored()
        listed = Entry.objects.of(kind.key).select_related("organisation__township").in_order()
        content = writing.workbook([exports.page(kind, listed, ["青禾县"], is_open=True)])
        batch = actions.receive(content, "导出.xlsx", Sender.of(office), kind.key)
        assert batch.counts["same"] == len(stood), batch.counts
        actions.commit(batch, Sender.of(office))
        assert stored() == stood
        transaction.set_rollback(True)


NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
CELLS = st.one_of(st.text(max_size=12), NUMBERS, st.none(), st.dates())


def printable(cell: Any) -> Any:
    return "".join(sign for sign in cell if sign.isprintable()) if isinstance(cell, str) else cell


@QUICK
@given(lines=st.lists(st.lists(CELLS, max_size=8), max_size=10), headed=st.booleans())
def test_whatever_is_sent_is_read_or_refused_in_a_sentence(cast: Cast, lines: Any, headed: bool) -> None:
    sender = Sender.of(cast.actor("hekou"))
    clean = [[printable(cell) for cell in line] for line in lines]
    head = [["村名", "总收入（万元）", "负债", "备注"]] if headed else []
    with transaction.atomic():
        try:
            batch = actions.receive(book([*head, *clean]), "任意.xlsx", sender, "collective_economy")
        except UnreadableError as reason:
            refused = str(reason)
        else:
            refused = "no"
            actions.commit(batch, sender)
        assert refused
        transaction.set_rollback(True)
