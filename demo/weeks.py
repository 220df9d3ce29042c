"""Twelve weeks of work, day by day: tasks go out, people report, ask, verify, instruct; each day ends in a snapshot."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

from demo import programme
from demo.book import Book, Deed
from demo.county import County
from demo.course import Turn, learned, plan, words
from demo.days import Days
from demo.facts import fact
from demo.fixture import dice, person_name, read, sample
from demo.people import reporter
from demo.programme import OFFICE, Given
from orgs.models import Post, Responsibility
from orgs.rules import Duty, Role
from records import files
from records.models import StoredFile
from tasks import answers, verifiers
from tasks.board import snapshots
from tasks.models import Assignment, Theme
from tasks.rules.status import WORKING, EntryKind, Shape, Status, Step

LEADERS = ("shuji", "buzhang")
INSTRUCTION_EVERY, INSTRUCTIONS = 6, 2  # working days apart, and how many at once
REMARKS_A_DAY = 2
ANSWERED = 0.75
GOING_ON = frozenset({Shape.RECURRING, Shape.STANDING})
DRAFTED = 4  # working days before the date on which the drafts were begun


@dataclass
class Weeks:
    """The work while it is being made."""

    county: County
    days: Days
    themes: dict[str, Theme] = field(default_factory=dict)
    given: list[Given] = field(default_factory=list)
    coming: defaultdict[int, list[tuple[Given, Assignment, Turn]]] = field(default_factory=lambda: defaultdict(list))
    replies: defaultdict[int, list[tuple[Assignment, Deed]]] = field(default_factory=lambda: defaultdict(list))
    samples: dict[str, StoredFile] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    people: dict[int, str] = field(default_factory=dict)

    def work(self) -> None:
        """Go through all days."""
        self.themes = programme.themes(self.county, self.days.worked[0])
        issued: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        for task in read("tasks")["tasks"]:
            issued[task["issued"]].append(task)
        for number, day in enumerate(self.days.worked):
            for task in issued.get(number, []):
                self._give(task, number, day)
            if number == len(self.days.worked) - DRAFTED:
                self._draft(day)
            self._day(number, day)
            if day != self.days.worked[-1]:  # the last one is taken once everything is made
                snapshots.take(day)

    def _give(self, task: dict[str, Any], number: int, day: datetime.date) -> None:
        given = programme.give(self.county, task, self.themes[task["theme"]], self.days, day)
        self.given.append(given)
        assert given.task.due_on is not None  # issued tasks are dated
        due = self.days.number(given.task.due_on)
        for assignment in given.assignments:
            for turn in plan(given.key, given.theme, given.pace, assignment.organisation, number, due):
                if given.task.shape in GOING_ON and turn.does not in {Step.RECEIVE, Step.REPORT}:
                    continue  # it comes round until its date: nobody asks to close it before
                self.coming[turn.number].append((given, assignment, turn))

    def _draft(self, day: datetime.date) -> None:
        for task in read("tasks")["drafts"]:
            programme.draft(self.county, task, self.themes[task["theme"]], self.days, day)

    def _day(self, number: int, day: datetime.date) -> None:
        deeds = [self._deed(given, assignment, turn, day) for given, assignment, turn in self.coming.pop(number, [])]
        self.book.write(day, deeds)
        said = [*self._replies(number, day), *self._instructions(number, day), *self._remarks(day)]
        self.book.write(day, said)

    def _deed(self, given: Given, assignment: Assignment, turn: Turn, day: datetime.date) -> Deed:
        organisation, theme = assignment.organisation, given.theme
        if turn.does in {Step.CLOSE, Step.SEND_BACK}:
            post = self._verifier(given, assignment, day)
        else:
            post = reporter(self.county, organisation, day)
        deed = Deed(post, assignment, turn.does, percent=turn.percent)
        if turn.does == Step.REPORT:
            deed.stages = given.stages.get(assignment.pk, [])
            deed.fact = fact(assignment, deed.stages, turn.percent or 0, day)
            deed.text = words(theme, turn.stage, given.key, organisation.code, turn.number)
            if post.organisation_id != organisation.pk:
                deed.learned = learned(given.key, organisation.code, turn.number)
        elif turn.does == Step.REQUEST_CLOSE:
            deed.text = read("texts")["result"][theme]
            deed.responsible = self._responsible(assignment)
            if given.task.evidence_wanted:
                deed.file, deed.file_name = self._sample(given.task.evidence_wanted)
        elif turn.does == Step.SEND_BACK:
            deed.text = dice("returned", given.key, organisation.code).choice(read("texts")["returned"][theme])
        return deed

    def _verifier(self, given: Given, assignment: Assignment, day: datetime.date) -> Post:
        """For a village a colleague of whoever asked, else the task's keeper; nobody verifies the own work."""
        if verifiers.by_township(assignment):
            colleague = self._colleague(assignment, day)
            if colleague is not None:
                return colleague
        keeper = self.county.posts[given.keeper]
        if keeper.role == Role.LEAD_DEPARTMENT and keeper.organisation.contains(assignment.organisation):
            return self.county.posts[OFFICE]
        return keeper

    def _colleague(self, assignment: Assignment, day: datetime.date) -> Post | None:
        """Somebody else of the township who may verify what was asked for."""
        township, asked = assignment.organisation.township_id or 0, assignment.requested_by
        leaders = [
            post
            for post in self.county.posts.values()
            if post.role == Role.TOWNSHIP_LEADER and post.organisation_id == township
        ]
        for post in [*self.county.organisers.get(township, []), *leaders]:
            in_force = post.since <= day and (post.until is None or day <= post.until)
            if in_force and asked is not None and post.user_id != asked.user_id:
                return post
        return None

    def _responsible(self, assignment: Assignment) -> str:
        """Who is named: as the responsibility table says, else the secretary."""
        if not self.people:
            rows = Responsibility.objects.filter(duty__in=answers.ANSWERING).exclude(person_name="")
            ranked = sorted(rows, key=lambda row: (answers.ANSWERING.index(Duty(row.duty)), row.pk), reverse=True)
            self.people = {row.organisation_id: row.person_name for row in ranked}
        code = assignment.organisation.code
        return self.people.get(assignment.organisation_id) or person_name(dice("secretary", code))

    def _sample(self, wanted: str) -> tuple[StoredFile, str]:
        """A file such as the task asks for, kept once."""
        upload = sample(wanted)
        name = upload.name or ""
        if name not in self.samples:
            self.samples[name] = files.store(upload)
        return self.samples[name], name

    def _open(self) -> list[Assignment]:
        return [row for given in self.given for row in given.assignments if row.status != Status.CLOSED]

    def _instructions(self, number: int, day: datetime.date) -> list[Deed]:
        """Leaders look at what is late and write on it, to be answered within a week."""
        if number % INSTRUCTION_EVERY or number == 0:
            return []
        rolled = dice("instruction", number)
        late = [row for row in self._open() if row.due_on < day and row.status in WORKING]
        rows = late if len(late) >= INSTRUCTIONS else self._open()
        deeds = []
        for row in rolled.sample(rows, k=min(INSTRUCTIONS, len(rows))):
            by = self.county.posts[rolled.choice(LEADERS)]
            deed = Deed(by, row, EntryKind.INSTRUCTION, text=rolled.choice(read("texts")["instruction"]))
            deed.reply_due_on = self.days.calendar[number + 5]
            deeds.append(deed)
            if rolled.random() < ANSWERED:
                self.replies[number + rolled.randint(1, 7)].append((row, deed))
        return deeds

    def _replies(self, number: int, day: datetime.date) -> list[Deed]:
        return [
            Deed(
                reporter(self.county, row.organisation, day),
                row,
                EntryKind.REMARK,
                text=dice("reply", number, row.organisation.code).choice(read("texts")["reply"]),
                answers=instruction.entry,
            )
            for row, instruction in self.replies.pop(number, [])
        ]

    def _remarks(self, day: datetime.date) -> list[Deed]:
        rolled = dice("remark", day - self.days.first)
        rows = [row for row in self._open() if row.status in WORKING]
        chosen = rolled.sample(rows, k=min(REMARKS_A_DAY, len(rows)))
        return [
            Deed(self._remarker(row, rolled), row, EntryKind.REMARK, text=rolled.choice(read("texts")["remark"]))
            for row in chosen
        ]

    def _remarker(self, row: Assignment, rolled: Random) -> Post:
        """Somebody who may see it: its township's leader where there is one, else the county office."""
        for post in self.county.posts.values():
            if post.role == Role.TOWNSHIP_LEADER and post.organisation_id == row.organisation.township_id:
                return post
        return self.county.posts[rolled.choice((OFFICE, "dangjianban2"))]
