"""A county's year through pages alone: catalogue, quota, split, reported, urged, given time or not, closed, looked at.

No step needs the admin site.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Site
from tests.browser.steps import Chapters, addresses, copied, figure, next_page, press, said, submit
from tests.browser.window import Window

SignedIn = Callable[..., Window]
TASK = "农村党员发展"
BUILDING = "新列入计划的活动场所"
WITHDRAWN = "一支部一品牌创建"
TOWNSHIPS = 25
SHEET = (
    ("村名", TASK, "村级集体经济经营性收入", "三会一课按月开展"),
    ("羊沟村", "2名", "18.5", "1"),
    ("双湾村", "３", "12.6万", "1次"),
    ("羊冲村", "1", "9万元", "1"),
    ("竹岭村", "2", "21", "1"),
)  # fmt: skip
CHAT = f"何清和 9:41\n青洞村 王某：{TASK}4名，村级集体经济经营性收入15.2万👍"
PHONE = {"width": 360, "height": 740}


MORE_TOWNSHIPS = f"""
from dates import clock
from orgs.tree import placing as tree
from orgs.models import Organisation
from records.changes import change_set
county = Organisation.objects.get(kind='county')
with change_set('tests.townships', by=None, at=clock.now()) as changes:
    above = [
        Organisation(code=f'{{county.code[:6]}}3{{n:02}}000', name=f'外{{n}}镇', kind='township', parent=county)
        for n in range({TOWNSHIPS} - Organisation.objects.filter(kind='township').count())
    ]
    tree.add(changes, above)
    below = [
        Organisation(code=f'{{row.code[:9]}}20{{m}}', name=f'{{row.name[:-1]}}{{m}}村', kind='village', parent=row)
        for n, row in enumerate(above)
        for m in range(1 + n % 4)
    ]
    tree.add(changes, below)
