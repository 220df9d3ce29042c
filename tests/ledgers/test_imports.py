"""Imports: what is read, corrected, written, written again and taken back."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from ledgers.actions import entries
from ledgers.actions import imports as actions
from ledgers.imports import sources, staging
from ledgers.imports.judging import Judge
from ledgers.imports.outcome import undone_sentence
from ledgers.imports.sender import Sender
from ledgers.imports.staged import Problem, StagedRow, Standing
from ledgers.kinds import as_shipped
from ledgers.models import BatchState, Entry, ImportBatch, KnownHeading
from orgs.models import OrganisationName
from records.models import ChangeSet
from sheets.refusals import UnreadableError
from tests.cast import TODAY, Cast
from tests.ledgers.workbooks import book, economy

pytestmark = pytest.mark.django_db


def send(cast: Cast, content: bytes, who: str = "hekou", ledger: str = "", name: str = "台账.xlsx") -> ImportBatch:
    return actions.receive(content, name, Sender.of(cast.actor(who)), ledger)


def standings(batch: ImportBatch) -> list[tuple[str, str]]:
    return [(row.standing, row.problem) for row in staging.load(batch)]


def held(cast: Cast) -> dict[tuple[str, str], Any]:
    names = {place.pk: key for key, place in cast.places.items()}
    return {(names[row.organisation_id], row.period): row.values for row in Entry.objects.all()}


GOOD = economy(("石岭村", "18.6", 7.25, 120, "油茶", "租赁"), ("河口镇柳湾村委会", 7.25, None, None, "", "承包、租赁"))


def test_the_ledger_and_the_period_are_found_and_nothing_is_written_before(cast: Cast) -> None:
    batch = send(cast, GOOD)
    assert (batch.ledger, batch.period, batch.state) == ("collective_economy", "2026", BatchState.DRAFT)
    assert batch.counts["new"] == 2
    assert not Entry.objects.exists()
    assert not ChangeSet.objects.filter(verb=actions.VERB).exists()


def test_a_line_of_a_blank_that_nobody_filled_in_is_no_report(cast: Cast) -> None:
    batch = send(cast, economy(("石岭村", 3), ("柳湾村",)))
    assert standings(batch) == [(Standing.NEW, ""), (Standing.SAME, "")]
    actions.commit(batch, Sender.of(cast.actor("hekou")))
    assert list(held(cast)) == [("shiling", "2026")]


def test_rows_are_written_as_understood_with_their_source(cast: Cast) -> None:
    batch = send(cast, GOOD)
    done = actions.commit(batch, Sender.of(cast.actor("hekou")))
    assert (done.created, done.updated, done.waiting) == (2, 0, 0)
    assert held(cast) == {
        ("shiling", "2026"): {
            "total_income": "186000",
            "operating_income": "72500",
            "total_assets": "1200000",
            "industry": "油茶",
            "operation_mode": ["租赁"],
        },
        ("liuwan", "2026"): {"total_income": "72500", "operation_mode": ["承包", "租赁"]},
    }
    entry = Entry.objects.first()
    assert entry is not None
    assert (entry.source, entry.source_name) == ("import", "台账.xlsx")
    record = done.record
    assert record is not None
    assert record.user == cast.people["hekou"]
    batch.refresh_from_db()
    assert batch.state == BatchState.IMPORTED
    assert batch.counts["done"] == 2


def test_the_same_workbook_again_changes_nothing(cast: Cast) -> None:
    actions.commit(send(cast, GOOD), Sender.of(cast.actor("hekou")))
    before = list(Entry.objects.values())
    again = send(cast, GOOD)
    assert again.counts["same"] == 2
    done = actions.commit(again, Sender.of(cast.actor("hekou")))
    assert (done.created, done.updated, done.record) == (0, 0, None)
    assert list(Entry.objects.values()) == before


def test_a_changed_row_is_updated_and_a_blank_cell_keeps_what_stands(cast: Cast) -> None:
    actions.commit(send(cast, GOOD), Sender.of(cast.actor("hekou")))
    batch = send(cast, economy(("石岭村", 20), ("柳湾村", 7.25, None, None, "", "租赁,承包")))
    assert standings(batch) == [(Standing.CHANGED, ""), (Standing.SAME, "")]
    actions.commit(batch, Sender.of(cast.actor("hekou")))
    values = held(cast)["shiling", "2026"]
    assert (values["total_income"], values["industry"]) == ("200000", "油茶")


def test_good_rows_go_in_while_bad_rows_wait_and_can_be_put_right(cast: Cast) -> None:
    OrganisationName.objects.create(organisation=cast.places["liuwan"], name="老柳湾村")
    batch = send(cast, economy(("石岭村", 3), ("杨家庄", 4), ("柳湾村", "待核实"), ("河口社区", 5)))
    assert standings(batch) == [
        (Standing.NEW, ""),
        (Standing.NEEDS, Problem.UNKNOWN),
        (Standing.NEEDS, ""),
        (Standing.NEW, ""),
    ]
    sender = Sender.of(cast.actor("hekou"))
    assert actions.commit(batch, sender).waiting == 2
    assert batch.state == BatchState.WAITING
    rows = staging.load(batch)
    actions.correct(batch, rows[2].address, {"values": {"total_income": "约6.5"}}, sender)
    actions.correct(batch, rows[1].address, {"skip": True}, sender)
    done = actions.commit(batch, sender)
    assert (done.created, done.waiting) == (1, 0)
    assert batch.state == BatchState.IMPORTED
    entry = Entry.objects.get(organisation=cast.places["liuwan"])
    assert (entry.values, entry.marks) == ({"total_income": "65000"}, {"total_income": ["about"]})


def test_what_is_typed_is_read_like_a_cell_and_refused_like_one(cast: Cast) -> None:
    sender = Sender.of(cast.actor("hekou"))
    batch = send(cast, economy(("石岭村", "待核实")))
    [row] = staging.load(batch)
    actions.correct(batch, row.address, {"values": {"total_income": "5到8"}}, sender)
    assert standings(batch) == [(Standing.NEEDS, "")]
    actions.correct(batch, row.address, {"values": {"total_income": "12000元"}}, sender)
    assert staging.load(batch)[0].values["total_income"] == "12000"


def test_an_organisation_is_chosen_by_hand_and_the_choice_outlives_reading_again(cast: Cast) -> None:
    sender = Sender.of(cast.actor("hekou"))
    batch = send(cast, economy(("杨家庄", 4)))
    [row] = staging.load(batch)
    actions.correct(batch, row.address, {"organisation": cast.places["liuwan"].pk}, sender)
    actions.read_again(batch, sender, period="2025")
    [row] = staging.load(batch)
    assert (row.organisation, row.period, row.standing) == (cast.places["liuwan"].pk, "2025", Standing.NEW)


def test_a_township_does_not_write_what_belongs_to_another(cast: Cast) -> None:
    batch = send(cast, book([("村名", "总收入（万元）"), ("上坊村", 3), ("石岭村", 4)]), ledger="collective_economy")
    assert standings(batch)[0][0] == Standing.NEEDS
    actions.commit(batch, Sender.of(cast.actor("hekou")))
    assert set(held(cast)) == {("shiling", "2026")}
    row = staging.load(batch)[0]
    actions.correct(batch, row.address, {"organisation": cast.places["shangfang"].pk}, Sender.of(cast.actor("hekou")))
    assert standings(batch)[0] == (Standing.NEEDS, Problem.NOT_YOURS)


def test_the_county_office_writes_for_all(cast: Cast) -> None:
    rows = [("乡镇", "村名", "总收入（万元）"), ("金岭镇", "上坊村", 3), ("河口镇", "石岭", 4)]
    batch = send(cast, book(rows), who="office", ledger="collective_economy")
    assert actions.commit(batch, Sender.of(cast.actor("office"))).created == 2


def test_two_rows_for_one_place(cast: Cast) -> None:
    batch = send(cast, economy(("石岭村", 3), ("石岭村", 4), ("柳湾村", 5), ("柳湾村", 5)))
    assert standings(batch) == [
        (Standing.NEEDS, Problem.CLASH),
        (Standing.NEEDS, Problem.CLASH),
        (Standing.NEW, ""),
        (Standing.NEEDS, Problem.TWICE),
    ]
    rows = staging.load(batch)
    actions.correct(batch, rows[1].address, {"skip": True}, Sender.of(cast.actor("hekou")))
    assert standings(batch)[0] == (Standing.NEW, "")


def test_a_row_that_somebody_edits_meanwhile_is_named_and_not_written_over(cast: Cast) -> None:
    sender = Sender.of(cast.actor("hekou"))
    kind = as_shipped("collective_economy")
    entries.save_entry(kind, cast.places["shiling"], "2026", {"total_income": "10000"}, by=cast.actor("hekou"))
    batch = send(cast, GOOD)
    entries.save_entry(kind, cast.places["shiling"], "2026", {"total_income": "20000"}, by=cast.actor("hekou2"))
    entries.save_entry(kind, cast.places["liuwan"], "2026", {"total_income": "30000"}, by=cast.actor("hekou2"))
    assert actions.commit(batch, sender).created == 0
    assert standings(batch) == [(Standing.NEEDS, Problem.EDITED)] * 2
    assert held(cast)["shiling", "2026"]["total_income"] == "20000"
    row = staging.load(batch)[0]
    version = Entry.objects.get(organisation=cast.places["shiling"]).version
    actions.correct(batch, row.address, {"over": version}, sender)
    assert actions.commit(batch, sender).updated == 1
    assert held(cast)["shiling", "2026"]["total_income"] == "186000"


def test_a_row_that_is_edited_in_the_last_moment_is_not_written_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(cast, GOOD)
    kind = as_shipped("collective_economy")
    entries.save_entry(kind, cast.places["shiling"], "2026", {"total_income": "2000"}, by=cast.actor("hekou2"))
    monkeypatch.setattr(actions, "basis", lambda _kind, _sender: batch.basis)  # looked at just before that was saved
    assert actions.commit(batch, Sender.of(cast.actor("hekou"))).created == 1
    assert standings(batch) == [(Standing.NEEDS, Problem.EDITED), (Standing.DONE, "")]
    assert held(cast)["shiling", "2026"]["total_income"] == "2000"


def test_what_is_imported_has_not_been_judged_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = send(cast, economy(("石岭村", 3), ("杨家庄", 4), ("柳湾村", 5)))
    monkeypatch.setattr(Judge, "judge", None)
    assert actions.commit(batch, Sender.of(cast.actor("hekou"))).created == 2
    assert standings(batch) == [(Standing.DONE, ""), (Standing.NEEDS, Problem.UNKNOWN), (Standing.DONE, "")]
    assert (batch.counts["done"], batch.counts["new"], batch.counts["needs"]) == (2, 0, 1)


def test_putting_a_row_right_judges_those_it_may_clash_with(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Sender.of(cast.actor("hekou"))
    batch = send(cast, economy(("石岭村", 3), ("杨家庄", 4), ("柳湾村", 5), ("河口社区", 6)))
    judged: list[int] = []
    judge = Judge.judge

    def counted(self: Judge, rows: Sequence[StagedRow]) -> None:
        judged.append(len(rows))
        judge(self, rows)

    monkeypatch.setattr(Judge, "judge", counted)
    address = staging.load(batch)[1].address
    actions.correct(batch, address, {"organisation": cast.places["shiling"].pk}, sender)
    clash = (Standing.NEEDS, Problem.CLASH)
    assert standings(batch) == [clash, clash, (Standing.NEW, ""), (Standing.NEW, "")]
    actions.correct(batch, address, {"organisation": cast.places["liuwan"].pk}, sender)
    assert standings(batch) == [(Standing.NEW, ""), clash, clash, (Standing.NEW, "")]
    assert judged == [2, 3]


def test_two_people_do_not_go_on_with_one_import_unawares(cast: Cast) -> None:
    batch = send(cast, GOOD)
    other = ImportBatch.objects.get(pk=batch.pk)
    actions.commit(other, Sender.of(cast.actor("hekou2")))
    with pytest.raises(actions.Outdated):
        actions.commit(batch, Sender.of(cast.actor("hekou")))
    assert ChangeSet.objects.filter(verb=actions.VERB).count() == 1


def test_a_chosen_heading_is_remembered_for_the_township_and_the_ledger(cast: Cast) -> None:
    rows = [("村名", "进账（万元）", "总收入（万元）"), ("石岭村", 5, 8)]
    sender = Sender.of(cast.actor("hekou"))
    batch = send(cast, book(rows), ledger="collective_economy")
    [table] = batch.tables
    taken = {column["heading"]: column["field"] for column in table["columns"]}
    assert taken["进账（万元）"] == ""
    assert not batch.headings_seen
    actions.read_again(batch, sender, headings={"进账（万元）": "subsidy_income"})
    assert staging.load(batch)[0].values["subsidy_income"] == "50000"
    later = send(cast, book(rows), ledger="collective_economy")
    assert staging.load(later)[0].values["subsidy_income"] == "50000"
    assert later.headings_seen
    elsewhere = send(cast, book(rows), who="office", ledger="collective_economy")
    assert "subsidy_income" not in staging.load(elsewhere)[0].values
    assert KnownHeading.objects.get().organisation == cast.places["hekou"]


def test_totals_in_the_sheet_are_checked_against_its_rows(cast: Cast) -> None:
    content = economy(("石岭村", 3, 1), ("柳湾村", 4, 1), ("合计", 8, 2))
    [table] = send(cast, content).tables
    assert [(each["address"], each["field"], each["stated"], each["counted"]) for each in table["sums"]] == [
        ("D6", "total_income", "80000", "70000")
    ]


def test_undo_restores_what_stood_and_keeps_what_was_edited_since(cast: Cast) -> None:
    kind = as_shipped("collective_economy")
    sender = Sender.of(cast.actor("hekou"))
    stood = entries.save_entry(kind, cast.places["shiling"], "2026", {"total_income": "1000"}, by=cast.actor("hekou"))
    before = Entry.objects.filter(pk=stood.pk).values().get()
    batch = send(cast, economy(("石岭村", 3), ("柳湾村", 4), ("河口社区", 5)))
    actions.commit(batch, sender)
    entries.save_entry(kind, cast.places["liuwan"], "2026", {"total_income": "9"}, by=cast.actor("hekou2"))
    undone = actions.undo_import(batch, sender)
    assert (undone.restored, undone.kept) == (2, ["柳湾村 2026"])
    assert "柳湾村 2026" in undone_sentence(undone)
    assert Entry.objects.filter(pk=stood.pk).values().get() == before
    assert set(held(cast)) == {("shiling", "2026"), ("liuwan", "2026")}
    assert batch.state == BatchState.UNDONE


def test_undo_is_refused_after_thirty_days_and_to_others(cast: Cast) -> None:
    batch = send(cast, GOOD)
    actions.commit(batch, Sender.of(cast.actor("hekou")))
    late = cast.actor("hekou", TODAY + datetime.timedelta(days=40))
    for actor in (late, cast.actor("jinling"), cast.actor("hekou_leader")):
        with pytest.raises(PermissionDenied):
            actions.undo_import(batch, Sender.of(actor))
    actions.undo_import(batch, Sender.of(cast.actor("office")))
    assert not Entry.objects.exists()


def test_undoing_the_change_set_from_the_history_takes_the_import_back(cast: Cast) -> None:
    from orgs.history.actions import undo_change_set

    batch = send(cast, GOOD)
    done = actions.commit(batch, Sender.of(cast.actor("hekou")))
    assert done.record is not None
    undo_change_set(done.record, by=cast.actor("hekou"))
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE


def test_the_workbook_is_kept_sealed_comes_back_as_it_was_and_can_be_thrown_away(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    from records import files

    batch = send(cast, GOOD)
    sent = sources.newest(batch)
    assert sources.content_of(sent) == GOOD
    assert sent.file is not None
    assert "石岭村".encode() not in files.content_path(sent.file).read_bytes()
    path = files.content_path(sent.file)
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(batch)
    assert not ImportBatch.objects.exists()
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"PK\x03\x04broken", "corrupt_file"), (b"%PDF-1.4 nothing", "unsupported_format")],
)
def test_a_file_that_is_no_workbook_is_refused_in_one_sentence(cast: Cast, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        send(cast, content)
    assert refused.value.code == code
    assert not ImportBatch.objects.exists()


def test_text_that_looks_like_a_formula_stays_text(cast: Cast) -> None:
    rows = [("村名", "总收入（万元）", "主导产业"), ("石岭村", 3, "@油茶"), ("柳湾村", 3, "-茶叶")]
    batch = send(cast, book(rows), ledger="collective_economy")
    actions.commit(batch, Sender.of(cast.actor("hekou")))
    assert {values["industry"] for values in held(cast).values()} == {"@油茶", "-茶叶"}


def test_a_row_says_its_own_period(cast: Cast) -> None:
    rows = [("年度", "村名", "总收入（万元）"), (2024, "石岭村", 3), ("2025年", "石岭村", 4), ("今年", "柳湾村", 5)]
    batch = send(cast, book(rows), ledger="collective_economy")
    assert standings(batch)[2] == (Standing.NEEDS, Problem.PERIOD)
    actions.commit(batch, Sender.of(cast.actor("hekou")))
    assert {place: values["total_income"] for place, values in held(cast).items()} == {
        ("shiling", "2024"): "30000",
        ("shiling", "2025"): "40000",
    }


def test_rows_of_one_organisation_are_told_apart_by_their_key(cast: Cast) -> None:
    rows = [
        ("序号", "乡镇", "企业名称", "类型", "员工数", "党员数"),
        (1, "河口镇", "宏达公司", "非公企业", 20, 3),
        (2, "河口镇", "兴农协会", "社会组织", 8, 1),
        (3, "河口镇", "宏达公司", "非公企业", 21, 3),
    ]
    batch = send(cast, book(rows), ledger="new_orgs")
    assert [problem for _standing, problem in standings(batch)] == [Problem.CLASH, "", Problem.CLASH]


def test_only_those_who_import_do(cast: Cast) -> None:
    with pytest.raises((PermissionDenied, actions.NoLedger, KeyError)):
        send(cast, GOOD, who="shiling", ledger="collective_economy")
