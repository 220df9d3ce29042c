"""The register as a table: which columns there are, what a row means, and what can be wrong with it.

A column that is there counts: an empty cell empties a simple value. It never takes a name, a rating or a term away,
and a column that is not there leaves everything as it is.
"""

import datetime
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models import Organisation
from orgs.rules import ABOVE, OPERATING, VILLAGE_LEVEL, Kind, PartyForm, form_fits
from sheets.reading import Cell, Sheet, UnreadableError, text_of

HEADINGS: Mapping[str, str | Promise] = {  # by column, in the order of the workbook
    "code": gettext_lazy("code"),
    "name": gettext_lazy("name"),
    "level": gettext_lazy("level"),
    "parent_code": gettext_lazy("code of the parent"),
    "urban_rural_class": gettext_lazy("urban-rural class"),
    "node_type": gettext_lazy("type in the register"),
    "short_name": gettext_lazy("short name"),
    "kind": gettext_lazy("kind"),
    "party_form": gettext_lazy("Party form"),
    "aliases": gettext_lazy("aliases"),
    "old_names": gettext_lazy("old names"),
    "year": gettext_lazy("year of class and stars"),
    "village_class": gettext_lazy("class"),
    "stars": gettext_lazy("stars"),
    "term_start": gettext_lazy("term began"),
    "term_end": gettext_lazy("term ends"),
    "opened_on": gettext_lazy("opened on"),
    "closed_on": gettext_lazy("closed on"),
    "merged_into_code": gettext_lazy("code of the one it was merged into"),
}
REQUIRED = ("code", "name")
HEADING_ROWS = 20  # headings are looked for in so many rows from the top

LEVELS: Mapping[str, str] = {  # the statistical register knows four levels; other organisations have none
    Kind.CITY: "city",
    Kind.COUNTY: "county",
    Kind.TOWNSHIP: "township",
    **dict.fromkeys(VILLAGE_LEVEL, "village"),
}
_NODE_TYPES: Mapping[str, Kind] = {  # 类似… and 虚拟 are cut off before
    "市": Kind.CITY,
    "地级": Kind.CITY,
    "县级": Kind.COUNTY,
    "县": Kind.COUNTY,
    "区": Kind.COUNTY,
    "镇": Kind.TOWNSHIP,
    "乡": Kind.TOWNSHIP,
    "民族乡": Kind.TOWNSHIP,
    "苏木": Kind.TOWNSHIP,
    "街道": Kind.TOWNSHIP,
    "乡级单位": Kind.TOWNSHIP,
    "居民委员会": Kind.COMMUNITY,
    "居委会": Kind.COMMUNITY,
    "村民委员会": Kind.VILLAGE,
    "村委会": Kind.VILLAGE,
}
_BY_LEVEL: Mapping[str, Kind] = {"city": Kind.CITY, "county": Kind.COUNTY, "township": Kind.TOWNSHIP}
_FORMS: Mapping[str, PartyForm] = {
    **dict.fromkeys(ABOVE | OPERATING, PartyForm.COMMITTEE),
    **dict.fromkeys(VILLAGE_LEVEL, PartyForm.BRANCH),
}


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong in one row (0: the file as a whole) and column, in the reader's language."""

    row: int
    column: str
    message: str

    @property
    def heading(self) -> str:
        """The column's heading in the reader's language."""
        return str(HEADINGS.get(self.column, ""))

    def __str__(self) -> str:
        if not self.row:
            return self.message
        if not self.column:
            return _("Row %(row)s: %(message)s") % {"row": self.row, "message": self.message}
        values = {"row": self.row, "column": HEADINGS[self.column], "message": self.message}
        return _("Row %(row)s, column “%(column)s”: %(message)s") % values


@dataclass(frozen=True)
class Table:
    """The rows of a file under our own column names; ``numbers`` are their rows in the file."""

    columns: tuple[str, ...]
    numbers: Sequence[int]
    rows: Sequence[Sequence[Cell]]


@dataclass
class Line:
    """One row read: its values by column, and the organisation it is about.

    The organisation already holds the values the file gives it; it is stored only when the file is loaded.
    ``faulty`` are the columns something is wrong with.
    """

    number: int
    code: str
    values: dict[str, Any]
    organisation: Organisation
    is_new: bool
    changes: list["Difference"] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)
    renamed_from: str = ""


@dataclass(frozen=True)
class Difference:
    """One column's value before and after, as shown."""

    column: str
    old: str
    new: str

    @property
    def heading(self) -> str:
        """The column's heading in the reader's language."""
        return str(HEADINGS[self.column])


def headings(columns: Sequence[str] = tuple(HEADINGS)) -> list[str]:
    """The headings of the columns in the reader's language."""
    return [str(HEADINGS[column]) for column in columns]


