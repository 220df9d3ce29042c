"""The story of the first page of the README, told by clicking: issued, received, reported, sent back, closed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.steps import Chapters, answer_for, choose, said, submit, unfold
from tests.browser.window import Window

THEME = "村级阵地提升"
TITLE = "村级活动场所冬季安全排查"
ANSWERS = {
    "owner": "乡镇党委书记；村党组织书记",
    "standard": "电路、取暖、消防逐项查完，隐患当场列单",
    "effect": "群众冬天来办事安全、暖和",
    "consequence": "逾期三天下督办单，列入月通报",
    "measures": "一、乡镇干部到村逐项查。\n二、查出的隐患三天内改完。",
}
SOURCE = {"source_title": "关于做好冬季安全排查的通知", "source_number": "禾组发〔2026〕31号"}
FILES = {
    "notice": {"name": "通知.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%journey\n%%EOF\n"},
    "photo": {"name": "现场.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"\x00" * 64},
}


@dataclass
class Story(Chapters):
    """What one chapter leaves for the next."""

    theme: str = ""
    task: str = ""
    total: int = 0
    rows: str = ""
    assignment: str = ""
    organisation: str = ""


@pytest.fixture(scope="module")
def story() -> Story:
    """Filled by each chapter."""
    return Story()


def row_of(page: Page, organisation: str) -> str:
    """The whole text of an organisation's row in a list of assignments."""
    return page.locator("tbody tr", has_text=organisation).first.inner_text()


