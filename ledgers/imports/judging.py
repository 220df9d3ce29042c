"""What an import would do with each row: duplicates in the file, rights, and a comparison with what is stored.

Nothing is written here, and nothing but the stored rows of the places concerned is read.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, Max, Sum

from dates import periods
from ledgers import sealing
from ledgers.actions.entries import Draft, Place
from ledgers.imports.doubts import Measure
from ledgers.imports.sender import Sender
from ledgers.imports.staged import Problem, StagedRow, Standing
from ledgers.models import Entry
from ledgers.rules.checks import Severity, run
from ledgers.rules.kinds import KindRule
from orgs import paths
from orgs.field_rules import hash_of
from orgs.models import Organisation
from records.inserting import BATCH

SETTLED = frozenset({Standing.DONE, Standing.SKIPPED})


@dataclass(frozen=True, slots=True)
class Unit:
    """What has to be known of an organisation that a row names."""

    pk: int
    code: str
    name: str
    kind: str
    path: str
    township: int | None


UNIT_FIELDS = ("pk", "code", "name", "kind", "path", "township_id")


def units_of(keys: Iterable[int]) -> dict[int, Unit]:
    """The organisations of some keys."""
    wanted, found = sorted(set(keys)), dict[int, Unit]()
    for start in range(0, len(wanted), BATCH):
        rows = Organisation.objects.filter(pk__in=wanted[start : start + BATCH])
        found.update({line[0]: Unit(*line) for line in rows.values_list(*UNIT_FIELDS)})
    return found


class Held(NamedTuple):
    """What is stored of an entry that a row is compared with."""

    version: int
    values: dict[str, Any]
    marks: dict[str, list[str]]


_PLACE = ("organisation_id", "period", "key")
_STATE = {"rows": Count("pk"), "keys": Sum("pk"), "newest": Max("version"), "versions": Sum("version")}


def basis(kind: KindRule, sender: Sender) -> str:
    """A digest of all that rows are judged by besides themselves: the ledger as it is described, the sender's reach,
    the organisations and the stored rows. While it is the same, so is every judgement.
    """
    stored = Entry.objects.filter(ledger=kind.key).aggregate(**_STATE)
    register = Organisation.objects.filter(paths.within(sender.county.path)).aggregate(**_STATE)
    told = [hash_of(kind), sender.roots, sorted(stored.items()), sorted(register.items())]
    return hashlib.sha256(repr(told).encode()).hexdigest()


@dataclass
class Judge:
    """Judges rows of one ledger for one sender; remembers what it has read of the database."""

    kind: KindRule
    sender: Sender
    units: Mapping[int, Unit]
    measure: Measure | None = None
    _reach: dict[int, str] = field(default_factory=dict)
    _periods: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._errors = tuple(check for check in self.kind.checks if check.severity == Severity.ERROR)
        self._fields = {column.key: column.field for column in self.kind.columns}

    def judge(self, rows: Sequence[StagedRow]) -> None:
        """Say of every row that is not settled how it stands."""
        open_rows = [row for row in rows if row.standing not in SETTLED]
        sound: list[StagedRow] = []
        for row in open_rows:
            row.rival = []
            row.problem = self._own_problem(row)
            row.standing = Standing.NEEDS if row.problem or row.faults else ""
            if not row.standing:
                sound.append(row)
        places = {id(row): self.place(row) for row in open_rows if row.organisation is not None and row.values}
        self._find_duplicates([row for row in open_rows if id(row) in places], places)
        sound = [row for row in sound if not row.standing]
        self._compare_all(sound, places)

    def _compare_all(self, rows: Sequence[StagedRow], places: Mapping[int, Place]) -> None:
        """Compare rows with what is stored, which is read without making objects of it, and not all at once."""
        by_organisation: dict[int, list[StagedRow]] = {}
        for row in rows:
            by_organisation.setdefault(row.organisation or 0, []).append(row)
        keys, asked = sorted(by_organisation), {row.period for row in rows}
        before = {period: _before(period) for period in asked} if self.measure else {}
        for start in range(0, len(keys), BATCH):
            part = keys[start : start + BATCH]
            stored = Entry.objects.filter(ledger=self.kind.key, organisation__in=part)
            stored = stored.filter(period__in={*asked, *before.values()})
            held = {}
            for organisation, period, name, *line in stored.values_list(*_PLACE, *Held._fields).iterator():
                known = Held(*line)
                held[organisation, period, sealing.newest_key(self.kind, name, known.values)] = known
            for key in part:
                for row in by_organisation[key]:
                    place = places.get(id(row)) or self.place(row)
                    last = held.get((place[0], before.get(place[1], ""), place[2]))
                    self._compare(row, held.get(place), last)

    def place(self, row: StagedRow) -> Place:
        """Which stored row this is or would be."""
        assert row.organisation is not None  # asked of such rows only
        key = sealing.row_key(self.kind, row.values) if self.kind.natural_key else ""
        return row.organisation, row.period, key

    def _own_problem(self, row: StagedRow) -> str:
        if row.found:
            return row.found
        if row.organisation is None:
            return Problem.MISSING
        if (reason := self._reach.get(row.organisation)) is None:
            reason = self._reach[row.organisation] = self._reason(self.units.get(row.organisation))
        if reason:
            return reason
        if (accepted := self._periods.get(row.period)) is None:
            accepted = self._periods[row.period] = self.kind.accepts_period(row.period)
        if not accepted:
            return Problem.PERIOD
        if any(key not in row.values and key not in row.faults for key in self.kind.natural_key):
            return Problem.LACKING
        if self._errors and any(run(check, row.values, self._fields) for check in self._errors):
            return Problem.BROKEN
        return ""

    def _reason(self, unit: Unit | None) -> str:
        if unit is None:
            return Problem.UNKNOWN
        if not self.kind.accepts(unit.kind):
            return Problem.NOT_FOR_THIS
        return "" if self.sender.reaches(unit.path) else Problem.NOT_YOURS

    def _find_duplicates(self, rows: Sequence[StagedRow], places: Mapping[int, Place]) -> None:
        """Of two rows in the same place both wait when they differ, the later one when they say the same."""
        first: dict[Place, StagedRow] = {}
        for row in rows:
            there = first.setdefault(places[id(row)], row)
            if there is row or there.problem == Problem.NOT_YOURS:
                continue
            pair = (row.table, row.row), (there.table, there.row)
            if (row.values, row.faults, row.marks) == (there.values, there.faults, there.marks):
                row.problem, row.rival = Problem.TWICE, list(pair[1])
            else:
                row.problem, row.rival = Problem.CLASH, list(pair[1])
                there.problem, there.rival, there.standing = Problem.CLASH, list(pair[0]), Standing.NEEDS
            row.standing = Standing.NEEDS

    def _compare(self, row: StagedRow, entry: Held | None, last: Held | None) -> None:
        """Compare a row with what is stored of its place, and its values with those or the period's before."""
        version = entry.version if entry else 0
        if row.seen >= 0 and row.seen != version:
            row.problem, row.standing = Problem.EDITED, Standing.NEEDS
            return
        row.seen = version
        if self.measure:
            self.measure.doubt(row, entry.values if entry else {}, last.values if last else {})
        if row.faults:
            row.standing = Standing.NEEDS
        elif entry is None:
            row.standing = Standing.NEW if row.values else Standing.SAME  # a line nobody filled in reports nothing
        else:
            row.standing = Standing.CHANGED if differs(row, entry) else Standing.SAME


def _before(period: str) -> str:
    """The period before one; itself where it is none of the calendar's."""
    try:
        return periods.parse(period).before().key
    except ValueError:
        return period


NOT_SEEN = -1  # a row that was not compared yet


def differs(row: StagedRow, entry: Held) -> bool:
    """Whether a row says anything that is not stored; blanks say nothing."""
    held, marks = entry.values, entry.marks
    for key, value in row.values.items():
        stored = held.get(key)
        if sealing.is_sealed(stored):
            stored = sealing.opened(stored)
        if stored != value or marks.get(key, []) != row.marks.get(key, []):
            return True
    return False


def draft_of(row: StagedRow) -> Draft:
    """The row as ``save_many`` takes it; what is blank in the workbook keeps what is stored."""
    assert row.organisation is not None  # asked of such rows only
    return Draft(row.organisation, row.period, row.values, row.marks)


def changes_of(row: StagedRow, entry: Entry) -> dict[str, Any]:
    """The stored values that a row would replace, opened, by field."""
    held = sealing.open_all({key: entry.values.get(key) for key in row.values})
    return {key: held.get(key) for key, value in row.values.items() if held.get(key) != value}
