"""Responsibility (包保): entering, ending, copying, the list and its export, and what is missing."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from orgs.models import Responsibility
from orgs.responsibility import actions, gaps
from orgs.rules import Duty
from sheets import writing
from tests.cast import TODAY, Cast

SignIn = Callable[[str], Client]


def give(cast: Cast, place: str = "shiling", duty: Duty = Duty.VILLAGE_CADRE, **values: object) -> Responsibility:
    """The county office enters somebody."""
    values.setdefault("person_name", "王某")
    return actions.add(by=cast.actor("office"), organisation=cast.places[place], duty=duty, **values)


def rows_of(client: Client, **filters: object) -> list[str]:
    """Who stands in the list."""
    answer = client.get(reverse("responsibility"), filters)
    assert answer.status_code == 200
    return [str(row) for row in answer.context["page"]]


def test_a_township_organiser_enters_somebody_for_an_own_village(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("hekou")
    sent = {"organisation_text": "990121100200", "duty": Duty.VILLAGE_CADRE, "person_name": "王某", "version": 0}
    assert client.post(reverse("responsibility_new"), sent).status_code == 302
    row = Responsibility.objects.get()
    assert (row.organisation, row.person_name) == (cast.places["shiling"], "王某")
    foreign = {**sent, "organisation_text": "990121101200"}
    assert client.post(reverse("responsibility_new"), foreign).status_code == 422
    assert Responsibility.objects.count() == 1


@pytest.mark.parametrize("who", ["leader", "agri", "finance", "hekou_leader", "shiling", "inspector", "city"])
def test_readers_see_why_they_may_not_enter(cast: Cast, signed_in: SignIn, who: str) -> None:
    client = signed_in(who)
    answer = client.get(reverse("responsibility_new"))
    assert answer.status_code == 403
    assert "disabled" in client.get(reverse("responsibility")).content.decode()
    with pytest.raises(PermissionDenied):
        actions.add(by=cast.actor(who), organisation=cast.places["shiling"], duty=Duty.FIRST, person_name="某")


def test_somebody_must_be_named_and_money_is_for_pairings(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in("office"), reverse("responsibility_new")
    sent = {"organisation_text": "石岭村", "duty": Duty.VILLAGE_CADRE, "version": 0}
    assert client.post(url, sent).status_code == 422
    assert client.post(url, {**sent, "person_name": "王某", "pledged": "5"}).status_code == 422
    assert (
        client.post(url, {**sent, "person_name": "王某", "since": "2026-02-01", "until": "2026-01-01"}).status_code
        == 422
    )
    paired = {**sent, "duty": Duty.PAIRING_UNIT, "department_text": "财政局", "pledged": "5"}
    assert client.post(url, paired).status_code == 302
    assert Responsibility.objects.get().department == cast.places["finance"]


def test_a_stale_save_shows_both_texts(cast: Cast, signed_in: SignIn) -> None:
    row = give(cast, person_name="王某")
    url = reverse("responsibility_edit", args=[row.pk])
    sent = {"organisation_text": "石岭村", "duty": row.duty, "person_name": "李某", "version": row.seen}
    assert signed_in("hekou").post(url, sent).status_code == 302
    answer = signed_in("hekou2").post(url, {**sent, "person_name": "赵某"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“李某”" in page
    assert "赵某" in page


def test_what_has_ended_leaves_the_list_but_stays_findable(cast: Cast, signed_in: SignIn) -> None:
    row = give(cast, since=datetime.date(2026, 1, 1))
    client = signed_in("hekou")
    ended = {"until": "2026-11-10", "version": row.seen}
    assert client.post(reverse("responsibility_end", args=[row.pk]), ended).status_code == 302
    assert rows_of(client) == []
    assert rows_of(client, state="all") == ["王某"]
    assert rows_of(client, on="2026-11-10") == ["王某"]
    assert rows_of(client, on="2026-11-11") == []
    too_early = {"until": "2025-01-01", "version": Responsibility.objects.get().seen}
    assert client.post(reverse("responsibility_end", args=[row.pk]), too_early).status_code == 422


def test_the_list_is_filtered_and_shows_nothing_foreign(cast: Cast, signed_in: SignIn) -> None:
    give(cast)
    give(cast, "shangfang", person_name="丁某")
    give(cast, "hekou", Duty.AREA_LEADER, person_name="县领导")
    client = signed_in("office")
    assert set(rows_of(client)) == {"王某", "丁某", "县领导"}
    assert rows_of(client, duty=Duty.AREA_LEADER) == ["县领导"]
    assert rows_of(client, township=cast.places["jinling"].pk) == ["丁某"]
    assert rows_of(client, q="石岭") == rows_of(client, q="王") == ["王某"]
    assert "丁某" not in rows_of(signed_in("hekou"))
    assert "丁某" not in rows_of(signed_in("hekou"), township=cast.places["jinling"].pk)


def test_a_row_of_another_township_is_not_there(cast: Cast, signed_in: SignIn) -> None:
    row = give(cast, "shangfang")
    for name in ("responsibility_edit", "responsibility_end", "responsibility_copy"):
        assert signed_in("hekou").get(reverse(name, args=[row.pk])).status_code == 404
        assert signed_in("jinling").get(reverse(name, args=[row.pk])).status_code == 200
        assert signed_in("leader").get(reverse(name, args=[row.pk])).status_code == 403


def test_copying_gives_neighbours_the_same_person_once(cast: Cast, signed_in: SignIn) -> None:
    row = give(cast, document="河办〔2026〕3号")
    client, url = signed_in("hekou"), reverse("responsibility_copy", args=[row.pk])
    page = client.get(url).content.decode()
    assert "柳湾村" in page
    assert "上坊村" not in page
    for _twice in range(2):
        assert client.post(url, {"targets": [cast.places["liuwan"].pk]}).status_code == 302
    made = Responsibility.objects.get(organisation=cast.places["liuwan"])
    assert (made.person_name, made.document) == ("王某", "河办〔2026〕3号")
    assert client.post(url, {"targets": [cast.places["shangfang"].pk]}).status_code == 422


def test_the_export_holds_exactly_the_filtered_rows(cast: Cast, signed_in: SignIn) -> None:
    give(cast, person_name="=1+1")
    give(cast, "liuwan", Duty.PAIRING_UNIT, person_name="", department=cast.places["finance"], pledged=Decimal("12.50"))
    give(cast, "shangfang", person_name="丁某")
    answer = signed_in("hekou").get(reverse("responsibility_export"))
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active.rows]
    assert len(rows) == 3
    assert rows[1][:2] == ["990121100200", "石岭村"]
    assert "=1+1" in rows[1]
    assert 12.5 in rows[2]
    filtered = signed_in("hekou").get(reverse("responsibility_export"), {"duty": Duty.PAIRING_UNIT})
    assert load_workbook(BytesIO(filtered.content)).active.max_row == 2


def test_gaps_equal_independent_sql_and_lead_to_as_many_rows(cast: Cast, signed_in: SignIn) -> None:
    give(cast, since=datetime.date(2026, 1, 1))
    give(cast, "liuwan", until=TODAY - datetime.timedelta(days=1))
    give(cast, "shiling", Duty.AREA_LEADER, person_name="片长")  # an area is several villages, each with its leader
    give(cast, "liuwan", Duty.PAIRING_UNIT, person_name="", department=cast.places["finance"], pledged=9, delivered=0)
    give(cast, "shiling", Duty.PAIRING_UNIT, person_name="", department=cast.places["finance"], pledged=9, delivered=1)
    figures = gaps.figures(cast.actor("office"))
    assert [(figure.count, figure.of) for figure in figures] == [(3, 4), (3, 4), (1, 2), (4, 4)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM orgs_organisation o WHERE o.kind IN ('village', 'community') AND NOT EXISTS ("
            "SELECT 1 FROM orgs_responsibility r WHERE r.organisation_id = o.id AND r.duty = 'village_cadre' "
            "AND (r.since IS NULL OR r.since <= '2026-11-18') AND (r.until IS NULL OR r.until >= '2026-11-18'))"
        )
        assert cursor.fetchone()[0] == figures[0].count
    client = signed_in("office")
    for figure in figures:
        assert client.get(figure.url).context["page"].paginator.count == figure.count, figure.label
    line = gaps.lines(cast.actor("office"), [cast.places["hekou"]])[0]
    assert (line.villages, line.without_cadre, line.without_leader) == (3, 2, 2)
    assert (line.pairings, line.undelivered, line.pledged, line.delivered) == (2, 1, 18, 1)


def test_amounts_are_written_without_the_zeros_of_their_scale(cast: Cast, signed_in: SignIn) -> None:
    """Added up by the database, 9.6 comes back as 9.60000000000000."""
    pairing = {"person_name": "", "department": cast.places["finance"], "pledged": "9.60", "delivered": "10.00"}
    row = give(cast, "liuwan", Duty.PAIRING_UNIT, **pairing)
    client = signed_in("hekou")
    assert "9.6 / 10</td>" in client.get(reverse("responsibility_gaps")).content.decode()
    assert "9.6 / 10</td>" in client.get(reverse("responsibility")).content.decode()
    page = client.get(cast.places["liuwan"].get_absolute_url()).content.decode()
    assert "9.6 / 10" in page
    assert "9.60" not in page  # in its history neither
    form = client.get(reverse("responsibility_edit", args=[row.pk])).content.decode()
    assert 'value="9.6"' in form
    assert 'value="10"' in form


def test_gaps_of_a_township_are_its_own(cast: Cast, signed_in: SignIn) -> None:
    assert [figure.of for figure in gaps.figures(cast.actor("hekou"))] == [3, 3, 0, 3]
    assert "金岭镇" not in signed_in("hekou").get(reverse("responsibility_gaps")).content.decode()


def test_queries_do_not_grow_with_responsibilities(cast: Cast, signed_in: SignIn) -> None:
    client, counts = signed_in("office"), []
    client.get(reverse("responsibility"))
    for _round in range(2):
        for name in "甲乙丙丁戊":
            give(cast, person_name=f"{name}某")
            give(cast, "shangfang", person_name=f"{name}某")
        for url in (
            reverse("responsibility"),
            cast.places["shiling"].get_absolute_url(),
            reverse("responsibility_export"),
        ):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def workbook_of(*rows: list[object]) -> SimpleUploadedFile:
    """A workbook in the columns of the export."""
    headings = ["code", "duty", "person_name", "department_code", "since", "pledged"]
    content = writing.workbook([writing.Page("包保", headings, rows)])
    return SimpleUploadedFile("包保.xlsx", content, content_type=writing.XLSX)


def test_what_was_exported_loads_again_and_changes_nothing(cast: Cast, signed_in: SignIn) -> None:
    give(cast, since=datetime.date(2026, 1, 1), document="河办〔2026〕3号", phone="000-0001")
    give(cast, "liuwan", Duty.PAIRING_UNIT, person_name="", department=cast.places["finance"], pledged=Decimal("12.50"))
    before = list(Responsibility.objects.order_by("pk").values())
    client = signed_in("hekou")
    content = client.get(reverse("responsibility_export")).content
    page = client.post(reverse("responsibility_import"), {"file": SimpleUploadedFile("a.xlsx", content)}, follow=True)
    plan = page.context["plan"]
    assert (plan.new, plan.changed, plan.unchanged, plan.faults) == ([], [], 2, [])
    Responsibility.objects.filter(organisation=cast.places["liuwan"]).delete()
    page = client.get(reverse("responsibility_import"))
    assert len(page.context["plan"].new) == 1
    assert client.post(reverse("responsibility_import"), {"seen": page.context["plan"].digest}).status_code == 302
    kept = [{**row, "id": 0, "version": 0} for row in before]
    assert [{**row, "id": 0, "version": 0} for row in Responsibility.objects.order_by("pk").values()] == kept


def test_every_fault_of_a_file_is_named_by_row_and_nothing_is_written(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in("hekou"), reverse("responsibility_import")
    file = workbook_of(
        ["990121100200", "village_cadre", "王某", "", "2026-01-01", ""],
        ["990121101200", "village_cadre", "丁某", "", "", ""],
        ["990121100200", "nonsense", "王某", "", "", ""],
        ["990121100200", "village_cadre", "", "", "", ""],
        ["990121100200", "village_cadre", "王某", "", "2026年13月", ""],
        ["990121100200", "village_cadre", "王某", "", "2026-01-01", ""],
        ["990121100201", "pairing_unit", "", "990121800002", "", "一点"],
    )
    plan = client.post(url, {"file": file}, follow=True).context["plan"]
    assert [fault.row for fault in plan.faults] == [3, 4, 5, 6, 7, 8]
    client.post(url, {"seen": plan.digest})
    assert Responsibility.objects.count() == 0
    assert signed_in("leader").get(url).status_code == 403


def test_a_file_is_shown_anew_when_the_list_has_changed_meanwhile(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in("hekou"), reverse("responsibility_import")
    file = workbook_of(["990121100200", "village_cadre", "王某", "", "2026-01-01", ""])
    plan = client.post(url, {"file": file}, follow=True).context["plan"]
    give(cast, since=datetime.date(2026, 1, 1), title="干事")
    answer = client.post(url, {"seen": plan.digest})
    assert answer.status_code == 200
    assert len(answer.context["plan"].changed) == 1
    assert Responsibility.objects.count() == 1
