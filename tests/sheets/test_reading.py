"""Files by what they are: read, or refused with one reason, before anything is unpacked."""

import io
import random
import resource
import struct
import time
import zipfile

import msoffcrypto.format.ooxml
import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets import packed
from sheets.reading import UnreadableError, read, read_book
from sheets.wording import REFUSALS
from tests.sheets.books import FIELDS, extract, saved, xlsx

PLAIN = [["村名", "总收入", "总户数"], ["梅花村", 12, 3], ["清江村", 5, 4]]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_book(content)
    assert str(caught.value)
    return caught.value.code


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def repacked(content: bytes, **replaced: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | {name.replace("__", "/").replace("_xml", ".xml"): text for name, text in replaced.items()})


def encrypted() -> bytes:
    target = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(xlsx(PLAIN))).encrypt("123456", target)
    return target.getvalue()


def old(rows: list[list[object]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    sheet.row(1).hidden = True
    sheet.col(2).hidden = True
    return saved(book)


def with_password(content: bytes) -> bytes:
    """An old workbook whose head says that the rest is encrypted."""
    at = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    protected = struct.pack("<HHH", 0x2F, 54, 1) + b"\0" * 52
    start = at + 20
    return content[:start] + protected + content[start + len(protected) :]


REFUSED = {
    "nothing": (b"", "empty_file"),
    "spaces": (b" \r\n\t ", "empty_file"),
    "truncated": (xlsx(PLAIN)[: len(xlsx(PLAIN)) * 6 // 10], "corrupt_file"),
    "truncated old": (old(PLAIN)[:1500], "corrupt_file"),
    "password": (encrypted(), "encrypted_file"),
    "password old": (with_password(old(PLAIN)), "encrypted_file"),
    "letter": (zipped({"[Content_Types].xml": b"", "word/document.xml": b"<w/>"}), "unsupported_format"),
    "archive": (zipped({"a.txt": b"a"}), "unsupported_format"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "unsupported_format"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "unsupported_format"),
    "bytes": (bytes(range(256)) * 4, "unsupported_format"),
    "page without a table": (b"<html><body><p>a</p></body></html>", "unsupported_format"),
    "locked ods": (
        zipped({"mimetype": packed._ODS, "content.xml": b"x", "META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
        "encrypted_file",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_workbook_is_refused_with_its_reason(name: str) -> None:
    content, code = REFUSED[name]
    assert refusal(content) == code


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _block in range(120):
                part.write(b"A" * (1 << 20))
    made = time.process_time() - began
    began = time.process_time()
    assert refusal(target.getvalue()) == "too_large"
    assert time.process_time() - began < max(0.5, made)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_a_part_that_holds_more_than_it_declares_is_damaged() -> None:
    content = bytearray(xlsx(PLAIN))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lied = bytes(content).replace(struct.pack("<I", size), struct.pack("<I", size - 200))
    assert refusal(lied) == "corrupt_file"


def test_a_cell_at_the_far_end_does_not_fill_the_memory() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "a"
    book.worksheets[0]["XFD1048576"] = "b"
    assert refusal(saved(book)) == "too_large"
    far = openpyxl.Workbook()
    far.worksheets[0]["A1"] = "a"
    far.worksheets[0]["XFD3"] = "b"
    assert read(saved(far))[0].rows[2][16_383] == "b"


def test_what_is_hidden_and_merged_is_told() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(PLAIN, ["A2:A3"])))
    book.worksheets[0].row_dimensions[2].hidden = True
    book.worksheets[0].column_dimensions["B"].hidden = True
    book.create_sheet("旧").sheet_state = "hidden"
    first, second = read(saved(book))
    assert (first.hidden_rows, first.hidden_columns, list(first.merges)) == ({1}, {1}, [(1, 0, 2, 0)])
    assert (first.visible, second.visible) == (True, False)
    (old_sheet,) = read(old(PLAIN))
    assert (old_sheet.hidden_rows, old_sheet.hidden_columns) == ({1}, {2})


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert read_book(saved(book)).dates_from_1904
    assert not read_book(xlsx(PLAIN)).dates_from_1904
    old_book = xlwt.Workbook()
    old_book.dates_1904 = True
    old_book.add_sheet("a").write(0, 0, 1)
    assert read_book(saved(old_book)).dates_from_1904


def test_a_workbook_of_strings_in_a_table_of_their_own() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("台账 & 表")
    sheet.write_row(0, 0, PLAIN[0])
    sheet.write_row(1, 0, PLAIN[1])
    sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    sheet.set_row(1, None, None, {"hidden": True})
    book.close()
    (found,) = read(target.getvalue())
    assert (found.name, found.hidden_rows, found.rows[2][1]) == ("台账 & 表", {1}, "#DIV/0!")


def test_an_open_document() -> None:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if isinstance(cell, int)
            else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in PLAIN
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = f"<?xml version='1.0'?><office:document-content {spaces}><office:body><office:spreadsheet>"
    content += f'<table:table table:name="台账">{cells}</table:table>'
    content += "</office:spreadsheet></office:body></office:document-content>"
    book = zipped({"mimetype": packed._ODS, "content.xml": content.encode(), "META-INF/manifest.xml": b"<m/>"})
    found = read_book(book)
    assert found.container == "ods"
    assert [list(row) for row in found.sheets[0].rows] == PLAIN
    repeated = cells.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">')
    bomb = content.replace(cells, repeated).replace(
        "<table:table-cell ", '<table:table-cell table:number-columns-repeated="900" '
    )
    assert refusal(zipped({"mimetype": packed._ODS, "content.xml": bomb.encode()})) == "too_large"


def test_a_web_page_with_spans_hidden_rows_breaks_and_stated_numbers() -> None:
    page = """<html><xml><x:ExcelWorksheets><x:Name>台账&amp;表</x:Name></x:ExcelWorksheets></xml>
    <table><tr><td colspan=2>标题</td><td rowspan=2>右</td></tr><tr style="display:none"><td>甲<br>乙</td>
    <td x:num="1234.5">1,234.50</td></tr><tr><td>a&nbsp;b</td></tr></table></html>"""
    (sheet,) = read(page.encode())
    assert sheet.name == "台账&表"
    assert [list(row) for row in sheet.rows] == [["标题", "", "右"], ["甲\n乙", 1234.5], ["a\u00a0b"]]
    assert list(sheet.merges) == [(0, 0, 0, 1), (0, 2, 1, 2)]
    assert sheet.hidden_rows == {1}


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_text_tables_whatever_parts_the_columns(sign: str) -> None:
    text = "标题\n" + "\n".join(sign.join(map(str, row)) for row in PLAIN)
    for content in (
        text.encode(),
        text.encode("gb18030"),
        b"\xff\xfe" + text.encode("utf-16-le"),
        text.encode("utf-16-le"),
    ):
        assert [list(row) for row in read(content)[0].rows][1] == ["村名", "总收入", "总户数"]


# whatever comes in, a clear refusal comes out


def verdict(content: bytes) -> str:
    """The code of the refusal, or that the file was read."""
    try:
        extract(content)
    except UnreadableError as refused:
        return refused.code
    return "read"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["xlsx", "xls", "html", "csv", "encrypted"]))
def test_any_damage_ends_in_a_table_or_a_refusal(seed: int, kind: str) -> None:
    rng = random.Random(seed)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in PLAIN)
    whole = {
        "xlsx": xlsx(PLAIN),
        "xls": old(PLAIN),
        "html": f"<table>{lines}</table>".encode(),
        "csv": "\n".join(",".join(map(str, row)) for row in PLAIN).encode("gbk"),
        "encrypted": REFUSED["password"][0],
    }[kind]
    damaged = bytearray(whole)
    for _hit in range(rng.randrange(1, 12)):
        at = rng.randrange(len(damaged) or 1)
        damaged[at : at + rng.choice([1, 1, 4, 40])] = rng.randbytes(rng.choice([0, 1, 4, 40]))
    assert verdict(bytes(damaged)) in {"read", *REFUSALS}


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<table>", b"\x09\x08"]),
)
def test_any_bytes_end_in_a_table_or_a_refusal(content: bytes, start: bytes) -> None:
    assert verdict(start + content) in {"read", *REFUSALS}


CELLS = [
    *(
        "村名",
        "总收入（万元）",
        "乡镇",
        "总户数",
        "备注",
        "经营方式",
        "是否建成",
        "竣工时间",
        "序号",
        "收入情况",
        "松林镇",
        "梅花村",
    ),
    *(
        "合计",
        "小计",
        "注：说明",
        "填表人：某某",
        "甲",
        "乙",
        "（万元）",
        "单位：万元",
        "2026年台账",
        "同上",
        "#REF!",
        "=1+1",
        "\u00a0",
    ),
    *(
        None,
        None,
        None,
        1,
        2,
        3,
        1.2,
        45471,
        True,
        "1.2万",
        "约3",
        "√",
        "无",
        "2024.6",
        "承包、租赁",
        "50-60",
        "错误原因",
    ),
]


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
def test_any_arrangement_of_cells_ends_in_records_or_a_refusal(seed: int) -> None:
    rng = random.Random(seed)
    rows = [[rng.choice(CELLS) for _column in range(rng.randrange(1, 9))] for _row in range(rng.randrange(1, 14))]

    book = openpyxl.load_workbook(io.BytesIO(xlsx(rows)))
    for _merge in range(rng.randrange(4)):
        top, left = rng.randrange(1, 12), rng.randrange(1, 8)
        try:
            book.worksheets[0].merge_cells(
                start_row=top, start_column=left, end_row=top + rng.randrange(3), end_column=left + rng.randrange(4)
            )
        except AttributeError:
            continue  # overlaps another
    content = saved(book)
    said = verdict(content)
    assert said in {"read", "no_header", "no_data", "empty_file", "corrupt_file"}
    if said != "read":
        return
    found = extract(content)
    keys = {field.key for field in FIELDS}
    for table, record in found.records:
        assert set(record.values) <= keys
        assert record.places.name not in {"合计", "小计"}
        assert all(table.address(record, key) for key in record.values)
        assert not set(record.values) & set(record.faults)
