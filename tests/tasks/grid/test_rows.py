"""One row of the grid saved: every shape's fact, one change set, clashes, refusals, undo."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dates import clock, periods
from orgs.history.actions import undo_change_set
from records.models import ChangeSet
from tasks.grid import actions as grid
from tasks.grid import sheet, unmoved_actions
from tasks.grid.actions import Typed
from tasks.models import Entry
from tasks.refusals import StepRefused
from tasks.rules.status import Status
from tests.cast import TODAY, Cast
from tests.tasks.grid.stage import key, sheet_of_all


def save(cast: Cast, tasks, texts: dict[str, str], place: str = "shiling", who: str = "hekou", **more):
    """Type texts by task's name over what stands there."""
    typed = {}
    for name, text in texts.items():
        row = key(tasks, name, cast, place)
        typed[row.pk] = Typed(text, "", row.seen)
    return grid.report_row(cast.places[place], typed, by=cast.actor(who), learned="phone", **more)


def line_of(cast: Cast, tasks) -> sheet.Line:
    """The line of 石岭村."""
    shown = sheet.build(cast.actor("hekou"), tasks=[task.pk for task in tasks.values()])
    return next(line for line in shown.lines if line.organisation == cast.places["shiling"])


def test_every_shape_is_written_in_one_change_set(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    texts = {"building": "主体", "income": "1.2万", "meetings": "２", "training": "80%", "tidy": "照常打扫"}
    saved = save(cast, tasks, texts)
    assert not saved.refused
    assert len(saved.written) == 5
    found = {name: key(tasks, name, cast) for name in tasks}
    assert [stage.done_on is not None for stage in found["building"].milestones.all()] == [True] * 3 + [False] * 2
    assert found["building"].percent == 60
    assert (found["income"].value, found["income"].percent) == (Decimal("1.20"), 6)
    assert found["meetings"].milestones.get().count == 2
    assert found["training"].percent == 80
    assert found["tidy"].said == "照常打扫"
    assert {row.version for row in found.values()} == {saved.change_set.pk}
    assert {row.status for row in found.values()} == {Status.IN_PROGRESS}
    assert Entry.objects.filter(learned="phone").count() == 5


def test_the_note_stands_with_the_matter_it_is_about(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    about = key(tasks, "building", cast).pk
    save(cast, tasks, {"income": "3"}, note="绿化苗木周五到", about=about)
    assert key(tasks, "building", cast).said == "绿化苗木周五到"
    assert key(tasks, "income", cast).said == ""


def test_a_line_shows_what_was_said_last_this_week(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    for text, note in (("3", "还在核对"), ("4", "已核对")):
        save(cast, tasks, {"income": text}, note=note)
    assert line_of(cast, tasks).note == "已核对"
    monday = clock.midnight(periods.week(TODAY).start)
    Entry.objects.filter(text__contains="已核对").update(at=monday - datetime.timedelta(seconds=1))
    assert line_of(cast, tasks).note == "还在核对"
    Entry.objects.update(at=monday - datetime.timedelta(seconds=1))
    assert line_of(cast, tasks).note == ""


def test_what_cannot_be_read_is_named_and_the_rest_is_saved(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    saved = save(cast, tasks, {"building": "封顶大吉", "income": "十二块多吧", "training": "50"})
    assert set(saved.refused) == {key(tasks, "building", cast).pk, key(tasks, "income", cast).pk}
    assert "1 选址" in saved.refused[key(tasks, "building", cast).pk]
    assert key(tasks, "training", cast).percent == 50
    assert key(tasks, "income", cast).value is None


def test_a_blank_is_not_reported_and_never_nought(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    save(cast, tasks, {"income": "5"})
    row = key(tasks, "income", cast)
    saved = grid.report_row(
        row.organisation, {row.pk: Typed("", "5", row.seen)}, by=cast.actor("hekou"), learned="phone"
    )
    assert row.pk in saved.refused
    assert key(tasks, "income", cast).value == 5


def test_two_facts_clash_and_neither_is_lost(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    seen = key(tasks, "income", cast)
    save(cast, tasks, {"income": "12.8"}, who="hekou2")
    late = {seen.pk: Typed("12", "", seen.seen)}
    saved = grid.report_row(seen.organisation, late, by=cast.actor("hekou"), learned="phone")
    clash = saved.clashes[0]
    assert (clash.mine, clash.theirs, clash.who, clash.learned) == ("12 万元", "12.8 万元", "河口干事", "电话")
    assert key(tasks, "income", cast).value == Decimal("12.80")
    knowing = {seen.pk: Typed("12", clash.was, clash.seen)}
    assert not grid.report_row(seen.organisation, knowing, by=cast.actor("hekou"), learned="phone").clashes
    assert key(tasks, "income", cast).value == 12


def test_the_same_fact_twice_is_no_clash(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    seen = key(tasks, "income", cast)
    save(cast, tasks, {"income": "12"}, who="hekou2")
    again = grid.report_row(
        seen.organisation, {seen.pk: Typed("１２", "", seen.seen)}, by=cast.actor("hekou"), learned="phone"
    )
    assert not again.clashes
    assert again.change_set is None


def test_another_cell_of_the_row_does_not_clash(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    seen = key(tasks, "income", cast)
    save(cast, tasks, {"building": "基础"}, who="hekou2", note="水泥涨价", about=seen.pk)
    assert key(tasks, "income", cast).version != seen.version
    mine = {seen.pk: Typed("7", "", seen.seen)}
    assert not grid.report_row(seen.organisation, mine, by=cast.actor("hekou"), learned="phone").clashes


def test_undo_puts_the_whole_row_back(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    saved = save(cast, tasks, {"building": "主体", "income": "12"})
    undo_change_set(ChangeSet.objects.get(pk=saved.change_set.pk), by=cast.actor("hekou"))
    assert key(tasks, "income", cast).value is None
    assert key(tasks, "building", cast).percent is None
    assert not key(tasks, "building", cast).milestones.filter(done_on__isnull=False).exists()


def test_a_stage_taken_back_takes_those_after_it_back(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    save(cast, tasks, {"building": "4"})
    row = key(tasks, "building", cast)
    grid.report_row(row.organisation, {row.pk: Typed("2", "4", row.seen)}, by=cast.actor("hekou"), learned="phone")
    assert key(tasks, "building", cast).percent == 40


def test_it_must_be_said_how_it_was_learned(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    row = key(tasks, "income", cast)
    with pytest.raises(StepRefused):
        grid.report_row(row.organisation, {row.pk: Typed("1", "", row.seen)}, by=cast.actor("hekou"), learned="")


def test_another_township_writes_nothing(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    row = key(tasks, "income", cast, "shangfang")
    saved = grid.report_row(
        row.organisation, {row.pk: Typed("1", "", row.seen)}, by=cast.actor("hekou"), learned="phone"
    )
    assert saved.change_set is None
    assert key(tasks, "income", cast, "shangfang").value is None


def test_a_leader_writes_nothing(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    with pytest.raises(PermissionDenied):
        save(cast, tasks, {"income": "1"}, who="hekou_leader")


def test_same_as_last_week_reports_without_typing(cast: Cast) -> None:
    tasks = sheet_of_all(cast)
    save(cast, tasks, {"income": "12", "building": "2"})
    for name in ("income", "building"):
        key(tasks, name, cast).__class__.objects.filter(pk=key(tasks, name, cast).pk).update(reported_on="2026-11-10")
    everything = [key(tasks, name, cast).pk for name in tasks]
    saved = unmoved_actions.same_as_before(everything, by=cast.actor("hekou"), learned="village_report")
    assert set(saved.written) == {key(tasks, "income", cast).pk, key(tasks, "building", cast).pk}
    entry = Entry.objects.filter(assignment=key(tasks, "income", cast)).first()
    assert (entry.text, entry.value, entry.learned) == ("与上周相同", Decimal("12.00"), "village_report")
    assert key(tasks, "income", cast).value == 12
    assert not unmoved_actions.same_as_before(everything, by=cast.actor("hekou"), learned="village_report").written


def test_a_row_asks_the_same_number_of_questions_however_many_cells(cast: Cast) -> None:
    tasks = sheet_of_all(cast)

    def count(texts: dict[str, str]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            save(cast, tasks, texts, place="liuwan")
        return len(asked)

    one = count({"income": "1"}) - 1
    several = count({"income": "2", "training": "30", "tidy": "好"}) - 3  # each is read for its version by the test
    assert several == one
