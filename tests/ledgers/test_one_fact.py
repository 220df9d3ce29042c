"""One fact, one table: tasks that name a ledger's figure, terms of office, two-new units in the register."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dates import clock, periods
from ledgers import facts
from ledgers.actions import entries
from ledgers.facts import LedgerStore
from ledgers.kinds import as_shipped
from ledgers.models import Entry, Source
from orgs.models import Organisation, TermOfOffice
from orgs.rules import Kind, PartyForm
from records.changes import change_set
from records.undo import undo
from tasks import stores
from tasks.audience import Audience
from tasks.drafting.actions import issue
from tasks.facts.actions import Fact
from tasks.facts.known import figure_of
from tasks.models import Assignment, Milestone, Programme, Task, Theme
from tasks.programmes import catalogues
from tasks.refusals import StepRefused
from tasks.reporting.actions import report
from tasks.rules.status import Basic, Every, Shape, Status, TaskStatus
from tests.cast import TODAY, Cast
from tests.tasks.stage import ANSWERS, themes

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]


def task(cast: Cast, figure: str, shape: str) -> tuple[Task, Assignment]:
    programme = Programme.objects.create(
        organisation=cast.places["county"], name="五个基本", first_year=2026, last_year=2026
    )
    theme = Theme.objects.create(programme=programme, name="集体经济", basic=Basic.GUARANTEE)
    row = Task.objects.create(
        theme=theme,
        title="收入过五万",
        organisation=cast.places["county"],
        keeper=cast.posts["office"],
        status=TaskStatus.ISSUED,
        issued_at=clock.at_noon(TODAY),
        due_on=TODAY + datetime.timedelta(days=30),
        shape=shape,
        figure=figure,
    )
    target = Decimal(5) if shape == Shape.QUANTITY else None
    place = cast.places["shiling"]
    assignment = Assignment.given(
        task=row, on=TODAY, due_on=row.due_on, organisation=place, status=Status.RECEIVED, target=target
    )
    assignment.save()
    return row, assignment


def test_the_store_is_registered_and_offers_numbers_of_single_rows_only(cast: Cast) -> None:
    keys = {choice.key: choice for choice in stores.choices(cast.actor("office"))}
    assert keys["ledger:collective_economy.total_income"].unit == "万元"
    assert keys["ledger:venue.stages"].shape == Shape.MILESTONES
    assert not [
        key for key in keys if key.startswith(("ledger:new_orgs", "ledger:mobile_members", "ledger:cadre_card"))
    ]


def test_a_figure_saved_in_the_ledger_stands_on_the_task_and_goes_back_with_the_undo(cast: Cast) -> None:
    _task, assignment = task(cast, "ledger:collective_economy.total_income", Shape.QUANTITY)
    actor = cast.actor("hekou")
    row = entries.save_entry(
        as_shipped("collective_economy"), cast.places["shiling"], "2026", {"total_income": "30000"}, by=actor
    )
    assignment.refresh_from_db()
    assert (assignment.value, assignment.percent) == (Decimal(3), 60)
    from records.models import ChangeSet

    undo(ChangeSet.objects.get(pk=row.version), by=actor)
    assignment.refresh_from_db()
    assert assignment.value is None
    assert not Entry.objects.exists()


def test_a_figure_reported_with_the_task_stands_in_the_ledger(cast: Cast) -> None:
    actor = cast.actor("hekou")
    with change_set("tests", by=actor) as changes:
        LedgerStore().write(
            changes,
            "collective_economy.total_income",
            cast.places["shiling"],
            by=actor,
            value=Decimal("3.5"),
            stages={},
        )
    row = Entry.objects.get()
    assert (row.values, row.period, row.source) == ({"total_income": "35000"}, "2026", Source.TASK)
    held = LedgerStore().values("collective_economy.total_income", [row.organisation_id], TODAY)
    assert held == {row.organisation_id: Decimal("3.5")}


def test_what_the_ledger_refuses_is_said_and_nothing_is_written(cast: Cast) -> None:
    actor = cast.actor("jinling")
    with pytest.raises(ValueError, match="石岭村"), change_set("tests", by=actor) as changes:
        LedgerStore().write(
            changes, "collective_economy.total_income", cast.places["shiling"], by=actor, value=Decimal(1), stages={}
        )
    assert not Entry.objects.exists()


def test_building_stages_are_typed_once(cast: Cast) -> None:
    _task, assignment = task(cast, "ledger:venue.stages", Shape.MILESTONES)
    stage = Milestone.objects.create(
        assignment=assignment, code="main", name="主体", position=1, due_on=TODAY, original_due_on=TODAY
    )
    actor = cast.actor("hekou")
    values = {"build_type": "新建", "date_main": "2026-06-20"}
    entries.save_entry(as_shipped("venue"), cast.places["shiling"], "2026", values, by=actor)
    stage.refresh_from_db()
    assert stage.done_on == datetime.date(2026, 6, 20)
    with change_set("tests", by=actor) as changes:
        LedgerStore().write(
            changes,
            "venue.stages",
            cast.places["shiling"],
            by=actor,
            value=None,
            stages={"finish": datetime.date(2026, 10, 30), "unheard": TODAY},
        )
    assert Entry.objects.get().values["date_finish"] == "2026-10-30"
    held = LedgerStore().stages("venue.stages", [cast.places["shiling"].pk], TODAY)
    assert held[cast.places["shiling"].pk]["main"] == datetime.date(2026, 6, 20)


@pytest.mark.parametrize(
    ("day", "reached"),
    [
        ("2099-06-01", None),
        ("2027-01-01", None),
        ("2026-11-19", None),
        ("2026-12", None),
        ("2026-11", TODAY),
        ("2026-11-18", TODAY),
        ("2026-10", datetime.date(2026, 10, 31)),
    ],
)
def test_a_day_ahead_reaches_no_stage(cast: Cast, signed_in: SignedIn, day: str, reached: datetime.date | None) -> None:
    _task, assignment = task(cast, "ledger:venue.stages", Shape.MILESTONES)
    stage = Milestone.objects.create(
        assignment=assignment, code="main", name="主体", position=1, due_on=TODAY, original_due_on=TODAY
    )
    url = reverse("ledger_entry_new", args=["venue"]) + f"?organisation={cast.places['shiling'].pk}&period=2026"
    sent = {"version": "0", "period": "2026", "f_build_type": "新建", "f_date_main": day}
    assert signed_in("hekou").post(url, sent).status_code == 302
    stage.refresh_from_db()
    assignment.refresh_from_db()
    assert (stage.done_on, assignment.percent or 0) == (reached, 100 if reached else 0)


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        ("2021-06-01", "2099-12-31"),
        ("1899-12-31", "2026-12-01"),
        ("2099-01-01", "2099-06-01"),
        ("2026-06-01", "2020-06-01"),
    ],
)
def test_days_that_can_be_no_term_reach_no_register(cast: Cast, began: str, ends: str) -> None:
    with change_set("tests", by=cast.actor("hekou")) as changes:
        row = Entry(
            ledger="terms", organisation=cast.places["shiling"], values={"last_election": began, "election_due": ends}
        )
        facts.tell(changes, as_shipped("terms"), [row], on=TODAY)
    assert not TermOfOffice.objects.exists()


def test_the_ledger_of_terms_writes_the_registers_term(cast: Cast) -> None:
    kind, actor = as_shipped("terms"), cast.actor("hekou")
    values = {"last_election": "2021-12-01", "election_due": "2026-12-01"}
    entries.save_entry(kind, cast.places["shiling"], "", values, by=actor)
    entries.save_entry(kind, cast.places["shiling"], "", {**values, "election_due": "2027-03-01"}, by=actor)
    term = TermOfOffice.objects.get()
    assert (term.started_on, term.ends_on) == (datetime.date(2021, 12, 1), datetime.date(2027, 3, 1))
    entries.save_entry(
        kind, cast.places["liuwan"], "", {"last_election": "2021-12", "election_due": "2026-12"}, by=actor
    )
    assert TermOfOffice.objects.count() == 1  # a month is no day


def unit(cast: Cast, **values: object) -> Entry:
    given = {
        "org_name": "河口宏图食品有限公司",
        "org_type": "非公企业",
        "has_party_org": True,
        "setup_mode": "单独",
        **values,
    }
    return entries.save_entry(as_shipped("new_orgs"), cast.places["hekou"], "", given, by=cast.actor("hekou"))


def test_a_unit_becomes_an_organisation_of_the_register_and_back(cast: Cast, signed_in: SignedIn) -> None:
    row = unit(cast, credit_code="91430421MA0000000X")
    with pytest.raises(PermissionDenied):
        entries.promote(row, as_shipped("new_orgs"), by=cast.actor("hekou"))
    answer = signed_in("office").post(reverse("ledger_entry_promote", args=[row.pk]))
    made = Organisation.objects.get(code="91430421MA0000000X")
    assert answer["Location"] == made.get_absolute_url()
    assert (made.kind, made.party_form, made.parent, made.township) == (
        Kind.NONPUBLIC, PartyForm.BRANCH, cast.places["hekou"], cast.places["hekou"],
    )  # fmt: skip
    row.refresh_from_db()
    assert row.linked == made
    again = signed_in("office").post(reverse("ledger_entry_promote", args=[row.pk]), follow=True)
    assert "已在名录中" in again.content.decode()
    from records.models import ChangeSet

    undo(ChangeSet.objects.get(verb="ledgers.promote"), by=cast.actor("office"))
    assert not Organisation.objects.filter(pk=made.pk).exists()
    row.refresh_from_db()
    assert row.linked is None


def test_a_unit_is_linked_to_the_organisation_it_speaks_of(cast: Cast, signed_in: SignedIn) -> None:
    row = unit(cast)
    url = reverse("ledger_entry_link", args=[row.pk])
    signed_in("hekou").post(url, {"linked": cast.places["hongda"].pk})
    row.refresh_from_db()
    assert row.linked is None  # 河口镇 does not see what belongs to the working committee
    signed_in("office").post(url, {"linked": cast.places["hongda"].pk})
    row.refresh_from_db()
    assert row.linked == cast.places["hongda"]


def test_the_organisations_page_shows_its_ledgers_to_whom_its_rows_are_open(cast: Cast, signed_in: SignedIn) -> None:
    survey = {"has_venue": True, "floor_area": "90"}
    entries.save_entry(as_shipped("venue_survey"), cast.places["shiling"], "", survey, by=cast.actor("hekou"))
    page = signed_in("hekou").get(cast.places["shiling"].get_absolute_url())
    lines = {line.label: line for panel in page.context["panels"] for line in panel.lines}
    assert lines["活动场所现状摸底"].light == "fine"
    assert lines["村级基本情况"].light == "late"
    assert "organisation=" in lines["村级基本情况"].url
    assert not signed_in("agri").get(cast.places["shiling"].get_absolute_url()).context["panels"]


def meetings(cast: Cast, *rows: tuple[str, str]) -> list[Entry]:
    kind, actor = as_shipped("party_meetings"), cast.actor("hekou")
    return [
        entries.save_entry(
            kind, cast.places["shiling"], day[:7], {"meeting_type": sort, "held_on": day, "attended": 12}, by=actor
        )
        for sort, day in rows
    ]


def monthly(cast: Cast, figure: str) -> Task:
    """A draft that comes round every month from October to December, for 石岭村 alone."""
    row, old = task(cast, figure, Shape.RECURRING)
    old.delete()
    shaped = {"starts_on": datetime.date(2026, 10, 1), "due_on": datetime.date(2026, 12, 31)}
    again = {"every": Every.MONTH, "times": 2, "status": TaskStatus.DRAFT, "issued_at": None}
    answers = dict.fromkeys(("supervisor", "owner", "standard", "effect", "consequence", "measures"), "组织部")
    wanted = {"audience": Audience(picked=(cast.places["shiling"].pk,)).to_json()}
    for name, value in {**shaped, **again, **answers, **wanted}.items():
        setattr(row, name, value)
    row.save()
    return row


def counts(assignment: Assignment) -> dict[str, int | None]:
    return dict(assignment.milestones.values_list("period", "count"))


def test_meetings_are_recorded_once_and_counted_in_the_rounds_of_the_task(cast: Cast) -> None:
    first, _class, _members = meetings(
        cast, ("主题党日", "2026-10-12"), ("党课", "2026-10-13"), ("主题党日", "2026-11-02")
    )
    issue(monthly(cast, "ledger:party_meetings.rows.主题党日"), by=cast.actor("office"))
    assignment = Assignment.objects.get()
    assert counts(assignment) == {"2026-10": 1, "2026-11": 1, "2026-12": None}
    meetings(cast, ("主题党日", "2026-10-28"))
    assignment.refresh_from_db()
    assert counts(assignment)["2026-10"] == 2
    assert assignment.percent == 33  # one round of three has its two
    entries.delete(first, as_shipped("party_meetings"), by=cast.actor("hekou"))
    assignment.refresh_from_db()
    assert (counts(assignment)["2026-10"], assignment.percent) == (1, None)  # no round is whole


def test_a_meeting_known_to_the_month_counts_in_that_month_but_in_no_week(cast: Cast) -> None:
    meetings(cast, ("主题党日", "2026-10"))
    place = cast.places["shiling"].pk
    spans = {place: [periods.parse("2026-10"), periods.parse("2026-Q4"), periods.parse("2026-W42")]}
    assert LedgerStore().rounds("party_meetings.rows", spans) == {place: {"2026-10": 1, "2026-Q4": 1}}
    assert LedgerStore().rounds("party_meetings.rows.党课", spans) == {}


def test_a_work_meeting_in_the_place_of_a_meeting_counts_no_more_than_on_the_board(cast: Cast) -> None:
    kind, actor, place = as_shipped("party_meetings"), cast.actor("hekou"), cast.places["shiling"]
    values = {"meeting_type": "主题党日", "held_on": "2026-10-12", "replaced_by_business": True}
    entries.save_entry(kind, place, "2026-10", values, by=actor)
    assert LedgerStore().rounds("party_meetings.rows", {place.pk: [periods.parse("2026-10")]}) == {}


def test_what_is_counted_in_a_ledger_is_not_typed_again_on_the_task(cast: Cast, signed_in: SignedIn) -> None:
    issue(monthly(cast, "ledger:party_meetings.rows.主题党日"), by=cast.actor("office"))
    assignment = Assignment.objects.get()
    stage = assignment.milestones.get(period="2026-11")
    with pytest.raises(StepRefused, match="三会一课"):
        report(assignment, by=cast.actor("shiling"), fact=Fact(stages={stage.pk: 3}))
    page = signed_in("shiling").get(assignment.get_absolute_url()).content.decode()
    there = reverse("ledger_entry_new", args=["party_meetings"])
    assert f"{there}?organisation={cast.places['shiling'].pk}" in page.replace("&amp;", "&")
    assert f'name="report-count-{stage.pk}"' not in page
    asked = {"organisation": cast.places["shiling"].pk, "sort": "主题党日", "period": "2026-11"}
    form = signed_in("shiling").get(there, asked)
    assert form.context["form"]["f_meeting_type"].value() == "主题党日"
    grid = signed_in("hekou").get(reverse("grid")).content.decode()
    assert f'name="c-{assignment.pk}"' not in grid


def test_a_recurring_task_may_name_what_a_ledger_counts(cast: Cast) -> None:
    offered = [choice.key for choice in stores.choices(cast.actor("office")) if choice.shape == Shape.RECURRING]
    assert "ledger:party_meetings.rows" in offered
    assert "ledger:party_meetings.rows.主题党日" in offered
    assert not [key for key in offered if key.startswith("ledger:mobile_members")]


def test_catalogues_name_figures_and_stages_that_ledgers_keep(cast: Cast) -> None:
    offered = {choice.key: choice.shape for choice in stores.choices(cast.actor("office"))}
    items = [item for one in catalogues.shipped().values() for part in one.parts for item in part.items]
    named = [item for item in items if item.figure]
    assert {item.title for item in named} >= {"村级活动场所新建和改扩建", "三会一课和组织生活"}
    for item in named:
        assert offered[item.figure] == item.shape, item.title
        assert {stage.code for stage in item.stages} <= set(facts.REACHED), item.title


@pytest.mark.parametrize(
    ("unit", "refused"), [("元", True), ("亿元", True), ("亩", True), ("万", False), ("万元", False)]
)
def test_a_task_is_counted_in_the_unit_of_the_ledger_that_keeps_it(
    cast: Cast, signed_in: SignedIn, unit: str, refused: bool
) -> None:
    theme = themes(cast)[0]
    figure = "ledger:collective_economy.total_income"
    sent = {"title": "收入过五万", "theme": theme.pk, **ANSWERS, "version": 0, "kinds": ["village"], "action": "issue"}
    sent |= {"shape": Shape.QUANTITY.value, "unit": unit, "target": "5", "figure": figure}
    office = signed_in("office")
    answer = office.post(reverse("task_new"), sent)
    assert ("那里按万元统计" in answer.content.decode()) is refused
    if not refused:
        draft = Task.objects.get(title=sent["title"])
        confirmed = re.search(r'name="confirmed" value="(\w+)"', answer.content.decode())[1]
        office.post(reverse("task_edit", args=[draft.pk]), sent | {"version": draft.seen, "confirmed": confirmed})
    assert Task.objects.filter(status=TaskStatus.ISSUED).exists() is not refused


@pytest.mark.parametrize(
    ("unit", "typed", "kept"), [("元", "186000", "186000"), ("千元", "186", "186000"), ("万", "18.6", "186000")]
)
def test_a_task_in_another_unit_than_its_ledger_is_converted_both_ways(
    cast: Cast, unit: str, typed: str, kept: str
) -> None:
    row, assignment = task(cast, "ledger:collective_economy.total_income", Shape.QUANTITY)
    Task.objects.filter(pk=row.pk).update(unit=unit)
    assignment.refresh_from_db()
    actor = cast.actor("hekou")
    report(assignment, by=cast.actor("shiling"), fact=Fact(value=Decimal(typed)))
    assert Entry.objects.get().values == {"total_income": kept}
    entries.save_entry(
        as_shipped("collective_economy"), cast.places["shiling"], "2026", {"total_income": "30000"}, by=actor,
        expected=Entry.objects.get().version,
    )  # fmt: skip
    assignment = Assignment.objects.get()
    assert assignment.value == Decimal(30000) * Decimal(typed) / Decimal(kept)
    known = figure_of(assignment, actor)
    assert known
    assert not known.differs


@pytest.mark.parametrize("unit", ["亩", "户", "公里"])
def test_a_task_in_a_unit_its_ledger_cannot_be_written_in_is_refused_and_left_alone(cast: Cast, unit: str) -> None:
    row, assignment = task(cast, "ledger:collective_economy.total_income", Shape.QUANTITY)
    Task.objects.filter(pk=row.pk).update(unit=unit)
    Assignment.objects.update(value=7)
    assignment.refresh_from_db()
    with pytest.raises(StepRefused, match="按万元"):
        report(assignment, by=cast.actor("shiling"), fact=Fact(value=Decimal(3)))
    entries.save_entry(
        as_shipped("collective_economy"), cast.places["shiling"], "2026", {"total_income": "30000"},
        by=cast.actor("hekou"),
    )  # fmt: skip
    assert Assignment.objects.get().value == 7
    assert figure_of(Assignment.objects.get(), cast.actor("hekou")) is None
