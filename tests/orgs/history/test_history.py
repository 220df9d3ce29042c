"""The history in words, and who may undo what."""

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.history import actions as undoing
from orgs.history import reading as history_reading
from orgs.history import verbs
from orgs.models import Organisation, Post, Responsibility
from orgs.responsibility import actions as responsibility
from orgs.rules import Duty, PartyForm
from orgs.tree import actions as tree
from records.changes import change_set
from records.models import ChangeSet
from tests.cast import TODAY, Cast

ORGANISATION = history_reading.ORGANISATION


def last() -> ChangeSet:
    """The newest change set."""
    record = ChangeSet.objects.first()
    assert record is not None
    return record


def cadre(cast: Cast, who: str = "hekou", place: str = "shiling") -> Responsibility:
    """Somebody enters a cadre for a village."""
    return responsibility.add(
        by=cast.actor(who), organisation=cast.places[place], duty=Duty.VILLAGE_CADRE, person_name="王某"
    )


def test_the_history_reads_in_words(cast: Cast) -> None:
    village = cast.places["shiling"]
    tree.edit(village, by=cast.actor("office"), short_name="石岭", party_form=PartyForm.GENERAL_BRANCH)
    step = history_reading.steps_of(ORGANISATION, village.pk, cast.actor("hekou"))[0]
    assert step.label == verbs.label("orgs.edit")
    assert step.who == f"办公室甲（{cast.posts['office']}）"
    changed = {field.name: (field.old, field.new) for field in step.rows[0].fields}
    assert ("", "石岭") in changed.values()
    assert (str(PartyForm.BRANCH.label), str(PartyForm.GENERAL_BRANCH.label)) in changed.values()
    assert len(changed) == 2


def test_what_hangs_on_an_organisation_is_in_its_history_and_keys_are_named(cast: Cast) -> None:
    village = cast.places["shiling"]
    responsibility.add(
        by=cast.actor("office"), organisation=village, duty=Duty.PAIRING_UNIT, department=cast.places["finance"]
    )
    values = [
        field.new
        for row in history_reading.steps_of(ORGANISATION, village.pk, cast.actor("hekou"))[0].rows
        for field in row.fields
    ]
    assert "财政局" in values


def test_a_lead_department_sees_the_register_but_not_the_responsibility_of_others(cast: Cast) -> None:
    village = cast.places["shiling"]
    cadre(cast)
    tree.edit(village, by=cast.actor("office"), short_name="石岭")
    seen = [step.record.verb for step in history_reading.steps_of(ORGANISATION, village.pk, cast.actor("agri"))]
    assert "orgs.edit" in seen
    assert "responsibility.add" not in seen


def test_an_administrator_sees_no_business_change(cast: Cast) -> None:
    cadre(cast)
    steps = history_reading.steps_of(ORGANISATION, cast.places["shiling"].pk, cast.actor("sysadmin"))
    assert "responsibility.add" not in [step.record.verb for step in steps]


