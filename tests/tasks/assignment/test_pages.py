"""Pages of tasks and assignments: scope, refusals, what is typed is never lost."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.models import Organisation
from records.changes import change_set
from tasks.audience import Audience
from tasks.closing import actions as closing
from tasks.drafting import actions as task_actions
from tasks.models import Assignment, Entry, Evidence, Programme, Task
from tasks.programmes import actions as programmes
from tasks.reporting import actions
from tasks.rules.status import Status
from tests.tasks.stage import ANSWERS, DUE, draft, issued, of, themes

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def task(cast):
    return issued(cast)


@pytest.fixture
def shiling(cast, task):
    return of(task, cast.places["shiling"])


def fresh(assignment):
    return Assignment.objects.get(pk=assignment.pk)


def url(name, row):
    return reverse(name, args=[row.pk])


def text(response):
    return response.content.decode()


def step(name, assignment, **values):
    """What the form of a step sends."""
    return {f"{name}-version": assignment.seen, **{f"{name}-{key}": value for key, value in values.items()}}


# Scope


def test_a_township_sees_its_own_assignments_of_a_shared_task_only(cast, signed_in, task):
    shown = text(signed_in("hekou").get(url("task", task)))
    assert "石岭村" in shown
    assert "柳湾村" in shown
    assert "上坊村" not in shown
    assert "金岭镇" not in shown


def test_what_is_foreign_is_not_there(cast, signed_in, task):
    foreign = of(task, cast.places["shangfang"])
    entry = actions.report(
        foreign, by=cast.actor("jinling"), text="照片", learned="on_site", files=[SimpleUploadedFile("a.png", PNG)]
    )
    only_jinling = issued(cast, theme=task.theme, audience=Audience(picked=(cast.places["shangfang"].pk,)))
    client = signed_in("hekou")
    assert client.get(url("assignment", foreign)).status_code == 404
    assert client.post(url("assignment_report", foreign), step("report", foreign, text="x")).status_code == 404
    assert client.get(url("task", only_jinling)).status_code == 404
    evidence = entry.evidence.get()
    assert client.get(reverse("file", args=["tasks.evidence", evidence.pk])).status_code == 404
    assert signed_in("jinling").get(reverse("file", args=["tasks.evidence", evidence.pk])).status_code == 200


def test_the_source_file_is_served_to_whom_the_task_reaches(cast, signed_in):
    source = SimpleUploadedFile("通知.png", PNG)
    theme = themes(cast)[0]
    picked = Audience(picked=(cast.places["shangfang"].pk,))
    values = {"title": "一件", "theme": theme, "audience": picked, **ANSWERS}
    task = task_actions.save_draft(None, by=cast.actor("office"), values=values, source_upload=source)
    task_actions.issue(task, by=cast.actor("office"))
    there = reverse("file", args=["tasks.task", task.pk])
    assert signed_in("jinling").get(there).status_code == 200
    assert signed_in("hekou").get(there).status_code == 404


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("inspector", "assignment_report", 403),
        ("shiling", "assignment_close", 403),
        ("hekou", "assignment_instruct", 403),
        ("leader", "assignment_send_back", 403),
        ("city", "assignment_remark", 403),
        ("jinling", "assignment_remark", 404),
    ],
)
def test_inside_but_not_allowed_is_403_with_the_reason(cast, signed_in, shiling, who, name, status):
    assert signed_in(who).post(url(name, shiling), {}).status_code == status


@pytest.mark.parametrize("who", ["hekou", "leader", "finance", "inspector"])
def test_pages_of_those_who_issue_are_closed_to_others(cast, signed_in, task, who):
    client = signed_in(who)
    for there in (reverse("task_new"), reverse("programme_new")):
        assert client.get(there).status_code == 403
    assert client.get(reverse("verification")).status_code == (200 if who == "hekou" else 403)


# An assignment's page


@pytest.mark.parametrize("who", ["office", "leader", "hekou", "hekou_leader", "shiling", "inspector", "city"])
def test_everybody_in_scope_reads_the_assignment(cast, signed_in, shiling, who):
    actions.instruct(shiling, by=cast.actor("leader"), text="抓紧落实", reply_due_on=DUE)
    actions.report(shiling, by=cast.actor("hekou"), percent=55, text="主体完工", learned="phone")
    shown = text(signed_in(who).get(url("assignment", shiling)))
    for wanted in ("主体完工", "55%", "抓紧落实", "河口组织委员", "竣工验收"):
        assert wanted in shown


def test_progress_with_a_file_stands_in_the_timeline(cast, signed_in, shiling):
    client = signed_in("hekou")
    sent = step("report", shiling, percent="60", text="粉刷完成", learned="on_site")
    response = client.post(
        url("assignment_report", shiling), {**sent, "report-files": [SimpleUploadedFile("现场.png", PNG)]}, follow=True
    )
    shown = text(response)
    assert "粉刷完成" in shown
    assert "现场.png" in shown
    assert fresh(shiling).percent == 60


def test_what_was_typed_and_sent_comes_back_with_the_question(cast, signed_in, shiling):
    client = signed_in("hekou")
    good, bad = SimpleUploadedFile("好.png", PNG), SimpleUploadedFile("坏.exe", b"MZ\x00\x01" * 9)
    sent = step("report", shiling, percent="60", text="粉刷完成", learned="phone")
    response = client.post(url("assignment_report", shiling), {**sent, "report-files": [good, bad]})
    assert response.status_code == 422
    assert "粉刷完成" in text(response)
    assert "好.png" in text(response)
    kept = response.context["forms"]["report"]["kept"].value()
    response = client.post(url("assignment_report", shiling), {**sent, "report-kept": kept})
    assert [e.name for e in Evidence.objects.all()] == ["好.png"]


def test_files_kept_for_one_person_are_nobody_elses(cast, signed_in, shiling):
    sent = step("report", shiling, percent="600", text="粉刷", learned="phone")
    response = signed_in("hekou").post(
        url("assignment_report", shiling), {**sent, "report-files": [SimpleUploadedFile("好.png", PNG)]}
    )
    kept = response.context["forms"]["report"]["kept"].value()
    again = step("report", shiling, text="粉刷", learned="phone", kept=kept)
    signed_in("hekou2").post(url("assignment_report", shiling), again)
    assert not Evidence.objects.exists()


def test_a_step_no_longer_possible_says_why_and_keeps_the_text(cast, signed_in, shiling):
    seen = shiling.version
    closing.request_close(shiling, by=cast.actor("hekou"), result="已竣工")
    sent = {"report-version": fresh(shiling).seen, "report-text": "还有一句", "report-learned": "phone"}
    response = signed_in("hekou2").post(url("assignment_report", shiling), sent)
    assert response.status_code == 422
    assert "还有一句" in text(response)
    assert seen != fresh(shiling).version


def conflict(cast, signed_in, shiling):
    """hekou saves first, hekou2 second on the version both had seen."""
    first = step("report", shiling, percent="30", text="甲的话", learned="phone")
    second = step("report", shiling, percent="50", text="乙的话", learned="on_site")
    assert signed_in("hekou").post(url("assignment_report", shiling), first).status_code == 302
    client = signed_in("hekou2")
    photo = {"report-files": [SimpleUploadedFile("乙.png", PNG)]}
    response = client.post(url("assignment_report", shiling), {**second, **photo})
    assert response.status_code == 409
    assert "甲的话" in text(response)
    assert "乙的话" in text(response)
    assert "乙.png" in text(response)
    return client, response


def test_the_second_sees_both_texts_and_keeping_the_own_keeps_both(cast, signed_in, shiling):
    client, response = conflict(cast, signed_in, shiling)
    again = dict(response.context["carried"])
    again[response.context["version"][0]] = response.context["version"][1]
    client.post(response.context["address"], again)
    assert fresh(shiling).percent == 50
    assert list(shiling.entries.order_by("id").values_list("text", flat=True)) == ["甲的话", "乙的话"]
    assert Evidence.objects.get().entry.text == "乙的话"


def test_keeping_theirs_keeps_the_own_words_as_a_remark(cast, signed_in, shiling):
    client, response = conflict(cast, signed_in, shiling)
    kept = response.context["form"]["kept"].value()
    client.post(url("assignment_yield", shiling), {"remark-text": "乙的话", "remark-kept": kept, "remark-version": "0"})
    assert fresh(shiling).percent == 30
    assert {(e.kind, e.text) for e in Entry.objects.all()} == {("progress", "甲的话"), ("remark", "乙的话")}
    assert Evidence.objects.get().entry.kind == "remark"


# Drafting


def sent_draft(task_or_none, theme, **values):
    given = {"title": "新的一件", "theme": theme.pk, **ANSWERS, "version": 0, **values}
    if task_or_none:
        given["version"] = task_or_none.seen
    return given


def test_the_story_of_a_draft_issued_from_its_form(cast, signed_in):
    theme = themes(cast)[0]
    client = signed_in("office")
    shown = client.post(reverse("task_new"), sent_draft(None, theme, kinds=["village"], action="preview"))
    assert shown.context["preview"].total == 3
    assert not Task.objects.exists()
    sent = sent_draft(None, theme, kinds=["village"], action="issue", confirmed=shown.context["confirmed"])
    response = client.post(reverse("task_new"), sent, follow=True)
    assert Assignment.objects.count() == 3
    assert "石岭村" in text(response)


def test_the_live_preview_is_a_fragment_of_the_page(cast, signed_in):
    theme = themes(cast)[0]
    sent = sent_draft(None, theme, kinds=["village"], action="preview")
    response = signed_in("office").post(reverse("task_new"), sent, headers={"HX-Request": "true"})
    assert "<h1" not in text(response)
    assert "石岭村" in text(response)
    assert "task-buttons" in text(response)


def test_missing_answers_are_named_at_their_fields_and_the_draft_is_kept(cast, signed_in):
    theme = themes(cast)[0]
    sent = sent_draft(None, theme, kinds=["village"], action="issue", owner="", measures="")
    response = signed_in("office").post(reverse("task_new"), sent)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"owner", "measures"}
    assert Task.objects.get().standard == "竣工验收"
    assert not Assignment.objects.exists()


def test_single_organisations_are_added_by_name_without_saving(cast, signed_in):
    theme = themes(cast)[0]
    sent = sent_draft(None, theme, action="pick", one="", one_text="宏达公司")
    response = signed_in("office").post(reverse("task_new"), sent)
    assert [chip.label for chip in response.context["chips"]["picked"]] == ["宏达公司"]
    assert response.context["preview"].total == 1
    assert not Task.objects.exists()


def test_two_people_on_one_draft_the_second_sees_both_texts(cast, signed_in):
    task = draft(cast.actor("office"), themes(cast)[0])
    there, sent = url("task_edit", task), sent_draft(task, task.theme)
    signed_in("office").post(there, {**sent, "standard": "甲的标准"})
    client = signed_in("office2")
    response = client.post(there, {**sent, "standard": "乙的标准"})
    assert "甲的标准" in text(response)
    assert "乙的标准" in text(response)
    again = {**sent, "standard": "乙的标准", "version": response.context["form"]["version"].value()}
    client.post(there, again)
    assert Task.objects.get().standard == "乙的标准"


def test_an_issued_task_is_given_to_others(cast, signed_in, task):
    client = signed_in("office")
    there = url("task_issue", task)
    assert client.get(there).context["preview"].total == 0
    sent = {"kinds": ["village", "community"], "version": task.seen}
    looked = client.post(there, sent | {"action": "preview"})
    client.post(there, sent | {"action": "issue", "confirmed": looked.context["confirmed"]})
    assert task.assignments.count() == 4


# Verification


def test_the_queue_shows_kept_tasks_first_then_the_longest_wait(cast, signed_in, task):
    own, other = of(task, cast.places["shiling"]), of(task, cast.places["liuwan"])
    foreign_task = issued(cast, by="office2", theme=task.theme)
    oldest = of(foreign_task, cast.places["shangfang"])
    day = cast.actor("office").on
    for n, row in enumerate((oldest, own, other)):
        who = "jinling" if row == oldest else "hekou"
        closing.request_close(row, by=cast.actor(who, day - datetime.timedelta(days=9 - n)), result="已竣工")
    page = signed_in("office").get(f"{reverse('verification')}?all=1").context["page"]
    assert [row.pk for row in page] == [own.pk, other.pk, oldest.pk]
    assert [row.wait for row in page] == [8, 7, 9]
    assert list(signed_in("agri").get(reverse("verification")).context["page"]) == []


def test_closing_from_the_queue_goes_back_to_the_queue(cast, signed_in, shiling):
    closing.request_close(shiling, by=cast.actor("hekou"), result="已竣工")
    sent = {"close-version": fresh(shiling).seen, "from": "verification"}
    response = signed_in("office").post(url("assignment_close", shiling), sent)
    assert response["Location"] == reverse("verification")
    assert fresh(shiling).status == Status.CLOSED


def test_several_are_closed_together_after_being_shown_once_more(cast, signed_in, task):
    rows = [of(task, cast.places[key]) for key in ("shiling", "liuwan")]
    for row in rows:
        closing.request_close(row, by=cast.actor("hekou"), result="已竣工")
    chosen = {"chosen": [f"{row.pk}:{fresh(row).seen}" for row in rows]}
    client = signed_in("office")
    shown = client.post(reverse("verification_close"), chosen)
    assert "石岭村" in text(shown)
    assert fresh(rows[0]).status == Status.REQUESTED
    client.post(reverse("verification_close"), {**chosen, "sure": "yes"})
    assert {fresh(row).status for row in rows} == {Status.CLOSED}


# Programmes


def test_programmes_and_themes_are_added_and_edited(cast, signed_in):
    client = signed_in("office")
    client.post(reverse("programme_new"), {"name": "新计划", "first_year": 2026, "last_year": 2027, "version": 0})
    programme = Programme.objects.get()
    lead = cast.places["agriculture"].pk
    sent = {"name": "集体经济", "basic": "guarantee", "lead": lead, "position": 1, "version": 0}
    client.post(url("theme_new", programme), sent)
    theme = programme.themes.get()
    assert theme.lead_id == lead
    stale = client.post(url("theme_edit", theme), {**sent, "name": "壮大集体经济", "version": 1})
    assert stale.status_code == 422
    assert "壮大集体经济" in text(stale)
    client.post(url("theme_edit", theme), {**sent, "name": "壮大集体经济", "version": theme.seen})
    again = client.post(url("programme_edit", programme), {"name": "", "first_year": 2026, "last_year": 2025})
    assert again.status_code == 422
    assert "壮大集体经济" in text(signed_in("hekou").get(url("programme", programme)))


# As many queries for many rows as for few


def count(client, there):
    client.get(there)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(there).status_code == 200
    return len(queries)


def test_queries_do_not_grow_with_rows(cast, signed_in, task):
    client = signed_in("office")
    pages = [
        reverse("tasks"),
        url("task", task),
        f"{reverse('verification')}?all=1",
        url("assignment", of(task, cast.places["shiling"])),
    ]
    pages += [
        reverse("programmes"),
        url("programme", task.theme.programme),
        url("task_issue", task),
        reverse("task_new"),
    ]

    def busy(places, rounds):
        for _round in range(rounds):
            for key in places:
                row = of(task, cast.places[key])
                who = cast.actor("jinling" if key == "shangfang" else "hekou")
                actions.report(
                    row, by=who, percent=5, text="一句", learned="phone", files=[SimpleUploadedFile("a.png", PNG)]
                )

    busy(["shiling"], 1)
    closing.request_close(of(task, cast.places["shiling"]), by=cast.actor("hekou"), result="完")
    few = [count(client, page) for page in pages]
    closing.send_back(of(task, cast.places["shiling"]), by=cast.actor("office"), reason="再来")
    busy(["shiling", "liuwan", "shangfang"], 4)
    for key in ("shiling", "liuwan", "shangfang"):
        who = cast.actor("jinling" if key == "shangfang" else "hekou")
        closing.request_close(of(task, cast.places[key]), by=who, result="完")
    for n in range(3):
        programmes.save_theme(
            None,
            by=cast.actor("office"),
            programme=task.theme.programme,
            values={"name": f"专题{n}", "basic": "team", "lead": cast.places["finance"], "position": n},
        )
        issued(cast, theme=task.theme, title=f"第{n}件")
    assert [count(client, page) for page in pages] == few
    assert Organisation.objects.count() == len(cast.places)


def test_entries_made_for_many_at_once_stand_each_in_its_own_timeline(cast, signed_in, task):
    rows = [of(task, cast.places[key]) for key in ("shiling", "liuwan")]
    actor = cast.actor("hekou")
    with change_set("tasks.report", by=actor) as changes:
        changes.create_all(
            [
                Entry(
                    assignment=row,
                    kind="progress",
                    text=f"{row.organisation}的话",
                    user=actor.user,
                    post=actor.post,
                    at=actor.now,
                )
                for row in rows
            ]
        )
    client = signed_in("hekou")
    shown = [text(client.get(url("assignment", row))) for row in rows]
    assert ["石岭村的话" in page for page in shown] == [True, False]
    assert ["柳湾村的话" in page for page in shown] == [False, True]
