"""A form that comes back with a fault keeps what was ticked, and ticks nothing more."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.table import TABLE

FORMS = [
    "ledger_column",
    "ledger_column_new",
    "ledger_kind",
    "ledger_kind_new",
    "reminder_kind",
    "task_edit",
    "task_new",
]
Box = tuple[str, str]


class _Boxes(HTMLParser):
    """The boxes of a page by name and value, whether they are ticked, and the other fields, left blank."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.boxes: dict[Box, bool] = {}
        self.others: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in pairs}
        name, kind = has.get("name", ""), has.get("type", "")
        if tag == "input" and kind == "checkbox":
            self.boxes[name, has.get("value", "on")] = "checked" in has
        elif tag in {"input", "textarea", "select"} and name and kind not in {"file", "radio"}:
            self.others[name] = has.get("value", "") if kind == "hidden" else ""


@pytest.mark.parametrize("how", ["none", "all", "the others"])
@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_back_keeps_its_ticks(
    name: str, how: str, keys: dict[str, object], signed_in: Callable[[str], Client]
) -> None:
    row = TABLE[name]
    url = reverse(name, args=[arg[1:] if arg.startswith("=") else keys[arg] for arg in row.args])
    client = signed_in(row.go.split()[0])
    page = _Boxes(client.get(url).content.decode())
    sent = {box for box, ticked in page.boxes.items() if how == "all" or (how == "the others" and not ticked)}
    form: dict[str, list[str]] = {field: [value] for field, value in page.others.items()}
    for field, value in sent:
        form.setdefault(field, []).append(value)
    answer = client.post(url, form)
    assert answer.status_code == 422
    back = _Boxes(answer.content.decode()).boxes
    assert set(back) == set(page.boxes)
    assert {box for box, ticked in back.items() if ticked} == sent
