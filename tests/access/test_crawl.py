"""Every link a page offers leads somewhere: no person of any role meets an error page by clicking."""

import datetime
from collections import defaultdict, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from dates import clock
from demo.load import load
from demo.places import Size
from orgs.models import Post
from orgs.rules import Role
from tests.cast import TODAY
from tests.routes import route_of

EXAMPLES = 2  # of pages that differ only by a number or by the value of a filter
COMBINATIONS = 8  # of filters of one page

pytestmark = pytest.mark.slow


class Links(HTMLParser):
    """The addresses of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.found.append(str(given["href"]))


def links(html: str, here: str) -> Iterator[str]:
    """Where the links of a page lead within the site, without fragments."""
    parser = Links()
    parser.feed(html)
    for href in parser.found:
        parts = urlsplit(urljoin(here, href))
        if parts.scheme in {"", "http", "https"} and parts.netloc in {"", "testserver"}:
            yield parts._replace(scheme="", netloc="", fragment="").geturl()


def kind_of(address: str) -> str:
    """What pages of one kind have in common: the route that answers, and which filters are set."""
    names = sorted({name for name, _value in parse_qsl(urlsplit(address).query)})
    return route_of(address) + ("?" + "&".join(names) if names else "")


def crawl(client: Client) -> tuple[int, list[str]]:
    """Follow links from the home page; how many pages were read, and the links that led to an error."""
    waiting: deque[tuple[str, str]] = deque([("/", "the address bar")])
    seen, times, faults = {"/"}, defaultdict[str, int](int), list[str]()
    read = 0
    while waiting:
        address, came_from = waiting.popleft()
        response = client.get(address, follow=True)
        read += 1
        if response.status_code != 200:
            faults.append(f"{response.status_code} {address}, a link on {came_from}")
            continue
        if response.streaming or not response.headers["Content-Type"].startswith("text/html"):
            continue
        final = response.redirect_chain[-1][0] if response.redirect_chain else address
        for link in links(response.content.decode(), final):
            kind = kind_of(link)
            page = kind.partition("?")[0] + "?"
            if link not in seen and times[kind] < EXAMPLES and times[page] < COMBINATIONS:
                seen.add(link)
                times[kind] += 1
                times[page] += kind != page
                waiting.append((link, address))
    return read, faults


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A small demo county, made once for all roles and taken away after the last."""
    moment = datetime.datetime.combine(TODAY, datetime.time(10), tzinfo=clock.datetime_zone())
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: moment)
        load(TODAY, Size(townships=4, villages=5, units=4))
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", Role.values)
def test_no_link_leads_to_an_error(role: str, demo: None, db: None) -> None:
    post = Post.objects.filter(role=role).order_by("id").first()
    assert post is not None, f"the demo has nobody who is {role}"
    client = Client(raise_request_exception=False)
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    read, faults = crawl(client)
    assert not faults, "\n".join(["", *faults])
    assert read >= 4
