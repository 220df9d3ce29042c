"""My week: overdue and sent back first, only the own organisations, from the registry of duties."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from dates import clock
from orgs import duties
from orgs.models import Organisation, Responsibility
from orgs.rules import Duty, Role
from records.changes import change_set
from tasks.duties.source import InstructionDuties
from tasks.models import Assignment, Entry, Objection, Programme, Task, Theme
from tasks.rules.status import Basic, EntryKind, Status, TaskStatus
from tasks.villages.duty import ObjectionDuties
from tests.cast import TODAY, Cast

DAY = datetime.timedelta(days=1)
SUNDAY = TODAY + 4 * DAY


class Thread:
    """Gives tasks to organisations of the cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        with change_set("tests.thread", by=cast.actor("office")) as changes:
            programme = changes.create(
                Programme(organisation=cast.places["county"], name="五个基本建设", first_year=2026, last_year=2026)
            )
            self.theme = changes.create(
                Theme(programme=programme, name="集体经济", basic=Basic.GUARANTEE, lead=cast.places["agriculture"])
            )

    def give(self, title: str, *places: str, due: datetime.date = TODAY, **values: object) -> list[Assignment]:
        with change_set("tests.give", by=self.cast.actor("office")) as changes:
            task = changes.create(
                Task(
                    theme=self.theme,
                    title=title,
                    status=TaskStatus.ISSUED,
                    organisation=self.cast.places["county"],
                    keeper=self.cast.posts["office"],
                    due_on=due,
                    issued_at=clock.at_noon(TODAY - 30 * DAY),
                )
            )
            rows = [
                Assignment.given(
                    **{
                        "on": TODAY,
                        "task": task,
                        "organisation": self.cast.places[p],
                        "due_on": due,
                        "status": Status.RECEIVED,
                    }
                    | values
                )
                for p in places
            ]
            return changes.create_all(rows)

    def instruct(self, row: Assignment, text: str, due: datetime.date) -> Entry:
        return Entry.objects.create(
            assignment=row,
            kind=EntryKind.INSTRUCTION,
            text=text,
            user=self.cast.people["leader"],
            post=self.cast.posts["leader"],
            at=clock.at_noon(TODAY),
            reply_due_on=due,
        )


@pytest.fixture
def thread(cast: Cast) -> Thread:
    return Thread(cast)


def sections(client: Client, **query: str) -> dict[str, list[str]]:
    shown = client.get(reverse("week"), query).context["sections"]
    return {
        name: [line.title for line in getattr(shown, name)] for name in ("first", "due", "behind", "after", "waiting")
    }


def test_overdue_and_sent_back_come_first_and_the_rest_by_date(thread: Thread, signed_in) -> None:  # type: ignore[no-untyped-def]
    thread.give("逾期的", "shiling", due=TODAY - DAY)
    thread.give("退回的", "liuwan", due=TODAY + 20 * DAY, status=Status.RETURNED, return_reason="应到人数与名册不符")
    thread.give("本周到期", "shiling", "liuwan", due=SUNDAY)
    thread.give("下周到期", "shiling", due=SUNDAY + DAY)
    thread.give("半年以后", "shiling", due=TODAY + 180 * DAY)
    thread.give("已申请", "shiling", due=TODAY - DAY, status=Status.REQUESTED, requested_on=TODAY - 2 * DAY)
    thread.give("别的镇", "shangfang", due=TODAY - DAY)
    assert sections(signed_in("hekou")) == {
        "first": ["逾期的", "退回的"],
        "due": ["待核验的销号申请", "本周到期"],
        "behind": [],
        "after": ["下周到期"],
        "waiting": ["已申请"],
    }


def test_a_line_sums_up_its_organisations(thread: Thread, cast: Cast) -> None:
    rows = thread.give("改扩建", "shiling", "liuwan", "hekou_community", due=TODAY + DAY)
    Assignment.objects.filter(pk=rows[0].pk).update(percent=40, said="绿化未完")
    Assignment.objects.filter(pk=rows[1].pk).update(percent=71)
    (line,) = duties.lines(cast.actor("hekou"), SUNDAY)
    assert (line.organisations, line.percent, line.light, line.urgent) == (3, 55, "soon", False)
    assert "石岭村 绿化未完" in line.note
    assert f"task={rows[0].task_id}" in line.url


def test_one_organisation_leads_straight_to_its_assignment(thread: Thread, cast: Cast) -> None:
    (row,) = thread.give("改扩建", "shiling", due=TODAY + DAY)
    (line,) = duties.lines(cast.actor("shiling"), SUNDAY)
    assert line.url == row.get_absolute_url()


def test_another_week_shows_what_falls_due_in_it(thread: Thread, signed_in) -> None:  # type: ignore[no-untyped-def]
    thread.give("下周到期", "shiling", due=SUNDAY + DAY)
    assert sections(signed_in("hekou"), week="2026-W48")["due"] == ["下周到期"]
    assert sections(signed_in("hekou"), week="nonsense")["due"] == []


def test_an_instruction_is_owed_until_it_is_answered(thread: Thread, cast: Cast) -> None:
    (row,) = thread.give("软弱涣散整顿", "shiling", due=TODAY + 60 * DAY)
    entry = thread.instruct(row, "请月底前拿出方案", TODAY + DAY)
    lines = [line for line in duties.lines(cast.actor("hekou"), SUNDAY) if line.kind == "instruction"]
    assert len(lines) == 1
    assert "请月底前拿出方案" in lines[0].note
    assert not [line for line in duties.lines(cast.actor("jinling"), SUNDAY) if line.kind == "instruction"]
    Entry.objects.create(
        assignment=row,
        kind=EntryKind.REMARK,
        text="方案已定",
        user=cast.people["hekou"],
        post=cast.posts["hekou"],
        at=clock.at_noon(TODAY),
        answers=entry,
    )
    assert not [line for line in duties.lines(cast.actor("hekou"), SUNDAY) if line.kind == "instruction"]


