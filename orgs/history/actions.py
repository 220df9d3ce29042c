"""Undoing a change set: who may, and doing it."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import paths
from orgs.actor import Actor
from orgs.history import change_scope
from orgs.rules import Role
from orgs.scope import Allowed, Denied, Verdict, require
from records.models import Change, ChangeSet
from records.undo import Undone, undo

UNDO_DAYS = 30
PEOPLE_KINDS = ("orgs.user", "orgs.post", "orgs.activationcode")
WRITERS = frozenset(
    {Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT, Role.DEPARTMENT, Role.TOWNSHIP_ORGANISER, Role.VILLAGE_RECORDER}
)


def may_undo(actor: Actor, change_set: ChangeSet) -> Verdict:
    """Whether the actor may undo the change set now."""
    return verdicts(actor, [change_set])[change_set.pk]


def verdicts(actor: Actor, sets: Sequence[ChangeSet]) -> dict[int, Verdict]:
    """Whether the actor may undo each of the change sets, with a constant number of queries for all their rows."""
    root = actor.organisation.path
    rows = (
        Change.objects.filter(change_set__in=sets)
        .values("change_set_id")
        .annotate(
            total=Count("id"),
            inside=Count("id", filter=paths.within(root, "organisation")),
            people=Count("id", filter=Q(kind__in=PEOPLE_KINDS)),
        )
        .values_list("change_set_id", "total", "inside", "people")
        .order_by()
    )
    counts = {key: (total, inside, people) for key, total, inside, people in rows}
    found = {record.pk: _verdict(actor, record, *counts.get(record.pk, (0, 0, 0))) for record in sets}
    seen = change_scope.counts([record for record in sets if found[record.pk]], actor)  # only those are asked about
    return {
        key: Denied(_outside()) if verdict and seen.get(key, 0) < counts[key][0] else verdict
        for key, verdict in found.items()
    }


def _outside() -> str:
    """One sentence whether the rows are elsewhere or kept from the post: it tells nothing of what is hidden."""
    return _("It also touched rows outside yours; ask the county office to undo it.")


def _verdict(actor: Actor, record: ChangeSet, total: int, inside: int, people: int) -> Verdict:
    """The rule itself: once, within 30 days, by somebody whose organisation answers for doer and rows."""
    reason = _not_to_be_undone(record, total, people, actor.now)
    if reason:
        return Denied(reason)
    if actor.role not in WRITERS:
        return Denied(_("Your post reads; the county office and the township organiser undo."))
    own = record.organisation is not None and actor.organisation.contains(record.organisation)
    if not own:
        return Denied(_("It was done by an organisation above or beside yours; ask the county office to undo it."))
    if inside == total or actor.role in {Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT}:
        return Allowed()
    return Denied(_outside())


def _not_to_be_undone(record: ChangeSet, total: int, people: int, now: datetime.datetime) -> str:
    """Why nobody may undo this change set, or the empty string."""
    if hasattr(record, "undone_by"):
        return _("It has been undone already.")
    if record.user_id is None:
        return _("The system did this itself, for example a first import; change the rows by hand.")
    if people and not record.verb.startswith("reorganise."):  # there they follow the organisation and go back with it
        return _("Accounts and posts are changed on the person's page, not undone.")
    if not total:
        return _("It changed nothing.")
    if timezone.localdate(record.at) < now.date() - datetime.timedelta(days=UNDO_DAYS):
        return _("It is more than %(days)s days old; change the rows by hand.") % {"days": UNDO_DAYS}
    return ""


@transaction.atomic
def undo_change_set(record: ChangeSet, *, by: Actor) -> Undone:
    """Put the rows back. Raises ``PermissionDenied`` with the reason, or ``records.undo.AlreadyUndone``."""
    require(may_undo(by, record))
    return undo(record, by=by)
