"""Urging and supervision orders: who is told, once; numbered; answered and closed."""

import datetime
import io
import re
from dataclasses import replace

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dates import periods
from reminders.models import Push
from supervision import standing
from supervision.actions import pressing as actions
from supervision.actions.pressing import Wording
from supervision.models import SupervisionOrder, Urge, UrgedItem
from supervision.refusals import Refused
from supervision.rules import OrderState
from tasks.board import figures
from tasks.closing import actions as closing
from tasks.models import Assignment, Task
from tasks.reporting import actions as reporting
from tasks.rules.status import Light
from tests.cast import TODAY
from tests.tasks.stage import issued, of

WORDS = Wording("yellow", "逾期", "限期整改", "县领导甲", TODAY + datetime.timedelta(days=5))


@pytest.fixture
def task(cast):
    task = issued(cast)
    Task.objects.filter(pk=task.pk).update(is_key=True)
    return Task.objects.get(pk=task.pk)


def rows(cast, who="office"):
    return Assignment.objects.visible_to(cast.actor(who))


def text(response):
    return response.content.decode()


# Urging


def test_each_township_is_urged_once_with_all_its_items(cast, task):
    done = actions.urge(rows(cast), by=cast.actor("office"), note="本周五前")
    assert [str(unit.organisation) for unit in done.units] == ["河口镇", "金岭镇"]
    assert done.items == Assignment.objects.count()
    pushed = Push.objects.filter(kind="urge")
    assert {row.organisation.name for row in pushed} == {"河口镇", "金岭镇"}


def test_what_was_urged_today_is_not_urged_again_whoever_urges(cast, task):
    actions.urge(rows(cast), by=cast.actor("office"))
    with pytest.raises(Refused):
        actions.urge(rows(cast), by=cast.actor("office2"))
    with pytest.raises(Refused):
        actions.urge(rows(cast, "hekou"), by=cast.actor("hekou"))
    assert UrgedItem.objects.count() == Assignment.objects.count()
    tomorrow = cast.actor("office", TODAY + datetime.timedelta(days=1))
    assert actions.urge(rows(cast), by=tomorrow).already == 0


def test_a_finished_item_is_never_urged(cast, task):
    row = of(task, cast.places["shangfang"])
    closing.request_close(row, by=cast.actor("jinling"), result="完工")
    closing.close(row, by=cast.actor("office"))
    done = actions.urge(rows(cast), by=cast.actor("office"))
    assert [str(unit.organisation) for unit in done.units] == ["河口镇"]


def test_what_waits_for_its_verifier_is_not_urged_not_ordered_and_not_overdue(cast, task, signed_in):
    late = cast.actor("office", TODAY + datetime.timedelta(days=400))
    row = of(task, cast.places["shangfang"])
    closing.request_close(row, by=cast.actor("jinling", late.on), result="完工")
    row.refresh_from_db()
    assert (row.requested_on > row.due_on, row.light_on(late.on)) == (True, Light.SOON)
    everything = Assignment.objects.visible_to(late)
    assert {str(unit.organisation) for unit in actions.urge(everything, by=late).units} == {"河口镇"}
    orders = actions.issue(everything, by=late, wording=replace(WORDS, rectify_by=late.on))
    assert [str(order.organisation) for order in orders] == ["河口镇"]
    assert row not in everything.overdue_on(late.on)
    assert row not in figures.rows_of(figures.Selection(late, periods.year(late.on)), "overdue")
    assert "上坊村" not in text(signed_in("office").get(reverse("urge_new")))


def test_what_is_asked_to_be_closed_meanwhile_is_told_nobody_as_urged(cast, task):
    urged = actions.urge(rows(cast, "jinling"), by=cast.actor("jinling"))
    keys = {f"urge:{row.pk}" for row in Urge.objects.all()}
    assert standing.urges(keys) == keys
    for unit in urged.units:
        for item in unit.items:
            closing.request_close(item, by=cast.actor("jinling"), result="完工")
    assert standing.urges(keys) == set()


def test_a_township_urges_its_villages_one_by_one(cast, task):
    done = actions.urge(rows(cast, "hekou"), by=cast.actor("hekou"))
    assert {str(unit.organisation) for unit in done.units} == {"石岭村", "柳湾村"}


def test_an_inspector_does_not_urge(cast, task):
    with pytest.raises(PermissionDenied):
        actions.urge(rows(cast), by=cast.actor("inspector"))


