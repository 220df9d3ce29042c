"""Money is never imported, nor written into a superior's table, in a unit that nobody read or said."""

import io
import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from ledgers import blanks, exports
from ledgers.imports import doubts, staging
from ledgers.imports.staged import StagedRow
from ledgers.kinds import as_shipped
from ledgers.kinds import shipped as shipped_kinds
from ledgers.models import Entry, ImportBatch, KnownUnit, SuperiorTable
from ledgers.rules import values as rules
from orgs.field_rules import FieldRule, FieldType
from sheets.headings import unit_of
from tasks.models import Assignment
from tests.cast import Cast
from tests.ledgers.superior import YEAR, saved
from tests.ledgers.test_boards import save
from tests.ledgers.test_superior_tables import filled, send, task_with_figures
from tests.ledgers.workbooks import book

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
TITLE = ("河口镇2026年村级集体经济收入台账",)
HEADINGS = ("乡镇", "村名", "总收入", "资产总额")
ROWS = (("河口镇", "石岭村", 186000, 400000), ("河口镇", "柳湾村", 92000, 300000))


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(client: Client, rows: Sequence[Sequence[Any]], name: str = "台账") -> ImportBatch:
    sent = SimpleUploadedFile(f"{name}.xlsx", book(rows, "汇总"))
    client.post(reverse("ledger_import_send"), {"workbooks": [sent], "ledger": "collective_economy"})
    return ImportBatch.objects.latest("pk")


def page_of(client: Client, batch: ImportBatch) -> str:
    return client.get(reverse("ledger_import", args=[batch.pk])).content.decode()


def commit(client: Client, batch: ImportBatch) -> None:
    client.post(reverse("ledger_import_commit", args=[batch.pk]))


def incomes() -> list[str | None]:
    return [entry.values.get("total_income") for entry in Entry.objects.order_by("organisation__path")]


def answer(client: Client, batch: ImportBatch, **sent: str) -> None:
    asked = {f"u-{question.key}": "" for question in doubts.unit_questions(batch.tables, as_shipped(batch.ledger))}
    client.post(reverse("ledger_import_answers", args=[batch.pk]), asked | sent)
    batch.refresh_from_db()


