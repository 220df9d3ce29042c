"""What each row below a heading is: data, or a total, a section, a note, numbers of columns, the heading once more."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sheets.grid import Grid, is_blank
from sheets.reading import Cell, text_of


class Kind(StrEnum):
    """What a row is."""

    TITLE = "title"
    HEADER = "header"
    NUMBERS = "colnum"
    UNITS = "units"
    DATA = "data"
    SECTION = "section"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    NOTE = "note"
    BLANK = "blank"


@dataclass(frozen=True)
class Line:
    """One row of a table that is no data: its row counted from 0, what it is, and its text."""

    row: int
    kind: Kind
    text: str = ""


_TOTAL = re.compile(r"(?:总计|合计|共计|总合计|累计|汇总|全[县市区]|总和|平均|均值|总数|全县平均).{0,6}")
_ENDS_AS_TOTAL = re.compile(
    r".{0,14}(?:小计|合计|总计|共计|累计|汇总|平均数?|小结|合计数|总数)[:：]?(?:\(.{0,10}\))?|(?:小计|合计|总计|其中)[:：]?.{0,12}|全[镇乡村]|[本全](?:[镇乡村县市区]|街道)(?:合计|小计|总计)?"
)
_SUBTOTAL = re.compile(r"小计|小结|其中|[镇乡道办区园]合计|[镇乡道]计|全[镇乡村]|本[镇乡村]")
_SHEET_END = re.compile(
    r"^\s*(?:填表人|填报人|制表|经办人|审核|复核|负责人|单位负责人|统计负责人|主要负责人|分管领导|联系电话|联系人|报出日期|填报日期|填表日期|"
    r"填报单位|填报时间|填表时间|填表单位|报送单位|报送时间|制单|校对|签字|签名|盖章|单位[(（]?盖章|打印日期|导出时间|打印时间|数据来源|日期)"
    r"[^:：]{0,8}[:：]"
)
_NOTE = re.compile(
    r"^\s*[(（]?(?:注|备注|说明|填表说明|填报说明|填报要求|注释|附|附注|备注说明|要求|※|\*)\s*(?:[:：\d、.)）]|$)|^\s*(?:[\d①-⑳][.、．]?).{8,}[。；;]$"
)
_SERIAL_ONLY = re.compile(r"[\d.、()（）①-⑳一二三四五六七八九十]+")
_COLUMN_NUMBER = re.compile(
    r"[甲乙丙丁戊己庚辛]|[a-z]|\(?\d{1,3}\)?(?:=.+)?|[①-⑳]|[一二三四五六七八九十]{1,3}|栏次|行次|列次|\d{1,2}[=＝].*"
)
FULL = 5  # cells a row holds at least to be data without a closer look
LONG = 28  # characters: a section's name is shorter

IsSection = Callable[[str], bool]


def squeezed(cell: Cell) -> str:
    """A cell's text in half-width characters without any spaces."""
    text = text_of(cell)
    if text.isascii() and " " not in text:
        return text
    return re.sub(r"[\s\u200b-\u200f\ufeff]+", "", unicodedata.normalize("NFKC", text))


def total_kind(text: str) -> Kind | None:
    """Whether a label says subtotal or total."""
    if not text or len(text) > 24 or not (_ENDS_AS_TOTAL.fullmatch(text) or _TOTAL.fullmatch(text)):
        return None
    return Kind.SUBTOTAL if _SUBTOTAL.search(text) else Kind.TOTAL


def is_remark(text: str) -> bool:
    """Whether a text stands around a table: who filled it in, which unit, a note."""
    return bool(_SHEET_END.match(text) or _NOTE.match(text))


def is_numbers(cells: Sequence[Cell]) -> bool:
    """Whether a row numbers the columns: 甲 乙 1 2 3=1+2."""
    texts = [squeezed(cell).lower() for cell in cells]
    if len(texts) < 2 or not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = [int(found[0]) for text in texts if (found := re.match(r"\d+", text.strip("()")))]
    rising = all(after - before == 1 for before, after in pairwise(numbers))
    return rising and (not numbers or numbers[0] <= 3)


