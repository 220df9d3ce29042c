"""One row of the grid saved as a whole: several assignments of one organisation in one change set."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dates import periods
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.scope import require
from records.changes import Writer, change_set
from records.models import ChangeSet, version_seen
from tasks import permissions, refusals, stores
from tasks.facts import actions as figures
from tasks.facts import far_figures
from tasks.grid import cells, sheet
from tasks.grid.cells import Given
from tasks.lights import stored
from tasks.models import Assignment, Entry, Milestone
from tasks.refusals import StepRefused
from tasks.rules import percents
from tasks.rules import status as rules
from tasks.rules.status import EntryKind, Learned, Shape, Status, Step
from tasks.rules.typed_facts import NotRead

COLUMNS = ["value", "status", "said", "reported_on", "received_on", *figures.DAYS]
SAID_LENGTH = 500


@dataclass(frozen=True)
class Typed:
    """What was typed into one cell: its text, what stood there before, what was ``seen`` of the row's version, and
    whether somebody said that just this is right.
    """

    text: str
    was: str
    seen: str
    sure: bool = False


@dataclass(frozen=True)
class Clash:
    """Somebody else has reported another fact meanwhile: both stand here until one is chosen."""

    key: int
    text: str
    mine: str
    theirs: str
    was: str
    seen: str
    who: str = ""
    at: datetime.datetime | None = None
    learned: str = ""


@dataclass
class Saved:
    """What came of saving a row: its change set if anything was written, sentences and clashes by assignment key.

    ``unkept`` says by place why its remark was not kept; ``asked`` are those of the refused that are saved once they
    are called right.
    """

    change_set: ChangeSet | None = None
    written: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    unkept: dict[int, str] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)


@dataclass
class Filled:
    """One assignment with the fact to write."""

    row: Assignment
    stages: list[Milestone]
    given: Given = field(default_factory=Given)
    text: str = ""
    learned: str = ""
    says: bool = True  # whether the words are the last sentence said of it


class _StoreRefused(Exception):
    """The store that keeps the figure refused it: the row is written again without this cell."""

    def __init__(self, key: int, reason: str) -> None:
        super().__init__(reason)
        self.key = key


@dataclass(frozen=True)
class RowTyped:
    """What was typed into one row: its cells by assignment key, the note and which assignment it is about.

    ``unkept`` says why a note was refused as it was read.
    """

    typed: Mapping[int, Typed]
    note: str = ""
    about: int | None = None
    learned: str = ""
    unkept: str = ""


def report_row(
    organisation: Organisation,
    typed: Mapping[int, Typed],
    *,
    by: Actor,
    note: str = "",
    about: int | None = None,
    learned: str = "",
) -> Saved:
    """Save what was typed for one organisation; see ``report_rows``."""
    return report_rows({organisation.pk: RowTyped(typed, note, about, learned)}, by=by)


def report_rows(sent: Mapping[int, RowTyped], *, by: Actor) -> Saved:
    """Save what was typed for some organisations, by their keys: one row, or those that a pasted block fills.

    What cannot be read, does not fit where the assignment stands, or clashes with what somebody else reported
    meanwhile is named and left out; all else is written in one change set, with a constant number of queries but for
    figures another app keeps. Raises ``PermissionDenied``, ``StepRefused`` when it is not said how it was learned.
    """
    if any(place != by.organisation_id and row.learned not in Learned.values for place, row in sent.items()):
        raise StepRefused(_("You enter for another organisation: say how you learned it."), "learned")
    refused = dict[int, str]()
    while True:
        try:
            with transaction.atomic():
                saved = _attempt(sent, refused.keys(), by)
        except _StoreRefused as one:
            refused[one.key] = str(one)
            continue
        saved.refused |= refused
        return saved


def _known(learned: str) -> str:
    """How it was learned; nothing when that is none of the ways there are, as for one's own organisation."""
    return learned if learned in Learned.values else ""


