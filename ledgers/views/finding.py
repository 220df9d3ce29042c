"""What the doors of ledgers look up: the ledger an address names, and a row through the scope."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from ledgers import kinds
from ledgers.models import Entry
from ledgers.permissions import may_see
from ledgers.rules.kinds import KindRule
from orgs.pages.doors import BusinessRequest
from orgs.scope import require


def kind_at(request: BusinessRequest, key: str) -> KindRule:
    """The ledger as it is where the actor stands, to a city also one of a county's own.

    Raises ``Http404`` or ``PermissionDenied``.
    """
    kind = kinds.of(request.actor).seen_from(request.actor.organisation.path).get(key)
    if kind is None:
        raise Http404
    require(may_see(request.actor, kind))
    return kind


def entry_at(request: BusinessRequest, pk: int) -> tuple[Entry, KindRule]:
    """A row and its ledger as it is at the row's organisation. Raises ``Http404``."""
    rows = Entry.objects.visible_to(request.actor).select_related("organisation__township", "linked")
    entry = get_object_or_404(rows, pk=pk)
    kind = kinds.of(request.actor).get(entry.organisation.path, entry.ledger)
    if kind is None:
        raise Http404
    return entry, kind
