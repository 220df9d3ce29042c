"""Blank tables as a city sends them, and what stands in the ledgers for them."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.styles import Font

from ledgers.superior.filling import Filling
from ledgers.superior.sources import Sources
from ledgers.superior.within import Within
from orgs.actor import Actor
from sheets import inplace
from tests.cast import TODAY, Cast
from tests.ledgers.test_boards import save

YEAR = str(TODAY.year)


def economy(cast: Cast) -> None:
    """Two villages of 河口镇 and one of 金岭镇 reported their income; one had a subsidy."""
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("shiling", YEAR, {"total_income": "120000", "subsidy_income": "65000"}),
        ("liuwan", YEAR, {"total_income": "66500"}),
        ("shangfang", YEAR, {"total_income": "35000"}),
    ]
    save(cast, "collective_economy", rows)


def filling(actor: Actor, content: bytes, remembered: Mapping[str, str] | None = None) -> Filling:
    """A table filled for the year."""
    offered = Sources(actor, Within.of(actor, YEAR))
    forms = inplace.read(content, offered.vocabulary)
    return Filling(forms, actor, YEAR, offered=offered, remembered=remembered or {}, chosen={})


def saved(rows: Sequence[Sequence[Any]]) -> bytes:
    """A plain sheet of rows; every row has bordered cells as wide as the headings."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for at, row in enumerate(rows, 1):
        for column in range(1, max(map(len, rows)) + 1):
            cell = sheet.cell(at, column)
            cell.font = Font(size=12)
            if column <= len(row):
                cell.value = row[column - 1]
    return _bytes(book)


def blank(rows: Sequence[str] = ("河口镇", "金岭镇"), title: str = "村级集体经济收入情况统计表") -> bytes:
    """A city's table by township: merged headings in two rows, 单位：万元, sums and differences as formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "市表"
    sheet["A1"] = title
    sheet["A2"], sheet["F2"] = "填报单位：", "单位：万元、个"
    sheet["A4"], sheet["B4"], sheet["C4"], sheet["D4"], sheet["G4"] = "序号", "乡镇", "已报村数", "收入情况", "其他事项"
    sheet["D5"], sheet["E5"], sheet["F5"] = "总收入", "补助收入", "净收入"
    for merged in ("A1:G1", "A4:A5", "B4:B5", "C4:C5", "D4:F4", "G4:G5"):
        sheet.merge_cells(merged)
    for at, name in enumerate(rows, 6):
        sheet.cell(at, 1).value, sheet.cell(at, 2).value = at - 5, name
        sheet.cell(at, 6).value = f"=D{at}-E{at}"
    sheet["G6"] = "已有文字"
    last = max(8, 5 + len(rows))
    sheet.cell(last + 1, 2).value = "合计"
    for letter in "CDEF":
        sheet[f"{letter}{last + 1}"] = f"=SUM({letter}6:{letter}{last})"
    sheet.column_dimensions["B"].width = 22
    sheet["B6"].font = Font(bold=True)
    sheet.page_setup.orientation = "landscape"
    sheet.cell(last + 3, 1).value = "注：本表按年填报。"
    return _bytes(book)


def _bytes(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
