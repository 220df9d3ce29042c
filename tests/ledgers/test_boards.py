"""Each figure of the boards against independent SQL over random entries, and against hand-made cases."""

import datetime
import io
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ledgers.actions.entries import Draft, save_many
from ledgers.boards import ALL, BY_KEY, coverage, generic, thresholds
from ledgers.boards.board import Chosen, Counts
from ledgers.boards.listing import rows as rows_behind
from ledgers.kinds import as_shipped
from ledgers.rules.values import shown
from orgs.field_rules import FieldRule, FieldType
from orgs.models import Organisation
from orgs.settings import actions as option_actions
from records.changes import change_set
from tasks.models import Programme, Task, Theme
from tasks.rules.status import Basic
from tests.cast import TODAY, Cast
from tests.county import County, build

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
YEAR = str(TODAY.year)


def save(cast: Cast, ledger: str, rows: list[tuple[str, str, dict[str, Any]]]) -> None:
    office = cast.actor("office")
    drafts = [Draft(cast.places[place].pk, period, values) for place, period, values in rows]
    with change_set("tests.ledgers", by=office) as changes:
        save_many(changes, as_shipped(ledger), drafts, at=office.now)


def figures(cast: Cast, board: str, who: str = "office", year: int = TODAY.year) -> dict[str, int]:
    counts = Counts(BY_KEY[board], Chosen(cast.actor(who), year))
    return {figure.name: counts.total(figure.name).count for figure in BY_KEY[board].figures}


def told(cast: Cast, board: str, **expected: int) -> None:
    found = figures(cast, board)
    assert {name: found[name] for name in expected} == expected


# Hand-made cases


def test_a_village_is_cleared_by_acceptance_of_the_area_due_and_not_by_its_own_word(cast: Cast) -> None:
    passed = {"accepted": "通过", "accepted_on": "2026-10-20"}
    save(
        cast,
        "venue_survey",
        [
            ("shiling", "", {"has_venue": True, "floor_area": "120", **passed, "accepted_area": "95"}),
            ("liuwan", "", {"has_venue": True, "floor_area": "200"}),
            ("hekou_community", "", {"has_venue": True, "floor_area": "120", **passed, "accepted_area": "120"}),
            ("shangfang", "", {"has_venue": False}),
        ],
    )
    told(cast, "venues", villages=4, cleared=1, left=3, none=1, small=1, failed=1, unsurveyed=0)
    save(cast, "venue", [("shangfang", YEAR, {"build_type": "新建", "floor_area": "100", "date_finish": "2026-10"})])
    told(cast, "venues", waiting=1, cleared=1)
    save(cast, "venue", [("shangfang", YEAR, {**passed, "accepted_area": "100"})])
    told(cast, "venues", waiting=0, cleared=2)


def test_the_least_area_is_what_the_county_set_for_the_year(cast: Cast) -> None:
    survey = {"has_venue": True, "accepted": "通过", "accepted_on": "2025-10-20", "accepted_area": "95"}
    save(cast, "venue_survey", [("shiling", "", survey)])
    assert figures(cast, "venues")["cleared"] == 1
    option_actions.save(
        cast.places["county"],
        {"ledgers.area_minima": "村 2000 90\n村 2026 120\n社区 2000 300"},
        {},
        by=cast.actor("office"),
    )
    assert figures(cast, "venues")["cleared"] == 0
    assert figures(cast, "venues", year=2025)["cleared"] == 1


def test_stages_are_late_by_their_own_plan_or_by_the_day_set_for_the_work(cast: Cast) -> None:
    save(
        cast,
        "venue",
        [
            ("shiling", YEAR, {"build_type": "新建"}),  # main due 06-28
            ("liuwan", YEAR, {"build_type": "新建", "date_main": "2026-07-02"}),
            ("shangfang", YEAR, {"build_type": "改扩建", "plan_main": "2026-12", "date_site": "2026-03"}),
            ("hekou_community", YEAR, {"build_type": "修缮", "date_finish": "2026-09-30"}),
        ],
    )
    told(
        cast, "building", projects=4, new=2, rebuilt=1, refurbished=1, not_started=1, main=2, main_late=1, main_after=1
    )
    told(cast, "building", site=3, finish=1, late=3)  # of the others 竣工 was due on 10-31


