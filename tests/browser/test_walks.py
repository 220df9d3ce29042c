"""Every page, as every person who can reach it: axe, 360 pixels, the Tab key, one heading, Chinese, no errors."""

import random
import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import checks
from tests.browser.window import Window
from tests.routes import route_of

EXAMPLES = 3  # pages of one route a person looks at; each person draws their own
PEOPLE = [
    "dangjianban",  # county office
    "hekou",  # township organiser
    "nongye",  # lead department
    "dangjianban2",  # two posts
    "caizheng",  # department
    "shuji",  # county leader
    "hekoushuji",  # township leader
    "cunwenshu",  # village recorder
    "ducha",  # inspector
    "shiwei",  # city viewer
    "xitong",  # system administrator
    "anquan",  # security administrator
    "shenji",  # audit administrator
]
SHAPES = """() => Array.from(document.querySelectorAll("main *, header *"))
  .map((n) => [n.tagName, n.getAttribute("class"), n.getAttribute("role"), n.type].join("|"))"""
NOT_PAGES = re.compile(r"/export/|^/files/|/template/|^/healthz|^/messages/\d+/go/")  # the last may switch the post


@pytest.fixture(scope="package")
def shapes() -> set[str]:
    """Every element with its classes that has been checked on some page; a page of nothing new is not checked again."""
    return set()


def links(page: Page) -> list[str]:
    """Paths of the links of a page within the site, fragments left out."""
    found = page.evaluate("Array.from(document.querySelectorAll('a[href]:not([download])')).map((a) => a.href)")
    here = urlsplit(page.url).netloc
    parts = [urlsplit(url) for url in found]
    return [p._replace(scheme="", netloc="", fragment="").geturl() for p in parts if p.netloc == here]


def told(faults: list[str]) -> str:
    """Faults as lines."""
    return "\n".join(["", *faults])


def walk(window: Window, shapes: set[str], drawn: random.Random) -> tuple[list[str], list[str]]:
    """Follow links from the home page, a few pages of each route; the routes visited and the faults found."""
    waiting, visited, seen = ["/"], [], Counter({"/": 1})
    known = {"/"}
    faults: dict[str, str] = {}  # each with the first page it was met on
    while waiting:
        path = waiting.pop(0)
        response = window.go(path)
        visited.append(route_of(window.page.url))
        if response.status != 200:
            faults[f"{response.status} for {path}"] = path
            continue
        offered = sorted({urlsplit(link)._replace(query="").geturl(): link for link in links(window.page)}.items())
        drawn.shuffle(offered)
        for bare, link in offered:
            route = route_of(link)
            if bare not in known and seen[route] < EXAMPLES and not NOT_PAGES.search(link):
                known.add(bare)
                seen[route] += 1
                waiting.append(link)
        new = set(window.page.evaluate(SHAPES)) - shapes
        if new:
            shapes |= new
            for fault in checks.everything(window.page):
                faults.setdefault(fault, path)
    return visited, [f"{path}: {fault}" for fault, path in faults.items()]


@pytest.mark.parametrize("person", PEOPLE)
def test_every_page_a_person_can_reach_is_sound(
    person: str, signed_in: Callable[..., Window], shapes: set[str]
) -> None:
    window = signed_in(person)
    visited, faults = walk(window, shapes, random.Random(person))
    assert not faults, told(faults)
    assert len(visited) >= 2


@pytest.mark.parametrize("path", ["/sign-in/", "/activate/", "/no-such-page/"])
def test_pages_before_signing_in_are_sound(path: str, new_window: Callable[..., Window]) -> None:
    window = new_window()
    window.go(path)
    faults = checks.everything(window.page)
    assert not faults, told(faults)