@lru_cache(maxsize=1)
def _known_headings() -> dict[str, str]:
    """Every heading by which a column is known: its own name and its heading in every language."""
    known = {column: column for column in HEADINGS}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known.update({str(heading).lower(): column for column, heading in HEADINGS.items()})
    return known


def table_of(sheets: Sequence[Sheet]) -> Table:
    """The first table with the headings of the register. Raises ``UnreadableError`` when there is none."""
    known = _known_headings()
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[:HEADING_ROWS]):
            places = {
                known[text]: place for place, text in enumerate(text_of(cell).lower() for cell in row) if text in known
            }
            if all(column in places for column in REQUIRED):
                return _table_below(sheet, at, places)
    raise UnreadableError(
        _(
            "No row with the headings “%(code)s” and “%(name)s” was found. "
            "Put them above the columns, or start from the export."
        )
        % {"code": HEADINGS["code"], "name": HEADINGS["name"]}
    )


def _table_below(sheet: Sheet, at: int, places: Mapping[str, int]) -> Table:
    columns = tuple(column for column in HEADINGS if column in places)
    order = [places[column] for column in columns]
    width = max(order) + 1
    numbers, rows = [], []
    for number, row in enumerate(sheet.rows[at + 1 :], at + 2):
        if any(cell != "" for cell in row):
            full = row if len(row) >= width else [*row, *[""] * (width - len(row))]
            numbers.append(number)
            rows.append([full[place] for place in order])
    return Table(columns, numbers, rows)


def kind_of(level: str, node_type: str) -> Kind:
    """The kind a level and node type of the statistical register stand for.

    类似乡级单位 (development zones and the like) are run like townships, 类似居民委员会 like communities, and
    类似村委会 like villages. Raises ``ValueError`` with (column, message).
    """
    bare = node_type.removeprefix("类似").replace("(虚拟)", "").replace("（虚拟）", "")
    by_type = _NODE_TYPES.get(bare)
    if node_type and by_type is None:
        raise ValueError("node_type", _("“%(text)s” is not a known type. Fill in the kind.") % {"text": node_type})
    if level and level not in LEVELS.values():
        raise ValueError("level", _("“%(text)s” is not one of city, county, township, village.") % {"text": level})
    if by_type is not None and level and LEVELS[by_type] != level:
        words = {"level": level, "type": node_type}
        raise ValueError("level", _("level “%(level)s” does not go with the type “%(type)s”.") % words)
    found = by_type or _BY_LEVEL.get(level)
    if found is None:
        column = "node_type" if level else "kind"
        raise ValueError(column, _("it does not say what the organisation is. Fill in the kind, or level and type."))
    return found


def default_form(kind: str, above: str | None) -> PartyForm:
    """The Party form of a new organisation whose row gives none.

    City, county, working committee and township have a committee, village and community a branch; of others we do not
    know whether they have any. What may not stand below the parent's form is left at none.
    """
    form = _FORMS.get(kind, PartyForm.NONE)
    return form if form_fits(form, above) else PartyForm.NONE


def cycles(parents: Mapping[str, str], among: Collection[str]) -> Iterator[list[str]]:
    """Each ring of codes that stand below one another, starting from the codes ``among``."""
    done: set[str] = set()
    for start in among:
        trail: dict[str, int] = {}
        code = start
        while code and code not in done and code not in trail:
            trail[code] = len(trail)
            code = parents.get(code, "")
        if code in trail:
            yield list(trail)[trail[code] :]
        done.update(trail)


@dataclass
class Plan:
    """What loading a file would do: lines by row, faults, and what the file lacks.

    ``missing`` are open organisations of the kinds in the file that stand below where it starts.
    """

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    missing: list[Organisation] = field(default_factory=list)

    @property
    def new(self) -> list[Line]:
        """The rows whose organisation is not there yet."""
        return [line for line in self.lines if line.is_new]

    @property
    def changed(self) -> list[Line]:
        """The rows whose organisation will read otherwise."""
        return [line for line in self.lines if line.changes and not line.is_new]

    @property
    def unchanged(self) -> int:
        """How many rows say what stands already."""
        return sum(1 for line in self.lines if not line.is_new and not line.changes)

    @property
    def digest(self) -> str:
        """A fingerprint of what would be done: the same preview has the same."""
        said = hashlib.sha256()
        for line in self.lines:
            said.update(repr((line.number, line.is_new, line.changes, sorted(line.faulty))).encode())
        return said.hexdigest()

    @property
    def empty(self) -> bool:
        """Whether loading would change nothing."""
        return not any(line.is_new or line.changes for line in self.lines)


def year_of(values: Mapping[str, Any], today: datetime.date) -> int:
    """The year a row's class and stars are for."""
    return values.get("year") or today.year