def test_a_month_is_over_only_after_its_last_day(cast: Cast) -> None:
    save(cast, "venue", [("shiling", YEAR, {"build_type": "新建", "plan_main": "2026-11"})])
    told(cast, "building", main_late=0)
    december = Chosen(cast.actor("office", datetime.date(2026, 12, 1)), 2026)
    assert Counts(BY_KEY["building"], december).total("main_late").count == 1


def test_the_gap_is_what_no_source_is_planned_for(cast: Cast) -> None:
    save(
        cast,
        "venue",
        [
            (
                "shiling",
                YEAR,
                {
                    "build_type": "新建",
                    "total_invest": "500000",
                    "plan_county": "300000",
                    "plan_village": "100000",
                    "got_county": "250000",
                },
            ),
            ("liuwan", YEAR, {"build_type": "新建", "total_invest": "200000", "funds_in_place": "200000"}),
            (
                "shangfang",
                YEAR,
                {"build_type": "新建", "total_invest": "100000", "funds_in_place": "40000", "gap_measures": "争取帮扶"},
            ),
        ],
    )
    counts = Counts(BY_KEY["funds"], Chosen(cast.actor("office"), 2026))
    assert (counts.total("gap").count, counts.total("gap").amount) == (2, Decimal("160000.00"))
    assert (counts.total("unpaid").count, counts.total("unpaid").amount) == (1, Decimal("150000.00"))
    assert counts.total("unmet").count == 1
    assert counts.total("projects").amount == Decimal("800000.00")


def test_subsidies_are_not_earned(cast: Cast) -> None:
    save(
        cast,
        "collective_economy",
        [
            ("shiling", YEAR, {"total_income": "60000", "subsidy_income": "20000"}),
            ("liuwan", YEAR, {"total_income": "50000"}),
            ("shangfang", YEAR, {"total_income": "30000", "subsidy_income": "30000"}),
        ],
    )
    told(cast, "income", reported=3, missing=1, none=1, low=1, middle=1, high=0, below=2, only_subsidised=1, passed=1)
    counts = Counts(BY_KEY["income"], Chosen(cast.actor("office"), 2026))
    assert counts.total("subsidised").amount == Decimal("50000.00")
    assert counts.rate(BY_KEY["income"].rates[0]) == 33.3


def test_a_weak_case_needs_four_parties_and_is_followed_up_for_a_year(cast: Cast) -> None:
    parties = {"county_leader": "甲", "support_unit": "乙", "township_leader": "丙", "resident_cadre": "丁"}
    save(
        cast,
        "weak_org",
        [
            ("shiling", YEAR, {"issue_types": ["书记缺职"], "measures": "选配", **parties, "deadline": "2026-10"}),
            (
                "liuwan",
                YEAR,
                {
                    "issue_types": ["其他"],
                    "county_leader": "甲",
                    "closed": True,
                    "closed_date": "2026-09-01",
                    "outcome": "转化",
                    "outcome_on": "2026-09-01",
                },
            ),
            (
                "shangfang",
                "2025",
                {"issue_types": ["其他"], "outcome": "转化", "outcome_on": "2025-10-01", "relapsed": True},
            ),
            (
                "hekou_community",
                "2025",
                {"issue_types": ["其他"], "outcome": "转化", "outcome_on": "2025-10-01", "follow_until": "2026-12"},
            ),
        ],
    )
    save(
        cast,
        "weak_org_measures",
        [
            ("shiling", YEAR, {"measure": "配齐书记", "measure_due": "2026-11-01"}),
            ("shiling", YEAR, {"measure": "谈心", "measure_due": "2026-11-01", "measure_done_on": "2026-11-20"}),
        ],
    )
    told(cast, "weak", cases=2, open=1, no_party=1, no_measures=1, overdue=1, measures=2, measures_late=1, closed=1)
    told(cast, "weak", converted=1, not_converted=0, followed=2, relapsed=1)


