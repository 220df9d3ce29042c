"""Files: content kept once by hash, and served only through a row the person may see."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from records import zips
from records.models import StoredFile

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
    return keep(content, kind)


def keep(content: bytes, content_type: str) -> StoredFile:
    """Keep content that the program itself answers for, such as a sealed workbook."""
    digest = hashlib.sha256(content).hexdigest()
    values = {"size": len(content), "content_type": content_type}
    file, _new = StoredFile.objects.get_or_create(sha256=digest, defaults=values)
    path = path_of(file)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    return file


def drop(file: StoredFile) -> None:
    """Forget a file that nothing links to any more, with its content. Raises ``ProtectedError`` when something does."""
    with transaction.atomic():
        file.delete()
        transaction.on_commit(lambda: default_storage.delete(path_of(file)))


def content_path(file: StoredFile) -> Path:
    """The file on disk."""
    return Path(default_storage.path(path_of(file)))
