"""A block pasted from a spreadsheet, laid over the grid: by village names and headings if it has them. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _

from sheets import values
from sheets.values import plain
from tasks.pasting import headings
from tasks.pasting.headings import Source

NOTE, LEARNED = headings.REMARKS, "learned"
MOST_LINES, MOST_CELLS = 300, 6000
_LONGEST_NAME = 60
_FEWEST_NUMBERED = 3
_LIST_SIGNS = ".、．"

_WORDS = re.compile(r"[\u3400-\u9fff]{2,12}")
_DIGITS = re.compile(r"[\d０-９]")
_NAME_LIKE = re.compile(
    r"[\u4e00-\u9fff]{1,20}(?:村|社区|居委会|村委会|村民委员会|居民委员会)(?:[(、,/和及与].{0,30}|小计|合计)?"
)


@dataclass(frozen=True)
class Piece:
    """One text of the block, and the cell it falls on; ``line`` counts from 1, ``at`` is its column from 0."""

    place: int
    column: str
    text: str
    line: int
    at: int = 0


@dataclass
class Laid:
    """Where the block falls: its pieces, and a sentence for each line or column that falls nowhere."""

    pieces: list[Piece] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    named: bool = False  # whether names decided the lines
    headed: bool = False  # whether headings decided the columns
    asked: dict[str, str] = field(default_factory=dict)  # sentence → what is to be chosen: column-2, line-5


@dataclass(frozen=True)
class Surface:
    """The grid as shown: places and columns in order, what columns are called and counted in, and where the hand is."""

    places: Sequence[int]
    columns: Sequence[str]
    titles: Mapping[str, str]
    place: int
    column: str
    units: Mapping[str, str] = field(default_factory=dict)
    figures: frozenset[str] = frozenset()  # the columns that hold numbers
    chosen: Mapping[str, str] = field(default_factory=dict)  # what somebody chose of ``Laid.asked``; "" leaves it out


Line = tuple[int, list[str]]  # the number of a line, from 1, and its texts


def lay_out(
    block: Sequence[Sequence[str]],
    surface: Surface,
    find: Callable[[str], int | None],
    doubt: Callable[[str], str],
) -> Laid:
    """Lay the block over the grid.

    A column of village names decides the rows; without one they follow from the hand downwards, blank lines included.
    A line of headings decides the columns; without one they follow from the hand to the right. Blank cells change
    nothing. A block that is too large is refused whole.
    """
    laid = Laid()
    rows = _trimmed(block)
    if not rows:
        return laid
    if len(rows) > MOST_LINES or sum(len(line) for _number, line in rows) > MOST_CELLS:
        words = {"lines": MOST_LINES, "cells": MOST_CELLS}
        laid.faults.append(_("At most %(lines)s lines and %(cells)s cells at once: nothing is filled in.") % words)
        return laid
    names_at = _names_at(rows, find)
    if names_at is None and _words_before_figures(rows, surface):
        names_at = 0
    sources, rows = _columns(rows, surface, names_at, find, laid)
    if names_at is None:
        _by_order(rows, surface, sources, laid)
    else:
        laid.named = True
        _by_names(rows, names_at, sources, find, doubt, surface, laid)
    return laid


def _trimmed(block: Sequence[Sequence[str]]) -> list[Line]:
    """The lines with their numbers; blank ones after the last text left out."""
    rows = [(number, [str(text).strip() for text in line]) for number, line in enumerate(block, start=1)]
    while rows and not any(rows[-1][1]):
        rows.pop()
    return rows


def _columns(
    rows: list[Line], surface: Surface, names_at: int | None, find: Callable[[str], int | None], laid: Laid
) -> tuple[dict[int, Source], list[Line]]:
    """Which columns of the block fill which of the grid, and the lines below the headings."""
    width = max((at + 1 for _number, line in rows for at, text in enumerate(line) if text), default=0)
    top = next(at for at, (_number, line) in enumerate(rows) if any(line))
    above: list[str] = []
    while width > 1 and top + 1 < len(rows) and _is_caption(rows[top][1], find):
        above += rows[top][1]
        top += 1
    first, below = rows[top][1], rows[top + 1 :]
    name = first[names_at] if names_at is not None and names_at < len(first) else ""
    known = bool(name) and _is_name(name, find)
    if not known and headings.stand_in(first, [line for _number, line in below], surface.titles, names_at):
        meant = headings.meant(first, width, surface.titles, surface.units, names_at, _columns_chosen(surface))
        if below and headings.with_units(meant, below[0][1], surface.units):
            below = below[1:]
        headings.with_stated(meant, above, surface.units)
        laid.headed = True
        laid.faults += meant.faults
        laid.asked |= {said: f"column-{at}" for said, at in meant.asked.items()}
        if not meant.sources:
            laid.faults.append(_("Copied without the line of headings, its columns follow from the cell you are in."))
        return meant.sources, below
    found = _from_the_hand(rows, width, surface, names_at, laid)
    if any(above):
        laid.faults.append(_("“%(text)s” stands above it, but no headings: copy it without that.") % {"text": above[0]})
        found = {}
    if names_at is None and _numbers_lines(rows, width):
        laid.faults.append(_("The first column only numbers the lines: copy it without that, or with the headings."))
        found = {}
    if names_at is not None and width == names_at + 1:
        laid.faults.append(_("Nothing stands to the right of the names: it is left out."))
    return found, rows


def _columns_chosen(surface: Surface) -> dict[int, str]:
    """The columns chosen for headings, by their place in the block."""
    chosen = ((name.removeprefix("column-"), key) for name, key in surface.chosen.items())
    return {int(at): key for at, key in chosen if at.isdecimal() and at.isascii() and len(at) < 5}


def _numbers_lines(rows: Sequence[Line], width: int) -> bool:
    """Whether the first of several columns counts its lines one by one, from 1 or with the sign of a list behind."""
    texts = [line[0] for _number, line in rows if any(line)]
    firsts = [values.number(text.rstrip(_LIST_SIGNS)).value for text in texts]
    if width < 2 or len(firsts) < _FEWEST_NUMBERED or None in firsts:
        return False
    listed = firsts[0] == 1 or all(text.endswith(tuple(_LIST_SIGNS)) for text in texts)
    return listed and all(other - one == 1 for one, other in pairwise(firsts))


def _is_caption(line: Sequence[str], find: Callable[[str], int | None]) -> bool:
    """Whether a line above the headings is a title or states a unit: one text that is neither figure nor name."""
    texts = [text for text in line if text]
    return not texts or (len(texts) == 1 and not re.search(r"^[-+\d.,%]+$", texts[0]) and not _is_name(texts[0], find))


def _names_at(rows: Sequence[Line], find: Callable[[str], int | None]) -> int | None:
    """The column that holds village names: one of the first three in which most texts are known or look like such."""
    for at in range(3):
        texts = [line[at] for _number, line in rows if at < len(line) and line[at]]
        names = sum(1 for text in texts if _is_name(text, find))
        if names and names * 2 >= len(texts) - 1:
            return at
    return None


def _words_before_figures(rows: Sequence[Line], surface: Surface) -> bool:
    """Whether words stand where a column of figures would begin, and figures beside them: names that nobody knows."""
    words = [line[0] for _number, line in rows if line and line[0]]
    beside = any(_DIGITS.search(text) for _number, line in rows for text in line[1:])
    return surface.column in surface.figures and beside and bool(words) and all(map(_WORDS.fullmatch, words))


def _is_name(text: str, find: Callable[[str], int | None]) -> bool:
    if _numeric(text) or len(text) > _LONGEST_NAME:
        return False
    return bool(_NAME_LIKE.fullmatch(plain(text))) or find(text) is not None


def _found(text: str, find: Callable[[str], int | None]) -> int | None:
    return find(text) if len(text) <= _LONGEST_NAME else None


def _numeric(text: str) -> bool:
    return plain(text).replace(".", "").isdigit()


def _from_the_hand(
    rows: Sequence[Line], width: int, surface: Surface, names_at: int | None, laid: Laid
) -> dict[int, Source]:
    """The columns from the hand to the right; what stands before the names is no figure."""
    columns = list(surface.columns)
    to_the_right = columns[columns.index(surface.column) :] if surface.column in columns else columns
    start = 0 if names_at is None else names_at + 1
    sources = list(range(start, width))
    if len(sources) > len(to_the_right):
        words = {"given": len(sources), "count": len(to_the_right)}
        laid.faults.append(
            _("%(given)s columns were pasted, and there are %(count)s from here to the right: the rest is left out.")
            % words
        )
    return {at: Source(column) for at, column in zip(sources, to_the_right, strict=False)}


def _by_order(rows: Sequence[Line], surface: Surface, sources: Mapping[int, Source], laid: Laid) -> None:
    """Line by line from the hand downwards; a blank line leaves its village as it is."""
    places = list(surface.places)
    below = places.index(surface.place) if surface.place in places else 0
    if rows and below + len(rows) > len(places):
        laid.faults.append(
            _("From line %(number)s on there are no more villages.") % {"number": rows[len(places) - below][0]}
        )
    for (number, line), place in zip(rows, places[below:], strict=False):
        laid.pieces += _pieces(number, line, place, sources)


def _by_names(
    rows: Sequence[Line],
    names_at: int,
    sources: Mapping[int, Source],
    find: Callable[[str], int | None],
    doubt: Callable[[str], str],
    surface: Surface,
    laid: Laid,
) -> None:
    """Each line to the village it names; two lines that say different things of one village fill nothing there."""
    told: dict[tuple[int, str], Piece] = {}
    twice: set[tuple[int, str]] = set()
    for number, line in rows:
        if not any(line):
            continue
        name = line[names_at] if names_at < len(line) else ""
        place = _found(name, find) if name else None
        chosen = surface.chosen.get(f"line-{number}")
        if place is None and chosen is not None:
            place = next((key for key in surface.places if str(key) == chosen), None)
            if place is None:
                continue
        if place is None:
            if not _is_total(name):
                said = doubt(name[:_LONGEST_NAME]) if name else _("It names no village.")
                laid.faults.append(_("Line %(number)s: %(why)s") % {"number": number, "why": said})
                laid.asked[laid.faults[-1]] = f"line-{number}"
            continue
        for piece in _pieces(number, line, place, sources):
            before = told.setdefault((place, piece.column), piece)
            if before.text != piece.text:
                words = {"first": before.line, "number": number, "name": name}
                laid.faults.append(
                    _("Lines %(first)s and %(number)s say different things of %(name)s: neither is filled in.") % words
                )
                twice.add((place, piece.column))
    laid.pieces += [piece for key, piece in told.items() if key not in twice]


def _pieces(number: int, line: Sequence[str], place: int, sources: Mapping[int, Source]) -> list[Piece]:
    found = []
    for at, source in sources.items():
        if at < len(line) and line[at]:
            text = line[at] + source.unit if source.unit and _numeric(line[at].replace(",", "")) else line[at]
            found.append(Piece(place, source.column, text, number, at))
    return found


def _is_total(name: str) -> bool:
    return plain(name) in {"合计", "总计", "小计", "全镇", "全镇合计"}
