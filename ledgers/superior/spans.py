"""Cells told in few words: neighbours as one range."""

from collections.abc import Sequence

from sheets.packed import column_index


def spans(cells: Sequence[str]) -> list[str]:
    """Neighbouring cells of a row or column as ranges: C8:L8."""
    found: list[list[str]] = []
    for cell in cells:
        if found and _beside(found[-1][-1], cell):
            found[-1].append(cell)
        else:
            found.append([cell])
    return [run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in found]


def _beside(one: str, other: str) -> bool:
    (column, row), (next_column, next_row) = (_place(cell) for cell in (one, other))
    return (next_column - column, next_row - row) in {(0, 1), (1, 0)}


def _place(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    return column_index(letters), int(cell[len(letters) :])
