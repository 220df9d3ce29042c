"""The first lines of any file, as marks of secrecy are looked for in them (``sheets.secrecy``).

Runs in the process apart alone (``sheets.apart``), and is bounded besides: what is looked at is small, nothing is
unpacked beyond a limit, entities are never resolved. A file that cannot be read here has no lines.
"""

import contextlib
import email
import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from xml.parsers import expat

from sheets import reading, texts
from sheets.refusals import UnreadableError
from sheets.secrecy import DOUBTFUL, HEAD_CHARACTERS, HEAD_LINES, PART_LINES, WORDS

PART_BYTES = 512 * 1024  # unpacked, of one part
WHOLE_BYTES = 64 * 1024 * 1024  # unpacked, of a part that is looked through to its end
TAIL_BYTES = 64 * 1024  # of a sheet, where its headers and footers stand
MOST_PARTS = 4_000  # in a package
PDF_BYTES = 2 * 1024 * 1024
CENTRAL_BYTES = 1024 * 1024  # of a package's list of parts
UNPACKED_BYTES = 4 * 1024 * 1024  # of one PDF, all streams together
INSIDE, INSIDE_INSIDE = 20, 4  # files of an archive that are looked into, and of an archive in it


Inside = list[tuple[str, list[str]]]
_FAULTS = (ValueError, OSError, zipfile.BadZipFile, zlib.error, expat.ExpatError, RuntimeError, NotImplementedError)


def heads(content: bytes) -> tuple[list[str], Inside]:
    """The first lines of a file, and of the files in an archive with their names."""
    return lines_of(content), _inside(content, deep=True)


def lines_of(content: bytes) -> list[str]:
    """The first lines of a file's text; none where it has no text that can be read here."""
    try:
        if content.startswith(b"PK"):
            return _of_package(content)
        if content.startswith(b"%PDF"):
            return _of_pdf(content)
        if content.startswith((b"\xd0\xcf\x11\xe0", b"\x09\x08")):
            return _of_old_office(content)
        if content.startswith(b"{\\rtf"):
            return _of_rtf(content[:PART_BYTES])
        if content[:64].lstrip().startswith(b"MIME-Version"):
            return _of_mail(content[:PDF_BYTES])
        return _of_text(content[:PART_BYTES])
    except _FAULTS:
        return []


_UNSEEN = re.compile(r"<!--.*?(?:-->|$)|<(style|script)\b.*?(?:</\1\s*>|$)", re.S | re.I)
_INLINE = re.compile(r"</?(?:b|i|u|em|a|span|font|strong|sup|sub|big|small)(?:\s[^<>]{0,400})?>", re.I)
_TAG = re.compile(r"</?[a-z!?][^<>]{0,400}>", re.I)


def _of_text(head: bytes) -> list[str]:
    """The lines of a plain text or of a web page; the last character may be cut off."""
    for cut in range(4):
        with contextlib.suppress(ValueError):
            text = texts.decoded(head[: len(head) - cut] if cut else head)
            if not re.search(r"<(?:html|table|body|!doctype|p|div)\b", text[:8_000], re.I):
                return text[: HEAD_CHARACTERS * 16].splitlines()
            shown = _TAG.sub("\n", _INLINE.sub("", _UNSEEN.sub("\n", text)))
            return [line for line in html.unescape(shown).splitlines() if line.strip()]
    return []


def _of_mail(content: bytes) -> list[str]:
    """The lines of a web page that was saved as one file."""
    lines: list[str] = []
    for part in list(email.message_from_bytes(content).walk())[:INSIDE]:
        packed = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(packed, bytes):
            lines += _of_text(packed[:PART_BYTES])
    return lines


_ESCAPED = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,5})\s?\??|\\(?:par|line|cell|row|tab)\b ?|\\[a-z]+-?\d* ?|[{}\r\n]"
)


def _of_rtf(content: bytes) -> list[str]:
    """The lines of a rich text: its characters are GBK or Unicode numbers, written out."""

    def plain(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return bytes([int(found[1], 16)])
        if found[2]:
            return chr(int(found[2]) % 0x10000).encode("gb18030", "ignore")
        return b"\n" if found[0].startswith((b"\\par", b"\\line", b"\\cell", b"\\row", b"\\tab")) else b""

    return _ESCAPED.sub(plain, content).decode("gb18030", "ignore").splitlines()


_PARTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"docprops/(?:core|custom)\.xml",
        r"xl/workbook\.xml",
        r"xl/drawings/[^/]*\.(?:xml|vml)",
        r"word/(?:header|footer)\d*\.xml",
        r"word/document\d*\.xml",
        r"ppt/slides/slide1\.xml",
        r"xl/sharedstrings\.xml",
        r"xl/worksheets/[^/]*\.xml",
        r"(?:styles|content|meta)\.xml",
        r"doc_\d+/pages/page_0/content\.xml",
    )
)
_MOST_ALIKE = 8  # parts of one pattern
_ANY_FILE = re.compile(r".*[^/]", re.S)
_BREAKS = frozenset(
    {"p", "si", "is", "br", "tc", "h", "table-cell", "tab", "oddheader", "oddfooter", "firstheader", "div"}
    | {"title", "subject", "keywords", "category", "description", "textcode", "sheet", "lpwstr"}
)
_SHEET = re.compile(r"xl/worksheets/[^/]*\.xml", re.I)
_VALUES = re.compile(r"xl/sharedstrings\.(?:xml|bin)|xl/worksheets/[^/]*\.xml|content\.xml", re.I)
_ON_PAPER = re.compile(rb"(?:odd|even|first)(?:Header|Footer)[^<>]*>([^<]{1,2000})<")
_FORMAT = re.compile(r'&"[^"]*"|&\d+|&[A-Za-z+]')
_SIGNS = ("密".encode(), "内部".encode(), "外传".encode(), b"&#", "密".encode("utf-16-le"), "密".encode("utf-16-be"))


