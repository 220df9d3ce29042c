"""The first lines of any file, as marks of secrecy are looked for in them (``sheets.secrecy``).

Runs in the process apart alone (``sheets.apart``), and is bounded besides: what is looked at is small, nothing is
unpacked beyond a limit, entities are never resolved. A file that cannot be read here has no lines.
"""

import contextlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.parsers import expat

from sheets import texts
from sheets.secrecy import DOUBTFUL, HEAD_CHARACTERS, PART_LINES, WORDS

PART_BYTES = 512 * 1024  # unpacked, of one part
MOST_PARTS = 4_000  # in a package
PDF_BYTES = 2 * 1024 * 1024
CENTRAL_BYTES = 1024 * 1024  # of a package's list of parts
UNPACKED_BYTES = 4 * 1024 * 1024  # of one PDF, all streams together
INSIDE = 20  # files of an archive that are looked into


def heads(content: bytes) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The first lines of a file, and of the files in an archive with their names."""
    inner = _inside(content) if content.startswith(b"PK") else []
    return lines_of(content), [(name, lines_of(part)) for name, part in inner]


def lines_of(content: bytes) -> list[str]:
    """The first lines of a file's text; none where it has no text that can be read here."""
    try:
        if content.startswith(b"PK"):
            return _of_package(content)
        if content.startswith(b"%PDF"):
            return _of_pdf(content)
        if content.startswith((b"\xd0\xcf\x11\xe0", b"\x09\x08", b"{\\rtf")):
            return _of_old_office(content)
        return _of_text(content[: HEAD_CHARACTERS * 16])
    except (ValueError, OSError, zipfile.BadZipFile, zlib.error, expat.ExpatError, RuntimeError, NotImplementedError):
        return []


def _of_text(head: bytes) -> list[str]:
    """The lines of a plain text or of a web page; the last character may be cut off."""
    for cut in range(4):
        with contextlib.suppress(ValueError):
            text = texts.decoded(head[: len(head) - cut] if cut else head)
            return re.sub(r"<[^<>]{0,200}>", "\n", text).splitlines()
    return []


_PARTS = (
    re.compile(r"word/document\d*\.xml", re.I),
    re.compile(r"word/header\d*\.xml", re.I),
    re.compile(r"xl/sharedstrings\.xml", re.I),
    re.compile(r"xl/worksheets/sheet1\.xml", re.I),
    re.compile(r"xl/drawings/drawing1\.xml", re.I),
    re.compile(r"content\.xml", re.I),
)
_BREAKS = frozenset({"p", "si", "is", "br", "tc", "h", "table-cell", "tab", "oddheader", "oddfooter", "firstheader"})


def _of_package(content: bytes) -> list[str]:
    """The first lines of a Word, Excel or OpenDocument file."""
    lines: list[str] = []
    for wanted in _PARTS:
        for _name, part in _members(content, wanted, 3):
            lines += _lines_of_xml(part)
    return lines


def _inside(content: bytes) -> list[tuple[str, bytes]]:
    """Files in an archive, with their names; none for a document."""
    try:
        if any(_members(content, each, 1) for each in (*_PARTS, re.compile(r"\[content_types\]\.xml", re.I))):
            return []
        return _members(content, re.compile(r".*[^/]", re.S), INSIDE)
    except (ValueError, OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        return []


def _members(content: bytes, wanted: re.Pattern[str], most: int) -> list[tuple[str, bytes]]:
    """The beginnings of the parts of a package whose name is like that; a name of an old archive is GBK."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 66_000))
    if end < 0 or int.from_bytes(content[end + 12 : end + 16], "little") > CENTRAL_BYTES:
        return []
    found = list[tuple[str, bytes]]()
    with zipfile.ZipFile(BytesIO(content)) as package:
        for info in package.infolist()[:MOST_PARTS]:
            name = _name_of(info)
            if len(found) < most and wanted.fullmatch(name.replace("\\", "/").lstrip("/")):
                with package.open(info) as part:
                    found.append((name, part.read(PART_BYTES)))
    return found


def _name_of(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


class _Enough(Exception):
    """The head was read."""


def _lines_of_xml(content: bytes) -> list[str]:
    """The texts of the beginning of a part, a line each paragraph or cell; entities are refused."""
    lines: list[str] = [""]
    count = 0

    def local(name: str) -> str:
        return name.rpartition(":")[2].lower()

    def starts(name: str, _attributes: object) -> None:
        if local(name) in _BREAKS:
            lines.append("")

    def text(words: str) -> None:
        nonlocal count
        lines[-1] += words
        count += len(words)
        if count > HEAD_CHARACTERS * 2 or len(lines) > 4 * PART_LINES:
            raise _Enough

    def refuse(*_declared: object) -> None:
        raise _Enough

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = starts, text
    parser.EndElementHandler = lambda name: lines.append("") if local(name) in _BREAKS else None
    parser.EntityDeclHandler = parser.StartDoctypeDeclHandler = refuse
    with contextlib.suppress(_Enough, expat.ExpatError):
        parser.Parse(content, False)
    return [line for line in lines if line.strip()][:PART_LINES]


_RUN = re.compile(r"[\u4e00-\u9fff【(（][\u4e00-\u9fff\u3000 \d★☆*：:（）()【】]{1,80}")


def _of_old_office(content: bytes) -> list[str]:
    """Lines found in an old Word or Excel file: its text lies in it as UTF-16 or GBK, uncompressed."""
    head = content[: 1024 * 1024]
    found = list[str]()
    for encoding, offset in (("utf-16-le", 0), ("utf-16-le", 1), ("gb18030", 0)):
        text = head[offset:].decode(encoding, errors="replace")
        found += [run.strip() for run in _RUN.findall(text)[:2_000]]
    return [run for run in found if any(word in "".join(run.split()) for word in (*WORDS, *DOUBTFUL))]


def _of_pdf(content: bytes) -> list[str]:
    """Lines of text that lie readably in a PDF's beginning; most PDFs name their glyphs otherwise, and give none."""
    return [line for piece in _streams(content[:PDF_BYTES]) for line in _strings(piece)]


def _streams(content: bytes) -> Iterator[bytes]:
    left = UNPACKED_BYTES
    for found in re.finditer(rb"stream\r?\n", content):
        end = content.find(b"endstream", found.end())
        raw = content[found.end() : end if end > 0 else len(content)]
        try:
            piece = zlib.decompressobj().decompress(raw, PART_BYTES)
        except zlib.error:
            piece = raw[:PART_BYTES]
        left -= len(piece) + 1024
        if left < 0:
            return
        yield piece


def _strings(piece: bytes) -> Iterator[str]:
    for plain, coded in re.findall(rb"\(((?:[^()\\]|\\.){1,400})\)|<([0-9A-Fa-f\s]{4,1600})>", piece)[:2_000]:
        digits = b"".join(coded.split()).decode()
        raw = plain or bytes.fromhex(digits + "0" * (len(digits) % 2))
        for encoding in ("utf-16-be", "gb18030"):
            text = raw.decode(encoding, errors="ignore")
            if any(word[0] in text for word in (*WORDS, *DOUBTFUL)):
                yield text
