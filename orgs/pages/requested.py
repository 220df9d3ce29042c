"""What a request asks for, read in one place: numbers, keys, years, periods, days and JSON.

A person may write anything into an address, and a form may send anything: what makes no sense is None here, or the
default, or 404, as the door needs, and never an error. No view or form turns text into a number by itself.
"""

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.http import Http404, HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from dates import periods
from dates.periods import Period
from records.cleaning import clean_all, cleaned

DIGITS = 18  # fits a BIGINT of every database
FIRST_YEAR, LAST_YEAR = 1900, 2199  # that anything asked for may lie in
LONGEST_ADDRESS = 2000
M = TypeVar("M", bound=models.Model)


def number(text: object, *, least: int = 0, most: int = 10**DIGITS - 1) -> int | None:
    """A whole number within the bounds; None for anything else, also for ``²``, a sign and endless digits."""
    said = str(text or "").strip()
    found = int(said) if said.isdecimal() and len(said) <= DIGITS else None
    return found if found is not None and least <= found <= most else None


def key(text: object) -> int | None:
    """A row's key; None for anything else."""
    return number(text, least=1)


def keys(texts: Iterable[object]) -> list[int]:
    """The keys among the texts, in order; anything else is left out."""
    return [found for text in texts if (found := key(text)) is not None]


def named(query: Mapping[str, Any], name: str) -> int | None:
    """The key that a query string gives under a name. Raises ``Http404`` when it gives something else."""
    text = query.get(name, "")
    found = key(text)
    if text and found is None:
        raise Http404
    return found


def row(rows: models.QuerySet[M], text: object) -> M:
    """The row of a key in text. Raises ``Http404``."""
    found = rows.filter(pk=key(text) or 0).first()
    if found is None:
        raise Http404
    return found


def year(text: object, default: int, *, least: int = FIRST_YEAR, most: int = LAST_YEAR) -> int:
    """A year within the bounds, else the default."""
    found = number(text, least=least, most=most)
    return default if found is None else found


def period(text: object) -> Period | None:
    """The period that a stored key names (``2026-W47``, ``2026-11``); None for none, and outside the years."""
    try:
        found = periods.parse(str(text or ""))
    except ValueError:
        return None
    return found if found.start.year >= FIRST_YEAR and found.end.year <= LAST_YEAR + 1 else None


def day(text: object) -> datetime.date | None:
    """A day written as 2026-11-18; None for none, and outside the years."""
    try:
        found = datetime.date.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def query(text: str) -> QueryDict:
    """A query string that a form carried along, cleaned as the address itself is: ``q=%00`` hides until it is read."""
    return cleaned(QueryDict(text))


def structure(text: str) -> Any:
    """What a text of JSON says, cleaned of what no page can store; None for what is none, or is nested without end."""
    try:
        found = json.loads(text)
        return clean_all(found)
    except (ValueError, RecursionError):
        return None


def onward(request: HttpRequest, text: str, default: str) -> str:
    """The address of a page of ours that a form names to go on to, as a whole path; else the default.

    For ``HttpResponseRedirect``: ``redirect`` would take a word without a stroke for the name of a URL, and fail.
    """
    ours = url_has_allowed_host_and_scheme(text, {request.get_host()}, require_https=request.is_secure())
    return text if ours and text.startswith("/") and len(text) <= LONGEST_ADDRESS else default
