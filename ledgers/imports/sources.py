"""The workbooks that were sent, kept sealed: any of them may name people."""

import hashlib
import hmac

from django.conf import settings

from ledgers import sealing
from ledgers.models import BatchFile, ImportBatch
from records import files
from records.models import StoredFile

SEALED_TYPE = "application/octet-stream"


def keep(content: bytes) -> StoredFile:
    """Keep a workbook's content sealed."""
    return files.keep(sealing.seal_bytes(content), SEALED_TYPE)


def content_of(source: BatchFile) -> bytes | None:
    """A workbook as it was sent; None when it was dropped."""
    if source.file is None:
        return None
    return opened(source.file)


def opened(file: StoredFile) -> bytes:
    """What was kept sealed. Raises ``records.files.Lost`` or ``ledgers.sealing.Unopened``."""
    return sealing.open_bytes(files.read(file))


def newest(batch: ImportBatch) -> BatchFile:
    """What was sent last. Raises ``BatchFile.DoesNotExist``."""
    return batch.files.select_related("file").latest("pk")


def digest(content: bytes) -> str:
    """What tells whether the same workbook was sent before, without giving its content away."""
    key = b"luoshi.ledgers.source:" + settings.SECRET_KEY.encode()
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def drop(found: list[StoredFile]) -> None:
    """Forget workbooks that nothing links to any more."""
    for file in found:
        files.drop(file)