def _attempt(sent: Mapping[int, RowTyped], without: Collection[int], by: Actor) -> Saved:
    keys = {key for row in sent.values() for key in row.typed}
    keys |= {row.about for row in sent.values() if row.note and row.about}
    rows = [row for row in sheet.rows_to_write(by, keys) if row.organisation_id in sent]
    stages = sheet.stages_of(rows)
    saved = Saved()
    filled: dict[int, Filled] = {}
    by_place: dict[int, list[Assignment]] = {}
    others = far_figures.elsewhere(
        [row for row in rows if row.pk in {key for one in sent.values() for key in one.typed}], by
    )
    for row in rows:
        require(permissions.reports(by, row))
        by_place.setdefault(row.organisation_id, []).append(row)
    for place, own_rows in by_place.items():
        wanted, own_filled = sent[place], dict[int, Filled]()
        for row in own_rows:
            own = stages.get(row.pk, [])
            if row.pk not in wanted.typed or row.pk in without:
                continue
            typed = wanted.typed[row.pk]
            given = _judge(row, own, typed, by, saved)
            if given is not None and _is_sure(row, typed, given, others.get(row.task_id, []), saved):
                own_filled[row.pk] = Filled(row, own, given, learned=_known(wanted.learned))
        if wanted.note and not _put_note(wanted, own_rows, stages, own_filled):
            saved.unkept[place] = _not_said_of_what()
        filled |= own_filled
    for place, one in sent.items():
        if one.unkept or (one.note.strip() and place not in by_place):
            saved.unkept[place] = one.unkept or _not_said_of_what()
    write(filled, saved, by)
    _name_clashes(saved)
    return saved


def _judge(row: Assignment, stages: Sequence[Milestone], typed: Typed, by: Actor, saved: Saved) -> Given | None:
    """The fact to write; None when there is none to write, after saying why."""
    if not rules.may_step(row.status, Step.REPORT):
        saved.refused[row.pk] = refusals.reason(row.status)
        return None
    facts = sheet.facts_of(row, stages, periods.week(by.on))
    stands = cells.shown(facts, by.on)
    try:
        wanted = cells.normal(facts, typed.text, by.on)
        given = cells.read(facts, typed.text, by.on)
    except NotRead as refused:
        saved.refused[row.pk] = str(refused)
        return None
    is_same = version_seen(row, typed.seen) == row.version
    if not is_same and stands not in {typed.was, wanted}:
        mine, theirs = cells.in_words(facts, wanted), cells.in_words(facts, stands)
        saved.clashes.append(Clash(row.pk, typed.text, mine, theirs, stands, row.seen))
        return None
    if stands == wanted and not is_same:
        return None  # somebody else has said the same meanwhile
    return given


def _is_sure(row: Assignment, typed: Typed, given: Given, others: Sequence[Decimal], saved: Saved) -> bool:
    """Whether a figure may be written; one that is far from all that is known is asked about."""
    if typed.sure or given.value is None:
        return True
    why = far_figures.question(typed.text, row.task.unit, given.value, [row.value, row.target], others)
    if why:
        saved.refused[row.pk] = why
        saved.asked.add(row.pk)
    return not why


def _put_note(
    sent: RowTyped, rows: Sequence[Assignment], stages: Mapping[int, list[Milestone]], filled: dict[int, Filled]
) -> bool:
    """Put the note with the assignment it is about, else with the first one written; whether there is one.

    A standing task tells in its own words: a remark on it would take their place.
    """
    note, fitting = sent.note.strip(), [row for row in rows if row.task.shape != Shape.STANDING]
    written = next((filled[row.pk] for row in fitting if row.pk in filled), None)
    spoken_of = next((row for row in fitting if row.pk == sent.about), None)
    if spoken_of is not None and spoken_of.pk in filled:
        filled[spoken_of.pk].text = note
    elif spoken_of is not None and rules.may_step(spoken_of.status, Step.REPORT):
        own = stages.get(spoken_of.pk, [])
        filled[spoken_of.pk] = Filled(spoken_of, own, text=note, learned=_known(sent.learned))
    elif written is not None:
        written.text = note
    return (spoken_of is not None and spoken_of.pk in filled) or written is not None


def _not_said_of_what() -> str:
    return _("A remark goes with a figure or a stage that can be entered here, and none is named.")


