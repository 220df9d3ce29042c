"""The list of a ledger's rows: what its query string means, its order, and what each row says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OrderBy, Q
from django.utils.translation import gettext as _

from ledgers import personal, sealing, standing
from ledgers.models import Entry
from ledgers.models.entry import EntryQuerySet, number_of, text_of
from ledgers.rules import values as rules
from ledgers.rules.kinds import Column, KindRule
from orgs.actor import Actor
from orgs.field_rules import FieldType
from orgs.models import Organisation
from orgs.pages import requested, search

ALL = "all"
FIRST_COLUMNS = 7  # shown when not all are asked for
_OWN_SORTS = {"organisation": ("organisation__path",), "period": ("period",), "saved": ("saved_at",)}


@dataclass(frozen=True)
class Wanted:
    """A filter as the query string gives it; what makes no sense finds nothing."""

    period: str
    township: int | None = None
    organisation: int | None = None
    q: str = ""
    state: str = ""
    sort: str = "organisation"
    wide: bool = False
    nonsense: bool = False


def wanted(kind: KindRule, query: Mapping[str, str], actor: Actor) -> Wanted:
    """Read a query string; without a period it is the one that is due."""
    period = query.get("period") or kind.due_period(actor.on)
    keys = {name: requested.key(query[name]) for name in ("township", "organisation") if query.get(name)}
    state, sort = query.get("state", ""), query.get("sort", "")
    sense = None not in keys.values() and (period == ALL or kind.accepts_period(period)) and state in {"", "stale"}
    known = sort.removeprefix("-") in {*_OWN_SORTS, *kind.by_key}
    return Wanted(
        period,
        keys.get("township") if sense else None,
        keys.get("organisation") if sense else None,
        query.get("q", "").strip()[:100],
        state if sense else "",
        sort if known else "organisation",
        query.get("columns") == ALL,
        nonsense=not sense,
    )


def rows(actor: Actor, kind: KindRule, asked: Wanted) -> EntryQuerySet:
    """The entries the filter means, in its order; nothing outside the actor's scope."""
    found = Entry.objects.visible_to(actor).of(kind.key, None if asked.period == ALL else asked.period)
    if asked.nonsense:
        return found.none()
    if asked.organisation:
        found = found.filter(organisation=asked.organisation)
    if asked.township:
        found = found.filter(Q(organisation__township=asked.township) | Q(organisation=asked.township))
    if asked.state == "stale":
        found = found.filter(standing.stale_condition([kind], actor.now))
    if asked.q:
        found = found.filter(_matching(kind, asked.q, actor))
    return found.select_related("organisation__township").order_by(*_order(kind, asked.sort))


def _matching(kind: KindRule, text: str, actor: Actor) -> Q:
    """Rows whose organisation or one of whose open texts contains ``text``; a sealed value only as a whole."""
    named = Organisation.objects.visible_to(actor).filter(search.matching(text))
    found = Q(organisation__in=named.values("pk"))
    for column in kind.columns:
        if column.key in kind.personal_keys:
            for digest in sealing.digests(column.key, text):
                found |= Q(**{f"values__{column.key}__startswith": f"{rules.SEALED}{digest}:"})
        elif column.field.type in {FieldType.TEXT, FieldType.ENUM, FieldType.IDENTIFIER}:
            found |= Q(**{f"values__{column.key}__icontains": text})
    return found


def _order(kind: KindRule, sort: str) -> list[OrderBy]:
    """The column to sort by; blanks last whichever way, so that both databases agree, and the key at the end."""
    name = sort.removeprefix("-")
    if name in _OWN_SORTS:
        keys: list[Any] = [F(path) for path in _OWN_SORTS[name]]
    else:
        keys = [number_of(name) if kind.by_key[name].field.is_number else text_of(name)]
    tail = [F("organisation__path"), F("period"), F("key"), F("pk")]
    ordered = [key.desc(nulls_last=True) if sort.startswith("-") else key.asc(nulls_last=True) for key in keys]
    return [*ordered, *(key.asc() for key in tail)]


def columns(kind: KindRule, asked: Wanted) -> Sequence[Column]:
    """The columns shown: what names the rows first, then the first few or all."""
    first = [kind.by_key[key] for key in kind.natural_key]
    rest = [column for column in kind.columns if column.key not in kind.natural_key]
    return [*first, *(rest if asked.wide else rest[: max(1, FIRST_COLUMNS - len(first))])]


@dataclass(frozen=True)
class Line:
    """One row as the page shows it: a text for each column."""

    entry: Entry
    cells: list[tuple[str, bool]]  # the text, and whether it is a number
    title: str


def lines(kind: KindRule, entries: Sequence[Entry], shown: Sequence[Column], *, is_open: bool) -> list[Line]:
    """The rows in words; personal data masked unless ``is_open``."""
    found = []
    for entry in entries:
        values = sealing.open_all(entry.values)
        cells = [
            (
                personal.shown(c.field, values.get(c.key), is_open=is_open, marks=entry.marks.get(c.key)),
                c.field.is_number,
            )
            for c in shown
        ]
        found.append(Line(entry, cells, title(kind, entry, is_open=is_open)))
    return found


def title(kind: KindRule, entry: Entry, *, is_open: bool) -> str:
    """What names a row beside its organisation and period."""
    values = sealing.open_all({key: entry.values.get(key) for key in kind.natural_key})
    texts = (personal.shown(kind.by_key[key].field, values.get(key), is_open=is_open) for key in kind.natural_key)
    return " · ".join(text for text in texts if text)


def headings(kind: KindRule, asked: Wanted, shown: Sequence[Column]) -> list[dict[str, Any]]:
    """The columns with the sort their link asks for next."""
    found = [("organisation", _("organisation"), "", False)]
    if asked.period == ALL and kind.period:
        found.append(("period", _("period"), "", False))
    found += [(c.key, c.label, c.field.unit, c.field.is_number) for c in shown]
    found.append(("saved", _("saved"), "", False))
    return [
        {
            "label": label,
            "unit": unit,
            "numeric": numeric,
            "sort": f"-{name}" if asked.sort == name else name,
            "state": {name: "ascending", f"-{name}": "descending"}.get(asked.sort, ""),
        }
        for name, label, unit, numeric in found
    ]
