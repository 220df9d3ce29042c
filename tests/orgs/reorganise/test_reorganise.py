"""Reorganisation: everything moves along, nothing is lost, one undo brings every row back."""

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from orgs.history.actions import may_undo, undo_change_set
from orgs.models import Organisation, OrganisationName, Post, Relation, Responsibility, TermOfOffice, YearRating
from orgs.pages import search
from orgs.reorganise import actions as reorganise
from orgs.reorganise.cases import Reorganisation, Verb
from orgs.rules import Duty, Kind, PartyForm, RelationKind
from records.changes import Conflict
from records.models import ChangeSet
from tasks.models import Assignment, Programme, Snapshot, Task, Theme
from tasks.rules.status import Basic, Status, TaskStatus
from tests.cast import TODAY, Cast
from tests.tree import check_tree

SignIn = Callable[[str], Client]
MODELS = (
    Organisation,
    OrganisationName,
    Post,
    Relation,
    Responsibility,
    TermOfOffice,
    YearRating,
    Theme,
    Task,
    Assignment,
    Snapshot,
)


def every_row() -> dict[str, list[dict[str, object]]]:
    """All columns of all rows that a reorganisation may touch."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


def case(cast: Cast, verb: Verb, *keys: str, **values: object) -> Reorganisation:
    """A reorganisation of today with fresh rows."""
    rows = tuple(Organisation.objects.get(pk=cast.places[key].pk) for key in keys)
    return Reorganisation(verb, rows, TODAY, **values)  # type: ignore[arg-type]


def now(cast: Cast, key: str) -> Organisation:
    """The place as it stands in the database."""
    return Organisation.objects.select_related("parent", "township").get(pk=cast.places[key].pk)


def new_village(cast: Cast, code: str = "990121100299", name: str = "新石岭村") -> Organisation:
    """A village that is not stored yet."""
    return Organisation(
        code=code, name=name, kind=Kind.VILLAGE, party_form=PartyForm.BRANCH, parent=cast.places["hekou"]
    )


@pytest.fixture
def theme(cast: Cast) -> Theme:
    """A theme of the county, led by the department of agriculture."""
    programme = Programme.objects.create(
        organisation=cast.places["county"], name="五个基本", first_year=2026, last_year=2028
    )
    return Theme.objects.create(
        programme=programme, name="集体经济", basic=Basic.GUARANTEE, lead=cast.places["agriculture"]
    )


def assign(cast: Cast, theme: Theme, title: str, *keys: str, status: str = Status.IN_PROGRESS) -> Task:
    """An issued task with an assignment for each place."""
    task = Task.objects.create(
        theme=theme, title=title, organisation=cast.places["county"], keeper=cast.posts["office"],
        status=TaskStatus.ISSUED, due_on=TODAY, issued_at=datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC),
    )  # fmt: skip
    dates = {"closed_on": TODAY, "requested_on": TODAY} if status == Status.CLOSED else {}
    for key in keys:
        given = {"task": task, "organisation": cast.places[key], "status": status, **dates}
        Assignment.given(on=TODAY, due_on=TODAY, **given).save()
    return task


def test_merging_a_village_into_another(cast: Cast) -> None:
    before = every_row()
    done = reorganise.carry_out(case(cast, Verb.MERGE, "shiling", target=now(cast, "liuwan")), by=cast.actor("office"))
    source, target = now(cast, "shiling"), now(cast, "liuwan")
    assert (source.closed_on, source.merged_into) == (TODAY, target)
    assert list(target.names.values_list("name", "initials", "until")) == [("石岭村", "slc", TODAY)]
    found = search.find("石岭", Organisation.objects.open_on(TODAY), on=TODAY)
    assert found == [target]
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_merging_two_villages_into_a_new_one(cast: Cast) -> None:
    before = every_row()
    wanted = case(cast, Verb.MERGE, "shiling", "liuwan", target=new_village(cast))
    assert any("新石岭村" in line for line in reorganise.preview(wanted))
    assert every_row() == before
    done = reorganise.carry_out(wanted, by=cast.actor("office"))
    made = Organisation.objects.get(code="990121100299")
    assert made.opened_on == TODAY
    assert made.township == cast.places["hekou"]
    assert set(made.names.values_list("name", flat=True)) == {"石岭村", "柳湾村"}
    check_tree()
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_merging_townships_moves_the_villages_and_keeps_past_snapshots(cast: Cast, theme: Theme) -> None:
    past = TODAY - datetime.timedelta(days=1)
    counts = dict.fromkeys(
        ["total", "closed", "closed_in_time", "requested", "overdue", "near", "percent_sum", "percent_count"], 0
    )
    Snapshot.objects.create(
        day=past, organisation=cast.places["shangfang"], township=cast.places["jinling"], theme=theme, **counts
    )
    before = every_row()
    done = reorganise.carry_out(case(cast, Verb.MERGE, "jinling", target=now(cast, "hekou")), by=cast.actor("office"))
    village = now(cast, "shangfang")
    assert (village.parent, village.township) == (now(cast, "hekou"), now(cast, "hekou"))
    assert Snapshot.objects.get(day=past).township == cast.places["jinling"]
    check_tree()
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_a_merger_ends_responsibility_and_carries_posts_over(cast: Cast) -> None:
    village = cast.places["shiling"]
    Responsibility.objects.create(organisation=village, duty=Duty.FIRST, person_name="王某")
    Responsibility.objects.create(
        organisation=village, duty=Duty.VILLAGE_CADRE, person_name="李某", since=TODAY + datetime.timedelta(days=9)
    )
    Relation.objects.create(
        organisation=cast.places["hongda"],
        member=village,
        kind=RelationKind.JOINT_BRANCH,
        since=datetime.date(2026, 1, 1),
    )
    before = every_row()
    wanted = case(cast, Verb.MERGE, "shiling", target=now(cast, "liuwan"))
    text = "\n".join(reorganise.preview(wanted))
    assert "3" in text
    assert "石岭文书" in text
    done = reorganise.carry_out(wanted, by=cast.actor("office"))
    assert list(Responsibility.objects.values_list("person_name", "until")) == [("王某", TODAY)]
    assert Relation.objects.get().until == TODAY
    posts = cast.people["shiling"].posts.order_by("pk")
    assert [(post.organisation.name, post.until) for post in posts] == [("石岭村", TODAY), ("柳湾村", None)]
    assert may_undo(cast.actor("office"), ChangeSet.objects.get(pk=done.pk))
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_open_assignments_move_to_the_target_unless_it_has_the_task(cast: Cast, theme: Theme) -> None:
    assign(cast, theme, "修缮活动室", "shiling")
    assign(cast, theme, "集体收入", "shiling", "liuwan")
    assign(cast, theme, "发展党员", "shiling", status=Status.CLOSED)
    before = every_row()
    wanted = case(cast, Verb.MERGE, "shiling", target=now(cast, "liuwan"))
    lines = reorganise.preview(wanted)
    assert any("修缮活动室" in line and "柳湾村" in line for line in lines)
    assert any("集体收入" in line and "石岭村" in line for line in lines)
    assert not any("发展党员" in line for line in lines)
    done = reorganise.carry_out(wanted, by=cast.actor("office"))
    places = dict(
        Assignment.objects.filter(organisation__in=[cast.places["shiling"], cast.places["liuwan"]]).values_list(
            "pk", "organisation__name"
        )
    )
    assert sorted(places.values()) == ["柳湾村", "柳湾村", "石岭村", "石岭村"]
    assert Assignment.objects.get(task__title="修缮活动室").organisation.name == "柳湾村"
    assert Assignment.objects.get(task__title="发展党员").organisation.name == "石岭村"
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_two_villages_that_owe_the_same_task_become_one_new_village(cast: Cast, theme: Theme) -> None:
    task = assign(cast, theme, "集体收入", "shiling", "liuwan")
    wanted = case(cast, Verb.MERGE, "shiling", "liuwan", target=new_village(cast))
    lines = reorganise.preview(wanted)
    reorganise.carry_out(wanted, by=cast.actor("office"))
    assert sorted(task.assignments.values_list("organisation__name", flat=True)) == ["新石岭村", "柳湾村"]
    assert sum("集体收入" in line for line in lines) == 2


def test_a_merger_says_how_many_assignments_are_withdrawn_when_not_all_are_named(cast: Cast, theme: Theme) -> None:
    titles = [f"任务{n}" for n in range(12)]
    for title in titles:
        Task.objects.filter(pk=assign(cast, theme, title, "shiling", "liuwan").pk).update(shape="quantity", unit="户")
    wanted = case(cast, Verb.MERGE, "shiling", target=now(cast, "liuwan"))
    assert any("12 条" in line and "作废" in line for line in reorganise.preview(wanted))
    reorganise.carry_out(wanted, by=cast.actor("office"))
    assert Assignment.objects.filter(status=Status.WITHDRAWN).count() == 12


def test_a_merged_department_passes_its_themes_on(cast: Cast, theme: Theme) -> None:
    reorganise.carry_out(case(cast, Verb.MERGE, "agriculture", target=now(cast, "finance")), by=cast.actor("office"))
    theme.refresh_from_db()
    assert theme.lead == cast.places["finance"]


def test_closing_names_what_is_still_open(cast: Cast, theme: Theme) -> None:
    assign(cast, theme, "修缮活动室", "liuwan")
    before = every_row()
    wanted = case(cast, Verb.CLOSE, "liuwan")
    assert any("修缮活动室" in line for line in reorganise.preview(wanted))
    done = reorganise.carry_out(wanted, by=cast.actor("office"))
    assert now(cast, "liuwan").closed_on == TODAY
    assert Assignment.objects.get().organisation == cast.places["liuwan"]
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_closing_is_refused_while_something_open_stands_below(cast: Cast) -> None:
    with pytest.raises(reorganise.Refused) as caught:
        reorganise.carry_out(case(cast, Verb.CLOSE, "jinling"), by=cast.actor("office"))
    assert "上坊村" in str(caught.value)
    assert now(cast, "jinling").closed_on is None


def test_splitting_a_township(cast: Cast) -> None:
    before = every_row()
    made = Organisation(
        code="990121102000",
        name="柳湾镇",
        kind=Kind.TOWNSHIP,
        party_form=PartyForm.COMMITTEE,
        parent=cast.places["county"],
    )
    wanted = case(cast, Verb.SPLIT, "hekou", target=made, children=(now(cast, "liuwan"), now(cast, "hekou_community")))
    done = reorganise.carry_out(wanted, by=cast.actor("office"))
    town = Organisation.objects.get(code="990121102000")
    assert town.township == town
    assert set(town.operated.values_list("name", flat=True)) == {"柳湾镇", "柳湾村", "河口社区"}
    check_tree()
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_moving_a_village_rewrites_its_whole_subtree(cast: Cast) -> None:
    community = now(cast, "hekou_community")
    estate = Organisation(
        code="E1", name="一号小区", kind=Kind.ESTATE, party_form=PartyForm.BRANCH, parent=community,
        path=community.path + "00zzz", depth=4, township=community.township,
    )  # fmt: skip
    estate.save()
    before = every_row()
    done = reorganise.carry_out(
        case(cast, Verb.MOVE, "hekou_community", target=now(cast, "jinling")), by=cast.actor("office")
    )
    estate.refresh_from_db()
    assert estate.township == cast.places["jinling"]
    assert estate.path.startswith(cast.places["jinling"].path)
    check_tree()
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


def test_a_renamed_village_is_found_by_both_names(cast: Cast) -> None:
    before = every_row()
    done = reorganise.carry_out(
        case(cast, Verb.RENAME, "shiling", name="幸福村", short_name="幸福"), by=cast.actor("office")
    )
    village = now(cast, "shiling")
    assert (village.name, village.short_name, village.initials) == ("幸福村", "幸福", "xfc")
    for text in ("幸福", "石岭", "slc", "xfc"):
        assert search.find(text, Organisation.objects.visible_to(cast.actor("office")), on=TODAY) == [village], text
    undo_change_set(done, by=cast.actor("office"))
    assert every_row() == before


@pytest.mark.parametrize(
    ("verb", "keys", "target"),
    [
        (Verb.MOVE, ["hekou"], "shiling"),  # below itself
        (Verb.MOVE, ["shiling"], "hekou"),  # where it stands already
        (Verb.MOVE, ["shiling"], "county"),  # a village below a county
        (Verb.MERGE, ["shiling"], "shiling"),  # with itself
        (Verb.MERGE, ["shiling"], "jinling"),  # a village into a township
        (Verb.MERGE, ["county"], "county"),  # the own county
        (Verb.CLOSE, ["county"], None),
        (Verb.SPLIT, ["shiling"], "nameless"),
        (Verb.RENAME, ["shiling"], None),  # no name
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    cast: Cast, verb: Verb, keys: list[str], target: str | None
) -> None:
    before = every_row()
    there = new_village(cast, code="", name="") if target == "nameless" else now(cast, target) if target else None
    wanted = case(cast, verb, *keys, target=there)
    with pytest.raises(reorganise.Refused) as caught:
        reorganise.carry_out(wanted, by=cast.actor("office"))
    assert caught.value.reasons
    assert every_row() == before


def test_a_closed_organisation_is_left_alone(cast: Cast) -> None:
    reorganise.carry_out(case(cast, Verb.CLOSE, "liuwan"), by=cast.actor("office"))
    for verb, keys, target in ((Verb.RENAME, ["liuwan"], None), (Verb.MERGE, ["shiling"], "liuwan")):
        wanted = case(cast, verb, *keys, name="新名", target=now(cast, target) if target else None)
        with pytest.raises(reorganise.Refused):
            reorganise.carry_out(wanted, by=cast.actor("office"))


def test_a_day_ahead_is_refused(cast: Cast) -> None:
    ahead = TODAY + datetime.timedelta(days=1)
    with pytest.raises(reorganise.Refused):
        reorganise.carry_out(Reorganisation(Verb.CLOSE, (now(cast, "liuwan"),), ahead), by=cast.actor("office"))


@pytest.mark.parametrize("person", ["hekou", "leader", "agri", "city"])
def test_only_the_county_office_reorganises(cast: Cast, person: str) -> None:
    with pytest.raises(PermissionDenied):
        reorganise.carry_out(case(cast, Verb.CLOSE, "liuwan"), by=cast.actor(person))


def test_what_was_changed_since_the_preview_is_not_overwritten(cast: Cast) -> None:
    seen = now(cast, "shiling").version
    wanted = case(cast, Verb.RENAME, "shiling", name="甲村")
    reorganise.carry_out(case(cast, Verb.RENAME, "shiling", name="乙村"), by=cast.actor("office2"))
    with pytest.raises(Conflict):
        reorganise.carry_out(wanted, by=cast.actor("office"), expected=seen)
    assert now(cast, "shiling").name == "乙村"


# Pages


def url(cast: Cast, key: str, verb: str) -> str:
    return f"/organisations/{cast.places[key].pk}/reorganise/{verb}/"


def test_the_office_merges_on_the_page_and_undoes_it(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("office")
    before = every_row()
    chosen = client.get(f"/organisations/{cast.places['shiling'].pk}/reorganise/")
    assert url(cast, "shiling", "merge") in chosen.content.decode()
    form = client.get(url(cast, "shiling", "merge"))
    assert "柳湾村" in form.content.decode()
    sent = {"target_text": "柳湾村", "target": "", "day": "2026-11-18", "version": now(cast, "shiling").seen}
    page = client.get(url(cast, "shiling", "merge"), sent)
    assert page.status_code == 200
    assert any("石岭村" in line for line in page.context["lines"])
    assert every_row() == before
    done = client.post(url(cast, "shiling", "merge"), sent | {"shown": page.context["shown"]})
    assert done.status_code == 302, done.context["reasons"]
    assert now(cast, "shiling").merged_into == cast.places["liuwan"]
    shown = client.get(done.url)
    record = ChangeSet.objects.latest("id")
    assert reverse("change_undo", args=[record.pk]) in shown.content.decode()
    client.post(reverse("change_undo", args=[record.pk]))
    assert every_row() == before


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("merge", {"others": "liuwan", "new_name": "新村", "new_code": "X1"}),
        ("split", {"new_name": "新村", "new_code": "X1"}),
        ("move", {"target_text": "金岭镇"}),
        ("rename", {"name": "幸福村", "short_name": "幸福"}),
        ("close", {}),
    ],
)
def test_every_verb_works_on_its_page(cast: Cast, signed_in: SignIn, verb: str, values: dict[str, str]) -> None:
    client = signed_in("office")
    before = every_row()
    if "others" in values:
        values = {**values, "others": str(cast.places[values["others"]].pk)}
    sent = {"day": "2026-11-18", "note": "撤并文件", "version": now(cast, "shiling").seen, **values}
    page = client.get(url(cast, "shiling", verb), sent)
    assert page.context["lines"], page.context["reasons"]
    hidden = dict(page.context["sent"]) | {"shown": page.context["shown"]}
    done = client.post(url(cast, "shiling", verb), hidden)
    assert done.status_code == 302
    assert client.get(done.url).status_code == 200
    assert every_row() != before
    check_tree()
    client.post(reverse("change_undo", args=[ChangeSet.objects.latest("id").pk]))
    assert every_row() == before


def test_a_reason_is_shown_and_nothing_done(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("office")
    before = every_row()
    sent = {"day": "2026-11-18", "version": now(cast, "jinling").seen}
    for answer in (client.get(url(cast, "jinling", "close"), sent), client.post(url(cast, "jinling", "close"), sent)):
        assert "上坊村" in answer.content.decode()
        assert not answer.context["previewed"]
    assert every_row() == before


def test_a_conflict_on_the_page_shows_the_preview_again(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("office")
    sent = {"day": "2026-11-18", "version": now(cast, "shiling").seen, "name": "甲村"}
    sent["shown"] = client.get(url(cast, "shiling", "rename"), sent).context["shown"]
    reorganise.carry_out(case(cast, Verb.RENAME, "shiling", name="乙村"), by=cast.actor("office2"))
    answer = client.post(url(cast, "shiling", "rename"), sent)
    assert answer.status_code == 409
    assert now(cast, "shiling").name == "乙村"
    assert any("甲村" in line and "乙村" in line for line in answer.context["lines"])
    again = client.post(
        url(cast, "shiling", "rename"), dict(answer.context["sent"]) | {"shown": answer.context["shown"]}
    )
    assert again.status_code == 302
    assert now(cast, "shiling").name == "甲村"


def test_who_may_open_the_pages(cast: Cast, signed_in: SignIn) -> None:
    for person, key, status in (
        ("hekou", "shiling", 403),
        ("hekou", "shangfang", 404),
        ("leader", "shiling", 403),
        ("office", "city", 404),
        ("sysadmin", "shiling", 403),
    ):
        client = signed_in(person)
        for path in (url(cast, key, "close"), f"/organisations/{cast.places[key].pk}/reorganise/"):
            assert client.get(path).status_code == status, (person, key, path)
    assert signed_in("office").get(url(cast, "shiling", "explode")).status_code == 404


def test_a_picker_offers_nothing_outside_the_county(cast: Cast, signed_in: SignIn) -> None:
    sent = {"day": "2026-11-18", "version": now(cast, "hekou").seen, "target_text": "禾岭市"}
    answer = signed_in("office").get(url(cast, "hekou", "move"), sent)
    assert answer.status_code == 422
    assert "target" in answer.context["form"].errors
