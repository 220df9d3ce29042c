"""The forms of the pages the world has, read as a browser would send them: by the name of the URL they go to."""

from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.access.table import TABLE

Fields = list[tuple[str, str]]
PLAUSIBLE = {"date": "2026-12-20", "month": "2026-11", "number": "3", "email": "a@example.org", "tel": "13900000000"}
SEARCHED = 4  # forms kept of one URL: enough for the different buttons of a page


class _Reader(HTMLParser):
    """Collects (method, action, fields, names of file fields) of each form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, Fields, list[str]]] = []
        self._select: str | None = None
        self._text: str | None = None

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.found.append((has.get("method", "get").lower(), has.get("action", ""), [], []))
        name = has.get("name", "")
        if not self.found or (not name and tag != "option"):
            return
        fields, files = self.found[-1][2:]
        if tag == "input" and has.get("type") == "file":
            files.append(name)
        elif tag == "input" and (has.get("type") not in {"checkbox", "radio"} or "checked" in has):
            fields.append((name, has.get("value") or PLAUSIBLE.get(has.get("type", ""), "石岭")))
        elif tag == "button":
            fields.append((name, has.get("value", "")))
        elif tag == "textarea":
            fields.append((name, "已完成，请查看"))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and has.get("value") and ("selected" in has or not self._chosen()):
            fields.append((self._select, has["value"]))

    def _chosen(self) -> bool:
        return any(name == self._select for name, _value in self.found[-1][2])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None


def forms_of(html: str) -> Iterator[tuple[str, str, Fields, list[str]]]:
    """The forms of a page: method, address, fields with what stands in them, names of file fields."""
    reader = _Reader()
    reader.feed(html)
    yield from reader.found


def gather(
    keys: Mapping[str, object], client: Callable[[str], Client]
) -> dict[str, list[tuple[str, Fields, list[str]]]]:
    """Every form that the first person allowed meets on each page, by the name of the URL it is sent to."""
    found: dict[str, list[tuple[str, Fields, list[str]]]] = {}
    for name, row in TABLE.items():
        if row.method != "get":
            continue
        url = reverse(name, args=[arg[1:] if arg.startswith("=") else keys[arg] for arg in row.args])
        with transaction.atomic():
            answer = client(row.go.split()[0]).get(url)
            transaction.set_rollback(True)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        for method, action, fields, files in forms_of(answer.content.decode()):
            try:
                to = resolve(urlsplit(action).path or url).view_name
            except Resolver404:
                continue
            kept = found.setdefault(to, [])
            if len(kept) < SEARCHED:
                kept.append((method, fields, files))
    return found
