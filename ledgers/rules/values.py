"""Values as they are stored, and as people write and read them.

Stored form by type:

- text, identifier, phone, idcard: text that is not empty
- int: a whole number
- decimal, percent (points: 3.5 % is ``"3.5"``), money (元), area (㎡): an exact decimal as text, ``"186000"``
- date: ``2026-06-28``, or what is known of it: ``2026-06``, ``2026``; month: ``2026-06`` or ``2026``
- bool: true or false
- enum: one of the code list's values; list: a sorted list of values

A blank is not stored at all. What else is known of a value stands in the marks: ``{"total_income": ["about"]}``.
"""

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from ledgers.rules.checks import Fault, Severity, run
from ledgers.rules.kinds import KindRule
from orgs.field_rules import PRECISIONS, FieldRule, FieldType, Plain
from sheets.cleaning import clean, clean_value, is_clean
from sheets.dates import FIRST_YEAR, LAST_YEAR
from sheets.units import UNITS

Values = dict[str, Plain]
Marks = dict[str, list[str]]
ABOUT = "about"
KEY_SEPARATOR = "\x1f"
KEY_LENGTH = 200
LONGEST = 10_000  # characters of one text
SEALED = "sealed:"  # how sealed values begin (``ledgers.sealing``); no text of a person's own may
DECIMALS = frozenset({FieldType.DECIMAL, FieldType.MONEY, FieldType.AREA, FieldType.PERCENT})
_EXACT = {"亩": Decimal(2000) / Decimal(3)}
_MONTHS = frozenset(PRECISIONS[1:])


def factor(field: FieldRule) -> Decimal:
    """How much one of the unit that people write is in the stored unit."""
    if field.unit in _EXACT:
        return _EXACT[field.unit]
    return UNITS[field.unit][1] if field.unit in UNITS else Decimal(1)


def exact(number: Decimal) -> str:
    """A number in stored form: no exponent, no zeros at the end."""
    plain = str(number)
    if plain.isdigit():
        return plain  # by far the most
    text = format(number.normalize(), "f")
    return "0" if text in {"-0", "0"} else text


def is_well_formed(field: FieldRule, value: Any) -> bool:
    """Whether a value is in stored form."""
    if field.type == FieldType.INT:
        return isinstance(value, int) and not isinstance(value, bool)
    if field.type == FieldType.BOOL:
        return isinstance(value, bool)
    if field.type == FieldType.LIST:
        return isinstance(value, list) and all(isinstance(v, str) and _coded(field, v) for v in value)
    if not isinstance(value, str) or not value or len(value) > LONGEST or value.startswith(SEALED):
        return False
    if field.type in DECIMALS:
        return _is_decimal(value)
    if field.type in {FieldType.DATE, FieldType.MONTH}:
        return _is_day(value, _MONTHS if field.type == FieldType.MONTH else PRECISIONS)
    return field.type != FieldType.ENUM or _coded(field, value)


def _coded(field: FieldRule, value: str) -> bool:
    return not field.codes or value in field.code_values


def _is_decimal(value: str) -> bool:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    return number.is_finite() and abs(number) < Decimal(10) ** 15 and exact(number) == value


def _is_day(value: str, forms: Iterable[str]) -> bool:
    for form in forms:
        try:
            day = datetime.datetime.strptime(value, form)  # noqa: DTZ007  a day has no zone
            if day.strftime(form) == value and FIRST_YEAR <= day.year <= LAST_YEAR:
                return True
        except ValueError:
            continue
    return False


def filled(values: Mapping[str, Any]) -> Values:
    """The values that are not blank, without what no table or page can show."""
    if not _is_clean_row(values):
        values = {key: clean_value(value) for key, value in values.items()}
    return {key: value for key, value in values.items() if value is not None and value != "" and value != []}


def _is_clean_row(values: Mapping[str, Any]) -> bool:
    """Whether all texts of a row can be written as they are: they are looked at in one go."""
    texts: list[str] = []
    for value in values.values():
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            texts += value
        elif isinstance(value, list | tuple | dict):
            return False
    return is_clean("".join(texts))


