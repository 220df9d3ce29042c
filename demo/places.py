"""The demo's organisations: the tree, names past and present, second relations, classes, stars and terms of office."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from random import Random

from demo.county import County
from demo.fixture import dice, read
from naming import pinyin
from orgs.models import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.rules import Kind, PartyForm, RelationKind, VillageClass, term_years
from orgs.tree import placing
from records.changes import Writer

STREET, TOWN, RURAL = "街道", "镇", "乡"
FIRST_CODE = {STREET: 1, TOWN: 100, RURAL: 200}  # as the statistical codes number them
CLASSES = [VillageClass.FIRST] * 5 + [VillageClass.SECOND] * 11 + [VillageClass.THIRD] * 3 + [VillageClass.UNRATED]
WITHOUT_TERM = 0.03
HELD_LONG_AGO, HELD_DUE = 0.03, 0.09  # shares of terms overdue, and (with those) due within half a year


@dataclass(frozen=True)
class Size:
    """How much of the county is made: all of it, or a few townships for a test."""

    townships: int = 25
    villages: int = 99  # at most in a township
    units: int = 99  # at most of each kind under a committee


def build(changes: Writer, county: County, size: Size) -> None:
    """Make all organisations and what hangs on them."""
    _top(county)
    _townships(county, size)
    _committees(county, size)
    rows = [*county.places.values(), *county.units]
    for row in rows:
        row.opened_on = row.opened_on or datetime.date(county.on.year - 12, 1, 1)
    placing.add(changes, rows)
    _merge(changes, county)
    _other_names(changes, county)
    _links(changes, county)
    _ratings(changes, county)
    _terms(changes, county)


def _top(county: County) -> None:
    fixture = read("places")
    city = Organisation(
        **fixture["city"],
        short_name=fixture["city"]["name"],
        kind=Kind.CITY,
        node_type="地级市",
        party_form=PartyForm.COMMITTEE,
    )
    root = Organisation(
        **fixture["county"], short_name=fixture["county"]["name"], kind=Kind.COUNTY, node_type="县", parent=city
    )
    root.party_form = PartyForm.COMMITTEE
    county.places |= {"city": city, "county": root}
    for number, given in enumerate(fixture["departments"], start=1):
        county.places[given["key"]] = Organisation(
            code=f"{root.code[:6]}8{number:05}",
            name=given["name"],
            kind=Kind.COUNTY_DEPARTMENT,
            party_form=PartyForm.COMMITTEE if number % 3 == 0 else PartyForm.GENERAL_BRANCH,
            node_type="县直部门",
            parent=root,
        )


def _townships(county: County, size: Size) -> None:
    fixture = read("places")
    chosen = fixture["townships"] if size.townships >= len(fixture["townships"]) else fixture["townships"][2:]
    numbers = {kind: count(first) for kind, first in FIRST_CODE.items()}
    community_names = iter(
        dice("communities").sample(fixture["communities"]["names"], k=len(fixture["communities"]["names"]))
    )
    estates = iter(fixture["estates"])
    taken: set[str] = set()
    for given in chosen[: size.townships]:
        ending = next(kind for kind in FIRST_CODE if given["name"].endswith(kind))
        township = Organisation(
            code=f"{county.root.code[:6]}{next(numbers[ending]):03}000",
            name=given["name"],
            kind=Kind.TOWNSHIP,
            party_form=PartyForm.COMMITTEE,
            node_type=ending,
            urban_rural_class="111" if ending == STREET else "121" if ending == TOWN else "210",
            parent=county.root,
        )
        county.places[given["key"]] = township
        rolled = dice("township", given["key"])
        _communities(county, township, rolled, community_names, estates)
        _villages(county, township, rolled, size, taken)
    _township_enterprises(county, size)


def _communities(
    county: County, township: Organisation, rolled: Random, more_names: Iterator[str], estates: Iterator[str]
) -> None:
    fixture = read("places")["communities"]
    by_kind = {STREET: "in_a_street", TOWN: "in_a_town", RURAL: "in_a_rural_township"}
    stem = township.name.removesuffix(township.node_type)
    for number in range(rolled.randint(*fixture[by_kind[township.node_type]])):
        name = f"{stem}社区" if number == 0 else f"{next(more_names, f'{stem}第{number + 1}')}社区"
        community = Organisation(
            code=f"{township.code[:9]}{number + 1:03}",
            name=name,
            kind=Kind.COMMUNITY,
            party_form=PartyForm.GENERAL_BRANCH,
            node_type="社区",
            urban_rural_class="111" if township.node_type == STREET else "121",
            parent=township,
        )
        county.units.append(community)
        if township.node_type == STREET and (estate := next(estates, None)):
            county.units.append(
                Organisation(
                    code=f"{community.code}-1",
                    name=estate,
                    kind=Kind.ESTATE,
                    party_form=PartyForm.BRANCH,
                    node_type="小区",
                    parent=community,
                )
            )


def _villages(county: County, township: Organisation, rolled: Random, size: Size, taken: set[str]) -> None:
    fixture = read("places")["villages"]
    wanted = rolled.randint(*fixture["a_township"]) // (2 if township.node_type == STREET else 1)
    pairs = [f"{first}{second}村" for first in fixture["first"] for second in fixture["second"] if first != second]
    rolled.shuffle(pairs)
    free = (pair for pair in pairs if pair not in taken)
    for number in range(min(wanted, size.villages)):
        name = next(free)
        if rolled.random() > 0.02:  # now and then two villages of one county share a name, as in life
            taken.add(name)
        county.units.append(
            Organisation(
                code=f"{township.code[:9]}{200 + number:03}",
                name=name,
                kind=Kind.VILLAGE,
                party_form=PartyForm.GENERAL_BRANCH if rolled.random() < 0.12 else PartyForm.BRANCH,
                node_type="行政村",
                urban_rural_class="220",
                parent=township,
            )
        )


def _committees(county: County, size: Size) -> None:
    fixture = read("places")
    for number, given in enumerate(fixture["committees"], start=1):
        county.places[given["key"]] = Organisation(
            code=f"{county.root.code[:6]}9{number:02}000",
            name=given["full"],
            short_name=given["name"],
            kind=Kind.WORKING_COMMITTEE,
            party_form=PartyForm.COMMITTEE,
            node_type="党工委",
            parent=county.root,
        )
    _under(county, "jiguan", Kind.GOVERNMENT_OFFICE, "机关", fixture["offices"][: size.units])
    _under(county, "jiguan", Kind.PUBLIC_INSTITUTION, "事业单位", fixture["institutions"][: size.units])
    _under(county, "jiaoyu", Kind.SCHOOL, "学校", _schools(county)[: size.units])
    _under(county, "guozi", Kind.STATE_OWNED, "国有企业", _own(fixture["state_owned"][: size.units]))
    enterprises = list(islice(_enterprise_names(), fixture["enterprises"]["of_the_committee"]))
    _under(county, "liangxin", Kind.NONPUBLIC, "非公企业", enterprises[: size.units])
    _under(county, "liangxin", Kind.SOCIAL_ORG, "社会组织", _social_orgs()[: size.units])


def _own(stems: list[str]) -> list[str]:
    """The names with the county's before them."""
    prefix = read("places")["county"]["name"].removesuffix("县")
    return [f"{prefix}{stem}" for stem in stems]


