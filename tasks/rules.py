"""What may happen to a task and an assignment, how late it is and which light it shows: pure sentences."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from orgs import workdays

NEAR_WORKDAYS = 3  # a light turns amber this many working days before the date


class Basic(TextChoices):
    """Which of the five basics (五个基本) a theme serves."""

    ORGANISATION = "organisation", _("Basic organisation")
    TEAM = "team", _("Basic team")
    ACTIVITY = "activity", _("Basic activities")
    SYSTEM = "system", _("Basic systems")
    GUARANTEE = "guarantee", _("Basic guarantees")


class TaskStatus(TextChoices):
    """Where a task stands."""

    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")


class SourceKind(TextChoices):
    """Where a task comes from."""

    DOCUMENT = "document", _("Document")
    MEETING = "meeting", _("Meeting")
    INSTRUCTION = "instruction", _("Instruction")


class Status(TextChoices):
    """Where an assignment stands."""

    ISSUED = "issued", _("not received")
    RECEIVED = "received", _("received")
    IN_PROGRESS = "in_progress", _("in progress")
    REQUESTED = "requested", _("close-out requested")
    RETURNED = "returned", _("sent back")
    CLOSED = "closed", _("closed")


OPEN = frozenset(set(Status) - {Status.CLOSED})
WORKING = frozenset({Status.ISSUED, Status.RECEIVED, Status.IN_PROGRESS, Status.RETURNED})


class Step(TextChoices):
    """What can be done to an assignment."""

    RECEIVE = "receive", _("receive")
    REPORT = "report", _("report progress")
    REQUEST_CLOSE = "request_close", _("request close-out")
    CLOSE = "close", _("close")
    SEND_BACK = "send_back", _("send back")
    REOPEN = "reopen", _("reopen")


TRANSITIONS: Mapping[Step, tuple[frozenset[Status], Status]] = {
    Step.RECEIVE: (frozenset({Status.ISSUED}), Status.RECEIVED),
    Step.REPORT: (WORKING, Status.IN_PROGRESS),
    Step.REQUEST_CLOSE: (WORKING, Status.REQUESTED),
    Step.CLOSE: (frozenset({Status.REQUESTED}), Status.CLOSED),
    Step.SEND_BACK: (frozenset({Status.REQUESTED}), Status.RETURNED),
    Step.REOPEN: (frozenset({Status.CLOSED}), Status.RETURNED),
}


def may_step(status: str, step: Step) -> bool:
    """Whether the step can be taken from this status."""
    return status in TRANSITIONS[step][0]


class EntryKind(TextChoices):
    """What an entry on an assignment is."""

    PROGRESS = "progress", _("progress")
    REMARK = "remark", _("remark")
    INSTRUCTION = "instruction", _("instruction")


class Learned(TextChoices):
    """How whoever enters for a village learned it."""

    VILLAGE_REPORT = "village_report", _("reported by the village")
    PHONE = "phone", _("by phone")
    ON_SITE = "on_site", _("on site")


class Light(TextChoices):
    """The five lights, most pressing first; lag (behind the expected curve) comes with milestones."""

    LATE = "late", _("overdue")
    SOON = "soon", _("near")
    LAG = "lag", _("behind")
    FINE = "fine", _("on course")
    DONE = "done", _("closed")


def light(status: str, due_on: datetime.date, requested_on: datetime.date | None, on: datetime.date) -> Light:
    """The light of an assignment on a day: closed › overdue › near (≤ 3 working days) › on course.

    A close-out request stops the clock: requested in time is never overdue while the verifier waits.
    """
    if status == Status.CLOSED:
        return Light.DONE
    stopped = requested_on if status == Status.REQUESTED else None
    if due_on < (stopped or on):
        return Light.LATE
    if stopped is None and due_on <= near_until(on):
        return Light.SOON
    return Light.FINE


def near_until(on: datetime.date) -> datetime.date:
    """The last due date that shows amber on a day; the SQL of every board compares with it."""
    return workdays.add_workdays(on, NEAR_WORKDAYS)


def days_late(due_on: datetime.date, requested_on: datetime.date | None, on: datetime.date) -> int:
    """Calendar days late: up to the (accepted) close-out request, or up to today while there is none."""
    return max(0, ((requested_on or on) - due_on).days)


def days_waiting(requested_on: datetime.date | None, closed_on: datetime.date | None, on: datetime.date) -> int:
    """Calendar days the verifier has taken since the close-out request: up to closing, or up to today."""
    return ((closed_on or on) - requested_on).days if requested_on else 0


@dataclass(frozen=True)
class SevenAnswers:
    """The seven questions of a task (七问) but the sixth, which each organisation answers by its progress."""

    supervisor: str
    owner: str
    standard: str
    effect: str
    due_on: datetime.date | None
    consequence: str


QUESTIONS = {
    "supervisor": _("Who supervises?"),
    "owner": _("Who is responsible?"),
    "standard": _("Done to what standard?"),
    "effect": _("To what effect?"),
    "due_on": _("By when?"),
    "result": _("How was it done?"),
    "consequence": _("What if it is not done?"),
}


def missing_answers(answers: SevenAnswers, measures: str) -> list[str]:
    """The names of the answers that must stand before a task can be issued and do not yet; ``measures`` too (措施)."""
    missing = [name for name in QUESTIONS if name != "result" and not getattr(answers, name)]
    return missing if measures.strip() else [*missing, "measures"]
