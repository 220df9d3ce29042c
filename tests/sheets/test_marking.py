"""The user's own workbook comes back with its faults marked, and reads as before."""

import io

import openpyxl
import pytest
import xlwt

from sheets.marking import HEADING, Mark, marked
from sheets.packed import NO_RESULT
from sheets.reading import read_book
from tests.sheets.books import extract, saved, seen, xlsx

ROWS = [["2026年台账"], ["村名", "总收入（元）", "备注"], ["梅花村", "不详", "=1+1"], ["清江村", 800, None]]
MARKS = [Mark("Sheet", 3, "B3", "这不是数字。"), Mark("Sheet", 4, "", "请选择所属村。", grave=False)]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_cells_are_marked_and_the_layout_is_kept() -> None:
    book = opened(xlsx(ROWS, ["A1:C1"]))
    book.worksheets[0].column_dimensions["A"].width = 33
    book.worksheets[0]["C3"].data_type = "s"
    result = opened(marked(saved(book), MARKS, {"Sheet": 2})).worksheets[0]
    assert [result.cell(row, 4).value for row in (1, 2, 3, 4)] == [None, HEADING, "B3：这不是数字。", "请选择所属村。"]
    assert result["B3"].comment.text == "这不是数字。"
    assert result["B3"].fill.fgColor.rgb == "FFFFC7CE"
    assert result["D4"].fill.fgColor.rgb == "FFFFEB9C"
    assert result.column_dimensions["A"].width == 33
    assert [str(merged) for merged in result.merged_cells.ranges] == ["A1:C1"]
    assert (result["C3"].value, result["C3"].data_type, result["C3"].quotePrefix) == ("=1+1", "s", True)


def test_a_marked_workbook_reads_as_before_and_is_marked_anew_in_the_same_column() -> None:
    content = xlsx(ROWS)
    once = marked(content, MARKS, {"Sheet": 2})
    assert seen(once, "total_income", "remark") == seen(content, "total_income", "remark")
    twice = opened(marked(once, MARKS[1:], {"Sheet": 2})).worksheets[0]
    assert [twice.cell(row, 4).value for row in (2, 3, 4)] == [HEADING, None, "请选择所属村。"]
    assert twice.max_column == 4


def test_formulas_keep_their_results() -> None:
    import zipfile

    rows = [["村名", "总收入", "总户数"], ["梅花村", "=2+3", 1], ["清江村", 2, 1]]
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(rows))) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.namelist():
            new.writestr(
                part,
                old.read(part)
                .replace(b"<f>2+3</f><v></v>", b"<f>2+3</f><v>5</v>")
                .replace(b"<f>2+3</f><v />", b"<f>2+3</f><v>5</v>"),
            )
    assert read_book(packed.getvalue()).sheets[0].rows[1][1] == 5
    result = marked(packed.getvalue(), [Mark("Sheet", 3, "B3", "太少")], {"Sheet": 1})
    assert read_book(result).sheets[0].rows[1][1] == 5
    assert opened(result).worksheets[0]["B2"].value == "=2+3"
    assert NO_RESULT not in str(read_book(result).sheets[0].rows)


@pytest.mark.parametrize("kind", ["xls", "csv", "html"])
def test_other_files_become_a_workbook_with_the_same_cells(kind: str) -> None:
    if kind == "xls":
        old = xlwt.Workbook()
        sheet = old.add_sheet("台账")
        for at, row in enumerate(ROWS):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
        content = saved(old)
    elif kind == "csv":
        content = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in ROWS).encode("gbk")
    else:
        lines = "".join("<tr>" + "".join(f"<td>{cell or ''}</td>" for cell in row) + "</tr>" for row in ROWS)
        content = f"<table>{lines}</table>".encode()
    name = read_book(content).sheets[0].name
    result = marked(content, [Mark(name, 3, "B3", "这不是数字。")], {name: 2})
    sheet = opened(result).worksheets[0]
    assert sheet["A3"].value == "梅花村"
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=1+1", "s")
    assert sheet["D3"].value == "B3：这不是数字。"
    assert seen(result, "total_income") == seen(content, "total_income")


def test_a_fault_in_a_merged_cell_stands_on_the_cell_that_holds_it() -> None:
    rows = [["村名", "总收入"], ["梅花村", "不详"], ["清江村", None]]
    result = opened(marked(xlsx(rows, ["B2:B3"]), [Mark("Sheet", 3, "B3", "这不是数字。")], {"Sheet": 1}))
    assert result.worksheets[0]["B2"].comment.text == "这不是数字。"


def test_a_table_on_its_side_reads_as_before() -> None:
    content = xlsx([["村名", "梅花村", "清江村"], ["总收入", 1, "不详"], ["总户数", 10, 20], ["备注", "a", "b"]])
    result = marked(content, [Mark("Sheet", 2, "C2", "这不是数字。")], {})
    assert len(extract(result).records) == 2
