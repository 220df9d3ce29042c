"""A block pasted from a spreadsheet, laid over the grid: by village names and headings if it has them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sheets.values import plain

NOTE, LEARNED = "note", "learned"
MOST_LINES, MOST_CELLS = 300, 6000


@dataclass(frozen=True)
class Piece:
    """One text of the block, and the cell it falls on; ``line`` counts from 1."""

    place: int
    column: str
    text: str
    line: int


@dataclass
class Laid:
    """Where the block falls: its pieces, and a sentence for each line or column that falls nowhere."""

    pieces: list[Piece] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Surface:
    """The grid as shown: places and columns in order, what columns are called, and the cell the hand is on."""

    places: Sequence[int]
    columns: Sequence[str]
    titles: Mapping[str, str]
    place: int
    column: str


def lay_out(
    block: Sequence[Sequence[str]],
    surface: Surface,
    find: Callable[[str], int | None],
    doubt: Callable[[str], str],
) -> Laid:
    """Lay the block over the grid.

    A column of village names decides the rows; without one they follow from the hand downwards. A line of headings
    decides the columns; without one they follow from the hand to the right. Blank cells change nothing.
    """
    laid = Laid()
    rows = [(number, [str(text).strip() for text in line]) for number, line in enumerate(block, start=1)]
    rows = [(number, line) for number, line in rows if any(line)][:MOST_LINES]
    if not rows:
        return laid
    names_at = _names_at(rows, find)
    columns = _headings(rows[0][1], surface, names_at, find)
    if columns:
        rows = rows[1:]
    else:
        columns = _from_the_hand(max(len(line) for _number, line in rows), surface, names_at, laid)
    places = list(surface.places)
    below = places.index(surface.place) if surface.place in places else 0
    for number, line in rows:
        place = _place(number, line, names_at, find, doubt, laid)
        if names_at is None:
            if below >= len(places):
                laid.faults.append(_("From line %(number)s on there are no more villages.") % {"number": number})
                break
            place, below = places[below], below + 1
        if place is not None:
            laid.pieces += [
                Piece(place, column, line[at], number) for at, column in columns.items() if at < len(line) and line[at]
            ]
    return laid


def _names_at(rows: Sequence[tuple[int, Sequence[str]]], find: Callable[[str], int | None]) -> int | None:
    """The column that holds village names: one of the first three in which most texts are known as such."""
    for at in range(3):
        texts = [line[at] for _number, line in rows if at < len(line) and line[at]]
        known = sum(1 for text in texts if not _numeric(text) and find(text) is not None)
        if known and known * 2 >= len(texts) - 1:
            return at
    return None


def _numeric(text: str) -> bool:
    return plain(text).replace(".", "").isdigit()


def _headings(
    line: Sequence[str], surface: Surface, names_at: int | None, find: Callable[[str], int | None]
) -> dict[int, str]:
    """Columns of the grid by their place in the block, if the first line holds headings."""
    if names_at is not None and names_at < len(line) and find(line[names_at]) is not None:
        return {}
    found: dict[int, str] = {}
    for at, text in enumerate(line):
        sought = plain(text)
        if at == names_at or len(sought) < 2 or _numeric(sought):
            continue
        near = [
            column
            for column, title in surface.titles.items()
            if sought in plain(title) or plain(title) in sought or plain(title).partition("(")[0] == sought
        ]
        if len(near) == 1 and near[0] not in found.values():
            found[at] = near[0]
    return found


def _from_the_hand(width: int, surface: Surface, names_at: int | None, laid: Laid) -> dict[int, str]:
    columns = list(surface.columns)
    to_the_right = columns[columns.index(surface.column) :] if surface.column in columns else columns
    sources = [at for at in range(width) if at != names_at]
    if len(sources) > len(to_the_right):
        words = {"given": len(sources), "count": len(to_the_right)}
        laid.faults.append(
            _("%(given)s columns were pasted, and there are %(count)s from here to the right: the rest is left out.")
            % words
        )
    return dict(zip(sources, to_the_right, strict=False))


def _place(
    number: int,
    line: Sequence[str],
    names_at: int | None,
    find: Callable[[str], int | None],
    doubt: Callable[[str], str],
    laid: Laid,
) -> int | None:
    if names_at is None:
        return None
    name = line[names_at] if names_at < len(line) else ""
    place = find(name) if name else None
    if place is None and not _is_total(name):
        said = doubt(name) if name else _("It names no village.")
        laid.faults.append(_("Line %(number)s: %(why)s") % {"number": number, "why": said})
    return place


def _is_total(name: str) -> bool:
    return plain(name) in {"合计", "总计", "小计", "全镇", "全镇合计"}
