"""Checks between the columns of a row, as one line of text each.

    total_income = operating_income + subsidy_income
    date_site <= date_foundation
    funding_gap > 0 -> gap_measures
    closed -> closed_date

A name is a field's key. ``->`` says that the fields after it must be filled in when what stands before it is so.
Blank numbers count as nothing, but a check in which no side has a figure, or a date is blank, says nothing.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.field_rules import DAYS, FieldRule, FieldType, day_span

_TOKEN = re.compile(r"\s*(->|<=|>=|!=|[=<>+\-]|“[^”]*”|\"[^\"]*\"|\d+(?:\.\d+)?|[^\s=<>+\-!“”\"]+)")
_SAME = str.maketrans(
    {"≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "＝": "=", "＋": "+", "－": "-", "＞": ">", "＜": "<"}
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ROUNDING = Decimal(50)  # yuan a figure may be off when it was written in 万元 with two decimals


class Severity(TextChoices):
    """What a broken check means."""

    ERROR = "error", gettext_lazy("the row is not saved")
    WARNING = "warning", gettext_lazy("the row is saved and marked")


class UnreadableCheck(ValueError):
    """The line is no check; the message says why."""


@dataclass(frozen=True)
class Term:
    """A field, number or text with its sign."""

    sign: int
    field: str = ""
    number: Decimal | None = None
    text: str | None = None


@dataclass(frozen=True)
class Check:
    """One check: ``left`` stands in ``op`` to ``right``; with ``needs``, that it does requires those fields."""

    text: str
    left: tuple[Term, ...]
    op: str = ""
    right: tuple[Term, ...] = ()
    needs: tuple[str, ...] = ()
    severity: str = Severity.WARNING

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it looks at."""
        return tuple(term.field for term in (*self.left, *self.right) if term.field) + self.needs


@dataclass(frozen=True)
class Fault:
    """A broken check in words, the fields it concerns, and what it means."""

    message: str
    fields: tuple[str, ...]
    severity: str


def parse(text: str, severity: str = Severity.WARNING, names: Mapping[str, str] | None = None) -> Check:
    """A check from its line; ``names`` gives the keys of fields that are called by their labels.

    Raises ``UnreadableCheck``.
    """
    tokens = _tokens(text.translate(_SAME))
    known = names or {}
    needs: tuple[str, ...] = ()
    if "->" in tokens:
        at = tokens.index("->")
        needs = tuple(known.get(name, name) for name in tokens[at + 1 :])
        tokens = tokens[:at]
        if not needs or any(name in _COMPARE or name in "+-" for name in needs):
            raise UnreadableCheck(_("After -> stand the fields that must be filled in, with spaces between."))
    ops = [token for token in tokens if token in _COMPARE]
    if len(ops) > 1 or not (ops or needs):
        raise UnreadableCheck(_("“%(text)s” needs exactly one of = != < <= > >=, or a -> .") % {"text": text})
    at = tokens.index(ops[0]) if ops else len(tokens)
    left, right = _terms(tokens[:at], known, text), _terms(tokens[at + 1 :], known, text) if ops else ()
    return Check(text.strip(), left, ops[0] if ops else "", right, needs, severity)


def written(check: Check, labels: Mapping[str, str] | None = None) -> str:
    """A check as its line, fields called by ``labels`` where they have one, else by their keys."""
    names = labels or {}

    def side(terms: tuple[Term, ...]) -> str:
        words = []
        for place, term in enumerate(terms):
            sign = "- " if term.sign < 0 else "+ " if place else ""
            shown = f"“{term.text}”" if term.text is not None else str(term.number)
            words.append(f"{sign}{names.get(term.field, term.field) if term.field else shown}")
        return " ".join(words)

    found = f"{side(check.left)} {check.op} {side(check.right)}" if check.op else side(check.left)
    return f"{found} -> {' '.join(names.get(need, need) for need in check.needs)}" if check.needs else found


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    rest = text.strip()
    while at < len(rest):
        match = _TOKEN.match(rest, at)
        if match is None:
            raise UnreadableCheck(
                _("“%(text)s” cannot be read from “%(rest)s” on.") % {"text": text, "rest": rest[at:]}
            )
        found.append(match[1])
        at = match.end()
    return found


def _terms(tokens: list[str], known: Mapping[str, str], text: str) -> tuple[Term, ...]:
    terms, sign, wanted = [], 1, True
    for word in tokens:
        if word in {"+", "-"}:
            sign = -sign if word == "-" else sign
            wanted = True
            continue
        if not wanted:
            raise UnreadableCheck(
                _("In “%(text)s” a + or - is missing before “%(name)s”.") % {"text": text, "name": word}
            )
        terms.append(_term(word, sign, known))
        sign, wanted = 1, False
    if wanted:
        raise UnreadableCheck(_("“%(text)s” ends too early: a field or number is missing.") % {"text": text})
    return tuple(terms)


