"""Small workbooks built in memory, and a ledger to read them with."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl

from sheets import extraction, reading
from sheets.fields import Choice, FieldDescription, Type

FIELDS = (
    FieldDescription("total_income", Type.MONEY, "总收入", ("年收入", "集体经济收入")),
    FieldDescription("operating_income", Type.MONEY, "经营性收入", ("经营收入",)),
    FieldDescription("households", Type.INT, "总户数", ("户数",)),
    FieldDescription("members", Type.INT, "正式党员数"),
    FieldDescription("floor_area", Type.AREA, "建筑面积"),
    FieldDescription("finished", Type.DATE, "竣工时间", ("完工日期",)),
    FieldDescription("built", Type.BOOL, "是否建成"),
    FieldDescription(
        "mode", Type.LIST, "经营方式", choices=(Choice("承包"), Choice("租赁", ("出租",)), Choice("股份合作"))
    ),
    FieldDescription("remark", Type.TEXT, "备注"),
)
TOWNSHIPS = {"松林镇", "河口镇", "白云乡"}
Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows, merges: Sequence[str] = (), **more: Rows) -> bytes:
    """A workbook of one sheet, or of several by name."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(list(row))
    for merge in merges:
        first.merge_cells(merge)
    for name, others in more.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(list(row))
    return saved(book)


def saved(book: Any) -> bytes:
    """A workbook's bytes."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def extract(
    content: bytes,
    fields: Sequence[FieldDescription] = FIELDS,
    is_section: Callable[[str], bool] = TOWNSHIPS.__contains__,
    **options: Any,
) -> extraction.Extract:
    """What the engine finds in a file."""
    return extraction.extract(reading.read_book(content), fields, is_section=is_section, **options)


def seen(content: bytes, *keys: str, **options: Any) -> list[tuple[Any, ...]]:
    """Each record as township, name and the values of some fields."""
    return [
        (record.places.township or record.places.section, record.places.name, *(record.values.get(key) for key in keys))
        for _table, record in extract(content, **options).records
    ]
