"""A programme's years: shipped catalogues, a year copied from the last, and drafts issued together."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from orgs.history.actions import undo_change_set
from orgs.models import Organisation, YearRating
from orgs.rules import Kind
from records import work
from records.models import Change
from tasks import audience
from tasks.audience import Audience, Roll
from tasks.drafting import actions as drafting
from tasks.drafting import issue_actions
from tasks.models import Assignment, Programme, ProgrammeYear, Task, TaskMilestone, TaskUnit
from tasks.programmes import actions as programmes
from tasks.programmes import catalogues
from tasks.programmes import year_actions as actions
from tasks.programmes.catalogue_year import CatalogueYear
from tasks.programmes.catalogues import shipped
from tasks.programmes.year_actions import moved
from tasks.refusals import StepRefused
from tasks.rules import status as rules
from tasks.rules.status import Shape, Status, TaskStatus
from tasks.splits import actions as splits
from tests.tasks.stage import draft, themes


@pytest.fixture
def programme(cast):
    years = {"name": "三年行动", "first_year": 2026, "last_year": 2028}
    return programmes.save_programme(None, by=cast.actor("office"), values=years)


def load(programme, cast, key="five_basics", year=2026):
    return actions.load(programme, shipped()[key], year, by=cast.actor("office"))


# The fixtures


@pytest.mark.parametrize("key", list(shipped()))
def test_every_task_of_a_shipped_catalogue_can_be_issued_as_it_stands(key):
    for part in shipped()[key].parts:
        for item in part.items:
            answers = (item.supervisor, item.owner, item.standard, item.effect, item.due, item.consequence)
            assert rules.missing_answers(rules.SevenAnswers(*answers), item.measures) == [], item.title
            assert item.kinds, item.title
            due = catalogues.on(item.due, 2026)
            assert all(catalogues.on(stage.due, 2026) <= due for stage in item.stages), item.title
            assert (item.shape == Shape.MILESTONES) == bool(item.stages), item.title
            assert (item.shape == Shape.QUANTITY) == bool(item.unit), item.title
            assert item.shape != Shape.QUANTITY or item.kinds == (Kind.TOWNSHIP,), "a county figure goes to townships"
            assert (item.shape == Shape.RECURRING) == bool(item.every), item.title
            for variant in {stage.variant for stage in item.stages}:
                days = [stage.due for stage in item.stages if stage.variant == variant]
                assert days == sorted(days), item.title


def test_the_documents_dates_and_figures_stand_in_the_catalogues():
    items = {item.title: item for one in shipped().values() for part in one.parts for item in part.items}
    venue = items["村级活动场所新建和改扩建"]
    main = {stage.variant: stage.due for stage in venue.stages if stage.code == "main"}
    assert main == {"新建": "06-28", "改扩建": "06-20"}
    repaired, community = items["修缮村级活动场所"], items["建成高标准社区活动室"]
    assert (repaired.target, repaired.due, community.target, community.due) == (19, "10-31", 2, "10-31")


def test_common_tasks_are_for_every_kind_at_the_grass_roots():
    common = [item for one in shipped().values() for part in one.parts for item in part.items if item.is_common]
    assert common
    assert Kind.VILLAGE in common[0].kinds
    assert Kind.TOWNSHIP not in common[0].kinds


# Loading one


def test_a_catalogue_is_taken_as_drafts_with_its_themes_and_milestones_and_only_once(cast, programme):
    taken = load(programme, cast)
    assert (taken.added, taken.stood) == (shipped()["five_basics"].size, 0)
    assert set(Task.objects.values_list("status", "year")) == {(TaskStatus.DRAFT, 2026)}
    assert ProgrammeYear.objects.get().theme == "攻坚推进年"
    built = Task.objects.get(title="村级活动场所新建和改扩建")
    assert built.milestones.filter(variant="新建").count() == 7
    assert built.milestones.get(variant="改扩建", code="main").due_on == datetime.date(2026, 6, 20)
    again = load(programme, cast)
    assert (again.change_set, again.added, again.stood) == (None, 0, taken.added)
    drafting.discard(built, by=cast.actor("office"))
    assert load(programme, cast).added == 1


def test_loading_is_undone_as_one(cast, programme):
    undo_change_set(load(programme, cast).change_set, by=cast.actor("office"))
    assert not Task.objects.exists()
    assert not TaskMilestone.objects.exists()
    assert not programme.themes.exists()


def test_only_the_county_office_takes_a_catalogue_or_copies_a_year(cast, programme):
    for key in ("agri", "hekou", "leader"):
        with pytest.raises(PermissionDenied):
            actions.load(programme, shipped()["five_basics"], 2026, by=cast.actor(key))
        with pytest.raises(PermissionDenied):
            actions.copy_year(programme, 2026, 2027, by=cast.actor(key))


# Copying a year


def test_dates_stay_the_same_calendar_day():
    assert moved(datetime.date(2026, 6, 28), 1) == datetime.date(2027, 6, 28)
    assert moved(datetime.date(2028, 2, 29), 1) == datetime.date(2029, 2, 28)
    assert moved(None, 1) is None


@pytest.fixture
def issued(cast, programme):
    """The catalogue of 2026, issued: what one of its quantity tasks was split into stands as targets."""
    load(programme, cast)
    office = cast.actor("office")
    built = Task.objects.get(title="村级活动场所新建和改扩建")
    units = {"leads": [cast.places["finance"]], "assists": [cast.places["agriculture"]]}
    drafting.save_draft(built, by=office, values={}, **units)
    income = Task.objects.get(title="新增集体经营性收入")
    shares = {cast.places["hekou"].pk: Decimal(400), cast.places["jinling"].pk: Decimal(200)}
    splits.split_task(income, shares, by=office, target=Decimal(600))
    rows = Task.objects.select_related("theme__programme__organisation", "organisation")
    issue_actions.issue_many([row for row in rows if row.title != "社区组织网络健全"], by=office)
    return programme


def same(task):
    """What a copy has in common with what it was copied from."""
    names = [name for name in actions.COPIED if not name.startswith("source")]
    return {name: getattr(task, name) for name in names} | {"audience": task.audience}


def test_a_year_is_copied_in_one_step_with_all_that_hangs_on_it(cast, issued):
    taken = actions.copy_year(issued, 2026, 2027, by=cast.actor("office"))
    copies = Task.objects.filter(year=2027).select_related("copied_from")
    assert taken.added == len(copies) == shipped()["five_basics"].size - 1  # a draft is not copied
    for copy in copies:
        old = copy.copied_from
        assert copy.status == TaskStatus.DRAFT
        assert same(copy) == same(old)
        assert copy.due_on == old.due_on.replace(year=2027)
        stages = [
            [(s.variant, s.position, s.code, s.weight, s.due_on.replace(year=2000)) for s in task.milestones.all()]
            for task in (old, copy)
        ]
        assert stages[0] == stages[1]
    built = copies.get(title="村级活动场所新建和改扩建")
    assert {unit.organisation_id: unit.part for unit in built.units.all()} == {
        cast.places["finance"].pk: "lead",
        cast.places["agriculture"].pk: "assist",
    }
    income = copies.get(title="新增集体经营性收入")
    assert income.shares == {str(cast.places["hekou"].pk): "400.00", str(cast.places["jinling"].pk): "200.00"}


def test_copying_twice_does_not_double_even_after_a_copy_was_renamed(cast, issued):
    office = cast.actor("office")
    first = actions.copy_year(issued, 2026, 2027, by=office)
    copy = Task.objects.filter(year=2027).first()
    drafting.save_draft(copy, by=office, values={"title": "改了名"})
    again = actions.copy_year(issued, 2026, 2027, by=office)
    assert (again.change_set, again.added, again.stood) == (None, 0, first.added)


def test_copying_is_undone_as_one_and_what_was_changed_since_is_kept_and_named(cast, issued):
    office = cast.actor("office")
    taken = actions.copy_year(issued, 2026, 2027, by=office)
    changed = Task.objects.get(title="三会一课和组织生活", year=2027)
    drafting.save_draft(changed, by=office, values={"target": None, "standard": "每月两次"})
    undone = undo_change_set(taken.change_set, by=office)
    assert list(Task.objects.filter(year=2027)) == [changed]
    assert changed.title in dict(undone.kept).values()
    assert not TaskUnit.objects.filter(task__year=2027).exists()


def test_a_year_after_the_last_extends_the_programme_and_one_further_off_is_refused(cast, issued):
    office = cast.actor("office")
    actions.copy_year(issued, 2026, 2029, by=office)
    assert Programme.objects.get(pk=issued.pk).last_year == 2029
    with pytest.raises(StepRefused):
        actions.copy_year(Programme.objects.get(pk=issued.pk), 2026, 2035, by=office)


def test_an_organisation_that_was_merged_is_followed(cast, issued):
    Organisation.objects.filter(pk=cast.places["jinling"].pk).update(
        closed_on=datetime.date(2026, 12, 1), merged_into=cast.places["hekou"]
    )
    named = Audience(picked=(cast.places["hekou"].pk, cast.places["jinling"].pk)).to_json()
    Task.objects.filter(title="新增集体经营性收入", year=2026).update(audience=named)
    actions.copy_year(issued, 2026, 2027, by=cast.actor("office"))
    income = Task.objects.get(title="新增集体经营性收入", year=2027)
    assert income.shares == {str(cast.places["hekou"].pk): "600.00"}
    assert income.audience["picked"] == [cast.places["hekou"].pk]


# Issuing together


def test_drafts_are_issued_together_or_not_at_all_and_undone_as_one(cast, programme):
    load(programme, cast)
    office = cast.actor("office")
    Task.objects.filter(shape=Shape.QUANTITY).update(target=Decimal(600))
    rows = list(Task.objects.select_related("theme__programme__organisation", "organisation"))
    nobody = draft(office, rows[0].theme, title="没有对象", audience=Audience())
    with pytest.raises(StepRefused, match="没有对象"):
        issue_actions.issue_many([*rows, nobody], by=office)
    assert not Assignment.objects.exists()
    rows = list(Task.objects.filter(pk__in=[row.pk for row in rows]).select_related("theme__programme__organisation"))
    ready, seen = rows, []
    record, given = issue_actions.issue_many(ready, by=office, each=lambda done, total: seen.append((done, total)))
    assert given == Assignment.objects.count() > 20
    assert seen[-1] == (len(ready), len(ready))
    assert Change.objects.filter(change_set=record, kind="tasks.assignment").count() == given
    undo_change_set(record, by=office)
    assert not Assignment.objects.exists()
    assert set(Task.objects.values_list("status", flat=True)) == {TaskStatus.DRAFT}
    issue_actions.issue_many(list(Task.objects.filter(pk__in=[row.pk for row in rows])), by=office)
    assert Assignment.objects.count() == given


def test_a_draft_that_lacks_an_answer_is_named_and_nothing_is_issued(cast):
    theme = themes(cast)[0]
    office = cast.actor("office")
    rows = [draft(office, theme), draft(office, theme, title="缺一问", effect="")]
    with pytest.raises(StepRefused, match="缺一问"):
        issue_actions.issue_many(rows, by=office)
    assert not Assignment.objects.exists()


def test_issuing_runs_in_the_background_once(cast, programme):
    load(programme, cast)
    task = Task.objects.get(title="三会一课和组织生活")
    arguments = {"tasks": [task.pk], "programme": programme.pk, "year": 2026}
    row = work.start(issue_actions.WORK, by=cast.actor("office"), subject="下达", arguments=arguments)
    assert work.perform(row.pk)
    assert Assignment.objects.filter(task=task).count() == 5
    again = work.start(issue_actions.WORK, by=cast.actor("office"), subject="下达", arguments=arguments)
    assert not work.perform(again.pk)
    again.refresh_from_db()
    assert "三会一课和组织生活" in again.error


AUDIENCES = [
    Audience(kinds=("village", "community", "county_department")),
    Audience(kinds=("village", "county_department"), classes=("2",)),
    Audience(classes=("unrated",)),
    Audience(),
]


@pytest.mark.parametrize("number", range(len(AUDIENCES)))
@pytest.mark.parametrize("more", ["", "township", "picked"])
def test_the_roll_answers_as_the_audience_does(cast, number, more):
    YearRating.objects.create(organisation=cast.places["shiling"], year=2025, village_class="2")
    chosen = AUDIENCES[number]
    if more == "township":
        chosen = Audience(chosen.kinds, chosen.classes, townships=(cast.places["hekou"].pk,))
    if more == "picked":
        picked, left_out = (cast.places["hongda"].pk,), (cast.places["liuwan"].pk,)
        chosen = Audience(chosen.kinds, chosen.classes, picked=picked, left_out=left_out)
    office = cast.actor("office")
    assert Roll(office).keys(chosen) == [row.pk for row in audience.organisations(chosen, office)]


# The page


def test_the_matrix_counts_what_is_closed_by_kind_and_theme(cast, issued):
    closed = Assignment.objects.filter(task__title="三会一课和组织生活", organisation=cast.places["shiling"])
    closed.update(status=Status.CLOSED, closed_on=datetime.date(2026, 2, 1), requested_on=datetime.date(2026, 2, 1))
    columns, rows = CatalogueYear(issued, 2026, cast.actor("office")).matrix()
    [village] = [cells for kind, _label, cells in rows if kind == Kind.VILLAGE]
    cell = village[[theme.name for theme in columns].index("党内活动")]
    assert (cell.total, cell.closed) == (9, 1)


def test_a_year_of_a_programme_takes_a_constant_number_of_queries(
    cast, issued, signed_in, django_assert_max_num_queries
):
    client = signed_in("office")
    address = f"/programmes/{issued.pk}/?year=2026"
    client.get(address)
    with django_assert_max_num_queries(22):
        page = client.get(address)
    assert page.status_code == 200
    assert "三会一课和组织生活" in page.content.decode()
