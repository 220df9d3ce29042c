"""Every URL for every person: through, 403 with a reason, 404, or to the sign-in page."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.table import EVERYBODY, PUBLIC, TABLE, Row
from tests.access.turns import asked

FINE = {200, 204, 302, 400, 409, 422}
SHARES = 16  # so that two workers have them done at the same time


def url_names(patterns: list[Any] | None = None) -> Iterator[str]:
    """The names of all URLs."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from url_names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield pattern.name


def ask(client: Client, name: str, row: Row, keys: dict[str, object]) -> Any:
    """Ask for the URL as the row says."""
    args = [arg[1:] if arg.startswith("=") else keys[arg] for arg in row.args]
    url = reverse(name, args=args)
    return client.post(url, row.form) if row.method == "post" else client.get(url)


def test_every_url_has_a_row() -> None:
    assert set(url_names()) - PUBLIC == set(TABLE)


def expected_of(row: Row) -> dict[str, str]:
    """What the table says of each person."""
    return {
        who: "through" if who in row.go.split() else "404" if who in row.gone.split() else "403"
        for who in EVERYBODY.split()
    }


def met_by_everybody(name: str, keys: dict[str, object], signed_in: Callable[[str], Client]) -> dict[str, str]:
    """What each person meets at the URL; nobody meets what the one before has done."""
    met: dict[str, str] = {}
    for who in EVERYBODY.split():
        with transaction.atomic():
            answer = ask(signed_in(who), name, TABLE[name], keys)
            transaction.set_rollback(True)
        met[who] = "through" if answer.status_code in FINE else str(answer.status_code)
        if answer.status_code == 403:
            reason = re.search(r"<h1.*?</h1>\s*<p>(.+?)</p>", answer.content.decode(), re.DOTALL)
            assert reason, f"{who} is refused {name} without a reason"
    return met


@pytest.mark.parametrize("names", [asked()[start::SHARES] for start in range(SHARES)], ids=range(SHARES))
def test_every_person_at(
    names: list[str], keys: dict[str, object], signed_in: Callable[[str], Client], subtests: pytest.Subtests
) -> None:
    for name in names:
        with subtests.test(name):
            assert met_by_everybody(name, keys, signed_in) == expected_of(TABLE[name])


def test_without_signing_in_one_is_sent_to_the_sign_in_page(keys: dict[str, object], client: Client) -> None:
    sign_in = reverse("sign_in")
    answers = {name: ask(client, name, row, keys) for name, row in TABLE.items()}
    sent = {name for name, found in answers.items() if found.status_code == 302 and found.url.startswith(sign_in)}
    assert sent == set(TABLE)
