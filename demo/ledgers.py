"""The demo's ledgers: a county that keeps most of its books, with gaps where the boards are to show them."""

import datetime
from collections.abc import Iterator
from random import Random
from typing import Any

from dates import periods
from demo.county import County
from demo.days import Days
from demo.fixture import dice, person_name, read
from demo.programme import OFFICE
from ledgers.actions.entries import Draft, save_many
from ledgers.boards.building import DATES
from ledgers.kinds import as_shipped
from ledgers.models import Source
from orgs.models import Organisation
from orgs.rules import OPERATING, TWO_NEW, VILLAGE_LEVEL, Kind, VillageClass
from records.changes import change_set

Values = dict[str, Any]
UNSURVEYED, UNREPORTED, BUILDING, WEAK = 0.03, 0.06, 0.14, 0.5  # shares; weak are a share of class 3
UNITS_A_TOWNSHIP = (6, 14)
TRADES = ("食品", "制衣", "建材", "电子", "物流", "农机", "竹木制品", "商贸")
MEASURES = ("选配党组织书记", "规范村务公开", "修通入组道路", "清理合同欠款", "恢复组织生活")
NEVER_MEETS = 0.03  # share of villages without any meeting
TRAINEES_A_VILLAGE = (3, 9)
STALE_TOWNSHIP = 0.12  # share of townships that have not touched a ledger for half a year


def build(county: County, days: Days) -> None:
    """Fill in every ledger a board reads, and a few beside, as imported over the weeks."""
    villages = county.of_kind(*VILLAGE_LEVEL)
    year = str(county.on.year)
    many: dict[str, list[Draft]] = {
        "basic_info": [_draft(v, year, _basic(v)) for v in villages if not _missed("basic", v)],
        "venue_survey": [_draft(v, "", _survey(county, v)) for v in villages if not _missed("survey", v)],
        "collective_economy": [
            *(_draft(v, str(county.on.year - 1), _economy(v, 0.85)) for v in villages),
            *(_draft(v, year, _economy(v, 1.0)) for v in villages if not _missed("economy", v, UNREPORTED)),
        ],
        "venue": [_draft(v, year, _project(county, v)) for v in villages if _builds(v)],
        "weak_org": list(_cases(county, villages)),
        "weak_org_measures": list(_measures(county, villages)),
        "new_orgs": list(_units(county)),
        "operating_funds": list(_quarterly(county, villages)),
        "mobile_members": list(_mobile(county, villages)),
        "party_meetings": list(_meetings(county, villages)),
        "training": list(_trainings(county)),
        "training_attendance": list(_trainees(county, villages)),
    }
    for number, (ledger, drafts) in enumerate(many.items()):
        for stale, part in _split(ledger, drafts, county):
            day = county.on - datetime.timedelta(days=200) if stale else days.worked[-1 - number]
            _save(county, ledger, part, day)


def _save(county: County, ledger: str, drafts: list[Draft], day: datetime.date) -> None:
    kind = as_shipped(ledger)
    source = f"{kind.zh}{county.on.year}.xlsx"
    office = county.actor(county.posts[OFFICE], day)
    with change_set("ledgers.save", by=office, note=source) as changes:
        save_many(changes, kind, drafts, at=office.now, source=Source.IMPORT, source_name=source, onward=False)


def _split(ledger: str, drafts: list[Draft], county: County) -> Iterator[tuple[bool, list[Draft]]]:
    """Those of townships that have let the ledger lie, and the others."""
    places = {o.pk: o for o in [*county.places.values(), *county.units]}

    def is_stale(draft: Draft) -> bool:
        unit = places[draft.organisation_id]
        code = unit.township.code if unit.township else unit.code
        return dice("stale", ledger, code).random() < STALE_TOWNSHIP

    for stale in (True, False):
        part = [draft for draft in drafts if is_stale(draft) == stale]
        if part:
            yield stale, part


def _draft(place: Organisation, period: str, values: Values) -> Draft:
    return Draft(place.pk, period, {key: value for key, value in values.items() if value not in (None, "")})


def _missed(what: str, place: Organisation, share: float = UNSURVEYED) -> bool:
    return dice("missed", what, place.code).random() < share


def _yuan(wan: float) -> str:
    return str(round(wan * 100) * 100)