def _schools(county: County) -> list[str]:
    prefix = read("places")["county"]["name"]
    stems = [o.name.removesuffix(o.node_type) for o in county.of_kind(Kind.TOWNSHIP)]
    return [f"{prefix}{name}" for name in read("places")["schools"]] + [f"{stem}中心学校" for stem in stems]


def _enterprise_names() -> Iterator[str]:
    """Names of enterprises, each different, in an order of their own."""
    fixture = read("places")["enterprises"]
    rolled = dice("enterprises")
    seen: set[str] = set()
    while True:
        stem = rolled.choice(fixture["first"]) + rolled.choice(fixture["second"])
        if stem not in seen and stem[0] != stem[1]:
            seen.add(stem)
            yield _own([stem + rolled.choice(fixture["trades"])])[0]


def _social_orgs() -> list[str]:
    fixture = read("places")["social_orgs"]
    pairs = [subject + form for subject in fixture["subjects"] for form in fixture["forms"]]
    return _own(dice("social orgs").sample(pairs, k=fixture["of_the_committee"]))


def _township_enterprises(county: County, size: Size) -> None:
    fixture = read("places")["enterprises"]
    townships = county.of_kind(Kind.TOWNSHIP)
    enterprises = _enterprise_names()
    for _used_by_the_committee in range(fixture["of_the_committee"]):
        next(enterprises)
    number = {township.code: count(500) for township in townships}
    for index in range(fixture["in_townships"] if size.townships >= len(townships) > 10 else len(townships)):
        township = townships[index % len(townships)]
        county.units.append(
            Organisation(
                code=f"{township.code[:9]}{next(number[township.code]):03}",
                name=next(enterprises),
                kind=Kind.NONPUBLIC,
                party_form=PartyForm.BRANCH if index % 3 else PartyForm.NONE,
                node_type="非公企业",
                parent=township,
            )
        )


def _under(county: County, key: str, kind: Kind, node_type: str, given: list[str]) -> None:
    """Units of one kind under a working committee; of the two-new ones, some have no Party organisation yet."""
    parent = county.places[key]
    first = 1 + sum(1 for unit in county.units if unit.parent is parent)
    for number, name in enumerate(given, start=first):
        rolled = dice("form", name)
        form = PartyForm.BRANCH
        if kind in {Kind.NONPUBLIC, Kind.SOCIAL_ORG} and rolled.random() < 0.3:
            form = PartyForm.NONE
        elif kind in {Kind.SCHOOL, Kind.GOVERNMENT_OFFICE} and rolled.random() < 0.25:
            form = PartyForm.GENERAL_BRANCH
        county.units.append(
            Organisation(
                code=f"{parent.code[:9]}{number:03}",
                name=name,
                kind=kind,
                party_form=form,
                node_type=node_type,
                parent=parent,
            )
        )


