"""What a number format shows is what counts: scales, units and shares of workbooks, and days that are none."""

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlwt
from xlwt.CompoundDoc import XlsDoc

from sheets import formats, reading
from tests.sheets.hostile_books import binary, old_records, wide, xlsb


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("0!.0,", 125000, "12.5×10000"),
        ('0"."0,', 125000, "12.5×10000"),
        ("0\\.0,", 125000, "12.5×10000"),
        ("#!.0000", 125000, "12.5×10000"),
        ('0!.0,"万元"', 125000, "12.5万元"),
        ('0.00"万元"', 12.5, "12.5万元"),
        ('#,##0"元"', 125000.0, "125000元"),
        ("#,##0.00\\元", 125000.5, "125000.5元"),
        ('0"户"', 12, "12户"),
        ("0.00亩", 3.5, "3.5亩"),
        ("000000", 17.0, "000017"),
        ("0%", 1.05, "105%"),
        ("0.0%", 0.285, "28.5%"),
        ("#,##0,", 125000, "125×1000"),
        ("0.00,,", 12500000, "12.5×1000000"),
        ('[>=10000]0!.0,"万";0', 125000, "12.5万"),
        ('[>=10000]0!.0,"万";0', 9000, 9000),
        ('0"元";-0"元";0', -5, "-5元"),
        ('0"元";-0"元";0', 0, 0),
    ],
)
def test_a_number_reads_as_its_format_shows_it(code: str, number: Any, text: Any) -> None:
    found = formats.telling({170: code}, 170)
    assert found is not None
    assert formats.shown(number, found) == text


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.00", "#,##0", "#,##0.00", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "@",
        'yyyy"年"m"月"d"日"', "yyyy-mm-dd", 'm"月"d"日"', "h:mm", "[h]:mm", "¥#,##0.00", "0.00E+00", '"№"0',
        '#,##0.00_);[Red]\\(#,##0.00\\)', "G/通用格式",
    ],
)  # fmt: skip
def test_a_format_that_shows_the_number_alone_tells_nothing(code: str) -> None:
    assert formats.telling({170: code}, 170) is None


@pytest.mark.parametrize("number", [True, float("inf"), "12", None, datetime.date(2026, 6, 1)])
def test_what_is_no_number_stays(number: Any) -> None:
    found = formats.telling({}, 9)
    assert found is not None
    assert formats.shown(number, found) is number


def xlsx(rows: list[list[Any]], styled: dict[str, str]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, code in styled.items():
        book.active[cell].number_format = code
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: list[list[Any]], styled: dict[str, str]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            style = xlwt.Style.XFStyle()
            style.num_format_str = styled.get(f"{chr(65 + column)}{at + 1}", "General")
            sheet.write(at, column, value, style)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("made", [xlsx, xls])
def test_a_workbook_is_read_as_it_is_shown(made: Any) -> None:
    rows = [
        ["村名", "总收入", "资产", "户数", "形象进度"],
        ["石岭村", 125000, 12.5, 30, 0.5],
        ["柳湾村", 70000, 7, 31, 1],
    ]
    styled = {"B2": "0!.0,", "C2": '0.00"万元"', "D2": '0"户"', "E2": "0%", "C3": "0.00"}
    sheet = reading.read(made(rows, styled))[0]
    assert list(sheet.rows[1]) == ["石岭村", "12.5×10000", "12.5万元", "30户", "50%"]
    assert list(sheet.rows[2]) == ["柳湾村", 70000, 7, 31, 1]


def redefined(number: int) -> bytes:
    """An .xls whose plain format bears the number of a built-in format of days."""
    made = xls([["序号", "村名"], [1, "石岭村"], [45000, "柳湾村"], [7.5, ""]], {})
    made = made.replace(b"\xa4\0\x07\0\0General", struct.pack("<H", number) + b"\x07\0\0General")
    return re.sub(rb"(\xe0\0\x14\0..)\xa4\0", lambda found: found[1] + struct.pack("<H", number), made, flags=re.DOTALL)


@pytest.mark.parametrize("number", [14, 27, 31, 57, 58])
def test_a_plain_format_with_the_number_of_a_days_format_makes_no_days(number: int) -> None:
    rows = reading.read(redefined(number))[0].rows
    assert [row[0] for row in rows[1:]] == [1, 45000, 7.5]


def test_a_day_of_a_built_in_format_stays_a_day() -> None:
    made = xls([[datetime.date(2026, 6, 1)]], {"A1": "m/d/yy"})
    assert reading.read(made)[0].rows[0][0] == datetime.date(2026, 6, 1)


@pytest.mark.parametrize("formula", ["B1-A1", "SUM(A1:B1)", "A1", "IF(A1>1;B1;0)"])
def test_a_formula_of_an_old_workbook_that_was_never_computed_is_no_blank(formula: str) -> None:
    made = xls([[1, 2, xlwt.Formula(formula)]], {})
    assert list(reading.read(made)[0].rows[0]) == [1, 2, "#FORMULA!"]


def test_a_blank_that_was_computed_stays_blank() -> None:
    made = xls([[1, 2, xlwt.Formula('IF(A1>0;"";"x")'), xlwt.Formula("A1&B1")]], {})
    record = re.search(rb"\x06\0..\0\0\x03\0..(\x03\0{5}\xff\xff)", made, re.DOTALL)
    assert record is not None
    computed = made[: record.start(1)] + struct.pack("<d", 12.0) + made[record.end(1) :]
    assert list(reading.read(computed)[0].rows[0])[2] in ("", None)


def ods(cells: list[str]) -> bytes:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        '<office:spreadsheet><table:table table:name="Sheet1">'
        f"<table:table-row>{''.join(cells)}</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        made.writestr("content.xml", content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("kind", "value", "text", "read"),
    [
        ("float", "125000", "12.5", "12.5×10000"),
        ("float", "12.5", "12.50万元", "12.5万元"),
        ("percentage", "0.285", "29%", "28.5%"),
        ("float", "125000", "125,000.00", 125000),
        ("float", "0.004", "0.00", 0.004),
        ("float", "30", "30户", "30户"),
        ("float", "30", "", 30),
    ],
)
def test_an_open_document_is_read_as_it_is_shown(kind: str, value: str, text: str, read: Any) -> None:
    said = f'office:value-type="{kind}" office:value="{value}"'
    cell = f"<table:table-cell {said}><text:p>{text}</text:p></table:table-cell>"
    assert list(reading.read(ods([cell]))[0].rows[0]) == [read]


