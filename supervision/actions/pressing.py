"""Urging and supervision orders."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.scope import require
from records.changes import Writer, change_set
from records.models import ChangeSet
from reminders import pushes
from reminders.rules.kinds import Kind
from supervision import permissions, units
from supervision.models import OrderItem, SupervisionOrder, Urge, UrgedItem
from supervision.permissions import TOLD
from supervision.refusals import Refused
from supervision.rules import OrderState
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet

MOST_DAYS = 32_767  # that the column holds: a row dated to another age must not stop an order


@dataclass(frozen=True)
class Urged:
    """What urging did: its change set, the units, how many items, and how many had been urged today already."""

    change_set: ChangeSet
    units: list[units.Unit]
    items: int
    already: int


@transaction.atomic
def urge(rows: AssignmentQuerySet, *, by: Actor, note: str = "", shown: str | None = None) -> Urged:
    """Urge the units of open assignments, one message each; what was urged today already is left out.

    Raises ``Refused`` when nothing is left to urge, or others would be urged than were ``shown`` (``units.token``),
    and ``PermissionDenied``.
    """
    require(permissions.may_urge(by))
    rows = rows.working()
    total = rows.count()
    chosen = units.units(by, to_urge(rows, by))
    if shown is not None and shown != units.token(chosen):
        raise Refused(_("The items changed meanwhile. Look at who would be urged now, and urge again."))
    if not chosen:
        raise Refused(_("All of them were urged today already.") if total else _("Nothing that is open was chosen."))
    with change_set("supervision.urge", by=by, note=note) as changes:
        made = changes.create_all(
            [Urge(organisation=unit.organisation, by=by.post, at=by.now, on=by.on, note=note) for unit in chosen]
        )
        items = [
            UrgedItem(urge=row, assignment=item, on=by.on)
            for row, unit in zip(made, chosen, strict=True)
            for item in unit.items
        ]
        changes.create_all(items)
        told = [
            pushes.Item(unit.organisation.pk, TOLD, units.summary(unit), row.get_absolute_url(), f"urge:{row.pk}")
            for row, unit in zip(made, chosen, strict=True)
        ]
        pushes.push_all(Kind.URGE, told, at=by.now)
    return Urged(changes.record, chosen, len(items), total - len(items))


def to_urge(rows: AssignmentQuerySet, by: Actor) -> AssignmentQuerySet:
    """The assignments that are owed now and were not urged today already."""
    return rows.working().exclude(pk__in=UrgedItem.objects.filter(on=by.on).values("assignment"))


@dataclass(frozen=True)
class Wording:
    """What the orders of one batch have in common."""

    color: str
    basis: str
    demand: str
    signed_by: str
    rectify_by: datetime.date


@transaction.atomic
def issue(
    rows: AssignmentQuerySet, *, by: Actor, wording: Wording, only: Collection[int] | None = None
) -> list[SupervisionOrder]:
    """Issue one numbered order to each unit of the open key assignments; ``only`` keeps to some units by key.

    Raises ``Refused`` when there is nothing to order, and ``PermissionDenied``.
    """
    require(permissions.may_order(by))
    chosen = [unit for unit in units.units(by, orderable(rows)) if only is None or unit.organisation.pk in only]
    if not chosen:
        raise Refused(_("None of these is an open item of a key task: supervision orders are for key tasks only."))
    if wording.rectify_by < by.on:
        raise Refused(_("This day has passed. Choose today or later."), "rectify_by")
    county = by.county
    with change_set("supervision.order", by=by, note=wording.basis) as changes:
        serial = next_serial(county, by.on.year)
        made = changes.create_all(
            [
                SupervisionOrder(
                    county=county,
                    organisation=unit.organisation,
                    year=by.on.year,
                    serial=serial + number,
                    color=wording.color,
                    basis=wording.basis,
                    demand=wording.demand,
                    signed_by=wording.signed_by,
                    issued_by=by.post,
                    issued_on=by.on,
                    rectify_by=wording.rectify_by,
                )
                for number, unit in enumerate(chosen)
            ]
        )
        _add_items(changes, made, chosen, by.on)
        pushes.push_all(Kind.ORDER, [_told(order) for order in made], at=by.now)
    return made


def _told(order: SupervisionOrder) -> pushes.Item:
    key = f"order:{order.pk}:{order.version}"  # sent back, it is told once more
    return pushes.Item(order.organisation_id, TOLD, str(order), order.get_absolute_url(), key)


def orderable(rows: AssignmentQuerySet) -> AssignmentQuerySet:
    """The assignments of key tasks (重点任务) that are owed now: only these come into an order."""
    return rows.working().filter(task__is_key=True)


def _add_items(
    changes: Writer, orders: Sequence[SupervisionOrder], chosen: Sequence[units.Unit], on: datetime.date
) -> None:
    changes.create_all(
        [
            OrderItem(order=order, assignment=item, days_late=min(item.days_late_on(on), MOST_DAYS))
            for order, unit in zip(orders, chosen, strict=True)
            for item in unit.items
        ]
    )


def next_serial(county: Organisation, year: int) -> int:
    """The next number of a county's year; the county's row is locked, so that two at once get different numbers."""
    Organisation.objects.select_for_update(no_key=True).filter(pk=county.pk).first()
    found = SupervisionOrder.objects.filter(county=county, year=year).aggregate(last=Max("serial"))["last"]
    return (found or 0) + 1


@transaction.atomic
def reply(order: SupervisionOrder, *, by: Actor, text: str, expected: int | None = None) -> SupervisionOrder:
    """Reply to an order: what was put right. Raises ``Refused``, ``PermissionDenied``, ``Conflict``."""
    require(permissions.may_reply(by, order))
    if not text.strip():
        raise Refused(_("Say what was put right, item by item."), "reply")
    with change_set("supervision.reply", by=by) as changes:
        changes.update(
            order,
            expected=expected,
            state=OrderState.REPLIED,
            reply=text.strip(),
            replied_on=by.on,
            replied_by=by.post,
        )
    return order


@transaction.atomic
def close(order: SupervisionOrder, *, by: Actor, expected: int | None = None) -> SupervisionOrder:
    """Close an order that was replied to; its items keep their own close-out. Raises as ``reply``."""
    require(permissions.may_close_order(by, order))
    with change_set("supervision.close_order", by=by) as changes:
        changes.update(order, expected=expected, state=OrderState.CLOSED, closed_on=by.on)
    return order


@transaction.atomic
def send_back(order: SupervisionOrder, *, by: Actor, reason: str, expected: int | None = None) -> SupervisionOrder:
    """Send a reply back with a reason. Raises as ``reply``."""
    require(permissions.may_close_order(by, order))
    if not reason.strip():
        raise Refused(_("Say what is still missing, so that the unit knows what to do."), "reason")
    with change_set("supervision.return_order", by=by, note=reason) as changes:
        changes.update(
            order, expected=expected, state=OrderState.RETURNED, return_reason=reason.strip()[:500], replied_on=None
        )
        pushes.push_all(Kind.ORDER, [_told(order)], at=by.now)
    return order


def urged_of(assignment: Assignment, actor: Actor) -> list[UrgedItem]:
    """The last few times an assignment was urged, as far as the actor may see them."""
    rows = UrgedItem.objects.visible_to(actor).filter(assignment=assignment)
    return list(rows.select_related("urge__by__organisation").order_by("-on", "-pk")[:5])
