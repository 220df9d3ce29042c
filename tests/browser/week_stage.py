"""A township with twenty villages and nine matters of the week, put into a running site."""

import datetime

from django.contrib.auth.hashers import make_password

from dates import clock
from orgs.models import Organisation, Post, User
from orgs.rules import Kind, PartyForm, Role
from orgs.tree import placing
from records.changes import change_set
from tasks.models import Assignment, Milestone, Task, Theme
from tasks.rules.status import Shape, Status, TaskStatus
from tests.browser.window import PASSWORD

_NAMES = "石岭柳湾大塘杨家新河上坪东风新民枫树梅岭茶园竹山双溪高桥白沙青龙马鞍云台长冲桃源"
VILLAGES = [f"{_NAMES[at : at + 2]}村" for at in range(0, len(_NAMES), 2)]
STAGES = ["选址", "基础", "主体", "粉刷", "两栏配套", "绿化", "验收"]
TASKS = [
    ("活动场所改扩建", Shape.MILESTONES, ""),
    ("集体收入", Shape.QUANTITY, "万元"),
    ("建筑面积", Shape.QUANTITY, "㎡"),
    ("流动党员联系", Shape.QUANTITY, "人"),
    ("发展党员", Shape.QUANTITY, "人"),
    ("三会一课", Shape.RECURRING, ""),
    ("主题党日", Shape.RECURRING, ""),
    ("干部轮训", Shape.SINGLE, ""),
    ("阵地日常维护", Shape.STANDING, ""),
]


def build(town: str, people: tuple[str, ...]) -> None:
    """The township ``town`` with its villages, its organisers by user name, and what they owe."""
    today = clock.today()
    code = f"98{Organisation.objects.count():04}"  # its own, however many townships a site was given before
    county = Organisation.objects.get(kind=Kind.COUNTY)
    keeper = Post.objects.filter(role=Role.COUNTY_OFFICE, organisation=county).first()
    assert keeper is not None
    theme = Theme.objects.order_by("pk").first()
    at = clock.at_noon(today - datetime.timedelta(days=30))
    with change_set("tests.week", by=None, at=at) as changes:
        form = {"party_form": PartyForm.BRANCH}
        above = Organisation(
            code=f"{code}000", name=town, kind=Kind.TOWNSHIP, party_form=PartyForm.COMMITTEE, parent=county
        )
        below = [
            Organisation(code=f"{code}{number:03}", name=name, kind=Kind.VILLAGE, parent=above, **form)
            for number, name in enumerate(VILLAGES, start=1)
        ]
        placing.add(changes, [above, *below])
        for name in people:
            user = User.objects.create(username=name, name=f"{name}甲", password=make_password(PASSWORD))
            since = today - datetime.timedelta(days=90)
            changes.create(Post(user=user, role=Role.TOWNSHIP_ORGANISER, organisation=above, since=since))
        due = today + datetime.timedelta(days=3)
        for title, shape, unit in TASKS:
            task = changes.create(
                Task(
                    theme=theme,
                    title=title,
                    status=TaskStatus.ISSUED,
                    issued_at=at,
                    organisation=county,
                    keeper=keeper,
                    shape=shape,
                    unit=unit,
                    due_on=due,
                    times=4,
                )
            )
            rows = changes.create_all(
                [
                    Assignment.given(
                        task=task, on=today - datetime.timedelta(days=30), due_on=due, organisation=place,
                        status=Status.RECEIVED, target=100 if shape == Shape.QUANTITY else None,
                    )
                    for place in below
                ]
            )  # fmt: skip
            changes.create_all([stage for row in rows for stage in _stages(row, shape, due)])


def _stages(row: Assignment, shape: str, due: datetime.date) -> list[Milestone]:
    names = STAGES if shape == Shape.MILESTONES else ["11月"] if shape == Shape.RECURRING else []
    return [
        Milestone(
            assignment=row,
            position=at,
            name=name,
            period="2026-11" if shape == Shape.RECURRING else "",
            wanted=4 if shape == Shape.RECURRING else 1,
            due_on=due,
            original_due_on=due,
        )
        for at, name in enumerate(names, start=1)
    ]
