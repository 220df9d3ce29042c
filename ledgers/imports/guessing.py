"""Which ledger a workbook looks like."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ledgers.imports.fields import PERIOD, describe
from ledgers.rules.kinds import KindRule, Subject
from sheets import layout
from sheets.headings import LIKELY, SURE, Vocabulary
from sheets.reading import Book, Sheet

_LOOKED_AT = 25  # rows of each sheet
_SHEETS = 4


@dataclass(frozen=True)
class Likeness:
    """How much of a workbook a ledger explains, from 0 to 1 and more when the title names it."""

    kind: KindRule
    score: float


def likenesses(book: Book, kinds: Iterable[KindRule], name: str = "") -> list[Likeness]:
    """The ledgers by how well the headings fit, the best first; those that explain nothing are left out."""
    sheets = [_top(sheet) for sheet in book.sheets if sheet.visible and len(sheet.rows) > 1][:_SHEETS]
    found = [Likeness(kind, _score(sheets, kind, name)) for kind in kinds]
    return sorted((each for each in found if each.score > 0), key=lambda each: -each.score)


def _top(sheet: Sheet) -> Sheet:
    merges = [merge for merge in sheet.merges if merge[0] < _LOOKED_AT]
    return replace(sheet, rows=sheet.rows[:_LOOKED_AT], merges=merges)


def _score(sheets: Iterable[Sheet], kind: KindRule, name: str) -> float:
    level = "township" if kind.subject == Subject.TOWNSHIP else "village"
    vocabulary = Vocabulary(describe(kind), level)
    fits, columns, texts = 0.0, 0, [name]
    for sheet in sheets:
        texts.append(sheet.name)
        for table in layout.find(sheet, vocabulary):
            texts += table.titles
            own = [column for column in table.columns if not column.key.startswith("@") or column.key == PERIOD]
            columns += len(own)
            fits += sum(column.confidence**2 for column in own if column.confidence >= LIKELY)
    if not fits:
        return 0.0
    share = fits / max(columns, 1)
    title = unicodedata.normalize("NFKC", "".join("".join(texts).split()))
    return share + (SURE / 3 if kind.zh in title else 0.0)
