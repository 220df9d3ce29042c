"""Files: content kept once by hash, whole or not at all, and served only through a row the person may see.

Content comes first and its row after it, so that a row never promises what is not there. What no row speaks of any
more, and what was sent with a form that nobody finished, is taken away after a day (``records.keeping``).
"""

import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from records import storing, zips
from records.models import StoredFile

log = logging.getLogger(__name__)

ACCEPTED = {  # what evidence and documents may be, by sniffed type → shown inline?
    "image/jpeg": True,
    "image/png": True,
    "image/webp": True,
    "application/pdf": True,
    "application/msword": False,
    "application/vnd.ms-excel": False,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": False,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": False,
    "application/zip": False,
    "text/plain": False,
}

_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # how a full disk is told
LOCK = ".lock"
_links: dict[str, Callable[[Any], models.QuerySet[Any]]] = {}


def register(kind: str, visible: Callable[[Any], models.QuerySet[Any]]) -> None:
    """Let rows of ``kind`` (``tasks.evidence``) link to files: ``visible(actor)`` gives the rows a person may see.

    A linking row has ``file`` (a StoredFile) and ``name`` (what the person called it).
    """
    _links[kind] = visible


def link(kind: str, key: int, actor: object) -> Any:
    """The linking row if the person may see it, else None."""
    visible = _links.get(kind)
    return visible(actor).filter(pk=key).first() if visible else None


def path_of(file: StoredFile) -> str:
    """Where the content lies below MEDIA_ROOT."""
    return f"{file.sha256[:2]}/{file.sha256}"


def sniff(content: bytes) -> str:
    """The type by content; text when it decodes as UTF-8 or GB 18030, else ``application/octet-stream``."""
    if content.startswith(b"PK"):
        return _office_type(content)
    guessed = filetype.guess(content)
    if guessed is not None:
        return str(guessed.mime)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "application/msword"
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return "text/plain"
    return "application/octet-stream"


def _office_type(content: bytes) -> str:
    """Tell Word and Excel from other zip files by what they contain."""
    try:
        for name in zips.names(content):
            for folder, kind in _OFFICE.items():
                if name.startswith(folder):
                    return kind
    except ValueError:
        return "application/octet-stream"
    return "application/zip"


