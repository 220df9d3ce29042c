"""Shapes of tasks: percent follows from facts, whichever order things happen in; drafts hold milestones."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dates.workdays import NATIONAL
from orgs.history.actions import undo_change_set
from records.changes import change_set
from records.models import ChangeSet
from tasks import stores
from tasks.closing import actions as closing
from tasks.drafting import actions as drafting
from tasks.drafting import plan_actions, planning
from tasks.drafting.planning import Planned
from tasks.facts import actions as figures
from tasks.facts.actions import Fact
from tasks.giving import variant_actions
from tasks.models import Assignment, Milestone, Task, TaskMilestone
from tasks.refusals import AnswersMissing, StepRefused
from tasks.reporting import actions
from tasks.rules import percents, typed_facts
from tasks.rules.status import Shape, Status
from tests.cast import TODAY, Cast
from tests.tasks.stage import ANSWERS, DUE, draft, of, themes

DAY = datetime.timedelta(days=1)
VENUE = [
    Planned("选址", "新建", "site", 20, due_on=TODAY - 10 * DAY),
    Planned("主体", "新建", "main", 50, due_on=TODAY + 2 * DAY),
    Planned("验收", "新建", "accepted", 30, due_on=DUE),
    Planned("主体", "改扩建", "main", 60, due_on=TODAY + DAY),
    Planned("验收", "改扩建", "accepted", 40, due_on=DUE),
]
OF_SHAPE: dict[str, dict[str, Any]] = {
    Shape.SINGLE: {},
    Shape.STANDING: {},
    Shape.MILESTONES: {"variant": "新建"},
    Shape.QUANTITY: {"unit": "万元", "target": Decimal(60)},
    Shape.RECURRING: {"every": "month", "starts_on": datetime.date(2026, 9, 1)},
}


def given_out(cast: Cast, shape: str, **values: Any) -> Task:
    """A task of a shape, given to the three villages; each owes 20 万元 of a quantity."""
    theme = themes(cast)[0]
    task = draft(cast.actor("office"), theme, shape=shape, **{**OF_SHAPE[shape], **values})
    if shape == Shape.MILESTONES:
        with change_set("tasks.draft", by=cast.actor("office")) as changes:
            plan_actions.put(changes, task, VENUE)
    drafting.issue(Task.objects.get(pk=task.pk), by=cast.actor("office"))
    if shape == Shape.QUANTITY:
        task.assignments.update(target=Decimal(20))
    return task


def fresh(row: Assignment) -> Assignment:
    return Assignment.objects.select_related("task", "organisation", "requested_by").get(pk=row.pk)


def stage(row: Assignment, name: str) -> Milestone:
    return row.milestones.get(name=name)


def said_by_facts(row: Assignment) -> int | None:
    """The percent by independent reckoning."""
    if row.status == Status.CLOSED:
        return 100
    last = row.entries.filter(percent__isnull=False).order_by("-at", "-id").first()
    if row.task.shape == Shape.QUANTITY:
        return None if row.value is None else min(100, int(row.value * 100 // (row.target or 1)))
    if row.task.shape in {Shape.MILESTONES, Shape.RECURRING}:
        stages = list(row.milestones.all())
        done = sum(s.weight for s in stages if s.done_on or (s.count or 0) >= s.wanted)
        whole = sum(s.weight for s in stages)
        return 100 * done // whole if done or last else None
    return last.percent if last else None


def test_milestones_ticked_make_the_percent_and_stand_in_the_timeline_in_words(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    row = of(given_out(cast, Shape.MILESTONES), cast.places["shiling"])
    main = stage(row, "主体")
    sent = {
        "report-version": row.seen,
        f"report-seen-{main.pk}": "",
        f"report-done-{main.pk}": "on",
        f"report-on-{main.pk}": "2026-11-16",
    }
    client = signed_in("shiling")
    assert client.post(reverse("assignment_report", args=[row.pk]), sent).status_code == 302
    assert fresh(row).percent == 50
    page = client.get(row.get_absolute_url()).content.decode()
    assert "主体完成 2026-11-16" in page
    assert "1/3" in page


def test_a_day_ahead_is_refused_and_what_was_typed_stays(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    row = of(given_out(cast, Shape.MILESTONES), cast.places["shiling"])
    main = stage(row, "主体")
    sent = {f"report-seen-{main.pk}": "", f"report-done-{main.pk}": "on", f"report-on-{main.pk}": "2026-11-25"}
    response = signed_in("shiling").post(
        reverse("assignment_report", args=[row.pk]), {"report-version": row.seen, **sent}
    )
    assert response.status_code == 422
    assert "2026-11-25" in response.content.decode()
    assert fresh(row).percent is None


def test_only_what_the_person_changed_is_written(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    """The other's tick made meanwhile is seen as done, and not taken back by a form that had not seen it."""
    row = of(given_out(cast, Shape.MILESTONES), cast.places["shiling"])
    site, main = stage(row, "选址"), stage(row, "主体")
    actions.report(fresh(row), by=cast.actor("hekou"), fact=Fact(stages={site.pk: TODAY}), learned="phone")
    sent = {
        "report-version": row.seen,
        f"report-seen-{site.pk}": "",
        f"report-seen-{main.pk}": "",
        f"report-done-{main.pk}": "on",
        f"report-on-{main.pk}": TODAY.isoformat(),
    }
    client = signed_in("shiling")
    conflict = client.post(reverse("assignment_report", args=[row.pk]), sent)
    assert conflict.status_code == 409
    assert "主体完成 2026-11-18" in conflict.content.decode()
    client.post(reverse("assignment_report", args=[row.pk]), {**sent, "report-version": fresh(row).seen})
    assert fresh(row).percent == 70


