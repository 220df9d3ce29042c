"""Files on their way to a row: stored as soon as they arrive, so that a form sent back to the person loses none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from orgs.actor import Actor
from records import files
from records.models import StoredFile

NAME_LENGTH = 200
_SALT = "tasks.uploads"


class Kept(NamedTuple):
    """A stored file and what the person called it."""

    file: StoredFile
    name: str


if TYPE_CHECKING:
    Upload = UploadedFile[bytes] | Kept  # generic in the stubs only
else:
    Upload = UploadedFile | Kept


def keep(upload: Upload) -> Kept:
    """Store an upload; what is stored already stays. Raises ``ValidationError`` for a file not accepted."""
    if isinstance(upload, Kept):
        return upload
    return Kept(files.store(upload), (upload.name or "")[:NAME_LENGTH])


def ticket(kept: Sequence[Kept], actor: Actor) -> str:
    """Stored files as a form can carry them back, for this person only."""
    return signing.dumps([[one.file.pk, one.name] for one in kept], salt=f"{_SALT}.{actor.user_id}") if kept else ""


def redeem(carried: str, actor: Actor) -> tuple[list[Kept], list[str]]:
    """The files a form carried back, and the names of those that are kept no longer; nothing for another's ticket.

    Their day begins anew (``records.keeping``).
    """
    try:
        pairs: list[Any] = signing.loads(carried, salt=f"{_SALT}.{actor.user_id}") if carried else []
    except signing.BadSignature:
        return [], []
    found = StoredFile.objects.in_bulk([key for key, _name in pairs])
    if found:
        files.renew(list(found.values()))
    return [Kept(found[key], name) for key, name in pairs if key in found], [n for key, n in pairs if key not in found]
