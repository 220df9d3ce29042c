"""The register: loaded from files whole or not at all, never deleting, and written out without losing a column."""

import csv
import datetime
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.history.actions import undo_change_set
from orgs.models import Organisation, OrganisationName, TermOfOffice, YearRating
from orgs.register import actions as register
from orgs.register.layout import HEADINGS, kind_of, table_of
from orgs.register.resources import OrganisationResource
from orgs.rules import Kind, PartyForm, VillageClass
from orgs.tree import placing
from records.changes import change_set
from records.models import Change, ChangeSet
from sheets import reading, writing
from tests import BASE_DIR
from tests.cast import TODAY, Cast
from tests.tree import check_tree

sys.path.append(str(BASE_DIR / "bench"))
import register as bench  # the maker of large registers

SignIn = Callable[[str], Client]
CSV = ("code", "name", "level", "parent_code", "urban_rural_class", "node_type", "short_name")
PLANTED = [  # row and column of each fault in fixtures/register/ten_faults.csv
    (6, "parent_code"),  # a parent that is nowhere
    (7, "code"),  # a code a second time
    (8, "code"),  # no code
    (9, "name"),  # no name
    (10, "level"),  # no such level
    (11, "level"),  # a village below a county
    (12, "parent_code"),  # two that stand below each other …
    (13, "parent_code"),  # … both are named
    (14, "parent_code"),  # a second row at the top
    (15, "opened_on"),  # no such day
    (16, "stars"),  # six stars
]
SMALL = [
    ("980121000000", "青山县", "county", "980100000000", "", "县级", "青山县"),
    ("980121100200", "白石村委会", "village", "980121100000", "220", "村民委员会", "白石村"),
    ("980121100000", "松林镇", "township", "980121000000", "", "镇", "松林镇"),
    ("980121100001", "松林社区居委会", "village", "980121100000", "111", "类似居民委员会", "松林社区"),
    ("980121400000", "开发区", "township", "980121000000", "", "类似乡级单位", "开发区"),
    ("980121400498", "开发区虚拟生活区", "village", "980121400000", "", "类似村委会(虚拟)", ""),
]


def as_csv(rows: Sequence[Sequence[str]], headings: Sequence[str] = CSV, encoding: str = "utf-8") -> bytes:
    """A CSV file of the rows."""
    target = io.StringIO()
    csv.writer(target).writerows([headings, *rows])
    return target.getvalue().encode(encoding)


def load(content: bytes, **values: object) -> register.Loaded:
    """Load as the system."""
    return register.load(content, name="test.csv", by=None, **values)  # type: ignore[arg-type]


def faults(loaded: register.Loaded) -> list[tuple[int, str]]:
    """Rows and columns of the faults."""
    return [(fault.row, fault.column) for fault in loaded.plan.faults]


def all_rows() -> list[list[object]]:
    """Every organisation as the export writes it."""
    return list(OrganisationResource(year=TODAY.year).rows(Organisation.objects.order_by("code")))


def exported() -> bytes:
    """The whole register as a workbook."""
    rows = OrganisationResource(year=TODAY.year).rows(Organisation.objects.order_by("path"))
    return writing.workbook([writing.Page("Register", list(HEADINGS), rows)])


# Reading the statistical register


def test_rows_in_any_order_become_a_tree(db: None) -> None:
    loaded = load(as_csv(SMALL))
    assert faults(loaded) == []
    assert len(loaded.plan.new) == 6
    check_tree()
    village = Organisation.objects.get(code="980121100200")
    assert (village.township.name if village.township else "", village.initials) == ("松林镇", "bscwh")
    assert Organisation.objects.get(code="980121000000").external_parent_code == "980100000000"
    kinds = dict(Organisation.objects.values_list("code", "kind"))
    assert kinds["980121100001"] == Kind.COMMUNITY
    assert kinds["980121400000"] == Kind.TOWNSHIP
    assert kinds["980121400498"] == Kind.VILLAGE
    forms = dict(Organisation.objects.values_list("code", "party_form"))
    assert forms["980121100000"] == PartyForm.COMMITTEE
    assert forms["980121100200"] == PartyForm.BRANCH


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_text_is_read_in_the_encoding_it_has(db: None, encoding: str) -> None:
    assert faults(load(as_csv(SMALL, encoding=encoding))) == []
    assert Organisation.objects.get(code="980121100000").name == "松林镇"


