"""The names in a zip file's directory, without unpacking anything and without keeping what a directory may hold."""

import struct
from collections.abc import Iterator

_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_TAIL = 22 + 65_535  # the end of the directory, with the longest comment
MOST_NAMES = 20_000


def names(content: bytes) -> Iterator[bytes]:
    """The first names of the directory, with slashes. Raises ``ValueError`` when the content has none."""
    end = content.rfind(_END, max(0, len(content) - _TAIL))
    if end < 0 or len(content) < end + 22:
        raise ValueError("no directory")
    size, start = struct.unpack_from("<II", content, end + 12)
    at = end - size if content[end - size : end - size + 4] == _ENTRY else start  # something may stand before the zip
    for _number in range(MOST_NAMES):
        if at < 0 or at + 46 > len(content) or content[at : at + 4] != _ENTRY:
            return
        name, extra, comment = struct.unpack_from("<HHH", content, at + 28)
        yield content[at + 46 : at + 46 + name].replace(b"\\", b"/").lower()
        at += 46 + name + extra + comment
