"""Each board computed from a blank workbook that somebody filled in."""

import io
from typing import Any

import openpyxl
import pytest

from ledgers import blanks, typed
from ledgers.actions.entries import Draft, save_many
from ledgers.boards import BY_KEY
from ledgers.boards.board import Chosen, Counts
from ledgers.kinds import as_shipped
from ledgers.rules import values as rules
from ledgers.rules.checks import Severity
from orgs.field_rules import FieldType
from orgs.models import Organisation
from records.changes import change_set
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Rows = dict[str, dict[str, Any]]


def filled(cast: Cast, ledger: str, rows: Rows) -> bytes:
    """The blank workbook of 青禾县 with cells written under their headings; a new name goes into a spare row."""
    kind, actor = as_shipped(ledger), cast.actor("office")
    period = kind.due_period(actor.on)
    book = openpyxl.load_workbook(
        io.BytesIO(blanks.workbook(kind, blanks.lines(kind, actor, period), actor=actor, period=period))
    )
    sheet = book["填报"]
    headings = {cell.value: cell.column for row in sheet["A3:CZ4"] for cell in row if cell.value}
    named = {sheet.cell(row, 2).value: row for row in range(4, sheet.max_row + 1) if sheet.cell(row, 2).value}
    spare = (row for row in range(5, sheet.max_row + 1) if not sheet.cell(row, 2).value)
    for name, cells in rows.items():
        place, _bar, _what = name.partition("/")
        row = named.get(name) or next(spare)
        sheet.cell(row, 2).value = place
        for heading, value in cells.items():
            assert not sheet.cell(row, headings[heading]).protection.locked
            sheet.cell(row, headings[heading]).value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def taken_in(cast: Cast, ledger: str, content: bytes) -> None:
    """Read the workbook by its own headings, cell by cell as if typed, and save its rows."""
    kind, actor = as_shipped(ledger), cast.actor("office")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["填报"]
    columns = {blanks.heading(column): column for column in kind.columns}
    places = {cell.column: columns[cell.value] for row in sheet["A3:CZ4"] for cell in row if cell.value in columns}
    drafts = []
    for row in range(4, sheet.max_row + 1):
        unit = Organisation.objects.filter(name=str(sheet.cell(row, 2).value)).first()
        if unit is None:
            continue
        values = {
            column.key: _read(column.field, sheet.cell(row, number).value)
            for number, column in places.items()
            if sheet.cell(row, number).value is not None
        }
        if values:
            broken = [fault for fault in rules.faults(kind, rules.filled(values)) if fault.severity == Severity.ERROR]
            assert broken == []
            drafts.append(Draft(unit.pk, kind.due_period(actor.on), values))
    with change_set("tests.ledgers", by=actor) as changes:
        save_many(changes, kind, drafts, at=actor.now)


def _read(field: Any, cell: Any) -> Any:
    if field.type == FieldType.BOOL:
        return cell == "是"
    if field.type == FieldType.LIST:
        return sorted(str(cell).split("、"))
    found = typed.read(field, str(cell))
    assert not found.fault, (field.key, cell)
    return found.value


PASSED = {"验收结果": "通过", "验收时间": "2026-10", "验收面积（㎡）": 118}
FUNDS = {"总投资（万元）": 50, "县财政（计划）（万元）": 30, "到位资金（万元）": 20}
FIRM = {"组织类型": "非公企业"}
FILLED: list[tuple[str, dict[str, Rows], dict[str, int]]] = [
    (
        "venues",
        {
            "venue_survey": {
                "石岭村": {
                    "有无场所": "是",
                    "建筑面积（㎡）": 120,
                    "验收结果": "通过",
                    "验收时间": "2026-10",
                    "验收面积（㎡）": 118,
                },
                "柳湾村": {"有无场所": "是", "建筑面积（㎡）": 60},
                "上坊村": {"有无场所": "否"},
            }
        },
        {"villages": 4, "cleared": 1, "left": 3, "none": 1, "small": 1, "unsurveyed": 1},
    ),
    (
        "building",
        {
            "venue": {
                "石岭村": {"建设性质": "新建", "选址": "2026.3.1", "主体": "2026年6月"},
                "柳湾村": {"建设性质": "改扩建"},
            }
        },
        {"projects": 2, "new": 1, "main": 1, "not_started": 1, "main_late": 1},
    ),
    (
        "funds",
        {
            "venue": {
                "石岭村": {
                    "建设性质": "新建",
                    "总投资（万元）": 50,
                    "县财政（计划）（万元）": 30,
                    "到位资金（万元）": 20,
                }
            }
        },
        {"projects": 1, "gap": 1, "unpaid": 1, "unmet": 1},
    ),
    (
        "income",
        {
            "collective_economy": {
                "石岭村": {"总收入（万元）": "约8", "补助收入（万元）": 4},
                "柳湾村": {"总收入（万元）": "12.5"},
            }
        },
        {"reported": 2, "missing": 2, "below": 1, "only_subsidised": 1, "high": 1},
    ),
    (
        "weak",
        {
            "weak_org": {
                "石岭村": {"存在问题类型": "书记缺职、集体经济薄弱", "整顿措施": "选配书记", "完成时限": "2026-10-31"},
            },
            "weak_org_measures": {
                "石岭村/一": {"措施内容": "选配书记", "措施时限": "2026-09-30"},
                "石岭村/二": {"措施内容": "清理合同", "措施时限": "2026-12-30"},
            },
        },
        {"cases": 1, "overdue": 1, "no_party": 1, "measures": 2, "measures_late": 1},
    ),
    (
        "coverage",
        {
            "new_orgs": {
                "河口镇/一": {"企业（社会组织）名称": "甲公司", **FIRM, "正式党员数（人）": 4},
                "河口镇/二": {
                    "企业（社会组织）名称": "乙公司",
                    "组织类型": "非公企业",
                    "正式党员数（人）": 1,
                    "是否选派指导员": "是",
                },
                "河口镇/三": {"企业（社会组织）名称": "丙协会", "组织类型": "社会组织"},
            }
        },
        {"units": 3, "should_build": 1, "should_send": 1, "worked": 1},
    ),
]


@pytest.mark.parametrize(("board", "ledgers", "expected"), FILLED, ids=[row[0] for row in FILLED])
def test_a_board_shows_what_was_filled_into_the_blank(
    cast: Cast, board: str, ledgers: dict[str, Rows], expected: dict[str, int]
) -> None:
    for ledger, rows in ledgers.items():
        taken_in(cast, ledger, filled(cast, ledger, rows))
    counts = Counts(BY_KEY[board], Chosen(cast.actor("office"), 2026))
    assert {name: counts.total(name).count for name in expected} == expected