def _name_clashes(saved: Saved) -> None:
    """Who reported the other fact, when, and how it was learned."""
    if not saved.clashes:
        return
    keys = [clash.key for clash in saved.clashes]
    entries = Entry.objects.filter(assignment__in=keys, kind=EntryKind.PROGRESS).select_related("user")
    last = {entry.assignment_id: entry for entry in entries.order_by("at", "pk")}
    named = []
    for clash in saved.clashes:
        entry = last.get(clash.key)
        if entry is not None:
            learned = str(Learned(entry.learned).label) if entry.learned else ""
            clash = replace(clash, who=str(entry.user), at=entry.at, learned=learned)
        named.append(clash)
    saved.clashes = named


def write(filled: Mapping[int, Filled], saved: Saved, by: Actor, verb: str = "tasks.report_row") -> None:
    """Write the facts in one change set, which ``saved`` then names; nothing when there are none."""
    if not filled:
        return
    with change_set(verb, by=by) as changes:
        _write_all(changes, list(filled.values()), by)
        saved.change_set = changes.record
    saved.written = list(filled)


def _write_all(changes: Writer, filled: Sequence[Filled], by: Actor) -> None:
    touched: list[Milestone] = []
    everywhere = stored.Everywhere()
    entries = []
    for one in filled:
        touched += _reach(one)
        _keep_in_store(changes, one, by)
        _follow(one, by, everywhere.at(one.row.organisation.path))
        entries.append(_entry(one, by))
    rows = [one.row for one in filled]
    changes.update_all(touched, ["done_on", "count"])
    changes.update_all(rows, COLUMNS)
    changes.create_all(entries)
    figures.roll_up(changes, rows)


def _reach(one: Filled) -> list[Milestone]:
    """Set what was reached on the milestones; those that change."""
    found = []
    for stage in one.stages:
        if stage.pk in one.given.reached:
            reached = one.given.reached[stage.pk]
            counted = isinstance(reached, int)
            stage.count, stage.done_on = (reached, None) if counted else (None, reached)  # type: ignore[assignment]
            found.append(stage)
    return found


def _keep_in_store(changes: Writer, one: Filled, by: Actor) -> None:
    store = stores.of(one.row.task.figure)
    if store is None or (one.given.value is None and not one.given.reached):
        return
    days = {stage.code: stage.done_on for stage in one.stages if stage.code and stage.pk in one.given.reached}
    try:
        place, unit = one.row.organisation, one.row.task.unit
        store[0].write(changes, store[1], place, by=by, value=one.given.value, stages=days, unit=unit)
    except ValueError as refused:
        raise _StoreRefused(one.row.pk, str(refused)) from refused


def _follow(one: Filled, by: Actor, numbers: stored.Numbers) -> None:
    """Set what follows from the fact on the assignment, and that it was reported today."""
    row, given = one.row, one.given
    percent = row.percent if given.percent is None else given.percent
    if given.value is not None:
        row.value = given.value
    if row.task.shape == Shape.QUANTITY:
        percent = percents.percent_of_value(row.value, row.target)
    elif row.task.shape in figures.STAGED:
        percent = percents.percent_of_stages(one.stages, reported=True)
    row.percent = percent
    row.put_days(numbers, figures.marks_of(one.stages))
    row.status, row.reported_on = Status.IN_PROGRESS, by.on
    row.received_on = row.received_on or by.on
    said = given.words or one.text
    if said and one.says:
        row.said = said[:SAID_LENGTH]


def _entry(one: Filled, by: Actor) -> Entry:
    words = "；".join(text for text in (one.given.words, one.text) if text)
    counts = one.row.task.shape == Shape.QUANTITY
    values: dict[str, Any] = {"percent": one.row.percent, "value": one.row.value if counts else None}
    values["learned"] = one.learned
    if by.organisation_id == one.row.organisation_id:
        values["learned"] = ""
    return Entry(
        assignment=one.row, kind=EntryKind.PROGRESS, text=words, user=by.user, post=by.post, at=by.now, **values
    )
