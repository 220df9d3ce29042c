"""Back and forth in the grid: whatever is taken back, the screen shows of every row what the database holds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Site
from tests.browser.steps import COPY
from tests.browser.window import Window

TITLES = ("集体收入", "建筑面积")
PLACES = ("石岭村", "柳湾村", "大塘村", "杨家村")
LAST_WEEK = (
    "import datetime; from dates import clock; from tasks.models import Assignment; "
    "rows = Assignment.objects.filter(organisation__township__name='{town}', task__title='干部轮训'); "
    "day = clock.today() - datetime.timedelta(days=8); "
    "rows.update(percent=40, said='苗木已到', status='in_progress', reported_on=day); "
    "rows.filter(organisation__name='柳湾村').update(status='returned', return_reason='照片不清')"
)


@pytest.fixture(scope="module")
def town(site: Site) -> None:
    """The townships of these tests."""
    site.tell("from tests.browser import week_stage; week_stage.build('白水镇', ('baishui',))")
    site.tell("from tests.browser import week_stage; week_stage.build('黄石镇', ('huangshi',))")
    site.tell(LAST_WEEK.format(town="黄石镇"))


def cell(page: Page, village: str, title: str) -> Locator:
    return page.get_by_label(f"{village}：{title}", exact=False).first


def all_saved(page: Page) -> None:
    expect(page.locator("tr[data-state=changed], tr[data-state=bad], tr[data-sending]")).to_have_count(0)


def on_screen(page: Page) -> list[list[str]]:
    return [[cell(page, village, title).input_value() for title in TITLES] for village in PLACES]


def held(page: Page) -> list[list[str]]:
    """What the database holds, as a second window shows it."""
    other = page.context.new_page()
    other.goto("/grid/")
    found = on_screen(other)
    other.close()
    return found


def paste(page: Page, lines: list[list[str]]) -> None:
    page.evaluate(COPY, ["".join("\t".join(line) + "\r\n" for line in lines), ""])
    cell(page, PLACES[0], TITLES[0]).click()
    page.keyboard.press("Control+v")
    expect(cell(page, PLACES[len(lines) - 1], TITLES[1])).to_have_value(lines[-1][1])
    all_saved(page)


def test_a_block_and_three_steps_back_and_forth(town: None, signed_in: Callable[..., Window]) -> None:
    window = signed_in("baishui")
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.page
    page.goto("/grid/")
    empty = on_screen(page)
    first = [[str(10 + number), str(100 + number)] for number in range(3)]
    second = [[str(20 + number), str(200 + number)] for number in range(4)]
    paste(page, first)
    paste(page, second)
    cell(page, PLACES[3], TITLES[0]).fill("7")
    page.keyboard.press("Enter")
    all_saved(page)
    box = cell(page, PLACES[1], TITLES[0])
    box.focus()

    page.keyboard.press("Control+z")
    expect(cell(page, PLACES[3], TITLES[0])).to_have_value("23")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("11")
    assert on_screen(page) == [*first, ["", ""]] == held(page)
    page.keyboard.press("Control+z")
    expect(box).to_have_value("")
    assert on_screen(page) == empty == held(page)
    page.keyboard.press("Control+z")
    expect(page.locator("tr", has_text=PLACES[1]).locator("[data-said]")).to_contain_text("没有可以再撤销的")

    for _time in range(2):  # however fast the keys come
        page.keyboard.press("Control+y")
    expect(cell(page, PLACES[3], TITLES[1])).to_have_value("203")
    assert on_screen(page) == second == held(page)
    page.reload()
    cell(page, PLACES[0], TITLES[0]).focus()
    page.keyboard.press("Control+z")
    expect(cell(page, PLACES[2], TITLES[0])).to_have_value("12")
    assert on_screen(page) == [*first, ["", ""]] == held(page)


def test_what_is_being_typed_elsewhere_stays(town: None, signed_in: Callable[..., Window]) -> None:
    page = signed_in("baishui").page
    page.goto("/grid/")
    cell(page, "新河村", TITLES[0]).fill("5")
    page.keyboard.press("Enter")
    all_saved(page)
    before = cell(page, "新河村", TITLES[0])
    page.evaluate(
        """() => {  // typed a moment ago and not saved yet
          const box = document.activeElement; box.value = "88"; box.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    typed = page.locator(".ginput.g-changed, td.g-changed .ginput").first
    expect(typed).to_have_value("88")
    page.evaluate("() => window.luoshiGrid.undo(document.querySelector('tr[data-row]'))")
    expect(before).to_have_value("")
    expect(typed).to_have_value("88")


def test_as_last_week_says_what_it_left_and_is_undone_beside_it(town: None, signed_in: Callable[..., Window]) -> None:
    page = signed_in("huangshi").page
    page.goto("/grid/")
    page.get_by_text("没变的同上周").click()
    page.get_by_role("button", name="按同上周报").click()
    said = page.locator(".alert")
    expect(said.first).to_contain_text("19 格")
    expect(page.locator(".alert", has_text="被退回")).to_contain_text("柳湾村 干部轮训")
    expect(cell(page, "石岭村", "干部轮训")).to_have_value("40")
    said.first.get_by_role("link", name="撤销").click()
    page.get_by_role("button", name="恢复原样").click()
    page.goto("/grid/")
    expect(page.locator("td.g-miss")).to_have_count(180)
