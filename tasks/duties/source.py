"""What tasks add to the registry of duties: assignments, instructions to answer, close-outs to verify."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Avg, Case, Count, F, Min, Q, QuerySet, Value, When, Window
from django.db.models.functions import Floor, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import paths
from orgs.actor import Actor
from orgs.duties import Duty, DutyLine
from orgs.models import Organisation
from orgs.rules import Role
from tasks import permissions, verifiers
from tasks.due_dates import reach
from tasks.duties.dues import STEERED
from tasks.lights import sql
from tasks.lights.stored import due_light
from tasks.models import Assignment, Entry
from tasks.rules.status import EntryKind, Light, Status

OWING = permissions.REPORTERS | {Role.TOWNSHIP_LEADER}
NAMES_SHOWN = 3
NOTE_LENGTH = 60
CUT_OFF = "，。；、,.; "  # never left at the end of words cut short
_SHOWN = (
    *("text", "reply_due_on", "user__name", "user__username", "assignment__percent", "assignment__task__title"),
    *("assignment__organisation__name", "assignment__organisation__short_name", "assignment__organisation__path"),
)
_NAMES = {"short_name": F("organisation__short_name"), "full_name": F("organisation__name")}


def own(actor: Actor, field: str = "organisation") -> Q:
    """Of the rows visible to the actor, those of the organisations it answers for.

    That is all of them, but for a lead department, which also sees what others owe in its theme, and for posts that
    owe nothing.
    """
    if actor.role not in OWING:
        return Q(pk__in=[])
    if actor.role != Role.LEAD_DEPARTMENT:
        return Q()
    found = Q()
    for root in actor.own_roots:
        found |= paths.within(root, field)
    return found


class AssignmentDuties:
    """Assignments that are not closed, one line a task."""

    kind = "assignment"

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """The tasks on which something is owed up to a day, overdue, behind, sent back or waiting for the verifier."""
        if actor.role not in OWING:
            return []
        rows = Assignment.objects.visible_to(actor).filter(own(actor)).open()
        pressing = Q(due_on__lte=max(until, actor.on)) | Q(behind_from__lte=actor.on)
        if actor.role in STEERED:
            pressing |= Q(internal_due_on__lte=until)
        wanted = rows.filter(pressing | Q(status__in=[Status.RETURNED, Status.REQUESTED]))
        grouped = list(_by_task(wanted, actor.on))
        behind = _most_behind(wanted, actor.on) if grouped else {}
        rows_url = reverse("rows")
        return [_line(line, behind.get(line["task_id"], []), actor, rows_url) for line in grouped]

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """Each assignment the organisations have not closed."""
        rows = Assignment.objects.visible_to(actor).filter(organisation__in=organisations).open()
        return [
            Duty(
                kind=self.kind,
                key=row.pk,
                organisation_id=row.organisation_id,
                role=Role.TOWNSHIP_ORGANISER,
                title=row.task.title,
                due_on=row.due_on,
                url=row.get_absolute_url(),
                light=row.light_on(actor.on),
                state=row.get_status_display(),
            )
            for row in rows.select_related("task").order_by("due_on", "pk")
        ]


def _by_task(rows: QuerySet[Assignment], day: datetime.date) -> QuerySet[Assignment, Any]:
    working = Q(status__in=sql.WORKING)
    return (
        rows.order_by()
        .values("task_id", title=F("task__title"))
        .annotate(
            total=Count("pk"),
            late=Count("pk", filter=sql.late(day)),
            soon=Count("pk", filter=sql.worked_soon(day)),
            behind=Count("pk", filter=sql.worked_behind(day)),
            returned=Count("pk", filter=Q(status=Status.RETURNED)),
            waiting=Count("pk", filter=Q(status=Status.REQUESTED)),
            mean=Floor(Avg("percent")),
            due=Min("due_on"),
            working_due=Min("due_on", filter=working),
            asked=Min("internal_due_on", filter=working),
        )
    )


def _most_behind(rows: QuerySet[Assignment], day: datetime.date) -> dict[int, list[dict[str, Any]]]:
    """The first few rows of each task, those to work on first and the most pressing of them."""
    first_of_all = Q(due_on__lt=day) | Q(status=Status.RETURNED)
    turn = Case(When(status=Status.REQUESTED, then=Value(2)), When(first_of_all, then=Value(0)), default=Value(1))
    place = Window(RowNumber(), partition_by="task_id", order_by=[turn, sql.pressing_on(day), "due_on", "pk"])
    first = rows.order_by().annotate(place=place).filter(place__lte=NAMES_SHOWN)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in first.values("pk", "task_id", "status", "said", "return_reason", "place", **_NAMES):
        found.setdefault(row["task_id"], []).append(dict(row))
    return {task: sorted(lines, key=lambda row: row["place"]) for task, lines in found.items()}


def _line(line: dict[str, Any], behind: list[dict[str, Any]], actor: Actor, rows_url: str) -> DutyLine:
    """One task's line in words, leading to its one row or to the list of its rows."""
    waiting = line["waiting"] == line["total"]
    due_on = line["working_due"] or line["due"]
    url = f"{rows_url}?task={line['task_id']}&figure=open"
    if line["total"] == 1:
        url = reverse("assignment", args=[behind[0]["pk"]])
    return DutyLine(
        kind=AssignmentDuties.kind,
        title=line["title"],
        note=_note(line, behind, waiting),
        organisations=line["total"],
        due_on=due_on,
        light=_light(line, waiting),
        percent=None if line["mean"] is None else int(line["mean"]),
        url=url,
        action=_action(line, waiting, actor),
        urgent=bool(line["late"] or line["returned"]),
        waiting=waiting,
        key=line["task_id"],
        overdue=line["late"],
        returned=line["returned"],
        asked_on=line["asked"] if actor.role in STEERED else None,
    )


