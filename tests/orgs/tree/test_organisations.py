"""Organisation pages: the tree, the list, one organisation, what may be edited, and totals that add up."""

import datetime
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from orgs.models import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.pages.fields import OrganisationField, label_of
from orgs.rules import Kind, PartyForm, RelationKind, VillageClass
from orgs.tree import actions, outline, placing, totals
from records.changes import change_set
from tests.cast import TODAY, Cast

SignIn = Callable[[str], Client]
READERS = ("leader", "agri", "finance", "hekou_leader", "shiling", "inspector", "city", "jinling", "hekou")


def add_villages(cast: Cast, count: int, prefix: str = "V") -> list[Organisation]:
    """More villages of 河口镇."""
    rows = [
        Organisation(code=f"{prefix}{n:05}", name=f"新{prefix}{n}村", kind=Kind.VILLAGE, parent=cast.places["hekou"])
        for n in range(count)
    ]
    with change_set("test.villages", by=cast.actor("office")) as changes:
        placing.add(changes, rows)
    return rows


def text_of(client: Client, url: str) -> str:
    """The page, which must be there."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def queries_of(client: Client, url: str) -> int:
    """How many queries a page takes."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_tree_of_a_township_starts_at_the_township(cast: Cast, signed_in: SignIn) -> None:
    page = text_of(signed_in("hekou"), reverse("organisations"))
    assert "河口镇" in page
    assert "石岭村" in page
    assert "金岭镇" not in page
    assert "上坊村" not in page


