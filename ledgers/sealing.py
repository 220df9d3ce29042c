"""Personal data at rest: sealed with keys made from the secret key, opened only where a page has reason to.

A sealed text is ``sealed:DIGEST:TOKEN``. The digest is keyed and always the same for the same field and value, so that
the same person can be counted once and a row found again without opening anything; the token is Fernet's.
``SECRET_KEY_FALLBACKS`` open what older keys sealed; after a change of keys ``manage.py reseal_entries`` brings every
row to the new one, digests included.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule
from ledgers.rules.values import SEALED, Values

DIGEST = 16  # hex digits


@cache
def _box(secrets: tuple[str, ...]) -> MultiFernet:
    made = [hashlib.sha256(b"luoshi.ledgers.seal:" + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


def _current() -> MultiFernet:
    return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def digest(field: str, value: Any) -> str:
    """A value's keyed digest."""
    text = json.dumps([field, value], ensure_ascii=False)
    key = b"luoshi.ledgers.digest:" + settings.SECRET_KEY.encode()
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
    """A sealed file's content. Raises ``cryptography.fernet.InvalidToken``."""
    return _current().decrypt(content)


def open_all(values: Mapping[str, Any]) -> Values:
    """A row's values, every sealed one opened."""
    return {key: opened(value) for key, value in values.items()}


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
    key = rules.natural_key(kind, values)
    return f"{SEALED}{digest('key', key)}" if key and kind.personal_keys & set(kind.natural_key) else key
