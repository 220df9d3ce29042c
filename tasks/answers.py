"""The seven answers (七问) of one assignment as they stand when its close-out is asked for, and what is missing."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation, Responsibility
from orgs.rules import Duty
from tasks.models import Assignment
from tasks.rules.status import QUESTIONS

# Whose name answers for an organisation, nearest first
ANSWERING = (Duty.CONCRETE, Duty.DIRECT, Duty.FIRST, Duty.VILLAGE_CADRE, Duty.FIRST_SECRETARY, Duty.AREA_LEADER)


@dataclass(frozen=True)
class Answer:
    """One of the seven: its question, what stands there, and where that comes from; ``asked`` is put to the person."""

    name: str
    question: str | Promise
    text: str
    source: str = ""
    asked: bool = False


def unnamed(organisations: QuerySet[Organisation], on: datetime.date) -> int:
    """How many of the organisations have nobody in the responsibility table to answer for them."""
    named = Responsibility.objects.in_force_on(on).filter(duty__in=ANSWERING).exclude(person_name="")
    return organisations.exclude(Exists(named.filter(organisation=OuterRef("pk")))).count()


@dataclass(frozen=True)
class Person:
    """Who is responsible by name, and where it stands; empty when nobody is named."""

    name: str = ""
    source: str = ""


def person_of(assignment: Assignment, on: datetime.date) -> Person:
    """The person responsible: named on the assignment, else the nearest of the responsibility table (包保)."""
    if assignment.responsible:
        return Person(assignment.responsible)
    rows = Responsibility.objects.in_force_on(on).filter(organisation=assignment.organisation_id, duty__in=ANSWERING)
    named = [row for row in rows if row.person_name]
    nearest = min(named, key=lambda row: (ANSWERING.index(Duty(row.duty)), row.pk), default=None)
    if nearest is None:
        return Person()
    return Person(nearest.person_name, _("responsibility table, %(duty)s") % {"duty": nearest.get_duty_display()})


def default_person(assignment: Assignment, by: Actor) -> Person:
    """The person responsible as known, else whoever asks for the own organisation."""
    person = person_of(assignment, by.on)
    if person.name or by.organisation_id != assignment.organisation_id:
        return person
    return Person(str(by.user), _("you ask yourself"))


def answers_of(assignment: Assignment, person: Person, result: str = "") -> list[Answer]:
    """The seven answers in their order."""
    task = assignment.task
    texts = {
        "supervisor": task.supervisor,
        "owner": task.owner,
        "standard": task.standard,
        "effect": task.effect,
        "due_on": assignment.due_on.isoformat(),
        "result": result or assignment.result,
        "consequence": task.consequence,
    }
    return [
        Answer(name, question, texts[name].strip(), asked=name == "result" or (name == "owner" and not person.name))
        for name, question in QUESTIONS.items()
    ]


def missing(assignment: Assignment, person: Person, result: str) -> list[str]:
    """The names of the answers that are still blank; ``responsible`` stands for the person's name."""
    blank = [answer.name for answer in answers_of(assignment, person, result) if not answer.text]
    return blank if person.name else [*blank, "responsible"]
