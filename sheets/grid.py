"""A sheet as a grid that knows its merged ranges, and that may be a turned or gathered view of another grid."""

from collections.abc import Callable, Mapping, Sequence

from sheets.packed import column_letters
from sheets.reading import Cell, Sheet, text_of

Place = tuple[int, int]  # row and column, counted from 0
Merge = tuple[int, int, int, int]  # top, left, bottom, right, inclusive
REASONS = "错误原因"  # heads the column that marking a workbook adds
SEARCHED = 200  # rows in which that heading is looked for
MAX_MERGED = 2_000_000  # cells that merged ranges may cover before they are left alone


class Grid:
    """Rows of cells with merged ranges; ``origin`` says where a cell stands in the workbook."""

    def __init__(
        self,
        rows: Sequence[Sequence[Cell]],
        merges: Sequence[Merge] = (),
        origin: Callable[[int, int], Place] | None = None,
    ) -> None:
        self.rows = rows
        self.height = len(rows)
        self.width = max(map(len, rows), default=0)
        self.origin = origin or (lambda row, column: (row, column))
        self.merges: list[Merge] = []
        self.anchors: dict[Place, Place] = {}  # covered cell → the cell that holds the value
        self.spans: dict[Place, Merge] = {}  # the cell that holds the value → its range
        budget = MAX_MERGED
        for top, left, bottom, right in merges:
            bottom, right = min(bottom, self.height - 1), min(right, self.width - 1)
            budget -= max(0, bottom - top + 1) * max(0, right - left + 1)
            if bottom < top or right < left or budget < 0:
                continue
            self._cover((top, left, bottom, right))

    def _cover(self, merge: Merge) -> None:
        top, left, bottom, right = merge
        self.merges.append(merge)
        self.spans[top, left] = merge
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    self.anchors[row, column] = (top, left)

    def own(self, row: int, column: int) -> Cell:
        """The cell's own content; a cell covered by a merged range has none."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def at(self, row: int, column: int) -> Cell:
        """The cell's content; a merged range has its content everywhere."""
        anchor = self.anchors.get((row, column))
        return self.own(*anchor) if anchor else self.own(row, column)

    def text(self, row: int, column: int) -> str:
        """The cell's content as text, merged ranges filled."""
        return text_of(self.at(row, column))

    def filled(self, row: int, left: int = 0, right: int | None = None) -> list[tuple[int, Cell]]:
        """The columns of a row that hold something of their own, with their content."""
        cells = self.rows[row]
        end = len(cells) if right is None else min(right + 1, len(cells))
        return [(c, cells[c]) for c in range(left, end) if not is_blank(cells[c])]

    def span(self, row: int, column: int) -> Merge:
        """The merged range that begins at a cell, or the cell itself."""
        return self.spans.get((row, column), (row, column, row, column))

    def address(self, row: int, column: int) -> str:
        """Where a cell stands in the workbook, like C7."""
        real_row, real_column = self.origin(row, column)
        return f"{column_letters(real_column)}{real_row + 1}"

    def turned(self) -> "Grid":
        """The grid with rows and columns exchanged."""
        rows = [[self.own(row, column) for row in range(self.height)] for column in range(self.width)]
        merges = [(left, top, right, bottom) for top, left, bottom, right in self.merges]
        return Grid(rows, merges, lambda row, column: self.origin(column, row))


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing but spaces."""
    return cell == "" or (cell.__class__ is str and not cell.strip(" \t\r\n\u00a0\u3000\u200b\ufeff"))


def grid_of(sheet: Sheet) -> Grid:
    """A sheet as a grid; a column of reasons that an earlier marking added is left out."""
    added = {at for row in sheet.rows[:SEARCHED] for at, cell in enumerate(row) if cell == REASONS}
    if not added:
        return Grid(sheet.rows, sheet.merges)
    rows = [["" if at in added else cell for at, cell in enumerate(row)] for row in sheet.rows]
    return Grid(rows, sheet.merges)


def gathered(pairs: Sequence[tuple[str, Cell, Place]]) -> Grid:
    """Headings and values picked from all over a sheet as a grid of two rows, each value where it came from."""
    places: Mapping[int, Place] = {column: place for column, (_heading, _value, place) in enumerate(pairs)}
    rows: list[list[Cell]] = [
        [heading for heading, _value, _place in pairs],
        [value for _heading, value, _place in pairs],
    ]
    return Grid(rows, (), lambda _row, column: places[column])
