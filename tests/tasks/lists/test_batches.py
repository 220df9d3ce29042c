"""The bar below lists and what is done with it: looked at first, in one change set, in the background when many."""

import datetime

import pytest
from django.urls import reverse

from orgs.rules import Role
from records import work
from records.models import ChangeSet, Work
from tasks.closing import actions as closing
from tasks.due_dates import extension_actions
from tasks.lists import batches
from tasks.models import Assignment, DueDateRevision
from tasks.reporting import actions as steps
from tasks.rules.status import RevisionState, Status, TaskStatus
from tests.cast import TODAY
from tests.county import build
from tests.tasks.stage import DUE, issued, of

DAY = datetime.timedelta(days=1)
LATER = DUE + 10 * DAY


@pytest.fixture
def task(cast):
    return issued(cast)


@pytest.fixture
def shiling(cast, task):
    return of(task, cast.places["shiling"])


def change(name):
    return reverse("rows_change", args=[name])


def text(response):
    return response.content.decode()


def test_the_bar_offers_what_the_post_may_do(signed_in, task):
    for person, names in [
        ("office", {"postpone", "redate", "reassign", "withdraw"}),
        ("hekou", {"own-date"}),
        ("leader", set()),
        ("shiling", set()),
    ]:
        for url in (reverse("rows"), reverse("task", args=[task.pk])):
            shown = text(signed_in(person).get(url))
            assert {name for name in batches.BATCHES if change(name) in shown} == names, person


def test_ticked_rows_are_looked_at_then_changed_in_one_change_set(cast, signed_in, task, shiling):
    client = signed_in("office")
    closing.request_close(shiling, by=cast.actor("hekou"), result="完成")
    closing.close(of(task, cast.places["shiling"]), by=cast.actor("office"))
    liuwan = of(task, cast.places["liuwan"])
    chosen = [shiling.pk, liuwan.pk]
    looked = client.post(change("postpone"), {"chosen": chosen})
    preview = looked.context["preview"]
    assert (preview.total, preview.sorted_out.fit) == (2, [liuwan])
    assert [count for _reason, count, _rows in preview.sorted_out.reasons] == [1]
    sent = {"chosen": chosen, "sure": "yes", "seen": looked.context["seen"], "to": str(LATER), "reason": "雨季"}
    sent["shown"] = preview.shown
    done = client.post(change("postpone"), sent)
    record = ChangeSet.objects.get(verb="tasks.postpone")
    assert done.url == reverse("change_undo", args=[record.pk])
    assert of(task, cast.places["liuwan"]).due_on == LATER
    assert client.post(done.url).status_code == 302
    assert of(task, cast.places["liuwan"]).due_on == DUE


def test_all_as_filtered_means_what_the_list_shows(cast, signed_in, task):
    client = signed_in("office")
    wanted = f"task={task.pk}&township={cast.places['hekou'].pk}"
    assert client.get(f"{reverse('rows')}?{wanted}").context["page"].paginator.count == 2
    sent = {"all": "yes", "filter": wanted}
    looked = client.post(change("withdraw"), sent).context
    sent |= {"sure": "yes", "reason": "重复", "seen": looked["seen"], "shown": looked["preview"].shown}
    client.post(change("withdraw"), sent)
    left = Assignment.objects.open().get(task=task)
    assert left.organisation == cast.places["shangfang"]
    shown = text(client.get(reverse("task", args=[task.pk]) + "?status=withdrawn"))
    assert "石岭村" in shown
    assert "重复" in shown
    assert "石岭村" not in text(client.get(reverse("task", args=[task.pk])))


