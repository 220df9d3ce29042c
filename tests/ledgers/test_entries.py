"""Entries: saving one and many, the scope, sealing, what a county makes its own."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from ledgers import kinds, sealing
from ledgers.actions import entries
from ledgers.actions.entries import Draft, Refused
from ledgers.models import Entry, KindField, LedgerKind
from ledgers.models.entry import is_yes
from ledgers.rules.kinds import KindRule
from orgs.models import Field, Relation
from orgs.rules import RelationKind
from records.changes import Conflict, change_set
from records.models import Change
from records.undo import undo
from tests.cast import TODAY, Cast, gather

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def kind_of(key: str) -> KindRule:
    return kinds.Ledgers().at("")[key]


def economy(cast: Cast, place: str, who: str = "hekou", expected: int | None = None, **values: object) -> Entry:
    return entries.save_entry(
        kind_of("collective_economy"), cast.places[place], "2026", values, by=cast.actor(who), expected=expected
    )


def test_a_row_is_saved_once_and_then_updated(cast: Cast) -> None:
    row = economy(cast, "shiling", total_income="180000", industry="油茶")
    again = economy(cast, "shiling", total_income="190000")
    assert again.pk == row.pk
    assert again.values == {"total_income": "190000", "industry": "油茶"}
    assert Change.objects.filter(kind="ledgers.entry", object_id=row.pk).count() == 2


def test_a_stale_save_is_noticed(cast: Cast) -> None:
    row = economy(cast, "shiling", total_income="180000")
    economy(cast, "shiling", "office", total_income="190000")
    with pytest.raises(Conflict):
        economy(cast, "shiling", expected=row.version, total_income="170000")
    with pytest.raises(Conflict):
        economy(cast, "shiling", expected=0, total_income="170000")


def test_what_cannot_be_is_refused_and_nothing_is_written(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        economy(cast, "shiling", total_income="很多")
    assert refused.value.faults[0].fields == ("total_income",)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("who", ["jinling", "leader", "inspector", "finance", "city"])
def test_only_who_looks_after_the_village_writes(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        economy(cast, "shiling", who, total_income="1")


def test_the_scope_of_entries_is_that_of_their_organisation(cast: Cast) -> None:
    economy(cast, "shiling", total_income="1")
    seen = {who: Entry.objects.visible_to(cast.actor(who)).count() for who in ("hekou", "jinling", "office", "shiling")}
    assert seen == {"hekou": 1, "jinling": 0, "office": 1, "shiling": 1}


def test_many_rows_create_update_and_leave_alone(cast: Cast) -> None:
    kind = kind_of("collective_economy")
    economy(cast, "shiling", total_income="1")
    economy(cast, "liuwan", total_income="2")
    drafts = [
        Draft(cast.places["shiling"].pk, "2026", {"total_income": "1"}),
        Draft(cast.places["liuwan"].pk, "2026", {"total_income": "3"}, marks={"total_income": ["about"]}),
        Draft(cast.places["hekou_community"].pk, "2026", {"total_income": "4"}),
    ]
    actor = cast.actor("hekou")
    with change_set("ledgers.import", by=actor) as changes:
        saved = entries.save_many(changes, kind, drafts, at=actor.now, source_name="河口.xlsx")
    assert [done for _row, done in saved.rows] == ["unchanged", "updated", "created"]
    assert saved.count("created") == 1
    assert Change.objects.filter(change_set=changes.record).count() == 2
    undone = undo(changes.record, by=actor)
    assert (undone.restored, undone.kept) == (2, [])
    found = {row.organisation_id: (row.values, row.marks) for row in Entry.objects.all()}
    assert found == {
        cast.places["shiling"].pk: ({"total_income": "1"}, {}),
        cast.places["liuwan"].pk: ({"total_income": "2"}, {}),
    }


def test_the_same_rows_again_ask_one_query_and_write_nothing(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kind = kind_of("new_orgs")
    actor = cast.actor("hekou")
    drafts = [Draft(cast.places["hekou"].pk, "", {"org_name": f"企业{n}", "org_type": "非公企业"}) for n in range(300)]
    with change_set("ledgers.import", by=actor) as changes:
        entries.save_many(changes, kind, drafts, at=actor.now)
    with change_set("ledgers.import", by=actor) as changes, django_assert_num_queries(1):
        assert entries.save_many(changes, kind, drafts, at=actor.now).count("unchanged") == 300


def test_a_field_named_with_nothing_is_emptied_and_one_not_named_stays(cast: Cast) -> None:
    economy(cast, "shiling", total_income="1", industry="油茶", households=30)
    row = economy(cast, "shiling", industry=None, households=31)
    assert row.values == {"total_income": "1", "households": 31}


MEMBER = {"member_name": "李流动", "member_birth": "1980-05", "move_direction": "流出", "member_phone": "13900001234"}


def save_member(cast: Cast, who: str = "hekou", **values: object) -> Entry:
    return entries.save_entry(
        kind_of("mobile_members"), cast.places["shiling"], "", {**MEMBER, **values}, by=cast.actor(who)
    )


def test_personal_data_is_sealed_wherever_it_is_kept(cast: Cast) -> None:
    row = save_member(cast)
    kept = str(Entry.objects.values("values", "key").get()) + str(
        Change.objects.values("before", "after").get(object_id=row.pk, kind="ledgers.entry")
    )
    for secret in ("李流动", "13900001234", "1980-05"):
        assert secret not in kept
    assert sealing.open_all(row.values) == MEMBER


def test_a_sealed_row_is_found_again_and_left_alone_when_equal(cast: Cast) -> None:
    row = save_member(cast)
    token = row.values["member_name"]
    again = save_member(cast, work_unit="鞋厂")
    assert again.pk == row.pk
    assert again.values["member_name"] == token
    assert again.values["work_unit"] == "鞋厂"


def test_an_older_key_still_opens_and_a_lost_one_shows_nothing(cast: Cast) -> None:
    from django.conf import settings

    row = save_member(cast)
    with override_settings(SECRET_KEY="another-key", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert sealing.open_all(row.values) == MEMBER
    with override_settings(SECRET_KEY="another-key", SECRET_KEY_FALLBACKS=[]):
        assert sealing.open_all(row.values)["member_name"] is None


def test_a_restricted_ledger_is_closed_to_roles_it_does_not_name(cast: Cast) -> None:
    save_member(cast)
    seen = {
        who: Entry.objects.visible_to(cast.actor(who)).count()
        for who in ("hekou", "office", "leader", "inspector", "city")
    }
    assert seen == {"hekou": 1, "office": 1, "leader": 0, "inspector": 0, "city": 0}


def test_a_host_branch_sees_and_adds_to_its_mobile_members(cast: Cast) -> None:
    save_member(cast)
    assert not Entry.objects.visible_to(cast.actor("liangxin")).exists()
    Relation.objects.create(
        organisation=cast.places["liangxin"], member=cast.places["shiling"], kind=RelationKind.HOST_BRANCH, since=TODAY
    )
    assert Entry.objects.visible_to(cast.actor("liangxin")).count() == 1
    assert save_member(cast, "liangxin", last_contact="2026-11-10").values["last_contact"] == "2026-11-10"


def test_a_county_makes_a_shipped_ledger_its_own_and_the_rest_stays_shipped(cast: Cast) -> None:
    county = cast.places["county"]
    Field.objects.create(organisation=county, key="industry", type="text", label_zh="支柱产业", shipped_hash="x")
    KindField.objects.create(
        organisation=county, ledger="collective_economy", field="remark", active=False, shipped_hash="x"
    )
    KindField.objects.create(organisation=county, ledger="collective_economy", field="members", position=1)
    ledgers = kinds.Ledgers()
    here = ledgers.at(cast.places["shiling"].path)["collective_economy"]
    assert here.columns[0].key == "members"
    assert "remark" not in here.by_key
    assert here.by_key["industry"].label == "支柱产业"
    elsewhere = ledgers.at(cast.places["city"].path)["collective_economy"]
    assert "remark" in elsewhere.by_key
    assert elsewhere.by_key["industry"].field.zh == "主导产业"


def test_a_ledger_of_the_countys_own_needs_no_code(cast: Cast) -> None:
    county = cast.places["county"]
    LedgerKind.objects.create(organisation=county, key="own1", label_zh="人居环境", period="month")
    KindField.objects.create(organisation=county, ledger="own1", field="score", position=1, required=True)
    kind = kinds.Ledgers().at(cast.places["hekou"].path)["own1"]
    assert kind.own
    assert [column.key for column in kind.columns] == ["score"]
    assert "own1" not in kinds.Ledgers().at(cast.places["city"].path)
    row = entries.save_entry(kind, cast.places["shiling"], "2026-11", {"score": "95"}, by=cast.actor("hekou"))
    assert Entry.objects.of("own1").with_number(score="score").get(score__gt=90).pk == row.pk


def test_figures_and_flags_are_compared_in_sql(cast: Cast) -> None:
    kind = kind_of("new_orgs")
    for name, members, has in (("甲", 3, True), ("乙", 12, False), ("丙", None, None)):
        values = {"org_name": name, "org_type": "非公企业", "members": members, "has_party_org": has}
        entries.save_entry(kind, cast.places["hekou"], "", values, by=cast.actor("hekou"))
    rows = Entry.objects.of("new_orgs").with_number(members="members")
    assert {row.values["org_name"] for row in rows.filter(members__gte=3)} == {"甲", "乙"}
    assert rows.filter(is_yes("has_party_org")).get().values["org_name"] == "甲"


def test_the_newest_period_of_each_organisation(cast: Cast) -> None:
    kind = kind_of("collective_economy")
    for place, period in (("shiling", "2025"), ("shiling", "2026"), ("liuwan", "2025")):
        entries.save_entry(kind, cast.places[place], period, {"total_income": "1"}, by=cast.actor("hekou"))
    assert {(row.organisation_id, row.period) for row in Entry.objects.of("collective_economy").newest()} == {
        (cast.places["shiling"].pk, "2026"),
        (cast.places["liuwan"].pk, "2025"),
    }


def test_a_deleted_row_comes_back_by_undo(cast: Cast) -> None:
    row = economy(cast, "shiling", total_income="1")
    record = entries.delete(row, kind_of("collective_economy"), by=cast.actor("hekou"))
    assert not Entry.objects.exists()
    undo(record, by=cast.actor("hekou"))
    assert Entry.objects.get().values == {"total_income": "1"}