def test_a_workbook_may_have_a_title_other_columns_numbers_and_blank_rows(db: None) -> None:
    headings = ["备注", *(str(HEADINGS[column]) for column in CSV)]
    rows: list[list[object]] = [["", int(row[0]), *row[1:]] for row in SMALL]
    rows.insert(2, [None] * 8)
    content = writing.workbook(
        [writing.Page("说明", ["看下一张"], []), writing.Page("名册", headings, rows, notes=["全县名册"])]
    )
    loaded = load(content)
    assert faults(loaded) == []
    assert [line.number for line in loaded.plan.lines] == [3, 4, 6, 7, 8, 9]
    assert Organisation.objects.filter(code="980121100000").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01\x02\xff", "CSV"),
        (b"<html><table></table></html>", "xlsx"),
        (b"PK\x03\x04broken", "damaged"),
        (b"a,b\n1,2\n", "headings"),
        (b"", "headings"),
    ],
)
def test_what_is_no_register_is_refused_in_words(db: None, content: bytes, said: str) -> None:
    with pytest.raises(reading.UnreadableError) as caught:
        load(content)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("level", "node_type", "kind"),
    [
        ("village", "类似村民委员会", Kind.VILLAGE),
        ("village", "类似居民委员会", Kind.COMMUNITY),
        ("township", "民族乡", Kind.TOWNSHIP),
        ("county", "", Kind.COUNTY),
        ("", "街道", Kind.TOWNSHIP),
    ],
)
def test_level_and_type_say_the_kind(level: str, node_type: str, kind: Kind) -> None:
    assert kind_of(level, node_type) == kind


@pytest.mark.parametrize(
    ("level", "node_type"), [("village", ""), ("", ""), ("village", "镇"), ("x", "镇"), ("", "军营")]
)
def test_level_and_type_that_say_nothing_are_faults(level: str, node_type: str) -> None:
    with pytest.raises(ValueError, match=r"level|node_type|kind"):
        kind_of(level, node_type)


# Loading again, and writing out


def test_the_same_file_again_changes_nothing(db: None) -> None:
    load(as_csv(SMALL))
    before = Change.objects.count(), ChangeSet.objects.count(), list(Organisation.objects.values())
    again = load(as_csv(SMALL))
    assert again.plan.empty
    assert again.change_set is None
    assert (Change.objects.count(), ChangeSet.objects.count(), list(Organisation.objects.values())) == before


def test_export_and_import_lose_no_column(cast: Cast) -> None:
    furnish(cast)
    load(as_csv([(*SMALL[0][:3], "990100000000", *SMALL[0][4:]), *SMALL[1:]]))
    Organisation.objects.filter(code="990100000000").update(external_parent_code="990000000000")
    before, workbook = all_rows(), exported()
    read_back = table_of(reading.read(workbook))
    assert set(read_back.columns) == set(HEADINGS)
    for column in HEADINGS:
        place = list(HEADINGS).index(column)
        assert any(row[place] not in (None, "") for row in before), f"nothing to lose in {column}"
    assert load(workbook).plan.empty
    wipe()
    assert faults(load(workbook)) == []
    assert all_rows() == before
    check_tree()


def furnish(cast: Cast) -> None:
    """Give the cast's places everything the register has columns for."""
    village = cast.places["shiling"]
    Organisation.objects.filter(pk=village.pk).update(
        opened_on=datetime.date(1958, 9, 1), short_name="=石岭", node_type="村民委员会"
    )
    Organisation.objects.filter(pk=cast.places["liuwan"].pk).update(
        closed_on=datetime.date(2026, 5, 1), merged_into=village, urban_rural_class="220"
    )
    OrganisationName.objects.create(organisation=village, name="石岭大队", initials="sldd")
    OrganisationName.objects.create(organisation=village, name="石岭；东", initials="sld")
    OrganisationName.objects.create(
        organisation=village, name="红旗大队", initials="hqdd", until=datetime.date(1983, 12, 31)
    )
    YearRating.objects.create(organisation=village, year=TODAY.year, village_class=VillageClass.THIRD, stars=0)
    TermOfOffice.objects.create(
        organisation=village, started_on=datetime.date(2021, 3, 1), ends_on=datetime.date(2026, 3, 1)
    )


