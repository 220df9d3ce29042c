"""Lists in pages: a page number that makes no sense shows the nearest page there is."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs.pages import requested

ROWS = 50
T = TypeVar("T")


def page_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[T], *, size: int = ROWS, name: str = "page"
) -> Page[Any]:
    """The page of ``rows`` that the query string asks for under ``name``."""
    return Paginator(rows, size).get_page(requested.number(request.GET.get(name), least=1))
