"""A change set of each model with an embargo or personal data, for every person: its page shows what its rows show."""

import datetime
import html
import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from dates import clock
from ledgers import sealing
from ledgers.kinds import as_shipped
from ledgers.models import Entry
from orgs.history.change_scope import counts
from orgs.models import Responsibility
from orgs.rules import Duty
from orgs.scope import Scope
from records.changes import Writer, change_set
from records.models import ChangeSet, VersionedModel
from supervision.models import Sample, SampledItem, Talk
from tasks.models import Assignment, Programme, Task, TaskMilestone, TaskUnit, Theme
from tasks.rules.status import Basic, Status, TaskStatus
from tests.access.table import ADMINISTRATORS, COUNTY, EVERYBODY, HEKOU
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.slow

SECRET = "绝不外传的一句话"
OFFICE = "office office2"
PHONE = "13900001234"
Make = Callable[[Cast, Writer], VersionedModel]


def _theme(cast: Cast, changes: Writer) -> Theme:
    name = f"五个基本建设{Programme.objects.count()}"
    programme = changes.create(
        Programme(organisation=cast.places["county"], name=name, first_year=2026, last_year=2026)
    )
    return changes.create(Theme(programme=programme, name="集体经济", basic=Basic.GUARANTEE))


def task(cast: Cast, changes: Writer, title: str = SECRET, **more: object) -> Task:
    """A draft of the county, led by nobody."""
    county, keeper = cast.places["county"], cast.posts["office"]
    theme = _theme(cast, changes)
    return changes.create(Task(theme=theme, title=title, organisation=county, keeper=keeper, due_on=TODAY, **more))


def milestone(cast: Cast, changes: Writer) -> TaskMilestone:
    draft = task(cast, changes, "草稿")
    return changes.create(TaskMilestone(task=draft, position=1, name=SECRET, due_on=TODAY))


def unit(cast: Cast, changes: Writer) -> TaskUnit:
    draft = task(cast, changes, SECRET)
    part = TaskUnit(task=draft, organisation=cast.places["hekou"], part=TaskUnit.Part.ASSIST)
    return changes.create(part)


def talk(cast: Cast, changes: Writer) -> Talk:
    return changes.create(
        Talk(organisation=cast.places["hekou"], person="某人", basis=SECRET, kept_by=cast.posts["office"])
    )


def _entry(cast: Cast, changes: Writer, ledger: str, values: dict[str, object]) -> Entry:
    stored = sealing.seal_all(as_shipped(ledger), values)
    place, at = cast.places["shiling"], clock.now()
    return changes.create(Entry(ledger=ledger, organisation=place, period="2026", key="1", values=stored, saved_at=at))


def cadre_card(cast: Cast, changes: Writer) -> Entry:
    return _entry(cast, changes, "cadre_card", {"cadre_goals": SECRET})


def mobile_member(cast: Cast, changes: Writer) -> Entry:
    return _entry(cast, changes, "mobile_members", {"remark": SECRET, "member_phone": PHONE})


def sampled(cast: Cast, changes: Writer) -> SampledItem:
    issued = task(cast, changes, "任务", status=TaskStatus.ISSUED, issued_at=clock.at_noon(TODAY))
    row = changes.create(
        Assignment.given(on=TODAY, task=issued, organisation=cast.places["hekou"], due_on=TODAY, status=Status.RECEIVED)
    )
    county = cast.places["county"]
    sample = Sample(organisation=county, period="2026-10", seed="1", population=1, size=1, drawn_on=TODAY)
    sample.drawn_by = cast.posts["office"]
    return changes.create(SampledItem(sample=changes.create(sample), assignment=row, found=SECRET))


def duty(cast: Cast, changes: Writer) -> Responsibility:
    return changes.create(
        Responsibility(organisation=cast.places["shiling"], duty=Duty.VILLAGE_CADRE, person_name=SECRET)
    )


IN_THE_TREE = f"{COUNTY} {HEKOU} city"
CASES: dict[str, tuple[Make, str, str, str]] = {  # make; a column to change; who sees it standing; who sees it gone
    "talk": (talk, "basis", f"{OFFICE} leader", f"{OFFICE} leader"),
    "draft": (task, "title", OFFICE, OFFICE),
    "draft's milestone": (milestone, "name", OFFICE, OFFICE),
    "draft's unit": (unit, "part", OFFICE, OFFICE),
    "cadre card": (cadre_card, "source_name", f"{OFFICE} {HEKOU} shiling", f"{OFFICE} {HEKOU} shiling"),
    "mobile member": (mobile_member, "source_name", f"{OFFICE} {HEKOU} shiling", f"{OFFICE} {HEKOU} shiling"),
    "sampled item": (sampled, "found", f"{COUNTY} city", ""),
    "responsibility": (duty, "person_name", f"{IN_THE_TREE} shiling", f"{IN_THE_TREE} shiling"),
}
NAMES = list(CASES)


def two_sets(cast: Cast, make: Make, column: str) -> dict[str, ChangeSet]:
    """The row made and changed by the county office, each in a change set of its own: only the row itself."""
    office = cast.actor("office")
    with change_set("tests.before", by=office) as changes:
        row = make(cast, changes)
        changes.delete(row)
    sets = {}
    with change_set("tests.made", by=office, note=SECRET) as changes:
        row.pk, row._state.adding = None, True
        changes.create(row)
        sets["made"] = changes.record
    with change_set("tests.changed", by=office, note=SECRET) as changes:
        changes.update(row, **{column: TaskUnit.Part.LEAD if column == "part" else f"{SECRET}。"})
        sets["changed"] = changes.record
    return sets