def wipe() -> None:
    """An empty register, as on another machine."""
    from orgs.models import Post, User

    for model in (Post, User, OrganisationName, YearRating, TermOfOffice):
        model.objects.all().delete()
    Change.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    ChangeSet.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    Organisation.objects.update(parent=None, township=None, merged_into=None)
    Organisation.objects.all().delete()


def test_what_changed_is_shown_old_and_new(db: None) -> None:
    load(as_csv(SMALL))
    rows = [list(row) for row in SMALL]
    rows[1][1], rows[1][6] = "白石新村委会", "白石新村"
    rows[3][3] = "980121400000"
    loaded = load(as_csv(rows))
    shown = {line.code: [(d.column, d.old, d.new) for d in line.changes] for line in loaded.plan.changed}
    assert shown == {
        "980121100200": [("name", "白石村委会", "白石新村委会"), ("short_name", "白石村", "白石新村")],
        "980121100001": [("parent_code", "980121100000", "980121400000")],
    }
    check_tree()
    community = Organisation.objects.get(code="980121100001")
    assert community.township == Organisation.objects.get(code="980121400000")
    village = Organisation.objects.get(code="980121100200")
    assert village.initials == "bsxcwh"
    assert list(village.names.values_list("name", "until")) == [("白石村委会", TODAY)]
    assert load(as_csv(rows)).plan.empty


def test_a_parent_that_was_outside_takes_its_place_above(db: None) -> None:
    load(as_csv(SMALL))
    city = ("980100000000", "禾岭市", "city", "900000000000", "", "市", "禾岭市")
    assert faults(load(as_csv([city, *SMALL]))) == []
    county = Organisation.objects.select_related("parent").get(code="980121000000")
    assert county.parent is not None
    assert (county.parent.name, county.external_parent_code) == ("禾岭市", "")
    check_tree()
    assert load(as_csv([city, *SMALL])).plan.empty


def test_a_column_that_is_not_there_is_left_alone(cast: Cast) -> None:
    furnish(cast)
    before = all_rows()
    short = as_csv([("990121100200", "石岭村")], headings=("code", "name"))
    assert load(short).plan.empty
    renamed = load(as_csv([("990121100200", "新石岭村")], headings=("code", "name")))
    assert [line.code for line in renamed.plan.changed] == ["990121100200"]
    changed = [row for row in all_rows() if row not in before]
    assert len(changed) == 1


def test_names_ratings_and_terms_are_added_or_corrected_never_removed(cast: Cast) -> None:
    furnish(cast)
    headings = ("code", "name", "aliases", "old_names", "village_class", "stars", "term_start", "term_end")
    row = (
        "990121100200",
        "石岭村",
        "",
        "石岭大队（至2001-01-01）",
        str(VillageClass.FIRST.label),
        "5",
        "2026.3.1",
        "2031年3月1日",
    )
    assert faults(load(as_csv([row], headings=headings))) == []
    village = cast.places["shiling"]
    assert set(village.names.values_list("name", "until")) == {
        ("石岭大队", datetime.date(2001, 1, 1)),
        ("石岭；东", None),
        ("红旗大队", datetime.date(1983, 12, 31)),
    }
    assert village.ratings.get().stars == 5
    assert village.terms.count() == 2
    assert load(as_csv([row], headings=headings)).plan.empty
    blank = ("990121100200", "石岭村", "", "", "", "", "", "")
    assert load(as_csv([blank], headings=headings)).plan.empty


def test_what_the_file_lacks_is_listed_and_stays(db: None) -> None:
    load(as_csv(SMALL))
    loaded = load(as_csv([row for row in SMALL if row[0] != "980121100200"]))
    assert [row.name for row in loaded.plan.missing] == ["白石村委会"]
    assert Organisation.objects.get(code="980121100200").closed_on is None
    assert load(as_csv(SMALL[2:3])).plan.missing == []  # a file of townships says nothing of villages


def test_undo_of_a_load_restores_every_column(cast: Cast) -> None:
    furnish(cast)
    before = [list(model.objects.order_by("pk").values()) for model in (Organisation, OrganisationName, YearRating)]
    headings = (*CSV, "kind", "village_class")
    rows = [
        ("990121100200", "石岭新村", "village", "990121101000", "", "村民委员会", "", "", "1"),
        ("990121100300", "新建村", "village", "990121100000", "", "村民委员会", "", "", "2"),
    ]
    loaded = register.load(as_csv(rows, headings=headings), name="x.csv", by=cast.actor("office"))
    assert faults(loaded) == []
    assert loaded.change_set is not None
    undo_change_set(loaded.change_set, by=cast.actor("office"))
    assert [
        list(model.objects.order_by("pk").values()) for model in (Organisation, OrganisationName, YearRating)
    ] == before


