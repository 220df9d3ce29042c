"""A township's workbooks: sent as they are, put right on the page and in Excel, imported, and taken back again."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from tests.browser import messy_books
from tests.browser.steps import lines_of, next_page, press, said, sent, submit, taken, written_over
from tests.browser.window import Window

SignedIn = Callable[..., Window]
SOFFICE = shutil.which("soffice")
TOWNSHIPS = ("河口镇", "金岭镇", "柳林镇", "石桥镇", "南坪镇", "龙泉镇")
LARGE = 15_000


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every workbook the site wrote during these journeys."""
    return tmp_path_factory.mktemp("written")


def send(page: Page, *files: dict[str, object]) -> None:
    """Send workbooks from the page of imports."""
    page.goto("/ledgers/")
    page.locator("main a[href^='/ledgers/imports/']").first.click()
    page.set_input_files("[name=workbooks]", list(files))
    press(page, "读取")


def row(page: Page, number: int) -> Locator:
    """A row of the preview by its number in the sheet."""
    return page.locator(f"#import-rows tbody tr:has(td:first-child:text-is('{number}'))")


def income_of(page: Page, village: str) -> str:
    """What the ledger of collective economy says of a village now."""
    page.goto(f"/ledgers/collective_economy/?period=2026&q={village}")
    return page.locator("main tbody tr").first.inner_text()


def press_all_right(page: Page) -> None:
    """Say of the one column with values far from the others that they are right, and let it be read anew."""
    page.get_by_label("核对过，都没有错").check()
    press(page, "确定并重新读取")
    expect(page.locator("#import-rows .chip", has_text="要处理")).to_have_text("要处理 0")


def test_1_a_heading_and_two_villages_are_put_right_and_the_good_rows_imported(
    signed_in: SignedIn, written: Path
) -> None:
    page = signed_in("liulin").page
    before = income_of(page, "青畈村")
    send(page, sent("柳林镇集体经济2026.xlsx", messy_books.income()))
    expect(page.locator("main")).to_contain_text("村级集体经济")  # found from the headings
    unknown = page.locator("tr", has_text="年内上级来款")
    expect(unknown).to_contain_text("未识别")
    unknown.locator("select").select_option(label="补助收入")
    press(page, "下一步：核对")

    chips = page.locator("#import-rows .chip")
    expect(chips.filter(has_text="全部")).to_have_text("全部 7")
    expect(chips.filter(has_text="要处理")).to_have_text("要处理 4")
    expect(row(page, 7)).to_contain_text("12.5")  # from full-width figures
    expect(row(page, 6)).to_contain_text("6")
    expect(row(page, 13)).to_contain_text("请填一个确定的数")
    expect(row(page, 12)).to_contain_text("杨坝村")
    row(page, 12).get_by_role("button", name="杨坡村").click()
    expect(chips.filter(has_text="要处理")).to_have_text("要处理 3")
    expect(row(page, 14)).to_contain_text("没有“坊下村”")
    row(page, 14).locator("a", has_text="其他").click()
    page.fill("[name=organisation_text]", "长坊")
    page.locator("[role=option]", has_text="长坊村").click()
    press(page, "更正")
    expect(chips.filter(has_text="要处理")).to_have_text("要处理 2")
    press(page, "导入 5 行，2 行留待处理")
    said(page, "5")

    marked = taken(page, page.locator("a", has_text="下载标错的表"))
    (written / "marked.xlsx").write_bytes(marked)
    sheet = load_workbook(written / "marked.xlsx")["收入情况"]
    assert "请填一个确定的数" in sheet["D13"].comment.text
    assert "D3:F3" in [str(area) for area in sheet.merged_cells.ranges]
    send(page, sent("柳林镇集体经济2026（已改）.xlsx", written_over(marked, messy_books.INCOME_MENDED, "收入情况")))
    expect(chips.filter(has_text="要处理")).to_have_text("要处理 0")
    press(page, "导入 2 行")
    expect(page.locator("main")).to_contain_text("已导入")
    assert "9.8" in income_of(page, "青畈村")
    assert "13" in income_of(page, "马埠村")
    assert "12.5" in income_of(page, "双畈村")

    page.goto("/ledgers/imports/")
    page.locator("main tbody a", has_text="柳林镇集体经济2026").first.click()
    submit(page, "/undo/")
    said(page, "已撤销：7 行恢复原样")
    assert income_of(page, "青畈村").split("\n")[:-1] == before.split("\n")[:-1]


