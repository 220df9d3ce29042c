"""The cast: who lives where in the tests. Every test's story is told with these people.

City 禾岭市 › county 青禾县 › townships 河口镇 (villages 石岭村, 柳湾村; community 河口社区) and
金岭镇 (village 上坊村); working committee 两新工委 (non-public enterprise 宏达公司);
departments 农业农村局 (leads 集体经济) and 财政局.
Organiser of 河口镇 must never see anything of 金岭镇.
"""

import datetime
from dataclasses import dataclass, field
from functools import cache

from django.contrib.auth.hashers import make_password

from orgs.actor import Actor
from orgs.models import Organisation, Post, User
from orgs.rules import Kind, PartyForm, Role
from orgs.tree import placing
from records.changes import change_set

TODAY = datetime.date(2026, 11, 18)  # a Wednesday
PASSWORD = "correct-horse-battery"

PLACES = [  # key, code, name, kind, party form, parent
    ("city", "990100000000", "禾岭市", Kind.CITY, PartyForm.COMMITTEE, None),
    ("county", "990121000000", "青禾县", Kind.COUNTY, PartyForm.COMMITTEE, "city"),
    ("hekou", "990121100000", "河口镇", Kind.TOWNSHIP, PartyForm.COMMITTEE, "county"),
    ("jinling", "990121101000", "金岭镇", Kind.TOWNSHIP, PartyForm.COMMITTEE, "county"),
    ("liangxin", "990121900000", "两新工委", Kind.WORKING_COMMITTEE, PartyForm.COMMITTEE, "county"),
    ("agriculture", "990121800001", "农业农村局", Kind.COUNTY_DEPARTMENT, PartyForm.BRANCH, "county"),
    ("finance", "990121800002", "财政局", Kind.COUNTY_DEPARTMENT, PartyForm.BRANCH, "county"),
    ("shiling", "990121100200", "石岭村", Kind.VILLAGE, PartyForm.BRANCH, "hekou"),
    ("liuwan", "990121100201", "柳湾村", Kind.VILLAGE, PartyForm.BRANCH, "hekou"),
    ("hekou_community", "990121100001", "河口社区", Kind.COMMUNITY, PartyForm.GENERAL_BRANCH, "hekou"),
    ("shangfang", "990121101200", "上坊村", Kind.VILLAGE, PartyForm.BRANCH, "jinling"),
    ("hongda", "990121900100", "宏达公司", Kind.NONPUBLIC, PartyForm.BRANCH, "liangxin"),
]
PEOPLE = [  # user name, name, role, place
    ("office", "办公室甲", Role.COUNTY_OFFICE, "county"),
    ("office2", "办公室乙", Role.COUNTY_OFFICE, "county"),
    ("leader", "县领导甲", Role.COUNTY_LEADER, "county"),
    ("agri", "农业局甲", Role.LEAD_DEPARTMENT, "agriculture"),
    ("finance", "财政局甲", Role.DEPARTMENT, "finance"),
    ("hekou", "河口组织委员", Role.TOWNSHIP_ORGANISER, "hekou"),
    ("hekou2", "河口干事", Role.TOWNSHIP_ORGANISER, "hekou"),
    ("hekou_leader", "河口书记", Role.TOWNSHIP_LEADER, "hekou"),
    ("jinling", "金岭组织委员", Role.TOWNSHIP_ORGANISER, "jinling"),
    ("liangxin", "两新干事", Role.TOWNSHIP_ORGANISER, "liangxin"),
    ("shiling", "石岭文书", Role.VILLAGE_RECORDER, "shiling"),
    ("inspector", "督查员甲", Role.INSPECTOR, "county"),
    ("city", "市里甲", Role.CITY_VIEWER, "city"),
    ("sysadmin", "系统管理员", Role.SYSTEM_ADMIN, "county"),
    ("secadmin", "安全管理员", Role.SECURITY_ADMIN, "county"),
    ("audit", "审计管理员", Role.AUDIT_ADMIN, "county"),
]


@dataclass
class Cast:
    """Places and people by key; ``cast.actor("hekou")`` acts in the person's post on TODAY."""

    places: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    def actor(self, key: str, on: datetime.date = TODAY) -> Actor:
        """The person acting on a day."""
        return Actor(self.people[key], self.posts[key], on)


@cache
def _password_hash() -> str:
    """Hashed once a run: hashing is slow on purpose."""
    return make_password(PASSWORD)


def gather() -> Cast:
    """Put the whole cast into the database."""
    cast = Cast()
    at = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC)
    with change_set("tests.cast", by=None, at=at) as changes:
        for key, code, name, kind, form, parent in PLACES:
            above = cast.places[parent] if parent else None
            cast.places[key] = Organisation(code=code, name=name, kind=kind, party_form=form, parent=above)
        placing.add(changes, list(cast.places.values()))
    for key, name, role, place in PEOPLE:
        user = User.objects.create(username=key, name=name, password=_password_hash())
        cast.people[key] = user
        until = datetime.date(2026, 12, 31) if role == Role.INSPECTOR else None
        cast.posts[key] = Post.objects.create(
            user=user, role=role, organisation=cast.places[place], since=datetime.date(2026, 1, 1), until=until
        )
    return cast
