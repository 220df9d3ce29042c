"""Where the tables of a sheet are: below rows of headings, stacked or side by side, on their side, or a form.

``find(sheet, vocabulary, is_section)`` returns ``Table`` objects; each knows its headings, which rows hold data and
what the other rows are. Nothing is read here: ``sheets.extraction`` reads the cells.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from sheets.grid import Grid, Place, gathered, grid_of, is_blank
from sheets.headings import CODE, COUNTY, PLACE, SERIAL, TOWNSHIP, Vocabulary, bare, is_unit, unit_of
from sheets.lines import IsSection, Kind, Line, Sorter, is_numbers, is_remark, squeezed, total_kind
from sheets.mapping import Column, assign, repeat, take_units
from sheets.reading import Cell, Sheet, text_of
from sheets.stated import row_of_units, stated, unit_word
from sheets.units import AREA, MONEY, dimension

MOST_HEADER_ROWS = 5
LONGEST_HEADING = 40
SAMPLE = 60  # rows looked at to see what a column holds
TURNED_AT_MOST = 400  # rows and columns of a sheet that is tried on its side
_KEYS = (SERIAL, COUNTY, TOWNSHIP, PLACE, CODE)


@dataclass
class Table:
    """One table: its headings, columns, rows of data, the other rows, and the texts above it."""

    sheet: Sheet
    grid: Grid
    header: range
    columns: list[Column]
    titles: list[str] = field(default_factory=list)
    data: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    sections: dict[int, str] = field(default_factory=dict)  # row of a section → its text
    form: bool = False
    turned: bool = False

    def column(self, key: str) -> Column | None:
        """The column of a field."""
        return next((column for column in self.columns if column.key == key), None)


def find(
    sheet: Sheet,
    vocabulary: Vocabulary,
    is_section: IsSection = lambda _text: False,
    given: Mapping[str, str] | None = None,
) -> list[Table]:
    """The tables of a sheet, top to bottom and left to right."""
    grid = grid_of(sheet)
    if not grid.height:
        return []
    forms = _forms(sheet, grid, vocabulary, given)
    if forms:
        return forms
    tables = _upright(sheet, grid, vocabulary, is_section, given)
    if not tables and grid.height <= TURNED_AT_MOST and grid.width <= TURNED_AT_MOST:
        tables = _upright(sheet, grid.turned(), vocabulary, is_section, given)
        for table in tables:
            table.turned = True
    return tables


def _upright(
    sheet: Sheet, grid: Grid, vocabulary: Vocabulary, is_section: IsSection, given: Mapping[str, str] | None
) -> list[Table]:
    """Tables with their headings above the data."""
    blocks = _header_blocks(grid, vocabulary)
    tables: list[Table] = []
    below = 0
    for number, header in enumerate(blocks):
        end = blocks[number + 1].start if number + 1 < len(blocks) else grid.height
        columns = _columns(grid, header)
        if not columns:
            continue  # nothing but units
        titles = _titles(grid, below, header.start)
        same = tables and _same_heading(tables, columns, titles)
        if same:
            for table in tables[-same:]:
                table.lines += [Line(row, Kind.HEADER) for row in header]
        else:
            parts = _side_by_side(columns, vocabulary)
            same = len(parts)
            for part in parts:
                assign(part, vocabulary, given, partial(_some_below, grid, header, end))
                table = Table(sheet, grid, header, part, titles)
                table.lines = [Line(row, Kind.HEADER) for row in header]
                tables.append(table)
        for table in tables[-same:]:
            _sort(table, range(header.stop, end), is_section)
        below = max((_last_figures(table) + 1 for table in tables[-same:]), default=header.stop)
    return tables


def _some_below(grid: Grid, header: range, end: int, index: int) -> list[Cell]:
    """Some cells of a column below the headings."""
    rows = range(header.stop, min(end, header.stop + SAMPLE))
    return [cell for row in rows if not is_blank(cell := grid.own(row, index))]


def _last_figures(table: Table) -> int:
    """The last row of data or of totals."""
    sums = [line.row for line in table.lines if line.kind in {Kind.SUBTOTAL, Kind.TOTAL}]
    return max([table.header.stop - 1, *table.data[-1:], *sums])


# rows of headings


def _header_blocks(grid: Grid, vocabulary: Vocabulary) -> list[range]:
    """The rows of headings: by the names of fields, else by what rows of headings look like."""
    blocks = _blocks_by(grid, vocabulary, exact=True)
    if not blocks:
        blocks = _blocks_by(grid, vocabulary, exact=False)
    return blocks


def _blocks_by(grid: Grid, vocabulary: Vocabulary, *, exact: bool) -> list[range]:
    blocks: list[range] = []
    row = 0
    while row < grid.height:
        if (exact or row < 60) and _hits(grid, row, vocabulary, exact=exact):
            top = _extend_up(grid, row, blocks[-1].stop if blocks else 0, vocabulary)
            bottom = _extend_down(grid, top, row, vocabulary)
            blocks.append(range(top, bottom + 1))
            row = bottom
        row += 1
    return blocks


def _hits(grid: Grid, row: int, vocabulary: Vocabulary, *, exact: bool) -> int:
    """How many cells of a row are headings; 0 when it is no row of headings."""
    if any(cell.__class__ is not str for cell in grid.rows[row]):
        return 0  # a number or a day: by far the most rows end here
    filled = grid.filled(row)
    if len(filled) < 2:
        return 0
    texts = [str(cell) for _column, cell in filled]
    known = vocabulary.knows if exact else vocabulary.resembles
    hits = sum(1 for text in texts if known(text))
    if hits < 2 or hits * 4 < len(texts):
        return 0
    odd = sum(1 for text in texts if len(text) > LONGEST_HEADING or re.fullmatch(r"[\d.,%+\-/年月日]+", text.strip()))
    return hits if odd * 5 <= len(texts) else 0


def _extend_up(grid: Grid, row: int, limit: int, vocabulary: Vocabulary) -> int:
    """The first row of headings: groups may stand above."""
    top = row
    while top > limit and row - top + 1 < MOST_HEADER_ROWS:
        above = grid.filled(top - 1)
        texts = [text_of(cell) for _column, cell in above]
        spread = any(grid.span(top - 1, column)[3] > column for column, _cell in above)
        if (
            len(above) < 2
            or any(not isinstance(cell, str) or len(cell) > LONGEST_HEADING for _column, cell in above)
            or any(is_remark(text) or re.search(r"[:：]|\d{3}|盖章|填报单位", text) for text in texts)
            or not (
                spread
                or any(map(vocabulary.knows, texts))
                or (len(above) * 2 <= len(grid.filled(top)) and _only_above(grid, top - 1, top))
            )
        ):
            break
        top -= 1
    return top


def _only_above(grid: Grid, upper: int, lower: int) -> bool:
    """Whether each text of a row stands above another text."""
    below = {column for column, _cell in grid.filled(lower)}
    return all(column in below for column, _cell in grid.filled(upper))


def _extend_down(grid: Grid, top: int, row: int, vocabulary: Vocabulary) -> int:
    """The last row of headings."""
    bottom = row
    while bottom + 1 < grid.height and bottom - top + 1 < MOST_HEADER_ROWS:
        if not _goes_on(grid, top, bottom, vocabulary):
            break
        bottom += 1
    return bottom


def _goes_on(grid: Grid, top: int, bottom: int, vocabulary: Vocabulary) -> bool:
    """Whether the row after ``bottom`` still belongs to the headings."""
    after = bottom + 1
    if any(m[0] >= top and m[0] <= bottom and m[2] >= after for m in grid.merges if m[0] <= bottom < m[2]):
        return True
    filled = grid.filled(after)
    if not filled or any(not isinstance(cell, str) for _column, cell in filled):
        return False
    texts = [str(cell) for _column, cell in filled]
    if all(is_unit(text) for text in texts):
        return True
    if row_of_units(texts) is not None:
        return False  # read with the rows below
    if is_numbers(texts) or any(len(text) > LONGEST_HEADING for text in texts):
        return False
    above = {column for column, _cell in grid.filled(bottom)}
    grouped: set[int] = set()
    for column in above:
        left, right = grid.span(bottom, column)[1], grid.span(bottom, column)[3]
        if right > left:
            grouped.update(range(left, right + 1))
    if grouped and all(column in grouped for column, _cell in filled):
        return True
    if len(filled) < 2 or any(grid.span(after, column)[3] - column >= 3 for column, _cell in filled):
        return False
    hits = sum(1 for text in texts if vocabulary.knows(text))
    return hits * 2 >= len(texts) and any(column not in above for column, _cell in filled)


def _columns(grid: Grid, header: range) -> list[Column]:
    """Each column with the texts above it, from the outermost group down, and its unit."""
    found = []
    groups: dict[int, str] = {}  # row → the group that goes on to the right when cells are not merged
    for index in range(max((len(grid.rows[row]) for row in header), default=0)):
        texts = [text_of(grid.at(row, index)) for row in header]
        for place, row in enumerate(header):
            if texts[place]:
                merged = (row, index) in grid.anchors or (row, index) in grid.spans
                groups[row] = "" if merged or place == len(header) - 1 else texts[place]
            elif groups.get(row) and any(texts[place + 1 :]) and not any(texts[:place]):
                texts[place] = groups[row]
            else:
                groups[row] = ""
        column = _column(index, texts)
        if column:
            found.append(column)
    return found


def _column(index: int, texts: Sequence[str]) -> Column | None:
    units: list[str] = []
    path: list[str] = []
    for text in reversed(texts):
        if not text:
            continue
        alone = unit_word(text) if is_unit(text) or dimension(unit_word(text)) in {MONEY, AREA} else ""
        unit = alone or unit_of(text)
        if unit and unit not in units:
            units.append(unit)
        if not alone and (not path or path[-1] != text):
            path.append(text)
    if not path:
        return None
    words = tuple(re.sub(r"\s+(?=[^\sa-zA-Z])|\s+$", "", text) for text in reversed(path))
    return Column(index, words, next(iter(units), ""), units=tuple(units))


def _same_heading(tables: Sequence[Table], columns: Sequence[Column], titles: Sequence[str]) -> int:
    """How many of the last tables (side by side) have this heading, in no other unit: then it is only repeated."""
    last = [table for table in tables if table.header == tables[-1].header]
    if (around := stated(titles)) and around != stated(tables[-1].titles):
        return 0
    return len(last) if repeat([column for table in last for column in table.columns], columns) else 0


def _titles(grid: Grid, first: int, last: int) -> list[str]:
    """The texts between the last data and the headings."""
    rows = range(max(first, last - 12), last)
    return [text_of(cell) for row in rows for _column, cell in grid.filled(row) if isinstance(cell, str)]


def _side_by_side(columns: Sequence[Column], vocabulary: Vocabulary) -> list[list[Column]]:
    """The columns parted where the same headings begin once more."""
    words = ["/".join(bare(part) for part in column.path) for column in columns]
    keys = [vocabulary.words.get(bare(column.path[-1]), "") for column in columns]
    parts: list[list[Column]] = [[]]
    start = 0
    for at, column in enumerate(columns):
        repeats = (
            at > start + 1 and words[at] == words[start] and words[at + 1 : at + 2] == words[start + 1 : start + 2]
        )
        gap = at > 0 and column.index - columns[at - 1].index > 1
        again = gap and PLACE in keys[start:at] and PLACE in keys[at:] and keys[at] in {SERIAL, PLACE, TOWNSHIP}
        if repeats or again:
            parts.append([])
            start = at
        parts[-1].append(column)
    return parts


# rows below the headings


def _sort(table: Table, rows: range, is_section: IsSection) -> None:
    """Say of each row below the headings what it is."""
    labels = [column.index for column in table.columns if column.key in _KEYS]
    place = table.column(PLACE) or table.column(TOWNSHIP)
    left = min(column.index for column in table.columns)
    right = max(column.index for column in table.columns)
    village = table.column(PLACE)
    sorter = Sorter(
        table.grid, (left, right), labels or [left], place.index if place else None,
        is_section if village else lambda _text: False,
    )  # fmt: skip
    for row in rows:
        if (
            row < rows.start + 2
            and not table.form
            and is_numbers([cell for _c, cell in table.grid.filled(row, left, right)])
        ):
            table.lines.append(Line(row, Kind.NUMBERS))
            continue
        if row < rows.start + 3 and not table.form and _states_units(table, row, left, right):
            table.lines.append(Line(row, Kind.UNITS))
            continue
        kind, text = sorter.kind(row)
        if kind == Kind.DATA:
            table.data.append(row)
            continue
        table.lines.append(Line(row, kind, text))
        if kind == Kind.SECTION or (kind == Kind.SUBTOTAL and total_kind(squeezed(text)) is None):
            table.sections[row] = text


def _states_units(table: Table, row: int, left: int, right: int) -> bool:
    cells = table.grid.filled(row, left, right)
    return all(isinstance(cell, str) for _c, cell in cells) and take_units(
        table.columns, {column: text_of(cell) for column, cell in cells}
    )


# forms: a label, its value to the right or below


def _forms(sheet: Sheet, grid: Grid, vocabulary: Vocabulary, given: Mapping[str, str] | None) -> list[Table]:
    """Forms for one organisation each: labels scattered over the sheet, each with its value to the right."""
    if grid.height > TURNED_AT_MOST or grid.width > 60:
        return []
    pairs: list[tuple[str, Cell, Place]] = []
    label_rows = set()
    for row in range(grid.height):
        filled = grid.filled(row)
        labels = [column for column, cell in filled if isinstance(cell, str) and vocabulary.knows(cell)]
        if len(labels) >= 2 and _is_row_of_headings(grid, row, filled, labels, vocabulary):
            return []
        for column in labels:
            right = grid.span(row, column)[3] + 1
            if right < grid.width and right not in labels:
                pairs.append((str(grid.own(row, column)), grid.own(row, right), (row, right)))
                label_rows.add(row)
    if len(label_rows) < 3 or _is_list(grid, label_rows, pairs):
        return []
    return _filled_forms(sheet, pairs, vocabulary, given, _titles(grid, 0, min(label_rows)))


def _filled_forms(
    sheet: Sheet,
    pairs: Sequence[tuple[str, Cell, Place]],
    vocabulary: Vocabulary,
    given: Mapping[str, str] | None,
    titles: list[str],
) -> list[Table]:
    """The labels and values as one table of one row a form; the first label coming again begins the next form."""
    starts = [at for at, pair in enumerate(pairs) if bare(pair[0]) == bare(pairs[0][0])]
    tables = []
    for start, end in pairwise([*starts, len(pairs)]):
        part = pairs[start:end]
        units = [unit_of(pair[0]) for pair in part]
        columns = [Column(n, (part[n][0],), unit, units=(unit,) if unit else ()) for n, unit in enumerate(units)]
        assign(columns, vocabulary, given)
        totals = any(column.key == PLACE and total_kind(squeezed(part[column.index][1])) for column in columns)
        if not totals and len({column.key for column in columns if column.key} - {SERIAL}) >= 4:
            tables.append(Table(sheet, gathered(part), range(1), columns, titles, data=[1], form=True))
    return tables


def _is_row_of_headings(
    grid: Grid, row: int, filled: Sequence[tuple[int, Cell]], labels: Sequence[int], vocabulary: Vocabulary
) -> bool:
    if _longest_run(labels, grid, row) >= 3:
        return True
    alike = sum(1 for _column, cell in filled if isinstance(cell, str) and vocabulary.resembles(cell))
    return len(filled) >= 5 and alike * 2 > len(filled)


def _longest_run(labels: Sequence[int], grid: Grid, row: int) -> int:
    """How many labels stand directly one beside the other."""
    longest = run = 0
    last: int | None = None
    for column in labels:
        run = run + 1 if last is not None and column == last else 1
        last = grid.span(row, column)[3] + 1
        longest = max(longest, run)
    return longest


def _is_list(grid: Grid, rows: set[int], pairs: Sequence[tuple[str, Cell, Place]]) -> bool:
    """Whether labels stand in one column with several values each: a table on its side, no form."""
    label_columns = {place[1] for _heading, _value, place in pairs}
    several = sum(1 for row in rows if len([cell for _c, cell in grid.filled(row) if cell]) > 2)
    return len(label_columns) == 1 and several * 2 > len(rows)