def test_money_without_a_unit_is_asked_about_once_and_the_answer_is_remembered(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    batch = upload(client, [TITLE, HEADINGS, *ROWS])
    page = page_of(client, batch)
    assert page.count("表中没有写明这一列的金额单位") == 2
    assert "186000" in page
    commit(client, batch)
    assert not Entry.objects.exists()
    answer(client, batch, all="元")
    assert [row.standing for row in staging.load(batch)] == ["new", "new"]
    assert "上次的回答" in page_of(client, batch)
    commit(client, batch)
    assert incomes() == ["186000", "92000"]
    assert KnownUnit.objects.count() == 2
    again = upload(client, [TITLE, HEADINGS, ("河口镇", "石岭村", 187000, 400000)])
    assert [row.values["total_income"] for row in staging.load(again)] == ["187000"]
    assert "上次的回答" in page_of(client, again)
    other = upload(client, [TITLE, (*HEADINGS, "备注"), ("河口镇", "石岭村", 187000, 400000, "")])
    assert "表中没有写明这一列的金额单位" in page_of(client, other)  # another layout is another question


def test_each_column_may_have_its_own_answer_and_a_wrong_one_is_taken_back(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    batch = upload(client, [TITLE, HEADINGS, *ROWS])
    first, second = doubts.unit_questions(batch.tables, as_shipped(batch.ledger))
    answer(client, batch, **{f"u-{first.key}": "元"})
    assert {tuple(row.faults) for row in staging.load(batch)} == {("total_assets",)}
    answer(client, batch, **{f"u-{second.key}": "千元"})
    assert staging.load(batch)[0].values["total_assets"] == "400000000"
    answer(client, batch, **{f"u-{second.key}": "元"})
    assert staging.load(batch)[0].values["total_assets"] == "400000"
    answer(client, batch, **{f"u-{second.key}": "斤"})
    assert staging.load(batch)[0].values["total_assets"] == "400000"


READ = {
    "金额单位：人民币元": [("金额单位：人民币元",), HEADINGS],
    "单位：元": [("单位：元",), HEADINGS],
    "单位(元)": [("单位(元)",), HEADINGS],
    "计量单位：元": [("填报单位：河口镇", "计量单位：元"), HEADINGS],
    "货币单位为人民币元": [("货币单位：人民币（元）",), HEADINGS],
    "title": [("河口镇2026年村级集体经济收入台账（元）",), HEADINGS],
    "a cell of its own": [("", "", "", "（元）"), HEADINGS],
    "headings": [("乡镇", "村名", "总收入（元）", "资产总额(人民币元)")],
    "behind": [("乡镇", "村名", "总收入\n元", "资产总额：元")],
    "row of units": [HEADINGS, ("", "", "元", "元")],
    "row of units with a label": [HEADINGS, ("计量单位", "—", "元", "人民币元")],
    "row of units in brackets": [HEADINGS, ("", "", "（元）", "（元）")],
    "row of units below numbers": [HEADINGS, ("甲", "乙", "1", "2"), ("", "", "元", "元")],
    "a note": [HEADINGS],
}


@pytest.mark.parametrize("how", READ)
def test_a_unit_is_read_wherever_it_stands(cast: Cast, signed_in: SignedIn, how: str) -> None:
    client = signed_in("hekou")
    below = [("注：本表金额以元为单位。",)] if how == "a note" else []
    batch = upload(client, [*READ[how], *ROWS, *below])
    assert "金额单位" not in page_of(client, batch)
    commit(client, batch)
    assert incomes() == ["186000", "92000"]


@pytest.mark.parametrize(
    "rows",
    [
        [("单位：元",), ("乡镇", "村名", "总收入（万元）"), ("河口镇", "石岭村", 5)],
        [("单位：元",), ("乡镇", "村名", "总收入"), ("河口镇", "石岭村", 5), ("注：金额单位为万元",)],
        [("单位：元、万元",), ("乡镇", "村名", "总收入"), ("河口镇", "石岭村", 5)],
        [("乡镇", "村名", "总收入（元）"), ("", "", "万元"), ("河口镇", "石岭村", 5)],
    ],
)
def test_units_that_contradict_each_other_are_asked_about(
    cast: Cast, signed_in: SignedIn, rows: list[tuple[Any, ...]]
) -> None:
    client = signed_in("hekou")
    batch = upload(client, rows)
    assert "表中给这一列写了不同的单位" in page_of(client, batch)
    commit(client, batch)
    assert not Entry.objects.exists()
    [question] = doubts.unit_questions(batch.tables, as_shipped(batch.ledger))
    answer(client, batch, **{f"u-{question.key}": "万元"})
    commit(client, batch)
    assert incomes() == ["50000"]


def test_a_column_with_a_unit_of_its_own_is_an_exception_where_others_go_by_the_line(
    cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in("hekou")
    rows = [("单位：万元",), ("乡镇", "村名", "总收入（元）", "资产总额"), ("河口镇", "石岭村", 5000, 7)]
    commit(client, upload(client, rows))
    assert Entry.objects.get().values == {"total_income": "5000", "total_assets": "70000"}


@pytest.mark.parametrize(
    ("cell", "value"), [("20万元", "200000"), ("3.5亿", "350000000"), ("1,200元", "1200"), (0, "0")]
)
def test_a_cell_that_says_its_own_unit_needs_no_answer(cast: Cast, signed_in: SignedIn, cell: Any, value: str) -> None:
    client = signed_in("hekou")
    batch = upload(client, [("乡镇", "村名", "总收入"), ("河口镇", "石岭村", cell), ("河口镇", "柳湾村", "")])
    assert "金额单位" not in page_of(client, batch)
    commit(client, batch)
    assert incomes() == [value]


def test_only_the_rows_that_need_the_answer_wait(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    batch = upload(client, [("乡镇", "村名", "总收入"), ("河口镇", "石岭村", "2万元"), ("河口镇", "柳湾村", 3)])
    commit(client, batch)
    assert incomes() == ["20000"]
    batch.refresh_from_db()
    [question] = doubts.unit_questions(batch.tables, as_shipped(batch.ledger))
    answer(client, batch, **{f"u-{question.key}": "万元"})
    commit(client, batch)
    assert incomes() == ["20000", "30000"]


FAR = [
    ("单位：元",),
    HEADINGS[:3],
    *[("河口镇", name, value) for name, value in (("石岭村", 186000), ("柳湾村", 92000))],
]


@pytest.mark.parametrize("value", [18, 920, 25_000_000, 12_000_000_000])
def test_a_value_a_hundred_times_off_its_column_waits_for_a_word(cast: Cast, signed_in: SignedIn, value: float) -> None:
    client = signed_in("hekou")
    batch = upload(client, [*FAR, ("河口镇", "河口社区", value)])
    page = page_of(client, batch)
    assert "与本列的中间值相差一百倍以上" in page
    commit(client, batch)
    assert len(incomes()) == 2
    batch.refresh_from_db()
    client.post(reverse("ledger_import_answers", args=[batch.pk]), {"far-total_income": "1"})
    batch.refresh_from_db()
    commit(client, batch)
    assert str(value) in incomes()


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ([18.6, 186000], 2),
        ([18.6, 186000, 92000], 1),
        ([18.6, 9.2], 0),
        ([18.6, 0], 0),
        ([0, 0], 0),
    ],
)
def test_where_halves_of_a_column_are_far_apart_nobody_says_which_is_right(
    cast: Cast, signed_in: SignedIn, values: list[float], asked: int
) -> None:
    client = signed_in("hekou")
    names = [("河口镇", name) for name in ("石岭村", "柳湾村", "河口社区")][: len(values)]
    rows = [(*name, value) for name, value in zip(names, values, strict=True)]
    batch = upload(client, [("单位：万元",), HEADINGS[:3], *rows])
    far = [row for row in staging.load(batch) if row.faults.get("total_income", [""])[0] == "far_off"]
    assert len(far) == asked


def test_one_far_value_is_called_right_by_itself_and_a_typed_one_is_asked_again(
    cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in("hekou")
    batch = upload(client, [*FAR, ("河口镇", "河口社区", 18.5)])
    row = staging.load(batch)[2]
    assert row.faults["total_income"] == ["far_off", ["18.5", "185000"]]
    address = reverse("ledger_import_row", args=[batch.pk, row.address])
    assert "18.5元" in page_of(client, batch)
    client.post(address, {"v-total_income": "900000"})  # in 万元, as the box says: still far
    assert staging.load(batch)[2].faults["total_income"][0] == "far_off"
    client.post(address, {"v-total_income": "18.5元", "sure": "total_income"})
    assert staging.load(batch)[2].standing == "new"
    commit(client, batch)
    assert "18.5" in incomes()


SMALL_TO_LARGE = [round(500 * 1.25**step) for step in range(40)]  # 500 to 3,000,000, as in a county


@pytest.mark.parametrize(
    ("values", "far"),
    [
        (SMALL_TO_LARGE, []),
        ([*SMALL_TO_LARGE, 18.6], [18.6]),
        ([*SMALL_TO_LARGE, 18.6, 25, 40], [18.6, 25, 40]),
        ([*SMALL_TO_LARGE, 1_860_000_000], [1_860_000_000]),
        ([*[200_000 + at for at in range(40)], 1999], [1999]),
        ([100, 200, 500, 1_000, 2_500, 40_000, 40_000, 90_000, 90_000, 90_000], [100, 200]),  # too few to say
    ],
)
def test_in_a_long_column_small_villages_lead_to_the_smallest(values: list[float], far: list[float]) -> None:
    middle = doubts._middle(sorted(Decimal(str(value)) for value in values))
    apart = [
        value
        for value in values
        if doubts.is_far(Decimal(str(value)), Decimal(middle.middle))
        and not Decimal(middle.least) <= Decimal(str(value)) <= Decimal(middle.most)
    ]
    assert apart == far


def test_the_sieve_before_the_closer_look_lets_no_far_value_through() -> None:
    kind, chance = as_shipped("collective_economy"), random.Random(11)
    places = [Decimal(10) ** at for at in range(-2, 12)]
    for _turn in range(300):
        values = sorted(chance.choice(places) * chance.randrange(1, 30) for _each in range(chance.randrange(2, 60)))
        middle = doubts._middle(values)
        column = {"field": "total_income", **middle._asdict()}
        measure = doubts.Measure.of(kind, [{"columns": [column]}], {})
        upper = [Decimal(middle.upper)] if middle.upper else []
        edges = [Decimal(each) * times for each in middle if each for times in (Decimal("0.01"), 1, 100)]
        for value in {*values, *edges, *(edge + Decimal("0.01") for edge in edges), Decimal(0)}:
            row = StagedRow(0, 0, 0, period="2026")
            row.values = {"total_income": rules.exact(value)}
            measure.doubt(row, {}, {})
            reached = not upper and Decimal(middle.least) <= value <= Decimal(middle.most)
            far = [doubts.is_far(value, other) for other in (*upper, *([] if reached else [Decimal(middle.middle)]))]
            assert bool(row.faults) == any(far), (values, value)


@pytest.mark.parametrize("heading", ["计划总收入", "预计总收入", "拟总收入", "总收入（预期）"])
def test_a_planned_amount_is_not_taken_for_what_came_in(cast: Cast, signed_in: SignedIn, heading: str) -> None:
    client = signed_in("hekou")
    batch = upload(client, [("单位：元",), ("乡镇", "村名", heading, "资产总额"), ("河口镇", "石岭村", 186000, 400000)])
    commit(client, batch)
    assert incomes() == [None]
    assert Entry.objects.get().values["total_assets"] == "400000"


@pytest.mark.parametrize("period", ["2026", "2025"])
def test_a_value_a_hundred_times_off_what_was_stored_last_waits_for_a_word(
    cast: Cast, signed_in: SignedIn, period: str
) -> None:
    save(cast, "collective_economy", [("shiling", period, {"total_income": "186000"})])
    client = signed_in("hekou")
    batch = upload(client, [TITLE, ("单位：万元",), HEADINGS[:3], ("河口镇", "石岭村", 186000)])
    assert "与上次保存的数相差一百倍以上" in page_of(client, batch)
    commit(client, batch)
    assert incomes() == ["186000"]
    [row] = staging.load(batch)
    client.post(
        reverse("ledger_import_row", args=[batch.pk, row.address]),
        {"v-total_income": "186001元", "sure": "total_income"},
    )
    commit(client, batch)
    assert "186001" in incomes()


def test_what_stands_already_is_not_asked_about(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "collective_economy", [("hekou_community", "2026", {"total_income": "18"})])
    batch = upload(signed_in("hekou"), [TITLE, *FAR, ("河口镇", "河口社区", 18)])
    assert [row.standing for row in staging.load(batch)] == ["new", "new", "same"]


def test_nobody_else_answers_for_the_township(cast: Cast, signed_in: SignedIn) -> None:
    batch = upload(signed_in("hekou"), [TITLE, HEADINGS, *ROWS])
    url = reverse("ledger_import_answers", args=[batch.pk])
    assert signed_in("jinling").post(url, {"all": "元"}).status_code == 404
    assert signed_in("office").post(url, {"all": "元"}).status_code == 403
    assert not KnownUnit.objects.exists()
    said = signed_in("hekou").post(url, {"all": "斤"}, follow=True).content.decode()
    assert "请先选择单位" in said


@pytest.mark.parametrize(
    ("unit", "factor"), [("千元", 1_000), ("百万元", 1_000_000), ("公顷", 10_000), ("万人", 10_000), ("元", 1)]
)
def test_a_field_shows_what_was_read_in_its_unit(unit: str, factor: int) -> None:
    field = FieldRule("x", FieldType.DECIMAL, "甲", unit=unit)
    assert rules.factor(field) == factor
    assert rules.in_unit(field, str(5 * factor)) == 5


# what goes out


def test_a_superiors_table_that_states_no_unit_stays_blank_until_it_is_said(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "collective_economy", [("shiling", YEAR, {"total_income": "120000", "total_assets": "500000"})])
    client = signed_in("office")
    send(client, saved([["村（社区）", "总收入", "资产总额（元）"], ["石岭村", "", ""]]))
    table = SuperiorTable.objects.get()
    page = client.get(table.get_absolute_url()).content.decode()
    assert "表中没有写明要填的单位" in page
    assert "有 1 列的单位还不知道" in page
    sheet = filled(client)
    assert (sheet["B2"].value, sheet["C2"].value) == (None, 500000)
    sent = {"u0-1": "万元", "version": table.seen}
    client.post(table.get_absolute_url(), sent)
    assert filled(client)["B2"].value == 12
    send(client, saved([["村（社区）", "总收入", "资产总额（元）"], ["石岭村", "", ""]]))
    assert filled(client)["B2"].value == 12  # remembered for the layout
    send(client, saved([["金额单位：人民币元"], ["村（社区）", "总收入", "资产总额（元）"], ["石岭村", "", ""]]))
    assert filled(client)["B3"].value == 120000  # what is read goes before what was said


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["金额单位：人民币元"], ["村（社区）", "总收入"], ["石岭村", ""]], "B3"),
        ([["村（社区）", "总收入"], ["", "元"], ["石岭村", ""]], "B3"),
        ([["村（社区）", "总收入"], ["计量单位", "元"], ["石岭村", ""]], "B3"),
        ([["村（社区）", "总收入（人民币元）"], ["石岭村", ""]], "B2"),
        ([["收入情况表（元）"], ["村（社区）", "总收入"], ["石岭村", ""], ["注：表内数据须核实。"]], "B3"),
        ([["村（社区）", "总收入"], ["石岭村", ""], ["注：金额以元为单位。"]], "B2"),
    ],
)
def test_a_superiors_unit_is_read_wherever_it_stands(
    cast: Cast, signed_in: SignedIn, rows: list[list[str]], at: str
) -> None:
    save(cast, "collective_economy", [("shiling", YEAR, {"total_income": "120000"})])
    client = signed_in("office")
    send(client, saved(rows))
    assert filled(client)[at].value == 120000


