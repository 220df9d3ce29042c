"""One row of a workbook as it waits to be imported, and how a thousand of them are kept: compressed and sealed."""

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Any

from ledgers import sealing

PART_ROWS = 1_000


class Standing(StrEnum):
    """What an import would do with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    NEEDS = "needs"  # somebody has to put it right first
    SKIPPED = "skipped"  # by somebody's choice
    DONE = "done"  # it was imported before


GOOD = frozenset({Standing.NEW, Standing.CHANGED})


class Problem(StrEnum):
    """What keeps a whole row from being imported; the words are those of the result format where it has one."""

    UNKNOWN = "unknown_org"
    AMBIGUOUS = "ambiguous_org"
    MISSING = "missing_org"
    CONTRADICTION = "org_conflict"
    UNSURE = "needs_review"
    NOT_YOURS = "not_yours"
    NOT_FOR_THIS = "not_for_this_ledger"
    CLASH = "duplicate_conflict"
    TWICE = "duplicate_identical"
    PERIOD = "bad_period"
    LACKING = "lacking"  # what names the row is blank
    BROKEN = "broken_check"
    EDITED = "edited_meanwhile"


ORGANISATION = frozenset(
    {
        Problem.UNKNOWN,
        Problem.AMBIGUOUS,
        Problem.MISSING,
        Problem.CONTRADICTION,
        Problem.UNSURE,
        Problem.NOT_YOURS,
        Problem.NOT_FOR_THIS,
    }
)


@dataclass(slots=True)
class StagedRow:
    """A row as it was read, corrected and judged.

    ``table`` counts the workbook's tables, ``line`` its lines, both from 0; ``row`` is the sheet's row from 1.
    ``words`` is how the sheet names the organisation, ``how`` are codes of how it was found, ``candidates`` the keys to
    choose from. ``values`` and ``marks`` are in stored form. By field: ``originals`` is what the cell shows where that
    differs, ``corrected`` what was done to read it, ``faults`` a code with the readings to choose from. ``seen`` is the
    version of the stored row it was compared with, 0 when there was none. ``rival`` is the row that claims the same
    place, as (table, row).
    """

    table: int
    line: int
    row: int
    words: str = ""
    organisation: int | None = None
    how: list[str] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    period: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, list[str]] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    corrected: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    problem: str = ""
    standing: str = ""
    seen: int = -1  # not compared yet
    rival: list[int] = field(default_factory=list)
    found: str = ""  # the problem with the organisation as it was read, before anything was judged
    fixed: bool = False
    sure: list[str] = field(default_factory=list)  # fields whose values somebody called right

    @property
    def is_corrected(self) -> bool:
        """Whether something in it was put right without asking."""
        return bool(self.corrected or self.how)

    @property
    def address(self) -> str:
        """Its key among the fixes."""
        return f"{self.table}-{self.line}"


_fields_of = attrgetter(*StagedRow.__slots__)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def packed(rows: Sequence[StagedRow]) -> bytes:
    """Rows as they are kept: a line each, led by how it stands, so that the others need not be read."""
    lines = [f"{row.standing}{_encode(_fields_of(row))}" for row in rows]
    return sealing.seal_bytes(zlib.compress("\n".join(lines).encode(), 1))


def unpacked(content: bytes, only: Collection[str] | None = None, *, done: bool = False) -> list[StagedRow]:
    """Rows that were kept: all, or ``only`` those that stand so; ``done`` when the good ones were imported since.

    Raises ``ledgers.sealing.Unopened`` when no key opens them any more.
    """
    found = []
    for line in zlib.decompress(sealing.open_bytes(content)).decode().split("\n"):
        cut = line.index("[")
        standing = Standing.DONE if done and line[:cut] in GOOD else line[:cut]
        if only is None or standing in only:
            row = StagedRow(*json.loads(line[cut:]))
            row.standing = standing
            found.append(row)
    return found


def parts(rows: Sequence[StagedRow]) -> Iterator[tuple[int, Sequence[StagedRow]]]:
    """The rows a part at a time, with the part's number."""
    for number, start in enumerate(range(0, len(rows), PART_ROWS)):
        yield number, rows[start : start + PART_ROWS]


def counted(rows: Iterable[StagedRow]) -> dict[str, int]:
    """How many rows stand how, and how many were corrected."""
    counts: dict[str, int] = {"all": 0, "corrected": 0, **{standing.value: 0 for standing in Standing}}
    for row in rows:
        counts["all"] += 1
        counts[row.standing] += 1
        counts["corrected"] += row.is_corrected
    return counts


def when_done(counts: Mapping[str, int]) -> dict[str, int]:
    """How many rows stand how once the good ones are imported."""
    done = counts[Standing.DONE] + sum(counts[standing] for standing in GOOD)
    return {**counts, **dict.fromkeys(map(str, GOOD), 0), str(Standing.DONE): done}