def test_1_the_county_adds_a_theme_and_issues_a_task_to_two_townships(
    new_window: Callable[..., Window], story: Story
) -> None:
    window = new_window()
    window.sign_in("dangjianban")
    page = window.page
    expect(page.locator("header nav")).to_contain_text("任务")
    page.goto("/programmes/")
    page.locator("main a[href^='/programmes/']", has_text="五个基本").first.click()
    page.locator("main a[href$='/themes/new/']").first.click()
    page.fill("[name=name]", THEME)
    page.select_option("[name=basic]", "guarantee")
    page.locator("main form button").last.click()
    expect(page.locator("main")).to_contain_text(THEME)

    page.locator("header nav a", has_text="任务").click()
    page.locator("main a[href='/tasks/new/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.select_option("[name=theme]", label=page.locator("[name=theme] option", has_text=THEME).inner_text())
    story.theme = page.locator("[name=theme]").input_value()
    page.fill("[name=title]", TITLE)
    for name, text in {**ANSWERS, **SOURCE}.items():
        if name != "effect":
            page.fill(f"[name={name}]", text)
    page.fill("[name=due_on]", "2026-11-30")
    page.select_option("[name=source_kind]", "document")
    page.select_option("[name=village_closer]", "county")
    page.fill("[name=source_date]", "2026-11-16")
    page.set_input_files("[name=files]", [FILES["notice"]])
    choose(page, "kinds", "行政村")
    page.locator("#audience summary").first.click()
    choose(page, "townships", "河口镇")
    choose(page, "townships", "金岭镇")
    recipients = page.locator("#recipients")
    expect(recipients.locator("tbody tr")).to_have_count(2)
    expect(recipients).to_contain_text("金岭镇")
    story.total = int(recipients.locator("strong").first.inner_text())
    assert story.total == sum(int(n) for n in recipients.locator("tbody td.num").all_inner_texts()) > 2

    issue = page.locator("button[value=issue]").last
    expect(issue).to_contain_text(str(story.total))
    issue.click()  # one answer is missing: nothing typed is lost, and the page says which
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    assert page.locator("[name=standard]").input_value() == ANSWERS["standard"]
    expect(page.locator("#recipients strong").first).to_have_text(str(story.total))
    page.fill("[name=effect]", ANSWERS["effect"])
    page.locator("button[value=issue]").last.click()
    page.wait_for_url(re.compile(r"/tasks/\d+/$"))
    said(page, str(story.total))
    expect(page.locator("h1")).to_contain_text(TITLE)
    expect(page.locator("main")).to_contain_text(SOURCE["source_number"])
    expect(page.locator("main")).to_contain_text("通知.pdf")
    story.task = re.search(r"/tasks/(\d+)/", page.url)[1]
    page.goto("/tasks/?q=" + TITLE)
    expect(page.locator("main a", has_text=TITLE)).to_have_count(1)  # the refused try left no second draft
    page.goto(f"/rows/?task={story.task}")
    expect(page.locator("main tbody tr")).to_have_count(story.total)
    story.chapters = 1


def test_2_the_township_finds_it_in_its_week_and_reports(
    new_window: Callable[..., Window], story: Story, tmp_path: Path
) -> None:
    story.goes_on_after(1)
    window = new_window()
    window.sign_in("hekou")
    page = window.page
    assert page.url.endswith("/week/")
    page.goto("/week/?week=2026-W49")
    page.locator("main a", has_text=TITLE).first.click()
    if "/rows/" in page.url or "/tasks/" in page.url:
        page.locator("main tbody a[href^='/assignments/']").first.click()
    page.wait_for_url(re.compile(r"/assignments/\d+/$"))
    story.assignment = re.search(r"/assignments/\d+/", page.url)[0]
    story.organisation = page.locator("h1 a").inner_text()
    submit(page, "/receive/")
    expect(page.locator("main")).to_contain_text("已签收")

    unfold(page)
    report = page.locator("form[action$='/report/']")
    words = "电路查完，取暖炉还缺两个一氧化碳报警器"
    report.locator("[name=report-text]").fill(words)
    report.locator("[name=report-percent]").fill("40")
    report.locator("[name=report-files]").set_input_files([FILES["photo"]])
    submit(page, "/report/")  # how it was learned is missing: refused, and nothing is lost
    expect(report.locator(".invalid-feedback").first).to_be_visible()
    assert report.locator("[name=report-text]").input_value() == words
    expect(report).to_contain_text("现场.png")
    choose(page, "report-learned", "电话")
    submit(page, "/report/")
    timeline = page.locator("ol.steps")
    expect(timeline).to_contain_text(words)
    expect(timeline).to_contain_text("电话")
    expect(timeline).to_contain_text("40%")
    file = timeline.get_by_role("link", name="现场.png").get_attribute("href")
    assert page.request.get(file).body() == FILES["photo"]["buffer"]

    unfold(page)
    answer_for(page)
    page.fill("[name=request_close-result]", "十二处隐患改完十一处")
    submit(page, "/request-close/")
    expect(page.locator("main")).to_contain_text("十二处隐患改完十一处")
    story.chapters = 2


def _waiting(page: Page, story: Story) -> None:
    page.goto("/verification/")
    page.select_option("select[name=task]", label=TITLE)
    page.wait_for_url(re.compile(f"task={story.task}"))
    expect(page.locator("main")).to_contain_text(story.organisation)


def test_3_the_county_sends_it_back_with_a_reason(signed_in: Callable[..., Window], story: Story) -> None:
    story.goes_on_after(2)
    page = signed_in("dangjianban").page
    _waiting(page, story)
    item = page.locator("li.list-group-item", has_text=story.organisation).first
    item.locator("summary").click()
    item.locator("[name=send_back-reason]").fill("还有一处没改：请附报警器安装照片")
    submit(page, f"{story.assignment}send-back/")
    assert page.url.endswith("/verification/")
    expect(page.locator("main")).not_to_contain_text(TITLE)
    story.chapters = 3


def test_4_the_township_sees_the_reason_and_requests_again(signed_in: Callable[..., Window], story: Story) -> None:
    story.goes_on_after(3)
    page = signed_in("hekou").page
    page.goto("/week/")
    first = page.locator("section[aria-labelledby=first]")
    expect(first).to_contain_text(TITLE)
    page.goto(story.assignment)
    expect(page.locator(".alert-danger")).to_contain_text("请附报警器安装照片")
    unfold(page)
    answer_for(page)
    page.fill("[name=request_close-result]", "十二处隐患全部改完，报警器已装")
    page.set_input_files("[name=request_close-files]", [FILES["photo"]])
    submit(page, "/request-close/")
    expect(page.locator("main")).to_contain_text("报警器已装")
    story.chapters = 4


def test_5_the_county_closes_it_and_board_rows_and_workbook_say_so(
    signed_in: Callable[..., Window], story: Story
) -> None:
    story.goes_on_after(4)
    page = signed_in("dangjianban").page
    page.goto(f"/board/?theme={story.theme}&period=2026")
    cell = page.locator(".matrix tbody tr", has_text="河口镇").locator("td").first
    before = cell.inner_text()
    _waiting(page, story)
    submit(page, f"{story.assignment}close/")

    page.goto(f"/board/?theme={story.theme}&period=2026")
    assert cell.inner_text() != before
    cell.locator("a").click()  # two clicks from the figure to the row
    assert "已销号" in row_of(page, story.organisation)
    page.locator("tbody a[href^='/assignments/']", has_text=TITLE).first.click()
    page.wait_for_url(re.compile(r"/assignments/\d+/$"))

    page.goto(f"/rows/?task={story.task}")
    shown = []
    for row in page.locator("main tbody tr").all():
        cells = row.locator("th, td").all()
        shown.append(
            (cells[1].locator("a").inner_text(), cells[2].inner_text().split("\n")[0], cells[3].inner_text()[:10])
        )
    headings = page.locator("main thead th").all_inner_texts()
    with page.expect_download() as download:
        page.locator("main a[href^='/rows/export/']").click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    start = next(index for index, line in enumerate(lines) if set(headings[1:3]) <= set(line))  # below what was asked
    task, organisation, due = (lines[start].index(name.strip()) for name in headings[1:4])
    exported = [(line[task], line[organisation], str(line[due])[:10]) for line in lines[start + 1 :] if line[task]]
    assert exported == shown
    assert len(exported) == story.total


def test_another_township_finds_no_such_page(signed_in: Callable[..., Window], story: Story) -> None:
    story.goes_on_after(2)
    window = signed_in("jinling")
    assert window.go(story.assignment).status == 404
    expect(window.page.locator("h1")).to_be_visible()
    expect(window.page.locator("main")).not_to_contain_text(TITLE)
    assert window.page.locator("main a[href='/']").count() == 1
    assert TITLE in window.page.request.get(f"/rows/?task={story.task}").text()  # its own villages' rows
    assert story.organisation not in window.page.request.get(f"/rows/?task={story.task}").text()


def test_of_two_people_saving_one_assignment_neither_loses_a_word(
    signed_in: Callable[..., Window], story: Story
) -> None:
    story.goes_on_after(1)
    window = signed_in("hekou")
    first, second = window.page, window.context.new_page()
    first.goto(f"/rows/?task={story.task}&status=issued")
    address = first.locator("main tbody a[href^='/assignments/']").first.get_attribute("href")
    texts = {first: "电话里说：已查三户", second: "到场看过：已查五户"}
    for page in texts:
        page.goto(address)
    for page, text in texts.items():
        unfold(page)
        page.fill("[name=report-text]", text)
        choose(page, "report-learned", "电话")
        submit(page, "/report/")
    for text in texts.values():
        expect(second.locator("main")).to_contain_text(text)
    expect(second.locator("main")).not_to_contain_text("操作失败")
    submit(second, "/yield/")  # keep theirs, and mine as a remark
    for text in texts.values():
        expect(second.locator("ol.steps")).to_contain_text(text)