"""


@dataclass
class Story(Chapters):
    """What the chapters hand on."""

    programme: str = ""
    task: str = ""
    share: int = 0
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def story() -> Story:
    """Filled by each chapter."""
    return Story()


def act(page: Page, value: str) -> None:
    """Press the button that does this, and wait for the page after it."""
    with next_page(page):
        page.locator(f"main button[name=action][value={value}]").last.click()


def confirm(page: Page, words: str) -> None:
    """Read how many are put in or out, and do it."""
    expect(page.locator("#asked")).to_contain_text(words)
    with next_page(page):
        page.locator("#asked button").click()


def shares(page: Page) -> list[int]:
    """The shares as they stand in the boxes."""
    return [int(box.input_value() or 0) for box in page.locator("input.share").all()]


def split(page: Page, target: int) -> None:
    """Set the figure, let it be proposed by villages; the sum is said while typing."""
    page.fill("[name=target]", str(target))
    expect(page.locator("[data-gap]")).to_contain_text(str(target))
    act(page, "villages")
    assert sum(shares(page)) == target
    expect(page.locator("[data-gap]")).to_contain_text("相符")


def test_1_the_county_takes_a_catalogue_and_issues_a_split_figure(
    site: Site, signed_in: SignedIn, story: Story
) -> None:
    site.tell(f"exec({MORE_TOWNSHIPS!r})")  # the small demo has six, other journeys bring theirs
    page = signed_in("dangjianban").page
    page.goto("/programmes/")
    page.locator("main a[href='/programmes/new/']").first.click()
    page.fill("[name=name]", "农村基层组织建设目标责任")
    page.fill("[name=first_year]", "2026")
    page.fill("[name=last_year]", "2027")
    page.locator("main form button").last.click()
    page.wait_for_url(re.compile(r"/programmes/\d+/"))
    story.programme = re.search(r"/programmes/\d+/", page.url)[0]
    page.locator("main a", has_text="从自带目录开始").click()
    page.locator("main h2 a", has_text="农村基层组织建设目标责任").click()
    expect(page.locator("main")).to_contain_text("修缮村级活动场所")
    with next_page(page):
        page.locator("main button", has_text="作为草稿").click()
    expect(page.locator("main")).to_contain_text(TASK)
    page.locator("main li", has_text=TASK).locator("a", has_text="分解任务数").click()
    split(page, 1200)
    assert sum(share > 0 for share in shares(page)) == TOWNSHIPS
    first = page.locator("input.share").first
    had = int(first.input_value())
    first.fill(str(had - 1))
    expect(page.locator("[data-gap]")).to_contain_text("还差 1")
    act(page, "save")  # a difference without a reason: refused, nothing lost
    expect(page.locator(".invalid-feedback").first).to_contain_text("还差 1")
    assert first.input_value() == str(had - 1)
    first.fill(str(had))
    act(page, "issue")
    confirm(page, f"{TOWNSHIPS} 个新下达")
    expect(page.locator("main [role=status]").first).to_contain_text("下达")
    story.chapters = 1


def test_2_the_year_is_copied_its_quota_changed_split_and_issued(signed_in: SignedIn, story: Story) -> None:
    story.goes_on_after(1)
    page = signed_in("dangjianban").page
    page.goto(f"{story.programme}?year=2026")
    page.locator("main a", has_text="复制到另一年").click()
    expect(page.locator("main tbody tr", has_text=TASK)).to_contain_text("2027-11-30")
    for _twice in range(2):
        page.goto(f"{story.programme}copy/?source=2026&to=2027")
        button = page.locator("main button", has_text="复制到 2027 年")
        if button.count():
            with next_page(page):
                button.click()
    page.goto(f"{story.programme}?year=2027")
    assert page.locator("main li", has_text=TASK).count() == 1
    page.locator("main li", has_text=TASK).locator("a", has_text="分解任务数").click()
    assert sum(shares(page)) == 1200  # last year's shares stand there
    page.fill("[name=target]", "1500")
    expect(page.locator("[data-gap]")).to_contain_text("还差 300")
    act(page, "last_year")
    assert sum(shares(page)) == 1500
    column = "\n".join(str(share) for share in shares(page))
    page.fill("[name=pasted]", column)
    act(page, "pasted")
    assert "\n".join(str(share) for share in shares(page)) == column
    act(page, "save")
    expect(page.locator("main [role=status]").first).to_contain_text("已保存")
    story.task = re.search(r"/tasks/(\d+)/", page.url)[1]

    page.goto(f"{story.programme}issue/?year=2027")
    row = page.locator("main tbody tr", has_text=TASK)
    expect(row.locator("td.num").last).to_have_text(str(sum(1 for share in column.split("\n") if share != "0")))
    row.locator("input[type=checkbox]").check()
    with next_page(page):
        page.locator("main form button", has_text="下达勾选的任务（1 项").click()
    for _wait in range(60):  # it runs in the background
        page.goto(f"/rows/?task={story.task}")
        if page.locator("main tbody tr").count():
            break
        page.wait_for_timeout(500)
    page.goto(f"/tasks/{story.task}/quota/")
    assert sum(shares(page)) == 1500
    expect(page.locator("[data-fault]")).to_have_count(0)
    story.chapters = 2


def test_3_a_township_splits_its_share_over_its_villages(signed_in: SignedIn, story: Story) -> None:
    story.goes_on_after(2)
    page = signed_in("hekou").page
    page.goto(f"/rows/?task={story.task}")
    page.locator("main tbody a[href^='/assignments/']").first.click()
    page.locator("#quota a", has_text="分解任务数").click()
    story.share = int(page.locator("[data-target]").get_attribute("data-target"))
    act(page, "equal")
    assert sum(shares(page)) == story.share
    page.locator("input[name^=own-]").first.fill("2027-11-20")
    act(page, "save")
    confirm(page, "个新下达")
    expect(page.locator("main [role=status]").first).to_contain_text("分解已保存")
    expect(page.locator("[data-fault]")).to_have_count(0)
    story.chapters = 3


def test_4_the_county_changes_the_quota_and_the_township_reads_that_its_split_is_short(
    signed_in: SignedIn, story: Story
) -> None:
    story.goes_on_after(3)
    county = signed_in("dangjianban").page
    county.goto(f"/tasks/{story.task}/quota/")
    box = county.locator("tr", has_text="河口镇").locator("input.share")
    box.fill(str(story.share + 2))
    county.fill("[name=target]", "1502")
    act(county, "save")
    expect(county.locator(".invalid-feedback").first).to_contain_text("说明")
    county.fill("[name=note]", "市里加两名")
    act(county, "save")
    expect(county.locator("tr", has_text="河口镇")).to_contain_text("还差 2")
    page = signed_in("hekou", viewport=PHONE).page
    page.goto(f"/rows/?task={story.task}")
    page.locator("main tbody a[href^='/assignments/']").first.click()
    expect(page.locator("#quota")).to_contain_text("还差 2")
    expect(page.locator("main")).to_contain_text("市里加两名")
    page.locator("#quota a").last.click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_5_the_township_pastes_three_columns_and_a_chat_message(signed_in: SignedIn, story: Story) -> None:
    story.goes_on_after(3)
    window = signed_in("hekou")
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.go("/week/")
    page = window.page
    page.locator("main a", has_text="各村填报").first.click()
    copied(page, SHEET)
    page.locator(".ginput").first.click()
    page.keyboard.press("Control+v")
    expect(page.get_by_label(f"竹岭村：{TASK}").first).to_have_value("2")
    expect(page.locator("tr[data-state=changed], tr[data-state=bad], tr[data-sending]")).to_have_count(0)
    page.locator("main a", has_text="粘贴群里的回复").click()
    copied(page, CHAT)
    page.locator("textarea#text").click()
    page.keyboard.press("Control+v")
    press(page, "读一读")
    press(page, "存入各村填报")
    said(page, "1 个村已存")
    page.goto("/grid/")
    for village, *told in (*SHEET[1:], ("青洞村", "4", "15.2")):
        for title, text in zip(SHEET[0][1:], told, strict=False):
            read = re.sub(r"[名次万元]", "", text).replace("３", "3")
            expect(page.get_by_label(f"{village}：{title}").first).to_have_value(read)
    county = signed_in("dangjianban").page
    county.goto(f"/tasks/{story.task}/quota/")
    expect(county.locator("tr", has_text="河口镇")).to_contain_text("12")  # what the villages have done so far


def test_6_the_county_urges_what_is_late_and_takes_the_text_for_the_chat_group(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/rows/?light=late")
    page.locator("main a[href^='/supervision/urges/new/']").click()
    page.locator("[data-copy]").click()
    expect(page.locator("#urge-text")).to_be_visible()
    lines = page.locator("#urge-text").input_value().strip().split("\n")
    assert len(lines) > 1
    assert all("逾" in line for line in lines[1:])
    page.fill("[name=note]", "本周五前更新进展")
    with next_page(page):
        page.locator("main form button.btn-primary").click()
    said(page, "已催办")
    page.goto("/supervision/urges/new/?light=late")
    with next_page(page):
        page.locator("main form button.btn-primary").click()
    expect(page.locator("[role=alert]")).to_contain_text("今天都已催办过")


def test_7_a_township_asks_for_two_extensions_and_raises_a_matter(signed_in: SignedIn, story: Story) -> None:
    page = signed_in("hekou").page
    page.goto(f"/rows/?q={BUILDING}&status=in_progress")
    story.asked = addresses(page, 2)
    for address in story.asked:
        page.goto(address)
        page.locator("#dates summary").first.click()
        page.fill("[name=extension-wanted_on]", "2027-02-26")
        page.fill("[name=extension-reason]", "连续阴雨，土建停工两周")
        submit(page, "/extension/")
    page.goto(story.asked[0])
    page.locator("main a[href^='/supervision/matters/new/']").click()
    page.fill("[name=text]", "电力增容费没有着落")
    with next_page(page):
        page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("电力增容费没有着落")


def test_8_the_county_grants_one_and_refuses_the_other(signed_in: SignedIn, story: Story) -> None:
    page = signed_in("dangjianban").page
    page.goto("/extensions/")
    for number, decision in enumerate(["grant", "refuse"]):
        row = page.locator("li.list-group-item", has=page.locator(f"a[href='{story.asked[number]}']"))
        row.locator("[name=words]").fill("同意顺延" if decision == "grant" else "工期足够，加派人手")
        with next_page(page):
            row.locator(f"button[value={decision}]").click()
    page.goto(story.asked[0])
    expect(page.locator("#dates")).to_contain_text("2027年2月26日")
    expect(page.locator("#dates")).to_contain_text("原定时限")
    page.goto(story.asked[1])
    expect(page.locator("#dates")).to_contain_text("工期足够")
    expect(page.locator("#dates")).to_contain_text("未批准")


def test_9_one_task_is_postponed_for_the_whole_county(signed_in: SignedIn, story: Story) -> None:
    story.goes_on_after(3)
    page = signed_in("dangjianban").page
    page.goto(f"/rows/?task={story.task}&figure=open")
    page.check("#selected-all")
    press(page, "顺延")
    page.fill("[name=to]", "2027-12-15")
    page.fill("[name=reason]", "防汛抗旱，全县统一顺延")
    with next_page(page):
        page.locator("main form.card button.btn-primary").click()
    page.goto(f"/rows/?task={story.task}&figure=open")
    for row in page.locator("main tbody tr").all():
        expect(row).to_contain_text("2027-12-15")


def test_10_the_county_verifies_close_outs(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/verification/")
    boxes = page.locator("li.list-group-item:has([name=chosen]:not([disabled]))")
    links = [boxes.nth(place).locator("a[href^='/assignments/']").first.get_attribute("href") for place in range(2)]
    for place in range(2):
        boxes.nth(place).locator("[name=chosen]").check()
    press(page, "批量销号")
    press(page, "全部销号")
    for address in links:
        page.goto(str(address))
        expect(page.locator("main")).to_contain_text("已销号")


def test_11_the_sample_sends_one_back_and_its_township_reads_why(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/supervision/samples/")
    page.fill("[name=month]", "2026-11")
    page.fill("[name=seed]", "十一月")
    with next_page(page):
        page.locator("main form button.btn-primary").click()
    pending = page.locator("form[action*='/rechecks/']").first
    item = page.locator("li.list-group-item", has=pending).first
    address = item.locator("a[href^='/assignments/']").get_attribute("href") or ""
    pending.locator("[name=found]").fill("现场大门上锁，公开栏空白")
    with next_page(page):
        pending.locator("button[value=no]").click()
    said(page, "重新办理")
    page.goto(address)
    expect(page.locator(".alert-danger").first).to_contain_text("现场大门上锁")


def test_12_one_task_is_withdrawn_with_a_reason_and_counts_no_more(signed_in: SignedIn, story: Story) -> None:
    story.goes_on_after(3)
    page = signed_in("dangjianban").page
    page.goto(f"/tasks/?q={WITHDRAWN}")
    page.locator("main a", has_text=WITHDRAWN).first.click()
    task = page.url
    page.locator("main a", has_text="作废").click()
    page.fill("[name=reason]", "资金未到位，改列下一年")
    with next_page(page):
        page.locator("main form.card button.btn-primary").click()
    page.goto(task)
    expect(page.locator("main .alert", has_text="资金未到位")).to_be_visible()
    page.goto(f"/rows/?task={task.split('/')[-2]}&figure=open")
    expect(page.locator("main tbody tr")).to_have_count(0)


def test_13_one_item_is_withdrawn_with_a_reason_and_counts_no_more(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/rows/?figure=open&sort=-due")
    total = figure(page)
    page.locator("tbody [name=chosen]").first.check()
    with next_page(page):
        page.locator("#selected button", has_text="作废").click()
    page.fill("[name=reason]", "该村已撤并")
    with next_page(page):
        page.locator("main form.card button.btn-primary").click()
    page.goto("/rows/?figure=open&sort=-due")
    assert figure(page) == total - 1


def test_14_the_matter_goes_up_is_answered_and_settled(signed_in: SignedIn) -> None:
    township = signed_in("hekou").page
    township.goto("/supervision/matters/")
    township.locator("main a", has_text="电力增容费没有着落").click()
    address = township.url
    county = signed_in("dangjianban").page
    county.goto(address)
    expect(county.locator("main")).to_contain_text("电力增容费没有着落")
    township.locator("form[action$='/pass/'] button[value=up]").click()
    county.goto(address)
    county.fill("[name=answer]", "从以奖代补资金中先行垫付，下周到账")
    submit(county, "/answer/")
    township.goto(address)
    with next_page(township):
        township.locator("form[action$='/settle/'] button[value=solved]").click()
    expect(township.locator("main")).to_contain_text("已解决")
