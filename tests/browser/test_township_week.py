"""A measured township week: twenty villages × nine matters, from a pasted block, a chat message and ten corrections."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Site
from tests.browser.steps import COPY
from tests.browser.week_stage import STAGES, TASKS, VILLAGES
from tests.browser.window import Window

CHATTED = 3  # villages that answer in the chat group instead of on the spreadsheet
WORDS = "照常维护"


@dataclass
class Hand:
    """A person's hand on a page: every key and click is counted."""

    page: Page
    keys: int = 0
    clicks: int = 0
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("load", lambda page: self.loads.append(page.url))

    def press(self, *names: str) -> None:
        for name in names:
            self.keys += name.count("+") + 1
            self.page.keyboard.press(name)

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def click(self, target) -> None:
        self.clicks += 1
        target.click()


@pytest.fixture(scope="module")
def town(site: Site) -> None:
    """The township of these tests."""
    site.tell("from tests.browser import week_stage; week_stage.build('清水镇', ('qingshui', 'qingshui2'))")
    site.tell("from tests.browser import week_stage; week_stage.build('云岭镇', ('yunling', 'yunling2'))")


def line(number: int) -> list[str]:
    """What the spreadsheet says of a village, in the ways people write."""
    place = number % len(STAGES)
    return [STAGES[place], f"{number}.5万", str(80 + number), f"{number}人", "２", "3", "4", f"{number * 4}%", WORDS]


def block() -> tuple[str, str]:
    rows = [["村名", *(title for title, _shape, _unit in TASKS)]]
    rows += [[name, *line(number)] for number, name in enumerate(VILLAGES[:-CHATTED], start=1)]
    text = "".join("\t".join(row) + "\r\n" for row in rows)
    html = (
        "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    )
    return text, html


def chat() -> str:
    said = []
    for number, name in enumerate(VILLAGES[-CHATTED:], start=1):
        bare = name.removesuffix("村") if number == 2 else name
        said.append(
            f"张三 9:3{number}\n{number}. {bare} 李四：主体完工，集体收入18.{number}万，建筑面积12{number}㎡，"
            f"流动党员联系5人，"
            f"发展党员1人，三会一课3次，主题党日4次，干部轮训60%👍"
        )
    return "#接龙\n" + "\n".join(said)


def cell(page: Page, village: str, title: str):
    return page.get_by_label(f"{village}：{title}", exact=False).first


def all_saved(page: Page) -> None:
    expect(page.locator("tr[data-state=changed], tr[data-state=bad], tr[data-sending]")).to_have_count(0)


def test_a_township_week_in_keys_and_clicks(
    town: None, signed_in: Callable[..., Window], capsys: pytest.CaptureFixture[str]
) -> None:
    window = signed_in("qingshui")
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.go("/week/")
    page, hand = window.page, Hand(window.page)
    hand.click(page.get_by_role("link", name="各村填报").first)
    expect(page.locator("tbody tr")).to_have_count(len(VILLAGES))
    expect(page.locator("thead th[data-column]")).to_have_count(len(TASKS))
    page.evaluate(COPY, list(block()))
    hand.click(page.locator(".ginput").first)
    hand.press("Control+v")
    expect(page.locator("td.g-miss")).to_have_count(CHATTED * len(TASKS), timeout=20_000)
    all_saved(page)
    expect(page.locator("[data-count]")).to_have_text(f"已填 {17 * 9} 格，还差 {3 * 9} 格")
    after_block = (hand.keys, hand.clicks, len(hand.loads))

    hand.click(page.get_by_role("link", name="粘贴群里的回复"))
    page.evaluate(COPY, [chat(), ""])
    hand.click(page.locator("textarea#text"))
    hand.press("Control+v")
    hand.click(page.get_by_role("button", name="读一读"))
    hand.click(page.get_by_role("button", name="存入各村填报"))
    expect(page.locator(".alert").first).to_contain_text(f"{CHATTED} 个村已存")
    expect(page.locator("[data-count]")).to_have_text(f"已填 {17 * 9 + 3 * 8} 格，还差 3 格")  # nobody spoke of upkeep
    after_chat = (hand.keys, hand.clicks, len(hand.loads))

    hand.click(cell(page, VILLAGES[0], "集体收入"))
    for number in range(10):  # down the column: type over, Enter
        hand.type(f"{20 + number}")
        hand.press("Enter")
    for village in VILLAGES[-CHATTED:]:
        hand.click(cell(page, village, "阵地日常维护"))
        hand.type("OK")
        hand.press("Enter")
    all_saved(page)
    expect(page.locator("td.g-miss")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-count]")).to_have_text("已填 180 格，还差 0 格")
    for number in range(10):
        expect(cell(page, VILLAGES[number], "集体收入")).to_have_value(str(20 + number))
    expect(cell(page, VILLAGES[10], "集体收入")).to_have_value("11.5")
    expect(cell(page, VILLAGES[-1], "集体收入")).to_have_value("18.3")
    expect(cell(page, VILLAGES[-1], "活动场所改扩建")).to_have_value("3")
    parts = [
        f"block {after_block[0]} keys, {after_block[1]} clicks, {after_block[2]} page loads",
        f"chat {after_chat[0] - after_block[0]}, {after_chat[1] - after_block[1]}, {after_chat[2] - after_block[2]}",
        f"all of it with ten corrections {hand.keys} keys, {hand.clicks} clicks, {len(hand.loads) - 1} page loads",
    ]
    with capsys.disabled():
        print(f"\n20 villages × 9 matters: {'; '.join(parts)}")  # noqa: T201
    assert hand.keys <= 60
    assert hand.clicks <= 12
    assert len(hand.loads) - 1 <= 4


def test_two_tabs_clash_and_both_values_stand(town: None, signed_in: Callable[..., Window]) -> None:
    mine, theirs = signed_in("yunling").page, signed_in("yunling2").page
    for page in (mine, theirs):
        page.goto("/grid/")
    cell(theirs, "新河村", "集体收入").fill("12.8")
    theirs.keyboard.press("Enter")
    expect(theirs.locator("tr", has_text="新河村").locator("[data-said]")).to_contain_text("已存")
    cell(mine, "新河村", "集体收入").fill("12")
    mine.keyboard.press("Enter")
    panel = mine.locator("[data-clash]")
    expect(panel).to_contain_text("12.8 万元")
    expect(panel).to_contain_text("yunling2甲")
    expect(cell(mine, "新河村", "集体收入")).to_have_value("12")
    panel.get_by_text("用 12 万元").click()
    expect(panel).to_have_count(0)
    all_saved(mine)
    theirs.reload()
    expect(cell(theirs, "新河村", "集体收入")).to_have_value("12")


def test_keyboard_alone_undo_escape_and_an_input_method(town: None, signed_in: Callable[..., Window]) -> None:
    window = signed_in("yunling")
    page = window.page
    page.goto("/grid/")
    box = cell(page, "大塘村", "建筑面积")
    box.focus()
    page.keyboard.type("150")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    page.keyboard.type("１２０")
    page.keyboard.press("ArrowDown")
    expect(cell(page, "杨家村", "建筑面积")).to_be_focused()
    said = page.locator("tr", has_text="大塘村").locator("[data-said]")
    expect(said).to_contain_text("已存")
    expect(box).to_have_value("120")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("F2")
    page.keyboard.press("ArrowLeft")  # the caret, not the cell
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("已存")
    expect(box).to_have_value("1250")
    box.focus()
    page.keyboard.press("Control+z")
    expect(box).to_have_value("120")
    page.keyboard.press("ArrowRight")
    expect(cell(page, "大塘村", "流动党员联系")).to_be_focused()
    note = page.get_by_label("大塘村：说明")
    note.focus()
    keys = window.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "lv hua", "selectionStart": 6, "selectionEnd": 6})
    for code in ("ArrowDown", "Enter"):  # the input method's own keys
        page.evaluate(
            """(key) => document.activeElement.dispatchEvent(
              new KeyboardEvent("keydown", {key, keyCode: 229, bubbles: true, isComposing: true}))""",
            code,
        )
    expect(note).to_be_focused()
    keys.send("Input.insertText", {"text": "绿化苗木周五到"})
    expect(note).to_have_value("绿化苗木周五到")
    stage = cell(page, "大塘村", "活动场所改扩建")
    stage.focus()
    page.keyboard.press("ArrowDown")
    expect(cell(page, "杨家村", "活动场所改扩建")).to_be_focused()
    expect(stage).to_have_value("")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(stage).to_have_value("3")
    all_saved(page)
    page.reload()
    expect(stage).to_have_value("3")
    expect(note).to_have_value("绿化苗木周五到")


