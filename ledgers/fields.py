"""A ledger's columns as the reading engine knows fields, and its readings as ledgers store values."""

from decimal import Decimal
from typing import Any

from ledgers.rules import values as rules
from ledgers.rules.kinds import Column
from orgs.field_rules import CODED, FieldRule, FieldType
from sheets.fields import Choice, FieldDescription, Type

_TYPES = {FieldType.IDCARD: Type.ID_CARD}


def type_of(field: FieldRule) -> Type:
    """The engine's word for a field's type; a list without codes is read as text and cut afterwards."""
    if field.type in CODED and not field.codes:
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
        group=column.group,
        required=column.required,
        max_length=rules.LONGEST,
    )


def stored(field: FieldRule, value: Any) -> Any:
    """What a reading gave, as ledgers store it; None when it is blank."""
    if value.__class__ is Decimal:
        return rules.exact(value) if field.type != FieldType.INT else int(value)
    if value is None or value == "" or value == []:
        return None
    if field.type == FieldType.LIST and isinstance(value, str):
        return parts_of(value)
    return value


def parts_of(text: str) -> list[str]:
    """A list that was written in one cell, cut at commas of any width."""
    for sign in "，,;；\n":
        text = text.replace(sign, "、")
    return sorted({part.strip() for part in text.split("、")} - {""})
