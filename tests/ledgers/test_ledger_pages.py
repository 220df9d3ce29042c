"""The pages of ledgers through the client."""

import datetime
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from dates import clock
from ledgers import blanks
from ledgers.actions import entries
from ledgers.kinds import as_shipped
from ledgers.models import Entry
from orgs.models import Responsibility
from orgs.rules import Duty
from records.models import Event
from sheets import reading
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]


def save(cast: Cast, ledger: str, place: str, period: str = "", **values: Any) -> Entry:
    return entries.save_entry(as_shipped(ledger), cast.places[place], period, values, by=cast.actor("office"))


def sheet_of(answer: Any) -> list[list[str]]:
    return [[reading.text_of(cell) for cell in row] for row in reading.read(answer.content)[0].rows]


def test_home_says_what_is_missing_and_what_is_stale(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "basic_info", "shiling", "2026", members_total=40)
    old = save(cast, "venue_survey", "liuwan", has_venue=True, floor_area="80")
    Entry.objects.filter(pk=old.pk).update(saved_at=clock.at_noon(TODAY - datetime.timedelta(days=400)))
    page = signed_in("office").get(reverse("ledgers")).content.decode()
    assert "缺 3／4" in page  # of 4 villages and communities one has its basic information
    assert "缺 2" in page  # in 河口镇
    stale = signed_in("office").get(reverse("ledger", args=["venue_survey"]), {"state": "stale"})
    assert [line.entry.pk for line in stale.context["lines"]] == [old.pk]
    assert "金岭镇" not in signed_in("hekou").get(reverse("ledgers")).content.decode()


def test_a_village_is_told_of_its_own_rows_though_it_sees_no_township_as_a_whole(
    cast: Cast, signed_in: SignedIn
) -> None:
    save(cast, "basic_info", "shiling", "2026", members_total=40)
    save(cast, "basic_info", "liuwan", "2026", members_total=30)
    cards = {card["kind"].key: card for card in signed_in("shiling").get(reverse("ledgers")).context["cards"]}
    assert (cards["basic_info"]["rows"], cards["basic_info"]["missing"]) == (1, 0)
    assert (cards["venue_survey"]["owed"], cards["venue_survey"]["missing"]) == (1, 1)


def test_a_board_shows_a_village_its_own_line(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "collective_economy", "shiling", "2026", total_income="180000")
    save(cast, "collective_economy", "liuwan", "2026", total_income="9000")
    answer = signed_in("shiling").get(reverse("ledger_board", args=["income"]))
    assert [row.label for row in answer.context["rows"]] == ["石岭村"]
    assert "还没有数据" not in answer.content.decode()
    empty = signed_in("shiling").get(reverse("ledger_board", args=["building"]), {"year": "2025"}).content.decode()
    assert "您的范围内，2025年的台账还没有数据" in empty


def test_the_standing_can_be_taken_along(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "basic_info", "shiling", "2026", members_total=40)
    rows = sheet_of(signed_in("office").get(reverse("ledgers_export")))
    place = rows[1].index("村级基本情况")
    assert {row[0]: row[place] for row in rows[2:]} == {"河口镇": "缺 2／3", "金岭镇": "缺 1／1", "两新工委": ""}


