"""What people do on a day of the year, through the actions only."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from demo.county import County
from demo.fixture import sample
from demo.people import reporter
from demo.programme import OFFICE
from demo.year.principles import DAY
from ledgers import kinds
from ledgers.actions import entries
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.reorganise import actions as reorganise
from orgs.reorganise.cases import Reorganisation, Verb
from orgs.rules import Kind
from tasks import permissions
from tasks.closing import actions as closing
from tasks.drafting import actions as drafting
from tasks.due_dates import extension_actions, reach
from tasks.due_dates.actions import Postpone, Redate, SetOwnDate
from tasks.due_dates.extension_actions import Decision
from tasks.facts.actions import Fact
from tasks.giving import deed_actions
from tasks.giving.reassign_actions import Reassign
from tasks.giving.withdraw_actions import Withdraw
from tasks.models import Assignment, Task
from tasks.models.assignment import AssignmentQuerySet
from tasks.refusals import StepRefused
from tasks.reporting import actions as steps
from tasks.reporting import correct_actions
from tasks.rules import status as rules
from tasks.rules.status import Learned, Shape, Status

BUSY, MOST = 0.12, 150  # share of what is open that is worked on in a day, and how many at most
FRIDAY = 4


@dataclass
class People:
    """The county at work: who acts, what was done so far, and how often a step was refused."""

    county: County
    chance: Random
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def office(self, day: datetime.date) -> Actor:
        """The county office on a day."""
        return self.county.actor(self.county.posts[OFFICE], day)

    def work(self, day: datetime.date, given: list[Task]) -> None:
        """One working day: what is open is worked on, verified and decided, and the county's own deeds fall due."""
        keys = list(rows_of().open().order_by("pk").values_list("pk", flat=True))
        for key in sorted(self.chance.sample(keys, k=min(round(len(keys) * BUSY), MOST))):
            self._try(self._one, rows_of().get(pk=key), day)
        if day.weekday() == FRIDAY:
            self._decide(day)
        for name, due in _CALENDAR.items():
            if given and day.day == due:
                self._try(getattr(self, name), day, given)

    def _try(self, deed: Any, *arguments: Any) -> None:
        try:
            deed(*arguments)
        except StepRefused as refused:
            self.refused[str(refused)[:40]] += 1
        except reorganise.Refused as refused:
            self.refused[str(refused)[:40]] += 1

    def _one(self, row: Assignment, day: datetime.date) -> None:
        """Whatever fits where the assignment stands."""
        if row.status == Status.REQUESTED:
            self._verify(row, day)
            return
        by = self.county.actor(reporter(self.county, row.organisation, day), day)
        if not permissions.reports(by, row):
            return
        if self.chance.random() < 0.05:
            wanted_on = max(row.due_on, day) + DAY * self.chance.randint(1, 30)
            extension_actions.ask(row, by=by, wanted_on=wanted_on, reason="天气影响，进度放缓")
            self.done["asked for an extension"] += 1
        elif self._is_ready(row):
            wanted = row.task.evidence_wanted
            files = [sample(wanted)] if wanted else []
            closing.request_close(row, by=by, result="按要求完成", responsible="村党组织书记", files=files)
            self.done["requested"] += 1
        else:
            self._report(row, by)

    def _is_ready(self, row: Assignment) -> bool:
        if Assignment.objects.filter(above=row).open().exists():
            return False
        return (row.percent or 0) >= 90 or self.chance.random() < 0.02

    def _report(self, row: Assignment, by: Actor) -> None:
        """The fact the shape asks for; a sum is reported by its parts."""
        if row.parts.in_force().exists():
            return
        if row.task.shape == Shape.RECURRING and row.task.figure:
            self._meet(row, by)
            return
        learned = Learned.PHONE if permissions.enters_for_another(by, row) else ""
        fact, percent = Fact(), None
        if row.task.shape == Shape.QUANTITY:
            step = (row.target or Decimal(10)) * self.chance.randint(3, 25) / 100
            fact = Fact((row.value or Decimal(0)) + step.quantize(Decimal("0.01")))
        elif row.task.shape == Shape.MILESTONES:
            stage = row.milestones.filter(done_on__isnull=True).first()
            fact = Fact(stages={stage.pk: by.on} if stage and self.chance.random() < 0.4 else {})
        elif row.task.shape == Shape.RECURRING:
            stage = row.milestones.filter(due_on__gte=by.on).first()
            fact = Fact(stages={stage.pk: (stage.count or 0) + 1} if stage else {})
        else:
            percent = min(100, (row.percent or 0) + self.chance.randint(2, 25))
        steps.report(row, by=by, percent=percent, fact=fact, text="正在推进", learned=learned)
        self.done["reported"] += 1

    def _meet(self, row: Assignment, by: Actor) -> None:
        """Record a meeting in the ledger that the task is counted in."""
        kind = kinds.as_shipped("party_meetings")
        values = {"meeting_type": self.chance.choice(["主题党日", "党课"]), "held_on": str(by.on)}
        entries.save_entry(kind, row.organisation, kind.period_key(by.on), values, by=by)
        self.done["met"] += 1

    def _verify(self, row: Assignment, day: datetime.date) -> None:
        """The township its villages' items, the county the others; one in seven is sent back."""
        posts = [self.county.posts[OFFICE], *self.county.organisers.get(row.organisation.township_id or 0, ())]
        held = [self.county.actor(post, day) for post in posts if post.since <= day]
        by = next((actor for actor in reversed(held) if permissions.closes(actor, row)), None)
        if by is None:
            return
        if self.chance.random() < 0.15:
            closing.send_back(row, by=by, reason="佐证材料不全")
            self.done["sent back"] += 1
        else:
            closing.close(row, by=by)
            self.done["closed"] += 1

    def _decide(self, day: datetime.date) -> None:
        """The office goes through the extensions asked for."""
        office = self.office(day)
        for asked in reach.to_decide(office).order_by("pk"):
            rows = reach.to_decide(office).filter(pk=asked.pk)
            rows = rows.select_related("assignment__task__theme__programme__organisation", "assignment__organisation")
            granted = self.chance.random() < 0.6
            other = asked.wanted_on - DAY if self.chance.random() < 0.3 else None
            if other and other <= asked.old_due_on:
                other = None
            decided = extension_actions.decide(
                rows, Decision(granted, "同意" if granted else "工期够", other), by=office
            )
            self.done["granted" if granted else "refused"] += decided.count

    # The county's own deeds, each on its day of the month

    def postpone(self, day: datetime.date, given: list[Task]) -> None:
        """One task for everybody, by days or to a day."""
        task = self.chance.choice(given)
        days = self.chance.randint(2, 12)
        to = (task.due_on or day) + DAY * days
        deed = Postpone("防汛期间", days=days) if self.chance.random() < 0.5 else Postpone("防汛期间", to=to)
        self._together(deed, rows_of().filter(task=task), self.office(day))

    def redate(self, day: datetime.date, given: list[Task]) -> None:
        """A few rows had the wrong date."""
        rows = self._some(given, 3)
        self._together(Redate("文件日期有误", to=day + DAY * self.chance.randint(5, 60)), rows, self.office(day))

    def withdraw(self, day: datetime.date, given: list[Task]) -> None:
        """A few rows were given out twice."""
        self._together(Withdraw("重复下达"), self._some(given, 2), self.office(day))

    def give_again(self, day: datetime.date, given: list[Task]) -> None:
        """What was withdrawn of a task is given out again."""
        task = Task.objects.select_related("theme__programme__organisation").get(pk=self.chance.choice(given).pk)
        if task.shape != Shape.QUANTITY:
            drafting.issue(task, by=self.office(day))
            self.done["given again"] += 1

    def correct(self, day: datetime.date, given: list[Task]) -> None:
        """What was closed had a wrong figure."""
        rows = rows_of().filter(task__in=given, task__shape=Shape.QUANTITY, parts__isnull=True, value__isnull=False)
        row = rows.order_by("-closed_on", "pk").first()
        if row is not None and permissions.may_correct(self.office(day), row):
            value = (row.value or Decimal(0)) * 9 / 10
            fact = Fact(value.quantize(Decimal("0.01")))
            correct_actions.correct(row, by=self.office(day), reason="核查多报", fact=fact)
            self.done["corrected"] += 1

    def reopen(self, day: datetime.date, given: list[Task]) -> None:
        """What was closed does not hold."""
        row = rows_of().filter(task__in=given, status=Status.CLOSED).order_by("-closed_on", "pk").first()
        if row is not None:
            closing.reopen(row, by=self.office(day), reason="现场看尚未完工")
            self.done["reopened"] += 1

    def set_own_dates(self, day: datetime.date, given: list[Task]) -> None:
        """A township wants its villages' items earlier."""
        place = self.chance.choice(self.county.of_kind(Kind.TOWNSHIP))
        by = self.county.actor(self.county.organisers[place.pk][0], day)
        rows = rows_of().filter(organisation__township=place, due_on__gt=day + DAY * 12)
        self._together(SetOwnDate(day + DAY * 10, known=True), rows, by)

    def reassign(self, day: datetime.date, given: list[Task]) -> None:
        """What stayed with a merged village goes to its successor, where that has none of it."""
        merged = Organisation.objects.filter(merged_into__isnull=False, assignments__status__in=rules.OPEN).first()
        if merged is not None:
            rows = rows_of().filter(organisation=merged)
            self._together(Reassign("并村", merged.merged_into), rows, self.office(day))

    def merge(self, day: datetime.date, given: list[Task]) -> None:
        """In June and September a village becomes part of its neighbour."""
        if day.month not in {6, 9}:
            return
        townships = self.county.of_kind(Kind.TOWNSHIP)
        place = townships[day.month % len(townships)]
        open_rows = Organisation.objects.filter(parent=place, kind=Kind.VILLAGE, closed_on__isnull=True)
        villages = list(open_rows.select_related("parent").order_by("code"))
        if len(villages) > 1:
            case = Reorganisation(Verb.MERGE, (villages[-1],), day, target=villages[0])
            reorganise.carry_out(case, by=self.office(day))
            self.done["merged"] += 1

    def _some(self, given: list[Task], count: int) -> AssignmentQuerySet:
        keys = list(rows_of().filter(task__in=given).open().order_by("pk").values_list("pk", flat=True))
        return rows_of().filter(pk__in=self.chance.sample(keys, k=min(count, len(keys))))

    def _together(self, deed: deed_actions.Deed, rows: AssignmentQuerySet, by: Actor) -> None:
        done = deed_actions.do(deed, rows, by=by)
        self.done[deed.verb.removeprefix("tasks.")] += done.changed


_CALENDAR = {
    "set_own_dates": 4,
    "postpone": 8,
    "redate": 11,
    "merge": 15,
    "withdraw": 17,
    "reassign": 18,
    "reopen": 21,
    "give_again": 23,
    "correct": 25,
}


def rows_of() -> AssignmentQuerySet:
    """Assignments with what the actions ask of them."""
    named = Assignment.objects.select_related("task__theme__programme__organisation", "task__theme__lead")
    return named.select_related("organisation__township")