def delete(cast: Cast, made: ChangeSet) -> ChangeSet:
    """Delete the row that a change set made."""
    change = made.changes.get()
    with change_set("tests.gone", by=cast.actor("office"), note=SECRET) as changes:
        changes.delete(apps.get_model(change.kind)._base_manager.get(pk=change.object_id))
        return changes.record


def seen(signed_in: Callable[[str], Client], record: ChangeSet) -> set[str]:
    """Who reaches the change set's page; whoever does not learns nothing, and nobody reads personal data."""
    found = set()
    for who in EVERYBODY.split():
        answer = signed_in(who).get(reverse("change_undo", args=[record.pk]))
        text = html.unescape(answer.content.decode())
        assert answer.status_code in {200, 403 if who in ADMINISTRATORS.split() else 404}, who
        assert PHONE not in text, who
        if answer.status_code == 200:
            found.add(who)
        else:
            assert SECRET not in text, who
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_change_set_is_seen_by_those_who_see_its_row(
    name: str, cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    make, column, standing, left = CASES[name]
    sets = two_sets(cast, make, column)
    assert seen(signed_in, sets["changed"]) == set(standing.split())
    deleted = delete(cast, sets["made"])  # from here on the stored picture is judged, of whatever was done before
    for record in (deleted, sets["changed"]):
        assert seen(signed_in, record) == set(left.split()), record.verb


@pytest.mark.parametrize("name", [name for name in NAMES if name != "responsibility"])
def test_a_mixed_change_set_shows_and_counts_only_what_is_seen(
    name: str, cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    make, _column, standing, _gone = CASES[name]
    note = "" if name == "sampled item" else SECRET  # a reason is kept back with what an embargo keeps back
    with change_set("tests.mixed", by=cast.actor("hekou"), note=note) as changes:
        make(cast, changes)
        changes.create(Responsibility(organisation=cast.places["shiling"], duty=Duty.VILLAGE_CADRE, person_name="王某"))
    record = ChangeSet.objects.get(verb="tests.mixed")
    near = ("shiling",) if name == "sampled item" else ("city", "hekou_leader")  # hekou reads what it wrote unembargoed
    who = next(person for person in (*near, "shiling") if person not in standing.split())
    url = reverse("change_undo", args=[record.pk])
    text = html.unescape(signed_in(who).get(url).content.decode())
    assert "王某" in text
    assert SECRET not in text
    assert f"共改动 {counts([record], cast.actor(who))[record.pk]} 条" in text
    assert counts([record], cast.actor(who))[record.pk] < record.changes.count()
    page = text[text.index("<main") : text.index("</main>")]  # beside it a script has words of its own
    assert not re.search(r"另有|还有", page), "nothing is told of what is hidden"


@pytest.mark.parametrize("name", ["talk", "draft", "draft's milestone", "sampled item"])
def test_nobody_undoes_what_he_does_not_see_all_of(name: str, cast: Cast, signed_in: Callable[[str], Client]) -> None:
    with change_set("tests.mixed", by=cast.actor("hekou")) as changes:
        row = CASES[name][0](cast, changes)
        changes.create(Responsibility(organisation=cast.places["shiling"], duty=Duty.VILLAGE_CADRE, person_name="王某"))
    url = reverse("change_undo", args=[ChangeSet.objects.get(verb="tests.mixed").pk])
    page = signed_in("hekou").get(url)
    assert page.status_code == 200
    assert "disabled" in page.content.decode()
    assert signed_in("hekou").post(url).status_code == 403
    assert type(row)._base_manager.filter(pk=row.pk).exists()
    assert signed_in("office").post(url).status_code in {200, 302}
    assert not type(row)._base_manager.filter(pk=row.pk).exists()


def test_the_undone_page_shows_no_more_than_the_page_before(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    made = two_sets(cast, talk, "basis")["changed"]
    assert signed_in("office").post(reverse("change_undo", args=[made.pk])).status_code == 302
    assert seen(signed_in, ChangeSet.objects.get(undo_of=made)) == set(f"{OFFICE} leader".split())


@pytest.mark.parametrize("name", ["talk", "cadre card"])
def test_the_history_of_the_organisation_and_of_the_row_say_nothing(
    name: str, cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    made = two_sets(cast, CASES[name][0], CASES[name][1])["made"]
    change = made.changes.get()
    for who in ("city", "inspector"):
        for kind, key in ((change.kind, change.object_id), ("orgs.organisation", change.organisation_id)):
            text = signed_in(who).get(reverse("history", args=[kind, key])).content.decode()
            assert SECRET not in html.unescape(text), (who, kind)
        page = signed_in(who).get(reverse("organisation", args=[change.organisation_id])).content.decode()
        assert SECRET not in html.unescape(page), who


def test_every_model_with_an_embargo_is_tried() -> None:
    """A new embargo needs a case above; imports write no history of their own."""
    under = {
        model._meta.label_lower
        for model in apps.get_models()
        if isinstance(scope := getattr(model, "scope", None), Scope) and scope.embargo
    }
    assert under == {"supervision.talk", "tasks.task", "ledgers.entry", "ledgers.importbatch"}


def test_a_name_that_an_embargo_keeps_is_not_told_by_a_row_that_points_to_it(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    office = cast.actor("office")
    with change_set("tests.draft", by=office) as changes:
        draft = task(cast, changes)
    with change_set("tests.copy", by=office) as changes:
        issued = task(
            cast,
            changes,
            "任务",
            status=TaskStatus.ISSUED,
            issued_at=datetime.datetime.combine(TODAY, datetime.time(9), tzinfo=clock.datetime_zone()),
            copied_from=draft,
        )
    url = reverse("history", args=["tasks.task", issued.pk])
    assert SECRET in signed_in("office").get(url).content.decode()
    page = signed_in("city").get(url)
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