def test_queries_do_not_grow_with_the_steps(cast: Cast) -> None:
    village, counts = cast.places["shiling"], []
    for _round in range(2):
        for _n in range(5):
            cadre(cast)
        with CaptureQueriesContext(connection) as queries:
            history_reading.steps_of(ORGANISATION, village.pk, cast.actor("hekou"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_doer_and_the_county_may_undo_and_others_may_not(cast: Cast) -> None:
    cadre(cast)
    record = last()
    for who in ("hekou", "hekou2", "office"):
        assert undoing.may_undo(cast.actor(who), record), who
    for who in ("jinling", "hekou_leader", "leader", "city", "inspector", "shiling", "finance", "sysadmin"):
        verdict = undoing.may_undo(cast.actor(who), record)
        assert not verdict, who
        assert verdict.reason


def test_a_township_cannot_undo_what_the_county_did_to_its_village(cast: Cast) -> None:
    tree.edit(cast.places["shiling"], by=cast.actor("office"), short_name="石岭")
    assert not undoing.may_undo(cast.actor("hekou"), last())


def test_nobody_undoes_what_is_old_done_by_the_system_undone_or_an_appointment(cast: Cast) -> None:
    office = cast.actor("office")
    assert not undoing.may_undo(office, ChangeSet.objects.get(verb="tests.cast"))
    cadre(cast)
    record = last()
    assert undoing.may_undo(cast.actor("office", TODAY + datetime.timedelta(days=30)), record)
    assert not undoing.may_undo(cast.actor("office", TODAY + datetime.timedelta(days=31)), record)
    undoing.undo_change_set(record, by=office)
    assert not undoing.may_undo(office, ChangeSet.objects.get(pk=record.pk))
    with change_set("test.title", by=office) as changes:
        changes.update(Post.objects.get(pk=cast.posts["hekou"].pk), title="组织委员")
    assert not undoing.may_undo(office, last())


def test_undo_asks_again_and_puts_the_row_back(cast: Cast) -> None:
    row = cadre(cast)
    record = last()
    with pytest.raises(PermissionDenied):
        undoing.undo_change_set(record, by=cast.actor("jinling"))
    assert Responsibility.objects.filter(pk=row.pk).exists()
    undoing.undo_change_set(record, by=cast.actor("hekou"))
    assert not Responsibility.objects.filter(pk=row.pk).exists()


def test_the_undo_page_shows_what_comes_back_and_does_it(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    row = cadre(cast)
    url = reverse("change_undo", args=[last().pk])
    client = signed_in("hekou")
    page = client.get(url)
    assert "王某" in page.content.decode()
    answer = client.post(url)
    assert answer.status_code == 302
    assert not Responsibility.objects.filter(pk=row.pk).exists()
    assert client.get(url).status_code == 200
    assert "disabled" in client.get(url).content.decode()
    assert client.post(url).status_code == 403


def test_the_undo_page_names_the_rows_left_alone(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    row = cadre(cast)
    record = last()
    fresh = Responsibility.objects.get(pk=row.pk)
    responsibility.edit(fresh, by=cast.actor("hekou2"), person_name="李某")
    answer = signed_in("hekou").post(reverse("change_undo", args=[record.pk]))
    assert "李某" in answer.content.decode()
    assert Responsibility.objects.get(pk=row.pk).person_name == "李某"


def test_a_change_set_of_another_township_is_not_there(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    cadre(cast)
    url = reverse("change_undo", args=[last().pk])
    assert signed_in("jinling").get(url).status_code == 404
    assert signed_in("jinling").post(url).status_code == 404
    assert signed_in("hekou_leader").get(url).status_code == 200
    assert signed_in("hekou_leader").post(url).status_code == 403
    assert signed_in("audit").get(url).status_code == 403


def test_a_row_of_a_change_set_outside_the_own_organisation_is_only_counted(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    with change_set("test.both", by=cast.actor("office")) as changes:
        for place, name in (("shiling", "甲某"), ("shangfang", "乙某")):
            changes.create(Responsibility(organisation=cast.places[place], duty=Duty.FIRST, person_name=name))
    page = signed_in("hekou").get(reverse("change_undo", args=[last().pk])).content.decode()
    assert "甲某" in page
    assert "乙某" not in page


def test_the_history_page_is_there_for_rows_in_scope_only(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    village, other = cast.places["shiling"], cast.places["shangfang"]
    client = signed_in("hekou")
    assert client.get(reverse("history", args=[ORGANISATION, village.pk])).status_code == 200
    assert client.get(reverse("history", args=[ORGANISATION, other.pk])).status_code == 404
    assert client.get(reverse("history", args=["records.changeset", 1])).status_code == 404
    assert client.get(reverse("history", args=["no.such", 1])).status_code == 404
    assert client.get(reverse("history", args=["nonsense", 1])).status_code == 404
    row = cadre(cast)
    assert client.get(reverse("history", args=["orgs.responsibility", row.pk])).status_code == 200
    assert Organisation.objects.count() == 12


def test_a_lead_department_sees_and_undoes_its_own_doing_everywhere(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    with change_set("test.issue", by=cast.actor("agri")) as changes:
        row = changes.create(Responsibility(organisation=cast.places["shiling"], duty=Duty.FIRST, person_name="甲某"))
    url = reverse("change_undo", args=[last().pk])
    assert signed_in("finance").get(url).status_code == 404
    assert signed_in("hekou").post(url).status_code == 403
    assert signed_in("agri").post(url).status_code == 302
    assert not Responsibility.objects.filter(pk=row.pk).exists()


def test_nobody_reads_accounts_in_a_change_set(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    with change_set("test.account", by=cast.actor("sysadmin")) as changes:
        changes.update(cast.people["hekou"], phone="000-0002")
    assert signed_in("office").get(reverse("change_undo", args=[last().pk])).status_code == 404