def test_only_full_members_of_units_that_operate_oblige_to_set_up(cast: Cast) -> None:
    unit = {"org_type": "非公企业"}
    save(
        cast,
        "new_orgs",
        [
            ("hekou", "", {**unit, "org_name": "甲", "members": 3}),
            ("hekou", "", {**unit, "org_name": "乙", "members": 2, "members_probationary": 5}),
            ("hekou", "", {**unit, "org_name": "丙", "members": 9, "operating": "空壳"}),
            ("hekou", "", {**unit, "org_name": "丁", "members": 4, "has_party_org": True, "setup_mode": "单独"}),
            ("jinling", "", {**unit, "org_name": "戊", "has_party_org": False, "instructor": True}),
            ("jinling", "", {**unit, "org_name": "己", "members": 1, "has_party_org": True, "setup_mode": "联合"}),
        ],
    )
    told(
        cast, "coverage", units=6, operating=5, organised=2, single=1, joint=1, should_build=1, should_send=1, worked=3
    )
    counts = Counts(BY_KEY["coverage"], Chosen(cast.actor("office"), 2026))
    assert [counts.rate(rate) for rate in BY_KEY["coverage"].rates] == [40.0, 60.0, 20.0]


@pytest.mark.parametrize(("members", "words"), [(0, "指导员"), (2, "联合"), (3, "支部"), (50, "总支"), (120, "党委")])
def test_a_set_up_is_suggested_by_the_number_of_full_members(cast: Cast, members: int, words: str) -> None:
    chosen = Chosen(cast.actor("office"), 2026)
    assert words in coverage.suggestion({"members": members}, chosen)
    assert coverage.suggestion({"members": members, "has_party_org": True}, chosen) == ""


