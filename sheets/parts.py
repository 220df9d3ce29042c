"""The parts of a zipped workbook: found however their names are written, and unpacked no further than declared."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from sheets.refusals import CORRUPT, ENCRYPTED, TOO_LARGE, UNUSUAL, refused

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_PARTS = 5_000
MAX_RATIO, RATIO_MATTERS_FROM = 150, 20 * 1024 * 1024
CHUNK = 1 << 20


class Parts:
    """The parts by name, in small letters and with slashes, as the readers take them. Raises ``UnreadableError``."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = packed.infolist()
        _refuse_bombs(found)
        self.by_name = {_plain(item.filename): item for item in found if not item.filename.endswith(("/", "\\"))}
        self.oddly_named = any("\\" in item.filename for item in found)
        if len(self.by_name) < sum(not item.filename.endswith(("/", "\\")) for item in found):
            raise refused(UNUSUAL)  # two parts of one name: every program shows another one

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self.by_name

    def whole(self, name: str) -> bytes:
        """One part, whole; none is empty."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """One part piece by piece; a part that holds more than it declares is damaged."""
        part = self.by_name.get(_plain(name))
        if part is not None:
            yield from _pieces(self.content, part)

    def renamed(self) -> bytes:
        """The workbook with slashes in the names of its parts."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            for item in self.by_name.values():
                made.writestr(item.filename.replace("\\", "/"), self.whole(item.filename))
        return target.getvalue()


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_bombs(parts: list[zipfile.ZipInfo]) -> None:
    if any(item.flag_bits & 1 for item in parts):
        raise refused(ENCRYPTED)
    if len(parts) > MAX_PARTS or sum(item.file_size for item in parts) > MAX_UNPACKED_BYTES:
        raise refused(TOO_LARGE)
    for item in parts:
        if item.file_size > RATIO_MATTERS_FROM and item.file_size > MAX_RATIO * item.compress_size:
            raise refused(TOO_LARGE)


def _pieces(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    name_length, extra_length = struct.unpack_from("<HH", content, part.header_offset + 26)
    start = part.header_offset + 30 + name_length + extra_length
    raw = memoryview(content)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(raw)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise refused(CORRUPT)
    unpacker, size, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, bytes(raw)
    while not unpacker.eof:
        piece = unpacker.decompress(rest, CHUNK)
        size, rest = size + len(piece), unpacker.unconsumed_tail
        if size > part.file_size or (not piece and not unpacker.eof):
            raise refused(CORRUPT)
        yield piece
    if size != part.file_size:
        raise refused(CORRUPT)
