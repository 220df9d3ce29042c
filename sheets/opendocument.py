"""Open documents (ods): how far their repeats reach, and what the reader leaves out: merges, what is hidden, errors."""

import re
from decimal import Decimal
from typing import TypeVar

from sheets import markup
from sheets.formats import Format, Shown, unit_of
from sheets.packed import MAX_CELLS, MOST_SHEETS, Beside
from sheets.parts import Parts
from sheets.refusals import TOO_LARGE, refused

T = TypeVar("T")
LARGEST = 10**15  # no figure of a county reaches it
_SHOWN = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)\s*(\D{0,12})")
_ERROR = re.compile(r"#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!)")
_LOOKS_WRONG = re.compile(r"#[^\s#]{1,12}[!?！？]|#N/A|Err:\d{3}|错误:\d{3}")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_ROW, _CELLS = "table-row", ("table-cell", "covered-table-cell")


def inspect(parts: Parts) -> dict[str, Beside]:
    """What each sheet tells beside its values, by name. Raises ``UnreadableError``."""
    found = _Tables()
    made = markup.parser()
    made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = found.start, found.end, found.text
    markup.fed(made, parts.pieces("content.xml"))
    return found.sheets


class _Tables:
    """Follows the elements of the content; rows and cells that are repeated count as often as the reader makes them."""

    def __init__(self) -> None:
        self.sheets: dict[str, Beside] = {}
        self.sheet = Beside()
        self.row = self.rows = self.column = self.cells = self.columns = 0
        self.depth = 0  # of what is no table of its own: notes and pictures hold paragraphs too
        self.filled, self.width, self.height = 0, 0, 0
        self.cell: dict[str, str] | None = None
        self.shown: list[str] = []

    def start(self, name: str, told: dict[str, str]) -> None:
        """Take in the beginning of an element."""
        name = markup.bare(name)
        if name in _CELLS:
            self.cell = {markup.bare(key): value for key, value in told.items()}
            self.shown = []
        elif name == _ROW:
            said = {markup.bare(key): value for key, value in told.items()}
            self.rows, self.column, self.filled = _times(said, "number-rows-repeated", _MOST_ROWS), 0, 0
            if said.get("visibility", "visible") != "visible":
                self.sheet.hidden_rows.update(range(self.row, min(self.row + self.rows, self.row + MAX_CELLS)))
        elif name == "table":
            self._table({markup.bare(key): value for key, value in told.items()}.get("name", ""))
        elif name == "table-column":
            self._column({markup.bare(key): value for key, value in told.items()})

    def _table(self, name: str) -> None:
        self.sheet = self.sheets.setdefault(name, Beside())
        self.row = self.columns = self.width = self.height = 0
        if len(self.sheets) > MOST_SHEETS:
            raise refused(TOO_LARGE)

    def _column(self, said: dict[str, str]) -> None:
        times = _times(said, "number-columns-repeated", _MOST_COLUMNS)
        if said.get("visibility", "visible") != "visible":
            self.sheet.hidden_columns.update(range(self.columns, self.columns + times))
        self.columns = min(self.columns + times, _MOST_COLUMNS)

    def text(self, text: str) -> None:
        """Take in characters."""
        if self.cell is not None and len(self.shown) < 8:
            self.shown.append(text)

    def end(self, name: str) -> None:
        """Take in the end of an element."""
        name = markup.bare(name)
        if name in _CELLS and self.cell is not None:
            self._cell(self.cell)
            self.cell = None
        elif name == _ROW:
            if self.filled:
                self.height = self.row + self.rows
                self.width = max(self.width, self.filled)
                if self.height * self.width > MAX_CELLS or self.height > _MOST_ROWS:
                    raise refused(TOO_LARGE)
            self.row += self.rows

    def _cell(self, said: dict[str, str]) -> None:
        times = _times(said, "number-columns-repeated", _MOST_COLUMNS)
        shown = "".join(self.shown).strip()
        if shown or "value-type" in said:
            self.filled = self.column + times
            if self._is_wrong(said, shown):
                self._note(times, self.sheet.faults, shown if _ERROR.fullmatch(shown) else "#VALUE!")
            elif (format := _format_of(said, shown)) is not None:
                self._note(times, self.sheet.formats, format)
        down, across = _times(said, "number-rows-spanned", _MOST_ROWS), _times(said, "number-columns-spanned", 16_384)
        if down > 1 or across > 1:
            self.sheet.merges.append((self.row, self.column, self.row + down - 1, self.column + across - 1))
        self.column += times

    @staticmethod
    def _is_wrong(said: dict[str, str], shown: str) -> bool:
        if said.get("value-type") == "error":
            return True
        return "formula" in said and bool(_LOOKS_WRONG.fullmatch(shown))

    def _note(self, times: int, noted: dict[tuple[int, int], T], what: T) -> None:
        if times * self.rows + len(noted) > MAX_CELLS // 10:
            raise refused(TOO_LARGE)
        for row in range(self.row, self.row + self.rows):
            for column in range(self.column, self.column + times):
                noted[row, column] = what


def _format_of(said: dict[str, str], shown: str) -> Format | None:
    """What is shown of a number beside it: a share, a unit, a scale; None where it is the number alone."""
    if said.get("value-type") == "percentage":
        return Format((Shown(unit="%"),))
    found = _SHOWN.fullmatch(shown) if said.get("value-type") == "float" else None
    try:
        value = Decimal(said.get("value", ""))
    except ArithmeticError:
        return None
    if found is None or not value.is_finite() or abs(value) >= LARGEST:
        return None
    number, unit = Decimal(found[1].replace(",", "")), unit_of(found[2])
    near = Decimal(1).scaleb(number.as_tuple().exponent)  # type: ignore[arg-type]  # finite
    for scale in map(Decimal, (1, 1_000, 10_000, 1_000_000, 100_000_000)):
        if abs(value / scale - number) < near:
            return Format((Shown(scale, unit),)) if scale != 1 or unit else None
    return None


def _times(said: dict[str, str], name: str, most: int) -> int:
    """How often, at least once. Raises ``UnreadableError`` when that is more than any sheet has."""
    stated = said.get(name, "1")
    if not (stated.isascii() and stated.isdigit()):
        return 1
    times = int(stated[:9])
    if times > most or len(stated) > 9:
        raise refused(TOO_LARGE)
    return max(times, 1)
