"""Personal data at rest: sealed with keys made from the secret key, opened only where a page has reason to.

A sealed text is ``sealed:DIGEST:TOKEN``. The digest is keyed and always the same for the same field and value, so that
the same person can be counted once and a row found again without opening anything; the token is Fernet's.
``SECRET_KEY_FALLBACKS`` open what older keys sealed; after a change of keys ``manage.py reseal_entries`` brings
everything to the new one, digests included (``ledgers.actions.resealing``). Meanwhile rows are found by the digests of
every key. Sealing anew gives the same token each time, so that a row and its history still agree.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule
from ledgers.rules.values import SEALED, Values

DIGEST = 16  # hex digits


class Unopened(PermissionDenied):
    """A sealed value that no key at hand opens; nothing may be written over it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "What is sealed here cannot be opened with the keys in force, so nothing was changed. "
                "Tell the administrator: the former secret key is missing."
            )
        )


@cache
def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"luoshi.ledgers.seal:" + secret.encode()).digest()))


@cache
def _box(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([_fernet(secret) for secret in secrets])


def secrets_at_hand() -> tuple[str, ...]:
    """The secret keys, the one in force first."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _current() -> MultiFernet:
    return _box(secrets_at_hand())


def mark_of(secret: str) -> str:
    """What tells a secret key from others without giving it away."""
    return hmac.new(secret.encode(), b"luoshi.ledgers.mark", hashlib.sha256).hexdigest()


def digest(field: str, value: Any) -> str:
    """A value's keyed digest."""
    return _digest(settings.SECRET_KEY, field, value)


def digests(field: str, value: Any) -> list[str]:
    """A value's digests by every key at hand: one of them stands in a row that holds it."""
    return [_digest(secret, field, value) for secret in secrets_at_hand()]


def _digest(secret: str, field: str, value: Any) -> str:
    text = json.dumps([field, value], ensure_ascii=False)
    key = b"luoshi.ledgers.digest:" + secret.encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:DIGEST]


def is_sealed(value: Any) -> bool:
    """Whether a stored value is sealed."""
    return isinstance(value, str) and value.startswith(SEALED)


def seal(field: str, value: Any) -> str:
    """A value sealed."""
    token = _current().encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()
    return f"{SEALED}{digest(field, value)}:{token}"


def opened(value: Any) -> Any:
    """A stored value opened; None when no key opens it any more."""
    if not is_sealed(value):
        return value
    try:
        return json.loads(_current().decrypt(value.split(":", 2)[2]))
    except InvalidToken:
        return None


def seal_bytes(content: bytes) -> bytes:
    """A file's content sealed."""
    return _current().encrypt(content)


def open_bytes(content: bytes) -> bytes:
    """A sealed file's content. Raises ``Unopened``."""
    try:
        return _current().decrypt(content)
    except InvalidToken:
        raise Unopened from None


def open_all(values: Mapping[str, Any]) -> Values:
    """A row's values, every sealed one opened."""
    return {key: opened(value) for key, value in values.items()}


def open_to_write(values: Mapping[str, Any]) -> Values:
    """A row's values opened, to be written over. Raises ``Unopened`` rather than lose one that does not open."""
    found = open_all(values)
    if any(found[key] is None and value is not None for key, value in values.items()):
        raise Unopened
    return found


# Sealing anew


def is_newest(token: bytes) -> bool:
    """Whether the key in force sealed it."""
    try:
        _fernet(settings.SECRET_KEY).decrypt(token)
    except InvalidToken:
        return False
    return True


def bytes_anew(token: bytes) -> bytes:
    """What an older key sealed, sealed by the one in force; the same token each time. Raises ``Unopened``."""
    if is_newest(token):
        return token
    return _sealed_alike(open_bytes(token), token, _opener_of(token).extract_timestamp(token))


def _opener_of(token: bytes) -> Fernet:
    """The older key that opens a token. Raises ``Unopened``."""
    for secret in settings.SECRET_KEY_FALLBACKS:
        with suppress(InvalidToken):
            _fernet(secret).decrypt(token)
            return _fernet(secret)
    raise Unopened


def anew(field: str, value: str) -> str:
    """A sealed value by the key in force, with its digest; the same each time. Raises ``Unopened``."""
    _mark, stands, old = value.split(":", 2)
    token = bytes_anew(old.encode()).decode()
    plain = json.loads(open_bytes(token.encode()))
    made = f"{SEALED}{digest(field, plain)}:{token}"
    return value if (stands, old) == tuple(made.split(":", 2)[1:]) else made


def seal_alike(field: str, value: Any, owner: int) -> str:
    """A value that became personal, sealed the same way each time for one row, so that its history agrees with it."""
    content = json.dumps(value, ensure_ascii=False).encode()
    return (
        f"{SEALED}{digest(field, value)}:{_sealed_alike(content, f'{field}:{owner}:'.encode() + content, 0).decode()}"
    )


def _sealed_alike(content: bytes, seed: bytes, timestamp: int) -> bytes:
    """Content sealed by the key in force, with what is random elsewhere made from ``seed``."""
    key = b"luoshi.ledgers.alike:" + settings.SECRET_KEY.encode()
    start = hmac.new(key, seed, hashlib.sha256).digest()[:16]
    return _fernet(settings.SECRET_KEY)._encrypt_from_parts(content, timestamp, start)  # as MultiFernet.rotate does


# Rows


def seal_all(kind: KindRule, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Values:
    """A row's values with the personal ones sealed; one that has not changed keeps the token it had in ``before``."""
    if not kind.personal_keys:
        return dict(values)
    found: Values = {}
    for key, value in values.items():
        if key not in kind.personal_keys:
            found[key] = value
            continue
        old = str((before or {}).get(key, ""))
        same = is_sealed(old) and old.split(":", 2)[1] == digest(key, value)
        found[key] = old if same else seal(key, value)
    return found


def row_key(kind: KindRule, values: Mapping[str, Any]) -> str:
    """The natural key as it is stored: a digest where personal data is part of it."""
    return row_keys(kind, values)[0]


def row_keys(kind: KindRule, values: Mapping[str, Any]) -> list[str]:
    """The natural key as a row may hold it while keys are being changed, the newest form first."""
    key = rules.natural_key(kind, values)
    if not key or not kind.personal_keys & set(kind.natural_key):
        return [key]
    return [f"{SEALED}{found}" for found in digests("key", key)]


def newest_key(kind: KindRule, key: str, values: Mapping[str, Any]) -> str:
    """A stored row's key as the key in force makes it; ``values`` are the row's, as stored."""
    if not settings.SECRET_KEY_FALLBACKS or not is_sealed(key):
        return key
    named = open_all({name: values.get(name) for name in kind.natural_key})
    return row_key(kind, named) if any(value is not None for value in named.values()) else key
