"""A superior's table filled: whose each line is, what each column is taken for, and what every empty cell becomes."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from ledgers.boards import generic
from ledgers.imports.places import Places, places_of
from ledgers.imports.sender import Sender
from ledgers.rules.kinds import KindRule
from ledgers.superior import sources
from ledgers.superior.sources import Source, Sources
from ledgers.superior.spans import spans
from ledgers.superior.values import Values
from ledgers.superior.within import Within
from naming.matching import Match
from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import ABOVE, OPERATING, VILLAGE_LEVEL, Kind
from sheets import units
from sheets.extraction import Doubt
from sheets.headings import LIKELY, PLACE, SERIAL, TOWNSHIP
from sheets.inplace import Address, Form, Line, LineKind, Value
from sheets.lines import squeezed
from sheets.mapping import Column
from sheets.stated import CHOICES, Stated, settle
from sheets.values import shown

EVERYTHING = frozenset(
    "全县 全市 全镇 全乡 本县 本镇 本乡 本单位 数量 数值 数 本期数 本期 累计 本年累计 实际数".split()  # noqa: SIM905
)
EXACT = Decimal("0.000001")
SAME_LEDGER = 0.25  # how much a source of the ledger that most headings speak of comes before others
_NOT = re.compile(r"无|未|没|不足")
NOBODY = 0  # a line that somebody said is left blank


@dataclass(frozen=True)
class Blank:
    """Cells that stay blank, and why: a whole line, or one column's cells of one reason."""

    label: str
    why: str
    addresses: list[str]


@dataclass
class Row:
    """One line of a table with the organisation it is of; ``why`` says why there is none."""

    form: Form
    line: Line
    township: str = ""  # the one its line, or the last line that has one, names
    unit: Organisation | None = None
    why: str = ""
    candidates: list[int] = field(default_factory=list)
    named: bool = False  # the line was empty: its name is written too

    @property
    def key(self) -> str:
        """What the choice of an organisation is remembered by."""
        return f"{self.form.number}:{self.line.section or self.township}:{self.line.label}"[:200]

    @property
    def label(self) -> str:
        """How the line is called."""
        return str(self.unit) if self.named and self.unit else self.line.label

    @property
    def address(self) -> str:
        """Where its name stands."""
        column = self.form.labels.get(PLACE, self.form.labels.get(TOWNSHIP, self.form.columns[0].index))
        return self.form.address(self.line.row, column)