def test_each_source_asks_once_for_all_it_shows(thread: Thread, cast: Cast, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for row in thread.give("软弱涣散整顿", "shiling", "liuwan", due=TODAY + DAY):
        thread.instruct(row, "请说明", TODAY + DAY)
        entry = Entry.objects.create(
            assignment=row,
            kind=EntryKind.PROGRESS,
            percent=10,
            user=cast.people["hekou"],
            post=cast.posts["hekou"],
            at=clock.at_noon(TODAY),
        )
        Objection.objects.create(
            entry=entry, text="不是这样", post=cast.posts["shiling"], at=clock.at_noon(TODAY), due_on=TODAY + DAY
        )
    actor = cast.actor("hekou")
    duties.lines(actor, SUNDAY)  # what the actor itself asks for once
    for source in (InstructionDuties(), ObjectionDuties()):
        with django_assert_num_queries(1):
            assert len(source.lines(actor, SUNDAY)) == 2


def test_an_overdue_answer_is_urgent(thread: Thread, cast: Cast) -> None:
    (row,) = thread.give("软弱涣散整顿", "shiling", due=TODAY + 60 * DAY)
    thread.instruct(row, "请说明", TODAY - DAY)
    (line,) = [line for line in duties.lines(cast.actor("hekou"), SUNDAY) if line.kind == "instruction"]
    assert (line.urgent, line.light) == (True, "late")


def test_verifiers_see_how_many_requests_wait_but_never_their_own(thread: Thread, cast: Cast) -> None:
    thread.give("等核验", "shiling", "shangfang", "agriculture", status=Status.REQUESTED, requested_on=TODAY - 3 * DAY)
    waiting = {
        who: sum(line.organisations for line in duties.lines(cast.actor(who), SUNDAY) if line.kind == "verification")
        for who in ("office", "agri", "leader", "hekou", "hekou_leader", "jinling", "shiling")
    }
    assert waiting == {"office": 1, "agri": 0, "leader": 0, "hekou": 1, "hekou_leader": 1, "jinling": 1, "shiling": 0}


def test_a_lead_department_owes_its_own_work_and_not_that_of_its_theme(thread: Thread, cast: Cast) -> None:
    thread.give("村里的", "shiling", due=TODAY)
    thread.give("局里的", "agriculture", due=TODAY)
    assert [line.title for line in duties.lines(cast.actor("agri"), SUNDAY)] == ["局里的"]


def test_what_an_organisation_owes_is_listed_with_its_due_dates(thread: Thread, cast: Cast) -> None:
    thread.give("后", "shiling", due=TODAY + 3 * DAY)
    thread.give("先", "shiling", due=TODAY)
    here = Organisation.objects.filter(pk=cast.places["shiling"].pk)
    assert [duty.title for duty in duties.open_for(here, cast.actor("office"))] == ["先", "后"]
    assert duties.open_for(here, cast.actor("jinling")) == []


def test_those_who_look_after_the_villages_stand_beside_them(thread: Thread, cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    thread.give("改扩建", "shiling", due=TODAY - DAY)
    for place, name in (("shiling", "王某"), ("shangfang", "外镇干部")):
        Responsibility.objects.create(
            organisation=cast.places[place],
            duty=Duty.VILLAGE_CADRE,
            person_name=name,
            department=cast.places["finance"],
        )
    text = signed_in("hekou").get(reverse("week")).content.decode()
    assert "王某" in text
    assert "外镇干部" not in text


def test_an_empty_week_teaches(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    response = signed_in("hekou").get(reverse("week"))
    assert 'class="empty' in response.content.decode()


def test_administrators_are_told_why_there_is_nothing(cast: Cast, signed_in) -> None:  # type: ignore[no-untyped-def]
    for name in ("week", "rows", "rows_export", "board", "board_export"):
        assert signed_in("sysadmin").get(reverse(name)).status_code == 403, name


@pytest.mark.parametrize(
    ("who", "door"),
    [
        ("hekou", "week"),
        ("finance", "week"),
        ("shiling", "village_home"),
        ("office", "board"),
        ("leader", "board"),
        ("city", "board"),
        ("inspector", "board"),
        ("agri", "board"),
    ],
)
def test_everybody_lands_where_their_question_is_answered(cast: Cast, who: str, door: str) -> None:
    from orgs.pages import menu

    assert menu.first(cast.actor(who)) == reverse(door)
    assert cast.actor(who).role in Role.values


def test_what_is_behind_has_its_own_part_however_far_its_date_lies(thread: Thread, signed_in) -> None:  # type: ignore[no-untyped-def]
    for number in range(10):
        thread.give(f"滞后{number}", "shiling", due=TODAY + (100 + number) * DAY, on=TODAY - 100 * DAY)
        Assignment.objects.filter(task__title=f"滞后{number}").update(behind_from=TODAY)
    thread.give("正常", "liuwan", due=TODAY + 100 * DAY)
    shown = signed_in("hekou").get(reverse("week"))
    assert [line.title for line in shown.context["sections"].behind] == [f"滞后{number}" for number in range(8)]
    assert shown.context["sections"].more_behind == 2
    assert "1 家滞后" in shown.content.decode()
    assert shown.context["sections"].owed == 10
