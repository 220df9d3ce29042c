"""To whom pressing goes: the unit that answers for an assignment, seen from whoever presses."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.actor import Actor
from orgs.models import Organisation, Post, Responsibility
from orgs.pages import shown
from orgs.rules import Duty, Role
from supervision.permissions import TOWNSHIP
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet

CONTACTS_SHOWN = 2


@dataclass
class Unit:
    """One unit to press: its open items, whom to call, and what to write into the chat group."""

    organisation: Organisation
    items: list[Assignment] = field(default_factory=list)
    contacts: list[tuple[str, str]] = field(default_factory=list)

    def lines(self) -> list[tuple[Organisation, list[Assignment]]]:
        """The items by organisation: one line of text for each."""
        found: dict[int, tuple[Organisation, list[Assignment]]] = {}
        for item in self.items:
            found.setdefault(item.organisation_id, (item.organisation, []))[1].append(item)
        return list(found.values())


def token(chosen: Iterable[Unit]) -> str:
    """What a form sends back of the units and items it showed."""
    return shown.fingerprint([(unit.organisation.pk, {item.pk for item in unit.items}) for unit in chosen])


def unit_of(actor: Actor, organisation: Organisation) -> Organisation:
    """The township that operates an organisation; seen from a township, the organisation itself."""
    return organisation if actor.role in TOWNSHIP else (organisation.township or organisation)


def units(actor: Actor, rows: AssignmentQuerySet) -> list[Unit]:
    """The units behind assignments in the order of the tree, each with its items, most pressing first."""
    found: dict[int, Unit] = {}
    items = rows.select_related("task", "organisation__township").order_by("organisation__path", "due_on", "pk")
    for item in items:
        unit = unit_of(actor, item.organisation)
        found.setdefault(unit.pk, Unit(unit)).items.append(item)
    _add_contacts(actor, found)
    return list(found.values())


def _add_contacts(actor: Actor, found: dict[int, Unit]) -> None:
    """Whoever fills in or leads there, then who is concretely responsible, with their numbers."""
    roles = [Role.TOWNSHIP_ORGANISER, Role.VILLAGE_RECORDER, Role.DEPARTMENT, Role.LEAD_DEPARTMENT]
    posts = Post.objects.held_on(actor.on).filter(role__in=roles, organisation__in=found)
    for key, name, phone in posts.values_list("organisation_id", "user__name", "user__phone"):
        found[key].contacts.append((name, phone))
    rows = Responsibility.objects.visible_to(actor).in_force_on(actor.on).filter(organisation__in=found)
    rows = rows.filter(Q(duty=Duty.CONCRETE) | Q(duty=Duty.DIRECT)).exclude(person_name="")
    for key, name, phone in rows.order_by("duty", "pk").values_list("organisation_id", "person_name", "phone"):
        if len(found[key].contacts) < CONTACTS_SHOWN:
            found[key].contacts.append((name, phone))


def missing(item: Assignment) -> str:
    """What is missing on an item, in a few words."""
    if item.return_reason and item.status == "returned":
        return item.return_reason
    if item.target is not None and item.value is not None and item.value < item.target:
        left = {"left": f"{item.target - item.value:f}".rstrip("0").rstrip("."), "unit": item.task.unit}
        return _("%(left)s %(unit)s still to go") % left
    if item.percent is None:
        return _("nothing reported yet")
    return _("at %(percent)s%%") % {"percent": item.percent}


def text(head: str, chosen: Iterable[Unit], when: dict[int, str]) -> str:
    """What to paste into a chat group: one line an organisation, with what, by when and what is missing."""
    lines = [head]
    for unit in chosen:
        for organisation, items in unit.lines():
            what = _("; ").join(
                _("%(title)s (%(when)s, %(missing)s)")
                % {"title": item.task.title, "when": when[item.pk], "missing": missing(item)}
                for item in items
            )
            lines.append(_("%(organisation)s: %(what)s") % {"organisation": organisation, "what": what})
    return "\n".join(lines)


def summary(unit: Unit) -> str:
    """What a push says: how many items, and the first of them."""
    count = len(unit.items)
    words = {"count": count, "title": unit.items[0].task.title}
    return ngettext("Urged: %(count)s item, %(title)s", "Urged: %(count)s items, %(title)s and others", count) % words


def signatory(actor: Actor) -> str:
    """The county leader who signs, when there is exactly one."""
    posts = Post.objects.held_on(actor.on).filter(role=Role.COUNTY_LEADER, organisation=actor.county)
    names = list(posts.values_list("user__name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""
