"""A board in words: its cards, its table by township, and the rows behind a figure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledgers import exports, kinds, sealing
from ledgers.boards.board import Board, Chosen, Counts, Figure, Number, Rows, Words
from ledgers.models import Entry
from ledgers.rules import values as rules
from ledgers.standing import answered_for
from orgs.actor import Actor
from orgs.field_rules import FieldRule
from orgs.models import Organisation

WAN = Decimal(10_000)
HEAD = 3  # figures of a board on the page of all boards


@dataclass(frozen=True)
class Cell:
    """A figure in one place: its text, the rows behind it, and what a workbook holds."""

    text: str
    plain: Any = None
    url: str = ""
    light: str = ""
    more: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a board's table."""

    label: Words
    cells: list[Cell]


@dataclass(frozen=True)
class Card:
    """A figure above the table."""

    label: Words
    cell: Cell


def address(board: Board, name: str, chosen: Chosen, unit: int | None = None) -> str:
    """Where the rows behind a figure stand."""
    kept: dict[str, Any] = {"year": chosen.year, "township": unit or chosen.township}
    query = urlencode({key: value for key, value in kept.items() if value})
    return f"{reverse('ledger_board_rows', args=[board.key, name])}?{query}"


def in_wan(amount: Decimal) -> str:
    """Money in 万元."""
    return f"{amount / WAN:,.2f}"


def _cell(board: Board, figure: Figure, number: Number, chosen: Chosen, unit: int | None = None) -> Cell:
    url = address(board, figure.name, chosen, unit) if number.count else ""
    light = figure.light if number.count else ""
    if figure.amount is None:
        return Cell(str(number.count), number.count, url, light)
    if figure.measure is not None:  # the sum is what is asked for; how many rows it comes from stands beside it
        said = rules.shown_number(figure.measure, number.amount or Decimal(0))
        behind = ngettext("from %(count)s row", "from %(count)s rows", number.count) % {"count": number.count}
        return Cell(said, float(said.replace(",", "")), url, light, behind)
    said = amount_in_words(figure, number.amount or Decimal(0))
    return Cell(str(number.count), f"{number.count}（{said}）" if number.count else 0, url, light, said)


def amount_in_words(figure: Figure, amount: Decimal) -> str:
    """What is added up, with its unit."""
    if figure.unit == "persons":
        return _("%(count)s persons") % {"count": f"{amount:,.0f}"}
    if figure.unit == "times":
        return _("%(count)s attendances") % {"count": f"{amount:,.0f}"}
    return _("%(amount)s (10,000 yuan)") % {"amount": in_wan(amount)}


def cards(board: Board, counts: Counts) -> list[Card]:
    """The rates first, then every figure."""
    found = [Card(rate.label, _share(counts.rate(rate))) for rate in board.rates]
    found += [Card(f.title(counts.chosen), _cell(board, f, counts.total(f.name), counts.chosen)) for f in board.figures]
    return found


def head(board: Board, counts: Counts) -> list[Card]:
    """The first rate and what is bad news, for the page of all boards."""
    found = [Card(rate.label, _share(counts.rate(rate))) for rate in board.rates[:1]]
    bad = [figure for figure in board.figures if figure.light == "late"]
    found += [Card(f.title(counts.chosen), _cell(board, f, counts.total(f.name), counts.chosen)) for f in bad]
    return found[:HEAD]


def _share(share: float | None) -> Cell:
    return Cell("—" if share is None else f"{share}%", share)


def table_headings(board: Board, chosen: Chosen) -> list[dict[str, Any]]:
    """The headings of the table by township."""
    found: list[dict[str, Any]] = [{"label": figure.title(chosen)} for figure in board.figures if figure.shown]
    return found + [{"label": f"{rate.label}（%）"} for rate in board.rates]


def table(board: Board, counts: Counts) -> list[Row]:
    """A line for each township that has anything in it; whoever sees part of one only has a line of the own."""
    units = {unit for numbers in counts.by_unit.values() for unit in numbers}
    actor = counts.chosen.actor
    seen = {unit.pk: str(unit) for unit in Organisation.objects.visible_to(actor).filter(pk__in=units).in_order()}
    found = []
    for unit, label in [*seen.items(), *((unit, str(actor.organisation)) for unit in sorted(units - seen.keys()))]:
        cells = [_cell(board, f, counts.at(f.name, unit), counts.chosen, unit) for f in board.figures if f.shown]
        found.append(Row(label, [*cells, *(_share(counts.rate(rate, unit)) for rate in board.rates)]))
    return found


