"""The pages of imports through the client, from sending a workbook to taking it back."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ledgers.actions import imports as actions
from ledgers.imports import marking, staging
from ledgers.imports.preview import Preview
from ledgers.imports.sender import Sender
from ledgers.kinds import as_shipped
from ledgers.models import Entry, ImportBatch
from records.models import Work
from records.work import perform
from sheets.reading import read_book
from tests.cast import Cast
from tests.ledgers.workbooks import economy, edited
from tests.sheets.test_losses import with_part

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
MIXED = economy(("石岭村", 3), ("杨家庄", 4), ("柳湾村", "待核实"), ("河口社区", "1.2万元"))


def upload(client: Client, *contents: bytes, ledger: str = "") -> Any:
    sent = [SimpleUploadedFile(f"台账{n}.xlsx", content) for n, content in enumerate(contents)]
    return client.post(reverse("ledger_import_send"), {"workbooks": sent, "ledger": ledger})


def test_from_sending_to_taking_back(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    answer = upload(client, MIXED)
    batch = ImportBatch.objects.get()
    assert answer.url == batch.get_absolute_url() == reverse("ledger_import", args=[batch.pk])
    page = client.get(answer.url).content.decode()
    for words in (
        "全部 4",
        "新增 2",
        "要处理 2",
        "导入 2 行，2 行留待处理",
        "没有“河口镇 杨家庄”",
        "这不是数字",
        "原文 1.2万元",
    ):
        assert words in page
    client.post(reverse("ledger_import_commit", args=[batch.pk]))
    assert Entry.objects.count() == 2
    marked = client.get(reverse("ledger_import_marked", args=[batch.pk])).content
    made = openpyxl.load_workbook(io.BytesIO(marked))
    sheet = made["汇总"]
    assert "这不是数字" in sheet["D6"].comment.text
    assert "杨家庄" in sheet["C5"].comment.text
    assert sheet["D4"].comment is None
    listed = [[cell.value for cell in row] for row in made[marking.SHEET].iter_rows(min_row=5, max_col=3)]
    assert listed == [["汇总", "C5", "河口镇 杨家庄"], ["汇总", "D6", "待核实"]]
    mended = edited(marked, {"C5": "石岭村", "D6": 6})
    upload(client, edited(mended, {"C5": "河口镇柳湾村", "C6": ""}))
    assert ImportBatch.objects.count() == 1
    batch.refresh_from_db()
    assert batch.files.count() == 2
    row = next(row for row in staging.load(batch) if row.standing == "needs")
    client.post(reverse("ledger_import_row", args=[batch.pk, row.address]), {"skip": "1"})
    client.post(reverse("ledger_import_commit", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, Entry.objects.count()) == ("imported", 3)
    said = client.post(reverse("ledger_import_undo", args=[batch.pk]), follow=True).content.decode()
    assert "已撤销：3 行恢复原样。" in said
    assert not Entry.objects.exists()


def test_what_the_marked_workbook_will_lack_is_said_before(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    page = client.get(upload(client, MIXED).url).content.decode()
    assert "将缺少" not in page
    page = client.get(upload(client, with_part(MIXED, "xl/connections.xml")).url).content.decode()
    assert "这里生成的工作簿将缺少：外部数据连接。" in page


def test_a_row_is_put_right_in_place_and_the_table_comes_back(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    upload(client, MIXED)
    batch = ImportBatch.objects.get()
    rows = staging.load(batch)
    address = reverse("ledger_import_row", args=[batch.pk, rows[2].address])
    answer = client.post(address, {"v-total_income": "7", "next": "?show=needs"})
    assert answer.url == f"{reverse('ledger_import', args=[batch.pk])}?show=needs"
    client.post(reverse("ledger_import_row", args=[batch.pk, rows[1].address]), {"organisation_text": "没有的村"})
    assert client.get(address).status_code == 200
    fragment = client.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "要处理 1" in fragment


def test_a_row_whose_organisation_is_not_known_comes_back_as_it_was_typed(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    upload(client, MIXED)
    batch = ImportBatch.objects.get()
    row = next(row for row in staging.load(batch) if row.faults)
    address = reverse("ledger_import_row", args=[batch.pk, row.address])
    sent = {"organisation_text": "没有的村", "v-total_income": "7.25", "next": "?show=needs"}
    page = client.post(address, sent)
    assert page.status_code == 422
    for text in ('value="没有的村"', 'value="7.25"', 'value="?show=needs"'):
        assert text in page.content.decode()


def test_headings_are_shown_with_how_sure_they_are_and_put_right(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    content = edited(economy(("石岭村", 3, 1)), {"E3": "进账"})
    answer = upload(client, content, ledger="collective_economy")
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("ledger_import_headings", args=[batch.pk])
    page = client.get(answer.url).content.decode()
    assert "未识别" in page
    assert "第 4 行起为数据" in page
    wrong = client.post(answer.url, {"ledger": "", "period": "2025", "c0-E": "subsidy_income"})
    assert wrong.status_code == 422
    columns = {column["letters"]: column["chosen"] for column in wrong.context["tables"][0]["columns"]}
    assert columns["E"] == "subsidy_income"
    assert '<option value="subsidy_income" selected>' in wrong.content.decode()
    client.post(answer.url, {"ledger": "collective_economy", "period": "2025", "c0-E": "subsidy_income"})
    [row] = staging.load(ImportBatch.objects.get())
    assert (row.values["subsidy_income"], row.period) == ("10000", "2025")


def test_several_workbooks_at_once_and_one_that_is_none(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    answer = upload(client, MIXED, economy(("柳湾村", 1)), b"%PDF-1.7 x")
    assert answer.url == reverse("ledger_imports")
    page = client.get(answer.url).content.decode()
    assert ImportBatch.objects.count() == 2
    assert "台账2.xlsx" in page
    alone = upload(client, b"")
    assert alone.status_code == 422
    assert "文件是空的" in alone.content.decode()


def test_a_large_import_is_done_in_the_background(cast: Cast, signed_in: SignedIn, monkeypatch: Any) -> None:
    monkeypatch.setattr("ledgers.views.imports.IN_BACKGROUND", 1)
    client = signed_in("hekou")
    upload(client, MIXED)
    batch = ImportBatch.objects.get()
    answer = client.post(reverse("ledger_import_commit", args=[batch.pk]))
    work = Work.objects.get()
    assert answer.url == work.get_absolute_url()
    assert not Entry.objects.exists()
    assert perform(work.pk)
    work.refresh_from_db()
    assert work.state == Work.State.DONE
    assert Entry.objects.count() == 2
    client.post(reverse("ledger_import_undo", args=[batch.pk]))
    assert perform(Work.objects.latest("pk").pk)
    assert not Entry.objects.exists()


def test_the_page_asks_a_constant_number_of_queries(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in("office")
    places = ["石岭村", "柳湾村", "河口社区"]
    batch = actions.receive(economy(*((place, 3) for place in places)), "多.xlsx", Sender.of(cast.actor("office")))
    with django_assert_max_num_queries(26):
        client.get(batch.get_absolute_url())
    more = actions.receive(
        economy(*((place, n) for n in range(20) for place in places)), "更多.xlsx", Sender.of(cast.actor("office"))
    )
    with django_assert_max_num_queries(26):
        client.get(more.get_absolute_url())


def test_the_token_of_a_marked_workbook_says_which_import_it_is(cast: Cast) -> None:
    batch = actions.receive(MIXED, "台账.xlsx", Sender.of(cast.actor("hekou")))
    made = marking.marked(MIXED, batch, [])
    assert marking.token_of(read_book(made)) == batch.pk
    assert marking.token_of(read_book(MIXED)) is None


def computed() -> bytes:
    """A ledger whose figures are formulas, saved with their results, and one village nobody knows."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = made.add_worksheet("汇总 & 明细")
    sheet.write_row(0, 0, ["村名", "总收入（万元）", "主导产业", "备注"])
    for row, village in enumerate(["石岭村", "柳湾村", "杨家庄"], 1):
        sheet.write(row, 0, village)
        sheet.write_formula(row, 1, f"=1.5*{row}", None, 1.5 * row)
        sheet.write_formula(row, 2, '="油"&"茶"', None, "油茶")
    sheet.write_formula(3, 3, "=1/0", None, "#DIV/0!")
    made.close()
    return target.getvalue()


