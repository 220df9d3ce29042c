"""Units as lines, headings and rows of a workbook state them."""

import pytest

from sheets.fields import FieldDescription, Type
from sheets.headings import bare, unit_of
from sheets.stated import CONFLICT, UNREAD, row_of_units, settle, stated, unit_word
from tests.sheets.books import extract, xlsx

MONEY = FieldDescription("m", Type.MONEY, unit="万元")


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("金额单位：人民币元", "元"),
        ("单位：元", "元"),
        ("单位(万元)", "万元"),
        ("计量单位：万元", "万元"),
        ("单 位：元", "元"),
        ("单位: 人民币 元", "元"),
        ("单位：万 元", "万元"),
        ("单位：千 元", "千元"),
        ("单位：元（保留两位小数）", "元"),
        ("货币单位：人民币（元）", "元"),
        ("币种：人民币  单位：百万元", "百万元"),
        ("填报单位：河口镇   单位：万元", "万元"),
        ("单位：户、万元", "万元"),
        ("2026年收入表（万元）", "万元"),
        ("注：本表金额以元为单位", "元"),
        ("金额单位为亿元", "亿元"),
        ("（元）", "元"),
    ],
)
def test_a_line_states_the_unit_of_money(line: str, unit: str) -> None:
    assert stated([line])["money"] == (unit,)


@pytest.mark.parametrize(
    "line",
    [
        "填报单位：元家村",
        "单位：元村",
        "报送单位：万元村",
        "单位名称：石岭村",
        "单位（盖章）：",
        "责任单位：元",
        "收入10万元以下的村",
        "单位：美元",
        "（元旦慰问）",
        "（含省级补助100万元）",
        "单元门",
    ],
)
def test_what_states_no_unit_of_money(line: str) -> None:
    assert "money" not in stated([line])


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("总收入（人民币元）", "元"),
        ("总收入（万元，保留两位小数）", "万元"),
        ("总收入(元/年)", "元"),
        ("总收入\n元", "元"),
        ("总收入 元", "元"),
        ("总收入单位：元", "元"),
        ("总收入（金额单位：元）", "元"),
        ("总收入（以万元计）", "万元"),
        ("总收入百万元", "百万元"),
    ],
)
def test_a_heading_states_its_unit_and_keeps_its_name(heading: str, unit: str) -> None:
    assert (unit_of(heading), bare(heading)) == (unit, "总收入")


@pytest.mark.parametrize("heading", ["单元", "多元", "收入元", "总收入（美元）", "是否有收入（1元以上）"])
def test_what_only_ends_like_a_unit_is_none(heading: str) -> None:
    assert unit_of(heading) == ""


def test_a_row_of_units() -> None:
    assert row_of_units(["计量单位", "—", "（元）", "人民币万元", "户"]) == ["", "", "元", "万元", "户"]
    assert row_of_units(["户", "人"]) == ["户", "人"]
    for texts in (["村"], ["石岭村", "元"], ["—"], ["元", "3"]):
        assert row_of_units(texts) is None
    assert unit_word("元整") == ""


def test_money_is_settled_by_what_is_read_alone() -> None:
    assert settle(MONEY, (), {}).why == UNREAD
    assert settle(MONEY, ("户",), {}).why == UNREAD
    assert settle(MONEY, ("元",), {"money": ("万元",)}).why == CONFLICT
    assert settle(MONEY, ("元", "万元"), {}).why == CONFLICT
    assert settle(MONEY, (), {"money": ("元", "万元")}).why == CONFLICT
    assert settle(MONEY, ("万",), {"money": ("万元",)}).unit == "万"
    assert settle(MONEY, ("元",), {"money": ("万元", "元")}).unit == "元"


def test_a_cell_of_a_column_without_a_unit_is_read_only_when_it_says_its_own() -> None:
    rows = [
        ["村名", "总收入"],
        *([f"{n}村", cell] for n, cell in zip("甲乙丙丁戊己", (3, "2万元", 0, "3.5亿", "同上", "无"), strict=True)),
    ]
    table = extract(xlsx(rows)).tables[0]
    assert table.doubts["total_income"].why == UNREAD
    assert [record.values.get("total_income") for record in table.records] == [
        None,
        20_000,
        0,
        350_000_000,
        350_000_000,
        None,
    ]
    key = table.doubts["total_income"].key
    said = extract(xlsx(rows), units={key: "万元"}).tables[0]
    assert [record.values.get("total_income") for record in said.records][:2] == [30_000, 20_000]
    wrong = extract(xlsx(rows), units={key: "户"}).tables[0]
    assert wrong.records[0].faults["total_income"].fault == "no_unit"
