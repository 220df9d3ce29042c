"""Numbers that count up for everybody, as pages and scripts carry them: they tell nothing and cannot be guessed.

A change set's number says how much was written in between, and a row's version is such a number. What leaves the server
is a keyed digest of what the number is about and of the number itself, followed by the number hidden under that digest,
all as digits. Nobody can make another one, and one of another row is none. The key is made from ``SECRET_KEY``; what
was given out under ``SECRET_KEY_FALLBACKS`` still holds.
"""

import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings

DIGEST, NUMBER = 8, 6  # bytes
NOT_SEEN = -1  # no row ever has this version
CHANGE_SET = "change set"
LATEST = "latest change set"


def conceal(about: str, number: int) -> str:
    """The number as it is shown to people."""
    key = next(_keys())
    digest = _digest(key, about, number)
    return str(int.from_bytes(digest + _hidden(key, digest, number.to_bytes(NUMBER)), "big"))


def revealed(about: str, text: str) -> int | None:
    """The number behind what was sent; None for anything that was not given out for ``about``."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 * (DIGEST + NUMBER)):
        return None
    try:
        sent = int(text).to_bytes(DIGEST + NUMBER)
    except OverflowError:
        return None
    digest, hidden = sent[:DIGEST], sent[DIGEST:]
    for key in _keys():
        number = int.from_bytes(_hidden(key, digest, hidden), "big")
        if hmac.compare_digest(_digest(key, about, number), digest):
            return number
    return None


def _keys() -> Iterator[bytes]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield hashlib.sha256(b"luoshi.records.conceal:" + secret.encode()).digest()


def _digest(key: bytes, about: str, number: int) -> bytes:
    return hmac.digest(key, f"{about}:{number}".encode(), "sha256")[:DIGEST]


def _hidden(key: bytes, digest: bytes, number: bytes) -> bytes:
    """The number under a mask that follows from key and digest; the same once more uncovers it."""
    mask = hmac.digest(key, b"mask:" + digest, "sha256")
    return bytes(one ^ other for one, other in zip(number, mask, strict=False))


class ChangeSetConverter:
    """A change set in a URL: ``<changeset:pk>``."""

    regex = "[0-9]{1,40}"

    def to_python(self, value: str) -> int:
        """The change set's key. Raises ``ValueError`` for what was never given out: the URL leads nowhere."""
        number = revealed(CHANGE_SET, value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int | str) -> str:
        """As people see it; what is concealed already stays as it is."""
        return value if isinstance(value, str) else conceal(CHANGE_SET, value)
