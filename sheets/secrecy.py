"""Marks of secrecy on what is about to be sent: in a file's name, or at the head of its first page or first rows.

A mark stands for itself: 「机密★10年」, 「秘 密」 on a line of its own, 【绝密】. A word in running text is none.
What is plain is refused; what is doubtful, such as 内部资料, is asked about. Pictures, and documents whose text is not
readable here (most PDFs name their glyphs otherwise), are judged by their names alone.

Everything is bounded: what is looked at is small, nothing is unpacked beyond a limit, entities are never resolved.
Only the standard library and ``sheets.texts`` are used, so that ``look(name, content)`` can run in a process apart too.
"""

import contextlib
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from sheets import texts

HEAD_LINES = 30  # of a first page, or rows of a sheet
HEAD_CHARACTERS = 4_000
PART_BYTES = 512 * 1024  # unpacked, of one part
MOST_PARTS = 4_000  # in a package
PDF_BYTES = 2 * 1024 * 1024
NAME_LENGTH = 400


class Grade(StrEnum):
    """What is done about a mark."""

    REFUSED = "refused"
    ASKED = "asked"


class Mark(NamedTuple):
    """A mark that was found, and what is done about it."""

    grade: Grade
    words: str


CENTRAL_BYTES = 1024 * 1024  # of a package's list of parts
UNPACKED_BYTES = 4 * 1024 * 1024  # of one PDF, all streams together
PART_LINES = 300  # of one part: a row of a sheet gives a line for each cell
INSIDE = 20  # files of an archive that are looked into

_WORDS = ("绝密", "机密", "秘密", "絕密", "機密")
_DOUBTFUL = (
    "内部资料", "内部文件", "内部材料", "内部使用", "内部参考", "工作秘密", "商业秘密", "不得外传", "內部資料",
)  # fmt: skip
_GAP = r"[\s\u3000\u00a0\u200b\ufeff·.]{0,4}"


def _spaced(word: str) -> str:
    return _GAP.join(map(re.escape, word))


_ANY = "|".join(map(_spaced, _WORDS))
_BEFORE, _AFTER = r"(?<![\u4e00-\u9fff])", r"(?![\u4e00-\u9fff])"
_STAR = re.compile(rf"(?:{_ANY}){_GAP}[★☆*＊⭐✭✩]")  # 机密★: nothing else is written so
_TERM = re.compile(rf"{_BEFORE}(?:{_ANY}){_GAP}[\d一二三四五六七八九十]{{1,3}}{_GAP}(?:年|个月)")  # 机密10年
_DEGREE = re.compile(
    rf"(?:密{_GAP}级|保密等级|涉密等级|密级标[志识]){_GAP}[:：]?{_GAP}[(【\[]?{_GAP}(?:{_ANY}){_AFTER}"
)
_ALONE = re.compile(rf"(?:{_ANY})(?:{_GAP}(?:级|件|级文件|文件|资料|材料))?")  # a line, a cell or a bracket of its own
_BRACKET = re.compile(rf"[【\[（(〔<《「]{_GAP}({_ANY}){_GAP}(?:级|件)?{_GAP}[】\]）)〕>》」]")
_DOUBT = re.compile("|".join(map(_spaced, _DOUBTFUL)))
_AT_AN_END = re.compile(rf"^(?:{_ANY})(?![局处]|花园|武器|工作)|(?<!国家)(?<!保守)(?<!商业)(?<!工作)(?:{_ANY})$")
_HARMLESS = re.compile("不得|不准|禁止|严禁|严守|保守|不含|不涉|非涉密|无涉密|不属于|并非")
_NAME_PLAIN = re.compile(rf"(?:^|[^\u4e00-\u9fff])(?:{_ANY})(?:级|件|文件|资料|材料)?(?:$|[^\u4e00-\u9fff])")


def look(name: str, content: bytes) -> Mark | None:
    """The gravest mark of a file, by its name and then by its first page; None when it bears none."""
    found = [in_name(name), in_lines(first_page(content), most=10 * PART_LINES)]
    if content.startswith(b"PK"):
        found += [mark for inner, part in _inside(content) for mark in (in_name(inner), in_lines(first_page(part)))]
    return _gravest(found)


def in_name(name: str) -> Mark | None:
    """The mark in a file's name."""
    text = _plain(name[:NAME_LENGTH].rpartition("/")[2])
    stem = text.rpartition(".")[0] or text
    if found := _STAR.search(stem) or _TERM.search(stem) or _BRACKET.search(stem) or _NAME_PLAIN.search(stem):
        return Mark(Grade.REFUSED, _tidy(found[0]))
    if (found := _AT_AN_END.search(stem)) and not _HARMLESS.search(stem):
        return Mark(Grade.ASKED, _tidy(found[0]))
    return _doubt(stem)


def in_text(text: str) -> Mark | None:
    """The mark at the head of a pasted text."""
    return in_lines(text[: HEAD_CHARACTERS * 4].splitlines())


def in_rows(rows: Iterable[Sequence[object]]) -> Mark | None:
    """The mark among the first rows of a sheet: each cell is a line of its own."""
    head = (row for row, _number in zip(rows, range(HEAD_LINES), strict=False))
    return in_lines([cell for row in head for cell in row[:50] if isinstance(cell, str)], most=10 * PART_LINES)


def in_lines(lines: Iterable[str], most: int = HEAD_LINES) -> Mark | None:
    """The gravest mark among the first lines."""
    found, left = list[Mark | None](), HEAD_CHARACTERS * 10
    for line in lines:
        text = _plain(line[:HEAD_CHARACTERS]).strip()
        if not text:
            continue
        found.append(_in_line(text))
        left, most = left - len(text), most - 1
        if left <= 0 or most <= 0:
            break
    return _gravest(found)


def _in_line(text: str) -> Mark | None:
    plain = _STAR.search(text) or _TERM.search(text) or _DEGREE.search(text) or _BRACKET.search(text)
    if plain or any(
        _ALONE.fullmatch(part.strip(" .。:：-—_")) for part in re.split(r"[\t,，;；|]|\s{2,}|&[LCR]", text)
    ):
        return Mark(Grade.REFUSED, _tidy(plain[0] if plain else text[:20]))
    if re.fullmatch(rf"(?:{_ANY}){_GAP}.{{0,12}}", text) and not re.match(rf"(?:{_ANY})[\u4e00-\u9fff]", text):
        return Mark(Grade.REFUSED, _tidy(text[:20]))
    return _doubt(text)


def _doubt(text: str) -> Mark | None:
    """What may be a mark: asked about, unless the sentence speaks against it."""
    if len(text) <= 40 and not _HARMLESS.search(text) and (found := _DOUBT.search(text)):
        return Mark(Grade.ASKED, _tidy(found[0]))
    return None


def _gravest(found: Iterable[Mark | None]) -> Mark | None:
    marks = [mark for mark in found if mark is not None]
    return next((mark for mark in marks if mark.grade == Grade.REFUSED), marks[0] if marks else None)


def _plain(text: str) -> str:
    """In half width, without what cannot be seen; the star and Chinese punctuation stay."""
    shown = (c for c in unicodedata.normalize("NFKC", text) if c == "\t" or unicodedata.category(c) not in {"Cf", "Cc"})
    return "".join(shown)


def _tidy(words: str) -> str:
    return "".join(words.split())[:30]


# The first page


def first_page(content: bytes) -> list[str]:
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
    return [run for run in found if any(word in "".join(run.split()) for word in (*_WORDS, *_DOUBTFUL))]


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
            if any(word[0] in text for word in (*_WORDS, *_DOUBTFUL)):
                yield text
