"""What a ledger says of one of its fields: enough to find its column and to read its cells."""

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a field's cells hold.

    Money is in yuan, area in square metres, percent in points; dates and months are ISO text with their precision.
    """

    TEXT = "text"
    INT = "int"
    DECIMAL = "decimal"
    MONEY = "money"
    AREA = "area"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"
    BOOL = "bool"
    ENUM = "enum"
    LIST = "list"
    IDENTIFIER = "identifier"
    PHONE = "phone"
    ID_CARD = "id_card"
    ORGANISATION = "organisation"


NUMBERS = frozenset({Type.INT, Type.DECIMAL, Type.MONEY, Type.AREA, Type.PERCENT})


@dataclass(frozen=True)
class Choice:
    """One value of a code list: what is stored, and what people write for it."""

    code: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldDescription:
    """One field: its key, type and headings.

    ``label`` and ``aliases`` are headings it goes by (a group may stand before: ``资金情况>到位``); ``unit`` is the
    unit its numbers have when neither heading nor sheet says one; ``choices`` is the code list of an enum or a list;
    ``group`` is the heading above it, which tells 计划 > 选址 from 实际 > 选址.
    """

    key: str
    type: Type = Type.TEXT
    label: str = ""
    aliases: tuple[str, ...] = ()
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    group: str = ""
    required: bool = False
    not_negative: bool = False
    max_length: int = 4_000

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading the field goes by."""
        return (self.label, *self.aliases) if self.label else self.aliases
