"""``make screenshots``: the pictures of docs/screens, taken in headless Chromium from a running demo.

``LUOSHI_URL`` names a demo that runs already; without it one is started on a free port, with data of its own that are
gone afterwards.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

BASE_DIR = Path(__file__).resolve().parent.parent
FOLDER = BASE_DIR / "docs" / "screens"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "luoshi-demo-2026"  # noqa: S105  the demo's, printed at every start
START_SECONDS = 180
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SIZES: dict[str, ViewportSize] = {"1440": {"width": 1440, "height": 900}, "360": {"width": 360, "height": 740}}
TALLEST = {1440: 1200, 360: 1480}  # pixels at each width: what lies further down is cut off


def main() -> int:
    """Take every picture at both widths; the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, size in SIZES.items():
            take_all(browser, url, name, size)
        browser.close()
    print(f"{sum(path.stat().st_size for path in FOLDER.glob('*.png')) // 1024} kB in {FOLDER.relative_to(BASE_DIR)}")
    return 0


def take_all(browser: Browser, url: str, name: str, size: ViewportSize) -> None:
    """Sign-in, board, my week, a task, an organisation, at one width."""
    page = _page(browser, url, size)
    page.goto("/sign-in/")
    _take(page, f"sign-in-{name}")
    _sign_in(page, "dangjianban")
    page.goto("/board/")
    _take(page, f"board-{name}")
    page.goto(_first(page, ".board-side a[href*='task=']", "/tasks/", "task"))
    _take(page, f"task-{name}")
    page.close()
    page = _page(browser, url, size)
    _sign_in(page, "hekou")
    page.goto("/week/")
    _take(page, f"week-{name}")
    page.goto(_first(page, "[aria-labelledby=contacts] a[href^='/organisations/']", "", ""))
    _take(page, f"organisation-{name}")
    page.close()


def _page(browser: Browser, url: str, size: ViewportSize) -> Page:
    context = browser.new_context(
        base_url=url, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def _sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def _first(page: Page, link: str, start: str, query: str) -> str:
    """The address a link of the page shows, or that of the object its query names."""
    href = page.locator(link).first.get_attribute("href") or "/"
    if not query:
        return href
    return start + href.partition(f"{query}=")[2].partition("&")[0] + "/"


def _take(page: Page, name: str) -> None:
    """Keep the page as it looks from its top, as far down as ``TALLEST`` says."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)  # a chart draws itself
    size = page.viewport_size or SIZES["1440"]
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST[size["width"]])
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.screenshot(path=FOLDER / f"{name}.png")
    page.set_viewport_size(size)
    print(f"docs/screens/{name}.png")


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The address of a demo: the one named by ``LUOSHI_URL``, or one started here and stopped at the end."""
    if os.environ.get("LUOSHI_URL"):
        yield os.environ["LUOSHI_URL"].rstrip("/")
        return
    folder = Path(tempfile.mkdtemp(prefix="luoshi-screens-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env = {**given, "LUOSHI_VAR": str(folder), "PORT": str(port), "LUOSHI_CLOCK_SHIFT_DAYS": _to_wednesday_morning()}
    server = subprocess.Popen([sys.executable, "-m", "config.run"], cwd=BASE_DIR, env=env, stdin=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _to_wednesday_morning() -> str:
    """The days by which the clock is moved so that it is Wednesday 18 November 2026, ten in the morning."""
    return str((1794967200 - time.time()) / 86400)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5):
            return
        time.sleep(0.3)
    raise SystemExit("The demo did not start.")


if __name__ == "__main__":
    sys.exit(main())