def _basic(place: Organisation) -> Values:
    rolled = dice("basic", place.code)
    people = rolled.randint(600, 3800)
    men = round(people * rolled.uniform(0.49, 0.53))
    members = rolled.randint(24, 96)
    new = rolled.choice([0, 0, 0, 1, 1, 2])
    return {
        "party_org_name": f"{place}党支部",
        "party_groups": rolled.randint(2, 6),
        "households": round(people / rolled.uniform(3.0, 3.8)),
        "population": people,
        "population_male": men,
        "population_female": people - men,
        "members_total": members + new,
        "members": members,
        "members_probationary": new,
        "members_women": round(members * rolled.uniform(0.15, 0.32)),
        "secretary_name": person_name(rolled),
        "secretary_since": f"{2021 if rolled.random() < 0.7 else 2024}-{rolled.randint(1, 12):02}",
        "dual_post": rolled.random() < 0.82,
        "reserve_cadres": rolled.choice([0, 1, 2, 2, 3]),
    }


def _economy(place: Organisation, growth: float) -> Values:
    rolled = dice("economy", place.code)
    sure = rolled.random() > 0.04  # the others have nothing of their own
    operating = rolled.triangular(0, 14, 3) * growth * sure
    contracting = rolled.triangular(0, 6, 2) * sure
    subsidy = rolled.choice([0, 0, 1, 2, 3, 5])
    other = rolled.uniform(0, 0.8) * sure
    parts = [_yuan(part) for part in (operating, contracting, subsidy, other)]
    return {
        "total_income": str(sum(map(int, parts))),
        "operating_income": parts[0],
        "contract_income": parts[1],
        "subsidy_income": parts[2],
        "other_income": parts[3],
        "total_assets": _yuan(rolled.uniform(40, 420)),
        "liabilities": _yuan(rolled.choice([0, 0, 3, 8, 22])),
        "industry": rolled.choice(["油茶", "水稻制种", "生态养殖", "农产品加工", "乡村旅游", "光伏", "果蔬种植"]),
        "operation_mode": sorted(rolled.sample(["承包", "租赁", "股份合作"], k=rolled.choice([1, 1, 2]))),
    }


def _survey(county: County, place: Organisation) -> Values:
    rolled = dice("survey", place.code)
    least = 300 if place.kind == Kind.COMMUNITY else 90
    has = rolled.random() > 0.03
    area = rolled.randint(round(least * 0.7), least * 3)
    passed = has and area >= least and rolled.random() < 0.86
    return {
        "has_venue": has,
        "built_year": rolled.randint(1996, county.on.year - 1) if has else None,
        "floor_area": str(area) if has else None,
        "structure": rolled.choice(["砖混", "砖混", "框架", "砖木"]) if has else None,
        "ownership": rolled.choice(["村集体"] * 8 + ["借用", "租用"]) if has else None,
        "usage": rolled.choice(["正常"] * 18 + ["闲置", "借占"]) if has else None,
        "dangerous": has and rolled.random() < 0.02,
        "notice_boards": has and rolled.random() < 0.9,
        "plan_build": "不需建" if passed else "新建" if not has else "改扩建",
        "accepted": "通过" if passed else None,
        "accepted_on": f"{county.on.year - rolled.randint(0, 2)}-{rolled.randint(1, 10):02}" if passed else None,
        "accepted_area": str(area) if passed else None,
    }


def _builds(place: Organisation) -> bool:
    return dice("builds", place.code).random() < BUILDING


def _project(county: County, place: Organisation) -> Values:
    rolled = dice("project", place.code)
    kind = rolled.choice(["新建", "改扩建", "改扩建", "修缮"])
    begun = datetime.date(county.on.year, 3, 1) + datetime.timedelta(days=rolled.randint(0, 50))
    stages: Values = {}
    day = begun
    reached = rolled.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, 8])
    for place_of_stage, (planned, done) in enumerate(DATES.values()):
        day += datetime.timedelta(days=rolled.randint(16, 34))
        stages[planned] = str(day - datetime.timedelta(days=rolled.randint(-4, 12)))
        if place_of_stage < reached and day <= county.on:
            stages[done] = str(day)
    cost = rolled.randint(25, 140)  # 万元
    shares = {"plan_county": 0.4, "plan_township": 0.15, "plan_village": 0.15, "plan_pairing": 0.2}
    planned_funds = {key: _yuan(cost * share * rolled.uniform(0.8, 1.1)) for key, share in shares.items()}
    if rolled.random() < 0.6:  # the rest comes from above, so that nothing is missing
        planned_funds["plan_superior"] = str(cost * 10_000 - sum(map(int, planned_funds.values())))
    got = {
        f"got_{key.removeprefix('plan_')}": _yuan(int(value) / 10_000 * rolled.uniform(0.3, 1))
        for key, value in planned_funds.items()
    }
    finished = "date_finish" in stages
    passed = finished and rolled.random() < 0.7
    return {
        "venue_kind": "党群服务中心" if place.kind == Kind.COMMUNITY else "活动室",
        "build_type": kind,
        "floor_area": str(rolled.randint(95, 420)),
        **stages,
        "total_invest": _yuan(cost),
        **planned_funds,
        **got,
        "funds_in_place": str(sum(map(int, got.values()))),
        "gap_measures": None if "plan_superior" in planned_funds else rolled.choice([None, "争取帮扶单位支持"]),
        "progress_percent": str(min(100, reached * 12 + 4)) if reached else "0",
        "quality_team": rolled.random() < 0.8,
        "problems": rolled.choice([None, None, "材料款未到位", "雨天误工", "用地手续未办完"]),
        "accepted": "通过" if passed else None,
        "accepted_on": str(county.on - datetime.timedelta(days=rolled.randint(3, 20))) if passed else None,
        "accepted_area": str(rolled.randint(95, 420)) if passed else None,
    }


