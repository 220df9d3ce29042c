"""Where a cell of a superior's table may come from: a board's figure, a text of a ledger, a task's figure.

The key of a source is kept with a table's mapping: ``board:income.reported.amount``, ``text:venue.build_type``,
``task:12``. Personal data is no source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from ledgers import kinds
from ledgers.boards import ALL, BY_KEY, generic
from ledgers.boards.board import Board, Chosen, Figure, Rate
from ledgers.fields import described, type_of
from ledgers.rules.kinds import Column, KindRule
from ledgers.superior.within import Within
from orgs.actor import Actor
from orgs.county.dictionary import shipped
from orgs.field_rules import Code, FieldRule, FieldType
from sheets import units
from sheets.fields import FieldDescription, Type
from sheets.headings import Vocabulary, bare
from sheets.mapping import Column as Head
from tasks.models import Task
from tasks.rules.status import Shape, TaskStatus

COUNT, AMOUNT, RATE, TEXT, TASK, CODE = "count", "amount", "rate", "text", "task", "code"
MOST_GUESSES = 16
WORD_FOR_WORD = 0.8  # how sure an entry of a code list is: figures of the same name come before it
_COUNTED = ("数", "个数", "村数", "数量")  # what a heading adds when it counts
_SAY_LITTLE = frozenset(("其他", "通过", "合格", "一般"))
_PERSONS = {"persons": "人", "times": "人次"}


@dataclass(frozen=True)
class Source:
    """One source: what it is of, and how it is called in its ledger's group.

    ``measures`` is what its values measure (``sheets.units``), stored in yuan, square metres, pieces or points;
    empty when they have no unit. ``unit`` is the one written where the table states none.
    """

    key: str
    what: str
    ledger: str
    group: str
    label: str
    description: FieldDescription
    measures: str = ""
    unit: str = ""
    board: Board | None = None
    figure: Figure | None = None
    rate: Rate | None = None
    field: FieldRule | None = None
    task: int = 0


class Sources:
    """Everything a table of this actor may be filled from, by key; one query for the tasks."""

    def __init__(self, actor: Actor, chosen: Within) -> None:
        self.chosen = chosen
        found: list[Source] = []
        for kind in kinds.in_use(actor):
            found += _of_kind(kind, chosen)
        in_use = {kind.key: kind for kind in kinds.in_use(actor)}
        for board in ALL:
            if board.ledger in in_use:
                found += _of_board(board, in_use[board.ledger], chosen)
        found += _of_tasks(actor, chosen.year)
        self.by_key: Mapping[str, Source] = {source.key: source for source in found}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names of all sources, as headings are compared with them; entries of code lists only word for word."""
        found = Vocabulary(source.description for source in self.by_key.values() if source.what != CODE)
        for source in self.by_key.values():
            if source.what == CODE:
                for name in source.description.headings:
                    found.words.setdefault(bare(name), source.key)
        return found

    def guesses(self, column: Head) -> list[tuple[Source, float]]:
        """What a column may be filled from, with how sure that is: the likeliest first."""
        found = [
            (self.by_key[guess.key], guess.confidence)
            for guess in self.vocabulary.guesses(column.path)[:MOST_GUESSES]
            if guess.key in self.by_key
        ]
        exact = self.by_key.get(self.vocabulary.words.get(bare(column.path[-1]), ""))
        if exact is not None and exact.what == CODE:
            found.append((exact, WORD_FOR_WORD))
        return sorted(found, key=lambda pair: -pair[1])

    @property
    def groups(self) -> dict[str, list[Source]]:
        """The sources under the name of their ledger or board."""
        found: dict[str, list[Source]] = {}
        for source in self.by_key.values():
            found.setdefault(source.group, []).append(source)
        return found


def _of_kind(kind: KindRule, chosen: Chosen) -> Iterable[Source]:
    """What is in a ledger: who reported, its numbers added up, its yes counted, its texts row by row."""
    board = generic.board_of(kind)
    for figure in board.figures:
        head, _dash, name = figure.name.partition("-")
        column = kind.by_key.get(name)
        if column is None or head not in {"sum", "yes"}:
            yield _counted(board, figure, kind.key, kind.label, chosen)
        elif head == "sum":
            yield _summed(board, figure, kind, column)
        else:
            names = (column.field.zh, *column.field.aliases, *column.aliases)
            found = _counted(board, figure, kind.key, kind.label, chosen, [_without_asking(name) for name in names])
            yield replace(found, label=_("%(what)s (how many)") % {"what": column.label})
    for column in kind.columns:
        if column.field.type == FieldType.ENUM and not column.field.is_personal:
            yield from (_coded(board, kind, column, code) for code in column.field.codes)
    if not kind.natural_key:
        yield from (_told(kind, column) for column in kind.columns if _is_text(column))


def _coded(board: Board, kind: KindRule, column: Column, code: Code) -> Source:
    """The rows that hold one entry of a code list, counted: 党员大会次数, 新建."""
    key = f"code:{kind.key}.{column.key}.{code.value}"
    figure = Figure(
        f"{column.key}={code.value}", code.label, lambda chosen: generic.with_code(kind, column.key, code.value, chosen)
    )
    names = [name for name in (code.value, *code.aliases) if len(name) > 1 and name not in _SAY_LITTLE]
    aliases = tuple(f"{name}{end}" for name in names for end in (*_COUNTED, "次数"))
    description = FieldDescription(key, Type.INT, aliases=(*(name for name in names if len(name) > 2), *aliases))
    label = _("%(field)s: %(code)s (how many)") % {"field": column.label, "code": code.label}
    return Source(key, CODE, kind.key, kind.label, label, description, units.COUNT, "", board, figure)


