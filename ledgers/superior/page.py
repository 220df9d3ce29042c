"""A superior's table as its page shows it: the columns with their choices, the lines to settle, the preview."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from ledgers.superior.filling import Filling, Row
from ledgers.superior.sources import Source, Sources
from orgs import paths
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import OPERATING, VILLAGE_LEVEL
from sheets.extraction import Doubt
from sheets.headings import SURE
from sheets.inplace import Form
from sheets.mapping import Column
from sheets.packed import column_letters
from sheets.stated import CHOICES, CONFLICT

MOST_LINES = 60  # lines of the preview
CLOSE = 0.04  # how near two guesses are when neither is sure
LIKE = 6  # sources that resemble the heading
Options = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Head:
    """A column of the table: where it stands, its heading, and the sources to choose from."""

    name: str
    letters: str
    heading: str
    unit: str
    source: Source | None
    options: Options
    sure: bool
    unit_name: str = ""  # under which the answer is sent when the unit has to be asked
    units: list[str] = field(default_factory=list)
    said: str = ""
    conflict: bool = False


@dataclass(frozen=True)
class Unsettled:
    """A line whose organisation is not known, or was chosen by somebody."""

    name: str
    row: Row
    options: list[tuple[int, str]]
    chosen: int | None


def field_of(form: Form, column: Column) -> str:
    """Under which name a column's choice is sent."""
    return f"c{form.key(column)}"


def unit_of(form: Form, column: Column) -> str:
    """Under which name a column's unit is sent."""
    return f"u{form.key(column)}"


def line_of(row: Row) -> str:
    """Under which name a line's choice is sent."""
    return f"l{row.form.number}-{row.line.row}"


def heads(filling: Filling, wanted: str, confirmed: Mapping[str, str]) -> list[Head]:
    """Every column that holds values; ``wanted`` is a further group to offer, ``confirmed`` what somebody chose."""
    used = [source for form in filling.forms for column in form.heads if (source := filling.source(form, column))]
    open_groups = {source.group for source in used} | {wanted}
    groups = {name: rows for name, rows in filling.offered.groups.items() if name in open_groups}
    found = []
    for form in filling.forms:
        for column in form.heads:
            if any(form.is_empty(line.row, column.index) for line in form.lines):
                source = filling.source(form, column)
                sure = form.key(column) in confirmed or source is None or _is_sure(column, source, filling.offered)
                options = _options(column, filling.offered, groups)
                where = form.address(form.lines[0].row, column.index)
                letters = where if form.turned else column_letters(column.index)
                head = Head(field_of(form, column), letters, column.heading, column.unit, source, options, sure)
                found.append(_asked(head, filling.doubt(form, column), unit_of(form, column)))
    return found


def _asked(head: Head, doubt: Doubt | None, name: str) -> Head:
    if doubt is None or head.source is None:
        return head
    choices = list(dict.fromkeys((*doubt.offered, *CHOICES[head.source.measures])))
    return replace(head, unit_name=name, units=choices, said=doubt.answer, conflict=doubt.why == CONFLICT)


def _is_sure(column: Column, source: Source, offered: Sources) -> bool:
    """Whether a heading means this source and hardly another of the same kind."""
    likely = {guess.key: sure for guess, sure in offered.guesses(column) if guess.what == source.what}
    rivals = sum(sure >= max(likely.values()) - CLOSE for sure in likely.values()) if likely else 0
    return likely.get(source.key, 0) >= SURE and rivals == 1


def _options(column: Column, offered: Sources, groups: Mapping[str, list[Source]]) -> Options:
    like = [source for source, _confidence in offered.guesses(column)]
    found: Options = [(_("like the heading"), [(s.key, f"{s.group}：{s.label}") for s in like[:LIKE]])] if like else []
    first = {source.key for source in like[:LIKE]}
    found += [(name, [(s.key, s.label) for s in rows if s.key not in first]) for name, rows in groups.items()]
    return found


def unsettled(filling: Filling, actor: Actor) -> list[Unsettled]:
    """The lines to settle, each with those it may mean."""
    rows = filling.unrecognised
    if not rows:
        return []
    usual = usual_choices(actor)
    wanted = {key for row in rows for key in row.candidates} | {filling.chosen.get(row.key, 0) for row in rows}
    known = Organisation.objects.visible_to(actor).select_related("township").in_bulk(wanted)
    found = []
    for row in rows:
        chosen = filling.chosen.get(row.key)
        first = [*row.candidates, *([chosen] if chosen else [])]
        options = {key: _called(known[key]) for key in first if key in known} | usual
        found.append(Unsettled(line_of(row), row, list(options.items()), chosen))
    return found


def usual_choices(actor: Actor) -> dict[int, str]:
    """The actor's own organisation and those right below it: townships of a county, villages of a township."""
    own = actor.organisation
    kinds = VILLAGE_LEVEL if own.kind in OPERATING else OPERATING
    rows = Organisation.objects.visible_to(actor).open_on(actor.on).filter(paths.within(own.path))
    return {own.pk: own.name} | {row.pk: row.name for row in rows.filter(kind__in=kinds).order_by("path")}


def _called(unit: Organisation) -> str:
    return f"{unit.township} {unit}" if unit.township_id and unit.township_id != unit.pk else str(unit)


@dataclass(frozen=True)
class Preview:
    """One table as it comes out: its headings and its first lines."""

    sheet: str
    titles: list[str]
    headings: list[str]
    lines: list[list[tuple[str, str]]]
    more: int


def previews(filling: Filling) -> list[Preview]:
    """The tables as they come out."""
    found = []
    for form in filling.forms:
        rows = [row for row in filling.rows if row.form is form]
        shown = [[filling.shown(row, column.index) for column in form.columns] for row in rows[:MOST_LINES]]
        headings = [column.heading for column in form.columns]
        found.append(Preview(form.sheet, form.titles[:2], headings, shown, max(0, len(rows) - MOST_LINES)))
    return found
