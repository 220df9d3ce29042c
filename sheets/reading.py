"""Reading tables: by what the bytes are, never by what the file is called."""

import csv
import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

Cell = str | float | bool | datetime.date | datetime.time | datetime.timedelta
MAX_UNPACKED_BYTES = 300 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
_SPACES = " \t\r\n\u00a0\u3000\u200b\ufeff"
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[ T]0{1,2}:00(?::00)?)?")


class UnreadableError(ValueError):
    """The content is no table we can read; the message says what to do next."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as rows of cells; ``rows[0]`` is row 1 of the sheet, and blank rows stay in place."""

    name: str
    rows: Sequence[Sequence[Cell]]


def read(content: bytes) -> list[Sheet]:
    """The sheets of a workbook (xlsx, xls, ods), or the one table of a text with commas, tabs or semicolons.

    Raises ``UnreadableError``.
    """
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(content)
    return [Sheet("", _text_rows(_decoded(content)))]


def _workbook(content: bytes) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # only when a workbook comes

    _refuse_bombs(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [Sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except PasswordError as error:
        raise UnreadableError(
            _("The workbook is protected by a password. Save it without one and choose it again.")
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableError(
            _("The workbook cannot be read. Open it in a spreadsheet program, save it as .xlsx and choose it again.")
        ) from error


def _refuse_bombs(content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(item.file_size for item in packed.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableError(
            _("The file is damaged. Get it once more from where it came and choose it again.")
        ) from error
    if size > MAX_UNPACKED_BYTES:
        raise UnreadableError(_("The workbook is too large. Leave out pictures and other sheets and choose it again."))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableError(
        _("The file is neither a workbook nor a text table. Save it as .xlsx or .csv and choose it again.")
    )


def _text_rows(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    if first.lstrip(_SPACES).startswith("<"):
        raise UnreadableError(
            _("The file is a web page. Open it in a spreadsheet program, save it as .xlsx and choose it again.")
        )
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return list(reader)
    except csv.Error as error:
        raise UnreadableError(
            _("Line %(line)s cannot be read as a table row. Mend it, or save the file as .xlsx.")
            % {"line": reader.line_num}
        ) from error


def text_of(cell: Cell | None) -> str:
    """A cell as text: whole numbers without ``.0``, days as 2026-06-28, spaces around it gone."""
    if isinstance(cell, str):
        return cell.strip(_SPACES)
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