def _weak(county: County, villages: list[Organisation]) -> list[Organisation]:
    third = [v for v in villages if county.classes.get(v.pk) == VillageClass.THIRD]
    return [v for v in third if dice("weak", v.code).random() < WEAK]


def _cases(county: County, villages: list[Organisation]) -> Iterator[Draft]:
    codes = as_shipped("weak_org").by_key["issue_types"].field.code_values[:10]
    for place in _weak(county, villages):
        rolled = dice("case", place.code)
        closed = rolled.random() < 0.35
        due = datetime.date(county.on.year, rolled.randint(6, 12), 28)
        values: Values = {
            "identified_on": f"{county.on.year}-03",
            "issue_types": sorted(rolled.sample(codes, k=rolled.choice([1, 2, 2, 3]))),
            "measures": "配齐配强班子；化解矛盾纠纷；办好民生实事",
            "county_leader": person_name(rolled),
            "support_unit": rolled.choice(["农业农村局", "财政局", "水利局", "交通运输局"]),
            "township_leader": person_name(rolled),
            "resident_cadre": person_name(rolled) if rolled.random() < 0.9 else None,
            "deadline": str(due),
            "progress": rolled.choice(["班子已调整", "矛盾正在化解", "方案已审定"]),
            "closed": closed,
        }
        if closed:
            ended = str(min(due, county.on - datetime.timedelta(days=rolled.randint(5, 60))))
            values |= {
                "closed_date": ended,
                "outcome": rolled.choice(["转化", "转化", "基本转化"]),
                "outcome_on": ended,
            }
        yield _draft(place, str(county.on.year), values)
        if rolled.random() < 0.3:
            before = {
                "issue_types": ["其他"],
                "outcome": "转化",
                "outcome_on": f"{county.on.year - 1}-12",
                "closed": True,
            }
            yield _draft(
                place, str(county.on.year - 1), {**before, "closed_date": f"{county.on.year - 1}-12", "relapsed": True}
            )


def _measures(county: County, villages: list[Organisation]) -> Iterator[Draft]:
    for place in _weak(county, villages):
        rolled = dice("measures", place.code)
        for text in rolled.sample(MEASURES, k=3):
            due = datetime.date(county.on.year, rolled.randint(5, 12), 20)
            done = due <= county.on and rolled.random() < 0.75
            values = {"measure": text, "measure_owner": person_name(rolled), "measure_due": str(due)}
            yield _draft(place, str(county.on.year), {**values, "measure_done_on": str(due) if done else None})


def _units(county: County) -> Iterator[Draft]:
    """Units of the register linked to their rows, and others the townships found."""
    for unit in county.of_kind(*TWO_NEW):
        if unit.township is not None:
            row = _draft(
                unit.township, "", {"org_name": unit.name, **_unit(dice("unit", unit.code), unit.kind, has=True)}
            )
            row.linked_id = unit.pk
            yield row
    for township in county.of_kind(*OPERATING):
        if township.kind != Kind.TOWNSHIP:
            continue
        rolled = dice("units", township.code)
        for number in range(rolled.randint(*UNITS_A_TOWNSHIP)):
            word = rolled.choice(read("people")["names"]["given"])
            name = f"{str(township)[:2]}{word}{rolled.choice(TRADES)}有限公司（{number + 1}厂）"
            yield _draft(township, "", {"org_name": name, **_unit(rolled, Kind.NONPUBLIC, has=False)})


def _unit(rolled: Random, kind: str, *, has: bool) -> Values:
    members = rolled.choice([0, 0, 0, 1, 1, 2, 2, 3, 4, 6]) + 3 * has
    has = has or (members >= 3 and rolled.random() < 0.7)
    runs = rolled.random() > 0.06
    return {
        "org_type": "社会组织" if kind == Kind.SOCIAL_ORG else "非公企业",
        "employees": rolled.randint(6, 180),
        "operating": "正常" if runs else rolled.choice(["停业", "空壳"]),
        "not_operating_reason": None if runs else "已停产，待注销",
        "members": members,
        "members_probationary": rolled.choice([0, 0, 0, 1]),
        "has_party_org": has,
        "setup_mode": rolled.choice(["单独", "单独", "联合", "挂靠"]) if has else None,
        "instructor": rolled.random() < 0.72,
        "no_org_reason": None if has or rolled.random() < 0.5 else "党员人数不够",
        **{
            key: has and rolled.random() < 0.88
            for key in ("six_venue", "six_facility", "six_sign", "six_flag", "six_books", "six_rules")
        },
    }


