"""Reading tables: by what the bytes are, never by what the file is called.

``read(content)`` gives the sheets of an .xlsx, .xlsm, .xlsb, .xls or .ods workbook, of a text table (UTF-8, UTF-16,
GBK) or of a web page saved as .xls; ``read_book`` also says which of these it was and from when its days count.
What cannot be read raises ``UnreadableError`` with one clear sentence and a ``code`` (``sheets.refusals``).

Files from outside are never read in the web's or a worker's own process: ask ``sheets.apart.asking`` for them.

Cells are str, float, bool, date, datetime, time or timedelta, ``""`` when empty. A formula that shows an error is its
text (``#REF!``), one that was saved without a result is ``#FORMULA!``: neither is ever a number. A number whose format
shows a unit, a share or a scale is the text that is shown (``12.5万元``, ``50%``).
"""

import datetime
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence

from sheets import compound, formats, packed, texts, webtable
from sheets.cleaning import clean
from sheets.refusals import CORRUPT, EMPTY, ENCRYPTED, TOO_LARGE, UNSUPPORTED, UNUSUAL, UnreadableError, refused
from sheets.sheet import Book, Cell, Sheet

__all__ = ["Book", "Cell", "Sheet", "UnreadableError", "code_of", "day_of", "read", "read_book", "text_of"]

MAX_BYTES = 100 * 1024 * 1024
_OTHER_FORMATS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MIME-Version",
)
_SPACES = " \t\r\n\u00a0\u3000\u200b\ufeff"
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[ T]0{1,2}:00(?::00)?)?")


def read(content: bytes) -> Sequence[Sheet]:
    """The sheets of a workbook, or the one table of a text or web page. Raises ``UnreadableError``."""
    return read_book(content).sheets


def read_book(content: bytes) -> Book:
    """A workbook, text table or web page with what it is. Raises ``UnreadableError``."""
    if len(content) > MAX_BYTES:
        raise refused(TOO_LARGE)
    if content.startswith(b"PK"):
        looked = packed.inspect(content)
        return Book(looked.container, _sheets(looked.content, looked.beside), looked.dates_from_1904)
    if content.startswith(compound.MAGIC):
        old = compound.inspect(content)
        return Book("xls", _sheets(old.content, old.beside, old.names), old.dates_from_1904)
    if content.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02")):  # a workbook older than compound files
        return Book("xls", _sheets(content, {}))
    if content.startswith(_OTHER_FORMATS):
        raise refused(UNSUPPORTED)
    return _from_text(texts.decoded(content))


def _from_text(text: str) -> Book:
    if not text.strip(_SPACES):
        raise refused(EMPTY)
    if not webtable.looks_like(text):
        return Book("csv", [Sheet("", texts.rows(text))])
    tables = webtable.tables(text)
    return Book(
        "html", [Sheet(each.name, each.rows, each.merges, True, frozenset(each.hidden_rows)) for each in tables]
    )


def _sheets(content: bytes, beside: Mapping[str, packed.Beside], names: Sequence[str] = ()) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum  # only for a workbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found: list[Sheet] = []
        for number, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            name = names[number] if number < len(names) else about.name
            if any(other.name == name for other in found) or len(found) >= packed.MOST_SHEETS:
                raise refused(UNUSUAL)
            sheet = book.get_sheet_by_index(number)
            if sheet.total_height * sheet.total_width > packed.MAX_CELLS:
                raise refused(TOO_LARGE)
            merges = [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
            rows = sheet.to_python(skip_empty_area=False)
            visible = str(about.visible).endswith("Visible")
            found.append(_with_beside(name, rows, merges, visible, beside.get(name)))
    except PasswordError as error:
        raise refused(ENCRYPTED) from error
    except UnreadableError:
        raise
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise refused(UNUSUAL if packed.is_sound(content) else CORRUPT) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # how the reader gives up; no subclass of Exception
            raise refused(CORRUPT) from error
        raise
    return found


def _with_beside(
    name: str,
    rows: list[list[Cell]],
    merges: Sequence[tuple[int, int, int, int]],
    visible: bool,
    beside: packed.Beside | None,
) -> Sheet:
    """The sheet with numbers as their formats show them, its faulty formulas in place and what is hidden beside it."""
    if beside is None:
        return Sheet(name, rows, merges, visible)
    for (row, column), format in beside.formats.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = formats.shown(rows[row][column], format)
    for (row, column), shown in (*beside.texts.items(), *beside.faults.items()):
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = shown
    hidden_rows, hidden_columns = frozenset(beside.hidden_rows), frozenset(beside.hidden_columns)
    return Sheet(name, rows, [*merges, *beside.merges], visible, hidden_rows, hidden_columns)


def text_of(cell: Cell | None) -> str:
    """A cell as text: whole numbers without ``.0``, days as 2026-06-28, spaces and what cannot be written gone."""
    if isinstance(cell, str):
        return clean(cell).strip(_SPACES)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ") if cell.time() != datetime.time(0) else cell.date().isoformat()
    return str(cell)


def code_of(cell: Cell | None) -> str:
    """A cell as a code: text in half-width characters."""
    text = text_of(cell)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def day_of(cell: Cell | None) -> datetime.date | None:
    """A cell as a day, None when empty. Raises ``ValueError`` when it is none."""
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    text = code_of(cell)
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if found:
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    if re.fullmatch(r"(19|20)\d{6}", text):
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    raise ValueError(text)
