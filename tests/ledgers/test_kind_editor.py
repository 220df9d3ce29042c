"""What ledgers ask for, described in the browser: own columns, own words, own ledgers, and a workbook's proposals."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ledgers import kinds, proposing
from ledgers.actions import entries
from ledgers.models import Entry, KindField, LedgerKind
from ledgers.rules.kinds import KindRule
from orgs.county import dictionary
from orgs.models import Field
from records.models import ChangeSet
from records.undo import undo
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
Monkeypatch = pytest.MonkeyPatch


def here(cast: Cast, key: str) -> KindRule:
    return kinds.Ledgers().at(cast.places["shiling"].path)[key]


def workbook(*rows: list[Any]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("空表.xlsx", content.getvalue())


LINE = {
    "label_zh": "人居环境整治",
    "period": "month",
    "subject": "village",
    "stale_days": 60,
    "active": "on",
    "version": 0,
}


def test_a_ledger_is_made_from_a_workbook_filled_and_shown_without_code(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    file = workbook(
        ["青禾县人居环境整治台账"],
        ["序号", "乡镇", "村名", "总户数", "改厕情况", None, "检查日期", "是否达标"],
        [None, None, None, None, "改厕户数（户）", "投入资金（万元）"],
    )
    answer = client.post(reverse("ledger_kind_new"), {**LINE, "file": file})
    key = LedgerKind.objects.get().key
    assert answer["Location"] == reverse("ledger_kind_propose", args=[key])
    form = client.get(answer["Location"]).context["form"]
    assert [(h.text, h.group, h.field, str(h.type)) for h in form.headings] == [
        ("总户数", "", "households", "int"),
        ("改厕户数", "改厕情况", "", "int"),
        ("投入资金", "改厕情况", "", "money"),
        ("检查日期", "", "", "date"),
        ("是否达标", "", "", "bool"),
    ]
    given = {name: form[name].initial for name in form.fields}
    client.post(answer["Location"], given)
    kind = here(cast, key)
    assert [(c.label, c.field.type, c.group) for c in kind.columns] == [
        ("总户数", "int", ""),
        ("改厕户数", "int", "改厕情况"),
        ("投入资金", "money", "改厕情况"),
        ("检查日期", "date", ""),
        ("是否达标", "bool", ""),
    ]
    money = next(c.key for c in kind.columns if c.label == "投入资金")
    url = reverse("ledger_entry_new", args=[key]) + f"?organisation={cast.places['shiling'].pk}"
    signed_in("hekou").post(url, {"version": 0, "period": "2026-10", f"f_{money}": "1.5"})
    assert Entry.objects.get().values == {money: "15000"}
    assert "人居环境整治" in signed_in("hekou").get(reverse("ledgers")).content.decode()
    assert signed_in("hekou").get(reverse("ledger_blank", args=[key])).status_code == 200
    board = client.get(reverse("ledger_board", args=[f"of-{key}"])).context
    cards = {str(card.label): card.cell for card in board["cards"]}
    assert (cards["投入资金（万元）"].text, cards["投入资金（万元）"].more) == ("1.5", "由 1 行合计")
    assert client.get(cards["投入资金（万元）"].url).context["page"].paginator.count == 1
    assert [row.label for row in board["rows"]] == ["河口镇"]


def test_a_city_opens_a_ledger_that_a_county_described_for_itself(cast: Cast, signed_in: SignedIn) -> None:
    office = signed_in("office")
    there = office.post(reverse("ledger_kind_new"), {**LINE, "file": workbook(["村名", "改厕户数（户）"])})["Location"]
    form = office.get(there).context["form"]
    office.post(there, {name: form[name].initial for name in form.fields})
    key = LedgerKind.objects.get().key
    kind = here(cast, key)
    values = {column.key: 12 for column in kind.columns if column.field.is_number}
    entries.save_entry(kind, cast.places["shiling"], "2026-10", values, by=cast.actor("hekou"))
    page = signed_in("city").get(reverse("ledger", args=[key]), {"period": "2026-10"}).content.decode()
    assert "石岭村" in page
    assert signed_in("city").get(Entry.objects.get().get_absolute_url()).status_code == 200
    assert signed_in("city").get(reverse("ledger_board", args=[f"of-{key}"])).status_code == 200
    assert "人居环境整治" in signed_in("city").get(reverse("ledgers")).content.decode()


def test_a_workbook_that_cannot_be_read_is_said_so_and_makes_nothing(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in("office").post(
        reverse("ledger_kind_new"), {**LINE, "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04rubbish")}
    )
    assert answer.status_code == 422
    assert not LedgerKind.objects.exists()


def test_edits_are_the_countys_own_and_an_upgrade_keeps_changing_the_rest(
    cast: Cast, signed_in: SignedIn, monkeypatch: Monkeypatch
) -> None:
    client = signed_in("office")
    column = here(cast, "venue").by_key["support_unit"]
    given = {"label_zh": "结对单位", "label_en": "", "type": "text", "aliases": "对口单位、包建单位", "required": "on"}
    client.post(reverse("ledger_column", args=["venue", "support_unit"]), given)
    edited = here(cast, "venue").by_key["support_unit"]
    assert (edited.label, edited.aliases, edited.required, edited.position) == (
        "结对单位", ("对口单位", "包建单位"), True, column.position,
    )  # fmt: skip
    assert here(cast, "weak_org").by_key["support_unit"].label == "结对单位"
    assert KindField.objects.count() == 1
    assert Field.objects.get().shipped_hash

    shipped = dict(kinds.shipped())
    columns = [replace(c, group="新上级表头") for c in shipped["venue"].columns]
    monkeypatch.setattr(
        kinds, "shipped", lambda: {**shipped, "venue": replace(shipped["venue"], columns=tuple(columns))}
    )
    upgraded = here(cast, "venue")
    assert upgraded.by_key["support_unit"].group == ""
    assert upgraded.by_key["floor_area"].group == "新上级表头"
    assert kinds.shipped_changed(cast.actor("office")) == {"venue"}


def test_columns_move_go_and_come_back(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    keys = [column.key for column in here(cast, "weak_org").columns]
    client.post(reverse("ledger_column_move", args=["weak_org", keys[1], "up"]))
    assert [column.key for column in here(cast, "weak_org").columns][:2] == [keys[1], keys[0]]
    landed = client.post(reverse("ledger_column_remove", args=["weak_org", "facts"]), follow=True)
    assert "facts" not in here(cast, "weak_org").by_key
    client.post(landed.request["PATH_INFO"])
    assert "facts" in here(cast, "weak_org").by_key


def test_what_tells_rows_apart_stays(cast: Cast, signed_in: SignedIn) -> None:
    signed_in("office").post(reverse("ledger_column_remove", args=["new_orgs", "org_name"]))
    assert "org_name" in here(cast, "new_orgs").by_key


def line_of(cast: Cast, key: str, **changes: Any) -> dict[str, Any]:
    from ledgers.forms.kinds import KindForm

    given = {k: v for k, v in KindForm.initial_of(here(cast, key)).items() if v not in (False, None)}
    return {**given, "version": 0, **changes}


def test_checks_are_written_by_the_columns_names(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    url = reverse("ledger_kind", args=["collective_economy"])
    assert "总收入 &gt;= 经营收入" in client.get(url).content.decode()
    client.post(url, line_of(cast, "collective_economy", checks="! 总收入 >= 补助收入\n负债总额 > 0 -> 备注"))
    found = here(cast, "collective_economy").checks
    assert [(check.text, str(check.severity)) for check in found] == [
        ("total_income >= subsidy_income", "error"),
        ("liabilities > 0 -> remark", "warning"),
    ]
    with pytest.raises(entries.Refused):
        entries.save_entry(
            here(cast, "collective_economy"),
            cast.places["shiling"],
            "2026",
            {"total_income": "1", "subsidy_income": "2"},
            by=cast.actor("hekou"),
        )


@pytest.mark.parametrize("text", ["总收入 >> 5", "没有这列 > 5", "总收入"])
def test_a_check_that_cannot_be_is_refused_with_a_sentence(cast: Cast, signed_in: SignedIn, text: str) -> None:
    url = reverse("ledger_kind", args=["collective_economy"])
    answer = signed_in("office").post(url, line_of(cast, "collective_economy", checks=text))
    assert answer.status_code == 422
    assert answer.context["form"].errors["checks"]
    assert not LedgerKind.objects.exists()


def test_a_ledger_with_rows_keeps_its_period_and_a_field_with_values_its_type(cast: Cast, signed_in: SignedIn) -> None:
    entries.save_entry(
        here(cast, "collective_economy"), cast.places["shiling"], "2026", {"total_income": "1"}, by=cast.actor("hekou")
    )
    client = signed_in("office")
    url = reverse("ledger_kind", args=["collective_economy"])
    assert client.post(url, line_of(cast, "collective_economy", period="month")).status_code == 422
    column = reverse("ledger_column", args=["collective_economy", "total_income"])
    assert client.post(column, {"label_zh": "总收入", "type": "text"}).status_code == 422
    assert here(cast, "collective_economy").by_key["total_income"].field.type == "money"


def test_back_to_the_shipped_one_can_be_undone(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    client.post(reverse("ledger_kind", args=["venue"]), line_of(cast, "venue", label_zh="阵地建设台账"))
    assert here(cast, "venue").label == "阵地建设台账"
    client.post(reverse("ledger_kind_reset", args=["venue"]))
    assert here(cast, "venue").label == "活动场所建设"
    undo(ChangeSet.objects.get(verb="ledgers.kind_reset"), by=cast.actor("office"))
    assert here(cast, "venue").label == "阵地建设台账"


def test_a_new_field_needs_its_code_list_and_gets_a_key_of_its_own(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    url = reverse("ledger_column_new", args=["venue"])
    assert client.post(url, {"label_zh": "施工进度", "type": "enum"}).status_code == 422
    client.post(url, {"label_zh": "施工进度", "type": "enum", "codes": "正常\n滞后 | 慢, 落后"})
    client.post(url, {"label_zh": "施工进度", "type": "text"})
    own = Field.objects.order_by("pk")
    assert len({row.key for row in own}) == 2
    assert not {row.key for row in own} & set(dictionary.shipped())
    assert own[0].codes[1] == {"value": "滞后", "en": "", "aliases": ["慢", "落后"]}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["单位：万元"], ["村名", "总收入", "备注"], ["石岭村", "3", ""]], ["总收入", "备注"]),
        ([["村", "党 员\n人 数", "身份证号码"]], ["党员人数", "身份证号码"]),
        ([[], ["只有一格"]], []),
    ],
)
def test_headings_are_found_below_titles_and_with_spaces_in_them(rows: list[list[Any]], expected: list[str]) -> None:
    content = workbook(*rows).read()
    assert [heading.text for heading in proposing.headings(content, dictionary.shipped())] == expected