def test_party_life_is_counted_by_month_and_quarter_and_persons_once(cast: Cast) -> None:
    def meeting(place: str, period: str, kind: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
        return place, period, {"meeting_type": kind, "held_on": f"{period}-11", **more}

    save(
        cast,
        "party_meetings",
        [
            meeting("shiling", "2026-10", "主题党日"),
            meeting("shiling", "2026-09", "支部党员大会"),
            meeting("liuwan", "2026-10", "主题党日", replaced_by_business=True),
            meeting("liuwan", "2026-07", "党课"),
            meeting("shangfang", "2026-08", "支部委员会"),
        ],
    )
    course = {"training_name": "轮训", "held_on": "2026-05", "attended": 40, "person_times": 80}
    save(cast, "training", [("hekou", YEAR, course)])
    came = {"held_on": "2026-05", "trainee_name": "王甲", "training_name": "轮训"}
    save(
        cast,
        "training_attendance",
        [
            ("shiling", YEAR, came),
            ("shiling", YEAR, {**came, "training_name": "二期"}),
            ("liuwan", YEAR, came),
            ("liuwan", YEAR, {**came, "trainee_name": "李乙", "signed_in": False}),
        ],
    )
    save(cast, "basic_info", [("shiling", YEAR, {"members_total": 8}), ("liuwan", YEAR, {"members_total": 12})])
    told(cast, "life", villages=4, held=1, no_day=3, no_members=3, no_class=3, silent=2, replaced=1, trained=2)
    counts = Counts(BY_KEY["life"], Chosen(cast.actor("office"), 2026))
    assert [counts.total(name).amount for name in ("courses", "times", "members")] == [40, 80, 20]
    assert counts.rate(BY_KEY["life"].rates[0]) == 10.0


def test_any_ledger_has_a_board_of_its_own(cast: Cast) -> None:
    save(
        cast,
        "operating_funds",
        [
            ("shiling", "2026-Q3", {"paid_pay": "42000", "signed_by_group": True, "population": 900}),
            ("liuwan", "2026-Q3", {"paid_pay": "30000", "signed_by_group": False}),
            ("liuwan", "2026-Q2", {"paid_pay": "28000"}),
            ("liuwan", "2025-Q4", {"paid_pay": "1"}),
        ],
    )
    board = generic.board_of(as_shipped("operating_funds"))
    counts = Counts(board, Chosen(cast.actor("office"), 2026))
    found = {figure.name: counts.total(figure.name) for figure in board.figures}
    assert {name: found[name].count for name in ("owing", "rows", "reported", "missing", "yes-signed_by_group")} == {
        "owing": 4, "rows": 3, "reported": 2, "missing": 2, "yes-signed_by_group": 1,
    }  # fmt: skip
    assert found["sum-paid_pay"].amount == 100000
    assert counts.rate(board.rates[0]) == 50.0


# Random entries against independent SQL


@pytest.fixture
def county() -> County:
    return build(TODAY, seed=7, townships=4, villages=40, tasks=1)


def rolled(dice: random.Random, **chances: Any) -> dict[str, Any]:
    """Values of which each is there or not."""
    found = {}
    for key, choices in chances.items():
        value = dice.choice([*choices, None])
        if value is not None:
            found[key] = value
    return found


def days(dice: random.Random) -> list[str]:
    return [f"2026-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}", f"2026-{dice.randint(1, 12):02}"]


def fill(county: County) -> None:
    dice = random.Random(11)
    office = county.actor("county_office")
    villages = list(Organisation.objects.filter(kind__in=["village", "community"]))
    townships = list(Organisation.objects.filter(kind="township"))
    made: dict[str, list[Draft]] = {}

    def add(ledger: str, place: Organisation, period: str, values: dict[str, Any]) -> None:
        made.setdefault(ledger, []).append(Draft(place.pk, period, values))

    for place in villages:
        money = [str(dice.randrange(0, 300_000, 500)) for _n in range(12)]
        acceptance = rolled(dice, accepted=["通过", "不通过"], accepted_area=[str(dice.randrange(60, 400))])
        if dice.random() < 0.8:
            add(
                "venue_survey",
                place,
                "",
                {
                    "has_venue": dice.random() < 0.7,
                    **acceptance,
                    **rolled(
                        dice, floor_area=[str(dice.randrange(40, 400))], usage=["正常", "闲置"], dangerous=[True, False]
                    ),
                },
            )
        if dice.random() < 0.7:
            stages = rolled(
                dice,
                **{f"date_{s}": days(dice) for s in ("site", "foundation", "main", "finish")},
                plan_main=days(dice),
                planned_finish=days(dice),
            )
            funds = rolled(
                dice,
                total_invest=money[:1],
                plan_county=money[1:2],
                plan_village=money[2:3],
                got_county=money[3:4],
                funds_in_place=money[4:5],
                gap_measures=["争取"],
            )
            add("venue", place, "2026", {"build_type": dice.choice(["新建", "改扩建", "修缮"]), **stages, **funds})
        if dice.random() < 0.85:
            add(
                "collective_economy",
                place,
                "2026",
                {
                    "total_income": dice.choice([money[5], "0", "50000", "100000"]),
                    **rolled(dice, subsidy_income=[money[6][:-1] or "0", "0"]),
                },
            )
        for period in ("2025", "2026"):
            if dice.random() < 0.5:
                add(
                    "weak_org",
                    place,
                    period,
                    {
                        "issue_types": ["其他"],
                        **rolled(
                            dice,
                            county_leader=["甲"],
                            support_unit=["乙"],
                            township_leader=["丙"],
                            resident_cadre=["丁"],
                            deadline=days(dice),
                            closed=[True, False],
                            outcome=["转化", "未转化"],
                            outcome_on=days(dice),
                            follow_until=days(dice),
                            relapsed=[True],
                        ),
                    },
                )
    for number in range(120):
        add(
            "new_orgs",
            dice.choice(townships),
            "",
            {
                "org_name": f"单位{number}",
                "org_type": "非公企业",
                **rolled(
                    dice,
                    members=[0, 1, 2, 3, 8],
                    operating=["正常", "空壳"],
                    has_party_org=[True, False],
                    setup_mode=["单独", "联合", "挂靠"],
                    instructor=[True, False],
                    has_union=[True, False],
                    six_venue=[True],
                ),
            },
        )
    with change_set("tests.ledgers", by=office) as changes:
        for ledger, drafts in made.items():
            save_many(changes, as_shipped(ledger), drafts, at=office.now)


SQL_SQLITE = {"text": "json_extract(e.\"values\", '$.{0}')", "yes": "json_extract(e.\"values\", '$.{0}') = 1"}
SQL_POSTGRES = {"text": "e.values->>'{0}'", "yes": "e.values->>'{0}' = 'true'"}


def sql(condition: str) -> str:
    """``[x]`` is a value as text, ``<x>`` as a number, ``(x?)`` a yes; blank numbers are 0 as ``<x|0>``."""
    import re

    forms = SQL_POSTGRES if connection.vendor == "postgresql" else SQL_SQLITE
    condition = re.sub(r"\[(\w+)\]", lambda m: forms["text"].format(m[1]), condition)
    condition = re.sub(
        r"<(\w+)\|0>", lambda m: f"coalesce(cast({forms['text'].format(m[1])} as numeric), 0)", condition
    )
    condition = re.sub(r"<(\w+)>", lambda m: f"cast({forms['text'].format(m[1])} as numeric)", condition)
    return re.sub(r"\((\w+)\?\)", lambda m: f"coalesce({forms['yes'].format(m[1])}, false)", condition)


def ask(ledger: str, condition: str, period: str | None = "2026") -> int:
    where = "" if period is None else f" and e.period = '{period}'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from ledgers_entry e join orgs_organisation o on o.id = e.organisation_id "
            f"where e.ledger = '{ledger}'{where} and ({sql(condition)})"
        )
        return int(cursor.fetchone()[0])


