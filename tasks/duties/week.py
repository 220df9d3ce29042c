"""What my week shows: the lines of the duty registry in sections, and what stands beside them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from dates import clock
from dates.periods import Period
from orgs import duties
from orgs.actor import Actor
from orgs.duties import DutyLine
from orgs.models import Organisation, Responsibility
from orgs.rules import Duty
from tasks.duties import source
from tasks.lights import sql
from tasks.models import Assignment
from tasks.rules.status import Light, Status

AHEAD = datetime.timedelta(days=28)
VILLAGES_SHOWN = 8
VILLAGE_COLUMNS = ("percent", "said", "organisation__name", "organisation__short_name", "task__title")
CHANGES_SHOWN = 6
BEHIND_SHOWN = 8
CONTACTS = [Duty.CONTACT_LEADER, Duty.AREA_LEADER, Duty.VILLAGE_CADRE, Duty.FIRST_SECRETARY, Duty.PAIRING_UNIT]


@dataclass(frozen=True)
class Sections:
    """The lines of a week: first of all, due in it, behind, after it, and waiting for somebody else.

    ``overdue`` and ``returned`` are how many assignments of all of them are; ``more_behind`` lines are not written out.
    """

    first: list[DutyLine]
    due: list[DutyLine]
    behind: list[DutyLine]
    after: list[DutyLine]
    waiting: list[DutyLine]
    overdue: int
    returned: int
    more_behind: int = 0

    @property
    def working(self) -> list[DutyLine]:
        """The lines that want something done, in their order."""
        return [*self.first, *self.due, *self.behind, *self.after]

    @property
    def owed(self) -> int:
        """How many lines want something done."""
        return len(self.working) + self.more_behind


def sections(actor: Actor, week: Period) -> Sections:
    """Everything owed up to four weeks after the week, sorted into sections."""
    lines = duties.lines(actor, week.end + AHEAD)
    later = [line for line in lines if not line.waiting and not line.urgent]
    behind = [line for line in later if _falls_due(line) > week.end and line.light == Light.LAG]
    return Sections(
        first=[line for line in lines if line.urgent and not line.waiting],
        due=[line for line in later if _falls_due(line) <= week.end],
        behind=behind[:BEHIND_SHOWN],
        after=[line for line in later if _falls_due(line) > week.end and line.light != Light.LAG],
        waiting=[line for line in lines if line.waiting],
        overdue=sum(line.overdue for line in lines),
        returned=sum(line.returned for line in lines),
        more_behind=len(behind[BEHIND_SHOWN:]),
    )


def _falls_due(line: DutyLine) -> datetime.date:
    """The day that steers the week: the township's own where it is earlier."""
    return min(line.due_on, line.asked_on or line.due_on)


def villages_of_first(actor: Actor, shown: Sections) -> list[Assignment]:
    """Who stands where on the most pressing task: its open assignments, most pressing first."""
    first = next((line.key for line in shown.working if line.kind == source.AssignmentDuties.kind), None)
    if first is None:
        return []
    rows = Assignment.objects.visible_to(actor).filter(source.own(actor), task=first).open()
    ranked = rows.annotate(pressing=sql.pressing_on(actor.on)).order_by("pressing", "organisation__path")
    found = list(ranked.select_related("organisation", "task").only(*VILLAGE_COLUMNS)[:VILLAGES_SHOWN])
    for row in found:
        row.light = sql.PRESSING[row.pressing]  # type: ignore[attr-defined]  # for the page
    return found


def contacts(actor: Actor, organisations: list[Organisation]) -> list[tuple[Organisation, list[Responsibility]]]:
    """Who looks after each of some organisations (包保), those with somebody only."""
    rows = Responsibility.objects.visible_to(actor).in_force_on(actor.on)
    found = rows.filter(organisation__in=organisations, duty__in=CONTACTS).select_related("department")
    by_key: dict[int, list[Responsibility]] = {}
    for row in found:
        by_key.setdefault(row.organisation_id, []).append(row)
    return [(organisation, by_key[organisation.pk]) for organisation in organisations if organisation.pk in by_key]


def changes_since(actor: Actor, day: datetime.date) -> QuerySet[Assignment, Any]:
    """The tasks newly given out or closed since a day for the actor's organisations, with how many of them."""
    since = clock.midnight(day)
    closed = Q(status=Status.CLOSED, closed_on__gte=day)
    rows = Assignment.objects.visible_to(actor).filter(source.own(actor)).filter(closed | Q(task__issued_at__gte=since))
    return (
        rows.order_by()
        .values("task_id", title=F("task__title"))
        .annotate(closed=Count("pk", filter=closed), issued=Count("pk", filter=Q(task__issued_at__gte=since)))
        .order_by("-issued", "-closed", "task_id")[:CHANGES_SHOWN]
    )
