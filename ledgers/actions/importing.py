"""Imports in the background, and what follows for an import when its change set is undone from the history."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from ledgers.actions import imports
from ledgers.imports.sender import Sender
from ledgers.models import BatchCommit, BatchState, ImportBatch
from orgs.scope import Actor
from records.changes import Writer
from records.models import ChangeSet
from records.work import Arguments, Progress, Refused, Result


def commit(acting: Actor, arguments: Arguments, progress: Progress) -> Result:
    """Write the good rows of an import."""
    batch = _batch(acting, arguments)
    try:
        done = imports.commit(batch, Sender.of(acting), progress)
    except imports.Outdated as fault:
        raise Refused(
            _("Somebody else went on with this import meanwhile. Open it to see how it stands now.")
        ) from fault
    return {"url": batch.get_absolute_url(), "message": imports.sentence(done)}


def undo(acting: Actor, arguments: Arguments, progress: Progress) -> Result:
    """Take an import back."""
    batch = _batch(acting, arguments)
    done = imports.undo_import(batch, Sender.of(acting), progress)
    return {"url": batch.get_absolute_url(), "message": imports.undone_sentence(done)}


def _batch(acting: Actor, arguments: Arguments) -> ImportBatch:
    batch = ImportBatch.objects.visible_to(acting).filter(pk=arguments["batch"]).first()
    if batch is None:
        raise Refused(_("The import is not there any more."))
    return batch


def follow_undo(writer: Writer, record: ChangeSet, by: Any) -> Iterable[tuple[str, int]]:
    """An import whose change sets are all undone counts as taken back, whichever page that was done on."""
    for each in BatchCommit.objects.filter(change_set=record).select_related("batch"):
        others = each.batch.commits.exclude(pk=each.pk)
        if not others.filter(change_set__undone_by=None).exists():
            ImportBatch.objects.filter(pk=each.batch_id).update(state=BatchState.UNDONE)
    return ()
