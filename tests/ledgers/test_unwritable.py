"""One bad stored text breaks no table that goes out, and none comes in through a workbook."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from ledgers.models import Entry, ImportBatch
from tests.cast import Cast
from tests.ledgers.superior import YEAR, saved
from tests.ledgers.test_boards import save
from tests.ledgers.workbooks import book, economy, edited

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
BAD = ("坏\x0b话", "坏\x01\x1f话", "坏\ud83d话", "坏\uffff话")


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def store_badly(cast: Cast, text: str) -> Entry:
    """A row as an older version kept it: past every door that cleans."""
    if connection.vendor != "sqlite" and not text.isprintable():
        text = "坏\x0b话"  # this database refuses the others itself
    save(cast, "weak_org", [("shiling", YEAR, {"measures": "好", "issue_types": ["其他"]})])
    entry = Entry.objects.get()
    Entry.objects.filter(pk=entry.pk).update(values={**entry.values, "measures": text})
    return entry


@pytest.mark.parametrize("text", BAD)
def test_a_bad_stored_text_breaks_nothing_that_goes_out(cast: Cast, signed_in: SignedIn, text: str) -> None:
    entry = store_badly(cast, text)
    office = signed_in("office")
    for name, arguments in (
        ("ledger", ["weak_org"]),
        ("ledger_entry", [entry.pk]),
        ("ledger_entry_edit", [entry.pk]),
        ("ledgers", []),
    ):
        answer = office.get(reverse(name, args=arguments), {"columns": "all"})
        assert answer.status_code == 200
        assert "\x0b" not in answer.content.decode()
    for name in ("ledger_export", "ledger_blank"):
        answer = office.get(reverse(name, args=["weak_org"]), {"columns": "all"})
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        cells = [cell for row in sheet.values for cell in row]
        assert "坏话" in cells
    sent = SimpleUploadedFile("表.xlsx", saved([["村（社区）", "整顿措施"], ["石岭村", ""]]))
    page = office.post(reverse("superior_table_send"), {"file": sent, "period": YEAR}, follow=True)
    assert page.status_code == 200
    got = office.get(reverse("superior_table_download", args=[page.context["table"].pk]), {"period": YEAR})
    assert openpyxl.load_workbook(io.BytesIO(got.content)).active["B2"].value == "坏话"  # type: ignore[index, union-attr]


@pytest.mark.parametrize("text", ["_x000B_", "_x0001__x001F_", "_x0000_", "_x007F_"])
def test_a_bad_text_of_a_workbook_is_cleaned_and_said(cast: Cast, signed_in: SignedIn, text: str) -> None:
    client = signed_in("hekou")
    content = edited(economy(("石岭村", 3)), {"I4": f"甲{text}乙", "B4": f"河口{text}镇", "C4": f"石岭村{text}"})
    client.post(reverse("ledger_import_send"), {"workbooks": [SimpleUploadedFile("坏.xlsx", content)]})
    batch = ImportBatch.objects.get()
    page = client.get(reverse("ledger_import", args=[batch.pk]), {"columns": "all"})
    assert page.status_code == 200
    client.post(reverse("ledger_import_commit", args=[batch.pk]))
    assert Entry.objects.get().values["remark"] == "甲乙"
    for name, arguments in (("ledger_export", ["collective_economy"]), ("ledger_import_marked", [batch.pk])):
        openpyxl.load_workbook(io.BytesIO(client.get(reverse(name, args=arguments)).content))


def test_a_bad_text_in_headings_titles_and_faulty_cells_breaks_neither_page_nor_marked_workbook(
    cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in("hekou")
    bad = "_x0002_"
    content = economy(("石岭村", f"很{bad}多"), (f"无{bad}此村", 2), title=f"河口镇{bad}2026年村级集体经济收入台账")
    content = edited(content, {"I3": f"备{bad}注", "H3": f"进{bad}账"})
    client.post(reverse("ledger_import_send"), {"workbooks": [SimpleUploadedFile("坏.xlsx", content)]})
    batch = ImportBatch.objects.get()
    assert "\\u0000" not in json.dumps(batch.tables)
    for name in ("ledger_import", "ledger_import_headings", "ledger_import_marked"):
        answer = client.get(reverse(name, args=[batch.pk]))
        assert answer.status_code == 200
    openpyxl.load_workbook(io.BytesIO(answer.content))


def test_a_blank_table_without_calculation_properties_is_filled(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "collective_economy", [("shiling", YEAR, {"total_income": "120000"})])
    made = openpyxl.load_workbook(io.BytesIO(book([["村（社区）", "总收入（元）"], ["石岭村", ""]])))
    made.calculation = None  # type: ignore[assignment]
    target = io.BytesIO()
    made.save(target)
    client = signed_in("office")
    sent = SimpleUploadedFile("表.xlsx", target.getvalue())
    page = client.post(reverse("superior_table_send"), {"file": sent, "period": YEAR}, follow=True)
    got = client.get(reverse("superior_table_download", args=[page.context["table"].pk]), {"period": YEAR})
    assert got.status_code == 200
    assert openpyxl.load_workbook(io.BytesIO(got.content)).active["B2"].value == 120000  # type: ignore[index, union-attr]


@pytest.mark.parametrize("name", ['a"b\r\nSet-Cookie: x.xlsx', "很长" * 200 + ".xlsx", "坏\x07名.xlsx"])
def test_a_workbook_of_any_name_goes_out_again(cast: Cast, signed_in: SignedIn, name: str) -> None:
    client = signed_in("hekou")
    client.post(
        reverse("ledger_import_send"), {"workbooks": [SimpleUploadedFile("a.xlsx", economy(("石岭村", "很多")))]}
    )
    batch = ImportBatch.objects.get()
    batch.files.update(name=name[:200])
    for url in (
        reverse("ledger_import_source", args=[batch.pk, batch.files.get().pk]),
        reverse("ledger_import_marked", args=[batch.pk]),
    ):
        answer = client.get(url)
        assert answer.status_code == 200
        assert len(answer["Content-Disposition"]) < 1_200
        assert not set("\r\n\x07") & set(answer["Content-Disposition"])
