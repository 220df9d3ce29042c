"""A column pasted from a spreadsheet, matched to organisations: in order, or by the names beside the figures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sheets import clipboard
from sheets.stated import stated
from sheets.units import AREA, MONEY, dimension
from sheets.values import plain
from tasks.rules import typed_facts

_BARE = re.compile(r"[-+]?[\d,，.．０-９\s]+")
_BETWEEN = re.compile(r"^[\s,，;；:：、]+|[\s,，;；:：、]+$")
_TOTALS = frozenset({"合计", "总计", "小计", "全县", "全县合计", "全镇", "全镇合计"})
_LONGEST = 200  # characters of a line written by hand
_NO_BREAK = str.maketrans({"\u00a0": " ", "\u3000": " "})

Names = Mapping[int, Sequence[str]]


@dataclass
class Column:
    """What was read: a text for each organisation by key, and a sentence for each line that fits none."""

    texts: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    """One line taken apart: ``key`` is whom it names, None for nobody; ``fault`` why it cannot be read."""

    number: int
    figure: str = ""
    key: int | None = None
    named: bool = False
    fault: str = ""


def read_column(text: str, places: Names, unit: str = "", besides: Names | None = None) -> Column:
    """Match the lines to ``places`` (names by key, in the order of the page). Figures are left as they were typed.

    A line with a name goes to whom it names and to nobody when the name fits none or several; ``besides`` are further
    names by key. Lines without names go by their order, and a blank one leaves its place as it is. A separator of
    thousands separates no figures; a line with several figures is asked about.
    """
    named = _by_name({**places, **(besides or {})})
    cells = [[cell.translate(_NO_BREAK).strip() for cell in row] for row in clipboard.rows(text)]
    while cells and not any(cells[-1]):
        cells.pop()
    apart = [_taken_apart(number, row, named, unit) for number, row in enumerate(cells, start=1)]
    lines = [line for line in apart if line is not None]
    found = Column(faults=[line.fault for line in lines if line.fault])
    if any(line.named for line in lines):
        _by_names(lines, found)
    else:
        _by_order(lines, list(places), found)
    _take_unit([line for line, read in zip(cells, apart, strict=True) if read and read.fault], unit, found)
    return found


def _take_unit(beside: Sequence[Sequence[str]], unit: str, found: Column) -> None:
    """Read the figures in the unit that headings or lines around them state; two units are asked about."""
    around = stated(cell for line in beside for cell in line if cell)
    named = around.get(dimension(unit) or "", ()) if dimension(unit) in {MONEY, AREA} else ()
    if len(named) > 1:
        found.texts.clear()
        found.faults.append(
            _("Several units are stated (%(units)s): paste the figures alone.") % {"units": "、".join(named)}
        )
    elif named and named[0] != unit:
        found.texts = {key: text + named[0] if _BARE.fullmatch(text) else text for key, text in found.texts.items()}


def _by_names(lines: Sequence[_Line], found: Column) -> None:
    twice = set[int]()
    for line in lines:
        if line.fault or not line.figure:
            continue
        if line.key is None:
            text = _("Line %(number)s: “%(figure)s” stands beside no name.")
            found.faults.append(text % {"number": line.number, "figure": line.figure})
        elif found.texts.setdefault(line.key, line.figure) != line.figure:
            twice.add(line.key)
            found.faults.append(_("Line %(number)s: it names an organisation a second time.") % {"number": line.number})
    for key in twice:
        del found.texts[key]


def _by_order(lines: Sequence[_Line], order: Sequence[int], found: Column) -> None:
    if len(lines) > len(order):
        more = {"count": len(order), "given": len(lines)}
        found.faults.append(_("%(given)s figures were pasted for %(count)s lines.") % more)
    if not any(line.fault for line in lines):
        found.texts |= {key: line.figure for key, line in zip(order, lines, strict=False) if line.figure}


def _by_name(places: Names) -> dict[str, set[int]]:
    named: dict[str, set[int]] = {}
    for key, names in places.items():
        for name in names:
            named.setdefault(plain(name), set()).add(key)
    return named


def _taken_apart(number: int, row: Sequence[str], named: Mapping[str, set[int]], unit: str) -> _Line | None:
    """One line; None where it only sums the others up."""
    cells = [cell for cell in row if cell]
    if len(cells) == 1 and not _is_figure(cells[0], unit):
        cells = _written_by_hand(cells[0], named, unit)
    names = [cell for cell in cells if plain(cell) in named] or [cell for cell in cells if not _is_figure(cell, unit)]
    if not names:
        return _figure_of(number, cells, None)
    name = names[0]
    if plain(name) in _TOTALS and plain(name) not in named:
        return None
    keys = named.get(plain(name), set())
    if len(keys) != 1:
        text = (
            _("Line %(number)s: “%(name)s” fits several organisations.")
            if keys
            else _("Line %(number)s: there is no “%(name)s” on this page.")
        )
        return _Line(number, named=True, fault=text % {"number": number, "name": name})
    at = cells.index(name)
    before = [cell for cell in cells[:at] if not cell.isdecimal()]  # digits before a name number the lines
    after = cells[at + 1 :]
    return _figure_of(number, [*before, *after] if after else cells[:at], next(iter(keys)))


def _figure_of(number: int, cells: Sequence[str], key: int | None) -> _Line:
    """The one figure of a line; nothing is picked from several."""
    if len(cells) <= 1:
        return _Line(number, "".join(cells), key, named=key is not None)
    text = _("Line %(number)s holds more than one figure (%(figures)s): paste one column of figures.")
    words = {"number": number, "figures": " | ".join(cells)}
    return _Line(number, key=key, named=key is not None, fault=text % words)


def _written_by_hand(line: str, named: Mapping[str, set[int]], unit: str) -> list[str]:
    """A line without tabs (河口镇，1,200): the name known, and what is left of the line as one text."""
    if len(line) > _LONGEST:
        return [line]
    for cut in range(len(line), 0, -1):  # the longest name first
        for one, other in ((line[:cut], line[cut:]), (line[-cut:], line[:-cut])):
            if plain(_BETWEEN.sub("", one)) in named:
                return [_BETWEEN.sub("", one), *filter(None, [_BETWEEN.sub("", other).strip('"“”')])]
    match = re.fullmatch(r"(\D+?)[\s,，;；:：、]*([-+]?\d.*)", line)
    if match and _is_figure(match[2], unit):
        return [match[1], match[2]]
    return [line]


def _is_figure(text: str, unit: str) -> bool:
    """Whether a text reads as one figure, or says that there is none."""
    try:
        typed_facts.figure(text, unit)
    except typed_facts.NotRead:
        return False
    return True