def natural_key(kind: KindRule, values: Mapping[str, Any]) -> str:
    """What tells the row from the others of its organisation and period: width and spaces do not count.

    A long one is cut and closed with a digest of the whole.
    """
    texts = [unicodedata.normalize("NFKC", _as_text(values.get(name))) for name in kind.natural_key]
    key = KEY_SEPARATOR.join("".join(text.split()) for text in texts) if any(texts) else ""
    if len(key) > KEY_LENGTH:
        key = key[: KEY_LENGTH - 17] + "…" + hashlib.sha256(key.encode()).hexdigest()[:16]
    return key


def _as_text(value: Any) -> str:
    return "" if value is None else "、".join(value) if isinstance(value, list) else str(value)


def faults(kind: KindRule, values: Mapping[str, Any]) -> list[Fault]:
    """Everything wrong with a row's opened values in stored form: what is missing, malformed or contradictory."""
    found = [
        Fault(_("%(field)s must be filled in.") % {"field": column.label}, (column.key,), Severity.ERROR)
        for column in kind.columns
        if (column.required or column.key in kind.natural_key) and column.key not in values
    ]
    found += [
        Fault(
            _("%(field)s cannot be “%(value)s”.") % {"field": kind.by_key[key].label, "value": value}, (key,), "error"
        )
        for key, value in values.items()
        if key in kind.by_key and not is_well_formed(kind.by_key[key].field, value)
    ]
    found += [fault for column in kind.columns if (fault := _form_fault(column.field, values.get(column.key)))]
    fields = {column.key: column.field for column in kind.columns}
    sound = {key: value for key, value in values.items() if key in fields and is_well_formed(fields[key], value)}
    return found + [fault for check in kind.checks if (fault := run(check, sound, fields))]


def _form_fault(field: FieldRule, value: Any) -> Fault | None:
    """What does not look right about a number that names somebody or something."""
    if field.type == FieldType.IDCARD and isinstance(value, str) and not is_idcard(value):
        return Fault(_("%(field)s: the check digit does not fit.") % {"field": field.label}, (field.key,), "warning")
    return None


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_idcard(text: str) -> bool:
    """Whether an identity card number has 18 places and the right check digit."""
    if not re.fullmatch(r"\d{17}[\dXx]", text):
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 11
    return text[-1].upper() == "10X98765432"[rest]


def shown(field: FieldRule, value: Any, marks: Sequence[str] = ()) -> str:
    """A stored value as people read it, in the unit of its heading; 约 stays."""
    if value is None:
        return ""
    text = clean(_shown(field, value))
    return _("about %(value)s") % {"value": text} if ABOUT in marks else text


def _shown(field: FieldRule, value: Any) -> str:
    if field.type == FieldType.BOOL:
        return _("yes") if value is True else _("no")
    if field.type == FieldType.LIST:
        return _(", ").join(_code_label(field, code) for code in value)
    if field.type in DECIMALS:
        return f"{in_unit(field, value):{_grouped(field)}f}"
    if field.type == FieldType.INT:
        return f"{value:{_grouped(field)}}"
    return _code_label(field, str(value)) if field.codes else str(value)


def _grouped(field: FieldRule) -> str:
    return "" if field.is_name else ","


def _code_label(field: FieldRule, value: str) -> str:
    return next((code.label for code in field.codes if code.value == value), value)


def in_unit(field: FieldRule, value: Any) -> Decimal:
    """A stored number in the unit people write."""
    number = Decimal(str(value)) / factor(field)
    return Decimal(exact(number.quantize(Decimal("0.01")) if field.unit == "亩" else number))


def shown_number(field: FieldRule, amount: Decimal) -> str:
    """A sum of stored numbers in the unit people read, to the second decimal."""
    number = (amount / factor(field)).quantize(Decimal("0.01"))
    return f"{Decimal(exact(number)):,f}"


def masked(field: FieldRule, value: Any) -> str:
    """Personal data as it is shown without a reason: enough to tell rows apart, not enough to use."""
    text = _as_text(value)
    if not text:
        return ""
    if field.type == FieldType.PHONE and len(text) > 7:
        return f"{text[:3]}****{text[-4:]}"
    if field.type == FieldType.IDCARD and len(text) > 10:
        return f"{text[:6]}********{text[-4:]}"
    if field.type in {FieldType.DATE, FieldType.MONTH}:
        return f"{text[:4]}-**"
    return text[0] + "*" * max(1, min(3, len(text) - 1))