@pytest.mark.parametrize(
    ("typed", "value"),
    [("18.6", "18.60"), ("1.2万", "1.20"), ("１８．６", "18.60"), ("120000元", "12.00"), ("1,200", "1200.00")],
)
def test_a_figure_is_read_as_people_type_it(cast: Cast, signed_in, typed: str, value: str) -> None:  # type: ignore[no-untyped-def]
    row = of(given_out(cast, Shape.QUANTITY), cast.places["shiling"])
    sent = {"report-version": row.seen, "report-value": typed}
    assert signed_in("shiling").post(reverse("assignment_report", args=[row.pk]), sent).status_code == 302
    assert fresh(row).value == Decimal(value)


def test_a_figure_left_blank_is_not_reported_and_a_range_is_asked_about(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    row = of(given_out(cast, Shape.QUANTITY), cast.places["shiling"])
    client, there = signed_in("shiling"), reverse("assignment_report", args=[row.pk])
    refused = client.post(there, {"report-version": row.seen, "report-value": "10-20"})
    assert refused.status_code == 422
    assert 'value="10-20"' in refused.content.decode()
    client.post(there, {"report-version": row.seen, "report-text": "还没有", "report-value": ""})
    assert (fresh(row).value, fresh(row).percent) == (None, None)
    client.post(there, {"report-version": fresh(row).seen, "report-value": "0"})
    assert (fresh(row).value, fresh(row).percent) == (Decimal(0), 0)
    client.post(there, {"report-version": fresh(row).seen, "report-value": "15"})
    assert "0 → 15 万元" in client.get(row.get_absolute_url()).content.decode()


def test_units_that_nobody_knows_are_read_too() -> None:
    assert typed_facts.figure("5面", "面") == 5
    assert typed_facts.figure("12,000", "人") == 12000
    assert typed_facts.figure("1.2万", "人") == 12000
    assert typed_facts.figure("无", "人") is None
    assert typed_facts.percent("60%") == 60
    for wrong in ("很多", "3万2", "60-70"):
        with pytest.raises(typed_facts.NotRead, match=r"\w"):
            typed_facts.figure(wrong, "人")
    with pytest.raises(typed_facts.NotRead):
        typed_facts.percent("120")


def test_rounds_are_counted_and_those_to_come_are_not_asked(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    row = of(given_out(cast, Shape.RECURRING, times=2), cast.places["shiling"])
    rounds = list(row.milestones.all())
    assert [one.period for one in rounds] == ["2026-09", "2026-10", "2026-11"]
    sent = {"report-version": row.seen, f"report-seen-{rounds[2].pk}": "", f"report-count-{rounds[2].pk}": "2次"}
    signed_in("shiling").post(reverse("assignment_report", args=[row.pk]), sent)
    assert (fresh(row).percent, fresh(row).milestones.get(pk=rounds[2].pk).count) == (33, 2)


def test_a_percent_is_not_typed_where_a_fact_can_be(cast: Cast) -> None:
    row = of(given_out(cast, Shape.MILESTONES), cast.places["shiling"])
    with pytest.raises(StepRefused):
        actions.report(row, by=cast.actor("shiling"), percent=50)


def test_the_township_says_which_kind_of_work_and_what_was_done_stays(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    row = of(given_out(cast, Shape.MILESTONES, variant=""), cast.places["shiling"])
    assert list(row.milestones.all()) == []
    client = signed_in("hekou")
    page = client.get(row.get_absolute_url())
    assert page.context["asked"] == "variant"
    there = reverse("assignment_variant", args=[row.pk])
    assert client.post(there, {"variant-version": row.seen, "variant-variant": "新建"}).status_code == 302
    actions.report(fresh(row), by=cast.actor("shiling"), fact=Fact(stages={stage(row, "主体").pk: TODAY}))
    variant_actions.choose(fresh(row), by=cast.actor("hekou"), variant="改扩建")
    assert [(one.name, one.done_on) for one in row.milestones.all()] == [("主体", TODAY), ("验收", None)]
    assert (fresh(row).variant, fresh(row).percent) == ("改扩建", 60)
    with pytest.raises(StepRefused):
        variant_actions.choose(fresh(row), by=cast.actor("hekou"), variant="重建")


class _Ledger:
    """A figure store that keeps values in a dictionary."""

    def __init__(self) -> None:
        self.held: dict[int, Decimal] = {}

    def choices(self, actor: object) -> list[stores.Choice]:
        return [stores.Choice("book:income", "台账·集体经济收入", "万元")]

    def values(self, name: str, organisations: Any, on: object, unit: str = "") -> dict[int, Decimal]:
        return {key: self.held[key] for key in organisations if key in self.held}

    def stages(self, name: str, organisations: Any, on: object) -> dict[int, Any]:
        return {}

    def write(
        self, changes: Any, name: str, organisation: Any, *, by: Any, value: Any, stages: Any, unit: str = ""
    ) -> None:
        if value is not None and value < 0:
            raise ValueError("台账不收负数。")
        self.held[organisation.pk] = value


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> _Ledger:
    monkeypatch.setattr(stores, "_stores", {})
    held = _Ledger()
    stores.register("book", held)
    return held


def test_what_a_ledger_holds_is_filled_in_and_what_is_reported_is_written_there(  # type: ignore[no-untyped-def]
    cast: Cast, signed_in, ledger: _Ledger
) -> None:
    row = of(given_out(cast, Shape.QUANTITY, figure="book:income"), cast.places["shiling"])
    ledger.held[row.organisation_id] = Decimal("18.6")
    client = signed_in("shiling")
    page = client.get(row.get_absolute_url()).content.decode()
    assert 'value="18.6"' in page
    assert "台账·集体经济收入" in page
    there = reverse("assignment_report", args=[row.pk])
    client.post(there, {"report-version": row.seen, "report-value": "20"})
    assert (ledger.held[row.organisation_id], fresh(row).percent) == (Decimal(20), 100)
    refused = client.post(there, {"report-version": fresh(row).seen, "report-value": "-3"})
    assert "台账不收负数" in refused.content.decode()
    with change_set("ledgers.enter", by=cast.actor("hekou")) as changes:
        figures.take_in(changes, "book:income", {row.organisation_id: Decimal(10)})
    assert (fresh(row).value, fresh(row).percent) == (Decimal(10), 50)


# Any sequence leaves the percent that the facts say


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report", "report", "words", "request", "close", "back", "reopen", "undo", "undo_older"]),
        st.integers(0, 100),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=10,
)


def _take(cast: Cast, row: Assignment, step: str, number: int, which: int, done: list[int]) -> None:
    village, office = cast.actor("shiling"), cast.actor("office")
    if step in {"undo", "undo_older"}:
        waiting = [key for key in done if not ChangeSet.objects.filter(undo_of=key).exists()]
        if waiting:
            undo_change_set(ChangeSet.objects.get(pk=waiting[-1 if step == "undo" else 0]), by=office)
        return
    shape, stages = row.task.shape, list(row.milestones.all())
    facts: dict[str, Any] = {"percent": number}
    if shape == Shape.QUANTITY:
        facts = {"fact": Fact(value=Decimal(number) / 4)}
    elif stages:
        chosen = stages[which % len(stages)]
        reached = (number % 3) if shape == Shape.RECURRING else (TODAY if number % 4 else None)
        facts = {"fact": Fact(stages={chosen.pk: reached})}
    taking = {
        "report": lambda: actions.report(row, by=village, **facts),
        "words": lambda: actions.report(row, by=village, text="在办"),
        "request": lambda: closing.request_close(row, by=village, result="已办"),
        "close": lambda: closing.close(row, by=office),
        "back": lambda: closing.send_back(row, by=office, reason="缺"),
        "reopen": lambda: closing.reopen(row, by=office, reason="复查"),
    }
    before = ChangeSet.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        taking[step]()
    except StepRefused:
        return
    done += list(ChangeSet.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.parametrize("shape", Shape.values)
@pytest.mark.django_db
def test_whatever_happens_the_percent_is_what_the_facts_say(cast: Cast, shape: str) -> None:
    task = given_out(cast, shape)
    base = of(task, cast.places["shiling"])
    from django.db import transaction

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(STEPS)
    def holds(steps: list[tuple[str, int, int]]) -> None:
        point = transaction.savepoint()
        done: list[int] = []
        for step, number, which in steps:
            _take(cast, fresh(base), step, number, which, done)
            row = fresh(base)
            assert row.percent == said_by_facts(row), (steps, step)
            if row.status != Status.CLOSED:
                assert row.behind_from == figures.standing(row)["behind_from"]
        transaction.savepoint_rollback(point)

    holds()


# Planning


def test_milestones_are_planned_backwards_in_calendar_or_working_days() -> None:
    end = datetime.date(2026, 10, 12)  # the Monday after 国庆; the 10th is a make-up working day
    assert planning.days_before(end, 5) == datetime.date(2026, 10, 7)
    assert planning.days_before(end, 1, NATIONAL) == datetime.date(2026, 10, 10)
    assert planning.days_before(end, 3, NATIONAL) == datetime.date(2026, 10, 8)
    sunday = datetime.date(2026, 11, 15)
    assert planning.days_before(sunday, 0) == sunday
    assert planning.days_before(sunday, 0, NATIONAL) == datetime.date(2026, 11, 13)
    plan = planning.backwards([Planned("主体", before=5), Planned("定死", due_on=TODAY)], end)
    assert [step.due_on for step in plan] == [datetime.date(2026, 10, 7), TODAY]


def test_the_shipped_venue_set_has_its_codes_and_whole_weights() -> None:
    (venue,) = [one for one in planning.patterns() if one.key == "venue"]
    for kind in ("新建", "改扩建"):
        steps = [step for step in venue.steps if step.variant == kind]
        assert [step.code for step in steps] == ["site", "foundation", "main", "plaster", "fitout", "green", "accepted"]
        assert sum(step.weight for step in steps) == 100
    new, rebuilt = planning.backwards(venue.steps, datetime.date(2026, 8, 31)), venue.steps
    due = {(step.variant, step.code): step.due_on for step in new}
    assert (due["新建", "main"], due["改扩建", "main"]) == (datetime.date(2026, 6, 28), datetime.date(2026, 6, 20))
    assert rebuilt


BASE = {**ANSWERS, "version": 0, "title": "活动场所", "due_on": DUE.isoformat(), "kinds": ["village"]}


def post(client: Any, where: str, **values: Any) -> Any:
    return client.post(where, {**BASE, **values})


def test_one_click_shows_the_fields_of_the_shape_alone(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    themes(cast)
    client = signed_in("office")
    marks = {"quantity": 'name="unit"', "recurring": 'name="every"', "milestones": 'name="ms-total"'}
    for shape in (*marks, "single", "standing"):
        shown = post(client, reverse("task_new"), action=f"shape:{shape}").content.decode()
        assert [mark in shown for mark in marks.values()] == [name == shape for name in marks]
    fragment = client.post(
        reverse("task_new"),
        {**BASE, "action": "shape:quantity"},
        headers={"HX-Request": "true", "HX-Target": "shape"},
    ).content.decode()
    assert 'id="shape"' in fragment
    assert "<html" not in fragment
    assert Task.objects.count() == 0


def test_milestones_are_added_moved_planned_kept_and_issued(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    theme = themes(cast)[0]
    client = signed_in("office")
    rows = {"shape": "milestones", "theme": theme.pk}
    shown = post(client, reverse("task_new"), action="ms_pattern:venue", **rows).context["stages"]
    assert len(shown.rows) == 14
    typed = {f"ms-{n}-{name}": value for n, row in enumerate(shown.rows[:3]) for name, value in row.items()}
    typed = {**rows, **typed, "ms-total": 3}
    moved = post(client, reverse("task_new"), action="ms_up:2", **typed).context["stages"]
    assert [row["code"] for row in moved.rows] == ["site", "main", "foundation"]
    fewer = post(client, reverse("task_new"), action="ms_remove:0", **typed).context["stages"]
    assert [row["code"] for row in fewer.rows] == ["foundation", "main"]
    more = post(client, reverse("task_new"), action="ms_add", **typed).context["stages"]
    assert len(more.rows) == 4
    dated = post(client, reverse("task_new"), action="ms_plan:workdays", **{**typed, "ms-0-before": "1"}).context
    assert dated["stages"].rows[0]["due_on"] == "2026-11-27"
    kept = post(client, reverse("task_new"), action="save", **typed)
    assert kept.status_code == 302
    task = Task.objects.get()
    assert list(task.milestones.values_list("position", "code")) == [(0, "site"), (1, "foundation"), (2, "main")]
    confirmed = client.get(kept["Location"]).context["confirmed"]
    again = post(client, kept["Location"], action="issue", version=task.seen, confirmed=confirmed, **typed)
    assert again.status_code == 302
    assert task.assignments.count() == 3


def test_a_milestone_outside_the_task_is_named_and_nothing_is_lost(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    theme = themes(cast)[0]
    late = {"ms-total": 1, "ms-0-name": "主体", "ms-0-due_on": (DUE + DAY).isoformat(), "ms-0-deliverable": "照片集"}
    response = post(signed_in("office"), reverse("task_new"), action="save", shape="milestones", theme=theme.pk, **late)
    page = response.content.decode()
    assert response.status_code == 422
    assert "照片集" in page
    assert response.context["form"].errors == {}
    assert "晚于任务完成时限" in page
    assert Task.objects.count() == 0


@pytest.mark.parametrize(
    ("shape", "names"),
    [("milestones", ["stages"]), ("quantity", ["unit", "target"]), ("recurring", ["every"]), ("standing", [])],
)
def test_a_task_without_what_its_shape_asks_for_is_not_issued(cast: Cast, shape: str, names: list[str]) -> None:
    task = draft(cast.actor("office"), themes(cast)[0], shape=shape)
    if names:
        with pytest.raises(AnswersMissing) as refused:
            drafting.issue(task, by=cast.actor("office"))
        assert refused.value.names == names
    else:
        drafting.issue(task, by=cast.actor("office"))


def test_a_draft_that_changes_its_shape_loses_its_milestones(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    task = draft(cast.actor("office"), themes(cast)[0], shape="milestones")
    with change_set("tasks.draft", by=cast.actor("office")) as changes:
        plan_actions.put(changes, task, VENUE)
    there = reverse("task_edit", args=[task.pk])
    version = Task.objects.get(pk=task.pk).seen
    sent = {"theme": task.theme_id, "shape": "quantity", "unit": "万元", "target": "1.2万", "version": version}
    assert post(signed_in("office"), there, action="save", **sent).status_code == 302
    assert not TaskMilestone.objects.exists()
    assert Task.objects.get(pk=task.pk).target == Decimal("1.2")


def test_the_tasks_page_counts_by_milestone_and_leads_to_those_not_done(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    task = given_out(cast, Shape.MILESTONES)
    row = of(task, cast.places["shiling"])
    actions.report(row, by=cast.actor("shiling"), fact=Fact(stages={stage(row, "主体").pk: TODAY}))
    client = signed_in("office")
    (group,) = client.get(task.get_absolute_url()).context["stage_groups"]
    assert [(one.name, one.done, one.total) for one in group.stages] == [("选址", 0, 3), ("主体", 1, 3), ("验收", 0, 3)]
    page = client.get(f"{task.get_absolute_url()}?stage=主体").context["page"]
    assert {shown.organisation.name for shown in page} == {"柳湾村", "上坊村"}
    assert {
        shown.organisation.name for shown in client.get(f"{reverse('rows')}?task={task.pk}&stage=主体").context["page"]
    } == {
        "柳湾村",
        "上坊村",
    }


def test_the_tasks_page_sums_up_a_quantity(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    task = given_out(cast, Shape.QUANTITY)
    for place, value in (("shiling", "12.5"), ("liuwan", "2.5")):
        by = cast.actor("shiling" if place == "shiling" else "hekou")
        actions.report(of(task, cast.places[place]), by=by, fact=Fact(value=Decimal(value)), learned="phone")
    shown = signed_in("office").get(task.get_absolute_url()).context["quantity"]
    assert (shown.value, shown.target, shown.percent) == ("15 万元", "60 万元", 25)
    assert (shown.reported, shown.total) == (2, 3)


def test_the_percent_of_stages_and_values_by_hand() -> None:
    assert percents.percent_of_value(Decimal("18.6"), Decimal(20)) == 93
    assert percents.percent_of_value(None, Decimal(20)) is None


def test_a_bare_figure_a_hundred_times_off_is_asked_about_and_taken_once_it_is_said_to_be_right(
    cast: Cast, signed_in
) -> None:  # type: ignore[no-untyped-def]
    row = of(given_out(cast, Shape.QUANTITY), cast.places["shiling"])
    client, there = signed_in("shiling"), reverse("assignment_report", args=[row.pk])
    client.post(there, {"report-version": row.seen, "report-value": "18.6"})
    sent = {"report-version": fresh(row).seen, "report-value": "186000"}
    asked = client.post(there, sent)
    assert asked.status_code == 422
    assert "没有错" in asked.content.decode()
    assert fresh(row).value == Decimal("18.6")
    assert client.post(there, {**sent, "report-value": "190000", "report-sure": "186000"}).status_code == 422
    assert client.post(there, {**sent, "report-value": "186000元"}).status_code == 302
    sent["report-version"] = fresh(row).seen
    assert client.post(there, {**sent, "report-sure": "186000"}).status_code == 302
    assert fresh(row).value == Decimal(186000)