def test_home_asks_a_constant_number_of_queries(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in("office")
    for place in ("shiling", "liuwan", "shangfang"):
        save(cast, "venue_survey", place, has_venue=True, floor_area="80")
        save(cast, "basic_info", place, "2026", members_total=40)
    with django_assert_max_num_queries(17):
        client.get(reverse("ledgers"))


def test_the_list_filters_sorts_and_exports_the_same_rows(cast: Cast, signed_in: SignedIn) -> None:
    for place, income in (("shiling", "180000"), ("liuwan", "9000"), ("shangfang", "60000")):
        save(cast, "collective_economy", place, "2026", total_income=income, industry=f"{place}油茶")
    client = signed_in("office")
    url = reverse("ledger", args=["collective_economy"])
    names = [str(line.entry.organisation) for line in client.get(url, {"sort": "-total_income"}).context["lines"]]
    assert names == ["石岭村", "上坊村", "柳湾村"]
    only = {"township": cast.places["hekou"].pk, "sort": "total_income", "q": "liuwan油"}
    assert [str(line.entry.organisation) for line in client.get(url, only).context["lines"]] == ["柳湾村"]
    rows = sheet_of(client.get(reverse("ledger_export", args=["collective_economy"]), {"sort": "-total_income"}))
    place = rows[2].index("总收入（万元）")
    assert [row[place] for row in rows[3:]] == ["18", "6", "0.9"]


@pytest.mark.parametrize("query", [{"period": "2026-11"}, {"township": "x"}, {"state": "odd"}, {"period": "nonsense"}])
def test_a_filter_that_makes_no_sense_finds_nothing(cast: Cast, signed_in: SignedIn, query: dict[str, str]) -> None:
    save(cast, "collective_economy", "shiling", "2026", total_income="1")
    assert signed_in("office").get(reverse("ledger", args=["collective_economy"]), query).context["lines"] == []


def test_the_list_asks_a_constant_number_of_queries(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        save(cast, "new_orgs", "hekou", org_name=f"企业{number}", org_type="非公企业")
    client = signed_in("office")
    with django_assert_max_num_queries(17):
        client.get(reverse("ledger", args=["new_orgs"]))


def test_a_row_is_typed_as_people_write_and_kept_exactly(cast: Cast, signed_in: SignedIn) -> None:
    url = reverse("ledger_entry_new", args=["venue"]) + f"?organisation={cast.places['shiling'].pk}"
    given = {
        "version": 0,
        "period": "2026",
        "f_build_type": "新建",
        "f_floor_area": "１２０平米",
        "f_total_invest": "约35.5",
        "f_date_site": "2026年3月",
        "f_date_foundation": "2026.4.28",
        "f_room_shop": "no",
    }
    answer = signed_in("hekou").post(url, given)
    entry = Entry.objects.get()
    assert answer.status_code == 302
    assert entry.values == {
        "build_type": "新建",
        "floor_area": "120",
        "total_invest": "355000",
        "date_site": "2026-03",
        "date_foundation": "2026-04-28",
        "room_shop": False,
    }
    assert entry.marks == {"total_invest": ["about"]}
    page = signed_in("hekou").get(entry.get_absolute_url()).content.decode()
    assert "约35.5" in page
    assert "2026-03" in page


def test_a_bad_value_is_said_beside_its_field_and_nothing_typed_is_lost(cast: Cast, signed_in: SignedIn) -> None:
    url = reverse("ledger_entry_new", args=["venue"]) + f"?organisation={cast.places['shiling'].pk}"
    given = {"version": 0, "period": "2026", "f_build_type": "新建", "f_floor_area": "很大", "f_problems": "缺钱"}
    answer = signed_in("hekou").post(url, given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "不是数字" in page
    assert "缺钱" in page
    assert not Entry.objects.exists()


def test_what_is_known_already_stands_in_the_form_with_its_source(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "basic_info", "shiling", "2026", members_total=40, households=320)
    save(cast, "collective_economy", "shiling", "2025", total_income="90000", industry="油茶")
    Responsibility.objects.create(
        organisation=cast.places["shiling"], duty=Duty.CONTACT_LEADER, person_name="周县长", title="副县长"
    )
    client = signed_in("hekou")
    url = reverse("ledger_entry_new", args=["collective_economy"]) + f"?organisation={cast.places['shiling'].pk}"
    page = client.get(url).content.decode()
    assert 'value="320"' in page
    assert "来自村级基本情况 2026" in page
    assert "油茶" not in page
    copied = client.get(url + "&copy=1").content.decode()
    assert 'value="油茶"' in copied
    weak = reverse("ledger_entry_new", args=["weak_org"]) + f"?organisation={cast.places['shiling'].pk}"
    assert 'value="周县长"' in client.get(weak).content.decode()


def test_two_people_on_one_row_lose_nothing(cast: Cast, signed_in: SignedIn) -> None:
    entry = save(cast, "collective_economy", "shiling", "2026", total_income="180000", industry="油茶")
    url = reverse("ledger_entry_edit", args=[entry.pk])
    signed_in("hekou2").post(
        url, {"version": entry.seen, "period": "2026", "f_total_income": "19", "f_industry": "茶叶"}
    )
    answer = signed_in("hekou").post(
        url, {"version": entry.seen, "period": "2026", "f_total_income": "20", "f_industry": "茶叶"}
    )
    page = answer.content.decode()
    assert "19" in page
    assert 'value="20"' in page
    assert Entry.objects.get().values["total_income"] == "190000"


def test_a_second_row_for_the_same_place_is_not_made(cast: Cast, signed_in: SignedIn) -> None:
    entry = save(cast, "collective_economy", "shiling", "2026", total_income="180000")
    url = reverse("ledger_entry_new", args=["collective_economy"]) + f"?organisation={cast.places['shiling'].pk}"
    client = signed_in("hekou")
    assert client.get(url)["Location"] == reverse("ledger_entry_edit", args=[entry.pk])
    answer = client.post(url, {"version": 0, "period": "2026", "f_total_income": "1"})
    assert answer.status_code == 409
    assert Entry.objects.get().values == {"total_income": "180000"}


def test_a_deleted_row_is_brought_back_from_the_page_one_lands_on(cast: Cast, signed_in: SignedIn) -> None:
    entry = save(cast, "collective_economy", "shiling", "2026", total_income="180000")
    client = signed_in("hekou")
    landed = client.post(reverse("ledger_entry_delete", args=[entry.pk]), follow=True)
    assert not Entry.objects.exists()
    client.post(landed.request["PATH_INFO"])
    assert Entry.objects.get().values == {"total_income": "180000"}


def test_history_tells_values_and_masks_persons(cast: Cast, signed_in: SignedIn) -> None:
    person = {"member_name": "李流动", "member_birth": "1980-05", "move_direction": "流出"}
    entry = save(cast, "mobile_members", "shiling", work_unit="鞋厂", **person)
    page = signed_in("hekou").get(reverse("history", args=["ledgers.entry", entry.pk])).content.decode()
    assert "鞋厂" in page
    assert "李**" in page
    assert "李流动" not in page
    assert "sealed:" not in page


def test_personal_data_is_masked_until_a_reason_is_logged(cast: Cast, signed_in: SignedIn) -> None:
    entry = save(
        cast,
        "mobile_members",
        "shiling",
        member_name="李流动",
        member_birth="1980-05",
        move_direction="流出",
        member_phone="13900001234",
    )
    client = signed_in("hekou")
    pages = [
        reverse("ledger", args=["mobile_members"]) + "?columns=all",
        entry.get_absolute_url(),
        reverse("ledger_export", args=["mobile_members"]),
    ]

    def told() -> list[bool]:
        answers = [client.get(url) for url in pages]
        texts = [a.content.decode() if "html" in a["Content-Type"] else str(sheet_of(a)) for a in answers]
        return ["李流动" in text and "13900001234" in text for text in texts]

    assert told() == [False, False, False]
    client.post(reverse("ledger_reveal", args=["mobile_members"]), {"reason": "电话联系流动党员"})
    assert told() == [True, True, True]
    event = Event.objects.get(kind="ledger_reveal", subject__contains="电话联系流动党员")
    assert event.user == cast.people["hekou"]


def test_saving_a_masked_row_keeps_what_is_masked(cast: Cast, signed_in: SignedIn) -> None:
    entry = save(cast, "mobile_members", "shiling", member_name="李流动", member_birth="1980-05", move_direction="流出")
    url = reverse("ledger_entry_edit", args=[entry.pk])
    signed_in("hekou").post(url, {"version": entry.seen, "f_move_direction": "流入", "f_work_unit": "鞋厂"})
    after = Entry.objects.get()
    assert after.values["member_name"] == entry.values["member_name"]
    assert (after.values["move_direction"], after.values["work_unit"]) == ("流入", "鞋厂")


def test_the_blank_workbook_holds_villages_known_values_choices_and_locked_headings(
    cast: Cast, signed_in: SignedIn
) -> None:
    save(cast, "basic_info", "liuwan", "2026", members_total=40, households=320)
    save(cast, "collective_economy", "shiling", "2026", total_income="186000", operation_mode=["承包", "租赁"])
    answer = signed_in("hekou").get(reverse("ledger_blank", args=["collective_economy"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book["填报"]
    headings = {cell.value: cell.column for cell in sheet[4] if cell.value} | {
        cell.value: cell.column for cell in sheet[3] if cell.value
    }
    rows = {sheet.cell(row, 2).value: row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 2).value}
    assert set(rows) == {"石岭村", "柳湾村", "河口社区"}
    assert sheet.cell(rows["石岭村"], headings["总收入（万元）"]).value == 18.6
    assert sheet.cell(rows["石岭村"], headings["经营方式"]).value == "承包、租赁"
    assert sheet.cell(rows["柳湾村"], headings["总户数"]).value == 320
    assert sheet.protection.sheet
    assert sheet.cell(3, 2).protection.locked
    assert not sheet.cell(rows["柳湾村"], headings["总收入（万元）"]).protection.locked
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)
    assert "金岭镇" not in str([[cell.value for cell in row] for row in sheet])


@pytest.mark.parametrize("ledger", ["mobile_members", "new_orgs", "party_meetings", "venue_survey", "operating_funds"])
def test_every_blank_workbook_can_be_read_back(cast: Cast, ledger: str) -> None:
    kind = as_shipped(ledger)
    actor = cast.actor("hekou")
    period = kind.due_period(actor.on)
    content = blanks.workbook(kind, blanks.lines(kind, actor, period), actor=actor, period=period)
    texts = {reading.text_of(cell) for row in reading.read(content)[0].rows for cell in row}
    assert {blanks.heading(column) for column in kind.columns} <= texts


def test_a_blank_workbook_gives_nobody_away(cast: Cast) -> None:
    save(cast, "mobile_members", "shiling", member_name="李流动", member_birth="1980-05", move_direction="流出")
    kind, actor = as_shipped("mobile_members"), cast.actor("hekou")
    content = blanks.workbook(kind, blanks.lines(kind, actor, ""), actor=actor, period="")
    assert "李流动" not in str([sheet.rows for sheet in reading.read(content)])


def test_text_that_looks_like_a_formula_stays_text(cast: Cast, signed_in: SignedIn) -> None:
    save(cast, "collective_economy", "shiling", "2026", total_income="1", remark="=1+1")
    for name in ("ledger_export", "ledger_blank"):
        url = reverse(name, args=["collective_economy"])
        book = openpyxl.load_workbook(io.BytesIO(signed_in("hekou").get(url).content))
        found = [cell for row in book.worksheets[0] for cell in row if cell.value == "=1+1"]
        assert found
        assert all(cell.data_type != "f" or cell.quotePrefix for cell in found)


@pytest.mark.parametrize("new", [True, False])
def test_an_amount_a_hundred_times_off_the_last_is_asked_about(cast: Cast, signed_in: SignedIn, new: bool) -> None:
    last = save(cast, "collective_economy", "shiling", "2025" if new else "2026", total_income="186000")
    url = reverse("ledger_entry_new", args=["collective_economy"]) + f"?organisation={cast.places['shiling'].pk}"
    url += "&period=2026"
    if not new:
        url = reverse("ledger_entry_edit", args=[last.pk])
    client = signed_in("hekou")
    form = client.get(url).context["form"]
    sent = {"period": "2026", "version": form["version"].value(), "f_total_income": "186000"}
    asked = client.post(url, sent)
    assert asked.status_code == 422
    assert "没有错" in asked.content.decode()
    assert client.post(url, sent | {"f_total_income": "190000", "sure_total_income": "186000"}).status_code == 422
    assert not Entry.objects.filter(period="2026", values__total_income="1860000000").exists()
    assert client.post(url, sent | {"sure_total_income": "186000"}).status_code == 302
    assert Entry.objects.filter(period="2026").get().values["total_income"] == "1860000000"
