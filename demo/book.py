"""Many steps of many people on one day, written in bulk.

Rows and history come out as ``tasks.actions`` would leave them, step by step (a test holds the two side by side);
what one person does on one day in one way is one change set.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dates import clock
from demo.fixture import dice
from orgs.models import Post
from records.changes import Writer, picture
from records.inserting import BATCH
from records.models import ChangeSet, StoredFile
from tasks.facts.actions import NOTHING, STAGED, Fact, marks_of
from tasks.lights import stored
from tasks.models import Assignment, Entry, Evidence, Milestone
from tasks.rules import percents
from tasks.rules.status import TRANSITIONS, EntryKind, Shape, Status, Step, may_step

FIRST_MINUTE, LAST_MINUTE = 8 * 60 + 30, 17 * 60 + 30
RECEIVING = frozenset({Step.RECEIVE, Step.REPORT, Step.REQUEST_CLOSE})
STAGE = ("done_on", "count", "version")
STORED = (
    *("status", "value", "percent", "near_from", "behind_from", "said", "reported_on", "received_on", "requested_on"),
    *("requested_by", "responsible", "closed_on", "result", "return_reason", "version"),
)
VERBS = {
    Step.RECEIVE: "tasks.receive",
    Step.REPORT: "tasks.report",
    Step.REQUEST_CLOSE: "tasks.request_close",
    Step.CLOSE: "tasks.close",
    Step.SEND_BACK: "tasks.send_back",
}
SAYINGS = {EntryKind.REMARK: "tasks.remark", EntryKind.INSTRUCTION: "tasks.instruct"}


@dataclass
class Deed:
    """What one person does to one assignment: a step, or a word that is no step (remark, instruction)."""

    post: Post
    assignment: Assignment
    does: Step | EntryKind
    text: str = ""
    percent: int | None = None
    learned: str = ""
    responsible: str = ""
    fact: Fact = NOTHING
    stages: list[Milestone] = field(default_factory=list)
    file: StoredFile | None = None
    file_name: str = ""
    reply_due_on: datetime.date | None = None
    answers: Entry | None = None
    entry: Entry | None = None

    @property
    def verb(self) -> str:
        """The verb of its change set."""
        return VERBS[self.does] if isinstance(self.does, Step) else SAYINGS[self.does]

    @property
    def note(self) -> str:
        """The note of its change set: a result or a reason."""
        return self.text if self.does in {Step.REQUEST_CLOSE, Step.SEND_BACK} else ""


@dataclass
class Book:
    """Writes the deeds of one day after another."""

    _touched: dict[int, Assignment] = field(default_factory=dict)
    _stages: dict[int, Milestone] = field(default_factory=dict)

    def write(self, day: datetime.date, deeds: Sequence[Deed]) -> None:
        """Write what was done on a day, at most one step an assignment."""
        batches: dict[tuple[int, str, str], list[Deed]] = {}
        for deed in deeds:
            batches.setdefault((deed.post.pk, deed.verb, deed.note), []).append(deed)
        timed = sorted(((_record(batch[0], day), batch) for batch in batches.values()), key=lambda pair: pair[0].at)
        ChangeSet.objects.bulk_create([record for record, _batch in timed], batch_size=BATCH)
        pairs = [(record, deed) for record, batch in timed for deed in batch]
        writers = {record.pk: Writer(record) for record, _deed in pairs}
        for record, deed in pairs:
            self._reach(writers[record.pk], deed)
        _enter(pairs)
        for record, deed in pairs:
            self._take(writers[record.pk], deed, day)
        _prove(writers, pairs)
        for writer in writers.values():
            writer.flush()
        self._store()

    def _reach(self, writer: Writer, deed: Deed) -> None:
        """The fact of a report: its milestones, and the percent that follows."""
        if deed.does != Step.REPORT:
            return
        for stage in deed.stages:
            if stage.pk not in deed.fact.stages:
                continue
            reached = deed.fact.stages[stage.pk]
            counted = isinstance(reached, int)
            before = picture(stage, STAGE)
            stage.count, stage.done_on = (reached, None) if counted else (None, reached)  # type: ignore[assignment]
            stage.version = writer.record.pk
            after = picture(stage, STAGE)
            changed = [name for name in after if after[name] != before[name]]
            writer.note(stage, {n: before[n] for n in changed}, {n: after[n] for n in changed})
            self._stages[stage.pk] = stage
        row = deed.assignment
        if row.task.shape == Shape.QUANTITY:
            value = row.value if deed.fact.value is None else deed.fact.value
            deed.percent = percents.percent_of_value(value, row.target)
        elif row.task.shape in STAGED:
            deed.percent = percents.percent_of_stages(deed.stages, reported=True)

    def _take(self, writer: Writer, deed: Deed, day: datetime.date) -> None:
        """The step itself, as ``tasks.reporting.actions`` takes it."""
        row = deed.assignment
        if isinstance(deed.does, Step):
            if not may_step(row.status, deed.does):
                raise ValueError(f"{row.status} → {deed.does}")
            values = _values(deed, day)
            before = picture(row, [*values, "version"])
            for name, value in values.items():
                setattr(row, name, value)
            row.version = writer.record.pk
            after = picture(row, [*values, "version"])
            changed = [name for name in after if after[name] != before[name]]
            writer.note(row, {n: before[n] for n in changed}, {n: after[n] for n in changed})
            self._touched[row.pk] = row
        if deed.entry is not None:
            writer.note(deed.entry, None, picture(deed.entry))

    def _store(self) -> None:
        """Store the assignments touched on the day."""
        Assignment.objects.bulk_create(
            self._touched.values(), update_conflicts=True, unique_fields=["id"], update_fields=STORED, batch_size=BATCH
        )
        Milestone.objects.bulk_update(self._stages.values(), STAGE, batch_size=BATCH)
        self._touched, self._stages = {}, {}


def _record(first: Deed, day: datetime.date) -> ChangeSet:
    minute = dice("minute", day, first.post.user.username, first.verb, first.note).randint(FIRST_MINUTE, LAST_MINUTE)
    at = datetime.datetime.combine(day, datetime.time(minute // 60, minute % 60), tzinfo=clock.datetime_zone())
    return ChangeSet(
        verb=first.verb,
        note=first.note,
        user_id=first.post.user_id,
        post_name=str(first.post),
        organisation_id=first.post.organisation_id,
        at=at,
    )


def _values(deed: Deed, day: datetime.date) -> dict[str, Any]:
    """What the step sets on the assignment."""
    assert isinstance(deed.does, Step)  # the caller looked
    values: dict[str, Any] = {"status": TRANSITIONS[deed.does][1]}
    if deed.does in RECEIVING and deed.assignment.received_on is None:
        values["received_on"] = day
    if deed.does == Step.REPORT:
        values |= {"reported_on": day, "said": deed.text}
        if deed.fact.value is not None:
            values["value"] = deed.fact.value
        if deed.percent is not None:
            days = deed.assignment.days_with(deed.percent, stored.SHIPPED, marks_of(deed.stages))
            values |= {"percent": deed.percent} | days
    elif deed.does == Step.REQUEST_CLOSE:
        values |= {"requested_on": day, "requested_by": deed.post, "result": deed.text}
        values["responsible"] = deed.responsible
    elif deed.does == Step.CLOSE:
        values |= {"closed_on": day, "percent": 100, "status": Status.CLOSED}
    elif deed.does == Step.SEND_BACK:
        values |= {"requested_on": None, "requested_by": None, "return_reason": deed.text}
    return values


def _enter(pairs: Iterable[tuple[ChangeSet, Deed]]) -> None:
    """Store the entries the deeds make: every report and word, and a request that brings a file."""
    made = []
    for record, deed in pairs:
        if isinstance(deed.does, Step) and deed.does != Step.REPORT and deed.file is None:
            continue
        deed.entry = Entry(
            assignment=deed.assignment,
            kind=EntryKind.PROGRESS if isinstance(deed.does, Step) else deed.does,
            text="" if deed.does == Step.REQUEST_CLOSE else deed.text,  # the result stands on the assignment
            percent=deed.percent,
            value=deed.fact.value,
            learned=deed.learned,
            user_id=deed.post.user_id,
            post=deed.post,
            at=record.at,
            reply_due_on=deed.reply_due_on,
            answers=deed.answers,
            version=record.pk,
        )
        made.append(deed.entry)
    Entry.objects.bulk_create(made, batch_size=BATCH)


def _prove(writers: dict[int, Writer], pairs: Iterable[tuple[ChangeSet, Deed]]) -> None:
    """Store the evidence of the deeds that bring a file."""
    made = [
        (record, Evidence(entry=deed.entry, file=deed.file, name=deed.file_name, at=record.at, version=record.pk))
        for record, deed in pairs
        if deed.entry is not None and deed.file is not None
    ]
    Evidence.objects.bulk_create([row for _record, row in made], batch_size=BATCH)
    for record, row in made:
        writers[record.pk].note(row, None, picture(row))
