"""A county of any size at work, the same for the same seed: for tests of figures and for the benchmarks."""

import datetime
import random
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from dates import clock
from orgs.actor import Actor
from orgs.models import Organisation, Post, User
from orgs.rules import Kind, PartyForm, Role
from orgs.tree import placing
from records.changes import change_set
from tasks.models import Assignment, Programme, Task, Theme
from tasks.rules.status import OPEN, Basic, Status, TaskStatus

THEMES = ["阵地建设", "集体经济", "软弱涣散整顿", "社区建设", "两新组织", "党内活动", "教育培训", "经费保障"]


@dataclass
class County:
    """What was built, by name; ``actor(role)`` acts for the county, or for the first township."""

    on: datetime.date
    root: Organisation
    townships: list[Organisation]
    committees: list[Organisation]
    departments: list[Organisation]
    villages: list[Organisation]
    themes: list[Theme]
    tasks: list[Task]
    posts: dict[str, Post]

    def actor(self, role: str) -> Actor:
        """Whoever holds the role."""
        post = self.posts[role]
        return Actor(post.user, post, self.on)


def build(
    on: datetime.date, *, seed: int = 1, townships: int = 5, villages: int = 20, tasks: int = 6, prefix: str = "98"
) -> County:
    """``villages`` villages spread over the townships and two working committees, each with every task."""
    chance = random.Random(seed)
    at = clock.at_noon(on - datetime.timedelta(days=200))
    with change_set("tests.county", by=None, at=at) as changes:
        root = Organisation(code=f"{prefix}0000", name="云川县", kind=Kind.COUNTY, party_form=PartyForm.COMMITTEE)
        above = [
            *(_place(f"{prefix}1{n:03}", f"第{n}镇", Kind.TOWNSHIP, root) for n in range(townships)),
            *(_place(f"{prefix}2{n:03}", f"第{n}工委", Kind.WORKING_COMMITTEE, root) for n in range(2)),
            *(_place(f"{prefix}3{n:03}", f"第{n}局", Kind.COUNTY_DEPARTMENT, root) for n in range(2)),
        ]
        operating = above[: townships + 2]
        below = [_below(prefix, n, operating[n % len(operating)]) for n in range(villages)]
        placing.add(changes, [root, *above, *below])
        programme = changes.create(Programme(organisation=root, name="五个基本建设", first_year=2026, last_year=2026))
        themes = changes.create_all(
            [
                Theme(programme=programme, name=name, basic=Basic.TEAM, position=n, lead=above[-1] if n == 1 else None)
                for n, name in enumerate(THEMES[: max(2, min(tasks, len(THEMES)))])
            ]
        )
        posts = _people(prefix, root, above, townships, below)
        issued = changes.create_all([_task(n, chance, on, root, posts, themes) for n in range(tasks)])
    receivers = [*below, *above[townships:]]
    rows = [_assignment(chance, on, task, organisation) for task in issued for organisation in receivers]
    Assignment.objects.bulk_create(rows, batch_size=500)
    return County(
        on, root, above[:townships], above[townships : townships + 2], above[-2:], below, themes, issued, posts
    )


def _place(code: str, name: str, kind: Kind, parent: Organisation) -> Organisation:
    form = PartyForm.BRANCH if kind == Kind.COUNTY_DEPARTMENT else PartyForm.COMMITTEE
    return Organisation(code=code, name=name, kind=kind, party_form=form, parent=parent)


def _below(prefix: str, number: int, parent: Organisation) -> Organisation:
    kind = Kind.VILLAGE if parent.kind == Kind.TOWNSHIP else Kind.NONPUBLIC
    name = f"{'村' if kind == Kind.VILLAGE else '公司'}{number:04}"
    return Organisation(code=f"{prefix}4{number:05}", name=name, kind=kind, party_form=PartyForm.BRANCH, parent=parent)


def _people(
    prefix: str, root: Organisation, above: list[Organisation], townships: int, below: list[Organisation]
) -> dict[str, Post]:
    places = {
        Role.COUNTY_OFFICE: root,
        Role.COUNTY_LEADER: root,
        Role.LEAD_DEPARTMENT: above[-1],
        Role.DEPARTMENT: above[-2],
        Role.TOWNSHIP_ORGANISER: above[0],
        Role.TOWNSHIP_LEADER: above[0],
        Role.VILLAGE_RECORDER: below[0],
    }
    posts = {}
    for role, place in places.items():
        user = User.objects.create(username=f"{prefix}-{role}", name=f"{role}", password=make_password(None))
        posts[role.value] = Post.objects.create(
            user=user, role=role, organisation=place, since=datetime.date(2026, 1, 1)
        )
    return posts


def _task(
    number: int,
    chance: random.Random,
    on: datetime.date,
    root: Organisation,
    posts: dict[str, Post],
    themes: list[Theme],
) -> Task:
    return Task(
        theme=themes[number % len(themes)],
        title=f"任务{number:02}",
        status=TaskStatus.ISSUED,
        organisation=root,
        keeper=posts[Role.COUNTY_OFFICE.value],
        due_on=on + datetime.timedelta(days=chance.randint(-30, 40)),
        issued_at=clock.at_noon(on - datetime.timedelta(days=chance.randint(41, 120))),
    )


def _assignment(chance: random.Random, on: datetime.date, task: Task, organisation: Organisation) -> Assignment:
    """Any state an assignment can be in, with the dates that state has."""
    status = chance.choice([*sorted(OPEN), Status.IN_PROGRESS, Status.CLOSED, Status.CLOSED])
    assert task.due_on
    due_on = task.due_on + datetime.timedelta(days=chance.randint(-6, 6))
    given_on = task.issued_at.date() if task.issued_at else on
    percent = None
    if reported := status in {Status.IN_PROGRESS, Status.REQUESTED, Status.RETURNED, Status.CLOSED}:
        percent = 100 if status == Status.CLOSED else chance.choice([None, *range(0, 101, 5)])
    row = Assignment.given(
        task=task, organisation=organisation, status=status, on=given_on, due_on=due_on, percent=percent
    )
    if reported:
        row.said, row.reported_on = f"已完成第{chance.randint(1, 9)}项", on - datetime.timedelta(days=3)
    if status in {Status.REQUESTED, Status.CLOSED}:
        row.requested_on = on - datetime.timedelta(days=chance.randint(0, 60))
    if status == Status.CLOSED and row.requested_on:
        row.closed_on = min(on, row.requested_on + datetime.timedelta(days=chance.randint(0, 9)))
    if status == Status.RETURNED:
        row.return_reason = "佐证材料不全"
    return row