def _quarterly(county: County, villages: list[Organisation]) -> Iterator[Draft]:
    quarter = as_shipped("operating_funds").due_period(county.on)
    return (_draft(v, quarter, _funds(county, v)) for v in villages if not _missed("funds", v, 0.1))


def _funds(county: County, place: Organisation) -> Values:
    rolled = dice("funds", place.code)
    pay, office = rolled.uniform(3.2, 5.6), rolled.uniform(0.9, 1.6)
    paid = rolled.random() < 0.92
    return {
        "fund_standard": _yuan(pay + office),
        "due_pay": _yuan(pay),
        "due_office": _yuan(office),
        "paid_pay": _yuan(pay) if paid else "0",
        "paid_office": _yuan(office) if paid else "0",
        "paid_on": str(county.on - datetime.timedelta(days=rolled.randint(20, 45))) if paid else None,
        "signed_by_group": rolled.random() < 0.9,
    }


def _mobile(county: County, villages: list[Organisation]) -> Iterator[Draft]:
    for place in villages[::7]:
        rolled = dice("mobile", place.code)
        for _number in range(rolled.randint(1, 3)):
            yield _draft(
                place,
                "",
                {
                    "member_name": person_name(rolled),
                    "member_birth": f"{rolled.randint(1966, 2001)}-{rolled.randint(1, 12):02}",
                    "member_sex": rolled.choice(["男", "男", "女"]),
                    "move_direction": "流出",
                    "moved_to": rolled.choice(["浙江", "广东", "江苏", "省城"]),
                    "work_unit": rolled.choice(["制鞋厂", "电子厂", "建筑工地", "自营店"]),
                    "last_contact": str(county.on - datetime.timedelta(days=rolled.randint(3, 120))),
                },
            )


def _meetings(county: County, villages: list[Organisation]) -> Iterator[Draft]:
    """A theme day a month since the last whole quarter began; in that quarter a members' meeting and a class too."""
    last = periods.month(county.on).before()
    quarter = periods.quarter(county.on).before()
    months = [key for key in _months_from(quarter.start) if key <= last.key]
    for place in villages:
        rolled = dice("meetings", place.code)
        if rolled.random() < NEVER_MEETS:
            continue
        held = [(month, "主题党日") for month in months if rolled.random() < 0.94]
        held += [(rolled.choice(months[:3]), sort) for sort in ("支部党员大会", "党课") if rolled.random() < 0.95]
        for month, sort in held:
            due = rolled.randint(20, 60)
            values = {"meeting_type": sort, "held_on": f"{month}-{rolled.randint(3, 27):02}", "due_count": due}
            yield _draft(place, month, {**values, "attended": due - rolled.randint(0, 8), "host": person_name(rolled)})


def _months_from(first: datetime.date) -> list[str]:
    """Six months by their keys."""
    found = [periods.month(first)]
    while len(found) < 6:
        found.append(periods.month(found[-1].end + datetime.timedelta(days=1)))
    return [month.key for month in found]


def _course(county: County, township: Organisation) -> Values:
    """The township's course of the year: what it is called and when it was."""
    rolled = dice("course", township.code)
    day = f"{county.on.year}-{rolled.randint(4, 9):02}-{rolled.randint(1, 28):02}"
    return {"training_name": "村“两委”干部和党员轮训", "held_on": day}


def _trainees(county: County, villages: list[Organisation]) -> Iterator[Draft]:
    for place in villages:
        rolled = dice("trainees", place.code)
        if place.township is None:
            continue
        for name in {person_name(rolled) for _number in range(rolled.randint(*TRAINEES_A_VILLAGE))}:
            values = {**_course(county, place.township), "trainee_name": name, "signed_in": rolled.random() < 0.96}
            yield _draft(place, str(county.on.year), values)


def _trainings(county: County) -> Iterator[Draft]:
    for township in county.of_kind(Kind.TOWNSHIP):
        rolled = dice("training", township.code)
        came = rolled.randint(112, 150)
        values = {
            **_course(county, township),
            "training_level": "乡镇",
            "due_count": came + rolled.randint(0, 9),
            "attended": came,
            "person_times": came * rolled.choice([1, 2, 3]),
            "training_mode": "集中",
        }
        yield _draft(township, str(county.on.year), values)