def _merge(changes: Writer, county: County) -> None:
    """Some villages were merged into a neighbour years ago: closed, and still found by their names."""
    rolled = dice("merged")
    townships = county.of_kind(Kind.TOWNSHIP)
    closed = []
    for township in rolled.sample(townships, k=min(read("places")["merged_villages"], len(townships) - 1)):
        villages = [v for v in county.of_kind(Kind.VILLAGE) if v.parent is township]
        if len(villages) < 4:
            continue
        village, into = villages[-1], villages[0]
        village.closed_on, village.merged_into = datetime.date(county.on.year - 2, 7, 1), into
        closed.append(village)
        changes.create(
            OrganisationName(organisation=into, name=village.name, initials=village.initials, until=village.closed_on)
        )
    changes.update_all(closed, ["closed_on", "merged_into"])


def _other_names(changes: Writer, county: County) -> None:
    rows = []
    for name, others in read("places")["aliases"].items():
        department = next(place for place in county.places.values() if place.name == name)
        rows += [OrganisationName(organisation=department, name=other) for other in others]
    for committee in county.of_kind(Kind.WORKING_COMMITTEE):
        rows.append(OrganisationName(organisation=committee, name=committee.short_name.replace("工委", "党工委")))
    for village in county.of_kind(Kind.VILLAGE):
        rolled = dice("old name", village.code)
        if rolled.random() < 0.06:
            day = datetime.date(county.on.year - rolled.randint(4, 9), 4, 1)
            rows.append(OrganisationName(organisation=village, name=f"老{village.name}", until=day))
    for row in rows:
        row.initials = pinyin.initials(row.name)
    changes.create_all(rows)


def _links(changes: Writer, county: County) -> None:
    fixture = read("places")["links"]
    since = datetime.date(county.on.year - 1, 3, 1)
    bare = [o for o in county.of_kind(Kind.NONPUBLIC) if o.party_form == PartyForm.NONE]
    committee = county.places["liangxin"]
    branches = [o for o in county.of_kind(Kind.NONPUBLIC) if o.party_form == PartyForm.BRANCH and o.parent is committee]
    rows = []
    for branch in branches[: fixture["joint_branches"]]:
        members = [bare.pop(0) for _each in range(3) if bare]
        rows += [Relation(organisation=branch, member=m, kind=RelationKind.JOINT_BRANCH, since=since) for m in members]
    hosts = county.of_kind(Kind.COMMUNITY)
    for host, member in zip(hosts[: fixture["host_branches"]], bare, strict=False):
        rows.append(Relation(organisation=host, member=member, kind=RelationKind.HOST_BRANCH, since=since))
    changes.create_all(rows)


def _ratings(changes: Writer, county: County) -> None:
    rows = []
    for organisation in county.of_kind(Kind.VILLAGE, Kind.COMMUNITY):
        rolled = dice("class", organisation.code)
        for year in (county.on.year - 1, county.on.year):
            village_class = rolled.choice(CLASSES)
            rows.append(
                YearRating(
                    organisation=organisation,
                    year=year,
                    village_class=village_class,
                    stars=_stars(village_class, rolled),
                )
            )
        county.classes[organisation.pk] = village_class
    changes.create_all(rows)


def _stars(village_class: str, rolled: Random) -> int | None:
    ranges = {VillageClass.FIRST: (4, 5), VillageClass.SECOND: (3, 4), VillageClass.THIRD: (1, 2)}
    bounds = ranges.get(VillageClass(village_class))
    return rolled.randint(*bounds) if bounds else None


def _terms(changes: Writer, county: County) -> None:
    every = county.of_kind(*(set(Kind) - {Kind.CITY, Kind.COUNTY, Kind.ESTATE}))
    rows = []
    for organisation in every:
        rolled = dice("term", organisation.code)
        if organisation.party_form == PartyForm.NONE or rolled.random() < WITHOUT_TERM:
            continue
        ends_on = county.on + datetime.timedelta(days=_days_left(rolled))
        started_on = ends_on - datetime.timedelta(days=365 * term_years(organisation.kind))
        rows.append(TermOfOffice(organisation=organisation, started_on=started_on, ends_on=ends_on))
    changes.create_all(rows)


def _days_left(rolled: Random) -> int:
    """Days to the end of a term: a few are overdue, some due, most far off."""
    share = rolled.random()
    if share < HELD_LONG_AGO:
        return -rolled.randint(5, 200)
    if share < HELD_DUE:
        return rolled.randint(3, 175)
    return rolled.randint(200, 900)
