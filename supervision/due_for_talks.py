"""Who is due for a talk (约谈) by the rules a county sets: counted in SQL, a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.actor import Actor
from orgs.models import Organisation, Responsibility
from orgs.rules import Duty
from supervision.models import SampledItem, SupervisionOrder, Talk, UrgedItem
from supervision.rules import Color, Reason, SampleResult, reasons
from tasks.board import figures
from tasks.models import Assignment

RULES = {
    "red_orders": gettext_lazy("red orders this year: %(count)s"),
    "orders": gettext_lazy("supervision orders this year: %(count)s"),
    "long_late": gettext_lazy("key items more than 15 days late: %(count)s"),
    "urged": gettext_lazy("items urged three times or more this year: %(count)s"),
    "failed": gettext_lazy("closed items that did not hold when looked at again: %(count)s"),
}
URGED_OFTEN = 3
UNIT = Coalesce("assignment__organisation__township", "assignment__organisation")


@dataclass(frozen=True)
class Due:
    """One unit that is due for a talk, why, and whether one has been kept this year."""

    organisation: Organisation
    reasons: list[Reason]
    talked_on: Any

    @property
    def words(self) -> list[str]:
        """The reasons in words."""
        return [str(RULES[reason.rule]) % {"count": reason.count} for reason in self.reasons]


def due(actor: Actor) -> list[Due]:
    """The units of the actor's county that meet a rule, most reasons first."""
    counts = _counts(actor)
    limits = {rule: actor.options[f"supervision.talk_{rule}"] for rule in RULES}
    units = Organisation.objects.visible_to(actor).in_bulk(list(counts))
    talked: dict[int, Any] = {}
    for key, day in Talk.objects.visible_to(actor).order_by("held_on").values_list("organisation", "held_on"):
        talked[key] = day or talked.get(key)
    found = [
        Due(units[key], met, talked.get(key))
        for key, counted in counts.items()
        if key in units and (met := reasons(counted, limits))
    ]
    return sorted(found, key=lambda row: (-len(row.reasons), row.organisation.path))


def _counts(actor: Actor) -> dict[int, dict[str, int]]:
    year = actor.on.year
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    orders = SupervisionOrder.objects.visible_to(actor).filter(year=year).order_by()
    red = Count("pk", filter=Q(color=Color.RED))
    for key, total, reds in orders.values_list("organisation").annotate(total=Count("pk"), reds=red):
        counts[key] |= {"orders": total, "red_orders": reds}
    late = Assignment.objects.visible_to(actor).filter(task__is_key=True).order_by().filter(figures.long_late(actor.on))
    unit = Coalesce("organisation__township", "organisation")
    for key, total in late.values_list(unit).annotate(total=Count("pk")):
        counts[key]["long_late"] = total
    urged = UrgedItem.objects.visible_to(actor).filter(on__year=year).order_by()
    often = urged.values("assignment", unit=UNIT).annotate(times=Count("pk")).filter(times__gte=URGED_OFTEN)
    for row in often:
        counts[row["unit"]]["urged"] = counts[row["unit"]].get("urged", 0) + 1
    failed = SampledItem.objects.visible_to(actor).filter(result=SampleResult.FAILED, checked_on__year=year).order_by()
    for key, total in failed.values_list(UNIT).annotate(total=Count("pk")):
        counts[key]["failed"] = total
    return counts


def initial(actor: Actor, unit: str) -> dict[str, Any]:
    """What a talk with a unit starts with: whoever is first responsible, and the reasons as its basis."""
    row = next((row for row in due(actor) if str(row.organisation.pk) == unit), None)
    if row is None:
        return {}
    first = Responsibility.objects.visible_to(actor).in_force_on(actor.on)
    first = first.filter(organisation=row.organisation, duty=Duty.FIRST).exclude(person_name="")
    person = first.values_list("person_name", flat=True).first() or ""
    basis = _("; ").join(row.words)
    return {"organisation": row.organisation, "person": person, "basis": basis}