# Faults


def test_ten_planted_faults_are_all_named_and_nothing_is_loaded(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    path = BASE_DIR / "fixtures" / "register" / "ten_faults.csv"
    with pytest.raises(CommandError) as caught:
        call_command("import_orgs", str(path))
    assert caught.value.returncode != 0
    lines = capsys.readouterr().err.strip().splitlines()
    for row, column in PLANTED:
        assert any(str(row) in line.split(str(HEADINGS[column]))[0] for line in lines), (row, column, lines)
    assert faults(load(path.read_bytes())) == PLANTED
    assert not Organisation.objects.exists()
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("X1", "甲村", "镇", "990121100000", "", "", ""), "level"),
        (("X1", "甲" * 101, "village", "990121100000", "", "村民委员会", ""), "name"),
        (("X1", "甲村", "village", "X1", "", "村民委员会", ""), "parent_code"),
        (("X1", "甲村", "village", "", "", "村民委员会", ""), "parent_code"),
        (("X1", "甲村", "village", "990121100000", "", "", ""), "node_type"),
        (("X1", "甲村", "township", "990121100000", "", "村民委员会", ""), "level"),
        (("990121100000", "河口镇", "township", "990121100200", "", "镇", ""), "parent_code"),  # below its own village
    ],
)
def test_each_fault_is_named_by_row_and_column(cast: Cast, row: tuple[str, ...], column: str) -> None:
    before = all_rows()
    assert faults(load(as_csv([row]))) == [(2, column)]
    assert all_rows() == before


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"kind": "村庄"}, "kind"),
        ({"kind": "village", "level": "township"}, "level"),
        ({"party_form": "committee", "parent_code": "990121100001", "kind": "estate"}, "party_form"),
        ({"closed_on": "2026-01-01", "opened_on": "2026-02-01"}, "closed_on"),
        ({"closed_on": "昨天"}, "closed_on"),
        ({"stars": "五"}, "stars"),
        ({"village_class": "4"}, "village_class"),
        ({"term_start": "2026-01-01", "term_end": "2025-01-01"}, "term_end"),
        ({"term_start": "2026-01-01"}, "term_end"),
        ({"merged_into_code": "nowhere"}, "merged_into_code"),
        ({"merged_into_code": "X1"}, "merged_into_code"),
        ({"old_names": "旧村（至2026-02-30）"}, "old_names"),
    ],
)
def test_each_fault_of_the_workbook_is_named(cast: Cast, values: dict[str, str], column: str) -> None:
    row = {"code": "X1", "name": "甲村", "parent_code": "990121100000", "kind": "village", **values}
    assert faults(load(as_csv([tuple(row.values())], headings=tuple(row)))) == [(2, column)]
    assert not Organisation.objects.filter(code="X1").exists()


def test_a_changed_form_must_suit_what_stands_below(cast: Cast) -> None:
    estate = Organisation(
        code="E1", name="一号小区", kind=Kind.ESTATE, party_form=PartyForm.BRANCH, parent=cast.places["hekou_community"]
    )
    with change_set("test", by=cast.actor("office")) as changes:
        placing.add(changes, [estate])
    row = ("990121100001", "河口社区", "group")
    assert faults(load(as_csv([row], headings=("code", "name", "party_form")))) == [(2, "party_form")]


def test_children_of_a_closed_township_are_refused(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.places["hekou"].pk).update(closed_on=TODAY)
    row = ("X1", "甲村", "village", "990121100000", "", "村民委员会", "")
    assert faults(load(as_csv([row]))) == [(2, "parent_code")]


# The command


