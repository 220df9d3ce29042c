"""A ledger nobody shipped: described from a blank workbook, filled in by a township, read on its own board; no code."""

import re
from collections.abc import Callable
from io import BytesIO

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.steps import lines_of, press, said, sent, taken
from tests.browser.window import Window

SignedIn = Callable[..., Window]
NAME = "乡村文化活动"
FILLED = {"羊沟村": (12, "1.2万", 340, "是", "2026.3.15"), "双湾村": (8, 0.5, "２６０", "否", "2026年5月")}


def blank() -> bytes:
    """What the county office has used on paper so far."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "统计表"
    sheet.append(["禾源县乡村文化活动开展情况统计表"])
    sheet.append(["填报单位：", *[None] * 7, "2026年  月  日"])
    sheet.append(["序号", "乡镇", "村", "活动情况", None, None, "是否请文艺队", "开展时间", "填表说明"])
    sheet.append([None, None, None, "场数", "投入资金（万元）", "参加群众", None, None, None])
    for area in ("A1:I1", "A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:G4", "H3:H4", "I3:I4"):
        sheet.merge_cells(area)
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def filled(content: bytes) -> bytes:
    """The blank workbook the site gave, with the rows of two villages written under its headings."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for line in sheet["A3:Z4"] for cell in line if cell.value}
    order = [next(place for words, place in columns.items() if name in words) for name in
             ("场数", "投入资金", "参加群众", "是否请文艺队", "开展时间")]  # fmt: skip
    for number in range(4, sheet.max_row + 1):
        for column, value in zip(order, FILLED.get(str(sheet.cell(number, 2).value), ()), strict=False):
            sheet.cell(number, column).value = value
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def ledger(page: Page) -> None:
    """Open the new ledger from the page of ledgers."""
    page.goto("/ledgers/")
    page.locator("main h2 a", has_text=NAME).click()


def test_1_the_county_describes_it_from_a_blank_workbook(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/ledgers/")
    page.locator("main a", has_text="台账设置").click()
    page.locator("main a", has_text="新台账").click()
    page.fill("[name=label_zh]", NAME)
    page.select_option("[name=period]", "year")
    page.select_option("[name=subject]", "village")
    page.check("[name=everyone]")
    page.set_input_files("[name=file]", sent("统计表.xlsx", blank()))
    press(page, "继续")
    proposed = page.locator("main tbody tr")
    expect(proposed).to_have_count(6)  # number, township and village are no columns
    crowd = proposed.filter(has_text="参加群众")
    expect(crowd.locator("select").last).to_have_value("text")  # a wrong guess
    crowd.locator("select").last.select_option(label="整数")
    expect(proposed.filter(has_text="投入资金").locator("select").last).to_have_value("money")
    opened = proposed.filter(has_text="开展时间").locator("select")
    opened.first.select_option(label="新字段")  # the dictionary's nearest is the time of a meeting
    expect(opened.last).to_have_value("date")
    proposed.filter(has_text="填表说明").locator("select").first.select_option(label="不要")
    press(page, "加入这些列")
    expect(page.locator("main li", has_text="参加群众")).to_contain_text("整数")
    expect(page.locator("main")).not_to_contain_text("填表说明")
    page.locator("main li a", has_text="参加群众").click()
    page.fill("[name=unit]", "人")
    press(page, "保存")
    said(page, "已保存")
    expect(page.locator("main li", has_text="参加群众")).to_contain_text("人")


def test_2_a_township_fills_in_its_blank_and_imports_it(signed_in: SignedIn) -> None:
    page = signed_in("hekou").page
    ledger(page)
    content = taken(page, page.locator("main a[download]", has_text="空白表"))
    page.locator("main a", has_text="导入表格").click()
    page.set_input_files("[name=workbooks]", sent("河口镇文化活动.xlsx", filled(content)))
    press(page, "读取")
    expect(page.locator("#import-rows")).to_contain_text("原文 1.2万")
    press(page, "导入 2 行")
    expect(page.locator("main")).to_contain_text("已导入")
    page.locator("main a", has_text="查看台账").click()
    expect(page.locator("main tbody tr")).to_have_count(2)


def test_3_the_county_reads_its_board_down_to_the_rows(signed_in: SignedIn) -> None:
    page = signed_in("dangjianban").page
    page.goto("/ledgers/boards/")
    page.locator("main a", has_text=NAME).click()
    headings = page.locator("#by-township ~ .table-responsive thead th").all_inner_texts()
    line = page.locator("main tbody tr", has_text="河口镇").locator("th, td")
    shown = dict(zip(headings, line.all_inner_texts(), strict=True))
    told = {
        name: next(text for heading, text in shown.items() if name in heading) for name in ("场数", "参加群众", "投入")
    }
    assert {name: re.sub(r"[^\d.]", "", text.split("\n")[0]) for name, text in told.items()} == {
        "场数": "20", "参加群众": "600", "投入": "1.7"
    }  # fmt: skip
    table = lines_of(taken(page, page.locator("main a[download]", has_text="导出")))
    assert any(row[0] == "河口镇" and 600 in row and 1.7 in row for row in table)
    line.nth(next(n for n, heading in enumerate(headings) if "参加群众" in heading)).locator("a").click()
    expect(page.locator("main tbody tr")).to_have_count(2)
    expect(page.locator("main tbody")).to_contain_text("羊沟村")
    rows = lines_of(taken(page, page.locator("main a[download]", has_text="导出")))
    assert sum("340" in map(str, row) or "260" in map(str, row) for row in rows) == 2