@pytest.mark.parametrize(
    ("name", "sent", "field"),
    [
        ("postpone", {"reason": "雨季"}, "to"),
        ("postpone", {"reason": "雨季", "to": str(LATER), "days": "3"}, "to"),
        ("postpone", {"reason": "雨季", "days": "-3"}, "days"),
        ("redate", {"reason": "笔误", "to": "2026-02-31"}, "to"),
        ("withdraw", {"reason": "  "}, "reason"),
        ("reassign", {"reason": "并村", "to": "", "to_text": "没有这个村"}, "to"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(signed_in, shiling, name, sent, field):
    response = signed_in("office").post(change(name), {"chosen": [shiling.pk], "sure": "yes", **sent})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    if reason := sent["reason"].strip():
        assert reason in text(response)
    assert not ChangeSet.objects.filter(verb__startswith=f"tasks.{name}").exists()


def test_a_row_changed_since_it_was_looked_at_is_left_and_named(cast, signed_in, task, shiling):
    client = signed_in("office")
    looked = client.post(change("withdraw"), {"chosen": [shiling.pk]}).context
    steps.report(shiling, by=cast.actor("hekou"), percent=90, learned="phone")
    sent = {"chosen": [shiling.pk], "sure": "yes", "seen": looked["seen"], "reason": "重复"}
    sent["shown"] = looked["preview"].shown
    answer = client.post(change("withdraw"), sent, follow=True)
    assert of(task, cast.places["shiling"]).status == Status.IN_PROGRESS
    assert "石岭村" in text(answer)


def test_nothing_chosen_a_strange_name_and_a_stranger(signed_in, shiling):
    client = signed_in("office")
    assert client.post(change("withdraw"), {}).url == reverse("rows")
    assert client.post(change("nonsense"), {"chosen": [shiling.pk]}).status_code == 404
    assert signed_in("hekou").post(change("withdraw"), {"chosen": [shiling.pk]}).status_code == 403
    foreign = signed_in("jinling").post(change("own-date"), {"chosen": [shiling.pk]})
    assert foreign.context["preview"].total == 0


def test_many_rows_are_changed_in_the_background(cast, signed_in, task, monkeypatch):
    monkeypatch.setattr(batches, "MANY", 2)
    client = signed_in("office")
    sent = {"all": "yes", "filter": f"task={task.pk}"}
    looked = client.post(change("postpone"), sent).context
    sent |= {"sure": "yes", "days": "5", "reason": "雨季", "seen": looked["seen"], "shown": looked["preview"].shown}
    answer = client.post(change("postpone"), sent)
    row = Work.objects.get(kind=batches.WORK)
    assert answer.url == reverse("work", args=[row.pk])
    if row.state == Work.State.WAITING:
        work.perform(row.pk)
    row.refresh_from_db()
    assert (row.state, set(Assignment.objects.values_list("due_on", flat=True))) == (Work.State.DONE, {DUE + 5 * DAY})
    assert row.result["url"] == reverse("change_undo", args=[ChangeSet.objects.get(verb="tasks.postpone").pk])
    assert not work.perform(row.pk)  # once


def test_looking_takes_as_many_queries_for_many_rows_as_for_few(db, client, django_assert_max_num_queries):
    county = build(TODAY, seed=3, townships=4, villages=40, tasks=5)
    client.force_login(county.posts[Role.COUNTY_OFFICE].user, backend="django.contrib.auth.backends.ModelBackend")
    for query in ("figure=overdue", ""):
        with django_assert_max_num_queries(32):
            client.post(change("postpone"), {"all": "yes", "filter": query})


# The queue of extensions


def ask(cast, row, **values):
    given = {"wanted_on": LATER, "reason": "连日下雨"} | values
    return extension_actions.ask(row, by=cast.actor("hekou"), **given)


def test_a_unit_asks_on_the_page_and_the_county_grants_in_the_queue(cast, signed_in, task, shiling):
    client = signed_in("hekou")
    url = reverse("assignment_ask_extension", args=[shiling.pk])
    sent = {"extension-version": shiling.seen, "extension-wanted_on": str(LATER), "extension-reason": "连日下雨"}
    assert client.post(url, {**sent, "extension-wanted_on": str(DUE)}).status_code == 422
    assert client.post(url, sent).status_code == 302
    queue = signed_in("office").get(reverse("extensions"))
    assert "石岭村" in text(queue)
    assert "连日下雨" in text(queue)
    revision = DueDateRevision.objects.get()
    decided = {
        "chosen": [revision.pk],
        "seen": queue.context["seen"],
        "decision": "grant",
        "new_due_on": str(DUE + 2 * DAY),
        "words": "同意两天",
    }
    signed_in("office").post(reverse("extensions_decide"), decided)
    row = of(task, cast.places["shiling"])
    assert (row.due_on, row.counted_due_on) == (DUE + 2 * DAY, DUE)
    page = text(client.get(row.get_absolute_url()))
    assert "同意两天" in page
    assert "12月2日" in page  # both dates
    assert "11月30日" in page


def test_a_refusal_without_words_keeps_what_was_typed(cast, signed_in, shiling):
    revision = ask(cast, shiling)
    sent = {"chosen": [revision.pk], "decision": "refuse", "words": "  ", "new_due_on": str(DUE + 7 * DAY)}
    answer = signed_in("office").post(reverse("extensions_decide"), sent)
    assert answer.status_code == 422
    assert str(DUE + 7 * DAY) in text(answer)
    revision.refresh_from_db()
    assert revision.state == RevisionState.ASKED


def test_several_are_refused_together(cast, signed_in, task):
    rows = [ask(cast, of(task, cast.places[name])) for name in ("shiling", "liuwan")]
    sent = {"chosen": [row.pk for row in rows], "decision": "refuse", "words": "工期够"}
    signed_in("office").post(reverse("extensions_decide"), sent)
    assert set(DueDateRevision.objects.values_list("state", "decision")) == {(RevisionState.REFUSED, "工期够")}
    assert ChangeSet.objects.filter(verb="tasks.refuse_extension").count() == 1


def test_the_queue_takes_no_more_queries_for_more_requests(cast, signed_in, task, django_assert_max_num_queries):
    client = signed_in("office")
    for count, name in enumerate(("shiling", "liuwan"), 1):
        ask(cast, of(task, cast.places[name]))
        with django_assert_max_num_queries(24):
            assert client.get(reverse("extensions")).context["total"] == count


# A whole task


def test_a_whole_task_is_withdrawn_on_its_own_page(signed_in, task):
    client = signed_in("office")
    url = reverse("task_withdraw", args=[task.pk])
    assert url in text(client.get(reverse("task", args=[task.pk])))
    page = client.get(url)
    assert page.context["open"] == 3
    assert client.post(url, {"version": task.seen, "reason": ""}).status_code == 422
    sent = {"version": task.seen, "reason": "文件废止", "confirmed": page.context["effect"].token}
    answer = client.post(url, sent)
    task.refresh_from_db()
    assert (answer.status_code, task.status) == (302, TaskStatus.WITHDRAWN)
    assert "文件废止" in text(client.get(reverse("task", args=[task.pk])))
    assert client.get(url).status_code == 403