def _term(word: str, sign: int, known: Mapping[str, str]) -> Term:
    if word[0] in '“"':
        return Term(sign, text=word[1:-1])
    if word[0].isdigit():
        return Term(sign, number=Decimal(word))
    return Term(sign, field=known.get(word, word))


def run(check: Check, values: Mapping[str, Any], fields: Mapping[str, FieldRule]) -> Fault | None:
    """What is wrong with a row's stored values, or None."""
    if not check.op:
        held = values.get(check.left[0].field) not in (None, False, "", [])
        return _missing(check, values, fields) if held else None
    verdict = _compare(check, values, fields)
    if check.needs:
        return _missing(check, values, fields) if verdict else None
    if verdict is not False:
        return None
    message = _("%(left)s should be %(op)s %(right)s") % {
        "left": _words(check.left, values, fields),
        "op": check.op.replace("<=", "≤").replace(">=", "≥").replace("!=", "≠"),
        "right": _words(check.right, values, fields),
    }
    return Fault(message, check.fields, check.severity)


def _missing(check: Check, values: Mapping[str, Any], fields: Mapping[str, FieldRule]) -> Fault | None:
    missing = tuple(name for name in check.needs if values.get(name) in (None, "", []))
    if not missing:
        return None
    labels = _(", ").join(_label(name, fields) for name in missing)
    because = check.text.translate(_SAME).split("->")[0].strip()
    for name in sorted(check.fields, key=len, reverse=True):
        because = because.replace(name, _label(name, fields))
    message = _("Fill in %(fields)s, because %(because)s") % {"fields": labels, "because": because}
    return Fault(message, (*missing, *check.fields), check.severity)


def _compare(check: Check, values: Mapping[str, Any], fields: Mapping[str, FieldRule]) -> bool | None:
    """Whether the comparison holds; None when it says nothing."""
    kind = next((fields[n].type for n in check.fields if n in fields), FieldType.TEXT)
    if kind in DAYS:
        return _compare_days(check, values)
    sides = _sides_as_text(check, values) if any(t.text is not None for t in (*check.left, *check.right)) else None
    if sides is not None:
        return None if sides[0] is None else _COMPARE[check.op](*sides)
    left, right = _sum(check.left, values), _sum(check.right, values)
    if left is None or right is None:
        return None
    if check.op == "=":
        terms = len(check.left) + len(check.right)
        off = ROUNDING * terms if kind == FieldType.MONEY else Decimal("0.01") * (kind != FieldType.INT)
        return abs(left - right) <= off
    return _COMPARE[check.op](left, right)


def _sides_as_text(check: Check, values: Mapping[str, Any]) -> tuple[str | None, str | None]:
    found = []
    for side in (check.left, check.right):
        term = side[0]
        value = term.text if term.text is not None else values.get(term.field)
        found.append(value if value is None else str(value))
    return found[0], found[1]


def _sum(side: tuple[Term, ...], values: Mapping[str, Any]) -> Decimal | None:
    """The side added up, None when none of its fields has a figure."""
    total, filled = Decimal(0), False
    for term in side:
        value = term.number if term.number is not None else values.get(term.field)
        if value in (None, "") or isinstance(value, list):
            continue
        filled = True
        total += term.sign * Decimal(str(int(value) if isinstance(value, bool) else value))
    return total if filled else None


def _compare_days(check: Check, values: Mapping[str, Any]) -> bool | None:
    """Dates known to the month only are wrong only when no day of the month would do."""
    first, second = values.get(check.left[0].field), values.get(check.right[0].field)
    if not first or not second:
        return None
    (start, end), (other_start, other_end) = day_span(str(first)), day_span(str(second))
    possible: dict[str, bool] = {
        "=": start <= other_end and other_start <= end,
        "!=": (start, end) != (other_start, other_end),
        "<=": start <= other_end,
        "<": start < other_end,
        ">=": end >= other_start,
        ">": end > other_start,
    }
    return possible[check.op]


def _label(name: str, fields: Mapping[str, FieldRule]) -> str:
    return fields[name].label if name in fields else name


def _words(side: tuple[Term, ...], values: Mapping[str, Any], fields: Mapping[str, FieldRule]) -> str:
    """A side with its labels and figures: 经营收入 12000 + 补助收入 3000."""
    parts = []
    for place, term in enumerate(side):
        sign = ("− " if term.sign < 0 else "+ " if place else "") if place or term.sign < 0 else ""
        if term.field:
            value = values.get(term.field)
            shown = "" if value is None or isinstance(value, list) else f" {value}"
            parts.append(f"{sign}{_label(term.field, fields)}{shown}")
        else:
            parts.append(f"{sign}{term.text if term.text is not None else term.number}")
    return " ".join(parts)
