"""Entering days off and make-up days, and taking entries back."""

from collections.abc import Callable, Iterable

from django.db import transaction

from dates import workdays
from orgs.actor import Actor
from orgs.models import Organisation, WorkdayException
from orgs.permissions import may_keep_options
from orgs.scope import require
from orgs.settings.workday_list import Day
from records.changes import Writer, change_set
from records.models import ChangeSet

Follow = Callable[[Writer, Organisation, Actor], None]
_followers: list[Follow] = []


def when_changed(follow: Follow) -> None:
    """Write what follows from a changed calendar at and below an organisation, within the same change set.

    An app adds this in ``apps.ready()`` for what it stores by workdays.
    """
    if follow not in _followers:
        _followers.append(follow)


@transaction.atomic
def enter(organisation: Organisation, days: Iterable[Day], source: str, *, by: Actor) -> int:
    """Enter days for the organisation and its subtree; how many were new or changed.

    What the published calendar says anyway needs no entry. Raises ``PermissionDenied``.
    """
    require(may_keep_options(by, organisation))
    rows = WorkdayException.objects.select_for_update().filter(organisation=organisation)
    own = {row.day: row for row in rows}
    new, changed = [], []
    for day in days:
        row = own.get(day.day)
        if row is None and not _is_published(day):
            new.append(
                WorkdayException(organisation=organisation, day=day.day, kind=day.kind, name=day.name, source=source)
            )
        elif row is not None and (row.kind, row.name, row.source) != (day.kind, day.name, source):
            row.kind, row.name, row.source = day.kind, day.name, source
            changed.append(row)
    if new or changed:
        with change_set("orgs.workdays", by=by) as changes:
            changes.create_all(new)
            changes.update_all(changed, ["kind", "name", "source"])
            _follow(changes, organisation, by)
    return len(new) + len(changed)


def _is_published(day: Day) -> bool:
    return workdays.is_published(day.day.year) and workdays.is_workday(day.day) == (day.kind == "work")


@transaction.atomic
def remove(row: WorkdayException, *, by: Actor) -> None:
    """Let hold what is published, or entered above. Raises ``PermissionDenied``."""
    require(may_keep_options(by, row.organisation))
    with change_set("orgs.workday_removed", by=by) as changes:
        changes.delete(row)
        _follow(changes, row.organisation, by)


def when_undone(changes: Writer, record: ChangeSet, by: Actor) -> set[tuple[str, int]]:
    """After an undo of entered days the apps write anew what follows from the calendar."""
    touched = record.changes.filter(kind="orgs.workdayexception").values("organisation_id")
    for organisation in Organisation.objects.filter(pk__in=touched):
        _follow(changes, organisation, by)
    return set()


def _follow(changes: Writer, organisation: Organisation, by: Actor) -> None:
    for follow in _followers:
        follow(changes, organisation, by)
