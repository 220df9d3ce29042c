"""The board of any ledger, made from its description: who reported, who did not, the sum of every number, every yes.

So a ledger that a county describes itself has its board without any code.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from ledgers import standing
from ledgers.boards.board import Board, Chosen, Figure, Rate, Rows
from ledgers.models.entry import is_yes, number_of
from ledgers.rules.kinds import Column, KindRule
from orgs.field_rules import FieldType

PREFIX = "of-"
MOST = 12  # columns the rows behind a figure show
IN_TABLE = 10  # figures that stand in the table by township; all of them stand above it


def key_of(kind: KindRule) -> str:
    """Under which key a ledger's own board stands."""
    return PREFIX + kind.key


def board_of(kind: KindRule) -> Board:
    """The ledger's board as it is described now."""
    figures = [
        Figure("rows", _("rows"), lambda chosen: _rows(kind, chosen)),
        Figure("reported", _("reported"), lambda chosen: _with_rows(kind, chosen), "fine"),
    ]
    rates: tuple[Rate, ...] = ()
    if kind.everyone:
        figures.insert(0, Figure("owing", _("owe a row"), lambda chosen: _owing(kind, chosen)))
        figures.append(Figure("missing", _("not reported"), lambda chosen: _missing(kind, chosen), "late"))
        rates = (Rate("rate", _("share reported"), ("reported",), "owing"),)
    open_columns = [column for column in kind.columns if not column.field.is_personal]
    figures += [figure for column in open_columns if (figure := _figure(kind, column))]
    return Board(
        key_of(kind),
        kind.label,
        kind.note or _("Every number of the ledger added up, every yes counted."),
        kind.key,
        tuple(replace(figure, shown=place < IN_TABLE) for place, figure in enumerate(figures)),
        rates,
        tuple(column.key for column in open_columns[:MOST]),
    )


def _figure(kind: KindRule, column: Column) -> Figure | None:
    key = column.key
    if column.field.is_number and column.field.type != FieldType.PERCENT and not column.field.is_name:
        return Figure(
            f"sum-{key}", _heading(column), _filled(kind, key), amount=lambda: number_of(key), measure=column.field
        )
    if column.field.type == FieldType.BOOL:
        return Figure(f"yes-{key}", column.label, lambda chosen: _rows(kind, chosen).filter(is_yes(key)))
    return None


def _heading(column: Column) -> str:
    unit = column.field.unit
    return f"{column.label}（{unit}）" if unit else column.label


def with_code(kind: KindRule, key: str, code: str, chosen: Chosen) -> Any:
    """The rows of the year that hold one entry of a code list."""
    return _rows(kind, chosen).filter(**{f"values__{key}": code})


def _filled(kind: KindRule, key: str) -> Callable[[Chosen], Rows]:
    return lambda chosen: _rows(kind, chosen).filter(values__has_key=key)


def _rows(kind: KindRule, chosen: Chosen) -> Any:
    """The rows of the year's periods; of a list that goes on, all of them."""
    rows = chosen.entries(kind.key)
    return rows.filter(period__startswith=str(chosen.year)) if kind.period else rows


def _owing(kind: KindRule, chosen: Chosen) -> Rows:
    rows = standing.owing(chosen.actor, kind)
    return rows.filter(township=chosen.township) if chosen.township else rows


def _with_rows(kind: KindRule, chosen: Chosen) -> Rows:
    """The organisations that have a row in the period due."""
    return _owing(kind, chosen).filter(Exists(_due(kind, chosen)))


def _missing(kind: KindRule, chosen: Chosen) -> Rows:
    return _owing(kind, chosen).filter(~Exists(_due(kind, chosen)))


def _due(kind: KindRule, chosen: Chosen) -> Any:
    rows = chosen.entries(kind.key, kind.due_period(chosen.day))
    return rows.order_by().filter(organisation=OuterRef("pk"))
