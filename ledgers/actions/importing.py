"""Imports in the background, and what follows for an import when its change set is undone from the history."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from ledgers.actions import imports
from ledgers.imports import outcome, sources
from ledgers.imports.sender import Sender
from ledgers.models import BatchCommit, BatchState, ImportBatch
from orgs.actor import Actor
from records import files, work
from records.changes import Writer
from records.models import ChangeSet, StoredFile, Work
from records.work import Arguments, Progress, Refused, Result
from sheets.cleaning import clean
from sheets.refusals import UnreadableError

LARGE = 256 * 1024  # bytes from which on a workbook is read by a worker: some 2,000 rows, about two seconds
NOT_TAKEN = (UnreadableError, imports.NoLedger, imports.Outdated)


def start_receiving(uploads: Sequence[UploadedFile[bytes]], ledger: str, *, by: Actor) -> list[Work]:
    """Keep large workbooks sealed and let a worker read them; what nobody goes on with is removed after a day."""
    sent = [(clean(str(upload.name)), sources.keep(upload.read()).pk) for upload in uploads]
    url = reverse("ledger_imports")

    def start(name: str, file: int) -> Work:
        arguments = {"file": file, "name": name, "ledger": ledger}
        return work.start("ledgers.receive", by=by, subject=name, arguments=arguments, url=url)

    with transaction.atomic():
        return [start(name, file) for name, file in sent]


def receive(acting: Actor, arguments: Arguments, progress: Progress) -> Result:
    """Read a workbook that was sent, and keep it until somebody imports its rows."""
    name, file = arguments["name"], StoredFile.objects.filter(pk=arguments["file"]).first()
    if file is None:
        raise Refused(_("“%(name)s” was kept for a day and is gone. Add it again.") % {"name": name})
    try:
        content, sender = sources.opened(file), Sender.of(acting)
        batch = imports.receive(content, name, sender, arguments["ledger"], file=file, progress=progress)
    except (*NOT_TAKEN, files.Lost) as fault:
        raise Refused(not_taken(name, fault)) from fault
    return {"url": batch.get_absolute_url()}


def not_taken(name: str, fault: Exception) -> str:
    """Why a workbook was not taken, in words."""
    if isinstance(fault, imports.NoLedger):
        words = _("%(name)s: its headings look like none of the ledgers. Choose the ledger and send it again.")
        return words % {"name": name}
    what = _outdated() if isinstance(fault, imports.Outdated) else str(fault)
    return _("%(name)s: %(what)s") % {"name": name, "what": what}


def _outdated() -> str:
    return _("Somebody else went on with this import meanwhile. Open it to see how it stands now.")


def read_once_more(batch: ImportBatch, wanted: Arguments, *, by: Actor) -> Work | None:
    """Read a workbook with what was chosen for it (``imports.read_again``); a large one is read by the work returned.

    Raises what ``imports.read_again`` raises.
    """
    file = sources.newest(batch).file
    if file is None or file.size * 3 <= LARGE * 4:  # sealed, three bytes are four
        imports.read_again(batch, Sender.of(by), **wanted)
        return None
    arguments = {"batch": batch.pk, "revision": batch.revision, "wanted": wanted}
    url = batch.get_absolute_url()
    with transaction.atomic():
        started = work.start("ledgers.read_again", by=by, subject=batch.name, arguments=arguments, url=url)
        ImportBatch.objects.visible_to(by).filter(pk=batch.pk).update(work=started)
    return started


def read_again(acting: Actor, arguments: Arguments, progress: Progress) -> Result:
    """Read a workbook once more, with what was chosen for it."""
    batch = _batch(acting, arguments)
    try:
        if batch.revision != arguments["revision"]:
            raise imports.Outdated
        imports.read_again(batch, Sender.of(acting), progress=progress, **arguments["wanted"])
    except (UnreadableError, files.Lost) as fault:
        raise Refused(str(fault)) from fault
    except imports.Outdated as fault:
        raise Refused(_outdated()) from fault
    return {"url": batch.get_absolute_url()}


def commit(acting: Actor, arguments: Arguments, progress: Progress) -> Result:
    """Write the good rows of an import."""
    batch = _batch(acting, arguments)
    try:
        done = imports.commit(batch, Sender.of(acting), progress)
    except imports.Outdated as fault:
        raise Refused(_outdated()) from fault
    return {"url": batch.get_absolute_url(), "message": outcome.sentence(done)}


def undo(acting: Actor, arguments: Arguments, progress: Progress) -> Result:
    """Take an import back."""
    batch = _batch(acting, arguments)
    done = imports.undo_import(batch, Sender.of(acting), progress)
    return {"url": batch.get_absolute_url(), "message": outcome.undone_sentence(done)}


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
