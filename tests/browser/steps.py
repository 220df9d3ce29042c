"""Steps that several journeys take on a page."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

COPY = """async ([text, html]) => {
  const part = (kind, content) => new Blob([content], {type: kind});
  const parts = {"text/plain": part("text/plain", text), "text/html": part("text/html", html)};
  await navigator.clipboard.write([new ClipboardItem(parts)]);
}"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Chapters:
    """What the chapters of a journey hand on: how many were told to their end."""

    chapters: int = 0

    def goes_on_after(self, chapters: int) -> None:
        """Stop here when the chapters before were not told to their end."""
        if self.chapters < chapters:
            pytest.fail(f"The story broke off in chapter {self.chapters + 1}.")


def next_page(page: Page) -> AbstractContextManager[object]:
    """Wait for the next document; a form that notes its key in the history goes nowhere yet."""
    return page.expect_event("load")


def submit(page: Page, action: str) -> None:
    """Press the button of the form that is sent to an address ending like this, and wait for the page after it."""
    with next_page(page):
        page.locator(f"main form[action$='{action}'] button:not([disabled])").last.click()


def said(page: Page, text: str) -> None:
    """The page says so in its messages."""
    expect(page.locator("main [role=status]").first).to_contain_text(text)


def choose(page: Page, name: str, label: str) -> None:
    """Click a chip by what stands on it."""
    page.locator(f"input[name='{name}'] + label", has_text=re.compile(f"^{label}$")).click()


def unfold(page: Page) -> None:
    """Open what stands folded, from the outside in."""
    while page.locator("main details:not([open]) > summary:visible").count():
        page.locator("main details:not([open]) > summary:visible").first.click()


def answer_for(page: Page) -> None:
    """Name who is responsible where the table of responsibility names nobody."""
    person = page.locator("[name=request_close-responsible]")
    if person.count() and not person.input_value():
        person.fill("王某")


def press(page: Page, label: str) -> None:
    """Press the button with this on it, and wait for the page after it."""
    with next_page(page):
        page.locator("main button:not([disabled])", has_text=label).last.click()


def taken(page: Page, link: Locator) -> bytes:
    """What a link lets one download."""
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def sent(name: str, content: bytes, kind: str = XLSX) -> dict[str, Any]:
    """A file as it is chosen in a box."""
    return {"name": name, "mimeType": kind, "buffer": content}


def written_over(content: bytes, cells: Mapping[str, Any], sheet: str = "") -> bytes:
    """The workbook with some cells written over."""
    made = load_workbook(BytesIO(content))
    page = made[sheet] if sheet else made.worksheets[0]
    for address, value in cells.items():
        page[address] = value
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def lines_of(content: bytes) -> list[Sequence[Any]]:
    """The lines of a workbook's first sheet."""
    return list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def addresses(page: Page, count: int) -> list[str]:
    """The first assignments of a list."""
    links = page.locator("tbody th a[href^='/assignments/']")
    expect(links.first).to_be_visible()
    return [links.nth(number).get_attribute("href") or "" for number in range(count)]


def figure(page: Page) -> int:
    """The first number of a sentence on the page."""
    found = re.search(r"\d+", page.locator("main").inner_text())
    assert found
    return int(found.group())


def copied(page: Page, rows: Sequence[Sequence[str]] | str) -> None:
    """Put rows on the clipboard as a spreadsheet does, or a text as a chat does."""
    lines = [rows] if isinstance(rows, str) else ["\t".join(row) + "\r\n" for row in rows]
    cells = [] if isinstance(rows, str) else ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    html = "<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>" if cells else ""
    page.evaluate(COPY, ["".join(lines), html])
