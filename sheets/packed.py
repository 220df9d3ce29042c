"""Zipped workbooks (xlsx, xlsm, xlsb, ods): what they hold is checked before anybody unpacks them, in bounded memory.

The reader behind ``sheets.reading`` gives values, merged ranges and hidden sheets; what it leaves out is looked up in
the sheets' XML here: hidden rows and columns, formulas that show an error, formulas saved without a result.
"""

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sheets.refusals import CORRUPT, ENCRYPTED, TOO_LARGE, UNSUPPORTED, refused

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_PARTS = 5_000
MAX_RATIO, RATIO_MATTERS_FROM = 150, 20 * 1024 * 1024
MAX_CELLS = 6_000_000  # of the rectangle a sheet spans: the reader keeps all of it in memory
CHUNK = 1 << 20
NO_RESULT = "#FORMULA!"  # stands where a formula was saved without its result

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_HIDDEN_ROW = re.compile(rb'<row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMN = re.compile(rb'<col\s(?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>')
_NO_RESULT = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?![^>]*\bt="str")[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v\s*/>|<v>\s*</v>)?</c>'
)
_WIDE = re.compile(rb'<c r="(?:[A-Z]{3}|[B-Z][A-Z])\d')
_ROW = re.compile(rb'<row\s[^>]*?\br="(\d+)"')
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*(?<!/)>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<(?:v|is)\b')
_REPEATED = re.compile(rb'(?:number-(?:rows|columns)-repeated)="(\d+)"')


@dataclass
class Beside:
    """What one sheet tells beside its values; rows and columns count from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """A checked workbook: its container, whether its days count from 1904, and each sheet's ``Beside`` by name."""

    container: str
    dates_from_1904: bool
    beside: dict[str, Beside]


def inspect(content: bytes) -> Contents:
    """Check a zipped workbook and look into it. Raises ``UnreadableError``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {item.filename: item for item in packed.infolist()}
        _refuse_bombs(parts)
        container = _container(content, parts)
        if container != "xlsx":
            return Contents(container, False, {})
        return _workbook(content, parts)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError) as error:
        raise refused(CORRUPT) from error


def _refuse_bombs(parts: dict[str, zipfile.ZipInfo]) -> None:
    if any(item.flag_bits & 1 for item in parts.values()):
        raise refused(ENCRYPTED)
    if len(parts) > MAX_PARTS or sum(item.file_size for item in parts.values()) > MAX_UNPACKED_BYTES:
        raise refused(TOO_LARGE)
    for item in parts.values():
        if item.file_size > RATIO_MATTERS_FROM and item.file_size > MAX_RATIO * item.compress_size:
            raise refused(TOO_LARGE)


def _container(content: bytes, parts: dict[str, zipfile.ZipInfo]) -> str:
    """Which workbook it is: xlsx, xlsb or ods."""
    if "xl/workbook.bin" in parts:
        return "xlsb"
    if any(name.startswith("xl/") for name in parts):
        return "xlsx"
    if "mimetype" in parts and unpacked(content, parts["mimetype"]).startswith(_ODS):
        manifest = parts.get("META-INF/manifest.xml")
        if manifest and b"encryption-data" in unpacked(content, manifest):
            raise refused(ENCRYPTED)
        _check_repeats(content, parts)
        return "ods"
    raise refused(UNSUPPORTED)


def unpacked(content: bytes, part: zipfile.ZipInfo) -> bytes:
    """One part, whole."""
    return b"".join(_chunks(content, part))


def _chunks(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """One part piece by piece; a part that holds more than it declares is damaged."""
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


def _check_repeats(content: bytes, parts: dict[str, zipfile.ZipInfo]) -> None:
    """An ods says "this row a million times"; that is harmless for blank rows only."""
    part = parts.get("content.xml")
    if part is None:
        raise refused(CORRUPT)
    cells = 0
    for row in re.finditer(rb"<table:table-row\b([^>]*)>(.*?)</table:table-row>", unpacked(content, part), re.DOTALL):
        if b"office:value" not in row[2] and b"<text:p" not in row[2]:
            continue
        repeated = _REPEATED.search(row[1])
        filled = re.finditer(rb"<table:table-cell\b([^>]*)>", row[2])
        width = sum(int(found[1]) if (found := _REPEATED.search(cell[1])) else 1 for cell in filled)
        cells += width * (int(repeated[1]) if repeated else 1)
        if cells > MAX_CELLS:
            raise refused(TOO_LARGE)


def _workbook(content: bytes, parts: dict[str, zipfile.ZipInfo]) -> Contents:
    book = parts.get("xl/workbook.xml")
    head = unpacked(content, book) if book else b""
    shared = parts.get("xl/sharedStrings.xml")
    for _piece in _chunks(content, shared) if shared else ():
        pass  # only to see that it holds what it declares
    beside = {name: _look(content, part) for name, part in _sheet_parts(content, parts, head).items()}
    return Contents("xlsx", bool(re.search(rb'date1904\s*=\s*"(?:1|true)"', head)), beside)


def sheet_parts(content: bytes) -> dict[str, zipfile.ZipInfo]:
    """The part of each sheet by the sheet's name, of an .xlsx that was inspected before; none of anything else."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {item.filename: item for item in packed.infolist()}
    book = parts.get("xl/workbook.xml")
    return _sheet_parts(content, parts, unpacked(content, book)) if book else {}


