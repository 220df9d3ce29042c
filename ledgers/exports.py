"""A ledger's rows as a workbook: exactly those of the list in the same order, fit to be imported again."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from ledgers import sealing
from ledgers.models import Entry
from ledgers.models.entry import EntryQuerySet
from ledgers.rules import values as rules
from ledgers.rules.kinds import KindRule
from orgs.field_rules import FieldRule, FieldType
from sheets import writing
from sheets.headings import unit_of


def page(kind: KindRule, rows: EntryQuerySet, notes: list[str], *, is_open: bool) -> writing.Page:
    """The rows with all columns; personal data masked unless ``is_open``."""
    headings = [_("township"), _("organisation"), _("code")]
    if kind.period:
        headings.append(_("period"))
    headings += [heading(column.field) for column in kind.columns]
    return writing.Page(kind.label, headings, _lines(kind, rows, is_open=is_open), notes)


def heading(field: FieldRule) -> str:
    """A column's heading with its unit."""
    return with_unit(field.label, field)


def with_unit(words: str, field: FieldRule) -> str:
    """A heading that states the unit its numbers are written in, so that it is read from the workbook again."""
    if field.type == FieldType.MONEY:
        unit = field.unit or "元"
        return words if unit_of(words) == unit else f"{words}（{unit}）"
    return f"{words}（{field.unit}）" if field.unit and field.unit not in words else words


def _lines(kind: KindRule, rows: EntryQuerySet, *, is_open: bool) -> Iterator[list[Any]]:
    for entry in rows.iterator(chunk_size=2000):
        unit = entry.organisation
        line: list[Any] = [str(unit.township or ""), unit.name, unit.code]
        if kind.period:
            line.append(entry.period)
        yield [*line, *cells(kind, entry, is_open=is_open)]


def cells(kind: KindRule, entry: Entry, *, is_open: bool) -> list[Any]:
    """A row's values as cells: numbers in the unit of the heading, what is about or known to the month as text."""
    values = sealing.open_all(entry.values)
    return [cell(c.field, values.get(c.key), entry.marks.get(c.key, []), is_open=is_open) for c in kind.columns]


def cell(field: FieldRule, value: Any, marks: list[str], *, is_open: bool) -> Any:
    """One value as a cell."""
    if value is None:
        return None
    if field.is_personal and not is_open:
        return rules.masked(field, value)
    if field.is_number and not marks and field.type != FieldType.INT:
        return rules.in_unit(field, value)
    if field.type == FieldType.INT and not marks:
        return value
    return rules.shown(field, value, marks)