def test_2_a_gbk_file_and_a_web_page_called_xls_are_taken_together(signed_in: SignedIn) -> None:
    page = signed_in("liulin").page
    send(
        page,
        sent("摸底表.csv", messy_books.venues(), "text/csv"),
        sent("两新台账.xls", messy_books.firms(), "application/vnd.ms-excel"),
    )
    for name, ledger, count, words in (
        ("摸底表.csv", "活动场所现状摸底", 5, ["240", "400", "杨坡村"]),
        ("两新台账.xls", "两新组织摸底", 4, ["12,000", "120", "柳林镇养蚕协会"]),
    ):
        page.goto("/ledgers/imports/")
        line = page.locator("main tbody tr", has_text=name).first
        expect(line).to_contain_text(ledger)
        line.locator("a").click()
        if name == "摸底表.csv":  # some areas bear no unit: asked once for the column
            page.locator("select[name^=u-]").select_option("㎡")
            press(page, "确定并重新读取")
        for each in words:
            expect(page.locator("#import-rows")).to_contain_text(each)
        if name == "两新台账.xls":  # twelve thousand beside one and a bit: asked, not assumed
            press_all_right(page)
        press(page, f"导入 {count} 行")
        expect(page.locator("main")).to_contain_text("已导入")
        submit(page, "/undo/")
        said(page, f"已撤销：{count} 行恢复原样")


def test_3_fifteen_thousand_rows_show_how_far_they_are_when_one_comes_back(signed_in: SignedIn, written: Path) -> None:
    page = signed_in("dangjianban").page
    page.set_default_timeout(60_000)  # whatever else runs on the machine goes before the process that reads it
    send(page, sent("全县两新组织.xlsx", messy_books.many_firms(LARGE, TOWNSHIPS)))
    expect(page.locator("main")).to_contain_text("读取工作簿")
    page.wait_for_url("**/ledgers/imports/*/", timeout=60_000)  # by itself, when it is read
    with next_page(page):
        page.locator("#import-rows form[action$='/commit/'] button").click()
    bar = page.locator("#standing svg.bar")
    expect(bar).to_be_visible()
    page.goto("/ledgers/")
    works = reverse("works")
    page.locator(f"header a[href^='{works}']").click()
    if page.url.endswith(works):  # other work stands there too
        page.locator("main a", has_text="全县两新组织").first.click()
    expect(bar).to_be_visible()
    expect(page.locator("#standing")).to_contain_text(re.compile(r"[1-9][\d,]* / 15,?000"))
    expect(bar).not_to_have_attribute("aria-label", "0%")
    page.wait_for_url("**/ledgers/imports/*/", timeout=60_000)  # by itself, at the end
    batch = page.url
    expect(page.locator("main")).to_contain_text("已导入")
    page.goto("/ledgers/new_orgs/?q=第14999号")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.goto(batch)
    submit(page, "/undo/")
    page.wait_for_url("**/ledgers/imports/*/", timeout=60_000)
    page.goto("/ledgers/new_orgs/?q=第14999号")
    expect(page.locator("main tbody tr")).to_have_count(0)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_4_libreoffice_opens_what_was_written(signed_in: SignedIn, written: Path, tmp_path: Path) -> None:
    page = signed_in("liulin").page
    page.goto("/ledgers/collective_economy/")
    for name, words in (("blank", "空白表"), ("export", "导出 Excel")):
        (written / f"{name}.xlsx").write_bytes(taken(page, page.locator("main a[download]", has_text=words)))
    page.locator("main a[href*='/boards/']").first.click()
    (written / "board.xlsx").write_bytes(taken(page, page.locator("main a[download]")))
    books = sorted(written.glob("*.xlsx"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), *map(str, books)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "rror" not in told.stdout + told.stderr
    for book in books:
        here, there = load_workbook(book), load_workbook(tmp_path / book.name)
        assert here.sheetnames == there.sheetnames
        assert [line for line in lines_of(book.read_bytes()) if any(line)]