def test_a_push_that_is_settled_meanwhile_is_not_told(cast, task):
    from supervision import standing

    done = actions.urge(rows(cast), by=cast.actor("office"))
    urge = Urge.objects.get(organisation=cast.places["jinling"])
    keys = [f"urge:{pk}" for pk in Urge.objects.values_list("pk", flat=True)]
    assert set(standing.urges(keys)) == set(keys)
    row = of(task, cast.places["shangfang"])
    closing.request_close(row, by=cast.actor("jinling"), result="完工")
    closing.close(row, by=cast.actor("office"))
    assert f"urge:{urge.pk}" not in standing.urges(keys)
    assert len(done.units) == 2


def test_the_text_for_the_chat_group_says_what_by_when_and_what_is_missing(cast, signed_in, task):
    reporting.report(
        of(task, cast.places["shiling"]), by=cast.actor("hekou"), percent=40, text="主体封顶", learned="phone"
    )
    page = text(signed_in("office").get(reverse("urge_new"), {"task": task.pk}))
    copied = page[page.index('id="urge-text"') :]
    copied = copied[copied.index(">") + 1 : copied.index("</textarea>")]
    lines = copied.strip().split("\n")
    assert len(lines) == 4
    village = next(line for line in lines if line.startswith("石岭村"))
    assert "活动场所全部完工" in village
    assert "剩 12 天" in village.replace("12天", "12 天")
    assert "40%" in village


def test_the_page_urges_what_the_list_shows_and_says_whom(cast, signed_in, task):
    client = signed_in("office")
    query = f"?task={task.pk}&township={cast.places['hekou'].pk}"
    assert reverse("urge_new") + query in text(client.get(reverse("rows") + query)).replace("&amp;", "&")
    shown = client.get(reverse("urge_new") + query).context["shown"]
    client.post(reverse("urge_new") + query, {"note": "抓紧", "shown": shown})
    assert list(Urge.objects.values_list("organisation__name", flat=True)) == ["河口镇"]
    assert "抓紧" in text(client.get(reverse("urges")))


def test_queries_do_not_grow_with_the_items_urged(cast, task, signed_in):
    client = signed_in("office")
    url = reverse("urge_new") + f"?township={cast.places['hekou'].pk}"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    issued(cast, theme=task.theme, title="第二件")
    issued(cast, theme=task.theme, title="第三件")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


def test_the_button_counts_who_is_still_to_be_urged_and_no_others_are(cast, signed_in, task):
    client, url = signed_in("office"), reverse("urge_new")
    actions.urge(rows(cast, "hekou"), by=cast.actor("office"))
    page = client.get(url)
    assert "催办 1 个单位" in text(page)
    assert page.context["fresh"] == 1
    issued(cast, theme=task.theme, title="第二件")
    again = client.post(url, {"note": "", "shown": page.context["shown"]})
    assert again.status_code == 422
    assert Urge.objects.count() == 1
    assert again.context["fresh"] == 2
    client.post(url, {"note": "", "shown": again.context["shown"]})
    assert Urge.objects.count() == 3


# Orders


def test_one_numbered_order_a_unit_and_numbers_go_on_within_the_year(cast, task):
    first = actions.issue(rows(cast), by=cast.actor("office"), wording=WORDS)
    assert [(order.serial, str(order.organisation)) for order in first] == [(1, "河口镇"), (2, "金岭镇")]
    assert sum(order.items.count() for order in first) == Assignment.objects.count()
    again = actions.issue(rows(cast, "hekou"), by=cast.actor("office"), wording=WORDS)
    assert [order.serial for order in again] == [3]
    assert Push.objects.filter(kind="order").count() == 3


def test_orders_are_for_key_tasks_only(cast, task):
    Task.objects.update(is_key=False)
    with pytest.raises(Refused, match="重点任务"):
        actions.issue(rows(cast), by=cast.actor("office"), wording=WORDS)
    assert not SupervisionOrder.objects.exists()