class Filling:
    """One table filled; ``remembered`` are the sources chosen by column, ``chosen`` the organisations by line.

    Constant in queries: a few for the organisations, one or two for each source that is used.
    """

    def __init__(
        self,
        forms: list[Form],
        actor: Actor,
        period: str,
        *,
        offered: Sources,
        remembered: Mapping[str, str],
        chosen: Mapping[str, int],
        units: Mapping[str, str] | None = None,
    ) -> None:
        self.forms, self.actor, self.offered, self.chosen = forms, actor, offered, chosen
        self.said = units or {}  # column → the unit somebody said
        self.values = Values(Within.of(actor, period))
        self.cells: dict[Address, Value] = {}
        self.why: dict[tuple[int, int, int], str] = {}  # table, row and column → why the cell stays blank
        self.unnamed: list[Organisation] = []  # those for whom the table has no line left
        self.rows = self._rows()
        self.columns = proposed(forms, offered, remembered, self._telling)
        self._fill()

    # whose the lines are

    @cached_property
    def _places(self) -> Places:
        return places_of(Sender.of(self.actor), KindRule("", ""))

    def _rows(self) -> list[Row]:
        found: list[Row] = []
        keys: dict[int, int] = {}
        for form in self.forms:
            rows, township = [], ""
            for line in form.lines:
                if line.kind == LineKind.EMPTY:
                    continue
                township = line.texts.get(TOWNSHIP, "") or township
                row = Row(form, line, township)
                key = self._unit_of(row)
                if key:
                    keys[id(row)] = key
                rows.append(row)
            if not any(row.line.kind == LineKind.DATA for row in rows):
                rows = sorted([*self._named(form), *rows], key=lambda row: row.line.row)
            found += rows
        own = Organisation.objects.visible_to(self.actor).in_bulk(set(keys.values()))
        for row in found:
            if id(row) in keys:
                self._give(row, own.get(keys[id(row)]))
        return found

    def _give(self, row: Row, unit: Organisation | None) -> None:
        if unit is None:
            row.why = _("not one of your organisations")
        else:
            row.unit = unit

    def _unit_of(self, row: Row) -> int:
        """The key of the organisation a line is of; 0 when it is not known, or to be left out."""
        if row.key in self.chosen:
            row.why = "" if self.chosen[row.key] else _("left blank by choice")
            return self.chosen[row.key]
        line, actor = row.line, self.actor
        if line.kind == LineKind.TOTAL:
            return actor.organisation.pk
        if line.kind == LineKind.SUBTOTAL:
            named = squeezed(line.label).removesuffix("小计") or row.township or line.section
            above = self._places.matcher.find_township(named)
            row.why = "" if above.found else _("a subtotal")
            return int(above.key or 0)
        name = line.texts.get(PLACE, "")
        if self._is_all(line.label, row.form):
            return actor.organisation.pk
        match = self._match(name, row)
        row.candidates = [int(key) for key in match.candidates] or self._places.alike(match)
        if match.found:
            return int(match.key or 0)
        row.why = _("organisation not recognised")
        return 0

    def _is_all(self, label: str, form: Form) -> bool:
        words = squeezed(label)
        own = {squeezed(self.actor.organisation.name), squeezed(self.actor.organisation.short_name)}
        return words in EVERYTHING or words in own

    def _match(self, name: str, row: Row) -> Match:
        matcher, township = self._places.matcher, row.township
        if not name or matcher.names_township(name):
            return matcher.find_township(name or township)
        around = [text for text in (row.line.section, row.form.sheet, *row.form.titles, self._places.own) if text]
        found = matcher.find(
            name, township=township, code=row.line.texts.get("@code", ""), contexts=around, level="village"
        )
        if not found.found and not township:
            above = matcher.find_township(name)
            return above if above.found else found
        return found

    def _named(self, form: Form) -> list[Row]:
        """The empty lines of a table that names nobody yet: one for each organisation, in order, or one for all."""
        empty = [line for line in form.lines if line.kind == LineKind.EMPTY]
        place = PLACE in form.labels
        if not place and TOWNSHIP not in form.labels:
            return [Row(form, line, unit=self.actor.organisation) for line in empty[:1]]
        units = list(self._below(form, villages=place))
        self.unnamed += units[len(empty) :]
        return [Row(form, line, unit=unit, named=True) for line, unit in zip(empty, units, strict=False)]

    def _below(self, form: Form, *, villages: bool) -> Iterable[Organisation]:
        """Whom such a table is for: the townships, or the villages where it has a column for them."""
        column = next((c for c in form.columns if villages and c.index == form.labels[PLACE]), None)
        own = self.actor.organisation
        of_villages = own.kind in OPERATING or (
            column is not None and (TOWNSHIP in form.labels or any(sign in column.heading for sign in "村居"))
        )
        rows = Organisation.objects.visible_to(self.actor).open_on(self.actor.on).select_related("township")
        kinds = VILLAGE_LEVEL if of_villages else {Kind.TOWNSHIP}
        return rows.filter(paths.within(own.path), kind__in=kinds).order_by("path")

    # what the columns are taken for

    @property
    def _telling(self) -> set[int]:
        """The tables with lines of single villages or units, which have texts of their own."""
        several = OPERATING | ABOVE
        return {row.form.number for row in self.rows if row.unit is not None and row.unit.kind not in several}

    def source(self, form: Form, column: Column) -> Source | None:
        """What a column is filled from; None when it stays blank."""
        return self.offered.by_key.get(self.columns.get(form.key(column), ""))

    def doubt(self, form: Form, column: Column) -> Doubt | None:
        """What is asked about the unit of a column of money or areas, with the answer; None when it is read."""
        source = self.source(form, column)
        if source is None or source.measures not in CHOICES:
            return None
        settled = settle(source.description, column.units, _beside_own(form, column, self))
        if not settled.why:
            return None
        key = "|".join((form.key(column), settled.why, *settled.offered))
        said = self.said.get(key, "")
        return Doubt(key, settled.why, settled.offered, said if units.dimension(said) == source.measures else "")

    # the cells

    def _fill(self) -> None:
        serial: dict[int, int] = {}
        for row in self.rows:
            form, at = row.form, row.line.row
            if row.named and row.unit:
                serial[form.number] = serial.get(form.number, 0) + 1
                self._name(row, row.unit, serial[form.number])
            for column in form.heads:
                if form.is_empty(at, column.index):
                    self._cell(row, column)

    def _name(self, row: Row, unit: Organisation, number: int) -> None:
        form, at = row.form, row.line.row
        words: dict[str, Value] = {SERIAL: number, TOWNSHIP: str(unit.township or unit), PLACE: unit.name}
        if PLACE not in form.labels or unit.kind in OPERATING:
            words[TOWNSHIP] = unit.name
        words["@code"] = unit.code
        for key, value in words.items():
            if key in form.labels and form.is_empty(at, form.labels[key]):
                self.cells[form.sheet, form.address(at, form.labels[key])] = value

    def _cell(self, row: Row, column: Column) -> None:
        form, at = row.form, row.line.row
        source = self.source(form, column)
        where = (form.number, at, column.index)
        if source is None:
            self.why[where] = _("no source")
        elif row.unit is None:
            self.why[where] = row.why
        elif (unit := _unit(form, column, source)) is None:
            self.why[where] = _("the source is not measured in %(unit)s") % {"unit": column.unit}
        elif (doubt := self.doubt(form, column)) and not doubt.answer:
            self.why[where] = _("the table does not say in which unit it wants this: choose it above")
        else:
            value = self.values.at(source, row.unit)
            if value is None:
                self.why[where] = _("not reported")
            else:
                self.cells[form.sheet, form.address(at, column.index)] = _written(
                    value, doubt.answer if doubt else unit
                )

    def shown(self, row: Row, column: int) -> tuple[str, str]:
        """A cell of the preview: its text, and whether it is a filled number, a filled text, blank, or stood there."""
        form, at = row.form, row.line.row
        value = self.cells.get((form.sheet, form.address(at, column)))
        if value is not None:
            return (value, "filled") if isinstance(value, str) else (self._said(value, row, column), "filled text-end")
        is_label = column in form.labels.values()
        return form.shown(at, column), "blank" if form.is_empty(at, column) and not is_label else "kept"

    def _said(self, value: Value, row: Row, column: int) -> str:
        """A number of the preview; years and codes have no thousands."""
        head = next((head for head in row.form.heads if head.index == column), None)
        source = self.source(row.form, head) if head else None
        written = Decimal(shown(Decimal(value)))
        return f"{written}" if source and source.field and source.field.is_name else f"{written:,}"

    @property
    def blanks(self) -> list[Blank]:
        """The cells that stay blank: whole lines first, then the rest together by column and reason."""
        whole: list[Blank] = []
        parts: dict[tuple[int, int, str], list[int]] = {}
        for row in self.rows:
            at = [c.index for c in row.form.heads if row.form.is_empty(row.line.row, c.index)]
            why = {column: self.why.get((row.form.number, row.line.row, column), "") for column in at}
            reasons = set(why.values())
            if len(at) > 1 and len(reasons) == 1 and "" not in reasons:
                cells = [row.form.address(row.line.row, column) for column in at]
                whole.append(Blank(row.label, reasons.pop(), spans(cells)))
                continue
            for column, reason in why.items():
                if reason:
                    parts.setdefault((row.form.number, column, reason), []).append(row.line.row)
        forms = {form.number: form for form in self.forms}
        headings = {(form.number, column.index): column.heading for form in self.forms for column in form.columns}
        return whole + [
            Blank(headings[number, column], why, spans([forms[number].address(row, column) for row in rows]))
            for (number, column, why), rows in sorted(parts.items())
        ]

    @property
    def unrecognised(self) -> list[Row]:
        """The lines whose organisation has to be chosen, or is not the actor's."""
        return [
            row for row in self.rows if row.line.kind == LineKind.DATA and (row.unit is None or row.key in self.chosen)
        ]


