"""Zipped workbooks (xlsx, xlsm, xlsb, ods): what they are, and what the reader leaves out of them.

The reader behind ``sheets.reading`` gives values, merged ranges and hidden sheets; hidden rows and columns, formulas
that show an error and formulas saved without a result are looked up in the parts that it opens, by an XML parser.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheets import formats, markup
from sheets.formats import Format
from sheets.parts import Parts
from sheets.refusals import CORRUPT, ENCRYPTED, TOO_LARGE, UNSUPPORTED, UNUSUAL, UnreadableError, refused

MAX_CELLS = 6_000_000  # of the rectangle a sheet spans: the reader keeps all of it in memory
MOST_SHEETS, MOST_RELATIONS, MOST_NAMES = 500, 5_000, 20_000
NO_RESULT = "#FORMULA!"  # stands where a formula was saved without its result
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError)  # of a damaged zip

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
# Only a sheet in which one of these stands says more than its values: the beginning of a formula's element, the type
# of an error, something hidden, or anything that could be another way of writing them.
_TELLING = (b"<f", b":f", b'"e"', b"'e'", b"hidden", b"&#", b"<!", b":c")
_RARE = (b"'", b"&", b"!", b"h", b"f", b"e")
_FAR = re.compile(rb'<c r="(?:[A-Za-z]{3}|[B-Zb-z][A-Za-z]|[A-Za-z]{1,2}\d{6})')  # beyond 52 columns or 99,999 rows

Merge = tuple[int, int, int, int]


@dataclass
class Beside:
    """What one sheet tells beside its values; rows and columns count from 0, ``merges`` where the reader tells none."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)  # which the reader cannot read
    merges: list[Merge] = field(default_factory=list)
    formats: dict[tuple[int, int], Format] = field(default_factory=dict)  # of numbers that are shown otherwise


@dataclass(frozen=True)
class Contents:
    """A checked workbook: its container, whether its days count from 1904, and each sheet's ``Beside`` by name."""

    container: str
    dates_from_1904: bool
    beside: dict[str, Beside]
    content: bytes = b""  # as the reader is to get it


def inspect(content: bytes) -> Contents:
    """Check a zipped workbook and look into it. Raises ``UnreadableError``."""
    try:
        parts = Parts(content)
        container = container_of(parts)
        given = parts.renamed() if parts.oddly_named else content
        if container == "ods":
            from sheets import opendocument

            return Contents(container, False, opendocument.inspect(parts), given)
        if container == "xlsb":
            from sheets import binary

            return binary.inspect(parts, given)
        return _workbook(parts, given)
    except FAULTS as error:
        raise refused(CORRUPT) from error


def is_sound(content: bytes) -> bool:
    """Whether an .xlsx that the reader does not take is nevertheless whole: every part unpacks and is good XML."""
    if not content.startswith(b"PK"):
        return False
    try:
        parts = Parts(content)
        for name in parts.by_name:
            if name.endswith((".xml", ".rels")):
                markup.fed(markup.parser(), parts.pieces(name))
        return "xl/workbook.xml" in parts
    except (UnreadableError, *FAULTS):
        return False


def container_of(parts: Parts) -> str:
    """Which workbook it is: xlsx, xlsb or ods. Raises ``UnreadableError``."""
    if "xl/workbook.bin" in parts:
        return "xlsb"
    if any(name.startswith("xl/") for name in parts.by_name):
        return "xlsx"
    if parts.whole("mimetype").startswith(_ODS):
        if b"encryption-data" in parts.whole("META-INF/manifest.xml"):
            raise refused(ENCRYPTED)
        if "content.xml" not in parts:
            raise refused(CORRUPT)
        return "ods"
    raise refused(UNSUPPORTED)


@dataclass
class _Head:
    """What the workbook's own part says."""

    sheets: list[tuple[str, str]] = field(default_factory=list)  # name and relation
    names: int = 0
    from_1904: bool = False
    computes: bool = False  # whether formulas are to be computed when it is opened

    def told(self, name: str, attributes: dict[str, str]) -> None:
        """Take in one element."""
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif name == "definedName":
            self.names += 1
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "calcPr":
            self.computes = attributes.get("fullCalcOnLoad") in {"1", "true"}
        if len(self.sheets) > MOST_SHEETS or self.names > MOST_NAMES:
            raise refused(TOO_LARGE)