SHOWN = [
    ["村名", "总收入", "进度"],
    ["石岭村", "12.5×10000", "50%"],
    ["柳湾村", "7万元", "#REF!"],
]


def binary_book() -> bytes:
    """An .xlsb whose numbers are shown in 万, as a share, and beside 万元."""

    def row(number: int, hidden: bool = False) -> tuple[int, bytes]:
        return 0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 if hidden else 0, 0, 0)

    def text(column: int, told: str) -> tuple[int, bytes]:
        return 6, struct.pack("<II", column, 0) + wide(told)

    styles = [(44, struct.pack("<H", 164) + wide("0!.0,")), (44, struct.pack("<H", 165) + wide('0"万元"'))]
    styles += [(626, b""), (47, struct.pack("<HH", 0, 165) + bytes(12)), (627, b""), (617, struct.pack("<I", 4))]
    styles += [*((47, struct.pack("<HH", 0, number) + bytes(12)) for number in (0, 164, 9, 165)), (618, b"")]
    rows = [(129, b""), (148, struct.pack("<IIII", 0, 2, 0, 2)), (60, struct.pack("<IIIIH", 1, 1, 2000, 0, 1))]
    rows += [(145, b""), row(0), text(0, "村名"), text(1, "总收入"), text(2, "进度")]
    rows += [row(1), text(0, "石岭村"), (5, struct.pack("<IId", 1, 1, 125000.0))]
    rows += [(2, struct.pack("<III", 2, 2, 50 << 2 | 3)), row(2, hidden=True), text(0, "柳湾村")]
    rows += [(9, struct.pack("<IIdHI", 1, 3, 7.0, 0, 0)), (3, struct.pack("<IIB", 2, 0, 23)), (146, b""), (130, b"")]
    target = io.BytesIO(xlsb(binary(*rows)))
    with zipfile.ZipFile(target, "a") as made:
        made.writestr("xl/styles.bin", binary(*styles))
    return target.getvalue()


def old_book(head: bytes = b"\xa8\x03") -> bytes:
    """A workbook of 1995 with texts in GBK, its numbers shown as in ``binary_book``."""

    def text(row: int, column: int, told: str) -> tuple[int, bytes]:
        raw = told.encode("gbk")
        return 0x204, struct.pack("<HHHH", row, column, 0, len(raw)) + raw

    codes = ((164, b"0!.0,"), (165, '0"万元"'.encode("gbk")))
    formats = [(0x41E, struct.pack("<HB", at, len(raw)) + raw) for at, raw in codes]
    styles = [(0xE0, struct.pack("<HH", 0, number) + bytes(12)) for number in (0, 164, 9, 165)]
    name = "汇总".encode("gbk")
    before = [(0x42, head), *formats, *styles]
    size = 12 + sum(4 + len(body) for _kind, body in before) + 4 + 7 + len(name) + 4
    cells = [text(0, 0, "村名"), text(0, 1, "总收入"), text(0, 2, "进度"), text(1, 0, "石岭村"), text(2, 0, "柳湾村")]
    cells += [(0x203, struct.pack("<HHHd", 1, 1, 1, 125000.0)), (0x203, struct.pack("<HHHd", 1, 2, 2, 0.5))]
    cells += [(0x203, struct.pack("<HHHd", 2, 1, 3, 7.0)), (0x205, struct.pack("<HHHBB", 2, 2, 0, 23, 1))]
    cells.append((0x208, struct.pack("<HHHHHHHH", 2, 0, 3, 300, 0, 0, 0x20, 15)))
    sheet = (0x85, struct.pack("<IBBB", size, 0, 0, len(name)) + name)
    stream = old_records(*before, sheet) + old_records((0x200, struct.pack("<HHHHH", 0, 3, 0, 3, 0)), *cells)
    target = io.BytesIO()
    XlsDoc().save(target, stream)
    return target.getvalue()


@pytest.mark.parametrize("made", [binary_book, old_book])
def test_a_binary_workbook_and_one_of_1995_are_read_as_they_are_shown(made: Callable[[], bytes]) -> None:
    [sheet] = reading.read(made())
    assert [list(row) for row in sheet.rows] == SHOWN
    assert sheet.hidden_rows == {2}


@pytest.mark.parametrize("head", [b"\xa8\x03", b"\xb0\x04", b"\xe4\x04"])
def test_texts_of_a_workbook_of_1995_are_read_by_its_code_page(head: bytes) -> None:
    names = [row[0] for row in reading.read(old_book(head))[0].rows]
    assert (names == ["村名", "石岭村", "柳湾村"]) is (head == b"\xa8\x03")
