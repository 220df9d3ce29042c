"""Tables found wherever and however they stand in a workbook."""

import csv
import io

import openpyxl
import pytest
import xlwt

from sheets.lines import Kind
from sheets.refusals import UnreadableError
from tests.sheets.books import extract, saved, seen, xlsx

PLAIN = [["乡镇", "村名", "总收入（元）", "总户数"], ["松林镇", "梅花村", 1200, 35], ["松林镇", "清江村", 800, 20]]
EXPECTED = [("松林镇", "梅花村", 1200, 35), ("松林镇", "清江村", 800, 20)]


def kinds(content: bytes) -> dict[int, str]:
    return {line.row + 1: str(line.kind) for table in extract(content).tables for line in table.lines}


def test_titles_column_numbers_sections_totals_notes_and_repeated_headings_are_no_data() -> None:
    heading = ["序号", "村名", "总收入（万元）", "总户数"]
    rows = [
        ["某县2026年村级集体经济台账", None, None, None],
        ["填报单位（盖章）：某县委组织部", None, "填报日期：2026年7月5日", None],
        heading,
        ["甲", "乙", 1, 2],
        ["合计", None, 6, 60],
        ["松林镇", None, None, None],
        [1, "梅花村", 1, 10],
        [2, "清江村", 2, 20],
        [None, "小计", 3, 30],
        [None, None, None, None],
        heading,
        ["河口镇", None, None, None],
        [1, "梅花村", 3, 30],
        [None, "河口镇小计", 3, 30],
        ["注：1.本表由各乡镇填报；", None, None, None],
        ["   2.没有的填“0”。", None, None, None],
        ["填表人：某某    审核人：某某", None, None, None],
    ]
    merges = ["A1:D1", "A6:D6", "A12:D12", "A15:D15", "A16:D16", "A17:D17"]
    content = xlsx(rows, merges)
    assert seen(content, "total_income", "households") == [
        ("松林镇", "梅花村", 10_000, 10),
        ("松林镇", "清江村", 20_000, 20),
        ("河口镇", "梅花村", 30_000, 30),
    ]
    assert kinds(content) == {
        3: "header",
        4: "colnum",
        5: "total",
        6: "section",
        9: "subtotal",
        10: "blank",
        11: "header",
        12: "section",
        14: "subtotal",
        15: "note",
        16: "note",
        17: "note",
    }
    table = extract(content).tables[0]
    assert table.year == 2026
    assert table.sums[5] == {"total_income": 60_000, "households": 60}
    assert table.address(table.records[2], "total_income") == "C13"


def test_headings_of_three_rows_with_groups_and_units_below() -> None:
    rows = [
        ["村名", "收入情况", None, "场所", "备注"],
        [None, "总收入", "经营性收入", "建筑面积", None],
        [None, "（万元）", "（元）", "（㎡）", None],
        ["梅花村", 1.2, 800, 90, "无"],
    ]
    content = xlsx(rows, ["A1:A3", "B1:C1", "E1:E3"])
    assert seen(content, "total_income", "operating_income", "floor_area", "remark") == [
        ("", "梅花村", 12_000, 800, 90, None)
    ]
    assert [column.heading for column in extract(content).tables[0].columns][:2] == ["村名", "收入情况 > 总收入"]


def test_a_group_of_a_text_table_goes_on_to_the_right() -> None:
    rows = [
        ["村名", "收入", "", "户"],
        ["", "总收入(万元)", "经营性收入(万元)", "总户数"],
        ["梅花村", "1", "0.5", "30"],
    ]
    text = "\n".join(",".join(row) for row in rows)
    assert seen(text.encode(), "total_income", "operating_income", "households") == [("", "梅花村", 10_000, 5_000, 30)]


def test_the_unit_of_a_line_above_holds_where_the_heading_says_none() -> None:
    rows = [["单位：万元、㎡"], ["村名", "总收入", "经营性收入（元）", "建筑面积"], ["梅花村", 1.5, 300, 90]]
    assert seen(xlsx(rows), "total_income", "operating_income", "floor_area") == [("", "梅花村", 15_000, 300, 90)]


def test_a_unit_in_the_cell_beats_all() -> None:
    rows = [["村名", "总收入（万元）", "总户数"], ["梅花村", "8000元", 1], ["清江村", "2万", 1], ["三和村", 3, 1]]
    assert [row[2] for row in seen(xlsx(rows), "total_income")] == [8_000, 20_000, 30_000]


