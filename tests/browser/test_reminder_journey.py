"""From the mail to the row: Monday's digest arrives by itself, its link leads to the row, and what was done is gone."""

import datetime
import email
import email.policy
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.browser import server
from tests.browser.steps import choose, submit, unfold
from tests.browser.window import Window
from tests.reminders.outpost import free_port, wait_until

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
WHO = "hekou"


class Letters:
    """A mail server that keeps the text of what it takes, by recipient."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.port = free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one mail."""
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = letter.get_body(("plain",)).get_content()
        for recipient in envelope.rcpt_tos:
            self.texts.setdefault(recipient.partition("@")[0], []).append(text)
        return "250 taken"


@pytest.fixture(scope="module")
def letters() -> Iterator[Letters]:
    """A mail server of our own."""
    kept = Letters()
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture(scope="module")
def site(letters: Letters) -> Iterator[server.Site]:
    """A site of its own on a Monday morning, embedded, with a mail server."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "REDIS_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{letters.port}")
        patch.setattr(server, "MORNING", MONDAY)
        with server.running() as running:
            yield running


@pytest.fixture(scope="module")
def keys(site: server.Site) -> dict[str, object]:
    """What each person's browser remembers on this site."""
    return {}


def would_be_told(site: server.Site, at: str, out: Path) -> list[dict[str, Any]]:
    """What the organiser would be told at a moment."""
    command = [sys.executable, "manage.py", "send_reminders", "--at", at, "--dry-run", "--json", str(out)]
    env = {**os.environ, "LUOSHI_VAR": str(site.folder)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        env.pop(name, None)
    subprocess.run(command, cwd=server.BASE_DIR, env=env, check=True, capture_output=True)
    found = json.loads(out.read_text())
    return [item for row in found if row["person"] == WHO for item in row["items"]]


def test_from_the_mail_to_the_row(
    site: server.Site, letters: Letters, new_window: Callable[..., Window], tmp_path: Path
) -> None:
    assert wait_until(lambda: WHO in letters.texts, 150), "no digest came by itself"
    links = re.findall(r"http://\S+/messages/\d+/go/\d+/", letters.texts[WHO][0])
    assert links
    window = new_window()
    page = window.page
    page.goto(links[0])  # nobody is signed in yet
    page.fill("input[name=username]", WHO)
    page.fill("input[name=password]", "luoshi-demo-2026")
    page.locator("main form button").last.click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    assert re.search(r"/(assignments/\d+/|rows/)", page.url)
    percent = "form[action$='/report/'] [name=report-percent]"
    row = next(url for url in _landings(page, links) if "/assignments/" in url and page.locator(percent).count())
    path = re.search(r"/assignments/\d+/", row)
    assert path
    assert path[0] in {item["url"] for item in would_be_told(site, "2026-11-30T08:30", tmp_path / "before.json")}

    page.goto(row)
    if page.locator("form[action$='/receive/'] button:not([disabled])").count():
        submit(page, "/receive/")
    unfold(page)
    report = page.locator("form[action$='/report/']")
    report.locator("[name=report-text]").fill("已整改到位")
    report.locator("[name=report-percent]").fill("100")
    choose(page, "report-learned", "电话")
    submit(page, "/report/")
    unfold(page)
    page.fill("[name=request_close-result]", "材料补齐，现场看过")
    submit(page, "/request-close/")
    assert path[0] not in {item["url"] for item in would_be_told(site, "2026-11-24T08:30", tmp_path / "next.json")}
    assert path[0] not in {item["url"] for item in would_be_told(site, "2026-11-30T08:30", tmp_path / "week.json")}


def _landings(page: Any, links: list[str]) -> Iterator[str]:
    """Where each link of the mail leads."""
    for link in links:
        page.goto(link)
        yield page.url


def test_the_county_sees_what_was_delivered(site: server.Site, signed_in: Callable[..., Window]) -> None:
    page = signed_in("dangjianban").page
    page.goto("/reminders/?q=河口镇")
    assert page.locator("tbody tr").count() >= 1
    text = page.locator("main").inner_text()
    assert "河口镇" in text
    assert re.search(r"\d\d:\d\d", text)


def test_the_messages_stand_in_the_centre(site: server.Site, signed_in: Callable[..., Window]) -> None:
    page = signed_in(WHO).page
    page.goto("/messages/")
    assert page.locator("main .list-group-item").count() >= 1
