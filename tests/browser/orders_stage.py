"""Twenty-four departments that are late with a key task, put into a running site."""

import datetime

from dates import clock
from orgs.models import Organisation, Post
from orgs.rules import Kind, PartyForm, Role
from orgs.tree import placing
from records.changes import change_set
from tasks.models import Assignment, Task, Theme
from tasks.rules.status import Shape, TaskStatus

TITLE, UNITS = "阵地建设攻坚", 24


def build() -> None:
    """The departments, and what each of them is ten days late with."""
    today = clock.today()
    county = Organisation.objects.get(kind=Kind.COUNTY)
    keeper = Post.objects.filter(role=Role.COUNTY_OFFICE, organisation=county).first()
    assert keeper is not None
    theme = Theme.objects.order_by("pk").first()
    at = clock.at_noon(today - datetime.timedelta(days=60))
    with change_set("tests.orders", by=None, at=at) as changes:
        places = [
            Organisation(
                code=f"99018{number:04}",
                name=f"第{number}攻坚局",
                kind=Kind.COUNTY_DEPARTMENT,
                party_form=PartyForm.BRANCH,
                parent=county,
            )
            for number in range(1, UNITS + 1)
        ]
        placing.add(changes, places)
        due = today - datetime.timedelta(days=10)
        task = changes.create(
            Task(
                title=TITLE,
                theme=theme,
                shape=Shape.SINGLE,
                status=TaskStatus.ISSUED,
                organisation=county,
                keeper=keeper,
                due_on=due,
                year=today.year,
                issued_at=at,
                is_key=True,
            )
        )
        given = {"task": task, "on": today - datetime.timedelta(days=60), "due_on": due}
        changes.create_all([Assignment.given(organisation=place, **given) for place in places])