def test_a_superiors_table_with_two_units_is_asked_about(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "collective_economy", [("shiling", YEAR, {"total_income": "120000"})])
    client = signed_in("office")
    send(client, saved([["单位：元"], ["村（社区）", "总收入（万元）"], ["石岭村", ""]]))
    assert filled(client)["B3"].value is None
    page = client.get(SuperiorTable.objects.get().get_absolute_url()).content.decode()
    assert "表中给这一列写了不同的单位" in page


def test_a_tasks_figure_goes_out_in_the_unit_of_the_table(cast: Cast, signed_in: SignedIn) -> None:
    task_with_figures(cast, title="招商引资到位资金", unit="万元", shiling=12)
    assert Assignment.objects.get().value == Decimal(12)  # in the task's own unit
    client = signed_in("office")
    send(client, saved([["村（社区）", "招商引资到位资金（元）"], ["石岭村", ""]]))
    assert filled(client)["B2"].value == 120000
    send(client, saved([["村（社区）", "招商引资到位资金（万元）"], ["石岭村", ""]]))
    assert filled(client)["B2"].value == 12


# what the program writes itself

WITH_MONEY = [key for key, kind in shipped_kinds().items() if any(doubts.base_unit(c.field) for c in kind.columns)]


@pytest.mark.parametrize("key", WITH_MONEY)
def test_a_blank_and_an_export_state_every_unit_of_money(key: str) -> None:
    for column in as_shipped(key).columns:
        if base := doubts.base_unit(column.field):
            for heading in (blanks.heading(column), exports.heading(column.field)):
                assert unit_of(heading) == (column.field.unit or base)