def _workbook(parts: Parts, content: bytes) -> Contents:
    path, head = _head(parts)
    for name in {"xl/sharedstrings.xml", "xl/styles.xml"} & set(parts.by_name):
        markup.check_head(parts.pieces(name))
        for _piece in parts.pieces(name):
            pass  # only to see that it holds what it declares
    styles = _telling_styles(parts)
    found = {name: _look(parts, part, head.computes, styles) for name, part in _sheet_parts(parts, path, head).items()}
    return Contents("xlsx", head.from_1904, found, content)


def _head(parts: Parts) -> tuple[str, _Head]:
    """The workbook's own part, which the outermost relations name, and what it says."""
    path = next(
        (target for _id, kind, target in relations(parts, "_rels/.rels") if kind.endswith("/officeDocument")),
        "xl/workbook.xml",
    )
    if not path.lower().startswith("xl/") or path.count("/") != 1:
        raise refused(UNUSUAL)
    head = _Head()
    if path in parts:
        markup.elements(parts.pieces(path), head.told)
    return path, head


def sheet_parts(parts: Parts) -> dict[str, str]:
    """The part of each sheet by the sheet's name, of an .xlsx. Raises ``UnreadableError``."""
    return _sheet_parts(parts, *_head(parts))


def _sheet_parts(parts: Parts, path: str, head: _Head) -> dict[str, str]:
    """Each sheet's part by its name, as the workbook's relations tell."""
    targets = {key: target for key, _kind, target in relations(parts, f"xl/_rels/{path[3:]}.rels")}
    found = {}
    for name, relation in head.sheets:
        target = targets.get(relation, "")
        part = target if target.lower().startswith("xl/") else f"xl/{target}"
        if part in parts:
            found[name] = part
    return found


def relations(parts: Parts, name: str) -> list[tuple[str, str, str]]:
    """The relations of a part: their key, what they are, and where they lead, without the first slash."""
    found: list[tuple[str, str, str]] = []

    def told(name: str, said: dict[str, str]) -> None:
        if name == "Relationship":
            target = said.get("Target", "").replace("\\", "/").lstrip("/")
            found.append((said.get("Id", ""), said.get("Type", ""), target))
            if len(found) > MOST_RELATIONS:
                raise refused(TOO_LARGE)

    if name in parts:
        markup.elements(parts.pieces(name), told)
    return found


