"""Finding organisations in one box: by name, part of a name, old name, pinyin initials or code."""

import datetime
import re
import unicodedata
from collections.abc import Collection
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When

from orgs.actor import Actor
from orgs.models import Organisation, OrganisationName
from orgs.models.organisation import OrganisationQuerySet
from orgs.rules import Kind, Role

LIMIT = 20
LONGEST = 100  # characters that are looked for
_EXACT, _PREFIX, _CONTAINS = 0, 1, 2
_OWN_FIELDS = ("name", "short_name", "code")


def words_of(text: str) -> list[str]:
    """What was typed, in half-width characters, cut at spaces."""
    return unicodedata.normalize("NFKC", text[:LONGEST]).split()[:5]


def matching(text: str) -> Q:
    """Organisations that every word of ``text`` points to; with several words, the township's name counts too."""
    words = words_of(text)
    found = Q()
    for word in words:
        condition = _own(word, "contains")
        if len(words) > 1:
            condition |= Q(township__name__contains=word) | Q(township__initials__startswith=word.lower())
        found &= condition
    return found if words else Q(pk__in=[])


def _own(word: str, how: str) -> Q:
    """The word against the organisation's own names, other names, initials and code."""
    condition = Q()
    for name in _OWN_FIELDS:
        condition |= Q(**{f"{name}__{how}": word})
    other = Q(**{f"name__{how}": word})
    if re.fullmatch(r"[0-9A-Za-z]+", word):
        initials = Q(**{f"initials__{how}": word.lower()})
        condition |= initials
        other |= initials
    return condition | Q(pk__in=OrganisationName.objects.filter(other).values("organisation"))


def departments(actor: Actor | None) -> OrganisationQuerySet:
    """The departments of the actor's county, which everybody in it may name, for example in a pairing."""
    if actor is None or actor.role == Role.AUDIT_ADMIN:
        return Organisation.objects.none()
    return Organisation.objects.within(actor.county).filter(kind=Kind.COUNTY_DEPARTMENT)


def find(
    text: str, rows: OrganisationQuerySet, *, on: datetime.date, kinds: Collection[str] = (), limit: int = LIMIT
) -> list[Organisation]:
    """The best matches among ``rows`` (what the actor may see): open ones first, then exact, beginning, containing.

    Each has ``found_names``, those of its other names that match. Two queries, however many match.
    """
    words = words_of(text)
    if not words:
        return []
    rows = rows.filter(matching(text))
    if kinds:
        rows = rows.filter(kind__in=kinds)
    ranked = _ranked(rows, words[-1], on)
    other_names = Prefetch("names", OrganisationName.objects.order_by("-until", "id"), to_attr="other_names")
    found: list[Any] = list(ranked.select_related("township", "parent").prefetch_related(other_names)[:limit])
    for row in found:
        row.found_names = [other.name for other in row.other_names if _is_hit(words, other)]
    return found


def _ranked(rows: OrganisationQuerySet, word: str, on: datetime.date) -> QuerySet[Organisation]:
    closed = Case(When(closed_on__lte=on, then=Value(1)), default=Value(0), output_field=IntegerField())
    rank = Case(
        When(_own(word, "exact"), then=Value(_EXACT)),
        When(_own(word, "startswith"), then=Value(_PREFIX)),
        default=Value(_CONTAINS),
        output_field=IntegerField(),
    )
    return rows.annotate(is_closed=closed, rank=rank).order_by("is_closed", "rank", "depth", "path")


def _is_hit(words: list[str], other: OrganisationName) -> bool:
    return any(word in other.name or word.lower() in other.initials for word in words)


def one(text: str, rows: QuerySet[Organisation]) -> Organisation | None:
    """The one organisation among ``rows`` with this code, or whose name is exactly this; None when none or several."""
    text = unicodedata.normalize("NFKC", text).strip()
    code = re.search(r"\(([^()]+)\)$", text)
    for condition in (Q(code=text), Q(code=code.group(1)) if code else None, Q(name=text), Q(names__name=text)):
        found = list(rows.filter(condition).distinct()[:2]) if condition is not None else []
        if found:
            return found[0] if len(found) == 1 else None
    return None