@pytest.mark.parametrize("merged", [True, False])
def test_a_township_said_once_holds_for_the_rows_below(merged: bool) -> None:
    rows = [
        ["乡镇", "村名", "总收入", "总户数"],
        ["松林镇", "梅花村", 1, 1],
        [None, "清江村", 2, 2],
        ["河口镇", "三和村", 3, 3],
        [None, "三阳村", 4, 4],
    ]
    content = xlsx(rows, ["A2:A3", "A4:A5"] if merged else [])
    assert [row[:2] for row in seen(content)] == [
        ("松林镇", "梅花村"),
        ("松林镇", "清江村"),
        ("河口镇", "三和村"),
        ("河口镇", "三阳村"),
    ]


def test_where_every_row_says_its_township_a_blank_stays_blank() -> None:
    rows = [["乡镇", "村名", "总收入"], *(["松林镇", f"村{n}", n] for n in range(6)), [None, "清江村", 2]]
    assert seen(xlsx(rows))[-1][0] == ""


def test_a_text_merged_over_rows_holds_for_each() -> None:
    rows = [["村名", "总收入", "备注"], ["梅花村", 1, "县财政局帮扶"], ["清江村", 2, None], ["三和村", 3, None]]
    assert [row[2] for row in seen(xlsx(rows, ["C2:C3"]), "remark")] == ["县财政局帮扶", "县财政局帮扶", None]


def test_two_tables_side_by_side() -> None:
    rows = [
        ["村名", "总收入（元）", "总户数", None, "村名", "总收入（元）", "总户数"],
        ["梅花村", 1, 10, None, "清江村", 2, 20],
        ["三和村", 3, 30, None, "三阳村", 4, 40],
    ]
    assert [row[1:] for row in seen(xlsx(rows), "total_income", "households")] == [
        ("梅花村", 1, 10),
        ("三和村", 3, 30),
        ("清江村", 2, 20),
        ("三阳村", 4, 40),
    ]
    touching = [[cell for at, cell in enumerate(row) if at != 3] for row in rows]
    assert sorted(row[1] for row in seen(xlsx(touching))) == sorted(["梅花村", "三和村", "清江村", "三阳村"])


def test_tables_one_below_the_other_with_other_columns() -> None:
    rows = [
        ["2025年村级集体经济"],
        *PLAIN,
        ["合计", None, 2000, 55],
        [],
        ["河口镇2026年活动场所"],
        ["序号", "村名", "建筑面积（㎡）", "竣工时间"],
        [1, "三和村", 120, "6月28日"],
    ]
    first, second = extract(xlsx(rows)).tables
    assert [record.values["total_income"] for record in first.records] == [1200, 800]
    assert second.records[0].values == {"floor_area": 120, "finished": "2026-06-28"}
    assert second.titles == ["河口镇2026年活动场所"]
    assert second.address(second.records[0], "finished") == "D9"


def test_a_table_on_its_side() -> None:
    rows = [
        ["指标", "梅花村", "清江村", "三和村"],
        ["村名", "梅花村", "清江村", "三和村"],
        ["总收入（万元）", 1, 2, 3],
        ["总户数", 10, 20, 30],
        ["是否建成", "是", "否", "√"],
    ]
    content = xlsx(rows[1:])
    assert [row[1:] for row in seen(content, "total_income", "households", "built")] == [
        ("梅花村", 10_000, 10, True),
        ("清江村", 20_000, 20, False),
        ("三和村", 30_000, 30, True),
    ]
    table = extract(content).tables[0]
    assert table.layout.turned
    assert table.address(table.records[1], "households") == "C3"


def test_a_form_for_one_village_and_a_sheet_for_each() -> None:
    def form(village: str, income: int) -> list[list[object]]:
        return [
            [f"{village}基本情况统计表"],
            ["村名", village, "乡镇", "松林镇"],
            ["总户数", 35, "正式党员数", 12],
            ["总收入（万元）", income, "经营性收入", "0.5万元"],
            ["是否建成", "是", "备注", None],
        ]

    content = xlsx(form("梅花村", 1), ["A1:D1"], 清江村=form("清江村", 2))
    assert seen(content, "households", "members", "total_income", "operating_income", "built") == [
        ("松林镇", "梅花村", 35, 12, 10_000, 5_000, True),
        ("松林镇", "清江村", 35, 12, 20_000, 5_000, True),
    ]
    table = extract(content).tables[1]
    assert table.address(table.records[0], "members") == "D3"