OPERATING = "([operating] is null or [operating] = '正常')"
EARNED = "<total_income> - <subsidy_income|0>"
GOT = "coalesce(<funds_in_place>, <got_county|0>)"
PLANNED = (
    "case when [plan_county] is not null or [plan_village] is not null "
    f"then <plan_county|0> + <plan_village|0> else {GOT} end"
)
LEAST = "case when o.kind = 'community' then 300 else 90 end"
END = "case length([{0}]) when 7 then [{0}] || '-99' else [{0}] end"

INDEPENDENT: list[tuple[str, str, str, str, str | None]] = [
    ("income", "reported", "collective_economy", "1 = 1", "2026"),
    ("income", "none", "collective_economy", f"{EARNED} <= 0", "2026"),
    ("income", "low", "collective_economy", f"{EARNED} > 0 and {EARNED} < 50000", "2026"),
    ("income", "middle", "collective_economy", f"{EARNED} >= 50000 and {EARNED} < 100000", "2026"),
    ("income", "high", "collective_economy", f"{EARNED} >= 100000", "2026"),
    ("income", "below", "collective_economy", f"{EARNED} < 50000", "2026"),
    ("income", "subsidised", "collective_economy", "<subsidy_income|0> > 0", "2026"),
    ("income", "only_subsidised", "collective_economy", f"{EARNED} < 50000 and <total_income> >= 50000", "2026"),
    ("coverage", "operating", "new_orgs", OPERATING, ""),
    ("coverage", "organised", "new_orgs", f"{OPERATING} and (has_party_org?)", ""),
    ("coverage", "should_build", "new_orgs", f"{OPERATING} and <members> >= 3 and not (has_party_org?)", ""),
    ("coverage", "should_send", "new_orgs",
     f"{OPERATING} and <members|0> < 3 and not (has_party_org?) and not (instructor?)", ""),
    ("coverage", "worked", "new_orgs", f"{OPERATING} and ((has_party_org?) or (instructor?) or (has_union?))", ""),
    ("coverage", "single", "new_orgs", f"{OPERATING} and (has_party_org?) and [setup_mode] = '单独'", ""),
    ("funds", "projects", "venue", "[total_invest] is not null", "2026"),
    ("funds", "gap", "venue", f"[total_invest] is not null and <total_invest> > {PLANNED}", "2026"),
    ("funds", "unpaid", "venue", f"[total_invest] is not null and {PLANNED} > {GOT}", "2026"),
    ("building", "not_started", "venue",
     "[date_site] is null and [date_foundation] is null and [date_main] is null "
     "and [date_finish] is null", "2026"),
    ("building", "main", "venue", "[date_main] is not null or [date_finish] is not null", "2026"),
    ("building", "main_late", "venue",
     f"[date_main] is null and [date_finish] is null and coalesce({END.format('plan_main')}, "
     "case [build_type] when '新建' then '2026-06-28' when '改扩建' "
     "then '2026-06-20' end) < '2026-11-18'", "2026"),
    ("venues", "none", "venue_survey", "not (has_venue?)", ""),
    ("venues", "small", "venue_survey", f"(has_venue?) and <floor_area> < {LEAST}", ""),
    ("venues", "unfit", "venue_survey", "(dangerous?) or [usage] = '闲置'", ""),
    ("venues", "failed", "venue_survey",
     "[accepted] = '不通过' or ([accepted] = '通过' "
     f"and coalesce(<accepted_area>, <floor_area>) < {LEAST})", ""),
    ("venues", "cleared", "venue_survey",
     f"[accepted] = '通过' and coalesce(<accepted_area>, <floor_area>) >= {LEAST}", ""),
    ("weak", "no_party", "weak_org",
     "[county_leader] is null or [support_unit] is null or [township_leader] is null "
     "or [resident_cadre] is null", "2026"),
    ("weak", "overdue", "weak_org", f"not (closed?) and {END.format('deadline')} < '2026-11-18'", "2026"),
    ("weak", "converted", "weak_org", "[outcome] = '转化'", "2026"),
    ("weak", "relapsed", "weak_org", "(relapsed?)", None),
    ("weak", "followed", "weak_org",
     f"[outcome] = '转化' and ({END.format('follow_until')} >= '2026-11-18' "
     f"or ([follow_until] is null and {END.format('outcome_on')} >= '2025-11-18'))", None),
]  # fmt: skip