def test_an_order_is_answered_by_its_township_and_closed_by_the_county(cast, task):
    order = actions.issue(rows(cast, "hekou"), by=cast.actor("office"), wording=WORDS)[0]
    with pytest.raises(PermissionDenied):
        actions.close(order, by=cast.actor("office"))
    with pytest.raises(PermissionDenied):
        actions.reply(order, by=cast.actor("jinling"), text="不是我")
    with pytest.raises(Refused):
        actions.reply(order, by=cast.actor("hekou"), text="  ")
    actions.reply(order, by=cast.actor("hekou"), text="已逐项整改")
    with pytest.raises(Refused):
        actions.send_back(order, by=cast.actor("office"), reason="")
    actions.send_back(order, by=cast.actor("office"), reason="缺照片")
    assert order.state == OrderState.RETURNED
    actions.reply(order, by=cast.actor("hekou_leader"), text="照片已补")
    actions.close(order, by=cast.actor("office2"))
    assert (order.state, order.closed_on) == (OrderState.CLOSED, TODAY)


def test_an_order_stands_in_the_week_of_its_township_until_it_is_answered(cast, signed_in, task):
    order = actions.issue(rows(cast, "hekou"), by=cast.actor("office"), wording=WORDS)[0]
    url = order.get_absolute_url()
    assert url in text(signed_in("hekou").get(reverse("week")))
    assert url not in text(signed_in("jinling").get(reverse("week")))
    signed_in("hekou").post(reverse("order_reply", args=[order.pk]), {"version": order.seen, "reply": "已整改"})
    assert url not in text(signed_in("hekou").get(reverse("week")))
    assert url in text(signed_in("office").get(reverse("week")))


def test_two_who_answer_at_once_both_keep_their_words(cast, signed_in, task):
    order = actions.issue(rows(cast, "hekou"), by=cast.actor("office"), wording=WORDS)[0]
    url = reverse("order_reply", args=[order.pk])
    seen = order.seen
    signed_in("hekou").post(url, {"version": seen, "reply": "甲的答复"})
    actions.send_back(SupervisionOrder.objects.get(pk=order.pk), by=cast.actor("office"), reason="补充")
    answer = signed_in("hekou2").post(url, {"version": seen, "reply": "乙的答复"})
    assert answer.status_code == 422
    assert "甲的答复" in text(answer)
    assert "乙的答复" in text(answer)


def test_issuing_leaves_out_the_units_not_ticked(cast, signed_in, task):
    url = reverse("order_new") + f"?task={task.pk}"
    page = signed_in("office").get(url)
    assert "河口镇" in text(page)
    sent = {
        "color": "red", "rectify_by": "2026-11-25", "basis": "逾期", "demand": "整改", "signed_by": "县领导甲",
        "unit": [cast.places["jinling"].pk], "shown": page.context["form"].shown,
    }  # fmt: skip
    signed_in("office").post(url, sent)
    assert list(SupervisionOrder.objects.values_list("organisation__name", "color")) == [("金岭镇", "red")]


WORDED = {
    "color": "red", "rectify_by": "2026-11-25", "basis": "逾期", "demand": "整改", "signed_by": "县领导甲"
}  # fmt: skip


def ticked(response):
    return set(re.findall(r'name="unit" value="(\d+)"[^>]* checked', text(response)))


def test_nobody_is_ticked_and_no_red_is_chosen_to_begin_with(cast, signed_in, task):
    Assignment.objects.update(due_on=TODAY - datetime.timedelta(days=30))
    page = signed_in("office").get(reverse("order_new") + f"?task={task.pk}")
    assert len(page.context["units"]) == 2
    assert ticked(page) == set()
    assert page.context["form"]["color"].value() == ""


@pytest.mark.parametrize("wrong", [*WORDED, "past day", "blank all"])
def test_a_form_sent_back_keeps_what_was_ticked(cast, signed_in, task, wrong):
    url, one = reverse("order_new") + f"?task={task.pk}", str(cast.places["jinling"].pk)
    client = signed_in("office")
    sent = {**WORDED, "unit": [one], "shown": client.get(url).context["form"].shown}
    bad = {"past day": {"rectify_by": "2026-11-01"}, "blank all": dict.fromkeys(WORDED, "")}.get(wrong, {wrong: ""})
    refused = client.post(url, sent | bad)
    assert refused.status_code == 422
    assert ticked(refused) == {one}
    assert not SupervisionOrder.objects.exists()
    client.post(url, sent)
    assert list(SupervisionOrder.objects.values_list("organisation__name", flat=True)) == ["金岭镇"]


@pytest.mark.parametrize("units", [[], ["x"], ["99999999999999999999"], ["²"]])
def test_an_order_goes_to_nobody_when_nobody_is_ticked(cast, signed_in, task, units):
    refused = signed_in("office").post(reverse("order_new") + f"?task={task.pk}", {**WORDED, "unit": units})
    assert refused.status_code == 422
    assert not SupervisionOrder.objects.exists()