def test_what_cannot_be_sent_stays_and_is_sent_again(town: None, signed_in: Callable[..., Window]) -> None:
    window = signed_in("yunling")
    page = window.page
    page.goto("/grid/")
    window.context.set_offline(True)
    cell(page, "东风村", "集体收入").fill("9.4")
    page.keyboard.press("Enter")
    said = page.locator("tr", has_text="东风村").locator("[data-said]")
    expect(said).to_contain_text("没存上")
    expect(cell(page, "东风村", "集体收入")).to_have_value("9.4")
    window.context.set_offline(False)
    expect(said).to_contain_text("已存", timeout=15_000)
    page.reload()
    expect(cell(page, "东风村", "集体收入")).to_have_value("9.4")


def test_what_of_a_block_cannot_be_read_is_shown_first(town: None, signed_in: Callable[..., Window]) -> None:
    window = signed_in("yunling")
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.page
    page.goto("/grid/")
    page.evaluate(COPY, ["梅岭村\t7\n杨家庄\t8\n茶园村\t一些\n", ""])
    cell(page, "石岭村", "集体收入").focus()
    page.keyboard.press("Control+v")
    preview = page.locator("[data-preview]")
    expect(preview).to_contain_text("没有“杨家庄”")
    expect(preview).to_contain_text("第 3 行 茶园村：“一些”")
    expect(cell(page, "梅岭村", "集体收入")).to_have_value("")
    page.keyboard.press("Enter")
    expect(cell(page, "梅岭村", "集体收入")).to_have_value("7")
    all_saved(page)


def test_on_a_phone_one_village_at_a_time(town: None, signed_in: Callable[..., Window]) -> None:
    page = signed_in("yunling", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True).page
    page.goto("/grid/")
    expect(page.locator("tbody tr:visible")).to_have_count(1)
    first = page.locator("tbody tr:visible th").inner_text()
    box = page.locator("tbody tr:visible .ginput").nth(1)
    assert box.bounding_box()["height"] >= 44
    box.fill("6.6")
    page.get_by_role("button", name="下一个村").click()
    assert page.locator("tbody tr:visible th").inner_text() != first
    all_saved(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