def total(board: Board, counts: Counts) -> Row:
    """The line below them."""
    cells = [_cell(board, f, counts.total(f.name), counts.chosen) for f in board.figures if f.shown]
    return Row(_("total"), [*cells, *(_share(counts.rate(rate)) for rate in board.rates)])


# The rows behind a figure


def rows(board: Board, figure: Figure, chosen: Chosen) -> Rows:
    """The figure's rows in the order of the tree."""
    found = figure.rows(chosen)
    if found.model is Organisation:
        return found.select_related("township").order_by("path")
    return found.select_related("organisation__township").order_by("organisation__path", "period", "key")


@dataclass(frozen=True)
class Headings:
    """What stands above the rows: the fields shown, whether they are numbers, and the columns worked out."""

    fields: list[FieldRule]
    extras: list[str]
    of_entries: bool

    @property
    def words(self) -> list[str]:
        """All headings of a workbook."""
        return [
            _("township"),
            _("organisation"),
            _("code"),
            *(exports.heading(field) for field in self.fields),
            *self.extras,
        ]


def row_headings(board: Board, found: Rows, actor: Actor) -> Headings:
    """The headings of a figure's rows; organisations without a row of the ledger have no values."""
    if found.model is Organisation:
        return Headings([], [], of_entries=False)
    return Headings(_fields(board, actor), [str(extra.label) for extra in board.extras], of_entries=True)


def _fields(board: Board, actor: Actor) -> list[FieldRule]:
    """The board's columns as they are called where the actor stands; those of a ledger beside it are added."""
    known: dict[str, FieldRule] = {}
    for kind in kinds.of(actor).seen_from(actor.organisation.path).values():
        known |= {column.key: column.field for column in kind.columns}
    return [known[key] for key in board.columns if key in known and not known[key].is_personal]


@dataclass(frozen=True)
class Line:
    """One row: its organisation, where it leads, and its texts."""

    organisation: Organisation
    url: str
    title: str
    cells: list[tuple[str, bool]]


def lines(board: Board, shown: Sequence[Any], chosen: Chosen) -> list[Line]:
    """The rows as the page shows them."""
    fields = _fields(board, chosen.actor)
    found = []
    for row in shown:
        if isinstance(row, Organisation):
            url = f"{reverse('ledger', args=[board.ledger])}?organisation={row.pk}"
            found.append(Line(row, url, "", []))
            continue
        values = sealing.open_all(row.values)
        cells = [(rules.shown(f, values.get(f.key), row.marks.get(f.key, ())), f.is_number) for f in fields]
        cells += [(extra.text(values, chosen), False) for extra in board.extras]
        found.append(Line(row.organisation, row.get_absolute_url(), _title(row, values, chosen), cells))
    return found


def _title(row: Entry, values: Mapping[str, Any], chosen: Chosen) -> str:
    kind = kinds.of(chosen.actor).get(row.organisation.path, row.ledger)
    return kind.title_of(values) if kind and not kind.personal else ""


def sheet_lines(board: Board, found: Rows, chosen: Chosen) -> Iterator[list[Any]]:
    """The rows as a workbook holds them."""
    fields = _fields(board, chosen.actor)
    for row in found.iterator(chunk_size=2000):
        if isinstance(row, Organisation):
            yield [str(row.township or ""), row.name, row.code]
            continue
        values = sealing.open_all(row.values)
        unit = row.organisation
        yield [
            str(unit.township or ""),
            unit.name,
            unit.code,
            *(exports.cell(f, values.get(f.key), row.marks.get(f.key, []), is_open=False) for f in fields),
            *(extra.text(values, chosen) for extra in board.extras),
        ]


def organisations(found: Iterable[Any], actor: Actor) -> list[int]:
    """The organisations behind a figure's rows."""
    keys = {row.pk if isinstance(row, Organisation) else row.organisation_id for row in found}
    return list(answered_for(actor).filter(pk__in=keys).values_list("pk", flat=True))
