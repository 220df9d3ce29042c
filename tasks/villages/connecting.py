"""The grid made known to the registries: duties, hand-over, menu, and the panel of objections."""

from django.utils.translation import gettext_lazy as _

from orgs import duties
from orgs.actor import Actor
from orgs.pages import menu
from orgs.people import handover
from orgs.rules import Role
from tasks import panels
from tasks.grid import permissions as grid_permissions
from tasks.models import Assignment, Objection
from tasks.panels import Panel
from tasks.villages import handing_over
from tasks.villages.duty import ObjectionDuties


def objections_of(assignment: Assignment, actor: Actor) -> Panel | None:
    """The objections to what was entered on an assignment, when there are any."""
    rows = Objection.objects.visible_to(actor).filter(entry__assignment=assignment)
    found = list(rows.select_related("entry__user", "post__user", "answered_by__user"))
    answers = grid_permissions.answers_objections(actor)
    return Panel("tasks/villages/objection_panel.html", {"objections": found, "answers": answers}) if found else None


def connect() -> None:
    """Add them; called once when the app is ready."""
    duties.register(ObjectionDuties())
    duties.register_bulk(ObjectionDuties())
    handover.register("tasks.grid", preview=handing_over.preview, move=handing_over.move)
    menu.add(3, "village_home", _("Our village"), {Role.VILLAGE_RECORDER})
    menu.add(7, "grid", _("By village"), {Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER})
    panels.register("tasks.objections", objections_of)
