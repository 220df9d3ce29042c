"""What a clipboard brings into the grid, by real paste events: blanks, broken cells, tables; and a remark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Site
from tests.browser.week_stage import VILLAGES
from tests.browser.window import Window

# A paste as the browser tells of it; what nobody takes is inserted by the test's own hand.
PASTE = """([text, html]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  if (html) data.setData("text/html", html);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  return !document.activeElement.dispatchEvent(event);
}"""
EXCEL = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><style>td {color: red}</style>'
    '<table style="width:9pt">%s</table></html>'
)


@pytest.fixture(scope="module")
def town(site: Site) -> None:
    """The township of these tests."""
    site.tell("from tests.browser import week_stage; week_stage.build('双溪镇', ('shuangxi', 'shuangxi2'))")


@pytest.fixture
def page(town: None, signed_in: Callable[..., Window]) -> Page:
    page = signed_in("shuangxi").page
    page.goto("/grid/")
    return page


def cell(page: Page, at: int, title: str) -> Locator:
    return page.get_by_label(f"{VILLAGES[at]}：{title}", exact=False).first


def paste(page: Page, at: int, title: str, text: str, html: str = "") -> None:
    cell(page, at, title).focus()
    with page.expect_response(lambda answer: "/grid/block/" in answer.url):
        assert page.evaluate(PASTE, [text, html])


def saved(page: Page) -> None:
    expect(page.locator("tr[data-state=changed], tr[data-state=bad], tr[data-sending]")).to_have_count(0)


def values(page: Page, title: str, first: int, count: int) -> list[str]:
    return [cell(page, at, title).input_value() for at in range(first, first + count)]


def test_a_blank_cell_leaves_its_village(page: Page) -> None:
    paste(page, 0, "建筑面积", "51\r\n\r\n53\r\n54\r\n\r\n\r\n")
    expect(cell(page, 3, "建筑面积")).to_have_value("54")
    saved(page)
    page.reload()
    assert values(page, "建筑面积", 0, 6) == ["51", "", "53", "54", "", ""]
    paste(page, 4, "建筑面积", "\n56\n", EXCEL % "<tr><td></td></tr><tr><td>56</td></tr>")
    expect(cell(page, 5, "建筑面积")).to_have_value("56")
    saved(page)
    assert values(page, "建筑面积", 3, 4) == ["54", "", "56", ""]


def test_a_line_break_within_a_cell_stays_in_its_cell(page: Page) -> None:
    text = f'村名\t集体收入\t说明\r\n{VILLAGES[6]}\t61\t"水电已通\n等验收"\r\n{VILLAGES[7]}\t76\t材料已到\r\n'
    paste(page, 0, "集体收入", text)
    expect(cell(page, 7, "说明")).to_have_value("材料已到")
    saved(page)
    page.reload()
    assert values(page, "集体收入", 6, 2) == ["61", "76"]
    assert values(page, "说明", 6, 2) == ["水电已通 等验收", "材料已到"]


def test_a_table_of_a_page_keeps_its_blank_and_broken_cells(page: Page) -> None:
    rows = "<tr><td>8</td><td>甲<br>乙</td></tr><tr><td></td><td></td></tr><tr><td>9</td><td>丙</td></tr>"
    hidden = '<tr style="display: none"><td>7</td><td>丁</td></tr>'
    paste(page, 8, "干部轮训", "8\t甲\n乙\n\t\n9\t丙", f"<table>{rows}{hidden}</table>")
    expect(cell(page, 10, "干部轮训")).to_have_value("9")
    assert values(page, "干部轮训", 8, 4) == ["8", "", "9", ""]
    assert values(page, "阵地日常维护", 8, 4) == ["甲 乙", "", "丙", ""]
    saved(page)


def test_merged_and_hidden_lines_are_asked_about_first(page: Page) -> None:
    merged = "<tr><td rowspan=2>12</td></tr><tr></tr><tr><td>13</td></tr>"
    paste(page, 12, "建筑面积", "12\r\n\r\n13\r\n", EXCEL % merged)
    expect(page.locator("[data-preview]")).to_contain_text("合并")
    assert values(page, "建筑面积", 12, 3) == ["", "", ""]
    page.locator("[data-preview-drop]").click()
    hidden = '<tr><td>12</td></tr><tr style="display:none"><td>0</td></tr><tr><td>13</td></tr>'
    paste(page, 12, "建筑面积", "12\r\n0\r\n13\r\n", EXCEL % hidden)
    expect(page.locator("[data-preview]")).to_contain_text("隐藏")
    expect(page.locator("[data-preview-fill]")).to_be_hidden()
    assert values(page, "建筑面积", 12, 3) == ["", "", ""]


@pytest.mark.parametrize(
    "html",
    [
        '<col><col style="display:none"><tr><td>12</td><td>7</td></tr><tr><td>13</td><td>8</td></tr>',
        "<tr><td>12</td><td style='display:none'>7</td></tr><tr><td>13</td><td style='display:none'>8</td></tr>",
    ],
)
def test_hidden_columns_are_asked_about_unless_headings_say_which_is_which(page: Page, html: str) -> None:
    paste(page, 14, "建筑面积", "12\t7\r\n13\t8\r\n", EXCEL % html)
    expect(page.locator("[data-preview]")).to_contain_text("隐藏的列")
    expect(page.locator("[data-preview-fill]")).to_be_hidden()
    assert values(page, "建筑面积", 14, 2) == ["", ""]
    page.locator("[data-preview-drop]").click()
    paste(page, 14, "建筑面积", f"村名\t建筑面积\r\n{VILLAGES[17]}\t12\r\n", EXCEL % html)
    expect(cell(page, 17, "建筑面积")).to_have_value("12")
    saved(page)


def test_a_heading_nobody_knows_is_asked_about_first(page: Page) -> None:
    paste(page, 0, "集体收入", f"村名\t集体收入\t去年集体收入\n{VILLAGES[14]}\t31\t29\n")
    expect(page.locator("[data-preview]")).to_contain_text("去年集体收入")
    page.keyboard.press("Enter")
    expect(cell(page, 14, "集体收入")).to_have_value("31")
    saved(page)


def test_a_remark_typed_straight_into_its_column_is_saved(page: Page) -> None:
    note = cell(page, 16, "说明")
    note.click()
    page.keyboard.type("路断了进不去")
    page.keyboard.press("Enter")
    said = page.locator("tr", has_text=VILLAGES[16]).locator("[data-said]")
    expect(said).to_contain_text("已存")
    page.reload()
    expect(note).to_have_value("路断了进不去")
    note.fill("")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("不能清空")
    expect(said).not_to_contain_text("已存")
    page.reload()
    expect(note).to_have_value("路断了进不去")


def test_what_a_heading_means_is_chosen_and_read_again(page: Page) -> None:
    paste(page, 0, "集体收入", f"村名\t去年集体收入\n{VILLAGES[18]}\t33\n")
    preview = page.locator("[data-preview]")
    preview.get_by_role("combobox").select_option(label="集体收入")
    expect(cell(page, 18, "集体收入")).to_have_value("33")
    expect(preview).to_be_hidden()
    saved(page)


def test_a_figure_that_is_far_is_saved_when_it_is_called_right(page: Page) -> None:
    field = cell(page, 18, "集体收入")
    field.fill("330000")
    page.keyboard.press("Enter")
    row = page.locator("tr", has_text=VILLAGES[18])
    expect(row.locator("[data-said]")).to_contain_text("相差一百倍以上")
    row.get_by_role("button", name="没有错").click()
    expect(row.locator("[data-said]")).to_contain_text("已存")
    page.reload()
    expect(field).to_have_value("330000")
    paste(page, 18, "集体收入", "34\r\n35\r\n")
    page.locator("[data-preview]").get_by_role("button", name="没有错").first.click()
    page.locator("[data-preview-fill]").click()
    expect(field).to_have_value("34")
    saved(page)