def test_the_heading_alone_is_no_data_and_an_article_is_no_table() -> None:
    for content, code in ((xlsx(PLAIN[:1]), "no_data"), (xlsx([["关于报送台账的通知"], ["各乡镇："]]), "no_header")):
        with pytest.raises(UnreadableError) as caught:
            extract(content)
        assert caught.value.code == code


def test_hidden_and_explaining_sheets_are_left_out_and_named() -> None:
    book = openpyxl.Workbook()
    for name, rows in (("填表说明", PLAIN), ("旧表", PLAIN), ("数据", PLAIN), ("Sheet2", [])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book["旧表"].sheet_state = "hidden"
    found = extract(saved(book))
    assert found.ignored == {"填表说明": "notes", "旧表": "hidden", "Sheet2": "empty"}
    assert len(found.records) == 2


def test_hidden_rows_are_data_and_marked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(PLAIN)))
    book.worksheets[0].row_dimensions[3].hidden = True
    assert [record.hidden for _table, record in extract(saved(book)).records] == [False, True]


def test_the_same_table_as_xls_csv_and_web_page() -> None:
    old = xlwt.Workbook()
    sheet = old.add_sheet("Sheet1")
    for at, row in enumerate(PLAIN):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    text = io.StringIO()
    csv.writer(text).writerows(PLAIN)
    page = "<table>" + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in PLAIN) + "</table>"
    for content in (
        xlsx(PLAIN),
        saved(old),
        text.getvalue().encode("gbk"),
        text.getvalue().encode("utf-16"),
        text.getvalue().replace(",", "\t").encode("utf-8-sig"),
        f"<html><meta charset=gb2312>{page}".encode("gbk"),
    ):
        assert seen(content, "total_income", "households") == EXPECTED


def test_a_corrected_heading_stands_above_the_guess() -> None:
    rows = [["单位：元"], ["村名", "总收入", "经营性收入", "进账"], ["梅花村", 1, 2, 3], ["清江村", 1, 2, 3]]
    found = extract(xlsx(rows), given={"总收入": "", "进账": "total_income"})
    assert [record.values["total_income"] for _table, record in found.records] == [3, 3]
    assert {column.heading: column.key for column in found.tables[0].columns}["总收入"] == ""


def test_a_likely_heading_is_taken_only_when_its_cells_fit() -> None:
    rows = [["村名", "总收入", "年度总户数量"], *([f"村{n}", n, n] for n in range(5))]
    assert extract(xlsx(rows)).tables[0].layout.column("households") is not None
    words = [["村名", "总收入", "年度总户数量"], *([f"村{n}", n, "见附件"] for n in range(5))]
    assert extract(xlsx(words)).tables[0].layout.column("households") is None


def test_last_years_figure_is_never_taken_for_this_years() -> None:
    rows = [["村名", "上年总收入", "人均收入", "总收入增长率", "户数"], ["梅花村", 1, 2, 3, 4], ["清江村", 1, 2, 3, 4]]
    keys = {column.heading: column.key for column in extract(xlsx(rows)).tables[0].columns}
    assert keys == {"村名": "@place", "上年总收入": "", "人均收入": "", "总收入增长率": "", "户数": "households"}


def test_formulas_with_errors_or_without_a_result_are_faults_with_their_address() -> None:
    rows = [["村名", "总收入", "总户数"], ["梅花村", "=1+1", "#REF!"], ["清江村", 3, 4]]
    book = openpyxl.load_workbook(io.BytesIO(xlsx(rows)))
    book.worksheets[0]["C2"].data_type = "e"
    table = extract(saved(book)).tables[0]
    record = table.records[0]
    assert {key: reading.fault for key, reading in record.faults.items()} == {
        "total_income": "no_result",
        "households": "formula_error",
    }
    assert record.values == {}
    assert table.address(record, "total_income") == "B2"


def test_a_hundred_thousand_blank_rows_cost_nothing() -> None:
    from openpyxl.styles import Border, Side

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in PLAIN:
        sheet.append(row)
    blank = openpyxl.cell.WriteOnlyCell(sheet, None)
    blank.border = Border(left=Side(style="thin"))
    for _row in range(100_000):
        sheet.append([blank])
    assert seen(saved(book), "total_income", "households") == EXPECTED


def test_every_kind_of_row_has_a_name() -> None:
    assert {str(kind) for kind in Kind} >= {"title", "header", "colnum", "data", "section", "subtotal", "total", "note"}
