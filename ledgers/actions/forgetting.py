"""Forgetting personal data in the history once the undo window is over."""

import datetime
from typing import Any

from django.db import transaction

from ledgers import kinds, sealing
from ledgers.imports import sources
from ledgers.models import ImportBatch
from ledgers.rules.values import SEALED
from orgs.history.actions import UNDO_DAYS
from records import purging
from records.sweeps import Sweep


def forget(now: datetime.datetime) -> int:
    """Blank sealed values in changes of entries older than the undo window; how many changes."""
    limit = now - datetime.timedelta(days=UNDO_DAYS + 1)
    return purging.forget("ledgers.entry", mark=SEALED, before=limit, redact=_without_sealed)


def forget_imports(now: datetime.datetime) -> int:
    """Drop what imports were read from once they cannot be taken back: the rows of all of them, and the workbooks
    where the ledger holds personal data; how many imports.
    """
    limit = now - datetime.timedelta(days=UNDO_DAYS + 1)
    old = ImportBatch.objects.filter(purged_at=None, created_at__lt=limit).exclude(imported_at__gte=limit)
    ledgers, done, sweep = kinds.Ledgers(), 0, Sweep("ledgers.forget")
    for batch in old.select_related("organisation"):
        with sweep.each(f"import {batch.pk}"), transaction.atomic():
            kind = ledgers.get(batch.organisation.path, batch.ledger)
            batch.parts.all().delete()
            batch.purged_at, batch.fixes = now, ""
            batch.save(update_fields=["purged_at", "fixes"])
            if kind is None or kind.personal:
                sent = [each.file for each in batch.files.select_related("file") if each.file]
                batch.files.update(file=None)
                sources.drop(sent)
            done += 1
    sweep.close()
    return done


def _without_sealed(picture: Any) -> Any:
    if not picture:
        return picture
    values = {key: None if sealing.is_sealed(value) else value for key, value in (picture.get("values") or {}).items()}
    key = "" if sealing.is_sealed(picture.get("key")) else picture.get("key")
    return {**picture, "values": values} | ({"key": key} if "key" in picture else {})
