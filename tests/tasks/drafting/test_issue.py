"""Drafting and issuing: what must stand, who gets it, and undoing it."""

import pytest
from django.core.exceptions import PermissionDenied

from orgs.history.actions import undo_change_set
from orgs.models import YearRating
from records.changes import Conflict
from records.models import ChangeSet
from tasks import audience
from tasks.audience import Audience
from tasks.drafting import actions as drafting
from tasks.models import Assignment, Task
from tasks.refusals import AnswersMissing, StepRefused
from tasks.rules.status import TaskStatus
from tests.tasks.stage import ANSWERS, draft, issued, themes


def names(rows):
    return {row.name for row in rows}


def got(task):
    return {a.organisation.name for a in Assignment.objects.filter(task=task).select_related("organisation")}


@pytest.mark.parametrize("missing", ANSWERS)
def test_a_task_is_not_issued_while_an_answer_is_missing_and_the_field_is_named(cast, missing):
    task = draft(cast.actor("office"), themes(cast)[0], **{missing: None if missing == "due_on" else ""})
    with pytest.raises(AnswersMissing) as refused:
        drafting.issue(task, by=cast.actor("office"))
    assert refused.value.names == [missing]
    assert not Assignment.objects.exists()


AUDIENCES = {
    "kind": (Audience(kinds=("village",)), {"石岭村", "柳湾村", "上坊村"}),
    "class": (Audience(kinds=("village", "county_department"), classes=("2",)), {"石岭村", "农业农村局", "财政局"}),
    "unrated": (Audience(classes=("unrated",)), {"柳湾村", "河口社区", "上坊村"}),
    "township": (Audience(kinds=("village", "community")), {"石岭村", "柳湾村", "上坊村", "河口社区"}),
    "nobody": (Audience(), set()),
}


@pytest.mark.parametrize("case", AUDIENCES)
def test_the_audience_is_chosen_by_kind_and_class(cast, case):
    YearRating.objects.create(organisation=cast.places["shiling"], year=2025, village_class="2")
    chosen, expected = AUDIENCES[case]
    assert names(audience.organisations(chosen, cast.actor("office"))) == expected


def test_townships_narrow_and_single_ones_are_added_or_left_out(cast):
    chosen = Audience(
        kinds=("village",),
        townships=(cast.places["hekou"].pk,),
        picked=(cast.places["hongda"].pk,),
        left_out=(cast.places["liuwan"].pk,),
    )
    assert names(audience.organisations(chosen, cast.actor("office"))) == {"石岭村", "宏达公司"}
    assert Audience.from_json(chosen.to_json()) == chosen


def test_a_closed_organisation_gets_nothing(cast):
    place = cast.places["liuwan"]
    place.closed_on = cast.actor("office").on
    place.save()
    assert got(issued(cast)) == {"石岭村", "上坊村"}


def test_the_preview_shows_exactly_who_gets_it(cast):
    chosen = Audience(kinds=("village", "community"))
    shown = audience.preview(audience.organisations(chosen, cast.actor("office")))
    task = issued(cast, audience=chosen)
    assert shown.total == len(got(task)) == 4
    assert {name for part in shown.parts for name in part.names} == got(task)
    assert [(str(part.township), part.total) for part in shown.parts] == [("河口镇", 3), ("金岭镇", 1)]
    assert (shown.townships, shown.more_townships, shown.only_villages) == (2, 0, False)


def test_issuing_again_reaches_only_those_who_lack_it(cast):
    task = issued(cast)
    before = {a.pk: a.version for a in task.assignments.all()}
    drafting.issue(task, by=cast.actor("office"), chosen=Audience(kinds=("village", "community")))
    assert got(task) == {"石岭村", "柳湾村", "上坊村", "河口社区"}
    assert {a.pk: a.version for a in task.assignments.filter(pk__in=before)} == before
    with pytest.raises(StepRefused):
        drafting.issue(task, by=cast.actor("office"))


def test_undoing_an_issue_takes_every_assignment_back(cast):
    task = issued(cast)
    issue = ChangeSet.objects.get(verb="tasks.issue")
    assert undo_change_set(issue, by=cast.actor("office")).kept == []
    assert not Assignment.objects.exists()
    task.refresh_from_db()
    assert (task.status, task.issued_at) == (TaskStatus.DRAFT, None)


def test_a_lead_department_issues_only_in_its_theme(cast):
    own, led = themes(cast)
    agri = cast.actor("agri")
    with pytest.raises(PermissionDenied):
        draft(agri, own)
    task = draft(agri, led)
    drafting.issue(task, by=agri)
    assert got(task) == {"石岭村", "柳湾村", "上坊村"}


@pytest.mark.parametrize("who", ["leader", "finance", "hekou", "hekou_leader", "shiling", "inspector", "city"])
def test_nobody_else_drafts(cast, who):
    theme = themes(cast)[0]
    with pytest.raises(PermissionDenied):
        draft(cast.actor(who), theme)


def test_drafts_are_seen_by_those_who_issue_only(cast):
    own, led = themes(cast)
    draft(cast.actor("office"), own)
    draft(cast.actor("office"), led)
    seen = {who: Task.objects.visible_to(cast.actor(who)).count() for who in ("office", "agri", "leader", "hekou")}
    assert seen == {"office": 2, "agri": 1, "leader": 0, "hekou": 0}


def test_departments_of_a_task_are_replaced_and_kept_in_the_history(cast):
    task = draft(cast.actor("office"), themes(cast)[0])
    agriculture, finance = cast.places["agriculture"], cast.places["finance"]
    office = cast.actor("office")
    drafting.save_draft(task, by=office, values={}, leads=[agriculture], assists=[finance])
    drafting.save_draft(task, by=office, values={}, leads=[finance], assists=None)
    assert {(u.organisation.name, u.part) for u in task.units.all()} == {("财政局", "lead")}


def test_a_stale_draft_is_a_conflict(cast):
    task = draft(cast.actor("office"), themes(cast)[0])
    seen = task.version
    drafting.save_draft(task, by=cast.actor("office"), values={"title": "甲"}, expected=seen)
    with pytest.raises(Conflict):
        drafting.save_draft(Task.objects.get(), by=cast.actor("office2"), values={"title": "乙"}, expected=seen)


def test_a_draft_thrown_away_comes_back(cast):
    task = draft(cast.actor("office"), themes(cast)[0])
    drafting.save_draft(task, by=cast.actor("office"), values={}, leads=[cast.places["finance"]])
    record = drafting.discard(task, by=cast.actor("office"))
    assert not Task.objects.exists()
    undo_change_set(record, by=cast.actor("office"))
    assert Task.objects.get().units.get().organisation == cast.places["finance"]


def test_an_issued_task_stands(cast):
    task = issued(cast)
    with pytest.raises(PermissionDenied):
        drafting.save_draft(task, by=cast.actor("office"), values={"title": "另一件"})


def test_recipients_outside_the_county_are_never_reached(cast):
    city = Audience(kinds=("city", "county"), picked=(cast.places["city"].pk,))
    task = draft(cast.actor("office"), themes(cast)[0], audience=city)
    assert names(drafting.new_recipients(task, city, cast.actor("office"))) <= {"青禾县"}
