"""What a field of the dictionary is: its type, its codes, its names. Shared by ledgers and by the figures of tasks."""

import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Plain = str | int | bool | list[str]
_NAMES = re.compile(r"(?:年|年份|年度|编号|编码|代码|号码|序号|邮编|电话)$|\b(?:year|code)\b", re.IGNORECASE)
PRECISIONS = ("%Y-%m-%d", "%Y-%m", "%Y")  # a date keeps what is known of it


class FieldType(TextChoices):
    """What a field holds."""

    TEXT = "text", _("Text")
    INT = "int", _("Whole number")
    DECIMAL = "decimal", _("Number")
    MONEY = "money", _("Money")
    AREA = "area", _("Area")
    PERCENT = "percent", _("Percent")
    DATE = "date", _("Date")
    MONTH = "month", _("Month")
    BOOL = "bool", _("Yes or no")
    ENUM = "enum", _("One of a list")
    LIST = "list", _("Several of a list")
    IDENTIFIER = "identifier", _("Code or number")
    PHONE = "phone", _("Telephone number")
    IDCARD = "idcard", _("Identity card number")


NUMBERS = frozenset({FieldType.INT, FieldType.DECIMAL, FieldType.MONEY, FieldType.AREA, FieldType.PERCENT})
DAYS = frozenset({FieldType.DATE, FieldType.MONTH})
CODED = frozenset({FieldType.ENUM, FieldType.LIST})
ALWAYS_PERSONAL = frozenset({FieldType.IDCARD})


@dataclass(frozen=True)
class Code:
    """One entry of a code list: ``value`` is what is stored and shown in Chinese."""

    value: str
    en: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The code in the reader's language."""
        return self.value if speaks_chinese() or not self.en else self.en


@dataclass(frozen=True)
class FieldRule:
    """One field of the dictionary. ``unit`` is the one people write; stored are 元, ㎡ and points of percent.

    ``long`` texts get more than one line to write in.
    """

    key: str
    type: str
    zh: str
    en: str = ""
    unit: str = ""
    codes: tuple[Code, ...] = ()
    aliases: tuple[str, ...] = ()
    personal: bool = False
    long: bool = False

    @property
    def label(self) -> str:
        """The field's name in the reader's language."""
        return self.zh if speaks_chinese() or not self.en else self.en

    @property
    def type_label(self) -> str:
        """Its type in words."""
        return str(FieldType(self.type).label)

    @property
    def is_personal(self) -> bool:
        """Whether what it holds is sealed at rest and masked on screen."""
        return self.personal or self.type in ALWAYS_PERSONAL

    @property
    def is_number(self) -> bool:
        """Whether it can be added up."""
        return self.type in NUMBERS

    @property
    def is_name(self) -> bool:
        """Whether its number names a year or something by a code: written without separators, never added up."""
        plain = self.type in {FieldType.INT, FieldType.DECIMAL} and self.unit in {"", "年"}
        return plain and bool(_NAMES.search(self.zh))

    @cached_property
    def code_values(self) -> tuple[str, ...]:
        """The values of its code list."""
        return tuple(code.value for code in self.codes)


def speaks_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def field_of(row: Mapping[str, Any]) -> FieldRule:
    """A field from its plain description, as in the fixtures and in the table."""
    codes = tuple(
        Code(**{**code, "aliases": tuple(code.get("aliases", ()))}) if isinstance(code, dict) else Code(str(code))
        for code in row.get("codes", ())
    )
    return FieldRule(**{**row, "codes": codes, "aliases": tuple(row.get("aliases", ()))})


def hash_of(rule: Any) -> str:
    """What a shipped description says, in 16 characters: tells whether an upgrade changed it."""
    text = json.dumps(asdict(rule), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def day_span(value: str) -> tuple[datetime.date, datetime.date]:
    """The first and last day a stored date may mean: ``2026-06`` is all of June. Raises ``ValueError``."""
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 3:
        day = datetime.date(*parts)
        return day, day
    if len(parts) == 2:
        year, month = parts
        after = datetime.date(year + month // 12, month % 12 + 1, 1)
        return datetime.date(year, month, 1), after - datetime.timedelta(days=1)
    return datetime.date(parts[0], 1, 1), datetime.date(parts[0], 12, 31)
