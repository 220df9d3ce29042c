"""Workbooks as a township's clerk sends them, each of another kind and in another mess, and one that is large."""

import csv
import io
from collections.abc import Mapping
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment, Font

INCOME_HEADS = (
    ("序号", "村（社区）", "户数", "收入情况", None, None, "资产负债情况", None, "主导产业", "经营方式"),
    (None, None, None, "总收入", "其中：经营性收入", "年内上级来款", "资产总额", "负债", None, None),
)
INCOME_ROWS: tuple[tuple[Any, ...], ...] = (
    ("一、社区",),
    (1, "柳林社区", 812, 31.5, 22.4, 6, 210, "无", "门面出租", "租赁"),
    (2, "永宁社区", "６４０", "18万元", "１２．５", 4, "120.6", 0, "停车场", "出租"),
    (None, "小计", None, 49.5, 34.9, 10, 330.6, 0),
    ("二、行政村",),
    (3, "老双畈村", 402, "12,5", 8, 2.1, 96, "3.2万", "茶叶", "承包、入股"),
    (4, "青畈村", 355, "9.8", "约7", 2, 88.4, "—", "蚕桑", "承包经营"),
    (5, "杨坝村", 298, 11.2, 6.5, 3, 73, None, "油茶", "股份合作制"),
    (6, "马埠村", 331, "十几", 5.2, 2, 69.5, None, "水产", "承包"),
    (7, "坊下村", 276, 7.9, 4.4, 2, 61, None, "粮油", "租赁"),
    (None, "小计", None, "=SUM(D10:D14)", None, None, None, None),
    (None, "合计", None, None, None, None, None, None),
    ("填表人：某某        审核人：某某        报出日期：2026年11月16日",),
)  # fmt: skip
INCOME_MENDED: Mapping[str, Any] = {"D10": 12.5, "D13": 13}

VENUE_LINES: tuple[tuple[str, ...], ...] = (
    ("柳林镇村级组织活动场所现状摸底表",),
    ("填报单位：柳林镇", "", "", "", "", "", "", "填报日期：2026.11.12"),
    ("序号", "村 名", "有无活动场所", "建成年份", "占地面积（亩）", "建筑 面积", "结构", "产权", "是否危房", "备注"),
    ("1", "中共禾源县柳林镇柳林社区总支部委员会", "√", "2015年", "0.6", "240平米", "砖混", "集体", "×", ""),
    ("2", "永宁居委会", "有", "2018", "０．３", "180㎡", "框架结构", "集体", "否", "=与卫生室合用"),
    ("3", "双 畈 村", "有", "2009", "0.2", "约96", "砖木", "村集体", "否", "-"),
    ("4", "青畈村委会", "有", "2012", "0.25", "110m2", "砖混", "集体", "否", "同上"),
    ("5", "杨坡", "无", "", "", "", "", "", "", "借用小学教室"),
    ("合计", "", "", "", "1.35", "626", "", "", "", ""),
    ("注：面积以房产证为准。",),
)
FIRM_HEADS = ("序号", "乡镇", "企业名称", "类型", "员工数", "营业收入", "党员情况", "是否有党组织", "组建方式")
FIRM_LINES: tuple[tuple[str, ...], ...] = (
    ("1", "柳林镇", "禾源青岚茶业有限公司", "民营企业", "１２０", "1.2亿", "6", "是", "独立组建"),
    ("2", "柳林镇党委", "禾源柳溪竹器厂", "企业", "46人", "860万元", "２", "有", "联建"),
    ("3", "柳林", "柳林镇养蚕协会", "协会", "约30", "1.2万", "—", "无", ""),
    ("4", "柳 林 镇", "禾源百川货运部", "企业", "8", "95", "1", "×", ""),
)


def income() -> bytes:
    """Collective economy: a merged title, units apart, heads of two rows, sections, subtotals and a footer."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "收入情况"
    sheet.append(["柳林镇2026年村级集体经济收入情况统计表"])
    sheet.append(["填报单位：柳林镇党委（盖章）", *[None] * 6, "单位：万元、户"])
    for line in (*INCOME_HEADS, *INCOME_ROWS):
        sheet.append(line)
    for area in ("A1:J1", "A2:F2", "H2:J2", "A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:H3", "I3:I4", "J3:J4"):
        sheet.merge_cells(area)
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def venues() -> bytes:
    """A survey of venues as a comma-separated file in GBK, with names of every kind and units in the cells."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows(VENUE_LINES)
    return target.getvalue().encode("gbk")


def firms() -> bytes:
    """Enterprises as a web page saved as .xls: merged heads, a township written in many ways, full-width figures."""
    heads = "".join(f"<td rowspan=2>{word}</td>" if word != "党员情况" else f"<td>{word}</td>" for word in FIRM_HEADS)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in FIRM_LINES)
    return (
        "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><meta charset='gb2312'></head><body><table>"
        "<tr><td colspan=9>柳林镇两新组织摸底台账</td></tr><tr><td colspan=9 align=right>单位：万元、人</td></tr>"
        f"<tr>{heads}</tr><tr><td>正式党员</td></tr>{lines}"
        "<tr><td colspan=9>审核人：某某</td></tr></table></body></html>"
    ).encode("gb18030")


def many_firms(count: int, townships: tuple[str, ...]) -> bytes:
    """A county's register of enterprises with ``count`` rows, spread over the townships."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = made.add_worksheet("两新组织")
    sheet.write_row(0, 0, ["禾源县两新组织摸底台账"])
    sheet.write_row(1, 0, ["单位：万元、人"])
    sheet.write_row(2, 0, ["序号", "乡镇", "企业名称", "类型", "员工数", "营业收入", "正式党员", "是否有党组织"])
    for n in range(count):
        firm, income = f"禾源第{n + 1}号商行", n % 700 + 10  # none a hundred times off the middle: nothing to ask
        line = [n + 1, townships[n % len(townships)], firm, "企业", n % 90 + 1, income, n % 4, "否"]
        sheet.write_row(n + 3, 0, line)
    made.close()
    return target.getvalue()
