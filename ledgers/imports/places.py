"""The organisations a workbook may speak of, ready to be found by what people write."""

from dataclasses import dataclass
from typing import NamedTuple

from ledgers.imports.sender import Sender
from ledgers.rules.kinds import KindRule, Subject
from naming.matching import Level, Match, Matcher, Unit
from orgs import paths
from orgs.models import Organisation, OrganisationName
from orgs.rules import ABOVE, OPERATING, VILLAGE_LEVEL
from sheets.extraction import Places as Written

CODES = {  # how the matcher's answer is called among the faults of a row
    "unknown": "unknown_org",
    "ambiguous": "ambiguous_org",
    "missing": "missing_org",
    "conflict": "org_conflict",
    "review": "needs_review",
}
_PLAIN_STEPS = frozenset({"township_column", "context", "code"})  # they say where was searched, not what was put right


class Put(NamedTuple):
    """Where a row was put: how it was written, the organisation and how it was found, else why not."""

    words: str
    organisation: int | None
    how: list[str]
    candidates: list[int]
    found: str


@dataclass(frozen=True)
class Places:
    """A matcher of the sender's county, and the sender's own township as the last text to look around in."""

    matcher: Matcher
    own: str
    level: Level

    def put(self, places: Written, contexts: tuple[str, ...]) -> Put:
        """Find the organisation that is written in a row, or say why it is not known.

        ``contexts`` are the texts around the table.
        """
        around = (places.section, *contexts, self.own) if places.section else (*contexts, self.own)
        match = self.matcher.find(
            places.name, township=places.township, code=places.code, contexts=around, level=self.level
        )
        named = (places.township, places.name) if self.level != "township" else (places.township or places.name,)
        words = " ".join(part for part in named if part)[:200] or places.code[:40]
        how = [step for step in match.steps if step not in _PLAIN_STEPS]
        candidates = [int(key) for key in match.candidates]
        if match.found:
            return Put(words, int(match.key or 0), how, candidates, "")
        if not candidates and match.status in {"unknown", "ambiguous"}:
            candidates = self.alike(match)
        return Put(words, None, how, candidates, CODES[match.status])

    def alike(self, match: Match) -> list[int]:
        """What somebody may have meant."""
        return [int(key) for key in self.matcher.suggestions(match)]


def places_of(sender: Sender, kind: KindRule) -> Places:
    """Everything below the sender's county; of a village ledger the villages and communities alone."""
    rows = Organisation.objects.filter(paths.within(sender.county.path)).values_list(
        "pk", "code", "name", "short_name", "kind", "township_id", "closed_on", "merged_into_id"
    )
    above = Organisation.objects.filter(path__in=paths.above(sender.county.path))
    names: dict[int, list[str]] = {}
    other = OrganisationName.objects.filter(paths.within(sender.county.path, "organisation"))
    for key, name in other.values_list("organisation_id", "name"):
        names.setdefault(key, []).append(name)
    units = [Unit(row.pk, row.code, row.name, row.short_name, "above") for row in above]
    for key, code, name, short, what, township, closed_on, successor in rows:
        level = _level(what, kind)
        if level is None or key == sender.county.pk:
            continue
        closed = closed_on is not None and closed_on <= sender.on
        units.append(Unit(key, code, name, short, level, township, tuple(names.get(key, ())), closed, successor))
    own = sender.organisation.name if sender.organisation.kind in OPERATING else ""
    return Places(Matcher(units), own, "township" if kind.subject == Subject.TOWNSHIP else "village")


def _level(what: str, kind: KindRule) -> Level | None:
    """Where an organisation stands for the matcher; None when it cannot be meant."""
    if what in ABOVE:
        return "above"
    if what in OPERATING:
        return "township"
    if what in VILLAGE_LEVEL:
        return "village"
    return "other" if kind.subject == Subject.ANY else None