def _is_text(column: Column) -> bool:
    return not column.field.is_personal and (not column.field.is_number or column.field.type == FieldType.PERCENT)


def _without_asking(name: str) -> str:
    return name.removeprefix("是否").removeprefix("有无").removeprefix("已")


def _summed(board: Board, figure: Figure, kind: KindRule, column: Column) -> Source:
    field = column.field
    key = f"board:{board.key}.{figure.name}.amount"
    measures = _measures(field)
    return Source(
        key,
        AMOUNT,
        kind.key,
        kind.label,
        column.label,
        replace(described(column), key=key),
        measures,
        field.unit,
        board,
        figure,
        field=field,
    )


def _measures(field: FieldRule) -> str:
    fixed = {FieldType.MONEY: units.MONEY, FieldType.AREA: units.AREA, FieldType.PERCENT: units.SHARE}
    found = fixed.get(FieldType(field.type)) or units.dimension(field.unit) or ""
    return units.COUNT if field.type == FieldType.INT and not found else found


def _told(kind: KindRule, column: Column) -> Source:
    key = f"text:{kind.key}.{column.key}"
    group = f"{kind.label}"
    return Source(
        key,
        TEXT,
        kind.key,
        group,
        column.label,
        replace(described(column), key=key, type=type_of(column.field)),
        units.SHARE if column.field.type == FieldType.PERCENT else "",
        column.field.unit,
        field=column.field,
    )


def _counted(
    board: Board, figure: Figure, ledger: str, group: str, chosen: Chosen, names: Iterable[str] = ()
) -> Source:
    """A figure's rows counted; its Chinese name with and without 数 is how headings call it."""
    key = f"board:{board.key}.{figure.name}"
    with translation.override("zh-hans"):
        stems = [*names] or [str(figure.title(chosen))]
    aliases = tuple(f"{stem.removesuffix('数')}{end}" for stem in stems for end in _COUNTED)
    plain = () if names else (stems[0],)
    description = FieldDescription(key, Type.INT, aliases=(*plain, *aliases))
    return Source(key, COUNT, ledger, group, str(figure.title(chosen)), description, units.COUNT, "", board, figure)


def _of_board(board: Board, kind: KindRule, chosen: Chosen) -> Iterable[Source]:
    """A shipped board's figures and shares."""
    group = f"{board.label}"
    for figure in board.figures:
        yield replace(_counted(board, figure, kind.key, group, chosen), label=_how_many(figure, chosen))
        if figure.amount is not None:
            yield _amount(board, figure, kind, group, chosen)
    for rate in board.rates:
        key = f"board:{board.key}.{rate.name}"
        with translation.override("zh-hans"):
            name = str(rate.label)
        description = FieldDescription(key, Type.PERCENT, aliases=(name, f"{name.removesuffix('率')}率"))
        label = f"{rate.label}（%）"
        yield Source(key, RATE, kind.key, group, label, description, units.SHARE, "%", board, rate=rate)


def _how_many(figure: Figure, chosen: Chosen) -> str:
    title = str(figure.title(chosen))
    return title if figure.amount is None else _("%(what)s (how many)") % {"what": title}


def _amount(board: Board, figure: Figure, kind: KindRule, group: str, chosen: Chosen) -> Source:
    key = f"board:{board.key}.{figure.name}.amount"
    with translation.override("zh-hans"):
        name = str(figure.title(chosen))
    is_money = figure.unit == "yuan"
    stems = dict.fromkeys((name, name.removeprefix("有")))
    ends = ("", "金额", "资金", "总额") if name.startswith("有") else ("金额", "资金")
    description = FieldDescription(
        key, Type.MONEY if is_money else Type.INT, aliases=tuple(f"{stem}{end}" for stem in stems for end in ends)
    )
    unit = "万元" if is_money else _PERSONS.get(figure.unit, "")
    measures = units.MONEY if is_money else units.COUNT
    label = _("%(what)s (amount)") % {"what": figure.title(chosen)}
    return Source(key, AMOUNT, kind.key, group, label, description, measures, unit, board, figure)


def _of_tasks(actor: Actor, year: int) -> Iterable[Source]:
    """The quantities that tasks of the year are reported in, where no ledger keeps them."""
    rows = Task.objects.visible_to(actor).filter(status=TaskStatus.ISSUED, shape=Shape.QUANTITY, figure="")
    for task in rows.filter(due_on__year__gte=year).order_by("-pk")[:200]:
        key = f"task:{task.pk}"
        description = FieldDescription(key, Type.DECIMAL, task.title, unit=task.unit)
        measures = units.dimension(task.unit) or ""
        yield Source(key, TASK, "", _("Tasks"), task.title, description, measures, task.unit, task=task.pk)


def words_of(key: str) -> str:
    """A kept source's name for the history, where nothing of the actor is at hand; the key where it is gone."""
    what, _colon, name = key.partition(":")
    head, _dot, rest = name.partition(".")
    if what == TASK:
        return _("figure of a task")
    if what == "board" and head in BY_KEY:
        figure, _dot, amount = rest.partition(".")
        known: dict[str, Any] = {**BY_KEY[head].by_name, **{rate.name: rate for rate in BY_KEY[head].rates}}
        words = str(known[figure].label) if figure in known else figure
        return f"{BY_KEY[head].label}：{_('%(what)s (amount)') % {'what': words} if amount else words}"
    kind = kinds.shipped().get(head.removeprefix(generic.PREFIX))
    field, _dot, code = rest.removeprefix("sum-").removeprefix("yes-").partition(".")
    rule = shipped().get(field)
    words = rule.label if rule else field
    return "：".join(filter(None, (kind.label if kind else head, words, code if what == CODE else ""))) if key else ""
