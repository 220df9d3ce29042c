"""A form sent twice is done once: the claim on a form's key, what came of it, and forgetting.

A request claims the key before it does anything; the unique constraint lets one through. Everything it writes goes
through a change set or starts background work, and both note it here *in the transaction that writes*, so:

- a second request never does what the first has done, whether that one was answered, failed afterwards or was killed;
- a claim whose request has not been heard of for ``STALE_SECONDS`` and wrote nothing may be taken over, and should the
  first request be alive after all, its transaction is given up.

What a request writes outside change sets and background work is guarded while the claim is fresh, not beyond a kill.
"""

import datetime
import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from records.models import Sending

STALE_SECONDS = 75  # longer than a save waits for SQLite's one writer
KEPT_DAYS = 15  # longer than a browser keeps what was not sent
KEY = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}")
_SALT = "records.sendings"


class Superseded(Exception):
    """Another request has taken over what this one was to do; nothing of this one is kept."""


class Standing(Enum):
    """What a key means for a request that bears it."""

    OURS = "ours"  # this request does it
    BUSY = "busy"  # another request is at it
    DONE = "done"  # it was done, or at least answered
    OTHER = "other"  # the key was used for something else


@dataclass(frozen=True)
class Claim:
    """The right of one request to do what was sent."""

    pk: int
    token: str


_held: ContextVar[Claim | None] = ContextVar("sending_held", default=None)


def person_key(user_pk: int, secret: str | None = None) -> str:
    """A name for a person that says nothing: what a page is opened under, and what a browser keeps drafts by."""
    return salted_hmac(_SALT, str(user_pk), secret=secret or settings.SECRET_KEY).hexdigest()[:16]


def new_key(user_pk: int) -> str:
    """A key for a form about to be shown to the person."""
    return f"{person_key(user_pk)}-{secrets.token_hex(16)}"


def belongs_to(key: str, user_pk: int) -> bool:
    """Whether the key was made on a page that the person opened, under the present secret key or an older one."""
    secrets_known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(key[:16], person_key(user_pk, secret)) for secret in secrets_known)


def fingerprint(
    path: str, fields: Iterable[tuple[str, list[str]]], files: Iterable[tuple[str, list[UploadedFile[bytes]]]]
) -> str:
    """What was sent where, as a digest under the secret key: a typed password cannot be guessed from it."""
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass"))
    for name, values in fields:
        for value in values:
            digest.update(f"\0{len(name)} {len(value)} {name}{value}".encode("utf-8", "surrogatepass"))
    for name, uploads in files:
        for upload in uploads:
            digest.update(f"\0{len(name)} {name}{upload.name} {upload.size} ".encode("utf-8", "surrogatepass"))
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return salted_hmac(_SALT, digest.digest(), algorithm="sha256").hexdigest()


def claim(user_pk: int, key: str, fingerprint: str) -> tuple[Standing, Sending, Claim | None]:
    """Claim the key for this request; with ``Standing.OURS`` comes the claim to be held."""
    token, now = secrets.token_hex(16), timezone.now()
    try:
        with transaction.atomic():
            row = Sending.objects.create(user_id=user_pk, key=key, fingerprint=fingerprint, claim=token, at=now)
        return Standing.OURS, row, Claim(row.pk, token)
    except IntegrityError:
        pass
    found = Sending.objects.filter(user_id=user_pk, key=key).first()
    if found is None:  # released in between
        return claim(user_pk, key, fingerprint)
    if found.fingerprint != fingerprint:
        return Standing.OTHER, found, None
    if standing_of(found) is Standing.OURS:
        taken = Sending.objects.filter(pk=found.pk, claim=found.claim, wrote=False, status=None)
        if taken.update(claim=token, at=now):
            return Standing.OURS, found, Claim(found.pk, token)
        return Standing.BUSY, found, None
    return standing_of(found), found, None


def standing_of(row: Sending) -> Standing:
    """How a sending stands; ``OURS`` when whoever was at it broke off before anything was written."""
    if row.status is not None:
        return Standing.DONE
    if timezone.now() - row.at < datetime.timedelta(seconds=STALE_SECONDS):
        return Standing.BUSY
    return Standing.DONE if row.wrote else Standing.OURS


@contextmanager
def none_held() -> Iterator[None]:
    """One request, which begins without a claim."""
    token = _held.set(None)
    try:
        yield
    finally:
        _held.reset(token)


def hold(mine: Claim) -> None:
    """Whatever this request writes from now on is written under the claim."""
    _held.set(mine)


def note_write() -> None:
    """Note within a transaction that the request writes. Raises ``Superseded`` when it no longer holds its claim."""
    mine = _held.get()
    if mine is None:
        return
    if not Sending.objects.filter(pk=mine.pk, claim=mine.token).update(wrote=True):
        raise Superseded


def release(mine: Claim) -> bool:
    """Forget a claim under which nothing was written, so that it may be sent again; False when something was."""
    return bool(Sending.objects.filter(pk=mine.pk, claim=mine.token, wrote=False).delete()[0])


def finish(mine: Claim, status: int, location: str, body: str) -> None:
    """Keep how it was answered."""
    Sending.objects.filter(pk=mine.pk, claim=mine.token).update(status=status, location=location[:2000], body=body)


def forget() -> int:
    """Drop what nobody will send again; how many rows."""
    old = timezone.now() - datetime.timedelta(days=KEPT_DAYS)
    return Sending.objects.filter(at__lt=old).delete()[0]
