"""Verbs on responsibility (包保): add, edit, end, copy to several organisations."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from orgs.actor import Actor
from orgs.models import Organisation, Responsibility
from orgs.permissions import may_edit_any_responsibility, may_edit_responsibility
from orgs.responsibility.importing import Plan, Table, plan, table_of
from orgs.scope import require
from records.changes import change_set

COPIED = ("duty", "person_name", "user_id", "department_id", "title", "phone", "since", "until", "document")


@transaction.atomic
def add(*, by: Actor, organisation: Organisation, **values: Any) -> Responsibility:
    """Give somebody a duty at an organisation; the very same row, saved by two at once, stands once.

    Raises ``PermissionDenied``.
    """
    require(may_edit_responsibility(by, organisation))
    Organisation.objects.select_for_update(no_key=True, of=("self",)).get(pk=organisation.pk)
    new = Responsibility(organisation=organisation, **values)
    if (same := _the_same(new)) is not None:
        return same
    with change_set("responsibility.add", by=by) as changes:
        return changes.create(new)


def _the_same(new: Responsibility) -> Responsibility | None:
    """The row that says exactly what a new one would."""
    columns = [f.attname for f in Responsibility._meta.concrete_fields if f.attname not in {"id", "version"}]
    return Responsibility.objects.filter(**_matching({name: getattr(new, name) for name in columns})).first()


def _matching(values: Mapping[str, Any]) -> dict[str, Any]:
    """The lookups that find these values; null is asked for by name."""
    blank = {f"{name}__isnull": True for name, value in values.items() if value is None}
    return blank | {name: value for name, value in values.items() if value is not None}


@transaction.atomic
def edit(row: Responsibility, *, by: Actor, expected: int | None = None, **values: Any) -> Responsibility:
    """Change a responsibility. Raises ``PermissionDenied`` or ``records.changes.Conflict``."""
    require(may_edit_responsibility(by, row.organisation))
    if "organisation" in values:
        require(may_edit_responsibility(by, values["organisation"]))
    with change_set("responsibility.edit", by=by) as changes:
        return changes.update(row, expected=expected, **values)


@transaction.atomic
def end(row: Responsibility, *, by: Actor, until: datetime.date, expected: int | None = None) -> Responsibility:
    """Set the last day. Raises ``PermissionDenied`` or ``records.changes.Conflict``."""
    require(may_edit_responsibility(by, row.organisation))
    with change_set("responsibility.end", by=by) as changes:
        return changes.update(row, expected=expected, until=until)


@transaction.atomic
def copy(row: Responsibility, *, by: Actor, targets: Iterable[Organisation]) -> list[Responsibility]:
    """Give the same somebody the same duty at other organisations, but for those where it is so already.

    Amounts are not copied: they belong to one pairing. Raises ``PermissionDenied``.
    """
    wanted = list(targets)
    for target in wanted:
        require(may_edit_responsibility(by, target))
    same = Responsibility.objects.in_force_on(by.on).filter(
        organisation__in=wanted, duty=row.duty, person_name=row.person_name, department=row.department_id
    )
    there = set(same.values_list("organisation", flat=True))
    with change_set("responsibility.copy", by=by) as changes:
        values = {name: getattr(row, name) for name in COPIED}
        return changes.create_all(
            [Responsibility(organisation=target, **values) for target in wanted if target.pk not in there]
        )


class NotLoaded(Exception):
    """The file has faults, or would now do something else than what was shown; ``plan`` says what."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.digest)
        self.plan = plan


def load(content: bytes, *, by: Actor, seen: str) -> Plan:
    """Write what a workbook says, all of it or nothing; ``seen`` is the digest of the plan that was shown.

    Raises ``PermissionDenied``, ``NotLoaded`` or ``sheets.reading.UnreadableError``.
    """
    require(may_edit_any_responsibility(by))
    return _load(table_of(content), by, seen)  # read before anything is locked


@transaction.atomic
def _load(table: Table, by: Actor, seen: str) -> Plan:
    made = plan(table, by)
    if made.faults or made.digest != seen:
        raise NotLoaded(made)
    if not made.new and not made.changed:
        return made
    with change_set("responsibility.import", by=by) as changes:
        changes.create_all(made.new)
        for row, values in made.changed:
            changes.update(row, **values)
    return made
