"""For townships whose villages read neither screen nor mail: text to paste into a group, and a list to call by."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs import duties
from orgs.actor import Actor
from orgs.duties import Due, Root, Window
from orgs.models import Organisation, Post, Responsibility
from orgs.rules import Duty, Role
from reminders import wording
from reminders.rules.kinds import UNFINISHED

DAYS = 7
PEOPLE_SHOWN = 2


@dataclass
class Call:
    """One organisation to call: whom, and what is open there."""

    organisation: Organisation
    contacts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


def calls(actor: Actor, township: Organisation) -> list[Call]:
    """The organisations below a township with something overdue, sent back or due within a week, most urgent first."""
    below = Organisation.objects.visible_to(actor).filter(township=township).exclude(pk=township.pk)
    found = {row.pk: Call(row) for row in below.open_on(actor.on).order_by("path")}
    places = {call.organisation.path: (Root(pk, frozenset()),) for pk, call in found.items()}
    window = Window(actor.on, actor.on + datetime.timedelta(days=DAYS), actor.on, actor.calendar.before(actor.on))
    for due in sorted(duties.due(places, window), key=lambda due: (due.due_on, due.title)):
        if due.stage in UNFINISHED and due.due_on <= window.until:
            found[due.root].lines.append(_line(due, actor.on))
    chosen = [call for call in found.values() if call.lines]
    _add_contacts(chosen, actor)
    return sorted(chosen, key=lambda call: (call.lines[0]["due_on"], call.organisation.path))


def _line(due: Due, day: datetime.date) -> dict[str, Any]:
    return {"title": due.title, "due_on": due.due_on, "when": wording.left_words(due.due_on, day), "stage": due.stage}


def _add_contacts(found: Sequence[Call], actor: Actor) -> None:
    """Whoever records for the organisation, then who is concretely responsible, with their numbers."""
    keys = {call.organisation.pk: call for call in found}
    posts = Post.objects.held_on(actor.on).filter(role=Role.VILLAGE_RECORDER, organisation__in=keys)
    for key, name, phone in posts.values_list("organisation_id", "user__name", "user__phone"):
        keys[key].contacts.append((name, phone))
    rows = Responsibility.objects.visible_to(actor).in_force_on(actor.on).filter(organisation__in=keys)
    rows = rows.filter(Q(duty=Duty.CONCRETE) | Q(duty=Duty.VILLAGE_CADRE)).exclude(person_name="")
    for key, name, phone in rows.order_by("duty", "pk").values_list("organisation_id", "person_name", "phone"):
        if len(keys[key].contacts) < PEOPLE_SHOWN:
            keys[key].contacts.append((name, phone))


def text(township: Organisation, found: Sequence[Call], day: datetime.date) -> str:
    """What to paste into the group: one line an organisation."""
    head = _("%(township)s, %(day)s: please attend to") % {"township": township, "day": day}
    lines = [
        _("%(organisation)s: %(what)s")
        % {
            "organisation": call.organisation,
            "what": _("; ").join(
                _("%(title)s (%(when)s)") % {"title": line["title"], "when": line["when"]} for line in call.lines
            ),
        }
        for call in found
    ]
    return "\n".join([head, *lines])
