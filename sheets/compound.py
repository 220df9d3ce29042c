"""Old workbooks (xls) in a compound file: is it one, is it protected, what is hidden, which formulas show an error."""

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sheets import formats
from sheets.formats import Format
from sheets.packed import ERRORS, MAX_CELLS, NO_RESULT, Beside
from sheets.refusals import CORRUPT, ENCRYPTED, TOO_LARGE, UNSUPPORTED, UNUSUAL, refused

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _MAX_STREAMS = 0xFFFFFFFA, 4_096  # sector numbers from _END on are marks
_FILEPASS, _DATES_FROM_1904, _SHEET, _ROW, _COLUMNS, _BEGIN, _FORMULA, _BOOL_OR_ERROR = (
    0x2F, 0x22, 0x85, 0x208, 0x7D, 0x809, 0x06, 0x205,
)  # fmt: skip
_FORMAT, _STYLE, _NUMBER, _SMALL, _SMALLS, _UNCOMPUTED = 0x41E, 0xE0, 0x203, 0x27E, 0xBD, 0x5E
_RESULT = 0x207
_TEXTS = {0x204: 6, 0xD6: 6, _RESULT: 0}  # where the length of a text stands; those of before 1997 are read here
_CODE_PAGE, _UNICODE = 0x42, b"\xb0\x04"
_GBK = "gb18030"
_CODE_PAGES = {437: "cp437", 950: "cp950", 1200: "utf-16-le", 1252: "cp1252", 10000: "mac-roman"}
_HEAD = 40  # records among which a workbook says how it is written
_CELLS = {0x203, 0x27E, 0xFD, 0x204, 0xBD, _FORMULA, _BOOL_OR_ERROR}


@dataclass(frozen=True)
class Contents:
    """A checked old workbook: whether its days count from 1904, and each sheet's ``Beside`` by name."""

    dates_from_1904: bool
    beside: dict[str, Beside]
    content: bytes = b""  # as the reader is to get it
    names: tuple[str, ...] = ()  # of the sheets, where the reader cannot read them


def inspect(content: bytes) -> Contents:
    """Check an old workbook and look into it. Raises ``UnreadableError``."""
    try:
        streams = _Streams(content)
        if any(name in streams.names for name in ("EncryptedPackage", "\x06DataSpaces")):
            raise refused(ENCRYPTED)
        name = next((name for name in ("Workbook", "WORKBOOK", "Book", "BOOK") if name in streams.names), None)
        if name is None:
            raise refused(UNSUPPORTED)
        stream = streams.read(name)
        return replace(_look(stream), content=_in_unicode(content, stream))
    except (struct.error, IndexError, KeyError) as error:
        raise refused(CORRUPT) from error


class _Streams:
    """The streams of a compound file by name."""

    def __init__(self, content: bytes) -> None:
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        if shift not in {9, 12} or small_shift != 6:
            raise refused(CORRUPT)
        self.content, self.size = content, 1 << shift
        first_directory, _signature, self.cutoff, first_small, _count, first_table = struct.unpack_from(
            "<IIIIII", content, 48
        )
        self.next_sector = self._sector_table(first_table)
        self.next_small = _numbers(self._chain(first_small, self.next_sector))
        self.names: dict[str, tuple[int, int]] = {}
        directory = self._chain(first_directory, self.next_sector)
        for offset in range(0, min(len(directory), _MAX_STREAMS * 128), 128):
            length, kind = struct.unpack_from("<H", directory, offset + 64)[0], directory[offset + 66]
            start, size = struct.unpack_from("<II", directory, offset + 116)
            if kind in {2, 5}:
                name = directory[offset : offset + max(length - 2, 0)].decode("utf-16-le", errors="replace")
                self.names.setdefault(name if kind == 2 else "", (start, size))
        self.small = self._chain(self.names[""][0], self.next_sector) if "" in self.names else b""

    def _sector_table(self, first_table: int) -> list[int]:
        """The table that chains sectors, itself spread over sectors that the header and further tables name."""
        sectors = [number for number in struct.unpack_from("<109I", self.content, 76) if number < _END]
        seen: set[int] = set()
        while first_table < _END:
            if first_table in seen:
                raise refused(CORRUPT)
            seen.add(first_table)
            more = _numbers(self._sector(first_table))
            sectors += [number for number in more[:-1] if number < _END]
            first_table = more[-1]
        if len(set(sectors) | seen) < len(sectors) + len(seen):
            raise refused(CORRUPT)  # no sector is told twice: a reader that follows would never come to an end
        return [number for sector in sectors for number in _numbers(self._sector(sector))]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        piece = self.content[start : start + self.size]
        if not piece:
            raise refused(CORRUPT)
        return piece.ljust(self.size, b"\0")

    def _chain(self, first: int, table: list[int]) -> bytes:
        pieces, number, seen = [], first, set[int]()
        while number < _END:
            if number in seen:
                raise refused(CORRUPT)
            seen.add(number)
            pieces.append(self._sector(number))
            number = table[number]
        return b"".join(pieces)

    def read(self, name: str) -> bytes:
        """One stream, whole."""
        start, size = self.names[name]
        if size >= self.cutoff:
            return self._chain(start, self.next_sector)[:size]
        number = start
        pieces: list[bytes] = []
        while number < _END and len(pieces) * 64 < size:
            pieces.append(self.small[number * 64 : number * 64 + 64])
            number = self.next_small[number]
        return b"".join(pieces)[:size]


