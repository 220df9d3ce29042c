"""The person's own workbook with its faults marked: coloured, commented, and listed on a sheet of their own."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from ledgers.imports.preview import Line
from ledgers.imports.staged import Problem
from ledgers.models import ImportBatch
from sheets.apart import asking
from sheets.reading import Book, text_of

SHEET = "落实核对说明"  # left out by the reader, whatever language the person uses
_TOKEN = re.compile(r"LUOSHI-(\d{1,12})")
MOST_CELLS = 400_000  # a workbook is marked as a whole in memory: some 300 MB, and ten seconds
_ONE_CELL = frozenset({Problem.CLASH, Problem.TWICE, Problem.PERIOD, Problem.LACKING, Problem.BROKEN, Problem.EDITED})


@dataclass(frozen=True)
class Mark:
    """One cell and what has to be done about it."""

    sheet: str
    address: str
    shown: str
    sentence: str


def marks_of(lines: Iterable[Line]) -> list[Mark]:
    """What is wrong in the rows, cell by cell; a column whose unit is asked about once, at its first cell."""
    found = []
    asked: set[tuple[int, str]] = set()
    for line in lines:
        if line.problem:
            names = _(", ").join(name for _key, name in line.candidates[:5])
            sentence = line.problem
            if names and line.row.problem not in _ONE_CELL:
                sentence = _("%(problem)s Perhaps: %(names)s") % {"problem": line.problem, "names": names}
            found.append(Mark(line.sheet, line.address or f"A{line.row.row}", line.row.words, sentence))
        for cell in line.cells:
            if cell.is_asked_above and (line.row.table, cell.key) in asked:
                continue
            if cell.is_asked_above:
                asked.add((line.row.table, cell.key))
            if cell.fault:
                readings = _(" or ").join(shown for _sent, shown in cell.choices)
                more = " " + _("Perhaps: %(names)s") % {"names": readings} if readings else ""
                found.append(Mark(line.sheet, cell.address, cell.text, f"{cell.fault}{more}"))
    return found


def marked(content: bytes, batch: ImportBatch, lines: Sequence[Line]) -> bytes:
    """The workbook with the faults of ``lines`` marked; what is no .xlsx is written anew, cell by cell.

    Formulas stay, with the results they had. A workbook that is too large to be marked gives the list of faults alone.
    Raises ``sheets.refusals.UnreadableError``.
    """
    marks = marks_of(lines)
    wanted = {
        "marks": [[mark.sheet, mark.address, mark.sentence] for mark in marks],
        "sheet": SHEET,
        "lines": _explained(marks, batch),
        "alone": _explained(marks, None),
        "most": MOST_CELLS,
        "author": _("Luoshi"),
    }
    return asking.mark(content, wanted)


def _explained(marks: Sequence[Mark], batch: ImportBatch | None) -> list[list[str]]:
    """The lines of the sheet that lists the faults, by which the workbook is known when it is sent again.

    Without ``batch`` it stands alone, for a workbook that stays where it is.
    """
    how = (
        _("Put the red cells right in this workbook, save it and send it again: the rest is known already.")
        if batch
        else _("The workbook is too large to be marked. Put these cells right in your own, and send that again.")
    )
    return [
        [_("What is to be put right"), *([f"LUOSHI-{batch.pk}"] if batch else [])],
        [how],
        [],
        [_("Sheet"), _("Cell"), _("What stands there"), _("What to do")],
        *([mark.sheet, mark.address, mark.shown, mark.sentence] for mark in marks),
    ]


def token_of(book: Book) -> int | None:
    """Which import a workbook that was marked belongs to."""
    for sheet in book.sheets:
        if sheet.name == SHEET:
            texts = (text_of(cell) for row in sheet.rows[:2] for cell in row)
            found = next((match for text in texts if (match := _TOKEN.fullmatch(text))), None)
            return int(found[1]) if found else None
    return None


def name_of(name: str) -> str:
    """What the marked workbook is called."""
    return f"{PurePath(name).stem}-{_('marked')}.xlsx"
