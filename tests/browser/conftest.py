"""Fixtures of the browser journeys: a running site, Chromium, and people signed in with a window each."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import server
from tests.browser.window import Window

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT = 10_000  # milliseconds
DESK = {"width": 1440, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs Chromium."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def site() -> Iterator[server.Site]:
    """A whole Luoshi with the demo county; ended with all its children after the last test of this folder."""
    with server.running() as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium; ended after the last test of this folder, for its event loop bars Django's queries."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def keys(site: server.Site, chromium: Browser) -> dict[str, object]:
    """What each person's browser remembers after signing in, filled as they do."""
    return {}


@pytest.fixture
def new_window(site: server.Site, chromium: Browser) -> Iterator[Callable[..., Window]]:
    """A window nobody has signed in from. It must end without errors, CSP violations or requests to elsewhere."""
    contexts: list[BrowserContext] = []
    windows: list[Window] = []

    def make(**options: object) -> Window:
        context = chromium.new_context(
            **{
                "base_url": site.url,
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                "viewport": DESK,
                "reduced_motion": "reduce",
                "accept_downloads": True,
                **options,
            }
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        windows.append(Window(context, site))
        return windows[-1]

    yield make
    for context in contexts:
        context.close()
    faults = [fault for window in windows for fault in window.faults]
    assert not faults, "\n".join(["", *faults])


@pytest.fixture
def signed_in(new_window: Callable[..., Window], keys: dict[str, object]) -> Callable[..., Window]:
    """A window of one of the demo's people, signed in once and remembered."""

    def make(username: str, **options: object) -> Window:
        if username not in keys:
            window = new_window()
            window.sign_in(username)
            keys[username] = window.context.storage_state()
        return new_window(storage_state=keys[username], **options)

    return make


@pytest.fixture
def page(new_window: Callable[..., Window]) -> Page:
    """A page nobody has signed in from."""
    return new_window().page
