"""Sharing out the villages of a township among its colleagues."""

from collections.abc import Mapping

from django.db import transaction

from orgs.actor import Actor
from orgs.models import Organisation, Post
from orgs.scope import require
from records.changes import change_set
from tasks.grid import permissions as grid_permissions
from tasks.models import GridShare


@transaction.atomic
def share_out(wanted: Mapping[Organisation, Post | None], *, by: Actor) -> int:
    """Say who fills in for each village; None for nobody in particular. How many were changed.

    Raises ``PermissionDenied``.
    """
    require(grid_permissions.fills_grid(by))
    shares = GridShare.objects.select_for_update().filter(organisation__in=wanted)
    stands = {share.organisation_id: share for share in shares}
    changed = 0
    with change_set("tasks.share_out", by=by) as changes:
        fresh = []
        for organisation, post in wanted.items():
            share = stands.get(organisation.pk)
            if (share.post_id if share else None) == (post.pk if post else None):
                continue
            changed += 1
            if share is None and post is not None:
                fresh.append(GridShare(organisation=organisation, post=post))
            elif share is not None and post is None:
                changes.delete(share)
            elif share is not None:
                changes.update(share, post=post)
        changes.create_all(fresh)
    return changed
