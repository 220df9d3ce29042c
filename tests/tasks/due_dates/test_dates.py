"""Dates that move: extensions asked for and decided, 统一顺延, 改期, and the township's own earlier date."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from orgs import duties
from orgs.duties import Root, Window
from orgs.history import actions as history
from tasks.audience import Audience
from tasks.closing import actions as closing
from tasks.drafting import actions as drafting
from tasks.due_dates import extension_actions
from tasks.due_dates.actions import Postpone, Redate, SetOwnDate
from tasks.due_dates.extension_actions import Decision
from tasks.duties import dues
from tasks.facts.actions import Fact
from tasks.giving import deed_actions
from tasks.giving.withdraw_actions import Withdraw
from tasks.lights import sql
from tasks.models import Assignment, DueDateRevision, TaskMilestone
from tasks.refusals import StepRefused
from tasks.reporting import actions as steps
from tasks.rules.status import RevisionKind, RevisionState, Shape, Status
from tests.cast import TODAY, Cast
from tests.tasks.stage import DUE, draft, issued, of, themes

DAY = datetime.timedelta(days=1)
LATER = DUE + 10 * DAY


@pytest.fixture
def task(cast):
    return issued(cast)


def fresh(row):
    return Assignment.objects.select_related("task__theme__programme__organisation", "organisation").get(pk=row.pk)


def asked(cast: Cast, row, *, by="hekou", wanted_on=LATER, reason="连日下雨"):
    return extension_actions.ask(row, by=cast.actor(by), wanted_on=wanted_on, reason=reason)


def decided(cast: Cast, *revisions, by="office", **values):
    rows = DueDateRevision.objects.filter(pk__in=[row.pk for row in revisions])
    rows = rows.select_related("assignment__task__theme__programme__organisation", "assignment__organisation")
    return extension_actions.decide(rows, Decision(**values), by=cast.actor(by))


def every(task):
    return Assignment.objects.filter(task=task)


# Extensions


def test_a_granted_extension_moves_the_date_in_force_and_never_the_one_that_counts(cast, task):
    row = of(task, cast.places["shiling"])
    decided(cast, asked(cast, row), granted=True, words="同意")
    row = fresh(row)
    assert (row.due_on, row.original_due_on, row.counted_due_on) == (LATER, DUE, DUE)
    assert row.light_on(DUE + DAY) != "late"
    closing.request_close(row, by=cast.actor("hekou", on=DUE + DAY), result="完成")
    row = fresh(row)
    assert row.days_late_on(DUE + 30 * DAY) == 0
    assert (row.requested_on - row.counted_due_on).days == 1


def test_it_may_be_granted_to_another_day_and_both_are_kept(cast, task):
    row = of(task, cast.places["shiling"])
    decided(cast, asked(cast, row), granted=True, new_due_on=DUE + 3 * DAY, words="只准三天")
    assert fresh(row).due_on == DUE + 3 * DAY
    kept = row.revisions.get()
    assert (kept.wanted_on, kept.new_due_on, kept.state) == (LATER, DUE + 3 * DAY, RevisionState.GRANTED)


def test_a_refusal_needs_words_and_moves_nothing(cast, task):
    row = of(task, cast.places["shiling"])
    revision = asked(cast, row)
    with pytest.raises(StepRefused):
        decided(cast, revision, granted=False, words=" ")
    decided(cast, revision, granted=False, words="时间足够")
    revision.refresh_from_db()
    assert (revision.state, revision.decision, revision.new_due_on) == (RevisionState.REFUSED, "时间足够", None)
    assert fresh(row).due_on == DUE


@pytest.mark.parametrize(("day", "reason"), [(DUE, "下雨"), (TODAY - DAY, "下雨"), (LATER, "  ")])
def test_what_is_asked_must_be_later_ahead_and_said_why(cast, task, day, reason):
    with pytest.raises(StepRefused):
        asked(cast, of(task, cast.places["shiling"]), wanted_on=day, reason=reason)
    assert not DueDateRevision.objects.exists()


def test_asking_again_changes_what_is_asked(cast, task):
    row = of(task, cast.places["shiling"])
    asked(cast, row)
    asked(cast, row, wanted_on=LATER + DAY, reason="还要一天")
    (only,) = row.revisions.all()
    assert (only.wanted_on, only.reason) == (LATER + DAY, "还要一天")


def test_only_who_reports_asks_and_only_the_county_decides(cast, task):
    row = of(task, cast.places["shiling"])
    with pytest.raises(PermissionDenied):
        asked(cast, row, by="office")
    revision = asked(cast, row)
    for person in ("hekou", "agri"):  # the department leads another theme
        done = decided(cast, revision, by=person, granted=True)
        assert (done.count, len(done.left)) == (0, 1)
    assert fresh(row).due_on == DUE


def test_a_department_never_decides_on_its_own_date(cast):
    led = issued(cast, theme=themes(cast)[1], audience=Audience(picked=(cast.places["agriculture"].pk,)))
    row = of(led, cast.places["agriculture"])
    revision = asked(cast, row, by="agri")
    assert decided(cast, revision, by="agri", granted=True).count == 0
    assert decided(cast, revision, by="office", granted=True).count == 1


def test_several_are_decided_in_one_change_set_and_undone_together(cast, task):
    rows = [of(task, cast.places[name]) for name in ("shiling", "liuwan")]
    done = decided(cast, *(asked(cast, row) for row in rows), granted=True)
    assert (done.count, {fresh(row).due_on for row in rows}) == (2, {LATER})
    history.undo_change_set(done.change_set, by=cast.actor("office"))
    assert {fresh(row).due_on for row in rows} == {DUE}
    assert set(DueDateRevision.objects.values_list("state", flat=True)) == {RevisionState.ASKED}


def test_what_was_decided_or_asked_anew_meanwhile_is_left_and_named(cast, task):
    row = of(task, cast.places["shiling"])
    revision = asked(cast, row)
    seen = deed_actions.latest()
    asked(cast, row, wanted_on=LATER + DAY, reason="又改了")
    rows = DueDateRevision.objects.filter(pk=revision.pk).select_related("assignment__task__theme__programme")
    done = extension_actions.decide(rows, Decision(granted=True), by=cast.actor("office"), seen=seen)
    assert (done.count, len(done.left)) == (0, 1)


def test_what_waits_for_a_decision_is_a_duty_of_who_decides(cast, task):
    asked(cast, of(task, cast.places["shiling"]))
    (line,) = [line for line in duties.lines(cast.actor("office"), DUE) if line.kind == "extension"]
    assert (line.organisations, line.url) == (1, "/extensions/")
    assert not [line for line in duties.lines(cast.actor("agri"), DUE) if line.kind == "extension"]
    county = cast.places["county"]
    places = {county.path: (Root(county.pk, frozenset({"county_office"})),)}
    (due,) = dues.ExtensionsDue().due(places, Window(TODAY, DUE, TODAY, TODAY))
    assert (due.organisations, due.stage, due.root) == (1, "review", county.pk)


def test_an_answered_or_withdrawn_item_waits_no_longer(cast, task):
    row = of(task, cast.places["shiling"])
    asked(cast, row)
    deed_actions.do(Withdraw("重复下达"), every(task), by=cast.actor("office"))
    assert row.revisions.get().state == RevisionState.REFUSED
    assert not [line for line in duties.lines(cast.actor("office"), DUE) if line.kind == "extension"]


# 统一顺延 and 改期


def test_a_postponement_counts_and_keeps_both_dates(cast, task):
    done = deed_actions.do(Postpone("雨季", to=LATER), every(task), by=cast.actor("office"))
    assert done.changed == 3
    for row in every(task):
        assert (row.due_on, row.counted_due_on, row.original_due_on) == (LATER, LATER, DUE)
        assert row.near_from > DUE - 4 * DAY
    task.refresh_from_db()
    assert task.due_on == LATER  # whoever gets it later has the new date
    assert set(DueDateRevision.objects.values_list("kind", "state")) == {
        (RevisionKind.POSTPONEMENT, RevisionState.GRANTED)
    }
    history.undo_change_set(done.change_set, by=cast.actor("office"))
    task.refresh_from_db()
    assert {row.due_on for row in every(task)} == {DUE} == {task.due_on}
    assert not DueDateRevision.objects.exists()


def test_a_postponement_never_takes_an_extension_back(cast, task):
    row = of(task, cast.places["shiling"])
    decided(cast, asked(cast, row), granted=True)
    deed_actions.do(Postpone("雨季", to=DUE + 5 * DAY), every(task), by=cast.actor("office"))
    row = fresh(row)
    assert (row.due_on, row.counted_due_on) == (LATER, DUE + 5 * DAY)
    deed_actions.do(Postpone("再延", days=2), every(task), by=cast.actor("office"))
    row = fresh(row)
    assert (row.due_on, row.counted_due_on) == (LATER + 2 * DAY, DUE + 7 * DAY)


def test_a_part_of_a_task_postponed_leaves_the_tasks_own_date(cast, task):
    some = every(task).filter(organisation__township=cast.places["hekou"])
    assert deed_actions.do(Postpone("雨季", to=LATER), some, by=cast.actor("office")).changed == 2
    task.refresh_from_db()
    assert task.due_on == DUE
    assert of(task, cast.places["shangfang"]).due_on == DUE


def test_a_date_is_kept_as_it_is_given_on_a_rest_day_too(cast):
    """Fixed dates are real calendar dates: 28 June 2026 is a Sunday and stays."""
    sunday = datetime.date(2026, 12, 6)
    task = issued(cast, due_on=sunday)
    assert {row.due_on for row in every(task)} == {sunday}
    deed_actions.do(Redate("按文件", to=datetime.date(2026, 12, 13)), every(task), by=cast.actor("office"))
    assert {row.due_on for row in every(task)} == {datetime.date(2026, 12, 13)}


def test_a_wrong_date_is_corrected_earlier_or_later_and_counts(cast, task):
    row = of(task, cast.places["shiling"])
    done = deed_actions.do(Redate("笔误", to=DUE - 5 * DAY), every(task), by=cast.actor("office"))
    assert done.changed == 3
    row = fresh(row)
    assert (row.due_on, row.counted_due_on, row.original_due_on) == (DUE - 5 * DAY, DUE - 5 * DAY, DUE)
    early = deed_actions.do(Redate("笔误", to=TODAY - DAY), every(task), by=cast.actor("office"))
    assert (early.changed, len(early.left)) == (0, 3)  # given out after that day


def test_what_is_closed_is_not_postponed_and_a_stranger_moves_nothing(cast, task):
    row = of(task, cast.places["shiling"])
    closing.request_close(row, by=cast.actor("hekou"), result="完成")
    closing.close(fresh(row), by=cast.actor("office"))
    done = deed_actions.do(Postpone("雨季", days=3), every(task), by=cast.actor("office"))
    assert (done.changed, [left.row.pk for left in done.left]) == (2, [row.pk])
    for person in ("hekou", "agri", "leader"):
        assert deed_actions.do(Postpone("雨季", days=3), every(task), by=cast.actor(person)).changed == 0


def staged(cast):
    theme = themes(cast)[0]
    made = draft(cast.actor("office"), theme, shape=Shape.MILESTONES, starts_on=TODAY - 60 * DAY)
    for position, (name, ahead, weight) in enumerate([("基础", -20, 2), ("主体", 2, 5), ("验收", 12, 3)]):
        TaskMilestone.objects.create(task=made, position=position, name=name, weight=weight, due_on=TODAY + ahead * DAY)
    drafting.issue(made, by=cast.actor("office"))
    return made


def test_milestones_not_reached_move_by_the_same_days_and_the_plan_with_them(cast):
    task = staged(cast)
    row = of(task, cast.places["shiling"])
    first = row.milestones.get(position=0)
    reached = Fact(stages={first.pk: TODAY - DAY})
    steps.report(row, by=cast.actor("hekou"), fact=reached, learned="on_site")
    deed_actions.do(Postpone("雨季", days=7), every(task), by=cast.actor("office"))
    moved = {stage.name: (stage.due_on, stage.original_due_on) for stage in row.milestones.all()}
    assert moved["基础"] == (TODAY - 20 * DAY, TODAY - 20 * DAY)  # reached: stays
    assert moved["主体"] == (TODAY + 9 * DAY, TODAY + 2 * DAY)
    assert list(task.milestones.order_by("position").values_list("due_on", flat=True)) == [
        TODAY - 13 * DAY, TODAY + 9 * DAY, TODAY + 19 * DAY
    ]  # fmt: skip
    left = of(task, cast.places["liuwan"])
    deed_actions.do(Postpone("再延", days=7, shift=False), every(task), by=cast.actor("office"))
    assert left.milestones.get(position=1).due_on == TODAY + 9 * DAY


# The township's own date


def own(cast, task, day, by="hekou"):
    return deed_actions.do(SetOwnDate(day, known=True), every(task), by=cast.actor(by))


def test_an_own_date_is_for_own_villages_never_later_and_leaves_the_countys_count(cast, task):
    before = {row.pk: (row.due_on, row.counted_due_on, row.light_on(TODAY)) for row in every(task)}
    done = own(cast, task, DUE - 8 * DAY)
    assert (done.changed, [left.row.organisation for left in done.left]) == (2, [cast.places["shangfang"]])
    assert {row.pk: (row.due_on, row.counted_due_on, row.light_on(TODAY)) for row in every(task)} == before
    assert own(cast, task, DUE + DAY).changed == 0
    assert own(cast, task, None).changed == 2
    assert own(cast, task, DUE - 8 * DAY, by="office").changed == 0


def test_an_own_date_steers_the_week_and_the_reminders_of_the_township_alone(cast, task):
    own(cast, task, TODAY + 2 * DAY)
    (line,) = duties.lines(cast.actor("hekou"), TODAY + 4 * DAY)
    assert (line.asked_on, line.due_on) == (TODAY + 2 * DAY, DUE)
    assert duties.lines(cast.actor("jinling"), TODAY + 4 * DAY) == []
    county, hekou = cast.places["county"], cast.places["hekou"]
    places = {
        county.path: (Root(county.pk, frozenset({"county_office"})),),
        hekou.path: (Root(hekou.pk, frozenset({"township_organiser"})),),
    }
    told = {
        (due.root, due.due_on, due.organisations)
        for due in dues.AssignmentsDue().due(places, Window(TODAY, DUE, TODAY + DAY, TODAY))
    }
    assert told == {(county.pk, DUE, 3), (hekou.pk, TODAY + 2 * DAY, 2)}
    past = Window(TODAY + 3 * DAY, DUE, TODAY + 4 * DAY, TODAY + 3 * DAY)
    assert {due.due_on for due in dues.AssignmentsDue().due(places, past)} == {DUE}  # never late by an own date


def test_an_own_date_that_would_be_later_than_a_corrected_one_goes(cast, task):
    own(cast, task, DUE - 2 * DAY)
    deed_actions.do(Redate("笔误", to=DUE - 5 * DAY), every(task), by=cast.actor("office"))
    assert of(task, cast.places["shiling"]).internal_due_on is None


def test_after_every_move_sql_and_rule_agree(cast, task):
    row = of(task, cast.places["shiling"])
    decided(cast, asked(cast, row), granted=True)
    deed_actions.do(Postpone("雨季", days=4), every(task), by=cast.actor("office"))
    own(cast, task, TODAY + DAY)
    for ahead in range(40):
        day = TODAY + ahead * DAY
        for each in every(task).annotate(light=sql.light_on(day)):
            assert each.light == each.light_on(day)
    assert Status.WITHDRAWN not in every(task).values_list("status", flat=True)
