"""Whether the secret keys at hand are those that sealed what the database holds: a wrong one stops the program.

The first start writes down which key that is; nothing is opened for it later, so that a start stays quick.
"""

from collections.abc import Iterator
from contextlib import suppress

from django.db import DatabaseError, IntegrityError, connections, transaction
from django.db.models import Q

from ledgers import sealing
from ledgers.models import BatchFile, BatchPart, Entry, ImportBatch, SealingKey, SuperiorTable
from ledgers.rules.values import SEALED
from records import files

WRONG = (
    "Luoshi will not start with a SECRET_KEY that did not seal this database: put the former key back, "
    "or name it in SECRET_KEY_FALLBACKS and run manage.py reseal_entries."
)


def complaint() -> str | None:
    """The one sentence that says why nothing may start with these keys; None when it may, or when there are no tables
    yet. Nothing is written.
    """
    try:
        marks = set(SealingKey.objects.values_list("mark", flat=True))
        fits = marks <= set(_at_hand()) if marks else _opens_what_is_there()
    except DatabaseError:
        return None  # not there yet, or away: whoever needs the database says so
    return None if fits else WRONG


def require() -> None:
    """Stop with one sentence when the keys are wrong; else write down which one seals from now on.

    Raises ``SystemExit``.
    """
    try:
        if (reason := complaint()) is not None:
            raise SystemExit(reason)
        with suppress(DatabaseError):
            begin()
    finally:
        connections.close_all()


def begin() -> None:
    """Write down the keys in use: at first all at hand, since any may have sealed something, then each new one."""
    marks = set(SealingKey.objects.values_list("mark", flat=True))
    for mark in _at_hand() if not marks else _at_hand()[:1]:
        if mark not in marks:
            with suppress(IntegrityError), transaction.atomic():
                SealingKey.objects.create(mark=mark)


def finish() -> None:
    """Everything is sealed by the key in force: no other is needed any more."""
    mark = _at_hand()[0]
    with transaction.atomic():
        SealingKey.objects.get_or_create(mark=mark)
        SealingKey.objects.exclude(mark=mark).delete()


def _at_hand() -> list[str]:
    return [sealing.mark_of(secret) for secret in sealing.secrets_at_hand()]


def _opens_what_is_there() -> bool:
    """Whether the keys open one of each that a database holds which nobody wrote a key down for."""
    try:
        for token in _samples():
            sealing.open_bytes(token)
    except sealing.Unopened:
        return False
    return True


def _samples() -> Iterator[bytes]:
    yield from (bytes(part.content) for part in BatchPart.objects.order_by("-pk")[:1])
    yield from (batch.fixes.encode() for batch in ImportBatch.objects.exclude(fixes="").order_by("-pk")[:1])
    sent = [row.file for row in BatchFile.objects.exclude(file=None).select_related("file").order_by("-pk")[:1]]
    kept = [row.file for row in SuperiorTable.objects.select_related("file").order_by("-pk")[:1]]
    for file in [*sent, *kept]:
        with suppress(files.Lost):
            yield files.read(file) if file else b""
    for row in Entry.objects.filter(Q(values__icontains=f'"{SEALED}')).order_by("-pk")[:1]:
        tokens = [value.split(":", 2)[2] for value in row.values.values() if sealing.is_sealed(value)]
        yield from (token.encode() for token in tokens[:1])
