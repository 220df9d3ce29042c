"""Superior's tables: a blank workbook is filled in place, its mapping remembered, and nobody else's rows go out."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledgers.actions import superior as actions
from ledgers.boards import BY_KEY
from ledgers.boards.board import Chosen, Counts
from ledgers.models import Entry, SuperiorTable
from ledgers.superior.sources import Sources
from ledgers.superior.within import Within
from records.changes import Conflict, change_set
from tasks.models import Assignment, Programme, Task, Theme
from tasks.rules.status import Basic, Shape, TaskStatus
from tests.cast import TODAY, Cast
from tests.ledgers.superior import YEAR, blank, economy, filling, saved
from tests.ledgers.test_boards import save
from tests.sheets.test_losses import with_part

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(client: Client, content: bytes, name: str = "市表.xlsx") -> Any:
    form = {"file": SimpleUploadedFile(name, content), "period": YEAR}
    return client.post(reverse("superior_table_send"), form)


def filled(client: Client, period: str = YEAR) -> Any:
    table = SuperiorTable.objects.latest("pk")
    answer = client.get(reverse("superior_table_download", args=[table.pk]), {"period": period})
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def test_a_blank_table_is_filled_in_place_with_the_totals_of_the_board(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    office = signed_in("office")
    assert send(office, blank()).status_code == 302
    sheet = filled(office)
    assert [sheet[f"C{row}"].value for row in (6, 7)] == [2, 1]  # villages that reported
    assert [sheet[f"D{row}"].value for row in (6, 7)] == [pytest.approx(18.65), pytest.approx(3.5)]
    assert sheet["E6"].value == pytest.approx(6.5)
    assert sheet["E7"].value is None  # not reported: never a nought
    assert sheet["F6"].value == "=D6-E6"
    assert sheet["D9"].value == "=SUM(D6:D8)"
    counts = Counts(BY_KEY["income"], Chosen(cast.actor("office"), TODAY.year))
    total = counts.total("reported")
    assert total.amount is not None
    assert sum(Decimal(str(sheet[f"D{row}"].value)) for row in (6, 7)) * 10_000 == total.amount
    assert {str(found) for found in sheet.merged_cells.ranges} == {"A1:G1", "A4:A5", "B4:B5", "C4:C5", "D4:F4", "G4:G5"}
    assert sheet.column_dimensions["B"].width == 22
    assert sheet["G6"].value == "已有文字"


def test_what_the_filled_table_will_lack_is_said_before(cast: Cast, signed_in: SignedIn) -> None:
    office = signed_in("office")
    send(office, blank())
    assert "将缺少" not in office.get(SuperiorTable.objects.get().get_absolute_url()).content.decode()
    send(office, with_part(blank(), "xl/media/image1.png"))
    page = office.get(SuperiorTable.objects.get().get_absolute_url()).content.decode()
    assert "这里生成的工作簿将缺少：图片。" in page


def test_what_has_no_source_is_named_with_its_cells(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    office = signed_in("office")
    send(office, blank(rows=("河口镇", "金岭镇", "天外镇")))
    page = office.get(SuperiorTable.objects.get().get_absolute_url()).content.decode()
    assert "天外镇" in page
    assert "未识别单位" in page
    assert "G7" in page  # 备注说明 of 金岭镇 has no source


def test_what_was_chosen_is_remembered_for_the_layout(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    office = signed_in("office")
    send(office, blank())
    table = SuperiorTable.objects.get()
    url = f"{table.get_absolute_url()}?period={YEAR}"
    answer = office.post(url, {"c0-3": "board:income.earned.amount", "version": table.seen})
    assert answer.status_code == 302
    send(office, blank(title="另一个月的表"), "下月.xlsx")
    kept = SuperiorTable.objects.get()  # the same layout: the same table
    assert kept.name == "下月.xlsx"
    assert kept.columns["0-3"] == "board:income.earned.amount"
    assert filled(office)["D6"].value == pytest.approx(12.15)  # 18.65 without the subsidy of 6.5


def test_a_stale_page_does_not_overwrite_a_colleague(cast: Cast, signed_in: SignedIn) -> None:
    office = signed_in("office")
    send(office, blank())
    table = SuperiorTable.objects.get()
    seen, shown = table.version, table.seen
    actions.remember(table, {"0-3": ""}, {}, by=cast.actor("office"), expected=seen)
    with pytest.raises(Conflict):
        actions.remember(SuperiorTable.objects.get(), {"0-3": "x"}, {}, by=cast.actor("office2"), expected=seen)
    answer = office.post(table.get_absolute_url(), {"c0-3": "", "version": shown}, follow=True)
    assert SuperiorTable.objects.get().columns == {"0-3": ""}
    assert answer.status_code == 200
    chosen = {"c0-3": "board:income.earned.amount", "version": seen}
    again = office.post(f"{table.get_absolute_url()}?period={YEAR}", chosen)  # nothing saved, the choice stays
    assert '<option value="board:income.earned.amount" selected>' in again.content.decode()
    assert SuperiorTable.objects.get().columns == {"0-3": ""}
    office.post(table.get_absolute_url(), chosen | {"version": SuperiorTable.objects.get().seen})
    assert SuperiorTable.objects.get().columns["0-3"] == "board:income.earned.amount"


def test_a_line_is_given_its_organisation_by_hand(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    office = signed_in("office")
    send(office, blank(rows=("甲镇", "金岭镇")))
    table = SuperiorTable.objects.get()
    assert filled(office)["D6"].value is None
    office.post(table.get_absolute_url(), {"l0-5": str(cast.places["hekou"].pk), "version": table.seen})
    assert filled(office)["D6"].value == pytest.approx(18.65)


def test_a_township_fills_only_what_is_its_own(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    hekou = signed_in("hekou")
    send(hekou, blank(rows=("河口镇", "金岭镇")))
    sheet = filled(hekou)
    assert sheet["D6"].value == pytest.approx(18.65)
    assert sheet["D7"].value is None
    table = SuperiorTable.objects.get()
    assert "不属于本单位" in hekou.get(table.get_absolute_url()).content.decode()
    hekou.post(table.get_absolute_url(), {"l0-6": str(cast.places["jinling"].pk), "version": table.seen})
    assert filled(hekou)["D7"].value is None
    assert SuperiorTable.objects.visible_to(cast.actor("jinling")).count() == 0
    assert signed_in("jinling").get(table.get_absolute_url()).status_code == 404
    assert signed_in("office").get(table.get_absolute_url()).status_code == 404
    assert signed_in("shiling").get(reverse("superior_tables")).status_code == 403


def test_villages_stand_in_a_table_that_names_nobody_yet(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    hekou = signed_in("hekou")
    send(hekou, saved([["序号", "村名", "总收入（元）", "补助收入（元）"], [], [], []]))
    sheet = filled(hekou)
    names = [sheet[f"B{row}"].value for row in (2, 3, 4)]
    assert sorted(names) == sorted(["石岭村", "柳湾村", "河口社区"])
    assert [sheet[f"A{row}"].value for row in (2, 3, 4)] == [1, 2, 3]
    found = {sheet[f"B{row}"].value: sheet[f"C{row}"].value for row in (2, 3, 4)}
    assert found == {"石岭村": 120000, "柳湾村": 66500, "河口社区": None}


def test_items_down_and_one_figure_across_is_read_on_its_side(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    office = signed_in("office")
    send(office, saved([["指标名称", "数量"], ["总收入（万元）"], ["补助收入（万元）"], ["负债（万元）"]]))
    sheet = filled(office)
    assert [sheet[f"B{row}"].value for row in (2, 3)] == [pytest.approx(22.15), pytest.approx(6.5)]


def test_a_text_is_never_a_formula(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "collective_economy", [("shiling", YEAR, {"total_income": "1", "remark": "=1+1"})])
    hekou = signed_in("hekou")
    send(hekou, saved([["村名", "总收入（元）", "备注"], ["石岭村"]]))
    cell = filled(hekou)["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_personal_data_is_no_source(cast: Cast) -> None:
    actor = cast.actor("office")
    offered = Sources(actor, Within.of(actor, YEAR))
    assert not [source for source in offered.by_key.values() if source.field and source.field.is_personal]
    assert not [key for key in offered.by_key if key.endswith((".phone", ".id_card", ".member_name"))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b"a,b\n1,2\n", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ""),
        (b"PK\x03\x04cut off", ""),
        (saved([["没有表头的一句话"]]), ""),
    ],
)
def test_what_cannot_be_filled_is_refused_with_a_sentence(
    cast: Cast, signed_in: SignedIn, content: bytes, words: str
) -> None:
    answer = send(signed_in("office"), content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SuperiorTable.objects.exists()


def test_removed_and_brought_back_with_what_was_chosen(cast: Cast, signed_in: SignedIn) -> None:
    office = signed_in("office")
    send(office, blank())
    table = SuperiorTable.objects.get()
    answer = office.post(reverse("superior_table_remove", args=[table.pk]))
    assert not SuperiorTable.objects.exists()
    office.post(answer["Location"])
    assert SuperiorTable.objects.get().columns == table.columns


def test_a_month_narrows_what_is_kept_by_the_month(cast: Cast) -> None:
    actor = cast.actor("office")
    economy(cast)
    assert Within.of(actor, "2026-09").entries("collective_economy").count() == 3  # kept by the year: whole
    Entry.objects.filter(organisation=cast.places["liuwan"]).update(period="2026-09")
    Entry.objects.filter(organisation=cast.places["shiling"]).update(period="2026-10")
    assert Within.of(actor, "2026-09").entries("collective_economy").count() == 2
    assert Within.of(actor, "2026-Q3").entries("collective_economy").count() == 2
    assert Within.of(actor, "2026").entries("collective_economy").count() == 3


def test_queries_do_not_grow_with_the_cells(cast: Cast, signed_in: SignedIn) -> None:
    economy(cast)
    hekou = signed_in("hekou")
    few = saved([["村名", "总收入（元）"], ["石岭村"]])
    many = saved([["村名", "总收入（元）"], *([["石岭村"], ["柳湾村"], ["河口社区"]] * 20)])
    counted = []
    for content in (few, many):
        send(hekou, content)
        url = SuperiorTable.objects.get().get_absolute_url()
        hekou.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert hekou.get(url).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def taken_for(cast: Cast, *headings: str, rows: tuple[str, ...] = ("河口镇", "金岭镇")) -> dict[str, str]:
    """What a table by township takes headings for."""
    place = "乡镇" if rows[0].endswith("镇") else "村名"
    found = filling(cast.actor("office"), saved([[place, *headings], *([row] for row in rows)]))
    (form,) = found.forms
    return {column.heading: found.columns.get(form.key(column), "") for column in form.heads}


def test_headings_find_the_figures_of_boards(cast: Cast) -> None:
    headings = ("两新组织数", "正常经营数", "已建党组织数", "组织覆盖率（%）", "党员数", "应建未建数")
    assert list(taken_for(cast, *headings).values()) == [
        "board:coverage.units",
        "board:coverage.operating",
        "board:coverage.organised",
        "board:coverage.org_coverage",
        "board:of-new_orgs.sum-members.amount",  # of the same ledger as its neighbours
        "board:coverage.should_build",
    ]


def test_earned_income_is_the_boards_and_leaves_subsidies_out(cast: Cast) -> None:
    assert taken_for(cast, "总收入（元）", "经营性收入（元）")["经营性收入（元）"] == "board:income.earned.amount"


def test_no_income_is_never_taken_for_income(cast: Cast) -> None:
    assert taken_for(cast, "总收入（元）", "无经营收入村")["无经营收入村"] == "board:income.none"


def test_texts_are_of_villages_not_of_townships(cast: Cast) -> None:
    assert taken_for(cast, "总收入（元）", "备注")["备注"] == ""
    by_village = taken_for(cast, "总收入（元）", "备注", rows=("石岭村", "柳湾村"))
    assert by_village["备注"] == "text:collective_economy.remark"


def test_entries_of_code_lists_are_counted(cast: Cast) -> None:
    meeting = {"meeting_type": "支部党员大会"}
    save(
        cast,
        "party_meetings",
        [
            ("shiling", "2026-10", {**meeting, "held_on": "2026-10-09"}),
            ("liuwan", "2026-10", {**meeting, "held_on": "2026-10-10"}),
            ("liuwan", "2026-10", {"meeting_type": "党课", "held_on": "2026-10-11"}),
        ],
    )
    found = filling(cast.actor("office"), saved([["乡镇", "党员大会次数", "党课次数"], ["河口镇"], ["金岭镇"]]))
    assert found.cells == {("Sheet", "B2"): 2, ("Sheet", "C2"): 1}


def test_money_is_not_put_where_pieces_are_asked_for(cast: Cast) -> None:
    economy(cast)
    content = saved([["乡镇", "总收入（元）", "已报村数（个）"], ["河口镇"], ["金岭镇"]])
    found = filling(cast.actor("office"), content, {"0-2": "board:income.reported.amount"})
    assert ("Sheet", "C2") not in found.cells
    assert [blank.addresses for blank in found.blanks] == [["C2:C3"]]


def test_items_with_codes_and_units_beside_them(cast: Cast) -> None:
    economy(cast)
    rows: list[list[Any]] = [
        ["指标名称", "代码", "计量单位", "数量"],
        ["总收入", 1, "万元"],
        ["补助收入", 2, "元"],
        ["负债", 3, "万元"],
    ]
    found = filling(cast.actor("office"), saved(rows))
    assert found.cells == {("Sheet", "D2"): Decimal("22.15"), ("Sheet", "D3"): 65000}


def test_a_form_of_labels_is_filled_beside_them(cast: Cast) -> None:
    economy(cast)
    rows = [
        ["总收入（元）", None, "经营收入（元）", None],
        ["补助收入（元）", None, "负债总额（元）", None],
        ["资产总额（元）", None, "总户数", None],
    ]
    found = filling(cast.actor("hekou"), saved(rows))
    assert found.cells == {("Sheet", "B1"): 186500, ("Sheet", "B2"): 65000}


def task_with_figures(cast: Cast, title: str = "培训农村党员", unit: str = "人", **figures: float) -> Task:
    """A task of the county that some villages reported a figure for, in the task's own unit."""
    actor = cast.actor("office")
    county = cast.places["county"]
    programme = Programme(name="五个基本", organisation=county, first_year=2026, last_year=2026)
    asked: dict[str, Any] = {
        "organisation": county,
        "keeper": cast.posts["office"],
        "unit": unit,
        "due_on": TODAY,
        "issued_at": actor.now,
    }
    with change_set("tests.superior", by=actor) as changes:
        theme = changes.create(Theme(programme=changes.create(programme), name="培训", basic=Basic.TEAM))
        what: dict[str, Any] = {
            "title": title,
            "status": TaskStatus.ISSUED,
            "shape": Shape.QUANTITY,
            "target": Decimal(100),
        }
        task = changes.create(Task(theme=theme, **asked, **what))
        for place, value in figures.items():
            given = {"organisation": cast.places[place], "value": Decimal(str(value))}
            changes.create(Assignment.given(task=task, on=TODAY, due_on=TODAY, **given))
    return task


