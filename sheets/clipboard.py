r"""Text copied from Excel, WPS or a web sheet: tabs between cells, a line a row, quotes around what holds a line break.

A cell that begins with a quote is quoted when the quote is closed before a tab, a line's end or the text's end, and
every quote within is doubled; otherwise its quotes are characters like any other::

    rows('桃山村\t61\t"水电已通\n等验收"\r\n')    [["桃山村", "61", "水电已通\n等验收"]]
    rows('51\r\n\r\n53\r\n54\r\n')           [["51"], [""], ["53"], ["54"]]
    rows('"先锋"村\t5" 管')                       [['"先锋"村', '5" 管']]

Pure, and linear in the length of the text.
"""

import re

LONGEST = 20_000  # characters that one paste may have: some 300 lines with remarks

_END = re.compile(r"\t|\r\n|\r|\n|\Z")
_QUOTES = re.compile(r'"+')
_BREAKS = re.compile(r"\r\n?")


def rows(text: str) -> list[list[str]]:
    r"""The cells by row, as copied: blank cells and blank rows stay, the break that ends the last row opens none.

    Rows may differ in length. Line breaks within a cell are ``\n``; nothing else is trimmed. Never raises.
    """
    text = text.removeprefix("\ufeff")
    found: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text) or row:
        cell, end = _cell(text, at)
        row.append(cell)
        sign = _END.match(text, end)
        assert sign is not None  # a cell ends where one of the signs stands
        at = sign.end()
        if sign[0] != "\t":
            found.append(row)
            row = []
    return found


def _cell(text: str, start: int) -> tuple[str, int]:
    """The cell that begins at a place, and where it ends."""
    if text.startswith('"', start) and (closed := _closing(text, start)) is not None:
        inside = text[start + 1 : closed].replace('""', '"')
        return _BREAKS.sub("\n", inside), closed + 1
    sign = _END.search(text, start)
    assert sign is not None  # the end of the text is one
    return text[start : sign.start()], sign.start()


def _closing(text: str, start: int) -> int | None:
    """Where the quote that opens a cell is closed; None when it is a character of the text.

    The scan stops at the first run of quotes of odd length, and a cell that is tried after a vain scan begins with
    such a run: no stretch is scanned twice.
    """
    at = start + 1
    while (run := _QUOTES.search(text, at)) is not None:
        if (run.end() - run.start()) % 2:
            closes = _END.match(text, run.end()) is not None
            return run.end() - 1 if closes else None
        at = run.end()
    return None


def unbroken(text: str) -> str:
    r"""A text with each line break as one character, as it was typed: a browser submits ``\r\n``."""
    return _BREAKS.sub("\n", text)


def one_line(text: str) -> str:
    """A text as a box of one line can show it: a line break reads as a blank."""
    return " ".join(filter(None, map(str.strip, text.splitlines())))
