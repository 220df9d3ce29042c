"""What was typed is not lost and not doubled: signed out meanwhile, sent twice, gone back, the network cut."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.server import Site
from tests.browser.week_stage import VILLAGES
from tests.browser.window import PASSWORD, Window

TOWN = "青溪镇"
COUNT = """
import json, pathlib
from django.apps import apps
model = apps.get_model({model!r})
pathlib.Path({out!r}).write_text(json.dumps(list(model.objects.filter(**{where!r}).values_list({field!r}, flat=True))))
"""


@pytest.fixture(scope="module")
def town(site: Site) -> None:
    """The township of these tests."""
    site.tell(f"from tests.browser import week_stage; week_stage.build({TOWN!r}, ('qingxi', 'qingxi2'))")


@pytest.fixture
def stored(site: Site, tmp_path: Path) -> Callable[..., list[object]]:
    """What stands in the database."""

    def ask(model: str, field: str = "pk", **where: object) -> list[object]:
        out = tmp_path / "found.json"
        site.tell(COUNT.format(model=model, out=str(out), where=where, field=field))
        return list(json.loads(out.read_text()))

    return ask


def of(village: str) -> dict[str, str]:
    """Entries of a village of this township; others of its name are of other tests."""
    return {"assignment__organisation__name": village, "assignment__organisation__township__name": TOWN}


def sign_out(window: Window) -> None:
    """The session ends: in another tab, or by itself."""
    window.context.clear_cookies(name="sessionid")


def sign_in(page: Page, username: str) -> None:
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def forgive(window: Window) -> None:
    """Requests that this test itself had refused are no faults of the page."""
    window.faults[:] = [fault for fault in window.faults if not fault.startswith(("403 for", "console"))]


def kept(page: Page) -> int:
    """How many drafts this browser keeps."""
    return int(page.evaluate("window.luoshiDrafts.mine().then((found) => found.length)"))


REMARK = "form[action$='/remark/']"


@pytest.fixture
def at_remark(stored: Callable[..., list[object]]) -> Callable[..., str]:
    """The page of what a village owes, where a remark is typed; gives its address."""

    def go(window: Window, village: str, text: str) -> str:
        where = {"organisation__name": village, "organisation__township__name": TOWN}
        pk = stored("tasks.Assignment", **where, task__title="干部轮训")[0]
        window.go(f"/assignments/{pk}/")
        window.page.locator("details#remark").evaluate("(node) => { node.open = true; }")
        window.page.locator(f"{REMARK} textarea").fill(text)
        return window.page.url

    return go


def send_remark(page: Page) -> None:
    page.locator(f"{REMARK} button:not([type=button])").last.click()


@pytest.mark.parametrize("gone", ["session", "every cookie", "another tab"])
def test_signed_out_in_the_grid_the_rows_are_saved_after_signing_in_elsewhere(
    town: None,
    signed_in: Callable[..., Window],
    keys: dict[str, object],
    stored: Callable[..., list[object]],
    gone: str,
) -> None:
    window = signed_in("qingxi")
    window.go("/grid/")
    page, other = window.page, window.context.new_page()
    village = VILLAGES[["session", "every cookie", "another tab"].index(gone)]
    if gone == "another tab":
        other.goto("/week/")
        other.locator("header .dropdown-toggle, [data-bs-toggle=dropdown]").last.click()
        other.get_by_role("button", name="退出").click()
        other.wait_for_url("**/sign-in/**")
        del keys["qingxi"]  # this session is over on the server too
    else:
        window.context.clear_cookies(**({"name": "sessionid"} if gone == "session" else {}))
    row = page.locator("tbody tr", has_text=village)
    cell = page.get_by_label(f"{village}：集体收入")
    cell.fill("123.5")
    cell.press("Enter")
    expect(row.locator("[data-said]")).to_contain_text("登录已过期")
    other.goto("/sign-in/")
    sign_in(other, "qingxi")
    row.get_by_role("button", name="重试").click()
    expect(row).to_have_attribute("data-state", "saved")
    assert stored("tasks.Entry", **of(village), assignment__task__title="集体收入") != []
    assert len(stored("tasks.Entry", **of(village), kind="progress")) == 1
    assert kept(page) == 0
    forgive(window)


def test_a_grid_closed_before_its_row_was_saved_stands_filled_in_when_opened_again(
    town: None, signed_in: Callable[..., Window], stored: Callable[..., list[object]]
) -> None:
    window = signed_in("qingxi")
    window.go("/grid/")
    sign_out(window)
    page, village = window.page, VILLAGES[4]
    cell = page.get_by_label(f"{village}：集体收入")
    cell.fill("77")
    cell.press("Enter")
    expect(page.locator("tbody tr", has_text=village).locator("[data-said]")).to_contain_text("登录已过期")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/grid/")
    sign_in(page, "qingxi")
    cell = page.get_by_label(f"{village}：集体收入")
    expect(cell).to_have_value("77")
    page.locator("tbody tr", has_text=village).get_by_role("button", name="重试").click()
    expect(page.locator("tbody tr", has_text=village)).to_have_attribute("data-state", "saved")
    assert len(stored("tasks.Entry", **of(village), kind="progress")) == 1
    assert kept(page) == 0
    forgive(window)


@pytest.mark.parametrize("cookies", ["session", "every cookie"])
def test_a_report_with_a_file_comes_back_filled_in_after_signing_in(
    town: None,
    signed_in: Callable[..., Window],
    stored: Callable[..., list[object]],
    at_remark: Callable[..., str],
    tmp_path: Path,
    cookies: str,
) -> None:
    window = signed_in("qingxi")
    text = f"现场已看，情况属实 {cookies}"
    address = at_remark(window, VILLAGES[5], text)
    page = window.page
    path = tmp_path / "现场.pdf"
    path.write_bytes(b"%PDF-1.4\n" + cookies.encode())
    page.locator(f"{REMARK} input[type=file]").set_input_files(path)
    window.context.clear_cookies(**({"name": "sessionid"} if cookies == "session" else {}))
    send_remark(page)
    page.wait_for_url("**/sign-in/**")
    expect(page.locator("[data-lost-kept]")).to_be_visible()
    expect(page.locator("[data-lost-gone]")).to_be_hidden()
    sign_in(page, "qingxi")
    page.wait_for_url(address)
    expect(page.locator(f"{REMARK} textarea")).to_have_value(text)
    expect(page.locator("[data-unsent]")).to_contain_text("尚未提交")
    assert page.locator(f"{REMARK} input[type=file]").evaluate("(node) => node.files[0].name") == path.name
    send_remark(page)
    expect(page.locator("body")).to_contain_text(text)
    expect(page.locator("[data-unsent]")).to_have_count(0)
    assert len(stored("tasks.Entry", text=text)) == 1
    assert len(stored("tasks.Evidence", entry__text=text)) == 1
    assert kept(page) == 0


def test_what_one_person_typed_is_never_shown_to_another(
    town: None, signed_in: Callable[..., Window], at_remark: Callable[..., str]
) -> None:
    window = signed_in("qingxi")
    address = at_remark(window, VILLAGES[6], "只有我看")
    page = window.page
    sign_out(window)
    send_remark(page)
    page.wait_for_url("**/sign-in/**")
    sign_in(page, "qingxi2")
    page.wait_for_url(address)
    assert kept(page) == 0
    expect(page.locator("[data-unsent]")).to_have_count(0)
    expect(page.locator(f"{REMARK} textarea")).to_have_value("")


def test_a_page_opened_before_somebody_else_signed_in_saves_nothing_under_their_name(
    town: None, signed_in: Callable[..., Window], stored: Callable[..., list[object]], at_remark: Callable[..., str]
) -> None:
    window = signed_in("qingxi")
    at_remark(window, VILLAGES[7], "甲写的话")
    page, other = window.page, window.context.new_page()
    sign_out(window)
    other.goto("/sign-in/")
    sign_in(other, "qingxi2")
    send_remark(page)
    expect(page.locator("h1")).to_have_text("没有保存")
    expect(page.locator("[data-lost-kept]")).to_be_visible()
    assert stored("tasks.Entry", text="甲写的话") == []


def programme(page: Page, name: str) -> None:
    for field, text in {"name": name, "first_year": "2026", "last_year": "2026"}.items():
        page.locator(f"#id_{field}").fill(text)


def test_signing_in_in_another_tab_the_form_is_sent_as_it_stands(
    signed_in: Callable[..., Window], stored: Callable[..., list[object]], site: Site
) -> None:
    window = signed_in("dangjianban")
    window.go("/programmes/new/")
    page, other = window.page, window.context.new_page()
    programme(page, "另页登录的方案")
    sign_out(window)
    other.goto("/sign-in/")
    sign_in(other, "dangjianban")
    page.locator("main form button").last.click()
    page.wait_for_url(lambda url: "/new/" not in url)
    assert len(stored("tasks.Programme", name="另页登录的方案")) == 1
    assert kept(page) == 0


def test_back_and_sent_again_makes_one(signed_in: Callable[..., Window], stored: Callable[..., list[object]]) -> None:
    window = signed_in("dangjianban")
    window.go("/programmes/new/")
    page = window.page
    programme(page, "退回再交的方案")
    page.locator("main form button").last.click()
    page.wait_for_url(lambda url: "/new/" not in url)
    there = page.url
    page.go_back()
    programme(page, "退回再交的方案")
    page.locator("main form button").last.click()
    page.wait_for_url(there)
    expect(page.locator("main")).to_contain_text("没有再保存一次")
    assert len(stored("tasks.Programme", name="退回再交的方案")) == 1
    page.go_back()
    programme(page, "退回改名的方案")  # another content is another form
    page.locator("main form button").last.click()
    page.wait_for_url(lambda url: "/new/" not in url and url != there)
    assert len(stored("tasks.Programme", name="退回改名的方案")) == 1


def test_a_double_click_makes_one(signed_in: Callable[..., Window], stored: Callable[..., list[object]]) -> None:
    window = signed_in("dangjianban")
    window.go("/programmes/new/")
    programme(window.page, "双击的方案")
    window.page.locator("main form button").last.dblclick()
    window.page.wait_for_url(lambda url: "/new/" not in url)
    assert len(stored("tasks.Programme", name="双击的方案")) == 1


def test_the_network_cut_after_the_form_arrived_makes_one(
    signed_in: Callable[..., Window], stored: Callable[..., list[object]]
) -> None:
    window = signed_in("dangjianban")
    window.go("/programmes/new/")
    page = window.page

    def arrives_but_is_not_answered(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/programmes/new/", arrives_but_is_not_answered)
    programme(page, "断网的方案")
    page.locator("main form button").last.click()
    with suppress(Error):  # the page that is waited for fails, and this may be told first
        page.wait_for_url("chrome-error://**")
    page.unroute("**/programmes/new/")
    window.context.clear_cookies(name="luoshi_sent")  # the route's own request heard what the page never did
    page.goto("/programmes/new/")
    expect(page.locator("#id_name")).to_have_value("断网的方案")
    page.locator("main form button").last.click()
    page.wait_for_url(lambda url: "/new/" not in url)
    expect(page.locator("main")).to_contain_text("没有再保存一次")
    assert len(stored("tasks.Programme", name="断网的方案")) == 1
    assert kept(page) == 0
    window.faults[:] = [fault for fault in window.faults if "ERR_CONNECTION" not in fault]


def test_a_half_typed_task_survives_a_fragment_that_meets_the_sign_in_page(
    signed_in: Callable[..., Window], stored: Callable[..., list[object]]
) -> None:
    window = signed_in("dangjianban")
    window.go("/tasks/new/")
    page = window.page
    page.locator("#id_theme").select_option(index=1)
    theme = page.locator("#id_theme").input_value()
    page.locator("#id_title").fill("写了一半的任务")
    page.locator("#id_standard").fill("写了一半的标准")
    sign_out(window)
    page.locator("button[name=action][value^='shape:']").last.click()
    page.wait_for_url("**/sign-in/**")
    expect(page.locator("[data-lost-kept]")).to_be_visible()
    sign_in(page, "dangjianban")
    page.wait_for_url("**/tasks/new/")
    expect(page.locator("#id_title")).to_have_value("写了一半的任务")
    expect(page.locator("#id_standard")).to_have_value("写了一半的标准")
    expect(page.locator("#id_theme")).to_have_value(theme)
    page.locator("button[name=action][value=save]:visible").last.click()
    page.wait_for_url("**/edit/")
    assert len(stored("tasks.Task", title="写了一半的任务")) == 1
    assert kept(page) == 0


def test_milestones_and_recipients_added_on_the_page_come_back_too(
    signed_in: Callable[..., Window], stored: Callable[..., list[object]]
) -> None:
    window = signed_in("dangjianban")
    window.go("/tasks/new/")
    page = window.page
    page.locator("#id_theme").select_option(index=1)
    page.locator("#id_title").fill("带节点的任务")
    page.locator("button[name=action][value='shape:milestones']").click()
    page.locator("button[value^='ms_pattern']").first.click()
    page.locator("[name=ms-13-name]").wait_for()
    page.locator("#id_due_on").fill("2027-12-31")
    page.locator("button[value='ms_plan:days']").click()
    expect(page.locator("[name=ms-13-due_on]")).not_to_have_value("")
    page.locator("[name=ms-2-name]").fill("自己写的节点")
    page.locator("[name=ms-2-due_on]").fill("2027-12-01")
    page.locator("#id_standard").fill("按图验收")
    sign_out(window)
    page.locator("button[name=action][value=save]:visible").last.click()
    page.wait_for_url("**/sign-in/**")
    sign_in(page, "dangjianban")
    page.wait_for_url("**/tasks/new/")
    expect(page.locator("[data-unsent]")).to_contain_text("已放回表单")
    expect(page.locator("[data-unsent]")).not_to_contain_text("未能放回")
    expect(page.locator("[name=ms-2-name]")).to_have_value("自己写的节点")
    expect(page.locator("[name=ms-2-due_on]")).to_have_value("2027-12-01")
    expect(page.locator("#id_title")).to_have_value("带节点的任务")
    page.locator("button[value='ms_remove:13']").click()  # the page drawn anew still does what it did
    expect(page.locator("[name=ms-13-name]")).to_have_count(0)
    page.locator("button[name=action][value=save]:visible").last.click()
    page.wait_for_url("**/edit/")
    assert len(stored("tasks.TaskMilestone", "name", task__title="带节点的任务")) == 13
    assert kept(page) == 0


def test_replies_from_the_group_stand_in_their_box_again(town: None, signed_in: Callable[..., Window]) -> None:
    window = signed_in("qingxi")
    window.go("/grid/chat/")
    page, said = window.page, f"1. {VILLAGES[10]}：集体收入18.6万\n2. 没有这个村：收入3万"
    page.locator("#text").fill(said)
    page.locator("main form button").first.click()
    page.locator("[name=place-0]").wait_for()
    page.locator("[name=place-1]").select_option(index=1)
    sign_out(window)
    page.locator("main form button").last.click()
    page.wait_for_url("**/sign-in/**")
    sign_in(page, "qingxi")
    page.wait_for_url("**/grid/chat/")
    expect(page.locator("#text")).to_have_value(said)
    page.locator("main form button:not([type=button])").first.click()
    page.locator("[name=place-0]").wait_for()


def test_a_cell_not_touched_shows_what_a_colleague_saved_meanwhile(
    town: None, signed_in: Callable[..., Window]
) -> None:
    window = signed_in("qingxi")
    window.go("/grid/")
    page, village = window.page, VILLAGES[9]
    row = page.locator("tbody tr", has_text=village)
    cell = page.get_by_label(f"{village}：建筑面积")
    cell.fill("55")
    cell.press("Enter")
    expect(row).to_have_attribute("data-state", "saved")
    sign_out(window)
    cell = page.get_by_label(f"{village}：集体收入")
    cell.fill("77")
    cell.press("Enter")
    expect(row.locator("[data-said]")).to_contain_text("登录已过期")
    other = signed_in("qingxi2")
    other.go("/grid/")
    theirs = other.page.get_by_label(f"{village}：建筑面积")
    theirs.fill("66")
    theirs.press("Enter")
    expect(other.page.locator("tbody tr", has_text=village)).to_have_attribute("data-state", "saved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/grid/")
    sign_in(page, "qingxi")
    expect(page.get_by_label(f"{village}：集体收入")).to_have_value("77")
    expect(page.get_by_label(f"{village}：建筑面积")).to_have_value("66")
    row.get_by_role("button", name="重试").click()
    expect(row).to_have_attribute("data-state", "saved")
    expect(page.get_by_label(f"{village}：建筑面积")).to_have_value("66")
    forgive(window)


def test_a_fragment_asked_for_under_another_name_says_that_it_is_refused(signed_in: Callable[..., Window]) -> None:
    window = signed_in("dangjianban")
    window.go("/tasks/new/")
    page, other = window.page, window.context.new_page()
    page.locator("#id_title").fill("甲写的题目")
    sign_out(window)
    other.goto("/sign-in/")
    sign_in(other, "jinling")
    page.locator("button[name=action][value='shape:milestones']").click()
    expect(page.locator("[data-refused]")).to_contain_text("没有保存")
    expect(page.locator("#id_title")).to_have_value("甲写的题目")
    window.faults[:] = [fault for fault in window.faults if "403" not in fault and "console" not in fault]


ASK = """
import datetime
from dates import clock
from orgs.models import Post
from records.changes import change_set
from tasks.models import Assignment, DueDateRevision
post = Post.objects.get(user__username="qingxi")
rows = Assignment.objects.filter(organisation__township__name={town!r}, task__title="建筑面积").order_by("pk")[:3]
with change_set("tests.ask", by=None, at=clock.now()) as changes:
    for row in rows:
        wanted = row.due_on + datetime.timedelta(days=9)
        changes.create(DueDateRevision(assignment=row, kind="extension", old_due_on=row.due_on, wanted_on=wanted,
                                       reason="雨季", asked_by=post, asked_at=clock.now()))