def _of_package(content: bytes) -> list[str]:
    """The first lines of a Word, Excel, PowerPoint, OpenDocument or OFD file, its headers, footers and text boxes."""
    lines: list[str] = []
    for wanted in _PARTS:
        for _name, part in _members(content, wanted, _MOST_ALIKE):
            lines += _lines_of_xml(part)
    found, telling, left = list[str](), False, WHOLE_BYTES
    for name, part in _members(content, _VALUES, 3 * _MOST_ALIKE, WHOLE_BYTES):
        telling = telling or any(sign in part for sign in _SIGNS)
        if _SHEET.fullmatch(name.replace("\\", "/").lstrip("/")):
            found += [html.unescape(said.decode("utf-8", "ignore")) for said in _ON_PAPER.findall(part[-TAIL_BYTES:])]
        left -= len(part)
        if left <= 0:
            break
    lines = [line for said in found for line in _FORMAT.sub("\n", said).splitlines()] + lines
    return lines + (_of_workbook(content) if telling else [])


def _of_workbook(content: bytes) -> list[str]:
    """The names and first rows of all sheets: a workbook keeps its texts elsewhere, in any order."""
    try:
        sheets = reading.read(content)[:INSIDE]
    except UnreadableError:
        return []
    lines = [sheet.name for sheet in sheets]
    for sheet in sheets:
        lines += [cell for row in sheet.rows[:HEAD_LINES] for cell in row[:50] if isinstance(cell, str) and cell]
    return lines


def _inside(content: bytes, *, deep: bool) -> Inside:
    """The names of the files in an archive, the first of them with their first lines; none for a document."""
    if not content.startswith(b"PK"):
        return []
    try:
        names = [name for name, _part in _members(content, _ANY_FILE, MOST_PARTS, 0)]
        if {"[content_types].xml", "mimetype"} & {name.lower() for name in names}:
            return []
        found: Inside = [(name, []) for name in names]
        for name, part in _members(content, _ANY_FILE, INSIDE if deep else INSIDE_INSIDE, PART_BYTES * 4):
            found.append((name, lines_of(part)))
            found += _inside(part, deep=False) if deep else []
        return found
    except _FAULTS:
        return []


def _members(
    content: bytes, wanted: re.Pattern[str], most: int, most_bytes: int = PART_BYTES
) -> Iterator[tuple[str, bytes]]:
    """The beginnings of the parts of a package whose name is like that; a name of an old archive is GBK.

    A part that cannot be unpacked, such as one with a password, is empty.
    """
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 66_000))
    if end < 0 or int.from_bytes(content[end + 12 : end + 16], "little") > CENTRAL_BYTES:
        return
    with zipfile.ZipFile(BytesIO(content)) as package:
        for info in package.infolist()[:MOST_PARTS]:
            name = _name_of(info)
            if most and wanted.fullmatch(name.replace("\\", "/").lstrip("/")):
                most -= 1
                yield name, _beginning(package, info, most_bytes)


def _beginning(package: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with contextlib.suppress(*_FAULTS, EOFError):
        if most:
            with package.open(info) as part:
                return part.read(most)
    return b""


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

    def starts(name: str, attributes: dict[str, str]) -> None:
        if local(name) in _BREAKS:
            lines.append(attributes.get("name", "") if local(name) == "sheet" else "")

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
    head, found = content[: 1024 * 1024], list[str]()
    for encoding, offset in (("utf-16-le", 0), ("utf-16-le", 1), ("gb18030", 0)):
        text = head[offset:].decode(encoding, errors="replace")
        found += [run.strip() for run in _RUN.findall(text)[:2_000]]
    further = re.compile(re.escape("密".encode("utf-16-le"))).finditer(content, len(head))
    for sign in islice(further, 500):  # pictures may lie before the text
        at = sign.start()
        found += [
            run.strip() for run in _RUN.findall(content[max(0, at - 80) : at + 80].decode("utf-16-le", "replace"))
        ]
    lines = [run for run in found if any(word in "".join(run.split()) for word in (*WORDS, *DOUBTFUL))]
    return lines + (_of_workbook(content) if lines or "密".encode("utf-16-le") in content else [])


def _of_pdf(content: bytes) -> list[str]:
    """Lines of text that lie readably in a PDF's beginning; most PDFs name their glyphs otherwise, and give none."""
    pieces = (content[:TAIL_BYTES], content[-TAIL_BYTES:], *_streams(content[:PDF_BYTES]))  # its title stands outside
    return [line for piece in pieces for line in _strings(piece)]


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