def test_every_figure_equals_independent_sql_and_its_rows(county: County) -> None:
    fill(county)
    chosen = Chosen(county.actor("county_office"), 2026)
    numbers = {board.key: Counts(board, chosen) for board in ALL}
    for board, figure, ledger, condition, period in INDEPENDENT:
        found = numbers[board].total(figure).count
        assert found == ask(ledger, condition, period), (board, figure)
        assert found == rows_behind(BY_KEY[board], BY_KEY[board].by_name[figure], chosen).count(), (board, figure)
    assert sum(numbers[board].total(figure).count > 0 for board, figure, *_rest in INDEPENDENT) > 25


@pytest.mark.slow
def test_every_cell_of_every_board_leads_to_as_many_rows_as_it_says(county: County) -> None:
    fill(county)
    client = Client()
    client.force_login(county.posts["county_office"].user, backend="django.contrib.auth.backends.ModelBackend")
    for board in ALL:
        shown = client.get(reverse("ledger_board", args=[board.key])).context
        row = shown["rows"][0]
        for cell in [*(card.cell for card in shown["cards"]), *row.cells]:
            if cell.url:
                page = client.get(cell.url)
                assert page.context["page"].paginator.count == int(cell.text), (board.key, cell.url)
                workbook = openpyxl.load_workbook(io.BytesIO(client.get(cell.url + "&as=xlsx").content))
                assert workbook.worksheets[0].max_row == int(cell.text) + 2
        assert sum(1 for cell in row.cells if cell.url) > 0