def test_the_tree_opens_down_to_what_is_asked_for(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in("office"), reverse("organisations")
    assert "石岭村" not in text_of(client, url)
    page = text_of(client, f"{url}?open={cast.places['hekou'].pk}")
    assert "石岭村" in page
    assert "上坊村" not in page
    assert signed_in("jinling").get(f"{url}?open={cast.places['hekou'].pk}").status_code == 404


def test_a_branch_comes_alone_when_a_script_asks(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in("office").get(
        reverse("organisations"), {"open": cast.places["hekou"].pk}, headers={"hx-request": "true"}
    )
    page = answer.content.decode()
    assert "石岭村" in page
    assert "<html" not in page


def test_never_more_than_a_hundred_children_at_once(cast: Cast, signed_in: SignIn) -> None:
    rows = add_villages(cast, 150)
    hekou = cast.places["hekou"]
    first = outline.level(cast.actor("hekou"), hekou)
    assert (len(first.nodes), first.after, first.total) == (100, 100, 153)
    rest = outline.level(cast.actor("hekou"), hekou, 100)
    assert (len(rest.nodes), rest.after) == (53, None)
    shown = outline.tree(cast.actor("hekou"), rows[149]).nodes[0].below
    assert shown is not None
    assert rows[149].pk in [node.organisation.pk for node in shown.nodes]
    page = text_of(signed_in("hekou"), reverse("organisations"))
    assert page.count('class="tree-line"') <= 102


def test_the_list_is_filtered_and_paged(cast: Cast, signed_in: SignIn) -> None:
    add_villages(cast, 60)
    client, url = signed_in("office"), reverse("organisations")
    page = text_of(client, f"{url}?kind=village&below={cast.places['hekou'].pk}")
    assert len(re.findall('<th scope="row">', page)) == 50
    assert "?kind=village&amp;below=" in page or "page=2" in page
    assert "宏达公司" in text_of(client, f"{url}?kind=nonpublic")
    assert "河口社区" in text_of(client, f"{url}?form=general_branch")
    assert "石岭村" not in text_of(client, f"{url}?form=general_branch")
    assert signed_in("jinling").get(f"{url}?below={cast.places['hekou'].pk}").content.decode().count("新V") == 0


def test_a_filter_nobody_understands_narrows_nothing(cast: Cast, signed_in: SignIn) -> None:
    assert "石岭村" in text_of(signed_in("office"), reverse("organisations") + "?view=list&kind=nonsense&below=x")


def test_class_counts_what_nobody_entered_as_unrated(cast: Cast, signed_in: SignIn) -> None:
    for place, klass, year in (("shiling", "1", 2026), ("liuwan", "2", 2025)):
        YearRating.objects.create(organisation=cast.places[place], year=year, village_class=klass)
    client, url = signed_in("hekou"), reverse("organisations")
    rated, unrated = text_of(client, f"{url}?klass=1"), text_of(client, f"{url}?klass=unrated")
    assert "石岭村" in rated
    assert "柳湾村" not in rated
    assert "柳湾村" in unrated
    assert "石岭村" not in unrated


@pytest.mark.parametrize("url_name", ["organisations", "organisation_totals", "responsibility", "responsibility_gaps"])
def test_queries_do_not_grow_with_rows(cast: Cast, signed_in: SignIn, url_name: str) -> None:
    client, url = signed_in("office"), reverse(url_name)
    for query in ("", "?view=list"):
        before = queries_of(client, url + query)
        add_villages(cast, 20, prefix=f"Q{len(query)}")
        assert queries_of(client, url + query) == before


def test_an_organisation_outside_the_scope_is_not_there(cast: Cast, signed_in: SignIn) -> None:
    url = reverse("organisation", args=[cast.places["shangfang"].pk])
    assert signed_in("hekou").get(url).status_code == 404
    assert signed_in("jinling").get(url).status_code == 200
    assert signed_in("sysadmin").get(url).status_code == 403


def test_the_page_says_what_the_organisation_is(cast: Cast, signed_in: SignIn) -> None:
    village = cast.places["shiling"]
    TermOfOffice.objects.create(
        organisation=village, started_on=datetime.date(2021, 12, 1), ends_on=TODAY + datetime.timedelta(days=30)
    )
    OrganisationName.objects.create(organisation=village, name="石岭大队", initials="sldd")
    Relation.objects.create(
        organisation=cast.places["liuwan"],
        member=village,
        kind=RelationKind.JOINT_BRANCH,
        since=datetime.date(2026, 1, 1),
    )
    page = text_of(signed_in("hekou"), village.get_absolute_url())
    for words in ("石岭村", "河口镇", "990121100200", "石岭大队", "柳湾村", "light-soon"):
        assert words in page
    TermOfOffice.objects.update(ends_on=TODAY - datetime.timedelta(days=1))
    later = text_of(signed_in("hekou"), village.get_absolute_url())
    assert later.count("light-late") == page.count("light-late") + 1
    assert later.count("light-soon") == page.count("light-soon") - 1


def test_only_the_county_office_edits_and_others_see_why_not(cast: Cast, signed_in: SignIn) -> None:
    village = cast.places["shiling"]
    url = reverse("organisation_edit", args=[village.pk])
    assert signed_in("office").get(url).status_code == 200
    for who in READERS:
        answer = signed_in(who).get(url)
        assert answer.status_code in {403, 404}, who
        page = signed_in(who).get(village.get_absolute_url())
        if page.status_code == 200:
            assert "disabled" in page.content.decode(), who
    with pytest.raises(PermissionDenied):
        actions.edit(village, by=cast.actor("hekou"), short_name="x")


def test_editing_writes_history_and_a_stale_save_loses_nothing(cast: Cast, signed_in: SignIn) -> None:
    village = cast.places["shiling"]
    url = reverse("organisation_edit", args=[village.pk])
    sent = {"short_name": "石岭", "party_form": PartyForm.BRANCH, "version": village.seen}
    assert signed_in("office").post(url, sent).status_code == 302
    answer = signed_in("office2").post(url, {**sent, "short_name": "石岭甲"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "石岭甲" in page
    assert "“石岭”" in page
    assert Organisation.objects.get(pk=village.pk).short_name == "石岭"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert signed_in("office2").post(url, {**sent, "short_name": "石岭甲", "version": version[1]}).status_code == 302
    assert Organisation.objects.get(pk=village.pk).short_name == "石岭甲"


def test_a_party_form_must_fit_above_and_below(cast: Cast, signed_in: SignIn) -> None:
    community = cast.places["hekou_community"]
    with change_set("test.estate", by=cast.actor("office")) as changes:
        placing.add(
            changes,
            [Organisation(code="E1", name="一号楼", kind=Kind.ESTATE, party_form=PartyForm.BRANCH, parent=community)],
        )
    url = reverse("organisation_edit", args=[community.pk])
    sent = {"party_form": PartyForm.GROUP, "version": community.seen}
    assert signed_in("office").post(url, sent).status_code == 422
    assert signed_in("office").post(url, {**sent, "party_form": PartyForm.COMMITTEE}).status_code == 302


def test_names_classes_terms_and_relations_are_entered(cast: Cast, signed_in: SignIn) -> None:
    village, client = cast.places["shiling"], signed_in("office")
    assert client.post(reverse("organisation_name_add", args=[village.pk]), {"name": "石岭大队"}).status_code == 302
    name = OrganisationName.objects.get(name="石岭大队")
    assert name.initials == "sldd"
    assert client.post(reverse("organisation_name_add", args=[village.pk]), {"name": "石岭大队"}).status_code == 422
    assert client.post(reverse("organisation_name_remove", args=[name.pk])).status_code == 302
    assert client.get(reverse("organisation_name_remove", args=[name.pk])).status_code == 405
    assert not village.names.exists()
    rated = {"year": 2026, "village_class": VillageClass.SECOND, "stars": "3", "version": 0}
    assert client.post(reverse("organisation_rate", args=[village.pk]), rated).status_code == 302
    assert village.ratings.get().stars == 3
    relation = {"member_text": "柳湾村", "kind": RelationKind.JOINT_BRANCH, "since": "2026-11-01"}
    assert client.post(reverse("relation_add", args=[village.pk]), relation).status_code == 302
    assert client.post(reverse("relation_add", args=[village.pk]), relation).status_code == 422
    row = Relation.objects.get()
    ended = {"until": "2026-10-01", "version": row.seen}
    assert client.post(reverse("relation_end", args=[row.pk]), ended).status_code == 422
    assert client.post(reverse("relation_end", args=[row.pk]), {**ended, "until": "2026-11-18"}).status_code == 302
    assert Relation.objects.get().until == TODAY


def test_a_township_organiser_enters_terms_and_the_end_follows(cast: Cast, signed_in: SignIn) -> None:
    village, client = cast.places["shiling"], signed_in("hekou")
    url = reverse("term_add", args=[village.pk])
    assert client.post(url, {"started_on": "2022-01-10"}).status_code == 302
    assert village.terms.get().ends_on == datetime.date(2027, 1, 9)
    assert client.post(url, {"started_on": "2022-01-10"}).status_code == 422
    assert client.post(url, {"started_on": "2023-01-10", "ends_on": "2023-01-01"}).status_code == 422
    assert client.get(reverse("organisation_rate", args=[village.pk])).status_code == 403
    assert signed_in("jinling").post(url, {"started_on": "2024-01-10"}).status_code == 404
    assert signed_in("hekou_leader").get(url).status_code == 403


def test_the_find_box_offers_options_or_a_page(cast: Cast, signed_in: SignIn) -> None:
    url = reverse("organisation_suggest")
    options = text_of(signed_in("hekou"), url + "?q=slc&part=options")
    assert 'role="option"' in options
    assert "石岭村" in options
    assert "<html" not in options
    page = text_of(signed_in("hekou"), url + "?q=slc")
    assert "<html" in page
    assert cast.places["shiling"].get_absolute_url() in page
    assert "上坊村" not in text_of(signed_in("hekou"), url + "?q=sfc")
    assert signed_in("audit").get(url + "?q=slc").status_code == 403
    assert "石岭村" in text_of(signed_in("sysadmin"), url + "?q=slc&part=options")
    assert "财政局" in text_of(signed_in("hekou"), url + "?q=财政&part=options&reach=departments")
    assert "财政局" not in text_of(signed_in("hekou"), url + "?q=财政&part=options")


def test_a_picked_organisation_is_taken_by_key_code_or_clear_name(cast: Cast) -> None:
    village = cast.places["shiling"]
    field = OrganisationField()
    field.narrow(cast.actor("hekou"))
    for sent in ((str(village.pk), label_of(village)), ("", village.code), ("", "石岭村"), str(village.pk)):
        assert field.clean(sent) == village
    assert field.clean((str(village.pk), "990121100201")) == cast.places["liuwan"]
    for sent in (
        ("", "上坊村"),
        (str(cast.places["shangfang"].pk), "上坊村"),
        str(cast.places["shangfang"].pk),
        ("", "石"),
    ):
        with pytest.raises(Exception, match=r"[“。.]"):
            field.clean(sent)
    html = field.widget.render("place", village.pk, {"id": "id_place"})
    assert html.count("<option") == 0
    assert label_of(village) in html


def sql(statement: str, *values: object) -> int:
    """One number straight from the database."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


def test_totals_equal_independent_sql(cast: Cast) -> None:
    add_villages(cast, 5)
    closed = cast.places["liuwan"]
    Organisation.objects.filter(pk=closed.pk).update(closed_on=TODAY)
    YearRating.objects.create(organisation=cast.places["shiling"], year=2026, village_class="1")
    YearRating.objects.create(organisation=cast.places["hekou_community"], year=2026)
    kinds, forms, classes = totals.tables(cast.actor("office"), None)
    county = cast.places["county"].path
    standing = "FROM orgs_organisation o WHERE substr(o.path, 1, %s) = %s AND o.closed_on IS NULL"
    assert kinds.total.count == sql(f"SELECT COUNT(*) {standing}", len(county), county)
    for table, column in ((kinds, "kind"), (forms, "party_form")):
        for part in table.parts:
            value = part.filters["kind" if column == "kind" else "form"]
            assert part.count == sql(f"SELECT COUNT(*) {standing} AND o.{column} = %s", len(county), county, value)
        assert table.difference == 0
    villages = f"{standing} AND o.kind IN ('village', 'community')"
    assert classes.total.count == sql(f"SELECT COUNT(*) {villages}", len(county), county)
    rated = "SELECT 1 FROM orgs_yearrating r WHERE r.organisation_id = o.id AND r.year = 2026"
    by_label = {part.filters["klass"]: part.count for part in classes.parts}
    assert by_label["1"] == sql(
        f"SELECT COUNT(*) {villages} AND EXISTS ({rated} AND r.village_class = '1')", len(county), county
    )
    missing = sql(f"SELECT COUNT(*) {villages} AND NOT EXISTS ({rated})", len(county), county)
    assert classes.rest.count == missing
    assert by_label["unrated"] == missing + 1
    assert classes.difference == 0
    lines, total, above = totals.by_township(cast.actor("office"))
    assert sum(line.total for line in lines) + above.count == total.count
    for line in lines:
        counted = sql(f"SELECT COUNT(*) {standing} AND o.township_id = %s", len(county), county, line.organisation.pk)
        assert line.total == counted
    assert above.count == sql(f"SELECT COUNT(*) {standing} AND o.township_id IS NULL", len(county), county)


def test_a_township_totals_only_what_is_its_own(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in("hekou"), reverse("organisation_totals")
    assert "金岭镇" not in text_of(client, url)
    assert client.get(f"{url}?below={cast.places['jinling'].pk}").status_code == 404
    assert text_of(signed_in("office"), f"{url}?below={cast.places['hekou'].pk}").count("河口镇")


def test_every_figure_of_the_totals_leads_to_as_many_rows(cast: Cast, signed_in: SignIn) -> None:
    YearRating.objects.create(organisation=cast.places["shiling"], year=2026, village_class="1")
    client, url = signed_in("office"), reverse("organisations")
    for table in totals.tables(cast.actor("office"), None):
        for part in (*table.parts, table.total, table.rest):
            found = client.get(url, {**part.filters, "view": "list"}).context["page"].paginator.count
            assert found == part.count, part


def test_totals_are_exported_as_they_stand(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in("office").get(reverse("organisation_totals_export"))
    book = load_workbook(BytesIO(answer.content))
    assert len(book.worksheets) == 4
    last = [cell.value for cell in list(book.worksheets[3].rows)[-1]]
    assert last[-1] == 11
