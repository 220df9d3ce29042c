"""Which pages are of one kind: those the same line of the URL configuration answers."""

import re
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve


def route_of(address: str) -> str:
    """The route that answers a path, whatever numbers, keys and words stand in it; the query is left out."""
    path = urlsplit(address).path
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return re.sub(r"\d+", "N", path)
