"""Verbs on superior's tables: keep the blank one, say what it is filled from, remove it."""

from collections.abc import Mapping

from django.db import transaction

from ledgers.imports import sources as sealed
from ledgers.models import SuperiorTable
from ledgers.permissions import may_fill_tables
from ledgers.superior.sources import Sources
from orgs.actor import Actor
from orgs.scope import require
from records.changes import change_set
from records.models import ChangeSet
from sheets import inplace
from sheets.cleaning import clean


def keep(content: bytes, name: str, offered: Sources, *, by: Actor) -> SuperiorTable:
    """Keep a blank workbook; one of a known layout keeps what was chosen before.

    Raises ``PermissionDenied`` or ``sheets.refusals.UnreadableError``.
    """
    require(may_fill_tables(by))
    forms = inplace.read(content, offered.vocabulary)  # before anything is locked
    return _keep(content, name, inplace.fingerprint(forms), by)


@transaction.atomic
def _keep(content: bytes, name: str, layout: str, by: Actor) -> SuperiorTable:
    file = sealed.keep(content)
    known = SuperiorTable.objects.visible_to(by).of_staff(by).filter(fingerprint=layout).first()
    with change_set("ledgers.superior", by=by) as changes:
        if known is not None:
            return changes.update(known, file=file, name=clean(name)[:200], sent_at=by.now)
        return changes.create(
            SuperiorTable(
                organisation=by.organisation,
                name=clean(name)[:200],
                file=file,
                fingerprint=layout,
                sent_at=by.now,
            )
        )


@transaction.atomic
def remember(
    table: SuperiorTable,
    columns: Mapping[str, str],
    lines: Mapping[str, int],
    *,
    by: Actor,
    units: Mapping[str, str] | None = None,
    expected: int | None = None,
) -> None:
    """Remember what columns and lines mean, and the units of columns that state none.

    Raises ``PermissionDenied`` or ``records.changes.Conflict``.
    """
    require(may_fill_tables(by))
    with change_set("ledgers.superior_mapping", by=by) as changes:
        changes.update(table, expected=expected, columns=dict(columns), lines=dict(lines), units=dict(units or {}))


@transaction.atomic
def remove(table: SuperiorTable, *, by: Actor) -> ChangeSet:
    """Take a table out; undoing brings it back with what was chosen. Raises ``PermissionDenied``."""
    require(may_fill_tables(by))
    with change_set("ledgers.superior_remove", by=by) as changes:
        changes.delete(table)
    return changes.record


def content_of(table: SuperiorTable) -> bytes:
    """The blank workbook as it was sent."""
    return sealed.opened(table.file)
