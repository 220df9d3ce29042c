"""A column pasted from a spreadsheet, matched to organisations: in order, or by the names beside the figures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sheets.values import plain

_CELLS = re.compile(r"\t|,|，|;|；| {2,}")
_NUMBER = re.compile(r"[0-9０-９]")


@dataclass
class Column:
    """What was read: a text for each organisation by key, and a sentence for each line that fits none."""

    texts: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_column(text: str, places: Mapping[int, Sequence[str]]) -> Column:
    """Match the lines to ``places`` (names by key, in the order of the page). Figures are left as they were typed.

    A line with a name goes to whom it names and to nobody when the name fits none or several; lines without names go
    by their order.
    """
    found, lines = Column(), [line for line in text.splitlines() if line.strip()]
    named = _by_name(places)
    order = list(places)
    position = 0
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in _CELLS.split(line.strip()) if cell.strip()]
        figure, name = _sort_out(cells)
        if not name:
            if position >= len(order):
                more = {"count": len(order), "given": len(lines)}
                found.faults.append(_("%(given)s figures were pasted for %(count)s lines.") % more)
                break
            found.texts[order[position]] = figure
            position += 1
            continue
        keys = named.get(plain(name), set())
        if len(keys) == 1:
            found.texts[next(iter(keys))] = figure
        else:
            words: dict[str, object] = {"number": number, "name": name}
            text_of = (
                _("Line %(number)s: “%(name)s” fits several organisations.")
                if keys
                else _("Line %(number)s: there is no “%(name)s” on this page.")
            )
            found.faults.append(text_of % words)
    return found


def _by_name(places: Mapping[int, Sequence[str]]) -> dict[str, set[int]]:
    named: dict[str, set[int]] = {}
    for key, names in places.items():
        for name in names:
            named.setdefault(plain(name), set()).add(key)
    return named


def _sort_out(cells: Sequence[str]) -> tuple[str, str]:
    """The figure and the name of a line; a line of one cell is a figure, the last cell with a digit is the figure."""
    if len(cells) == 1:
        return (cells[0], "") if _NUMBER.search(cells[0]) or len(cells[0]) < 3 else ("", cells[0])
    figures = [cell for cell in cells if _NUMBER.search(cell)]
    figure = figures[-1] if figures else ""
    names = [cell for cell in cells if cell != figure and not cell.isdigit()]
    return figure, names[0] if names else ""
