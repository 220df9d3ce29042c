"""Web tables saved under the name of a workbook: row n is the n-th ``<tr>``, spans become merged ranges."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sheets.packed import MAX_CELLS
from sheets.refusals import TOO_LARGE, UNSUPPORTED, refused

MAX_CHARACTERS = 60_000_000
MAX_SPAN = 16_384
_NAMES = re.compile(r"<x:Name>([^<]*)</x:Name>", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
Merge = tuple[int, int, int, int]


@dataclass
class WebTable:
    """One sheet of a web page: rows of texts (and numbers where the page states them), counted from 0."""

    name: str
    rows: list[list[str | float]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)


def looks_like(text: str) -> bool:
    """Whether a text is a web page rather than a table of commas."""
    return bool(re.match(r"\s*<(?:!doctype|html|head|body|table|meta|\?xml|!--|style|div)", text[:1000], re.IGNORECASE))


def tables(text: str) -> list[WebTable]:
    """A page as one sheet, or one a table when it names as many sheets. Raises ``UnreadableError``."""
    import html

    from lxml import etree  # only when a web page comes

    if len(text) > MAX_CHARACTERS:
        raise refused(TOO_LARGE)
    names = [html.unescape(name.strip()) for name in _NAMES.findall(text)]
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    root = etree.fromstring(text.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", no_network=True))
    if root is None or root.find(".//tr") is None:
        raise refused(UNSUPPORTED)
    innermost = [table for table in root.iter("table") if table.find(".//table") is None]
    if len(names) > 1 and len(names) == len(innermost):
        return [_table(name, list(table.iter("tr"))) for name, table in zip(names, innermost, strict=True)]
    return [_table(names[0] if names else "", list(root.iter("tr")))]


def _table(name: str, lines: list[Any]) -> WebTable:
    table = WebTable(name)
    covered: dict[int, int] = {}  # column → the last row that a span from above covers
    places = 0
    for number, line in enumerate(lines):
        row: list[str | float] = []
        table.rows.append(row)
        if _HIDDEN.search(line.get("style") or ""):
            table.hidden_rows.add(number)
        for cell, across, down in _cells(line):
            while covered.get(len(row), -1) >= number:
                row.append("")
            left, bottom = len(row), min(number + down, len(lines)) - 1
            row.append(_content(cell))
            row += [""] * (across - 1)
            if places + len(row) > MAX_CELLS or len(row) > MAX_SPAN * 2:
                raise refused(TOO_LARGE)
            if across > 1 or bottom > number:
                table.merges.append((number, left, bottom, left + across - 1))
                covered.update(dict.fromkeys(range(left, left + across), bottom))
        places += len(row)
    return table


def _cells(line: Any) -> Iterator[tuple[Any, int, int]]:
    """The cells of a row that hold no table of their own, with how far they span."""
    for cell in line:
        if cell.tag in {"td", "th"}:
            inner = cell.find(".//tr") is not None
            if not inner:
                yield cell, _span(cell.get("colspan")), _span(cell.get("rowspan"))


def _span(stated: str | None) -> int:
    digits = (stated or "").strip()
    return min(max(int(digits), 1), MAX_SPAN) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 1


def _content(cell: Any) -> str | float:
    """A cell's number where Excel states it, else its text with line breaks kept."""
    stated = cell.get("x:num")
    if stated:
        try:
            return float(stated)
        except ValueError:
            pass
    parts: list[str] = []
    for piece in cell.iter():
        if piece.tag == "br" and piece is not cell:
            parts.append("\n")
        elif isinstance(piece.tag, str) and piece.tag not in {"style", "script"} and piece.text:
            parts.append(re.sub(r"[ \t\r\n]+", " ", piece.text))
        if piece is not cell and piece.tail:
            parts.append(re.sub(r"[ \t\r\n]+", " ", piece.tail))
    return "".join(parts).strip(" ")