@pytest.mark.parametrize(
    ("name", "unit", "heading"),
    [
        ("单元收入", "元", "单元收入（元）"),
        ("万元产值项目数", "万元", "万元产值项目数（万元）"),
        ("补助", "", "补助（元）"),
        ("总收入（万元）", "万元", "总收入（万元）"),
    ],
)
def test_a_countys_own_field_states_its_unit_too(name: str, unit: str, heading: str) -> None:
    field = FieldRule("x", FieldType.MONEY, name, unit=unit)
    assert exports.with_unit(name, field) == heading


def test_a_marked_workbook_says_a_columns_unit_once(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    batch = upload(client, [TITLE, HEADINGS[:3], *(row[:3] for row in ROWS)])
    made = client.get(reverse("ledger_import_marked", args=[batch.pk])).content
    sheet = openpyxl.load_workbook(io.BytesIO(made))["汇总"]
    assert "单位" in sheet["C3"].comment.text
    assert sheet["C4"].comment is None


def test_the_command_asks_for_the_unit(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(book([TITLE, HEADINGS[:3], *(row[:3] for row in ROWS)]))
    out = io.StringIO()
    call_command("import_ledger", str(path), kind="collective_economy", stdout=out)
    assert "--unit" in out.getvalue()
    assert not Entry.objects.exists()
    with pytest.raises(CommandError):
        call_command("import_ledger", str(path), kind="collective_economy", unit="斤", stdout=out)
    call_command("import_ledger", str(path), kind="collective_economy", unit="元", stdout=out)
    assert incomes() == ["186000", "92000"]


# areas, and units that measure something else

AREAS = ("乡镇", "村名", "耕地面积", "林地面积")


def sent_for_population(client: Client, rows: Sequence[Sequence[Any]]) -> ImportBatch:
    sent = SimpleUploadedFile("台账.xlsx", book(rows, "汇总"))
    client.post(reverse("ledger_import_send"), {"workbooks": [sent], "ledger": "basic_info"})
    return ImportBatch.objects.latest("pk")


@pytest.mark.parametrize(
    ("unit", "value"), [("亩", "2000000"), ("公顷", "30000000"), ("㎡", "3000"), ("平方公里", "3000000000")]
)
def test_an_area_without_a_unit_is_asked_about_like_money(
    cast: Cast, signed_in: SignedIn, unit: str, value: str
) -> None:
    client = signed_in("hekou")
    batch = sent_for_population(client, [AREAS, ("河口镇", "石岭村", 3000, 400)])
    assert page_of(client, batch).count("表中没有写明这一列的面积单位") == 2
    commit(client, batch)
    assert not Entry.objects.exists()
    answer(client, batch, all=unit)
    commit(client, batch)
    stored = [entry.values["farmland"] for entry in Entry.objects.all()]
    assert stored == [value]


@pytest.mark.parametrize(
    "rows",
    [
        [("单位：亩",), AREAS, ("河口镇", "石岭村", 3, 4)],
        [("乡镇", "村名", "耕地面积（亩）", "林地面积/亩"), ("河口镇", "石岭村", 3, 4)],
        [AREAS, ("", "", "亩", "亩"), ("河口镇", "石岭村", 3, 4)],
        [AREAS, ("河口镇", "石岭村", "3亩", "2000㎡")],
        [("面积单位：亩，金额单位：万元",), AREAS, ("河口镇", "石岭村", 3, 4)],
    ],
)
def test_an_area_whose_unit_is_read_is_not_asked_about(
    cast: Cast, signed_in: SignedIn, rows: list[tuple[Any, ...]]
) -> None:
    client = signed_in("hekou")
    batch = sent_for_population(client, rows)
    assert "面积单位" not in page_of(client, batch).replace("面积单位：亩，金额", "")
    commit(client, batch)
    assert Entry.objects.get().values["farmland"] == "2000"


def test_two_units_of_area_contradict_each_other(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    rows = [("单位：亩",), ("乡镇", "村名", "耕地面积（公顷）"), ("河口镇", "石岭村", 3)]
    batch = sent_for_population(client, rows)
    assert "表中给这一列写了不同的单位" in page_of(client, batch)


@pytest.mark.parametrize("heading", ["总人口（万元）", "总人口(亩)", "总人口（%）", "总人口(公里)"])
def test_a_unit_that_measures_something_else_is_no_number_of_the_field(
    cast: Cast, signed_in: SignedIn, heading: str
) -> None:
    client = signed_in("hekou")
    batch = sent_for_population(client, [("乡镇", "村名", heading, "党员数"), ("河口镇", "石岭村", 3, 40)])
    commit(client, batch)
    assert not [entry for entry in Entry.objects.all() if "population" in entry.values]


@pytest.mark.parametrize(
    ("line", "code", "stored"),
    [
        ("单位：万元", "0!.0,", "125000"),
        ("单位：元", "0!.0,", ""),
        ("单位：千元", "#,##0,", "125000"),
        ("", "0!.0,", ""),
    ],
)
def test_a_number_shown_smaller_than_it_is_kept_is_asked_about_unless_the_unit_says_so(
    cast: Cast, signed_in: SignedIn, line: str, code: str, stored: str
) -> None:
    made = openpyxl.Workbook()
    for row in [(line,), HEADINGS[:3], ("河口镇", "石岭村", 125000)]:
        made.active.append(row)
    made.active["C3"].number_format = code
    target = io.BytesIO()
    made.save(target)
    client = signed_in("hekou")
    sent = SimpleUploadedFile("台账.xlsx", target.getvalue())
    client.post(reverse("ledger_import_send"), {"workbooks": [sent], "ledger": "collective_economy"})
    batch = ImportBatch.objects.latest("pk")
    page = page_of(client, batch)
    commit(client, batch)
    assert incomes() == ([stored] if stored else [])
    assert ("12.5" in page and "125,000" not in page) or stored


@pytest.mark.parametrize(
    ("above", "heading", "again"),
    [
        ("单位：万元", "总收入", ("单位：元", "总收入")),
        ("", "总收入（万元）", ("", "总收入（元）")),
        ("单位：万元", "总收入", ("", "总收入（元）")),
        ("单位：万元", "总收入", ("", "总收入")),
        ("单位：万元", "总收入", ("（元）", "总收入")),
    ],
)
def test_a_second_table_below_is_read_in_its_own_unit(
    cast: Cast, signed_in: SignedIn, above: str, heading: str, again: tuple[str, str]
) -> None:
    client = signed_in("hekou")
    rows: list[Any] = [(above,), ("乡镇", "村名", heading), ("河口镇", "石岭村", 18.6), ("",), (again[0],)]
    rows += [("乡镇", "村名", again[1]), ("河口镇", "柳湾村", 9.2 if again == ("", "总收入") else 92000)]
    commit(client, upload(client, rows))
    assert incomes() == ["186000", "92000"]


@pytest.mark.parametrize(
    "note", ["注：资产总额单位为万元，其余为元", "注：资产总额的单位是万元", "说明：固定资产以万元为单位"]
)
def test_a_unit_said_of_one_column_is_not_that_of_another(cast: Cast, signed_in: SignedIn, note: str) -> None:
    client = signed_in("hekou")
    batch = upload(client, [HEADINGS[:3], *(row[:3] for row in ROWS), (note,)])
    assert "表中没有写明这一列的金额单位" in page_of(client, batch)


@pytest.mark.parametrize(
    ("heading", "people"), [("总人口（百人）", 1200), ("总人口（千人）", 12000), ("总人口（人）", 12)]
)
def test_hundreds_of_people_are_counted(cast: Cast, signed_in: SignedIn, heading: str, people: int) -> None:
    client = signed_in("hekou")
    rows = [("乡镇", "村名", heading, "党员数（人）"), ("河口镇", "石岭村", 12, 4)]
    commit(client, sent_for_population(client, rows))
    assert Entry.objects.get().values["population"] == people


@pytest.mark.parametrize(
    ("headings", "stored"),
    [
        (("2025年总收入", "2026年总收入"), "70000"),
        (("2026年总收入", "2025年总收入"), "50000"),
        (("总收入（2025年）", "总收入"), "70000"),
        (("2025年总收入", "资产总额"), None),
        (("2024—2026年总收入", "资产总额"), "50000"),
    ],
)
def test_a_column_of_another_year_is_not_this_years(
    cast: Cast, signed_in: SignedIn, headings: tuple[str, str], stored: str | None
) -> None:
    client = signed_in("hekou")
    rows = [("河口镇2026年台账",), ("单位：万元",), ("乡镇", "村名", *headings), ("河口镇", "石岭村", 5, 7)]
    commit(client, upload(client, rows))
    assert [value for value in incomes() if value] == ([stored] if stored else [])


@pytest.mark.parametrize("between", ["以下单位：元", "金岭镇（单位：元）"])
def test_a_line_within_a_table_that_states_another_unit_is_asked_about(
    cast: Cast, signed_in: SignedIn, between: str
) -> None:
    client = signed_in("hekou")
    rows = [("单位：万元",), HEADINGS[:3], ("河口镇", "石岭村", 18.6), (between,), ("河口镇", "柳湾村", 92000)]
    assert "表中给这一列写了不同的单位" in page_of(client, upload(client, rows))
