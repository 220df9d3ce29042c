"""Withdrawal, giving out again, reassigning and traced corrections: nothing issued is deleted, and sums stay equal."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.urls import reverse

from dates import periods
from orgs.history import actions as history
from records.models import Change
from tasks.audience import Audience
from tasks.board import figures
from tasks.board.figures import Selection
from tasks.closing import actions as closing
from tasks.drafting import actions as drafting
from tasks.due_dates import extension_actions
from tasks.due_dates.extension_actions import Decision
from tasks.facts.actions import Fact
from tasks.giving import deed_actions, withdraw_actions
from tasks.giving.reassign_actions import Reassign
from tasks.giving.withdraw_actions import Withdraw
from tasks.lists import listing
from tasks.models import Assignment, DueDateRevision, Entry, TaskMilestone
from tasks.refusals import StepRefused
from tasks.reporting import actions as steps
from tasks.reporting.correct_actions import correct
from tasks.rules.status import EntryKind, Shape, Status, TaskStatus
from tests.cast import TODAY
from tests.tasks.stage import DUE, draft, issued, of, themes

DAY = datetime.timedelta(days=1)


@pytest.fixture
def task(cast):
    return issued(cast)


def fresh(row):
    return Assignment.objects.select_related("task__theme__programme__organisation", "organisation").get(pk=row.pk)


def every(task):
    return Assignment.objects.filter(task=task)


def withdrawn(cast, rows, by="office", reason="重复下达"):
    return deed_actions.do(Withdraw(reason), rows, by=cast.actor(by))


def board(cast, name, by="office"):
    return figures.rows_of(Selection(cast.actor(by), periods.year(TODAY)), name)


# Withdrawal


def test_what_is_withdrawn_stays_visible_with_its_reason_and_counts_nowhere(cast, task):
    row = of(task, cast.places["shiling"])
    done = withdrawn(cast, every(task).filter(pk=row.pk))
    row = fresh(row)
    assert (done.changed, row.status, row.withdrawal) == (1, Status.WITHDRAWN, "重复下达")
    for name in ("all", "open", "overdue", "unreported", "near"):
        assert row not in board(cast, name)
    shown = listing.rows(cast.actor("hekou"), listing.wanted({"status": "withdrawn"}))
    assert list(shown) == [row]
    assert row not in listing.rows(cast.actor("hekou"), listing.wanted({}))
    with pytest.raises(StepRefused):
        steps.report(row, by=cast.actor("hekou"), percent=10, learned="phone")


def test_only_the_county_withdraws_and_only_what_is_open(cast, task):
    row = of(task, cast.places["shiling"])
    for person in ("hekou", "shiling", "agri", "leader", "inspector"):
        assert withdrawn(cast, every(task), by=person).changed == 0
    closing.request_close(row, by=cast.actor("hekou"), result="完成")
    closing.close(fresh(row), by=cast.actor("office"))
    done = withdrawn(cast, every(task))
    assert (done.changed, [left.row for left in done.left]) == (2, [row])
    history.undo_change_set(done.change_set, by=cast.actor("office"))
    assert set(every(task).exclude(pk=row.pk).values_list("status", flat=True)) == {Status.ISSUED}


def test_a_whole_task_is_withdrawn_undone_and_given_out_again(cast, task):
    closed = of(task, cast.places["shiling"])
    closing.request_close(closed, by=cast.actor("hekou"), result="完成")
    closing.close(fresh(closed), by=cast.actor("office"))
    with pytest.raises(StepRefused):
        withdraw_actions.withdraw_task(task, by=cast.actor("office"), reason="  ")
    with pytest.raises(PermissionDenied):
        withdraw_actions.withdraw_task(task, by=cast.actor("agri"), reason="重复")
    record = withdraw_actions.withdraw_task(task, by=cast.actor("office"), reason="文件废止")
    task.refresh_from_db()
    assert (task.status, task.withdrawal) == (TaskStatus.WITHDRAWN, "文件废止")
    assert fresh(closed).status == Status.CLOSED
    assert every(task).filter(status=Status.WITHDRAWN).count() == 2
    history.undo_change_set(record, by=cast.actor("office"))
    task.refresh_from_db()
    assert (task.status, every(task).open().count()) == (TaskStatus.ISSUED, 2)


def test_giving_out_again_takes_the_withdrawn_rows_up_anew_and_leaves_the_others(cast, task):
    row = of(task, cast.places["shiling"])
    steps.report(row, by=cast.actor("hekou"), percent=40, text="主体完工", learned="phone")
    withdrawn(cast, every(task).filter(pk=row.pk))
    later = cast.actor("office", on=TODAY + DAY)
    record = drafting.issue(task, by=later)
    again = fresh(row)
    assert (again.status, again.percent, again.said, again.given_on) == (Status.ISSUED, None, "", TODAY + DAY)
    assert again.withdrawal == ""
    assert every(task).count() == 3
    assert Entry.objects.filter(assignment=row).count() == 1  # what was said stays in the history
    history.undo_change_set(record, by=later)
    assert (fresh(row).status, fresh(row).percent) == (Status.WITHDRAWN, 40)


def test_a_withdrawn_task_is_issued_again_to_the_same_organisations(cast, task):
    withdraw_actions.withdraw_task(task, by=cast.actor("office"), reason="文件废止")
    task.refresh_from_db()
    drafting.issue(task, by=cast.actor("office"))
    task.refresh_from_db()
    assert (task.status, task.withdrawal, every(task).open().count()) == (TaskStatus.ISSUED, "", 3)


def test_milestones_begin_anew_when_given_out_again(cast):
    task = draft(cast.actor("office"), themes(cast)[0], shape=Shape.MILESTONES)
    for position, name in enumerate(("基础", "主体")):
        TaskMilestone.objects.create(task=task, position=position, name=name, due_on=DUE - (9 - position) * DAY)
    drafting.issue(task, by=cast.actor("office"))
    row = of(task, cast.places["shiling"])
    stage = row.milestones.first()
    steps.report(row, by=cast.actor("hekou"), fact=Fact(stages={stage.pk: TODAY}), learned="on_site")
    assert fresh(row).percent == 50
    withdrawn(cast, every(task).filter(pk=row.pk))
    drafting.issue(task, by=cast.actor("office"))
    assert fresh(row).percent is None
    assert list(row.milestones.values_list("name", "done_on")) == [("基础", None), ("主体", None)]


# Quantities split by a township


@pytest.fixture
def split(cast):
    """河口镇 owes 30, split over two villages that have reported 8 and 5; 金岭镇 owes 10."""
    task = draft(
        cast.actor("office"),
        themes(cast)[0],
        shape=Shape.QUANTITY,
        unit="户",
        target=40,
        audience=Audience(picked=(cast.places["hekou"].pk, cast.places["jinling"].pk)),
    )
    drafting.issue(task, by=cast.actor("office"))
    every(task).filter(organisation=cast.places["hekou"]).update(target=30)
    every(task).filter(organisation=cast.places["jinling"]).update(target=10)
    above = of(task, cast.places["hekou"])
    for name, target, value in (("shiling", 20, 8), ("liuwan", 10, 5)):
        part = Assignment.given(
            task=task, organisation=cast.places[name], on=TODAY, due_on=DUE, above=above, target=target
        )
        part.save()
        steps.report(fresh(part), by=cast.actor("hekou"), fact=Fact(Decimal(value)), learned="phone")
    return task


def sums_equal(task):
    for above in every(task).filter(parts__isnull=False).distinct():
        total = Assignment.objects.filter(above=above).in_force().aggregate(total=Sum("value"))["total"]
        assert above.value == total


def test_withdrawing_a_part_corrects_the_sum_above_and_its_undo_too(cast, split):
    sums_equal(split)
    part = of(split, cast.places["shiling"])
    done = withdrawn(cast, every(split).filter(pk=part.pk))
    assert of(split, cast.places["hekou"]).value == 5
    steps.report(
        fresh(of(split, cast.places["liuwan"])), by=cast.actor("hekou"), fact=Fact(Decimal(7)), learned="phone"
    )
    undone = history.undo_change_set(done.change_set, by=cast.actor("office"))
    assert of(split, cast.places["hekou"]).value == 15
    assert undone.kept == []  # the sum is computed anew, not left
    sums_equal(split)


def test_withdrawing_a_township_withdraws_what_it_split(cast, split):
    withdrawn(cast, every(split).filter(organisation=cast.places["hekou"]))
    assert set(every(split).open().values_list("organisation__name", flat=True)) == {"金岭镇"}


def test_undoing_an_older_report_leaves_the_sum_right(cast, split):
    shiling = of(split, cast.places["shiling"])
    report = Change.objects.filter(kind="tasks.assignment", object_id=shiling.pk).latest("pk").change_set
    undone = history.undo_change_set(report, by=cast.actor("hekou"))
    assert undone.kept == []
    assert of(split, cast.places["hekou"]).value == 5
    sums_equal(split)


def test_a_share_moves_with_what_it_was_split_from(cast, split):
    above = fresh(of(split, cast.places["hekou"]))
    revision = extension_actions.ask(above, by=cast.actor("hekou"), wanted_on=DUE + 5 * DAY, reason="雨季")
    rows = DueDateRevision.objects.filter(pk=revision.pk).select_related("assignment__task__theme__programme")
    done = extension_actions.decide(rows, Decision(granted=True), by=cast.actor("office"))
    parts = Assignment.objects.filter(above=above)
    assert set(parts.values_list("due_on", "counted_due_on")) == {(DUE + 5 * DAY, DUE)}
    assert of(split, cast.places["jinling"]).due_on == DUE
    history.undo_change_set(done.change_set, by=cast.actor("office"))
    assert set(parts.values_list("due_on", flat=True)) == {DUE}


# Reassigning


def test_reassigning_moves_what_the_target_has_not(cast, task):
    source, target = cast.places["shiling"], cast.places["hekou_community"]
    row = of(task, source)
    steps.report(row, by=cast.actor("hekou"), percent=40, learned="phone")
    done = deed_actions.do(Reassign("村改居", target), every(task), by=cast.actor("office"))
    assert done.changed == 1  # one task is owed once by one organisation
    assert len(done.left) == 2
    assert Assignment.objects.filter(task=task, organisation=target).count() == 1
    history.undo_change_set(done.change_set, by=cast.actor("office"))
    assert of(task, source).percent == 40


def test_a_part_moves_to_the_sum_of_its_new_township(cast, split):
    part = of(split, cast.places["shiling"])
    target = cast.places["shangfang"]
    done = deed_actions.do(Reassign("划转", target), every(split).filter(pk=part.pk), by=cast.actor("office"))
    assert done.changed == 1
    assert fresh(part).above.organisation == cast.places["jinling"]
    assert (of(split, cast.places["hekou"]).value, of(split, cast.places["jinling"]).value) == (5, 8)
    history.undo_change_set(done.change_set, by=cast.actor("office"))
    assert of(split, cast.places["hekou"]).value == 13
    sums_equal(split)


def test_nothing_is_reassigned_out_of_the_county_or_by_others(cast, task):
    assert deed_actions.do(Reassign("误", cast.places["city"]), every(task), by=cast.actor("office")).changed == 0
    target = cast.places["hekou_community"]
    assert deed_actions.do(Reassign("误", target), every(task), by=cast.actor("hekou")).changed == 0


# Corrections


def closed_part(cast, split):
    part = fresh(of(split, cast.places["shiling"]))
    closing.request_close(part, by=cast.actor("hekou"), result="全部完成")
    return closing.close(fresh(part), by=cast.actor("office"))


def test_a_closed_figure_is_corrected_with_its_trace_and_the_sum_follows(cast, split):
    part = fresh(closed_part(cast, split))
    entry = correct(part, by=cast.actor("office"), reason="核查多报 3 户", fact=Fact(Decimal(5)), result="核实 5 户")
    part = fresh(part)
    assert (part.status, part.value, part.percent, part.result) == (Status.CLOSED, 5, 100, "核实 5 户")
    assert (entry.kind, entry.text, entry.value) == (EntryKind.CORRECTION, "核查多报 3 户", 5)
    assert of(split, cast.places["hekou"]).value == 10
    change = Change.objects.filter(kind="tasks.assignment", object_id=part.pk).latest("pk")
    assert (change.before["value"], change.after["value"]) == ("8.00", "5.00")
    history.undo_change_set(change.change_set, by=cast.actor("office"))
    assert (fresh(part).value, of(split, cast.places["hekou"]).value) == (8, 13)


def test_the_sum_of_a_closed_township_follows_too(cast, split):
    above = fresh(of(split, cast.places["hekou"]))
    closing.request_close(above, by=cast.actor("hekou"), result="完成")
    closing.close(fresh(above), by=cast.actor("office"))
    correct(fresh(of(split, cast.places["liuwan"])), by=cast.actor("office"), reason="少报", fact=Fact(Decimal(9)))
    above = fresh(above)
    assert (above.value, above.percent, above.status) == (17, 100, Status.CLOSED)


def test_a_correction_wants_a_reason_a_change_and_whoever_verifies(cast, split):
    task = issued(cast, theme=split.theme)
    part = fresh(of(split, cast.places["shiling"]))
    office = cast.actor("office")
    with pytest.raises(StepRefused):
        correct(part, by=office, reason=" ", fact=Fact(Decimal(1)))
    with pytest.raises(StepRefused):
        correct(part, by=office, reason="无变化")
    with pytest.raises(PermissionDenied):
        correct(part, by=cast.actor("leader"), reason="误", fact=Fact(Decimal(1)))
    with pytest.raises(StepRefused):  # a sum is corrected where it comes from
        correct(fresh(of(split, cast.places["hekou"])), by=office, reason="误", fact=Fact(Decimal(1)))
    row = of(task, cast.places["shiling"])
    steps.report(row, by=cast.actor("hekou"), percent=80, learned="phone")
    correct(fresh(row), by=office, reason="实为三成", percent=30)
    assert fresh(row).percent == 30


def test_the_page_corrects_a_closed_figure_and_shows_old_and_new(cast, signed_in, split):
    part = fresh(closed_part(cast, split))
    client = signed_in("office")
    url = reverse("assignment_correct", args=[part.pk])
    sent = {"correct-version": part.seen, "correct-value": "5", "correct-result": "核实 5 户", "correct-reason": ""}
    again = client.post(url, sent)
    assert again.status_code == 422
    assert "核实 5 户" in again.content.decode()
    assert client.post(url, {**sent, "correct-reason": "核查多报 3 户"}).status_code == 302
    part = fresh(part)
    assert (part.value, part.status, of(split, cast.places["hekou"]).value) == (5, Status.CLOSED, 10)
    shown = client.get(part.get_absolute_url()).content.decode()
    assert "8 → 5 户" in shown
    assert "全部完成 → 核实 5 户" in shown
    assert "核查多报 3 户" in shown
    stranger = signed_in("hekou").get(part.get_absolute_url()).content.decode()
    assert url in stranger  # the township verifies its villages' items, so it corrects them too
    assert signed_in("shiling").post(url, {**sent, "correct-reason": "x"}).status_code == 403


def test_a_milestone_is_corrected_on_the_page(cast, signed_in):
    task = draft(cast.actor("office"), themes(cast)[0], shape=Shape.MILESTONES)
    for position, name in enumerate(("基础", "主体")):
        TaskMilestone.objects.create(task=task, position=position, name=name, due_on=DUE - (9 - position) * DAY)
    drafting.issue(task, by=cast.actor("office"))
    row = of(task, cast.places["shiling"])
    stage = row.milestones.first()
    steps.report(row, by=cast.actor("hekou"), fact=Fact(stages={stage.pk: TODAY}), learned="on_site")
    row = fresh(row)
    prefix = "correct-"
    sent = {
        f"{prefix}version": row.seen,
        f"{prefix}seen-{stage.pk}": str(TODAY),
        f"{prefix}on-{stage.pk}": str(TODAY),
        f"{prefix}reason": "现场看，基础未完",
    }
    assert signed_in("office").post(reverse("assignment_correct", args=[row.pk]), sent).status_code == 302
    stage.refresh_from_db()
    assert (stage.done_on, fresh(row).percent) == (None, 0)
