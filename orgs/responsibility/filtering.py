"""What the filters of the list of responsibility mean: the page, its figures and its export narrow their rows here."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from orgs.actor import Actor
from orgs.models import Responsibility
from orgs.models.responsibility import ResponsibilityQuerySet
from orgs.rules import Duty


def responsibilities(actor: Actor, wanted: Mapping[str, Any]) -> ResponsibilityQuerySet:
    """The responsibility the actor may see, narrowed by the filters of ``ResponsibilityFilter``."""
    rows = Responsibility.objects.visible_to(actor)
    if wanted.get("state") != "all" or wanted.get("on"):
        rows = rows.in_force_on(wanted.get("on", actor.on))
    if duty := wanted.get("duty"):
        rows = rows.filter(duty=duty)
    if township := wanted.get("township"):
        rows = rows.filter(organisation__township=township)
    if organisation := wanted.get("organisation"):
        rows = rows.filter(organisation=organisation)
    if wanted.get("undelivered"):
        rows = undelivered(rows)
    if text := wanted.get("q"):
        rows = rows.filter(
            Q(person_name__contains=text)
            | Q(organisation__name__contains=text)
            | Q(organisation__initials__startswith=text.lower())
            | Q(department__name__contains=text)
        )
    return rows


def undelivered(rows: ResponsibilityQuerySet) -> ResponsibilityQuerySet:
    """Pairings with nothing delivered yet, whatever was pledged."""
    return rows.filter(duty=Duty.PAIRING_UNIT).filter(Q(delivered__isnull=True) | Q(delivered=0))