@dataclass(frozen=True)
class Shape:
    """How many cells a sheet has, and whether there are formulas among them."""

    cells: int
    formulas: bool


def shapes_of(content: bytes) -> dict[str, Shape]:
    """The shape of each sheet by its name, of an .xlsx that was inspected before; none of anything else."""
    texts = ((name, unpacked(content, part)) for name, part in sheet_parts(content).items())
    return {name: Shape(text.count(b"<c "), b"<f" in text) for name, text in texts}


def _sheet_parts(content: bytes, parts: dict[str, zipfile.ZipInfo], head: bytes) -> dict[str, zipfile.ZipInfo]:
    """Each sheet's part by its name, as the workbook's relations tell."""
    related = parts.get("xl/_rels/workbook.xml.rels")
    targets = {}
    for tag in _RELATION.findall(unpacked(content, related) if related else b""):
        attributes = dict(_ATTRIBUTE.findall(tag))
        targets[attributes.get(b"Id", b"")] = attributes.get(b"Target", b"").decode(errors="replace").lstrip("/")
    found = {}
    for tag in _SHEET.findall(head):
        attributes = {key.split(b":")[-1]: value for key, value in _ATTRIBUTE.findall(tag)}
        target = targets.get(attributes.get(b"id", b""), "")
        part = parts.get(target if target.startswith("xl/") else f"xl/{target}")
        if part is not None:
            found[html.unescape(attributes.get(b"name", b"").decode(errors="replace"))] = part
    return found


def _look(content: bytes, part: zipfile.ZipInfo) -> Beside:
    """One sheet's XML, in pieces that end with a row."""
    beside, rest, size = Beside(), b"", [0, 0]
    for chunk in _chunks(content, part):
        text = rest + chunk
        cut = text.rfind(b"</row>") + 6
        if cut < 6 and len(text) < 16 * CHUNK:
            rest = text
            continue
        piece, rest = (text[:cut], text[cut:]) if cut >= 6 else (text, b"")
        _look_at(piece, beside, size)
    _look_at(rest, beside, size)
    return beside


def _look_at(piece: bytes, beside: Beside, size: list[int]) -> None:
    if b'hidden="' in piece:
        beside.hidden_rows.update(int(row) - 1 for row in _HIDDEN_ROW.findall(piece))
        for tag in _HIDDEN_COLUMN.findall(piece):
            span = dict(_ATTRIBUTE.findall(tag))
            beside.hidden_columns.update(range(int(span.get(b"min", 1)) - 1, min(int(span.get(b"max", 1)), 16_384)))
    if b't="e"' in piece:
        for letters, row, shown in _ERROR.findall(piece):
            beside.faults[int(row) - 1, column_index(letters.decode())] = html.unescape(shown.decode(errors="replace"))
    if b"<f" in piece:
        for letters, row in _NO_RESULT.findall(piece):
            beside.faults[int(row) - 1, column_index(letters.decode())] = NO_RESULT
    _measure(piece, size)


def _measure(piece: bytes, size: list[int]) -> None:
    """Refuse a sheet whose few far-away cells would span a rectangle that fills the memory."""
    last = piece.rfind(b"<row ")
    found = _ROW.match(piece, last) if last >= 0 else None
    if not _WIDE.search(piece) and (found is None or int(found[1]) < MAX_CELLS // 60):
        size[0] = max(size[0], int(found[1]) if found else 0)
        size[1] = max(size[1], 52)
    else:
        for letters, row in _FILLED.findall(piece):
            size[0] = max(size[0], int(row))
            size[1] = max(size[1], column_index(letters.decode()) + 1)
    if size[0] * size[1] > MAX_CELLS:
        raise refused(TOO_LARGE)


def column_index(letters: str) -> int:
    """A column's letters as a number from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(index: int) -> str:
    """A column's number from 0 as letters."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
