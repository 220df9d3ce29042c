"""Each record of a workbook put where it belongs, by its own columns and the texts around its table."""

from dataclasses import dataclass

from orgs.matching import Level, Match, Matcher
from sheets.extraction import Found, Record

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
