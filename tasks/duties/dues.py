"""What tasks owe, for thousands of posts at once: one pass over the rows, a constant number of queries."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dates import clock
from orgs import paths
from orgs.duties import Due, Root, Stage, Window
from orgs.rules import Role
from tasks import verifiers
from tasks.lights import sql
from tasks.models import Assignment, DueDateRevision, Entry, Task
from tasks.rules.status import EntryKind, RevisionState, Status

NAMES_SHOWN = 3
STEERED = frozenset({Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER, Role.VILLAGE_RECORDER})
FEW = 150  # places that are asked for by path; more are found by reading every row once
CHUNK = 5000
_SLOT = tuple[int, int, Stage, datetime.date, bool]  # root, thing, stage, due date, whether it is the township's own


@dataclass(slots=True)
class _Sum:
    """Rows of one slot, counted."""

    first: int
    rows: int = 0
    names: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def add(self, name: str, mark: str = "") -> None:
        """Count one more row."""
        self.rows += 1
        if len(self.names) < NAMES_SHOWN:
            self.names.append(name)
        if mark:
            self.marks.append(mark)


def roots_above(path: str, places: Mapping[str, tuple[Root, ...]]) -> dict[int, Root]:
    """The roots a row at this path counts for, by organisation."""
    found: dict[int, Root] = {}
    for end in range(paths.PATH_STEP, len(path) + 1, paths.PATH_STEP):
        for root in places.get(path[:end], ()):
            found[root.organisation_id] = root
    return found


def near(places: Mapping[str, tuple[Root, ...]], column: str) -> Q:
    """The rows below a few places; every row when the places are many."""
    if len(places) > FEW:
        return Q()
    return reduce(or_, (paths.within(path, column) for path in places), Q(pk__in=[]))


class AssignmentsDue:
    """Assignments that are open, or closed since the last digest.

    A township's own earlier date steers what it and its villages are told, until it has passed; the county's date and
    what counts as overdue stay the county's.
    """

    kind = "assignment"

    def due(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
        """One line a root, task, stage and due date."""
        sums: dict[_SLOT, _Sum] = {}
        memory: dict[str, list[int]] = {}
        steered = {root.organisation_id: bool(root.roles & STEERED) for roots in places.values() for root in roots}
        for row in self._rows(places, window).iterator(chunk_size=CHUNK):
            pk, task, status, due_on, own_date, reported, version, path, name, full_name = row
            above = memory.get(path)
            if above is None:
                above = memory[path] = list(roots_above(path, places))
            stage = _stage(status, reported, window)
            asked_on = own_date if own_date and window.on <= own_date < due_on else None
            for root in above:
                own = asked_on is not None and steered.get(root, False)
                slot = (root, task, stage, asked_on if own and asked_on else due_on, own)
                found = sums.get(slot)
                if found is None:
                    found = sums[slot] = _Sum(pk)
                found.add(name or full_name, f"{pk}.{version}" if stage == Stage.RETURNED else "")
        tasks = _tasks({slot[1] for slot in sums})
        for (root, task, stage, due_on, own), found in sums.items():
            title, given_on = tasks[task]
            if own:
                title = _("%(title)s (the township's own date)") % {"title": title}
            yield Due(
                kind=self.kind,
                key=task,
                root=root,
                stage=stage,
                title=title,
                due_on=due_on,
                given_on=given_on,
                organisations=found.rows,
                names=tuple(found.names),
                url=_url(task, stage, found),
                marks=tuple(found.marks),
            )

    def _rows(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> QuerySet[Assignment, Any]:
        dated = Q(due_on__lte=window.until) | Q(internal_due_on__lte=window.until)
        pressing = dated | Q(status__in=[Status.RETURNED, Status.REQUESTED])
        new = Q(task__issued_at__gte=clock.midnight(window.new_since))
        wanted = Q(status__in=sql.OPEN) & (pressing | new) | Q(status=Status.CLOSED, closed_on__gte=window.new_since)
        rows = Assignment.objects.filter(wanted).filter(near(places, "organisation")).order_by()
        return rows.values_list(
            "pk",
            "task_id",
            "status",
            "due_on",
            "internal_due_on",
            "reported_on",
            "version",
            "organisation__path",
            "organisation__short_name",
            "organisation__name",
        )


def _stage(status: str, reported: datetime.date | None, window: Window) -> Stage:
    if status == Status.CLOSED:
        return Stage.DONE
    if status == Status.REQUESTED:
        return Stage.WAITING
    if status == Status.RETURNED:
        return Stage.RETURNED
    return Stage.FRESH if reported and reported >= window.fresh_since else Stage.OPEN


def _tasks(keys: set[int]) -> dict[int, tuple[str, datetime.date]]:
    """Title and day of issue of each task."""
    rows = Task.objects.filter(issued_at__isnull=False).values_list("pk", "title", "issued_at")
    return {pk: (title, timezone.localtime(issued).date()) for pk, title, issued in rows if pk in keys and issued}


def _url(task: int, stage: Stage, found: _Sum) -> str:
    """The assignment itself when there is one, else the list of them."""
    if found.rows == 1:
        return _pages()[0].replace("/0/", f"/{found.first}/")
    wanted = {
        Stage.RETURNED: {"status": Status.RETURNED.value},
        Stage.WAITING: {"status": Status.REQUESTED.value},
        Stage.DONE: {"status": Status.CLOSED.value},
    }.get(stage, {"figure": "open"})
    return f"{_pages()[1]}?{urlencode({'task': str(task)} | wanted)}"


@cache
def _pages() -> tuple[str, str]:
    """The pages of assignment 0 and of the rows, looked up once: a morning has hundreds of thousands of links."""
    return reverse("assignment", args=[0]), reverse("rows")


class InstructionsDue:
    """Leaders' instructions that nobody has answered yet."""

    kind = "instruction"

    def due(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
        """One line a root and instruction."""
        rows = Entry.objects.filter(kind=EntryKind.INSTRUCTION, replies__isnull=True, reply_due_on__lte=window.until)
        rows = rows.filter(assignment__status__in=sql.OPEN).filter(near(places, "assignment__organisation"))
        named = rows.order_by().values_list(
            "pk",
            "assignment_id",
            "reply_due_on",
            "at",
            "assignment__task__title",
            "assignment__organisation__path",
            "assignment__organisation__short_name",
            "assignment__organisation__name",
        )
        for pk, assignment, due_on, at, title, path, short_name, name in named.iterator(chunk_size=CHUNK):
            for root in roots_above(path, places):
                yield Due(
                    kind=self.kind,
                    key=pk,
                    root=root,
                    stage=Stage.OPEN,
                    title=_("Instruction: %(title)s, %(name)s") % {"title": title, "name": short_name or name},
                    due_on=due_on or window.on,
                    given_on=timezone.localtime(at).date(),
                    organisations=1,
                    names=(short_name or name,),
                    url=reverse("assignment", args=[assignment]),
                )


class VerificationsDue:
    """Close-out requests, for those who verify them."""

    kind = "verification"

    def due(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
        """One line for each township, county office and department that leads a theme: how many wait, since when.

        A request is told to whoever verifies it by default, as in the queue.
        """
        known = {root.organisation_id: (path, root.roles) for path, roots in places.items() for root in roots}
        if not any(roles & verifiers.VERIFYING for _path, roles in known.values()):
            return
        turn = Case(When(verifiers.county_turn(window.on), then=Value(True)), default=Value(False))
        rows = Assignment.objects.to_verify().filter(requested_on__isnull=False).order_by().annotate(county=turn)
        sums: dict[int, tuple[int, datetime.date]] = {}
        columns = ("requested_on", "task__theme__lead_id", "organisation__path", "organisation__township_id", "county")
        for requested_on, lead, path, township, county in rows.values_list(*columns).iterator(chunk_size=CHUNK):
            asked = requested_on or window.on
            roots = set[int]()
            if not county:
                roots = {township} if known.get(township, ("", frozenset()))[1] & verifiers.TOWNSHIP else set()
            else:
                above = roots_above(path, places).values()
                roots = {root.organisation_id for root in above if Role.COUNTY_OFFICE in root.roles}
                where, roles = known.get(lead, ("", frozenset()))
                if Role.LEAD_DEPARTMENT in roles and not path.startswith(where):
                    roots.add(lead)
            for root in roots:
                count, oldest = sums.get(root, (0, asked))
                sums[root] = (count + 1, min(oldest, asked))
        yield from _review(sums, self.kind, _("Close-outs to verify"), reverse("verification"))


class ExtensionsDue:
    """Extensions asked for, for those who decide on them."""

    kind = "extension"

    def due(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
        """One line for each county office and each department that leads a theme: how many wait, since when."""
        rows = DueDateRevision.objects.filter(state=RevisionState.ASKED, assignment__status__in=sql.OPEN).order_by()
        columns = rows.annotate(day=TruncDate("asked_at")).values_list(
            "day", "assignment__task__theme__lead_id", "assignment__organisation__path"
        )
        yield from _waiting(columns, places, window, self.kind, _("Extensions asked for"), reverse("extensions"))


def _waiting(
    columns: QuerySet[Any, tuple[Any, ...]],
    places: Mapping[str, tuple[Root, ...]],
    window: Window,
    kind: str,
    title: str,
    url: str,
) -> Iterator[Due]:
    """What waits for county offices and lead departments; ``columns`` are day, leading department and path."""
    offices = {root for roots in places.values() for root in roots if Role.COUNTY_OFFICE in root.roles}
    leads = {
        root.organisation_id: path
        for path, roots in places.items()
        for root in roots
        if Role.LEAD_DEPARTMENT in root.roles
    }
    if not offices and not leads:
        return
    sums: dict[int, tuple[int, datetime.date]] = {}
    for day, lead, path in columns.iterator(chunk_size=CHUNK):
        asked = day or window.on
        above = roots_above(path, places).values()
        roots = {root.organisation_id for root in above if root in offices}
        if lead in leads and not path.startswith(leads[lead]):
            roots.add(lead)
        for root in roots:
            count, oldest = sums.get(root, (0, asked))
            sums[root] = (count + 1, min(oldest, asked))
    yield from _review(sums, kind, title, url)


def _review(sums: Mapping[int, tuple[int, datetime.date]], kind: str, title: str, url: str) -> Iterator[Due]:
    """What waits for the holders of posts at a root, one line each."""
    for root, (count, oldest) in sums.items():
        yield Due(
            kind=kind,
            key=0,
            root=root,
            stage=Stage.REVIEW,
            title=title,
            due_on=oldest,
            given_on=oldest,
            organisations=count,
            names=(),
            url=url,
        )