def test_a_quantity_reported_with_a_task_is_a_source(cast: Cast) -> None:
    actor = cast.actor("office")
    task_with_figures(cast, shiling=12, liuwan=8, shangfang=5)
    found = filling(actor, saved([["乡镇", "总收入（元）", "培训农村党员"], ["河口镇"], ["金岭镇"]]))
    assert found.cells == {("Sheet", "C2"): 20, ("Sheet", "C3"): 5}


def test_subtotals_below_villages_are_those_of_their_township(cast: Cast) -> None:
    economy(cast)
    rows = [["乡镇", "村名", "总收入（元）"], ["河口镇", "石岭村"], [None, "柳湾村"], [None, "小计"], [None, "合计"]]
    found = filling(cast.actor("office"), saved(rows))
    assert [found.cells["Sheet", f"C{row}"] for row in (2, 3, 4, 5)] == [120000, 66500, 186500, 221500]


def test_a_column_that_counts_villages_is_a_figure_and_not_their_names(cast: Cast) -> None:
    rows = [["软弱涣散村党组织情况统计表"], ["序号", "乡镇", "软弱涣散村数", "备注"], [1, "河口镇"], [2, "金岭镇"]]
    found = filling(cast.actor("office"), saved(rows))
    assert [column.heading for column in found.forms[0].heads] == ["软弱涣散村数", "备注"]
    assert [row.address for row in found.rows] == ["B3", "B4"]
