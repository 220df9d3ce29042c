"""What programs other than Excel write, read as it was meant or refused: errors, merges, names, characters, results."""

from typing import Any

import pytest

from sheets.apart import asking
from sheets.refusals import UnreadableError
from tests.sheets import hostile_books as made


def rows(content: bytes) -> list[list[Any]]:
    return [list(row) for row in asking.read(content)[0].rows]


def prefixed(text: str) -> str:
    for name in ("row", "c", "f", "v"):
        for sign in (f"<{name} ", f"<{name}>", f"<{name}/", f"</{name}>"):
            text = text.replace(sign, sign.replace(name, f"x:{name}"))
    return f'<x:worksheet xmlns:x="{made.MAIN}"><x:sheetData>{text}</x:sheetData></x:worksheet>'


ERROR = '<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
WAYS = {
    "as Excel writes it": made.sheet(f'<row r="1">{ERROR}</row>'),
    "prefixed": prefixed(f'<row r="1">{ERROR}</row>'),
    "single quotes": made.sheet(f'<row r="1">{ERROR}</row>'.replace('"', "'")),
    "another order": made.sheet('<row r="1"><c t="e" r="A1"><f>1/0</f><v>#DIV/0!</v></c></row>'),
    "no formula": made.sheet('<row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c></row>'),
    "spaces": made.sheet('<row r="1"><c r = "A1"\n t = "e" ><f>1/0</f><v>#DIV/0!</v></c></row>'),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_error_is_one_however_it_is_written(way: str) -> None:
    assert rows(made.book(WAYS[way])) == [["#DIV/0!"]]


@pytest.mark.parametrize("cell", ['t="&#101;"><v>#DIV/0!</v>', 't="e"><v>#DIV<![CDATA[/0!]]></v>'])
def test_what_the_reader_does_not_take_is_not_called_damaged(cell: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        asking.read(made.book(made.sheet(f'<row r="1"><c r="A1" {cell}</c></row>')))
    assert caught.value.code == "unusual_file"


@pytest.mark.parametrize(
    ("cell", "computes", "shown"),
    [
        ('<c r="A1"><f>B1</f></c>', False, "#FORMULA!"),
        ('<c r="A1"><f>B1</f><v/></c>', False, "#FORMULA!"),
        ('<c r="A1"><f>B1</f><v>0</v></c>', True, "#FORMULA!"),
        ('<c r="A1"><f>B1</f><v>0</v></c>', False, 0.0),
        ('<c r="A1"><f>B1</f><v>7</v></c>', True, 7.0),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', True, ""),
    ],
)
@pytest.mark.parametrize("write", [made.sheet, prefixed])
def test_a_formula_that_nobody_computed_has_no_result(cell: str, computes: bool, shown: Any, write: Any) -> None:
    after = '<calcPr fullCalcOnLoad="1"/>' if computes else ""
    part = write(f'<row r="1">{cell}<c r="B1"><v>5</v></c></row>')
    assert rows(made.book(part, workbook=made.workbook(after=after))) == [[shown, 5.0]]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "XL/Worksheets/SHEET1.xml", "xl\\worksheets\\sheet1.xml"])
def test_parts_are_found_however_they_are_named(name: str) -> None:
    part = made.sheet('<row r="1" hidden="1"><c r="A1"><v>5</v></c></row>')
    (found,) = asking.read(made.book(part, sheet_name=name))
    assert ([list(row) for row in found.rows], found.hidden_rows) == ([[5.0]], {0})


def test_an_open_document_tells_merges_hidden_rows_and_errors() -> None:
    content = made.ods(
        made.line(made.cell('table:number-columns-spanned="3"', "标题") + "<table:covered-table-cell/>" * 2)
        + made.line(
            '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
            "<text:p>#DIV/0!</text:p>"
            '</table:table-cell><table:table-cell table:formula="of:=a" office:value-type="float" office:value="0">'
            "<text:p>#名称?</text:p></table:table-cell>"
            + made.cell(text="#1号楼")
            + '<table:table-cell table:number-columns-repeated="16381"/>',
            'table:visibility="filter"',
        )
        + made.line(
            '<table:table-cell table:number-columns-repeated="16384"/>', 'table:number-rows-repeated="1048574"'
        ),
        more='<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>',
    )
    (sheet,) = asking.read(content)
    assert [list(row) for row in sheet.rows] == [["标题"], ["#DIV/0!", "#VALUE!", "#1号楼"]]
    assert (list(sheet.merges), sheet.hidden_rows, sheet.hidden_columns) == ([(0, 0, 0, 2)], {1}, {2})


def page_of_1252(content: bytearray) -> None:
    at = content.index(b"\x42\x00\x02\x00\xb0\x04")
    content[at + 4 : at + 6] = b"\xe4\x04"


def test_an_old_workbook_with_a_wrong_code_page_is_read_in_unicode() -> None:
    assert rows(made.old(page_of_1252))[0] == list(made.HEADINGS)


def test_an_old_workbook_whose_characters_come_apart_is_refused() -> None:
    label = (0x204, b"\0\0\0\0\0\0" + b"\x04\0" + "村名".encode("gbk"))
    with pytest.raises(UnreadableError) as caught:
        asking.read(made.old_records(label))
    assert caught.value.code in {"unusual_file", "corrupt_file"}


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('="羊沟村"', "羊沟村"),
        ('="001"', "001"),
        ('=""', ""),
        ('"=""1,200"""', "1,200"),
        ('"=""甲"""', "甲"),
        ('=A1&"甲"', '=A1&"甲"'),
        ('"=""甲""&""乙"""', '="甲"&"乙"'),
        ("=12+3", "=12+3"),
    ],
)
def test_a_text_that_a_csv_keeps_by_an_equals_sign_is_that_text(cell: str, read: str) -> None:
    content = f"村名,备注\n石岭村,{cell}\n".encode()
    assert [*asking.read(content)[0].rows[1], ""][1] == read
