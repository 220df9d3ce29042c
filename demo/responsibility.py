"""Who looks after whom in the demo: responsible persons, areas, villages, leaders, pairings; with a few gaps."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from demo.county import County
from demo.fixture import dice, person_name
from orgs.models import Organisation, Responsibility
from orgs.rules import TWO_NEW, VILLAGE_LEVEL, Duty, Kind, PartyForm, VillageClass
from records.changes import Writer

AREA = 4  # villages an area leader looks after
GAP = 0.04  # share of villages without the cadre or the leader they should have
NOTHING_DELIVERED = 0.25  # share of pairings that pledged and brought nothing yet
TITLES = {
    Kind.VILLAGE: ("村党组织书记", "村党组织副书记", "村文书"),
    Kind.COMMUNITY: ("社区党组织书记", "社区党组织副书记", "社区党务专干"),
    Kind.TOWNSHIP: ("党委书记", "党委副书记", "组织委员"),
    Kind.WORKING_COMMITTEE: ("工委书记", "工委副书记", "工委专干"),
}
UNIT_TITLES = ("党组织书记", "党组织副书记", "党务干部")


def build(changes: Writer, county: County) -> None:
    """Make all responsibility in force on the day of the demo."""
    rows = [*_responsible_persons(county), *_townships(county), *_pairings(county), *_instructors(county)]
    since = datetime.date(county.on.year, 1, 1)
    for row in rows:
        row.since, row.document = since, f"禾组发〔{county.on.year}〕6号"
    changes.create_all(rows)


def _person(organisation: Organisation, duty: Duty, rolled: Random, title: str) -> Responsibility:
    return Responsibility(organisation=organisation, duty=duty, person_name=person_name(rolled), title=title)


def _responsible_persons(county: County) -> Iterator[Responsibility]:
    """The three responsible persons of everything with a Party organisation; here and there one is not named yet."""
    for organisation in county.of_kind(*(set(Kind) - {Kind.CITY, Kind.COUNTY, Kind.ESTATE})):
        rolled = dice("responsible", organisation.code)
        if organisation.party_form == PartyForm.NONE:
            continue
        titles = TITLES.get(Kind(organisation.kind), UNIT_TITLES)
        for duty, title in zip((Duty.FIRST, Duty.DIRECT, Duty.CONCRETE), titles, strict=True):
            if duty == Duty.FIRST or rolled.random() > GAP / 2:
                yield _person(organisation, duty, rolled, title)


def _townships(county: County) -> Iterator[Responsibility]:
    """Area leaders, village cadres and, where they are needed most, contact leaders and first secretaries."""
    for township in county.of_kind(Kind.TOWNSHIP):
        rolled = dice("areas", township.code)
        yield _person(township, Duty.CONTACT_LEADER, rolled, "县级联系领导")
        villages = [o for o in county.of_kind(*VILLAGE_LEVEL) if o.parent_id == township.pk]
        for start in range(0, len(villages), AREA):
            leader, without = person_name(rolled), rolled.random() < GAP
            for village in villages[start : start + AREA]:
                if not without:
                    yield Responsibility(
                        organisation=village, duty=Duty.AREA_LEADER, person_name=leader, title="乡镇党委委员"
                    )
                yield from _village(county, village)


def _village(county: County, village: Organisation) -> Iterator[Responsibility]:
    rolled = dice("village", village.code)
    if rolled.random() > GAP:
        yield _person(village, Duty.VILLAGE_CADRE, rolled, "乡镇包村干部")
    if county.classes[village.pk] == VillageClass.THIRD:
        yield _person(village, Duty.CONTACT_LEADER, rolled, "县级联系领导")
        yield _person(village, Duty.FIRST_SECRETARY, rolled, "驻村第一书记")


def _pairings(county: County) -> Iterator[Responsibility]:
    """Departments paired with villages of class 2 and 3, with what they pledged and what has come."""
    helpers = county.of_kind(Kind.COUNTY_DEPARTMENT, Kind.GOVERNMENT_OFFICE)
    needy = [
        o for o in county.of_kind(Kind.VILLAGE) if county.classes[o.pk] in {VillageClass.SECOND, VillageClass.THIRD}
    ]
    for number, village in enumerate(needy):
        rolled = dice("pairing", village.code)
        if rolled.random() < 0.4:
            continue
        pledged = Decimal(rolled.choice([1, 2, 3, 5, 5, 8, 10, 20]))
        share = (
            Decimal(0) if rolled.random() < NOTHING_DELIVERED else Decimal(rolled.choice([40, 50, 80, 100, 100])) / 100
        )
        yield Responsibility(
            organisation=village,
            duty=Duty.PAIRING_UNIT,
            department=helpers[number % len(helpers)],
            person_name=person_name(rolled),
            title="联络人",
            pledged=pledged,
            delivered=(pledged * share).quantize(Decimal("0.01")),
        )


def _instructors(county: County) -> Iterator[Responsibility]:
    """Instructors for enterprises and social organisations without a Party organisation; a few still wait for one."""
    for organisation in county.of_kind(*TWO_NEW):
        rolled = dice("instructor", organisation.code)
        needed = organisation.party_form == PartyForm.NONE
        if rolled.random() < (0.85 if needed else 0.3):
            yield _person(organisation, Duty.INSTRUCTOR, rolled, "党建指导员")