def _unit(form: Form, column: Column, source: Source) -> str | None:
    """The unit a column is written in; None when the source measures something else."""
    stated = column.unit if column.unit in units.UNITS else ""
    if stated and source.measures and units.dimension(stated) != source.measures:
        return None
    return stated or next(iter(form.units.get(source.measures, ())), "") or source.unit


def _beside_own(form: Form, column: Column, filling: Filling) -> Stated:
    """What the lines around a table state for a column: one with a unit of its own is an exception where others
    go by the line, and contradicts it where none does.
    """
    if not column.units:
        return form.units
    others = (filling.source(form, other) for other in form.heads if not other.units)
    gone_by = {source.measures for source in others if source}
    return {measured: stated for measured, stated in form.units.items() if measured not in gone_by}


def _written(value: Value, unit: str) -> Value:
    """A stored value in a unit; 亩 to the second decimal, everything else as exact as it is."""
    if isinstance(value, str) or unit not in units.UNITS:
        return value
    number = Decimal(value) / units.UNITS[unit][1]
    number = number.quantize(Decimal("0.01") if unit == "亩" else EXACT).normalize()
    return int(number) if number == number.to_integral_value() else number


def proposed(
    forms: Iterable[Form], offered: Sources, remembered: Mapping[str, str], telling: Collection[int]
) -> dict[str, str]:
    """The source of each column: what was chosen before, else what its heading says; no source twice in a table.

    ``telling`` are the tables whose lines have texts; in the others a text would be nobody's.
    """
    found = dict(remembered)
    for form in forms:
        main = _main_ledger(form, offered)
        pairs = []
        for column in form.heads:
            if form.key(column) in found:
                continue
            for source, confidence in offered.guesses(column):
                if confidence < LIKELY or not _fits(form, column, source):
                    continue
                if source.what == sources.TEXT and form.number not in telling:
                    continue
                bonus = SAME_LEDGER if source.ledger == main else 0.0
                pairs.append((confidence + bonus - _loss(source), -column.index, column, source))
        taken = {found[form.key(column)] for column in form.heads if form.key(column) in found}
        for _score, _place, column, source in sorted(pairs, key=lambda pair: (-pair[0], -pair[1])):
            if form.key(column) not in found and source.key not in taken:
                found[form.key(column)] = source.key
                taken.add(source.key)
    return found


def _fits(form: Form, column: Column, source: Source) -> bool:
    """Whether unit and sense agree: 无收入 is never 有收入."""
    names = "".join(source.description.headings)
    return _unit(form, column, source) is not None and bool(_NOT.search(column.path[-1])) == bool(_NOT.search(names))


def _loss(source: Source) -> float:
    """Of one name, a theme's board comes before a ledger's own sums, and texts come last."""
    if source.what == sources.TEXT:
        return 0.05
    return 0.04 if source.board is not None and source.board.key.startswith(generic.PREFIX) else 0.0


def _main_ledger(form: Form, offered: Sources) -> str:
    """The ledger that most headings speak of."""
    votes: dict[str, float] = {}
    for column in form.heads:
        best: dict[str, float] = {}
        for source, confidence in offered.guesses(column):
            if source.ledger and confidence >= LIKELY:
                best[source.ledger] = max(best.get(source.ledger, 0), confidence)
        for ledger, confidence in best.items():
            votes[ledger] = votes.get(ledger, 0) + confidence
    return max(votes, key=lambda ledger: votes[ledger], default="")