class Sorter:
    """Tells the rows of one table apart, from its columns that say where a row belongs."""

    def __init__(
        self, grid: Grid, span: tuple[int, int], labels: Sequence[int], place: int | None, is_section: IsSection
    ):
        self.grid, self.left, self.right = grid, *span
        self.labels, self.place, self.is_section = labels, place, is_section
        self.totals: dict[Cell, Kind | None] = {}
        self.noted = False  # once a note has come, lone texts are notes too
        self.ordinary: set[Cell] = set()  # labels known to be neither totals nor notes
        self.places: set[Cell] = set()  # places known to be no sections

    def kind(self, row: int) -> tuple[Kind, str]:
        """What a row is, and its text when it is no data."""
        return (Kind.DATA, "") if self._plainly_data(row) else self._looked_into(row)

    def _plainly_data(self, row: int) -> bool:
        """A full row with a place and ordinary labels needs no closer look: by far the most rows."""
        cells = self.grid.rows[row]
        if self.place is None or self.place >= len(cells) or len(cells) - cells.count("") < FULL:
            return False
        place = cells[self.place]
        if place.__class__ is not str or not place:
            return False
        if place not in self.places and (is_blank(place) or self.is_section(text_of(place))):
            return False
        self.places.add(place)
        return all(self._is_ordinary(cells[label]) for label in self.labels if label < len(cells))

    def _is_ordinary(self, cell: Cell) -> bool:
        if cell.__class__ is not str or cell in self.ordinary:
            return True
        text = squeezed(cell)
        if total_kind(text) or is_remark(text):
            return False
        self.ordinary.add(cell)
        return True

    def _looked_into(self, row: int) -> tuple[Kind, str]:
        filled = self.grid.filled(row, self.left, self.right)
        if not filled:
            return Kind.BLANK, ""
        total = self._total(row, filled)
        if total:
            return total
        first = text_of(filled[0][1])
        said = is_remark(first) or (len(filled) <= 4 and all(is_remark(text_of(cell)) for _c, cell in filled))
        if said and not self._names_a_place(filled):
            self.noted = True
            return Kind.NOTE, first
        if len(filled) <= 2:
            return self._few(row, filled)
        return self._section_with_figures(row, filled)

    def _total(self, row: int, filled: Sequence[tuple[int, Cell]]) -> tuple[Kind, str] | None:
        cells = [cell for label in self.labels if not is_blank(cell := self.grid.at(row, label))]
        if filled[0][0] not in self.labels and not cells:
            cells = [filled[0][1]]
        for cell in cells:
            if not isinstance(cell, str):
                continue
            if cell not in self.totals:
                self.totals[cell] = total_kind(squeezed(cell))
            kind = self.totals[cell]
            if kind:
                return kind, text_of(cell)
        return None

    def _names_a_place(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """Whether the row has a place of its own and figures beside it: a remark column may begin with 注：."""
        return self.place is not None and len(filled) >= 3 and any(column == self.place for column, _cell in filled)

    def _few(self, row: int, filled: Sequence[tuple[int, Cell]]) -> tuple[Kind, str]:
        """A row with one or two cells: a section, a note, a serial number left over, or a record hardly begun."""
        words = [(column, cell) for column, cell in filled if not _SERIAL_ONLY.fullmatch(squeezed(cell))]
        if not words:
            serial = all(column in self.labels and column != self.place for column, _cell in filled)
            return (Kind.BLANK, "") if serial else (Kind.DATA, "")
        column, cell = words[0]
        text = text_of(cell)
        across = self.grid.span(row, column)[3] > column
        if len(words) == 2:
            beside_notes = self.noted and all(each != self.place for each, _cell in words)
            return (Kind.NOTE, text) if beside_notes else (Kind.DATA, "")
        if self.is_section(text):
            return Kind.SECTION, text
        if column == self.place and not across and not self.noted:
            return Kind.DATA, ""
        if self.noted or len(squeezed(text)) > LONG or re.search(r"[。；;]", text):
            self.noted = self.noted or bool(across)
            return Kind.NOTE, text
        if across or column <= self.left or column in self.labels:
            return Kind.SECTION, text
        return (Kind.DATA, "") if len(filled) == 2 else (Kind.NOTE, text)

    def _section_with_figures(self, row: int, filled: Sequence[tuple[int, Cell]]) -> tuple[Kind, str]:
        """西渡镇 | | 120: a township's row above its villages is their subtotal."""
        if self.place is None or self.grid.anchors.get((row, self.place)):
            return Kind.DATA, ""
        named = [
            (column, cell)
            for column, cell in filled
            if column in self.labels and isinstance(cell, str) and not _SERIAL_ONLY.fullmatch(squeezed(cell))
        ]
        if len(named) != 1:
            return Kind.DATA, ""
        column, cell = named[0]
        reaches = column == self.place or self.grid.span(row, column)[3] >= self.place
        if reaches and self.is_section(str(cell)):
            return Kind.SUBTOTAL, text_of(cell)
        return Kind.DATA, ""
