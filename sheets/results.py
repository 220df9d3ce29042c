"""Formulas that were saved without their results, as some libraries do, given the results they had before."""

import datetime
import html
import io
import re
import zipfile
from collections.abc import Mapping
from functools import partial

from sheets.cleaning import clean
from sheets.packed import NO_RESULT, column_index, sheet_parts
from sheets.parts import Parts
from sheets.sheet import Cell, Sheet

_FORMULA = re.compile(
    rb'<c r="([A-Z]+)(\d+)"((?:(?! t=)[^>])*)>(<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v\s*/>|<v>\s*</v>)?</c>'
)
_ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"})
_EPOCHS = {False: datetime.datetime(1899, 12, 30), True: datetime.datetime(1904, 1, 1)}  # noqa: DTZ001  no zone in a sheet


def restored(saved: bytes, sheets: Mapping[str, Sheet], *, from_1904: bool = False) -> bytes:
    """The .xlsx ``saved`` with the results that its formulas have in ``sheets``, by the sheet's name.

    A formula that has no result there stays without one. ``from_1904`` is how ``saved`` counts its days.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        names = {part: name for name, part in sheet_parts(Parts(saved)).items()}
        for part in before.infolist():
            content = before.read(part)
            sheet = sheets.get(names.get(part.filename, ""))
            if sheet is not None:
                content = _FORMULA.sub(partial(_with_result, sheet=sheet, from_1904=from_1904), content)
            after.writestr(part, content)
    return target.getvalue()


def _with_result(found: re.Match[bytes], sheet: Sheet, from_1904: bool) -> bytes:
    row, column = int(found[2]) - 1, column_index(found[1].decode())
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    told = _told(cells[column], from_1904) if column < len(cells) else None
    if told is None:
        return found[0]
    kind, text = told
    head = b'<c r="%b%b"%b%b>' % (found[1], found[2], found[3], f' t="{kind}"'.encode() if kind else b"")
    return b"%b%b<v>%b</v></c>" % (head, found[4], html.escape(text, quote=False).encode())


def _told(cell: Cell, from_1904: bool) -> tuple[str, str] | None:
    """A result's type and text as a sheet keeps them; None where there is none."""
    if cell == NO_RESULT:
        return None
    if isinstance(cell, bool):
        return "b", str(int(cell))
    if isinstance(cell, str):
        return "e" if cell in _ERRORS else "str", clean(cell)
    if isinstance(cell, float | int):
        return "", repr(cell)
    if isinstance(cell, datetime.time):
        cell = datetime.timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, datetime.date):
        moment = cell if isinstance(cell, datetime.datetime) else datetime.datetime.combine(cell, datetime.time())
        cell = moment - _EPOCHS[from_1904]
    return "", repr(cell / datetime.timedelta(days=1))