def test_an_order_holds_what_the_page_showed(cast, signed_in, task):
    url, client = reverse("order_new"), signed_in("office")
    sent = {**WORDED, "unit": [cast.places["jinling"].pk], "shown": client.get(url).context["form"].shown}
    other = issued(cast, theme=task.theme, title="第二件")
    Task.objects.filter(pk=other.pk).update(is_key=True)
    again = client.post(url, sent)
    assert again.status_code == 422
    assert ticked(again) == {str(cast.places["jinling"].pk)}
    assert not SupervisionOrder.objects.exists()
    client.post(url, sent | {"shown": again.context["form"].shown})
    assert SupervisionOrder.objects.get().items.count() == 2


# Beside the assignment, and the talks that follow


def test_the_assignment_tells_its_township_of_urging_and_order(cast, signed_in, task):
    actions.urge(rows(cast), by=cast.actor("office"))
    actions.issue(rows(cast), by=cast.actor("office"), wording=WORDS)
    page = text(signed_in("hekou").get(of(task, cast.places["shiling"]).get_absolute_url()))
    assert "督办〔2026〕1 号" in page
    assert "催办 1 次" in page.replace("催办1次", "催办 1 次")


def test_who_meets_a_rule_is_due_for_a_talk_and_only_the_county_reads_it(cast, signed_in, task):
    office = signed_in("office")
    assert "河口镇" not in text(office.get(reverse("talks")))
    for _number in range(3):
        actions.issue(rows(cast, "hekou"), by=cast.actor("office"), wording=WORDS)
    page = text(office.get(reverse("talks")))
    assert "今年督办单：3 份" in page
    start = text(office.get(reverse("talk_new"), {"unit": cast.places["hekou"].pk}))
    assert "今年督办单：3 份" in start
    sent = {
        "organisation": cast.places["hekou"].pk, "person": "河口书记", "basis": "督办三次", "form": "in_person",
        "version": 0,
    }  # fmt: skip
    assert office.post(reverse("talk_new"), sent).status_code == 302
    assert "河口书记" in text(signed_in("leader").get(reverse("talks")))
    for who in ("hekou", "hekou_leader", "inspector", "city", "agri"):
        assert signed_in(who).get(reverse("talks")).status_code == 403
    history = signed_in("hekou_leader").get(reverse("history", args=["supervision.talk", 1]))
    assert history.status_code == 404


def test_the_three_lists_come_from_the_same_rows(cast, signed_in, task):
    client = signed_in("hekou")
    village = cast.places["shiling"]
    sent = {
        "organisation": village.pk, "year": 2026, "text": "场所面积不足", "origin": "self", "found_on": "2026-11-01",
        "version": 0,
    }  # fmt: skip
    page = client.post(reverse("problem_new"), sent, follow=True)
    problem_url = page.redirect_chain[-1][0]
    key = int(problem_url.rstrip("/").split("/")[-1])
    remedy = {
        "title": "扩建活动室", "measure": "倒排工期", "unit": "石岭村", "person": "王某", "due_on": "2026-12-20",
        "assignment": of(task, village).pk, "version": 0,
    }  # fmt: skip
    client.post(reverse("remedy_new", args=[key]), remedy)
    refused = client.post(reverse("problem_solve", args=[key]), {"solution": "已扩建", "version": 0})
    assert "扩建活动室" in text(refused)
    assert refused.status_code == 422
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("problems_export")).content))
    assert book.sheetnames == ["问题清单", "任务清单", "责任清单"]
    sheets = {name: [[cell.value for cell in row] for row in book[name].iter_rows()] for name in book.sheetnames}
    assert any("场所面积不足" in row for row in sheets["问题清单"])
    assert any("扩建活动室" in row and "未完成" in row for row in sheets["任务清单"])
    assert any("王某" in row for row in sheets["责任清单"])
    assert "场所面积不足" not in text(signed_in("jinling").get(reverse("problems")))
    closing.request_close(of(task, village), by=cast.actor("hekou"), result="扩建完工")
    closing.close(of(task, village), by=cast.actor("office"))
    version = client.get(problem_url).context["problem"].seen
    assert (
        client.post(reverse("problem_solve", args=[key]), {"solution": "已扩建", "version": version}).status_code == 302
    )
