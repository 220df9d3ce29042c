"""What may happen to a task and an assignment, how late it is and which light it shows: pure sentences."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dates.workdays import Calendar

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
    WITHDRAWN = "withdrawn", _("withdrawn")


class Shape(TextChoices):
    """What kind of fact shows how far a task is: percent follows from it."""

    SINGLE = "single", _("one deadline")
    MILESTONES = "milestones", _("milestones")
    QUANTITY = "quantity", _("a quantity")
    RECURRING = "recurring", _("recurring")
    STANDING = "standing", _("standing")


class Every(TextChoices):
    """How often a recurring task comes round."""

    WEEK = "week", _("every week")
    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every quarter")
    HALF = "half", _("every half-year")
    YEAR = "year", _("every year")


class Closer(TextChoices):
    """Who verifies the close-outs of village items (H34: 谁来核验)."""

    TOWNSHIP = "township", _("the township")
    COUNTY = "county", _("the county")


class RevisionKind(TextChoices):
    """Why a due date moved."""

    EXTENSION = "extension", _("extension")
    POSTPONEMENT = "postponement", _("county-wide postponement")
    CORRECTION = "correction", _("re-dated")


class RevisionState(TextChoices):
    """Where an extension stands."""

    ASKED = "asked", _("asked for")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")


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
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN = frozenset(set(Status) - {Status.CLOSED, Status.WITHDRAWN})
WORKING = frozenset({Status.ISSUED, Status.RECEIVED, Status.IN_PROGRESS, Status.RETURNED})


class Step(TextChoices):
    """What can be done to an assignment."""

    RECEIVE = "receive", _("receive")
    REPORT = "report", _("report progress")
    REQUEST_CLOSE = "request_close", _("request close-out")
    CLOSE = "close", _("close")
    SEND_BACK = "send_back", _("send back")
    REOPEN = "reopen", _("reopen")
    WITHDRAW = "withdraw", _("withdraw")


TRANSITIONS: Mapping[Step, tuple[frozenset[Status], Status]] = {
    Step.RECEIVE: (frozenset({Status.ISSUED}), Status.RECEIVED),
    Step.REPORT: (WORKING, Status.IN_PROGRESS),
    Step.REQUEST_CLOSE: (WORKING, Status.REQUESTED),
    Step.CLOSE: (frozenset({Status.REQUESTED}), Status.CLOSED),
    Step.SEND_BACK: (frozenset({Status.REQUESTED}), Status.RETURNED),
    Step.REOPEN: (frozenset({Status.CLOSED}), Status.RETURNED),
    Step.WITHDRAW: (OPEN, Status.WITHDRAWN),
}


def may_step(status: str, step: Step) -> bool:
    """Whether the step can be taken from this status."""
    return status in TRANSITIONS[step][0]


class EntryKind(TextChoices):
    """What an entry on an assignment is."""

    PROGRESS = "progress", _("progress")
    REMARK = "remark", _("remark")
    INSTRUCTION = "instruction", _("instruction")
    CORRECTION = "correction", _("correction")


class Learned(TextChoices):
    """How whoever enters for a village learned it."""

    VILLAGE_REPORT = "village_report", _("reported by the village")
    PHONE = "phone", _("by phone")
    ON_SITE = "on_site", _("on site")


class Light(TextChoices):
    """The five lights, most pressing first, and none for what was withdrawn."""

    LATE = "late", _("overdue")
    SOON = "soon", _("near")
    LAG = "lag", _("behind")
    FINE = "fine", _("on course")
    DONE = "done", _("closed")
    NONE = "none", _("withdrawn")


@dataclass(frozen=True)
class Days:
    """The days a light is read from; all of them are stored with the assignment, so SQL reads the same.

    ``near_from`` is the first day on which the due date is near, ``behind_from`` the first on which what was reported
    lags the expected curve (None: never), ``requested_on`` the day of the close-out request in force.
    """

    due_on: datetime.date
    near_from: datetime.date | None = None
    behind_from: datetime.date | None = None
    requested_on: datetime.date | None = None


def light(status: str, days: Days, on: datetime.date) -> Light:
    """The light on a day: closed › overdue › near › behind the expected curve › on course.

    A close-out request stops the clock: it keeps the light of its own day while it waits for its verifier, but it is
    not overdue meanwhile; one that came late shows the light of what is near.
    """
    if status == Status.CLOSED:
        return Light.DONE
    if status == Status.WITHDRAWN:
        return Light.NONE
    waits = status == Status.REQUESTED
    at = days.requested_on if waits and days.requested_on else on
    if days.due_on < at and not waits:
        return Light.LATE
    if days.near_from is not None and days.near_from <= at:
        return Light.SOON
    if days.behind_from is not None and days.behind_from <= at:
        return Light.LAG
    return Light.FINE


def near_from(due_on: datetime.date, calendar: Calendar, count: int) -> datetime.date:
    """The first day from which at most ``count`` working days are left, the due date among them."""
    return calendar.before(calendar.on_or_before(due_on), count)


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


def missing_facts(shape: str, *, unit: str, target: object, every: str, stages: int) -> list[str]:
    """The names of what the task's shape asks for and what is still blank."""
    if shape == Shape.QUANTITY:
        return [name for name, value in (("unit", unit.strip()), ("target", target)) if value in (None, "", 0)]
    if shape == Shape.MILESTONES:
        return [] if stages else ["stages"]
    return ["every"] if shape == Shape.RECURRING and not every else []
