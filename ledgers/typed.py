"""What somebody types into a field, in stored form: the same readers as for a workbook's cells."""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from ledgers.rules import values as rules
from orgs.field_rules import NUMBERS, FieldRule, FieldType

_ABOUT = re.compile(r"^(约|大约|近)|(左右|余)$")
_UNIT = "亿元|万元|亿|万|元|㎡|平方米|平米|亩|%|人|户|个|天|次"
_NUMBER = re.compile(rf"(?P<number>[+-]?\d[\d,]*(?:\.\d+)?)(?P<unit>{_UNIT})?")
_SCALE = {"亿元": 10**8, "亿": 10**8, "万元": 10**4, "万": 10**4, "元": 1, "㎡": 1, "平方米": 1, "平米": 1}
_DAY = re.compile(r"(\d{4})\s*[-./年]?\s*(?:(\d{1,2})\s*(?:[-./月]\s*(?:(\d{1,2})\s*[日号]?)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)?")


@dataclass(frozen=True)
class Typed:
    """A value in stored form (None when blank) with its marks, or what is wrong with what was typed."""

    value: Any = None
    marks: list[str] = field(default_factory=list)
    fault: str = ""


def read(rule: FieldRule, text: str) -> Typed:
    """What was typed into a field that is no choice."""
    plain = text.strip()
    if not plain:
        return Typed()
    if rule.type in NUMBERS:
        return _number(rule, plain)
    if rule.type in {FieldType.DATE, FieldType.MONTH}:
        return _day(rule, plain)
    if not rules.is_well_formed(rule, plain):
        return Typed(fault=_("This text is too long or cannot be kept."))
    return Typed(plain)


def _number(rule: FieldRule, text: str) -> Typed:
    half = "".join(unicodedata.normalize("NFKC", text).split())
    bare = _ABOUT.sub("", half)
    found = _NUMBER.fullmatch(bare.replace("m2", "㎡"))
    if found is None:
        return Typed(fault=_("This is not a number. Write digits only, such as 18.6."))
    try:
        number = Decimal(found["number"].replace(",", ""))
    except InvalidOperation:  # a comma in an odd place
        return Typed(fault=_("This is not a number. Write digits only, such as 18.6."))
    number *= _in_stored_unit(rule, found["unit"])
    if rule.type == FieldType.INT:
        if number != number.to_integral_value():
            return Typed(fault=_("Write a whole number."))
        value: Any = int(number)
    else:
        value = rules.exact(number)
    if not rules.is_well_formed(rule, value):
        return Typed(fault=_("This number is too large to be right."))
    return Typed(value, [rules.ABOUT] if bare != half else [])


def _in_stored_unit(rule: FieldRule, unit: str | None) -> Decimal:
    """What the number must be multiplied by: a unit that was typed beats the one of the heading."""
    if unit == "亩" and rule.type == FieldType.AREA:
        return rules.UNITS["亩"]
    if unit in _SCALE:
        return Decimal(_SCALE[unit])
    return rules.factor(rule)


def _day(rule: FieldRule, text: str) -> Typed:
    half = unicodedata.normalize("NFKC", text)
    found = _COMPACT.fullmatch(half) or _DAY.fullmatch(half)
    value = "-".join(part if len(part) > 1 else f"0{part}" for part in found.groups() if part) if found else ""
    if rule.type == FieldType.MONTH:
        value = value[:7]
    if not rules.is_well_formed(rule, value):
        return Typed(fault=_("This is not a date. Write it like 2026-06-28, or 2026-06 when only the month is known."))
    return Typed(value)