def test_a_township_sees_its_own_figures_only(county: County) -> None:
    fill(county)
    own = county.townships[0]
    mine = Counts(BY_KEY["coverage"], Chosen(county.actor("township_organiser"), 2026))
    all_of_them = Counts(BY_KEY["coverage"], Chosen(county.actor("county_office"), 2026))
    assert set(mine.by_unit["units"]) == {own.pk}
    assert mine.total("units") == all_of_them.at("units", own.pk)


def test_a_board_asks_one_query_a_figure(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    save(cast, "collective_economy", [(place, YEAR, {"total_income": "1"}) for place in ("shiling", "shangfang")])
    client = signed_in("office")
    with django_assert_max_num_queries(15 + len(BY_KEY["income"].figures)):
        client.get(reverse("ledger_board", args=["income"]))


def test_villages_below_the_threshold_become_a_task_in_one_click(cast: Cast, signed_in: SignedIn) -> None:
    programme = Programme.objects.create(
        organisation=cast.places["county"], name="五个基本", first_year=2026, last_year=2026
    )
    Theme.objects.create(programme=programme, name="组织建设", basic=Basic.ORGANISATION)
    economy = Theme.objects.create(programme=programme, name="集体经济", basic=Basic.GUARANTEE)
    save(
        cast,
        "collective_economy",
        [
            ("shiling", YEAR, {"total_income": "10000"}),
            ("liuwan", YEAR, {"total_income": "90000"}),
            ("shangfang", YEAR, {"total_income": "0"}),
        ],
    )
    answer = signed_in("office").post(reverse("ledger_board_task", args=["income"]))
    task = Task.objects.get()
    assert answer["Location"] == reverse("task_edit", args=[task.pk])
    assert task.theme == economy
    assert set(task.audience["picked"]) == {cast.places["shiling"].pk, cast.places["shangfang"].pk}
    assert "5" in task.standard


# Thresholds


@pytest.mark.parametrize("text", ["村 90", "镇 2026 90", "村 2026 很大"])
def test_area_minima_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        thresholds.MinimaField().clean(text)


def test_the_latest_year_up_to_the_one_asked_for_holds() -> None:
    table = thresholds.minima("村 2008 90\n村 2026 120\n社区 2011 300")
    assert [thresholds.minimum(table, "village", year) for year in (2007, 2008, 2025, 2026)] == [0, 90, 90, 120]
    assert thresholds.minimum(table, "community", 2026) == 300


@pytest.mark.parametrize("text", ["", "10,5", "5,5", "-1", "五"])
def test_bands_must_rise(text: str) -> None:
    with pytest.raises(ValidationError):
        thresholds.BandsField(required=False).clean(text)


@pytest.mark.parametrize("text", ["新建 主体 02-30", "新建 屋顶 06-28", "新建 主体"])
def test_due_days_must_be_days_of_stages(text: str) -> None:
    with pytest.raises(ValidationError):
        thresholds.DueDaysField().clean(text)


def test_a_year_is_never_added_up(cast: Cast) -> None:
    """One village built in 2010 stood as 2,010 in the table, two as 4,020."""
    board = generic.board_of(as_shipped("venue_survey"))
    assert "sum-floor_area" in board.by_name
    assert "sum-built_year" not in board.by_name


@pytest.mark.parametrize(("zh", "grouped"), [("建成年份", False), ("党组织编码", False), ("党员数", True)])
def test_what_names_something_has_no_thousands(zh: str, grouped: bool) -> None:
    field = FieldRule("own", FieldType.INT, zh, zh)
    assert shown(field, 2010) == ("2,010" if grouped else "2010")
