"""The two ways in which history is rewritten, and there are no others: forgetting, and sealing anew.

Forgetting takes out of old history what may not be kept for ever: a change set stays with its time, person and rows;
only values are blanked that an app names as personal, once nothing can be undone by them any more. Sealing anew says
the same by another key.
"""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from records.inserting import BATCH
from records.models import Change
from records.sweeps import Sweep

Redact = Callable[[Any], Any]


def forget(kind: str, *, mark: str, before: datetime.datetime, redact: Redact) -> int:
    """Blank what ``redact`` takes out of both pictures of old changes of ``kind`` whose ``values`` contain ``mark``.

    Gives how many changes were rewritten; each batch is a transaction of its own.
    """
    old = Change.objects.filter(kind=kind, change_set__at__lt=before).order_by("pk")
    marked = old.filter(before__values__icontains=mark) | old.filter(after__values__icontains=mark)
    done, last, sweep = 0, 0, Sweep("records.forget")
    while rows := list(marked.filter(pk__gt=last)[:BATCH]):
        last = rows[-1].pk
        touched = []
        for row in rows:
            with sweep.each(row.pk):
                pictures = redact(row.before), redact(row.after)
                if pictures != (row.before, row.after):
                    row.before, row.after = pictures
                    touched.append(row)
        with transaction.atomic():
            Change._base_manager.bulk_update(touched, ["before", "after"])
        done += len(touched)
    sweep.close()
    return done


def reseal(kind: str, keys: Sequence[int], anew: Callable[[Change, Any], Any], *, write: bool = True) -> int:
    """Write both pictures of every change of the rows ``keys`` as ``anew(change, picture)`` gives them; how many
    changes differ. ``write`` False only looks. Within the caller's transaction, with the changes locked.
    """
    rows = Change.objects.filter(kind=kind, object_id__in=keys).select_related("organisation").order_by("pk")
    touched = []
    for row in rows.select_for_update(of=("self",)) if write else rows:
        pictures = anew(row, row.before), anew(row, row.after)
        if pictures != (row.before, row.after):
            row.before, row.after = pictures
            touched.append(row)
    if write:
        Change._base_manager.bulk_update(touched, ["before", "after"], batch_size=BATCH)
    return len(touched)
