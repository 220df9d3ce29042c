"""The grid's pages: what stands in them, saving with and without scripts, blocks, chat, shares, villages."""

import json
import re
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.models import ChangeSet
from tasks.models import Assignment, Entry, GridShare
from tests.cast import Cast
from tests.tasks.grid.stage import key, sheet_of_all

SignIn = Callable[[str], Client]
JSON = {"HTTP_ACCEPT": "application/json"}


def send(client: Client, place, texts: dict[Assignment, tuple[str, str]], **more):
    form = {"learned": "phone", "tasks": ",".join(str(row.task_id) for row in texts), **more}
    for row, (text, was) in texts.items():
        form |= {f"c-{row.pk}": text, f"was-{row.pk}": was, f"version-{row.pk}": str(row.seen)}
    return client.post(reverse("grid_row", args=[place.pk]), form, **JSON)


def test_the_grid_shows_villages_and_this_weeks_matters(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    page = signed_in("hekou").get(reverse("grid")).content.decode()
    for title in ("活动场所改扩建", "集体收入", "三会一课", "阵地日常维护"):
        assert title in page
    assert "石岭村" in page
    assert "上坊村" not in page
    assert f'name="c-{key(tasks, "income", cast).pk}"' in page
    assert "已填 0 格" in page


def test_questions_do_not_grow_with_the_villages(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    client = signed_in("hekou")
    client.get(reverse("grid"))
    with CaptureQueriesContext(connection) as all_of_them:
        client.get(reverse("grid"))
    Assignment.objects.filter(organisation=cast.places["liuwan"]).update(status="withdrawn")
    with CaptureQueriesContext(connection) as fewer:
        client.get(reverse("grid"))
    assert len(all_of_them) == len(fewer)
    assert len(all_of_them) <= 20


def test_a_row_is_saved_and_answered(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    income, training = key(tasks, "income", cast), key(tasks, "training", cast)
    answer = send(signed_in("hekou"), cast.places["shiling"], {income: ("1.2万元", ""), training: ("很多", "")}).json()
    assert answer["saved"] == "10:00"
    assert answer["cells"][str(income.pk)]["text"] == "1.2"
    assert not answer["cells"][str(income.pk)]["missing"]
    assert str(training.pk) in answer["refused"]
    assert answer["cells"][str(income.pk)]["version"] == key(tasks, "income", cast).seen


def test_the_last_save_of_a_row_is_undone(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    client, place = signed_in("hekou"), cast.places["shiling"]
    income = key(tasks, "income", cast)
    done = send(client, place, {income: ("12", "")}).json()
    form = {"tasks": str(income.task_id)}
    answer = client.post(reverse("grid_undo", args=[place.pk, done["set"]]), form, **JSON).json()["rows"][str(place.pk)]
    assert answer["cells"][str(income.pk)]["text"] == ""
    assert key(tasks, "income", cast).value is None
    other = ChangeSet.objects.exclude(verb__startswith="tasks.").first()
    assert client.post(reverse("grid_undo", args=[place.pk, other.pk]), **JSON).status_code == 404


def test_a_clash_shows_both_with_and_without_scripts(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    place, seen = cast.places["shiling"], key(tasks, "income", cast)
    send(signed_in("hekou2"), place, {seen: ("12.8", "")})
    answer = send(signed_in("hekou"), place, {seen: ("12", "")}).json()
    html = answer["clashes"][0]["html"]
    assert "12.8 万元" in html
    assert "河口干事" in html
    form = {
        "learned": "phone",
        "tasks": str(seen.task_id),
        f"c-{seen.pk}": "12",
        f"was-{seen.pk}": "",
        f"version-{seen.pk}": seen.seen,
    }
    page = signed_in("hekou").post(reverse("grid_row", args=[place.pk]), form)
    assert page.status_code == 409
    shown = page.content.decode()
    assert "用 12.8 万元" in shown
    panel = re.search(r'<form class="ms-auto.*?</form>', shown, re.DOTALL)[0]
    again = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', panel))
    signed_in("hekou").post(reverse("grid_row", args=[place.pk]), again)
    assert key(tasks, "income", cast).value == 12


def test_without_scripts_the_row_comes_back_with_what_was_not_saved(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    place, row = cast.places["shiling"], key(tasks, "income", cast)
    form = {
        "learned": "phone",
        f"c-{row.pk}": "不少",
        f"was-{row.pk}": "",
        f"version-{row.pk}": row.seen,
        "tasks": str(row.task_id),
    }
    page = signed_in("hekou").post(reverse("grid_row", args=[place.pk]), form, follow=True).content.decode()
    assert "“不少”没存上" in page


def paste(client: Client, cast: Cast, tasks, block, column="income", place="liuwan"):
    places = [cast.places[name].pk for name in ("shiling", "liuwan")]
    form = {
        "tasks": ",".join(str(task.pk) for task in tasks.values()),
        "places": ",".join(map(str, places)),
        "place": cast.places[place].pk,
        "column": f"t{tasks[column].pk}",
        "block": json.dumps(block),
    }
    return client.post(reverse("grid_block"), form, **JSON).json()


def test_a_block_with_village_names_is_matched_by_name(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    block = [["柳湾村", "7.2", "４"], ["石岭", "1.86万", "2"], ["石领庄", "3", "1"], ["合计", "25", ""]]
    answer = paste(signed_in("hekou"), cast, tasks, block)
    got = {(cell["place"], cell["column"]): cell["text"] for cell in answer["fill"]}
    shiling, liuwan = cast.places["shiling"].pk, cast.places["liuwan"].pk
    assert got[liuwan, f"t{tasks['income'].pk}"] == "7.2"
    assert got[shiling, f"t{tasks['income'].pk}"] == "1.86"
    assert got[liuwan, f"t{tasks['meetings'].pk}"] == "4"
    assert len(answer["faults"]) == 1
    assert "第 3 行" in answer["faults"][0]
    assert key(tasks, "income", cast).value is None


def test_a_block_without_names_follows_the_hand_and_headings_decide_columns(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    client = signed_in("hekou")
    bare = paste(client, cast, tasks, [["5"], ["6"], ["7"]], place="shiling")
    assert [cell["text"] for cell in bare["fill"]] == ["5", "6"]
    assert "没有村" in bare["faults"][0]
    headed = paste(
        client, cast, tasks, [["村", "集中轮训", "活动场所改扩建"], ["石岭村", "80", "主体"], ["柳湾村", "", "封顶"]]
    )
    got = {cell["column"]: cell["text"] for cell in headed["fill"]}
    assert got == {f"t{tasks['training'].pk}": "80", f"t{tasks['building'].pk}": "3"}
    assert "封顶" in headed["faults"][0]


CHAT = """张三 9:31
1. 石岭村 张三：主体完工，收入18.6万，三会一课3次👍
李四 9:40
柳湾：粉刷好了
集体收入7.2万元
下周开始干"""


def test_a_chat_is_read_asked_about_and_saved(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    client = signed_in("hekou")
    page = client.post(reverse("grid_chat"), {"text": CHAT}).content.decode()
    assert Entry.objects.count() == 0
    lines = re.findall(r'name="line-(\d+)" value="([^"]*)"', page)
    assert [line for _number, line in lines][:2] == [
        "1. 石岭村 张三：主体完工，收入18.6万，三会一课3次👍",
        "柳湾：粉刷好了",
    ]
    form = {"step": "save", "learned": "village_report"}
    form |= {f"line-{number}": line for number, line in lines}
    for number, _line in lines:
        body = page.split(f'name="place-{number}"')[1]
        chosen = re.search(r'<option value="(\d+)" selected>', body.split("</select>")[0])
        form[f"place-{number}"] = chosen[1] if chosen else ""
        cell = body.split("</tr>")[0]
        columns = [re.search(r'value="(t\d+)" selected', part) for part in cell.split(f'name="column-{number}"')[1:]]
        form[f"column-{number}"] = [match[1] if match else "" for match in columns]
        form[f"fact-{number}"] = re.findall(rf'name="fact-{number}" value="([^"]*)"', cell)
    client.post(reverse("grid_chat"), form)
    assert [str(key(tasks, "income", cast, place).value) for place in ("shiling", "liuwan")] == ["18.60", "7.20"]
    assert key(tasks, "building", cast).percent == 60
    assert key(tasks, "building", cast, "liuwan").percent == 80
    assert key(tasks, "meetings", cast).milestones.get().count == 3
    said = Entry.objects.filter(text__contains="1. 石岭村 张三").get()
    assert said.learned == "village_report"
    assert ChangeSet.objects.filter(verb="tasks.report_row").count() == 2


def test_what_of_a_chat_cannot_be_saved_stays_in_the_box(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    income = tasks["income"]
    form = {
        "step": "save",
        "learned": "phone",
        "line-0": "石岭村：一大堆",
        "place-0": cast.places["shiling"].pk,
        "column-0": f"t{income.pk}",
        "fact-0": "一大堆",
    }
    page = signed_in("hekou").post(reverse("grid_chat"), form).content.decode()
    assert "石岭村：一大堆</textarea>" in page
    assert "没存上" in page


def test_same_as_last_week_from_the_page(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    row = key(tasks, "training", cast)
    Assignment.objects.filter(pk=row.pk).update(percent=40, reported_on="2026-11-10", status="in_progress")
    Assignment.objects.filter(pk=row.pk).update(due_on="2026-11-20")
    page = signed_in("hekou").post(
        reverse("grid_unchanged"), {"tasks": str(row.task_id), "learned": "phone"}, follow=True
    )
    assert "1 格按“同上周”报了" in page.content.decode()
    assert key(tasks, "training", cast).entries.get().text == "与上周相同"


def test_villages_are_shared_out_shown_and_handed_over(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    client = signed_in("hekou")
    places = [cast.places[name].pk for name in ("shiling", "liuwan")]
    client.post(
        reverse("grid_shares"),
        {f"place-{places[0]}": cast.posts["hekou"].pk, f"place-{places[1]}": cast.posts["hekou2"].pk},
    )
    mine = client.get(reverse("grid"), {"whose": "mine"}).content.decode()
    assert "柳湾村" not in mine
    assert "柳湾村" not in client.get(reverse("grid")).content.decode()  # remembered
    assert "柳湾村" in client.get(reverse("grid"), {"whose": "all"}).content.decode()
    from orgs.people import handover
    from records.changes import change_set

    with change_set("tests", by=cast.actor("office")) as changes:
        assert "1 个村的填报" in handover.move(changes, cast.posts["hekou"], cast.posts["hekou2"])
    assert GridShare.objects.filter(post=cast.posts["hekou2"]).count() == 2


def test_the_village_reads_what_it_owes_and_objects(cast: Cast, signed_in: SignIn) -> None:
    tasks = sheet_of_all(cast)
    send(signed_in("hekou"), cast.places["shiling"], {key(tasks, "income", cast): ("18.6", "")})
    village = signed_in("shiling")
    page = village.get(reverse("village_home")).content.decode()
    assert "集体收入" in page
    entry = Entry.objects.get()
    village.post(reverse("entry_object", args=[entry.pk]), {"text": "应为 16.8 万"})
    assert "应为 16.8 万" in village.get(reverse("village_home")).content.decode()
    town = signed_in("hekou")
    assert "石岭村 提出异议" in town.get(reverse("week")).content.decode()
    objection = entry.objections.get()
    answer = reverse("objection_answer", args=[objection.pk])
    form = {"version": objection.seen, "answer": "核对后是笔误", "outcome": "corrected"}
    assert "请先填写正确的数" in town.post(answer, form).content.decode()
    send(town, cast.places["shiling"], {key(tasks, "income", cast): ("16.8", "18.6")})
    town.post(answer, form)
    assert "核对后是笔误" in village.get(reverse("village_home")).content.decode()
    assert "石岭村 提出异议" not in town.get(reverse("week")).content.decode()


def test_a_month_is_printed_one_village_a_page(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    page = signed_in("hekou").get(reverse("villages_print")).content.decode()
    assert page.count('class="village-page') == 2
    assert page.count("本村要办") == 2
    alone = signed_in("shiling").get(reverse("villages_print")).content.decode()
    assert alone.count('class="village-page') == 1
