"""Verbs on reminders: a county's own kinds, a stopped run, another try, and reading."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dates import clock
from orgs.actor import Actor
from orgs.models import Organisation, User
from orgs.scope import require
from orgs.sign_in.actions import Oneself
from records.changes import change_set
from reminders import running
from reminders.kinds import EDITABLE, hash_of
from reminders.models import Delivery, Message, RefusedAddress, ReminderKind, Run
from reminders.permissions import may_keep_kinds, may_see_deliveries
from reminders.rules.kinds import KindRule

AGAIN = (Delivery.State.FAILED, Delivery.State.SUSPENDED, Delivery.State.DROPPED)


@transaction.atomic
def save_kind(
    rule: KindRule, *, by: Actor, organisation: Organisation, expected: int | None = None, **values: Any
) -> ReminderKind:
    """Make the row the county's own, or edit it. Raises ``PermissionDenied`` or ``records.changes.Conflict``."""
    require(may_keep_kinds(by))
    given = {name: _plain(value) for name, value in values.items() if name in EDITABLE}
    with change_set("reminders.kind", by=by) as changes:
        running.plan_anew(organisation, clock.now())
        row = ReminderKind.objects.filter(organisation=organisation, key=rule.key).first()
        if row is not None:
            return changes.update(row, expected=expected, **given)
        return changes.create(
            ReminderKind(organisation=organisation, key=rule.key, shipped_hash=hash_of(rule), **given)
        )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@transaction.atomic
def reset_kind(row: ReminderKind, *, by: Actor) -> None:
    """Let the shipped row hold again. Raises ``PermissionDenied``."""
    require(may_keep_kinds(by))
    with change_set("reminders.kind_reset", by=by) as changes:
        running.plan_anew(row.organisation, clock.now())
        changes.delete(row)


@transaction.atomic
def release(run: Run, *, by: Actor) -> bool:
    """Let a stopped run go out after all; False when it was not stopped. Raises ``PermissionDenied``."""
    require(may_see_deliveries(by))
    stopped = Run.objects.filter(pk=run.pk, state=Run.State.STOPPED)
    if not stopped.update(state=Run.State.RELEASED, claimed_at=None, claim=""):
        return False
    with change_set("reminders.release", by=by) as changes:
        changes.note(run, {"state": Run.State.STOPPED.value}, {"state": Run.State.RELEASED.value})
    return True


@transaction.atomic
def resend(delivery: Delivery, *, by: Actor) -> bool:
    """Queue a delivery that failed once more, as of today; False when it is not one. Raises ``PermissionDenied``."""
    require(may_see_deliveries(by))
    message = delivery.message
    again = Delivery.objects.filter(pk=delivery.pk, state__in=AGAIN)
    if message is None or not again.update(
        state=Delivery.State.QUEUED, attempts=0, next_at=clock.now(), error="", claim=""
    ):
        return False
    with change_set("reminders.resend", by=by) as changes:
        changes.note(message, None, {"channel": delivery.channel, "address": delivery.address})
    return True


@transaction.atomic
def clear_address(address: RefusedAddress, *, by: Actor) -> None:
    """Use a refused address again. Raises ``PermissionDenied``."""
    require(may_see_deliveries(by))
    RefusedAddress.objects.filter(pk=address.pk).update(refusals=0)


@transaction.atomic
def set_address(person: User, *, email: str) -> None:
    """Write where the person wants mail, or nowhere ('')."""
    with change_set("people.edit", by=Oneself(person.pk, clock.now())) as changes:
        changes.update(User.objects.get(pk=person.pk), email=email)


def read(messages: QuerySet[Message], *, at: datetime.datetime) -> int:
    """Note that messages were read."""
    return messages.filter(read_at__isnull=True).update(read_at=at)


def unread(person: User) -> int:
    """How many messages the person has not read."""
    return Message.objects.filter(person=person, read_at__isnull=True).count()
