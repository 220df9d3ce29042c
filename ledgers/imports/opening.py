"""A workbook opened in the process apart: at once for a page, in its turn for work in the background."""

import time

from ledgers.imports.haste import in_haste
from records.work import Progress
from sheets.apart.asking import read_book
from sheets.reading import Book
from sheets.refusals import BUSY, UnreadableError

READ, JUDGED, KEPT = 1, 2, 3  # the steps that the page of the work shows
BUSY_SECONDS = 1.0  # between two attempts while other files are being read


def book_of(content: bytes, progress: Progress | None = None) -> Book:
    """The workbook. Raises ``UnreadableError``; work does so only for the file itself, and waits for its turn."""
    while True:
        _at(progress, 0)
        try:
            with in_haste():
                book = read_book(content)
        except UnreadableError as error:
            if progress is None or error.code != BUSY:
                raise
            time.sleep(BUSY_SECONDS)
        else:
            _at(progress, READ)
            return book


def judged(progress: Progress | None) -> None:
    """The second step is done."""
    _at(progress, JUDGED)


def _at(progress: Progress | None, step: int) -> None:
    if progress:
        progress.set(step, KEPT)
