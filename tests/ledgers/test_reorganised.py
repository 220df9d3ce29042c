"""Entries follow merged and moved organisations; none is lost and none counts twice."""

import random

import pytest

from ledgers import reorganising
from ledgers.actions import entries
from ledgers.boards import BY_KEY
from ledgers.boards.board import Chosen, Counts
from ledgers.kinds import as_shipped
from ledgers.models import Entry
from orgs.reorganise import actions as reorganise
from orgs.reorganise.cases import Reorganisation, Verb
from records.undo import undo
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
ALL = {("collective_economy", "2026"), ("collective_economy", "2025"), ("village_assets", "")}


def save(cast: Cast, ledger: str, place: str, period: str = "", **values: object) -> Entry:
    return entries.save_entry(as_shipped(ledger), cast.places[place], period, values, by=cast.actor("office"))


def merged(cast: Cast, *sources: str, target: str) -> Reorganisation:
    return Reorganisation(
        Verb.MERGE, tuple(cast.places[name] for name in sources), TODAY, target=cast.places[target], note="撤并"
    )


def at(cast: Cast, place: str) -> set[tuple[str, str]]:
    return set(Entry.objects.filter(organisation=cast.places[place]).values_list("ledger", "period"))


def test_a_merger_carries_rows_and_leaves_what_both_have(cast: Cast) -> None:
    save(cast, "collective_economy", "shiling", "2026", total_income="30000")
    save(cast, "collective_economy", "liuwan", "2026", total_income="40000")
    save(cast, "collective_economy", "liuwan", "2025", total_income="20000")
    save(cast, "village_assets", "liuwan", asset_name="旧村部")
    case = merged(cast, "liuwan", target="shiling")
    lines = " ".join(reorganising.preview(case))
    assert "2" in lines
    assert "村级集体经济" in lines
    record = reorganise.carry_out(case, by=cast.actor("office"))
    assert at(cast, "shiling") == {
        ("collective_economy", "2026"),
        ("collective_economy", "2025"),
        ("village_assets", ""),
    }
    assert at(cast, "liuwan") == {("collective_economy", "2026")}
    counts = Counts(BY_KEY["income"], Chosen(cast.actor("office"), 2026))
    assert counts.total("reported").count == 1  # that of the closed village is kept and no longer counted
    undo(record, by=cast.actor("office"))
    assert at(cast, "liuwan") == {
        ("collective_economy", "2026"),
        ("collective_economy", "2025"),
        ("village_assets", ""),
    }


def test_rows_on_a_unit_that_moves_to_another_township_follow_it(cast: Cast) -> None:
    row = save(cast, "new_orgs", "liangxin", org_name="宏达公司", org_type="非公企业")
    entries.link(row, as_shipped("new_orgs"), cast.places["hongda"], by=cast.actor("office"))
    case = Reorganisation(Verb.MOVE, (cast.places["hongda"],), TODAY, target=cast.places["jinling"], note="调整")
    assert reorganising.preview(case)
    reorganise.carry_out(case, by=cast.actor("office"))
    row.refresh_from_db()
    assert row.organisation == cast.places["jinling"]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_merged_nothing_is_lost_or_doubled(cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    for place in ("shiling", "liuwan", "hekou_community"):
        for period in ("2024", "2025", "2026"):
            if dice.random() < 0.5:
                save(cast, "collective_economy", place, period, total_income=str(dice.randrange(10**5)))
        for name in ("甲", "乙"):
            if dice.random() < 0.5:
                save(cast, "village_assets", place, asset_name=name, net_value=str(dice.randrange(10**5)))
    before = sorted(map(str, Entry.objects.values_list("ledger", "period", "key", "values")))
    reorganise.carry_out(merged(cast, "liuwan", "hekou_community", target="shiling"), by=cast.actor("office"))
    assert sorted(map(str, Entry.objects.values_list("ledger", "period", "key", "values"))) == before