"""


def test_of_forms_alike_each_comes_back_in_its_own_row(
    town: None, site: Site, signed_in: Callable[..., Window], at_remark: Callable[..., str]
) -> None:
    site.tell(ASK.format(town=TOWN))
    window = signed_in("dangjianban")
    window.go("/extensions/")
    page = window.page
    form = page.locator("form[action*='/extensions/decide/']:not(#together)").nth(1)
    own = form.locator("input[name=chosen]").input_value()
    form.locator("textarea").fill("材料不全，请补")
    sign_out(window)
    form.locator("button[value=refuse]").click()
    page.wait_for_url("**/sign-in/**")
    other = signed_in("qingxi2")
    at_remark(other, VILLAGES[11], "别人写的话")
    send_remark(other.page)
    expect(other.page.locator("body")).to_contain_text("别人写的话")
    sign_in(page, "dangjianban")
    page.wait_for_url("**/extensions/**")
    expect(page.locator(f"#words-{own}")).to_have_value("材料不全，请补")
    filled = page.locator("textarea[name=words]").evaluate_all("(all) => all.filter((one) => one.value).length")
    assert filled == 1


def test_what_is_discarded_or_signed_out_of_is_gone(signed_in: Callable[..., Window], keys: dict[str, object]) -> None:
    window = signed_in("dangjianban")
    page = window.page
    asked: list[str] = []
    for way in ("discard", "sign out"):
        window.go("/programmes/new/")
        programme(page, "不要了的方案")
        sign_out(window)
        page.locator("main form button").last.click()
        page.wait_for_url("**/sign-in/**")
        sign_in(page, "dangjianban")
        expect(page.locator("[data-unsent]")).to_be_visible()
        if way == "discard":
            page.locator("[data-unsent] button").click()
            expect(page.locator("#id_name")).to_have_value("")
        else:
            page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
            page.locator("[data-bs-toggle=dropdown]").last.click()
            page.get_by_role("button", name="退出").click()
            page.wait_for_url("**/sign-in/**")
            assert "1 张表单" in asked[0]
            sign_in(page, "dangjianban")
        assert kept(page) == 0


def test_no_password_is_ever_kept(signed_in: Callable[..., Window]) -> None:
    window = signed_in("jinling")
    window.go("/password/")
    page = window.page
    for field in page.locator("main input[type=password]").all():
        field.fill("geheim-geheim-1")
    sign_out(window)
    page.locator("main form button").last.click()
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate("idb.openDB('luoshi', 1).then((db) => db.getAll('drafts')).then((all) => all.length)") == 0
    expect(page.locator("[data-lost-gone]")).to_be_visible()
