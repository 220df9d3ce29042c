"""From a workbook to judged rows: read, corrected as somebody said, compared with what is stored. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledgers.imports import fixes as corrections
from ledgers.imports.doubts import Measure
from ledgers.imports.haste import in_haste
from ledgers.imports.judging import Judge, Unit, basis, units_of
from ledgers.imports.places import places_of
from ledgers.imports.reading import Read, read
from ledgers.imports.sender import Sender
from ledgers.imports.staged import StagedRow
from ledgers.rules.kinds import KindRule
from sheets.reading import Book


@dataclass(frozen=True)
class Prepared:
    """What was read, the organisations it names, and what the rows were judged by (``judging.basis``)."""

    read: Read
    units: Mapping[int, Unit]
    basis: str

    @property
    def rows(self) -> list[StagedRow]:
        """The judged rows."""
        return self.read.rows


@in_haste()
def prepare(
    content: bytes | Book,
    kind: KindRule,
    sender: Sender,
    *,
    period: str = "",
    name: str = "",
    given: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    fixes: Mapping[str, Mapping[str, Any]] | None = None,
) -> Prepared:
    """Read a workbook and say of each row what an import would do; ``answers`` are about whole columns (``doubts``).

    Raises ``sheets.refusals.UnreadableError``.
    """
    places = places_of(sender, kind)
    found = read(content, kind, sender, places=places, period=period, given=given, units=answers, name=name)
    if fixes:
        for row in found.rows:
            if (fix := fixes.get(row.address)) is not None:
                corrections.apply(row, fix, kind)
    units = units_of(row.organisation for row in found.rows if row.organisation is not None)
    judged_by = basis(kind, sender)  # before anything stored is read: what is written meanwhile makes it another
    Judge(kind, sender, units, Measure.of(kind, found.tables, answers)).judge(found.rows)
    return Prepared(found, units, judged_by)