def store(upload: UploadedFile[bytes]) -> StoredFile:
    """Keep an upload's content. Raises ``ValidationError`` when it is too large, empty or of a refused type."""
    limit = settings.STORED_FILE_MAX_BYTES
    size = upload.size or 0
    if size > limit:
        raise ValidationError(
            _("“%(name)s” is larger than %(limit)s MB. Compress it or leave out pages, then add it again.")
            % {"name": upload.name, "limit": limit // (1024 * 1024)}
        )
    content = upload.read()
    if not content:
        raise ValidationError(_("“%(name)s” is empty. Choose the file again.") % {"name": upload.name})
    kind = sniff(content)
    if kind not in ACCEPTED:
        raise ValidationError(
            _(
                "“%(name)s” is not a picture, PDF, Word, Excel, zip or text file. "
                "Save it as one of these and add it again."
            )
            % {"name": upload.name}
        )
    try:
        return keep(content, kind)
    except OSError as fault:
        if fault.errno not in NO_ROOM:
            raise
        raise ValidationError(
            _("There is no room left on the server's disk, so “%(name)s” was not kept. Tell the administrator.")
            % {"name": upload.name}
        ) from fault


def keep(content: bytes, content_type: str) -> StoredFile:
    """Keep content that the program itself answers for, such as a sealed workbook.

    What is kept already starts its day anew. Raises ``OSError`` when it cannot be written: then nothing is kept.
    """
    digest = hashlib.sha256(content).hexdigest()
    values = {"size": len(content), "content_type": content_type}
    path = _path(digest)
    with locked():
        if _holds(path, len(content), digest):
            os.utime(path)
        else:
            storing.write_whole(path, content)
    file, new = StoredFile.objects.get_or_create(sha256=digest, defaults=values)
    if not new:
        renew([file])
    return file


def renew(kept: list[StoredFile]) -> None:
    """Let the day within which a form must be finished begin anew."""
    StoredFile.objects.filter(pk__in=[file.pk for file in kept]).update(added_at=timezone.now())


def replace(file: StoredFile, content: bytes) -> None:
    """Put other content in the place of a file's, for all that link to it; the old content goes when that is certain.

    Within the caller's transaction, with the row locked.
    """
    old, digest = file.sha256, hashlib.sha256(content).hexdigest()
    seen = _kept_at(old)
    with locked():
        storing.write_whole(_path(digest), content)
    file.sha256, file.size = digest, len(content)
    file.save(update_fields=["sha256", "size"])
    transaction.on_commit(lambda: _remove_content(old, seen))


class Lost(Exception):
    """A kept file is not there, or is not what was kept; the message says so in one sentence."""

    def __init__(self, file: StoredFile) -> None:
        super().__init__(
            _(
                "The file kept here is missing or damaged, so it is not shown. "
                "Tell the administrator its number: %(number)s"
            )
            % {"number": file.pk}
        )
        log.error("Stored file %s (%s) is missing or damaged.", file.pk, path_of(file))


def read(file: StoredFile) -> bytes:
    """The content of a kept file, just as it was kept. Raises ``Lost``."""
    if not content_path(file).exists():
        stands = StoredFile.objects.filter(pk=file.pk).first()  # it may have been sealed anew since it was looked up
        file = stands or file
    try:
        content = content_path(file).read_bytes()
    except FileNotFoundError:
        raise Lost(file) from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Lost(file)
    return content


def opened(file: StoredFile) -> BinaryIO:
    """The content of a kept file to be sent in pieces. Raises ``Lost`` when it is missing or has another length."""
    try:
        content = content_path(file).open("rb")
    except FileNotFoundError:
        raise Lost(file) from None
    if os.fstat(content.fileno()).st_size != file.size:
        content.close()
        raise Lost(file)
    return content


def is_whole(file: StoredFile) -> bool:
    """Whether the content on disk is what was kept."""
    return _holds(content_path(file), file.size, file.sha256)


def _holds(path: Path, size: int, digest: str) -> bool:
    """Whether a file has this size and this hash."""
    try:
        if path.stat().st_size != size:
            return False
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def drop(file: StoredFile) -> None:
    """Forget a file that nothing links to any more, with its content. Raises ``ProtectedError`` when something does."""
    digest = file.sha256
    seen = _kept_at(digest)
    with transaction.atomic():
        file.delete()
        transaction.on_commit(lambda: _remove_content(digest, seen))


def _kept_at(digest: str) -> int | None:
    """When content was last kept; None when there is none."""
    try:
        return _path(digest).stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _remove_content(digest: str, seen: int | None) -> None:
    """Take content away of which no row speaks, unless somebody kept it since ``seen``: his row may not show yet."""
    with locked():
        if _kept_at(digest) == seen and not StoredFile.objects.filter(sha256=digest).exists():
            _path(digest).unlink(missing_ok=True)


def remove_old_content(digest: str, seconds: float) -> bool:
    """Take content away of which no row speaks unless somebody kept it within ``seconds``; whether it went."""
    path = _path(digest)
    with locked():
        try:
            old = path.stat().st_mtime < time.time() - seconds
        except FileNotFoundError:
            return False
        if old and not StoredFile.objects.filter(sha256=digest).exists():
            path.unlink(missing_ok=True)
            return True
    return False


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Keep other processes from keeping or removing content meanwhile: what one looks at another never removes."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (root / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def content_path(file: StoredFile) -> Path:
    """The file on disk."""
    return _path(file.sha256)


def _path(digest: str) -> Path:
    return Path(default_storage.path(f"{digest[:2]}/{digest}"))
