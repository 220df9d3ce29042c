"""Workbooks as townships send them, made for tests."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

ECONOMY = ("序号", "乡镇", "村名", "总收入", "其中：经营性收入", "资产总额", "主导产业", "经营方式", "备注")


def book(rows: Sequence[Sequence[Any]], name: str = "Sheet1", **more: Sequence[Sequence[Any]]) -> bytes:
    """An .xlsx of the rows, and of further sheets by name."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, lines in {name: rows, **more}.items():
        sheet = made.create_sheet(title)
        for line in lines:
            sheet.append(list(line))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def economy(*rows: Sequence[Any], title: str = "河口镇2026年村级集体经济收入台账", unit: str = "万元") -> bytes:
    """A ledger of collective economy: title, unit, headings, and rows of village, income and so on."""
    lines = [(n, "河口镇", *row, *[""] * (len(ECONOMY) - 2 - len(row))) for n, row in enumerate(rows, 1)]
    return book([(title,), ("单位：" + unit,), ECONOMY, *lines], "汇总")


def edited(content: bytes, cells: dict[str, Any], sheet: str = "") -> bytes:
    """The workbook with some cells written over, as a person does it."""
    made = openpyxl.load_workbook(io.BytesIO(content))
    page = made[sheet] if sheet else made.worksheets[0]
    for address, value in cells.items():
        page[address] = value
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()
