"""What the stories about supervision need: one of each kind, at 河口镇 and 石岭村."""

import datetime
from typing import Any

from django.db import models

from records.changes import change_set
from supervision.models import (
    Blocker,
    OrderItem,
    Problem,
    Remedy,
    Sample,
    SampledItem,
    SupervisionOrder,
    Talk,
    Urge,
    UrgedItem,
)
from supervision.rules import BlockerState, Color, OrderState
from tasks.models import Assignment
from tests.cast import TODAY, Cast

YESTERDAY = TODAY - datetime.timedelta(days=1)
SOON = TODAY + datetime.timedelta(days=5)


def supervised(cast: Cast, row: Assignment, closed: Assignment) -> dict[str, models.Model]:
    """Rows by name; ``row`` is open, ``closed`` is closed."""
    office, hekou = cast.actor("office"), cast.actor("hekou")
    county, township, village = cast.places["county"], cast.places["hekou"], cast.places["shiling"]
    order: dict[str, Any] = {
        "county": county,
        "organisation": township,
        "year": TODAY.year,
        "color": Color.BLUE,
        "basis": "逾期",
        "demand": "限期整改",
        "signed_by": "县领导甲",
        "issued_by": office.post,
        "issued_on": YESTERDAY,
        "rectify_by": SOON,
    }
    matter: dict[str, Any] = {
        "organisation": village,
        "holder": township,
        "assignment": row,
        "text": "宅基地手续办不下来",
        "raised_by": hekou.post,
        "raised_on": YESTERDAY,
        "answer_due_on": SOON,
    }
    with change_set("tests.supervision", by=office) as changes:
        made: dict[str, models.Model] = {
            "urge": changes.create(Urge(organisation=township, by=office.post, at=office.now, on=YESTERDAY)),
            "order": changes.create(SupervisionOrder(serial=1, **order)),
            "replied_order": changes.create(
                SupervisionOrder(serial=2, state=OrderState.REPLIED, reply="已整改", replied_on=TODAY, **order)
            ),
            "talk": changes.create(
                Talk(organisation=township, person="河口书记", basis="红单两份", kept_by=office.post)
            ),
            "blocker": changes.create(Blocker(**matter)),
            "answered_blocker": changes.create(
                Blocker(state=BlockerState.ANSWERED, answer="下周现场办公", answered_on=TODAY, **matter)
            ),
            "sample": changes.create(
                Sample(
                    organisation=county,
                    period="2026-11",
                    seed="a",
                    population=1,
                    size=1,
                    drawn_on=TODAY,
                    drawn_by=office.post,
                )
            ),
            "problem": changes.create(
                Problem(organisation=village, year=2026, text="活动场所面积不足", found_on=TODAY, entered_by=hekou.post)
            ),
        }
        made["urged_item"] = changes.create(UrgedItem(urge=made["urge"], assignment=row, on=YESTERDAY))
        made["order_item"] = changes.create(OrderItem(order=made["order"], assignment=row, days_late=1))
        made["sampled_item"] = changes.create(SampledItem(sample=made["sample"], assignment=closed))
        made["remedy"] = changes.create(
            Remedy(problem=made["problem"], title="扩建", measure="倒排工期", unit="石岭村", person="王某", due_on=SOON)
        )
    return made
