"""Matters to be coordinated travel up and back; re-checks take up again what does not hold."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dates import periods
from records import undo
from supervision.actions import sampling
from supervision.actions import talking as actions
from supervision.models import Sample
from supervision.refusals import Refused
from supervision.rules import BlockerState, SampleResult
from tasks.board import figures
from tasks.closing import actions as closing
from tasks.models import Assignment
from tasks.reporting import actions as reporting
from tasks.rules.status import Status
from tests.cast import TODAY
from tests.tasks.stage import issued, of

MONTH = periods.month(TODAY)


def text(response):
    return response.content.decode()


@pytest.fixture
def task(cast):
    return issued(cast)


def closed(cast, task, place="shiling", by="hekou", percent=None):
    row = of(task, cast.places[place])
    if percent is not None:
        reporting.report(row, by=cast.actor(by), percent=percent, text="进展", learned="phone")
    closing.request_close(row, by=cast.actor(by), result="完工")
    closing.close(row, by=cast.actor("office"))
    return row


def test_a_matter_goes_up_step_by_step_is_answered_and_settled_by_whoever_raised_it(cast, task):
    row = of(task, cast.places["shiling"])
    matter = actions.raise_blocker(row.organisation, by=cast.actor("shiling"), assignment=row, text="手续办不下来")
    assert matter.holder == cast.places["hekou"]
    with pytest.raises(PermissionDenied):
        actions.answer(matter, by=cast.actor("office"), text="越级")
    actions.pass_on(matter, by=cast.actor("hekou"), to=cast.places["county"])
    actions.pass_on(matter, by=cast.actor("office"), to=cast.places["finance"])
    with pytest.raises(PermissionDenied):
        actions.answer(matter, by=cast.actor("hekou"), text="已不归我")
    actions.answer(matter, by=cast.actor("finance"), text="周三现场办公")
    with pytest.raises(PermissionDenied):
        actions.settle(matter, by=cast.actor("finance"), solved=True)
    with pytest.raises(Refused):
        actions.settle(matter, by=cast.actor("shiling"), solved=False)
    actions.settle(matter, by=cast.actor("shiling"), solved=False, note="仍缺图纸")
    assert matter.state == BlockerState.OPEN
    assert "仍缺图纸" in matter.text
    actions.answer(matter, by=cast.actor("finance"), text="图纸已补")
    actions.settle(matter, by=cast.actor("hekou"), solved=True)
    assert (matter.state, matter.solved_on) == (BlockerState.SOLVED, TODAY)


def test_whoever_holds_a_matter_finds_it_in_the_week_and_others_do_not_see_it(cast, signed_in, task):
    row = of(task, cast.places["shiling"])
    matter = actions.raise_blocker(row.organisation, by=cast.actor("hekou"), assignment=row, text="手续办不下来")
    actions.pass_on(matter, by=cast.actor("hekou"), to=cast.places["finance"])
    url = matter.get_absolute_url()
    assert url in text(signed_in("finance").get(reverse("week")))
    assert url not in text(signed_in("office").get(reverse("week")))
    assert signed_in("finance").get(url).status_code == 200
    assert signed_in("jinling").get(url).status_code == 404


def test_raising_starts_on_the_page_of_what_is_held_up(cast, signed_in, task):
    client = signed_in("hekou")
    row = of(task, cast.places["shiling"])
    link = f"{reverse('blocker_new')}?assignment={row.pk}"
    assert link in text(client.get(row.get_absolute_url()))
    page = client.post(link, {"text": "缺资金 2 万元", "wish": "县里统筹"}, follow=True)
    assert "缺资金 2 万元" in text(page)
    assert "缺资金 2 万元" in text(client.get(row.get_absolute_url()))


def test_a_failed_recheck_takes_the_item_up_again_and_corrects_the_figures(cast, task):
    row = closed(cast, task, percent=60)
    sample = sampling.draw(MONTH, by=cast.actor("office"), size=30, seed="a")
    item = sample.items.get()
    chosen = figures.Selection(cast.actor("office"), MONTH)
    assert figures.rows_of(chosen, "done").count() == 1
    with pytest.raises(Refused):
        sampling.record(item, by=cast.actor("inspector"), holds=False)
    sampling.record(item, by=cast.actor("inspector"), holds=False, found="墙面未粉刷")
    row = Assignment.objects.get(pk=row.pk)
    assert (row.status, row.percent, row.closed_on) == (Status.RETURNED, 60, None)
    assert "墙面未粉刷" in row.return_reason
    assert figures.rows_of(chosen, "done").count() == 0
    assert figures.rows_of(chosen, "open").filter(pk=row.pk).exists()


def test_what_holds_stays_closed_and_an_undo_takes_the_entry_back(cast, task):
    row = closed(cast, task)
    item = sampling.draw(MONTH, by=cast.actor("office"), size=30, seed="a").items.get()
    sampling.record(item, by=cast.actor("office"), holds=True)
    assert Assignment.objects.get(pk=row.pk).status == Status.CLOSED
    from records.models import ChangeSet

    undo.undo(ChangeSet.objects.filter(verb="supervision.recheck").get(), by=cast.actor("office"))
    item.refresh_from_db()
    assert item.result == SampleResult.PENDING


def test_the_sample_is_drawn_once_a_month_by_the_county_from_what_it_closed(cast, signed_in, task):
    with pytest.raises(Refused):
        sampling.draw(MONTH, by=cast.actor("office"), size=30, seed="a")
    closed(cast, task, "shiling")
    closed(cast, task, "shangfang", "jinling")
    with pytest.raises(PermissionDenied):
        sampling.draw(MONTH, by=cast.actor("hekou"), size=30, seed="a")
    page = signed_in("office").post(reverse("samples"), {"month": MONTH.key, "size": 30, "seed": "种子"}, follow=True)
    assert "上坊村" in text(page)
    assert Sample.objects.get().population == 2
    again = signed_in("office").post(reverse("samples"), {"month": MONTH.key, "size": 5, "seed": "b"})
    assert "已经抽取过" in text(again)
    assert "石岭村" not in text(signed_in("hekou").get(reverse("samples")))


def test_entering_a_recheck_on_the_page(cast, signed_in, task):
    row = closed(cast, task)
    item = sampling.draw(MONTH, by=cast.actor("office"), size=30, seed="a").items.get()
    url = reverse("recheck", args=[item.pk])
    client = signed_in("inspector")
    client.post(url, {"version": item.seen, "holds": "no", "found": ""})
    assert Assignment.objects.get(pk=row.pk).status == Status.CLOSED
    client.post(url, {"version": item.seen, "holds": "no", "found": "大门上锁"})
    assert Assignment.objects.get(pk=row.pk).status == Status.RETURNED
    assert "大门上锁" in text(signed_in("hekou").get(row.get_absolute_url()))


@pytest.mark.parametrize("wrong", [{"version": 0}, {"found": "x" * 501}, {"holds": "perhaps"}])
def test_what_was_found_stays_typed_when_it_cannot_be_entered(cast, signed_in, task, wrong):
    closed(cast, task)
    item = sampling.draw(MONTH, by=cast.actor("office"), size=30, seed="a").items.get()
    sent = {"version": item.seen, "holds": "no", "found": "大门上锁"} | wrong
    refused = signed_in("inspector").post(reverse("recheck", args=[item.pk]), sent)
    assert refused.status_code == 422
    assert f'value="{sent["found"]}"' in text(refused)
    item.refresh_from_db()
    assert item.result == SampleResult.PENDING


def test_an_instruction_comes_back_answered_to_the_leader_who_wrote_it(cast, signed_in, task):
    row = of(task, cast.places["shiling"])
    entry = reporting.instruct(row, by=cast.actor("leader"), text="抓紧粉刷", reply_due_on=TODAY)
    mine = reverse("instructions") + "?mine=1"
    assert "抓紧粉刷" in text(signed_in("leader").get(mine + "&answered=no"))
    reporting.remark(row, by=cast.actor("hekou"), text="今天动工", answers=entry)
    assert "抓紧粉刷" not in text(signed_in("leader").get(mine + "&answered=no"))
    assert "今天动工" in text(signed_in("leader").get(mine + "&answered=yes"))
    assert "抓紧粉刷" not in text(signed_in("jinling").get(reverse("instructions")))


def test_a_merger_carries_open_matters_and_problems_along(cast, task):
    from orgs.reorganise.cases import Reorganisation, Verb, apply, lines
    from records.changes import change_set

    row = of(task, cast.places["shiling"])
    matter = actions.raise_blocker(row.organisation, by=cast.actor("hekou"), text="手续办不下来")
    case = Reorganisation(Verb.MERGE, (cast.places["shiling"],), TODAY, target=cast.places["liuwan"])
    assert any("柳湾村" in line for line in lines(case))
    with change_set("tests.merge", by=cast.actor("office")) as changes:
        apply(case, changes)
    matter.refresh_from_db()
    assert matter.organisation == cast.places["liuwan"]


@pytest.mark.parametrize(
    ("name", "query"), [("problems", "state=solved"), ("blockers", "mine=1"), ("instructions", "answered=no")]
)
def test_a_list_that_a_filter_empties_says_so(cast, signed_in, name, query):
    page = signed_in("office").get(f"{reverse(name)}?{query}").content.decode()
    assert "没有符合条件的" in page
    assert "没有符合条件的" not in signed_in("office").get(reverse(name)).content.decode()