def test_formulas_of_a_marked_workbook_keep_their_results(cast: Cast) -> None:
    sender = Sender.of(cast.actor("hekou"))
    batch = actions.receive(computed(), "台账.xlsx", sender, "collective_economy")
    before = [(row.values, row.faults, row.problem) for row in staging.load(batch)]
    assert before[1] == ({"total_income": "30000", "industry": "油茶"}, {}, "")
    lines = Preview(batch, as_shipped(batch.ledger), sender, is_open=True).lines(staging.load(batch), [])
    made = marking.marked(computed(), batch, lines)
    assert openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]["B3"].value == "=1.5*2"
    actions.read_again(batch, sender, content=made, name="台账-已标注.xlsx")
    assert [(row.values, row.faults, row.problem) for row in staging.load(batch)] == before
    shown = [sheet.rows[3][3] for sheet in read_book(made).sheets if sheet.name != marking.SHEET]
    assert shown == ["#DIV/0!"]


def test_a_workbook_too_large_to_be_marked_gives_the_list_of_faults(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender.of(cast.actor("hekou"))
    batch = actions.receive(computed(), "台账.xlsx", sender, "collective_economy")
    lines = Preview(batch, as_shipped(batch.ledger), sender, is_open=True).lines(staging.load(batch), [])
    monkeypatch.setattr(marking, "MOST_CELLS", 10)
    made = marking.marked(computed(), batch, lines)
    [sheet] = read_book(made).sheets
    assert (sheet.name, sheet.rows[4][1]) == (marking.SHEET, "A4")
    assert marking.token_of(read_book(made)) is None
