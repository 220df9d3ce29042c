"""Binary workbooks (xlsb): how numbers are shown, what is hidden and which formulas show an error, as in an .xlsx."""

import struct
from collections.abc import Iterator

from sheets import formats
from sheets.formats import Format
from sheets.packed import ERRORS, MAX_CELLS, MOST_SHEETS, Beside, Contents, relations
from sheets.parts import Parts
from sheets.refusals import CORRUPT, TOO_LARGE, refused

_ROW, _SMALL, _ERROR, _NUMBER, _COMPUTED, _WRONG, _COLUMNS = 0, 2, 3, 5, 9, 11, 60
_FORMAT, _STYLE, _BEGIN_STYLES, _END_STYLES = 44, 47, 617, 618
_BOOK, _SHEET = 153, 156
_STATED = frozenset({_ROW, _SMALL, _ERROR, _NUMBER, _COMPUTED, _WRONG, _COLUMNS})
_WORKBOOK = "xl/workbook.bin"


def inspect(parts: Parts, given: bytes) -> Contents:
    """Look into a binary workbook. Raises ``UnreadableError``, ``struct.error``."""
    try:
        return _inspect(parts, given)
    except IndexError as error:  # a record that ends too early
        raise refused(CORRUPT) from error


def _inspect(parts: Parts, given: bytes) -> Contents:
    sheets, from_1904 = dict[str, str](), False
    for kind, body in _records(parts.whole(_WORKBOOK)):
        if kind == _BOOK:
            from_1904 = bool(body[0] & 1)
        elif kind == _SHEET:
            relation, end = _text(body, 8)
            sheets[_text(body, end)[0]] = relation
            if len(sheets) > MOST_SHEETS:
                raise refused(TOO_LARGE)
    targets = {key: target for key, _kind, target in relations(parts, "xl/_rels/workbook.bin.rels")}
    styles = _telling_styles(parts.whole("xl/styles.bin"))
    found = {}
    for name, relation in sheets.items():
        part = f"xl/{targets.get(relation, '').removeprefix('xl/')}"
        if part in parts:
            found[name] = _look(parts.whole(part), styles)
    return Contents("xlsb", from_1904, found, given)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each record; both kind and length are written seven bits a byte."""
    at, end = 0, len(content)
    while at < end:
        kind, at = content[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | (content[at] & 0x7F) << 7, at + 1
        length = shift = 0
        while True:
            byte, at = content[at], at + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, content[at : at + length]
        at += length


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    length = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * length
    if end > len(body):
        raise refused(CORRUPT)
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _telling_styles(content: bytes) -> dict[int, Format]:
    """The styles, by their numbers as cells name them, whose formats show more than the number."""
    own: dict[int, str] = {}
    used: list[int] = []
    of_cells = False
    for kind, body in _records(content):
        if kind in {_BEGIN_STYLES, _END_STYLES}:
            of_cells = kind == _BEGIN_STYLES
        elif kind == _FORMAT:
            own[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
            if len(own) > formats.MOST:
                raise refused(TOO_LARGE)
        elif kind == _STYLE and of_cells:
            used.append(struct.unpack_from("<H", body, 2)[0])
    known = {number: formats.telling(own, number) for number in set(used)}
    return {at: found for at, number in enumerate(used) if (found := known[number])}


def _look(content: bytes, styles: dict[int, Format]) -> Beside:
    beside, row = Beside(), 0
    for kind, body in _records(content):
        if kind not in _STATED:
            continue
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & 0x10:
                beside.hidden_rows.add(row)
        elif kind == _COLUMNS:
            first, last = struct.unpack_from("<II", body)
            if body[16] & 1:
                beside.hidden_columns.update(range(first, min(last, 16_383) + 1))
        else:
            column, style = struct.unpack_from("<II", body)
            if kind in {_ERROR, _WRONG}:
                beside.faults[row, column] = ERRORS.get(body[8], "#N/A")
            elif found := styles.get(style & 0xFFFFFF):
                beside.formats[row, column] = found
            if (row + 1) * (column + 1) > MAX_CELLS:
                raise refused(TOO_LARGE)
    return beside
