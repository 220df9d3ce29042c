"""Programmes and their themes: adding and editing."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from orgs.actor import Actor
from orgs.scope import require
from records.changes import change_set
from tasks import permissions
from tasks.models import Programme, Theme


@transaction.atomic
def save_programme(
    programme: Programme | None, *, by: Actor, values: Mapping[str, Any], expected: int | None = None
) -> Programme:
    """Add a programme of the actor's county, or edit one (``values``: name, first_year, last_year).

    Raises ``PermissionDenied`` and ``records.changes.Conflict``.
    """
    if programme is None:
        require(permissions.may_keep_programmes(by))
        with change_set("tasks.programme", by=by) as changes:
            return changes.create(Programme(organisation=by.organisation, **values))
    require(permissions.may_edit_programme(by, programme))
    with change_set("tasks.programme", by=by) as changes:
        return changes.update(programme, expected=expected, **values)


@transaction.atomic
def save_theme(
    theme: Theme | None, *, by: Actor, programme: Programme, values: Mapping[str, Any], expected: int | None = None
) -> Theme:
    """Add a theme to a programme, or edit one (``values``: name, basic, lead, position).

    Raises ``PermissionDenied`` and ``records.changes.Conflict``.
    """
    require(permissions.may_edit_programme(by, programme))
    with change_set("tasks.theme", by=by) as changes:
        if theme is None:
            return changes.create(Theme(programme=programme, **values))
        return changes.update(theme, expected=expected, **values)
