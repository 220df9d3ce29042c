"""What the page of an assignment shows of supervision: urgings, orders, matters, re-checks."""

from orgs.actor import Actor
from supervision import permissions
from supervision.actions.pressing import urged_of
from supervision.models import Blocker, OrderItem, SampledItem, SupervisionOrder
from supervision.rules import SampleResult
from tasks.models import Assignment
from tasks.panels import Panel
from tasks.rules import status as rules


def of_assignment(assignment: Assignment, actor: Actor) -> Panel | None:
    """The panel, when there is anything to show or to do."""
    orders = SupervisionOrder.objects.visible_to(actor)
    items = OrderItem.objects.filter(assignment=assignment, order__in=orders).select_related("order")
    blockers = Blocker.objects.visible_to(actor).filter(assignment=assignment).select_related("holder", "organisation")
    rechecks = SampledItem.objects.visible_to(actor).filter(assignment=assignment)
    context = {
        "assignment": assignment,
        "urged": urged_of(assignment, actor),
        "orders": [item.order for item in items],
        "blockers": list(blockers),
        "rechecks": list(rechecks.exclude(result=SampleResult.PENDING).select_related("sample")),
        "may_raise": permissions.may_raise(actor) if assignment.status in rules.OPEN else None,
    }
    shown = any(context[name] for name in ("urged", "orders", "blockers", "rechecks", "may_raise"))
    return Panel("supervision/assignment_panel.html", context) if shown else None
