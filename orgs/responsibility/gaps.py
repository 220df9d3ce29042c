"""What responsibility lacks: villages without a cadre or an area leader, pairings that delivered nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.models.organisation import OrganisationQuerySet
from orgs.models.responsibility import ResponsibilityQuerySet
from orgs.responsibility import filtering
from orgs.rules import Duty, Kind
from orgs.tree import selection


@dataclass(frozen=True)
class Figure:
    """One number of the report, out of how many, and where its rows are."""

    label: str
    count: int
    of: int
    url: str


def villages(actor: Actor) -> OrganisationQuerySet:
    """Open villages and communities the actor may see."""
    return selection.organisations(actor, {"kind": "village_level"})


def townships(actor: Actor) -> OrganisationQuerySet:
    """Open townships the actor may see: a line of the report each."""
    return selection.organisations(actor, {"kind": Kind.TOWNSHIP}).in_order()


def pairings(actor: Actor) -> ResponsibilityQuerySet:
    """Pairings in force that the actor may see."""
    return filtering.responsibilities(actor, {"duty": Duty.PAIRING_UNIT})


def figures(actor: Actor) -> list[Figure]:
    """The report in four figures."""
    village_rows, pairing_rows = villages(actor), pairings(actor)
    number = village_rows.count()
    without = selection.without
    return [
        Figure(
            _("Villages and communities without a village-responsible cadre"),
            without(village_rows, Duty.VILLAGE_CADRE, actor.on).count(),
            number,
            _list("organisations", kind="village_level", without=Duty.VILLAGE_CADRE.value),
        ),
        Figure(
            _("Villages and communities without an area leader"),
            without(village_rows, Duty.AREA_LEADER, actor.on).count(),
            number,
            _list("organisations", kind="village_level", without=Duty.AREA_LEADER.value),
        ),
        Figure(
            _("Pairings with nothing delivered"),
            filtering.undelivered(pairing_rows).count(),
            pairing_rows.count(),
            _list("responsibility", duty=Duty.PAIRING_UNIT.value, undelivered="on"),
        ),
        Figure(
            _("Villages and communities without a first secretary"),
            without(village_rows, Duty.FIRST_SECRETARY, actor.on).count(),
            number,
            _list("organisations", kind="village_level", without=Duty.FIRST_SECRETARY.value),
        ),
    ]


def _list(name: str, **filters: str) -> str:
    return f"{reverse(name)}?{urlencode(filters)}"


@dataclass(frozen=True)
class Line:
    """The report for one township; amounts in 万元."""

    township: Organisation
    villages: int
    without_cadre: int
    without_secretary: int
    without_leader: int
    pairings: int
    undelivered: int
    pledged: Decimal
    delivered: Decimal


def lines(actor: Actor, shown: Iterable[Organisation]) -> list[Line]:
    """A line for each township, with one query a column group however many townships there are."""
    shown = list(shown)
    village_rows = villages(actor).filter(township__in=shown)
    number = _by_township(village_rows)
    no_cadre = _by_township(selection.without(village_rows, Duty.VILLAGE_CADRE, actor.on))
    no_secretary = _by_township(selection.without(village_rows, Duty.FIRST_SECRETARY, actor.on))
    no_leader = _by_township(selection.without(village_rows, Duty.AREA_LEADER, actor.on))
    undelivered = Q(delivered__isnull=True) | Q(delivered=0)
    money: dict[int | None, Any] = {
        found["organisation__township"]: found
        for found in pairings(actor)
        .filter(organisation__township__in=shown)
        .order_by()
        .values("organisation__township")
        .annotate(
            number=Count("pk"),
            undelivered=Count("pk", filter=undelivered),
            pledged=Sum("pledged"),
            delivered=Sum("delivered"),
        )
    }
    return [
        Line(
            township=row,
            villages=number.get(row.pk, 0),
            without_cadre=no_cadre.get(row.pk, 0),
            without_secretary=no_secretary.get(row.pk, 0),
            without_leader=no_leader.get(row.pk, 0),
            pairings=money.get(row.pk, {}).get("number", 0),
            undelivered=money.get(row.pk, {}).get("undelivered", 0),
            pledged=money.get(row.pk, {}).get("pledged") or Decimal(0),
            delivered=money.get(row.pk, {}).get("delivered") or Decimal(0),
        )
        for row in shown
    ]


def _by_township(rows: OrganisationQuerySet) -> dict[int | None, int]:
    return dict(rows.order_by().values_list("township").annotate(Count("pk")))