def _light(line: dict[str, Any], waiting: bool) -> str:
    if waiting:
        return Light.DONE
    if line["late"]:
        return Light.LATE
    if line["soon"]:
        return Light.SOON
    return Light.LAG if line["behind"] else Light.FINE


def _action(line: dict[str, Any], waiting: bool, actor: Actor) -> str:
    if waiting or actor.role not in permissions.REPORTERS:
        return _("View")
    return _("Correct it") if line["returned"] and not line["late"] else _("Enter progress")


def _note(line: dict[str, Any], behind: list[dict[str, Any]], waiting: bool) -> str:
    if waiting:
        return _("Close-out requested, waiting for verification")
    returned = next((row for row in behind if row["status"] == Status.RETURNED and row["return_reason"]), None)
    if returned and not line["late"]:
        return _("Sent back: %(name)s, %(reason)s") % {
            "name": returned["short_name"] or returned["full_name"],
            "reason": returned["return_reason"][:NOTE_LENGTH],
        }
    names = _("; ").join(_named(row) for row in behind if row["status"] != Status.REQUESTED)
    if line["total"] - line["waiting"] > NAMES_SHOWN:
        names = _("%(names)s and others") % {"names": names}
    if line["behind"] and not line["late"] and not line["soon"]:
        return _("%(count)s behind; still open: %(names)s") % {"count": line["behind"], "names": names}
    return _("Still open: %(names)s") % {"names": names}


def _named(row: dict[str, Any]) -> str:
    return f"{row['short_name'] or row['full_name']} {row['said'][:16].rstrip(CUT_OFF)}".strip()


class InstructionDuties:
    """Leaders' instructions (批示) that nobody has answered yet."""

    kind = "instruction"

    def _rows(self, actor: Actor) -> QuerySet[Entry]:
        rows = Entry.objects.visible_to(actor)
        return rows.filter(kind=EntryKind.INSTRUCTION, reply_due_on__isnull=False, replies__isnull=True)

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """The unanswered instructions whose reply is due up to a day, with the leader's words."""
        rows = self._rows(actor).filter(own(actor, "assignment__organisation"), reply_due_on__lte=until)
        rows = rows.select_related("assignment__task", "assignment__organisation", "user").only(*_SHOWN)
        return [
            DutyLine(
                kind=self.kind,
                title=_title(row),
                note=_("%(leader)s: “%(words)s”") % {"leader": row.user, "words": row.text[:NOTE_LENGTH]},
                organisations=1,
                due_on=due_on,
                light=due_light(actor, row.assignment.organisation.path, due_on),
                percent=row.assignment.percent,
                url=row.assignment.get_absolute_url(),
                action=_("Answer") if actor.role in permissions.REPORTERS else _("View"),
                urgent=due_on < actor.on,
                waiting=False,
            )
            for row in rows.order_by()
            if (due_on := row.reply_due_on)
        ]

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """Each unanswered instruction on the organisations' assignments."""
        rows = self._rows(actor).filter(assignment__organisation__in=organisations)
        return [
            Duty(
                kind=self.kind,
                key=row.pk,
                organisation_id=row.assignment.organisation_id,
                role=Role.TOWNSHIP_ORGANISER,
                title=_title(row),
                due_on=due_on,
                url=row.assignment.get_absolute_url(),
                light=due_light(actor, row.assignment.organisation.path, due_on),
                state=_("not answered"),
            )
            for row in rows.select_related("assignment__task", "assignment__organisation").order_by(
                "reply_due_on", "pk"
            )
            if (due_on := row.reply_due_on)
        ]


def _title(row: Entry) -> str:
    return _("Instruction: %(title)s, %(name)s") % {
        "title": row.assignment.task.title,
        "name": row.assignment.organisation,
    }


class VerificationDuties:
    """Close-out requests that wait for whoever verifies."""

    kind = "verification"

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """One line: how many wait, and since when."""
        found = verifiers.by_default(actor).order_by().aggregate(total=Count("pk"), oldest=Min("requested_on"))
        return _waiting(self.kind, _("Close-outs to verify"), _("Verify"), reverse("verification"), found, actor)

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """None: the verifier's duty is not one of the organisation that waits."""
        return []


class ExtensionDuties:
    """Extensions asked for that wait for whoever decides."""

    kind = "extension"

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """One line: how many wait, and since when."""
        if actor.role not in permissions.ISSUERS:
            return []
        asked = reach.to_decide(actor).order_by().aggregate(total=Count("pk"), oldest=Min("asked_at"))
        oldest = asked["oldest"] and timezone.localtime(asked["oldest"]).date()
        found = {"total": asked["total"], "oldest": oldest}
        return _waiting(self.kind, _("Extensions asked for"), _("Decide"), reverse("extensions"), found, actor)

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """None: the decision is not owed by the organisation that waits."""
        return []


def _waiting(kind: str, title: str, action: str, url: str, found: dict[str, Any], actor: Actor) -> list[DutyLine]:
    """The one line of what waits for a post; none when nothing does."""
    if not found["total"]:
        return []
    days = (actor.on - found["oldest"]).days
    return [
        DutyLine(
            kind=kind,
            title=title,
            note=_("The oldest request has waited %(days)s days") % {"days": days},
            organisations=found["total"],
            due_on=actor.on,
            light=Light.SOON,
            percent=None,
            url=url,
            action=action,
            urgent=False,
            waiting=False,
        )
    ]