def _telling_styles(parts: Parts) -> dict[str, Format]:
    """The cells' styles, by their numbers as cells name them, whose formats show more than the number."""
    own: dict[int, str] = {}
    used: list[int] = []
    at = ""

    def told(name: str, said: dict[str, str]) -> None:
        nonlocal at
        if name in {"numFmts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            at = name
        elif name == "numFmt" and at == "numFmts":
            own[_small(said.get("numFmtId", ""))] = said.get("formatCode", "")
        elif name == "xf" and at == "cellXfs":
            used.append(_small(said.get("numFmtId", "")))
        if len(own) > formats.MOST:
            raise refused(TOO_LARGE)

    if "xl/styles.xml" in parts:
        markup.elements(parts.pieces("xl/styles.xml"), told)
    known = {number: formats.telling(own, number) for number in set(used)}
    return {str(at): found for at, number in enumerate(used) if (found := known[number])}


def _small(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _look(parts: Parts, name: str, computes: bool, styles: dict[str, Format]) -> Beside:
    markup.check_head(parts.pieces(name))
    signs = [f's="{style}"'.encode() for style in styles]
    if not _tells(parts.pieces(name), (*_TELLING, *signs, *([b" s='"] if styles else []))):
        return Beside()
    found = _Cells(computes, styles)
    made = markup.parser()
    made.StartElementHandler = found.start
    found.parser = made
    markup.fed(made, parts.pieces(name))
    found.finish()
    return found.beside


def _tells(pieces: Iterator[bytes], signs: Sequence[bytes] = _TELLING) -> bool:
    """Whether a sheet may say more than its values, or reach far; reads it whole, to see that it holds what it says."""
    tells, rest = False, b""
    for piece in pieces:
        text = rest + piece
        cut = text.rfind(b"<")  # no tag is looked at before it is whole
        text, rest = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        tells = tells or any(_stands(sign, text) for sign in signs)
        columns = text.count(b"<co") if b"o" in text else 0
        tells = tells or text.count(b"<c") != text.count(b'<c r="') + columns
        tells = tells or _FAR.search(text) is not None
    return tells or b"<c" in rest


def _stands(sign: bytes, text: bytes) -> bool:
    """Whether a sign stands in a text: one byte that is rare in a sheet is found far sooner than several."""
    return all(rare in text for rare in _RARE if rare in sign) and sign in text


class _Cells:
    """Follows the elements of a sheet: what is hidden, which formulas show an error or were saved without a result."""

    def __init__(self, computes: bool, styles: Mapping[str, Format]) -> None:
        self.beside, self.computes, self.styles = Beside(), computes, styles
        self.format: Format | None = None
        self.parser = markup.parser()
        self.row, self.column, self.address = -1, -1, ""
        self.type, self.formula, self.shown = "", False, list[str]()
        self.open = False  # whether a cell is being read
        self.height = self.width = 0  # of what is filled

    def start(self, name: str, told: dict[str, str]) -> None:
        """Take in the beginning of an element."""
        if self.shown:
            self.parser.CharacterDataHandler = None
        name = name[name.rfind(":") + 1 :]
        if name == "c":
            self.finish()
            self.open, self.formula, self.shown = True, False, []
            self.type, self.address = told.get("t", ""), told.get("r", "")
            self.format = self.styles.get(told.get("s", "")) if self.styles and self.type in {"", "n"} else None
            self.column += 1
            if self.address and (found := _ADDRESS.fullmatch(self.address)):
                self.column = column_index(found[1].upper())
        elif name in {"v", "is", "t"}:
            self._measure()
            if name == "v" and self.open and (self.formula or self.type == "e"):
                self.shown = [""]
                self.parser.CharacterDataHandler = self.shown.append
        elif name == "f":
            self.formula = self.open
        elif name == "row":
            self._row(told)
        elif name == "col":
            self._columns(told)
        elif name in {"mergeCells", "extLst", "conditionalFormatting"}:
            self.finish()

    def _measure(self) -> None:
        """Note how a number is shown; refuse a sheet whose few far-away cells would span a rectangle that fills the
        memory.
        """
        if self.format and self.open:
            self.beside.formats[self._place()] = self.format
        found = _ADDRESS.fullmatch(self.address)
        self.height = max(self.height, int(found[2]) if found else self.row + 1)
        self.width = max(self.width, self.column + 1)
        if self.height * self.width > MAX_CELLS:
            raise refused(TOO_LARGE)

    def _row(self, told: dict[str, str]) -> None:
        self.finish()
        stated = told.get("r", "")
        self.row = int(stated) - 1 if stated.isascii() and stated.isdigit() and len(stated) < 8 else self.row + 1
        self.column = -1
        if told.get("hidden") in {"1", "true"}:
            self.beside.hidden_rows.add(self.row)

    def _columns(self, told: dict[str, str]) -> None:
        if told.get("hidden") in {"1", "true"}:
            first, last = (int(told.get(end, "1")[:6]) for end in ("min", "max"))
            self.beside.hidden_columns.update(range(max(first, 1) - 1, min(last, 16_384)))

    def finish(self) -> None:
        """Note what the cell that was read says."""
        if not self.open:
            return
        self.open = False
        self.parser.CharacterDataHandler = None
        shown = "".join(self.shown).strip()
        if self.type == "e":
            self._note(shown or "#N/A")
        elif self.formula and self.type not in {"str", "inlineStr"} and (not shown or (self.computes and shown == "0")):
            self._note(NO_RESULT)  # 0 is what a program writes that computes nothing and asks others to do it

    def _note(self, shown: str) -> None:
        self.beside.faults[self._place()] = shown

    def _place(self) -> tuple[int, int]:
        found = _ADDRESS.fullmatch(self.address)
        return int(found[2]) - 1 if found else self.row, self.column


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
