"""What must hold beside the story: reading without scripts, the other language, the health page."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.server import Site
from tests.browser.window import Window

BEAT_SECONDS = 60


def test_worker_and_beat_really_run(site: Site) -> None:
    deadline = time.monotonic() + BEAT_SECONDS
    while not site.healthy().get("beat") and time.monotonic() < deadline:
        time.sleep(0.5)
    assert site.healthy()["beat"] is True


@pytest.mark.parametrize(
    ("person", "path", "wanted"),
    [
        ("dangjianban", "/board/", ".matrix td a"),
        ("dangjianban", "/tasks/", "main a[href^='/tasks/']"),
        ("dangjianban", "/rows/", "main tbody a[href^='/assignments/']"),
        ("dangjianban", "/verification/", "main form button"),
        ("hekou", "/week/", "main a[href^='/assignments/'], main a[href^='/rows/']"),
        ("hekou", "/organisations/", "main a[href^='/organisations/']"),
        ("hekou", "/responsibility/", "main tbody tr"),
    ],
)
def test_pages_read_without_scripts(person: str, path: str, wanted: str, signed_in: Callable[..., Window]) -> None:
    window = signed_in(person, java_script_enabled=False)
    path = "/organisations" + path if path == "/responsibility/" else path
    assert window.go(path).status == 200
    expect(window.page.locator("h1")).to_be_visible()
    expect(window.page.locator(wanted).first).to_be_visible()


def test_one_reads_on_from_a_list_to_a_row_without_scripts(signed_in: Callable[..., Window]) -> None:
    page = signed_in("hekou", java_script_enabled=False).page
    page.goto("/rows/")
    page.locator("main tbody a[href^='/assignments/']").first.click()
    page.wait_for_url(re.compile(r"/assignments/\d+/$"))
    expect(page.locator("ol.steps")).to_be_visible()
    page.locator("h1 a").click()
    page.wait_for_url(re.compile(r"/organisations/\d+/$"))
    expect(page.locator("h1")).to_be_visible()


def test_english_stands_behind_a_switch_and_stays_chosen(signed_in: Callable[..., Window]) -> None:
    page = signed_in("hekou").page
    page.goto("/week/")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    page.locator("header .dropdown-toggle").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("What to do this week")
    page.goto("/rows/")
    expect(page.locator("h1")).to_contain_text("Assignments")