def test_the_command_says_what_it_did(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "small.csv"
    path.write_bytes(as_csv(SMALL))
    call_command("import_orgs", str(path), "--dry-run")
    assert "6" in capsys.readouterr().out
    assert not Organisation.objects.exists()
    call_command("import_orgs", str(path))
    assert Organisation.objects.count() == 6
    path.write_bytes(as_csv(SMALL[:-1]))
    call_command("import_orgs", str(path))
    assert "980121400498" in capsys.readouterr().out
    for wrong in (tmp_path / "none.csv", BASE_DIR / "README-not-there", BASE_DIR / "pyproject.toml"):
        with pytest.raises(CommandError):
            call_command("import_orgs", str(wrong))


# Pages


def upload(client: Client, content: bytes, name: str = "名册.csv") -> object:
    """Send a file to the register's page and follow to the preview."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post("/register/", {"file": SimpleUploadedFile(name, content)}, follow=True)


NEW = ("990121100300", "新建村委会", "village", "990121100000", "", "村民委员会", "新建村")
RENAMED = ("990121101200", "上坊新村", "village", "990121101000", "", "村民委员会", "")


def confirmation(page: object) -> dict[str, str]:
    return dict(page.context["confirm"].initial)  # type: ignore[attr-defined]


def test_upload_preview_load_and_undo(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("office")
    before = list(Organisation.objects.values())
    page = upload(client, as_csv([NEW, RENAMED]))
    assert page.context["counts"] == {"faults": 0, "new": 1, "changed": 1, "missing": 0}
    assert "新建村委会" in page.content.decode()
    changed = client.get("/register/preview/?part=changed").content.decode()
    assert "上坊村" in changed
    assert "上坊新村" in changed
    assert list(Organisation.objects.values()) == before
    done = client.post("/register/load/", confirmation(page))
    assert done.status_code == 302
    assert Organisation.objects.get(code="990121100300").township == cast.places["hekou"]
    record = ChangeSet.objects.latest("id")
    assert (record.user, record.note) == (cast.people["office"], "名册.csv")
    result = client.get(done.url)
    assert (result.context["counts"]["new"], result.context["changed"]) == (1, 1)
    assert reverse("change_undo", args=[record.pk]) in result.content.decode()
    client.post(reverse("change_undo", args=[record.pk]))
    assert list(Organisation.objects.values()) == before
    assert client.get("/register/preview/").url == "/register/"


def test_faults_are_shown_by_row_and_cannot_be_loaded(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("office")
    before = list(Organisation.objects.values())
    page = upload(client, as_csv([NEW, ("X2", "", "village", "990121100000", "", "村民委员会", "")]))
    assert page.context["part"] == "faults"
    assert "disabled" in page.content.decode()
    assert client.post("/register/load/", confirmation(page)).status_code == 422
    assert list(Organisation.objects.values()) == before


def test_what_is_missing_links_to_closing(cast: Cast, signed_in: SignIn) -> None:
    township = ("990121100000", "河口镇", "township", "990121000000", "", "镇", "")
    village = ("990121100200", "石岭村", "village", "990121100000", "", "村民委员会", "")
    client = signed_in("office")
    upload(client, as_csv([township, village]))
    page = client.get("/register/preview/?part=missing").content.decode()
    assert f"/organisations/{cast.places['liuwan'].pk}/reorganise/close/" in page
    assert f"/organisations/{cast.places['shangfang'].pk}/reorganise/close/" not in page


def test_a_register_changed_meanwhile_is_previewed_again(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("office")
    page = upload(client, as_csv([RENAMED]))
    with change_set("test", by=cast.actor("office2")) as changes:
        changes.update(Organisation.objects.get(code="990121101200"), name="别的村")
    answer = client.post("/register/load/", confirmation(page))
    assert answer.status_code == 409
    assert "别的村" in answer.content.decode()
    assert Organisation.objects.get(code="990121101200").name == "别的村"
    assert client.post("/register/load/", confirmation(answer)).status_code == 302


def test_the_file_of_another_person_is_never_loaded(cast: Cast, signed_in: SignIn) -> None:
    page = upload(signed_in("office"), as_csv([NEW]))
    other = signed_in("office2")
    assert other.post("/register/load/", confirmation(page))["Location"] == "/register/"
    upload(other, as_csv([RENAMED]))
    assert other.post("/register/load/", confirmation(page)).status_code == 409
    assert not Organisation.objects.filter(code=NEW[0]).exists()


@pytest.mark.parametrize(
    "row",
    [
        ("990100000000", "别的市", "city", "900000000000", "", "市", ""),  # above the county
        ("990122000000", "邻县", "county", "990100000000", "", "县级", ""),  # beside it
        ("X1", "外镇", "township", "990122000000", "", "镇", ""),  # in another county
        ("990121100000", "河口镇", "township", "990122000000", "", "镇", ""),  # out of the county
        ("990122100000", "外镇", "township", "990121000000", "", "镇", ""),  # in from another county
    ],
)
def test_a_county_loads_only_what_stands_in_it(cast: Cast, row: tuple[str, ...]) -> None:
    with change_set("test", by=cast.actor("office")) as changes:
        county = Organisation(
            code="990122000000",
            name="旁县",
            kind=Kind.COUNTY,
            party_form=PartyForm.COMMITTEE,
            parent=cast.places["city"],
        )
        town = Organisation(
            code="990122100000", name="旁镇", kind=Kind.TOWNSHIP, party_form=PartyForm.COMMITTEE, parent=county
        )
        placing.add(changes, [county, town])
    before = all_rows()
    loaded = register.load(as_csv([row]), name="x.csv", by=cast.actor("office"))
    assert faults(loaded) == [(2, "parent_code")]
    assert all_rows() == before


@pytest.mark.parametrize("person", ["hekou", "leader", "agri", "shiling", "city", "sysadmin", "audit"])
def test_only_the_county_office_loads(cast: Cast, signed_in: SignIn, person: str) -> None:
    client = signed_in(person)
    for answer in (client.get("/register/"), client.get("/register/preview/"), client.post("/register/load/")):
        assert answer.status_code == 403
    assert upload(client, as_csv([NEW])).status_code == 403


def test_wrong_files_are_refused_on_the_page(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("office")
    assert client.post("/register/", {}).status_code == 422
    assert upload(client, b"\x00\x01\xff\xfe\x00binary").status_code == 422
    answer = upload(client, b"a,b\n1,2\n")
    assert answer.redirect_chain[-1][0] == "/register/"


def test_the_export_holds_what_the_person_sees_and_nothing_else(cast: Cast, signed_in: SignIn) -> None:
    for person, seen in (("office", 11), ("hekou", 4), ("shiling", 1)):
        content = signed_in(person).get("/register/export/?state=all").content
        table = table_of(reading.read(content))
        assert len(table.rows) == seen, person
    assert signed_in("sysadmin").get("/register/export/").status_code == 403


def test_the_office_can_load_its_own_export(cast: Cast, signed_in: SignIn) -> None:
    furnish(cast)
    client = signed_in("office")
    content = client.get("/register/export/?state=all").content
    page = upload(client, content, "register.xlsx")
    assert page.context["plan"].empty
    assert page.context["counts"]["missing"] == 0
    assert client.post("/register/load/", confirmation(page)).status_code == 200
    assert not ChangeSet.objects.filter(verb=register.VERB).exists()


def test_formulas_stay_text_in_the_export(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.places["shiling"].pk).update(name="=1+1", short_name="@x")
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(exported()))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value in {"=1+1", "@x"}]
    assert [cell.data_type for cell in cells] == ["s", "s"]


# Size


def test_queries_do_not_grow_with_the_rows(db: None, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    rows = bench.made_from(bench.city(), 1_200)
    with django_assert_max_num_queries(60):
        assert faults(load(as_csv(rows))) == []
    with django_assert_max_num_queries(12):
        assert load(as_csv(rows)).plan.empty
    with django_assert_max_num_queries(12):
        assert load(as_csv(rows[:30])).plan.empty


def test_the_preview_takes_as_many_queries_for_many_rows_as_for_few(
    cast: Cast,
    signed_in: SignIn,
) -> None:
    client = signed_in("office")

    def queries(count: int) -> int:
        upload(
            client, as_csv([(f"Y{n}", f"{n}村", "village", "990121100000", "", "村民委员会", "") for n in range(count)])
        )
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/register/preview/").status_code == 200
        return len(captured)

    assert queries(2) == queries(45)


def test_a_whole_city_is_loaded_and_written_out_again(db: None) -> None:
    rows = bench.city()
    assert len(rows) == bench.CITY_SIZE
    assert faults(load(as_csv(rows))) == []
    check_tree()
    places = [list(HEADINGS).index(column) for column in CSV]
    written = {tuple(str(row[place]) for place in places) for row in all_rows()}
    assert written == {tuple(row) for row in rows}