def _in_unicode(content: bytes, stream: bytes) -> bytes:
    """The file with the code page that texts of Excel 97 and later really have, where a program wrote another."""
    kinds = {kind: body for _offset, kind, body in itertools.islice(_records(stream), _HEAD)}
    if kinds.get(_BEGIN, b"")[:2] != b"\x00\x06" or kinds.get(_CODE_PAGE, _UNICODE) == _UNICODE:
        return content
    stated, right = (struct.pack("<HH", _CODE_PAGE, 2) + page for page in (kinds[_CODE_PAGE], _UNICODE))
    if content.count(stated) != 1:
        raise refused(UNUSUAL)
    return content.replace(stated, right)


def _numbers(piece: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(piece) // 4}I", piece))


def _records(stream: bytes, offset: int = 0) -> Iterator[tuple[int, int, bytes]]:
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        yield offset, kind, stream[offset + 4 : offset + 4 + length]
        offset += 4 + length


class _Book:
    """Follows the records of a workbook: its styles, then its sheets one after the other."""

    def __init__(self) -> None:
        self.own: dict[int, str] = {}
        self.styles: list[Format | None] = []
        self.beside = Beside()
        self.size = [0, 0]
        self.without: list[tuple[Beside, int, int]] = []  # formulas that show nothing
        self.asks = self.computed = self.proves = False
        self.at: tuple[int, ...] = 0, 0  # of the last formula
        self.code_page = ""  # of the texts of a workbook of before 1997

    def begin(self, beside: Beside) -> None:
        """A sheet begins."""
        self.beside, self.size, self.asks = beside, [0, 0], False

    def told(self, kind: int, body: bytes) -> None:
        """Take in one record."""
        if kind == _FORMAT and len(self.own) < formats.MOST:
            self.own[struct.unpack_from("<H", body)[0]] = _text(body, 2, self.code_page)
        elif kind == _STYLE:
            self.styles.append(formats.telling(self.own, struct.unpack_from("<H", body, 2)[0]))
        elif kind == _UNCOMPUTED:
            self.asks = True
        elif kind == _FORMULA:
            self._formula(body)
            self.at = struct.unpack_from("<HH", body)
        elif kind in _TEXTS and self.code_page:
            row, column = self.at if kind == _RESULT else struct.unpack_from("<HH", body)
            length, begin = struct.unpack_from("<H", body, _TEXTS[kind])[0], _TEXTS[kind] + 2
            self.beside.texts[row, column] = body[begin : begin + length].decode(self.code_page, "replace")
        if kind in {_NUMBER, _SMALL, _FORMULA}:
            self._styled(*struct.unpack_from("<HHH", body))
        elif kind == _SMALLS:
            row, first = struct.unpack_from("<HH", body)
            for at in range((len(body) - 6) // 6):
                self._styled(row, first + at, struct.unpack_from("<H", body, 4 + 6 * at)[0])

    def _styled(self, row: int, column: int, style: int) -> None:
        found = self.styles[style] if style < len(self.styles) else None
        if found is not None:
            self.beside.formats[row, column] = found

    def _formula(self, body: bytes) -> None:
        """Whether a formula has a result: a program that computes nothing writes a blank, or 0 and asks for it."""
        row, column = struct.unpack_from("<HH", body)
        if body[12:14] == b"\xff\xff":
            if body[6] == 3:
                self.without.append((self.beside, row, column))
                self.proves = self.proves or _only_numbers(body[22:])
            else:
                self.computed = True
        elif body[6:14] == bytes(8) and (self.asks or body[14] & 2):
            self.beside.faults[row, column] = NO_RESULT
        else:
            self.computed = True

    def finish(self) -> None:
        """A blank is a formula's result where the program that saved it computed any."""
        if self.proves or not self.computed:
            for beside, row, column in self.without:
                beside.faults.setdefault((row, column), NO_RESULT)


def _only_numbers(tokens: bytes) -> bool:
    """Whether a formula can have no text for a result: it ends in arithmetic, or is a sum."""
    return tokens[-1:] in {b"\x03", b"\x04", b"\x05", b"\x06", b"\x07"} or tokens[-4:] == b"\x19\x10\0\0"


def _look(stream: bytes) -> Contents:
    """The records of all sheets, one after the other; a sheet begins where the workbook's head says."""
    starts: dict[int, str] = {}
    beside: dict[str, Beside] = {}
    book, from_1904 = _Book(), False
    for offset, kind, body in _records(stream):
        if kind == _FILEPASS:
            raise refused(ENCRYPTED)
        if offset == 0:
            book.code_page = "" if body[:2] == b"\0\x06" else _GBK
        elif kind == _CODE_PAGE and book.code_page:
            book.code_page = _CODE_PAGES.get(struct.unpack_from("<H", body)[0], _GBK)
        elif kind == _DATES_FROM_1904:
            from_1904 = body[:2] == b"\1\0"
        elif kind == _SHEET:
            starts[struct.unpack_from("<I", body)[0]] = _name(body, book.code_page)
        elif kind == _BEGIN and offset in starts:
            book.begin(beside.setdefault(starts[offset], Beside()))
        else:
            _note(kind, body, book.beside, book.size)
            book.told(kind, body)
    book.finish()
    return Contents(from_1904, beside, names=tuple(starts.values()) if book.code_page else ())


def _text(body: bytes, at: int, code_page: str) -> str:
    """A string with its length in two bytes, as Excel 97 and later write it; in one and a code page before that."""
    if code_page:
        return body[at + 1 : at + 1 + body[at]].decode(code_page, "replace")
    length, wide = struct.unpack_from("<H", body, at)[0], body[at + 2] & 1 if len(body) > at + 2 else 0
    raw = body[at + 3 : at + 3 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le", "replace") if wide else raw.decode("latin-1")


def _name(body: bytes, code_page: str) -> str:
    if code_page:
        return body[7 : 7 + body[6]].decode(code_page, "replace")
    length, wide = body[6], body[7]
    return (
        body[8 : 8 + length * 2].decode("utf-16-le", "replace") if wide & 1 else body[8 : 8 + length].decode("latin-1")
    )


def _note(kind: int, body: bytes, beside: Beside, size: list[int]) -> None:
    if kind in _CELLS:
        row, column = struct.unpack_from("<HH", body)
        size[0], size[1] = max(size[0], row + 1), max(size[1], column + 1)
        if size[0] * size[1] > MAX_CELLS:
            raise refused(TOO_LARGE)
        if kind == _BOOL_OR_ERROR and body[7]:
            beside.faults[row, column] = ERRORS.get(body[6], "#N/A")
        elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            beside.faults[row, column] = ERRORS.get(body[8], "#N/A")
    elif kind == _ROW and body[12] & 0x20:
        beside.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif kind == _COLUMNS and body[8] & 1:
        first, last = struct.unpack_from("<HH", body)
        beside.hidden_columns.update(range(first, min(last, 255) + 1))
