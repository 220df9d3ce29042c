"""Each record of a workbook put where it belongs, by its own columns and the texts around its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orgs.match import Key
from orgs.matching import Level, Match, Matcher
from sheets.extraction import Found, Record
from sheets.values import plain

CONFLICT, IDENTICAL = "duplicate_conflict", "duplicate_identical"

CODES = {
    "unknown": "unknown_org",
    "ambiguous": "ambiguous_org",
    "missing": "missing_org",
    "conflict": "org_conflict",
    "review": "needs_review",
}


@dataclass(frozen=True)
class Placed:
    """A record with the organisation it was found to be of."""

    table: Found
    record: Record
    match: Match

    @property
    def fault(self) -> str:
        """Why the record has no organisation yet; empty when it has."""
        return "" if self.match.found else CODES[self.match.status]


def place(table: Found, matcher: Matcher, level: Level = "village") -> list[Placed]:
    """The records of a table with their organisations."""
    around = tuple(text for text in table.contexts if text)
    placed = []
    for record in table.records:
        places = record.places
        contexts = (places.section, *around) if places.section else around
        match = matcher.find(places.name, township=places.township, code=places.code, contexts=contexts, level=level)
        placed.append(Placed(table, record, match))
    return placed


def duplicates(placed: Sequence[Placed], natural_key: Sequence[str] = ()) -> dict[int, str]:
    """The places in the list of records that stand for the same row, with why.

    Records that say the same are duplicates of the first; where they differ, all of them wait for somebody. One that
    is probably of an organisation (a character off) counts as being of it.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for at, each in enumerate(placed):
        key = _probable_key(each.match)
        if key is not None:
            values = each.record.values
            groups.setdefault((key, *(plain(str(values.get(name) or "")) for name in natural_key)), []).append(at)
    found: dict[int, str] = {}
    for group in groups.values():
        first = placed[group[0]].record
        if any(_content(placed[at].record) != _content(first) for at in group):
            found.update(dict.fromkeys(group, CONFLICT))
        else:
            found.update(dict.fromkeys(group[1:], IDENTICAL))
    return found


def _probable_key(match: Match) -> Key | None:
    if match.found:
        return match.key
    return match.candidates[0] if match.status == "review" and len(match.candidates) == 1 else None


def _content(record: Record) -> tuple[dict[str, Any], dict[str, str]]:
    """What a record says: its values, and what is wrong with the others."""
    return record.values, {key: reading.fault for key, reading in record.faults.items()}
