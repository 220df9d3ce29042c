"""A ledger's columns as the reading engine knows fields, and its readings as ledgers store values."""

from decimal import Decimal
from typing import Any

from ledgers.rules import values as rules
from ledgers.rules.kinds import Column, KindRule, PeriodKind
from orgs.field_rules import FieldRule, FieldType
from sheets.fields import Choice, FieldDescription, Type

PERIOD = "@period"
_TYPES = {FieldType.IDCARD: Type.ID_CARD}
_PERIOD_HEADINGS = {
    PeriodKind.MONTH: ("月份", "期间", "年月", "所属月份", "统计月份"),
    PeriodKind.QUARTER: ("季度", "期间", "所属季度"),
    PeriodKind.HALF: ("半年", "期间", "所属半年"),
    PeriodKind.YEAR: ("年度", "期间", "年份", "所属年度", "统计年度"),
}


def type_of(field: FieldRule) -> Type:
    """The engine's word for a field's type; a list without codes is read as text and cut afterwards."""
    if field.type in {FieldType.ENUM, FieldType.LIST} and not field.codes:
        return Type.TEXT
    return _TYPES.get(FieldType(field.type)) or Type(field.type)


def described(column: Column) -> FieldDescription:
    """One column as the engine knows it; with a group above, the heading goes by both."""
    field = column.field
    aliases = [*column.aliases, *field.aliases, *([field.en] if field.en else [])]
    if column.group:
        aliases += [f"{column.group}>{name}" for name in (field.zh, *column.aliases)]
    return FieldDescription(
        field.key,
        type_of(field),
        field.zh,
        tuple(dict.fromkeys(aliases)),
        field.unit,
        tuple(Choice(code.value, (*code.aliases, *([code.en] if code.en else []))) for code in field.codes),
        column.required,
        max_length=rules.LONGEST,
    )


def describe(kind: KindRule) -> list[FieldDescription]:
    """All columns of a ledger, those asked for no longer as well, and its period."""
    found = [described(column) for column in kind.columns]
    if kind.period:
        names = _PERIOD_HEADINGS[PeriodKind(kind.period)]
        found.append(FieldDescription(PERIOD, Type.IDENTIFIER, names[0], (*names[1:], "period")))
    return found


def stored(field: FieldRule, value: Any) -> Any:
    """What a reading gave, as ledgers store it; None when it is blank."""
    if value is None or value == "" or value == []:
        return None
    if value.__class__ is Decimal:
        return rules.exact(value)
    if field.type == FieldType.LIST and isinstance(value, str):
        return parts_of(value)
    return value


def parts_of(text: str) -> list[str]:
    """A list that was written in one cell, cut at commas of any width."""
    for sign in "，,;；\n":
        text = text.replace(sign, "、")
    return sorted({part.strip() for part in text.split("、")} - {""})
