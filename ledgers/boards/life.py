"""Party life: who holds no meetings, and how many persons were trained, each counted once."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from dates import periods
from ledgers import sealing
from ledgers.boards.board import Board, Chosen, Figure, Rate, Rows
from ledgers.models.entry import is_yes, number_of, text_of
from ledgers.rules.values import SEALED
from ledgers.sealing import DIGEST

MEETINGS, COURSES, TRAINEES, BASICS = "party_meetings", "training", "training_attendance", "basic_info"
SILENT_MONTHS = 3


def _months(chosen: Chosen, count: int) -> list[str]:
    """The last months that are over, newest first."""
    found = [periods.month(chosen.day).before()]
    while len(found) < count:
        found.append(found[-1].before())
    return [month.key for month in found]


def _quarter(chosen: Chosen) -> list[str]:
    """The months of the last quarter that is over."""
    quarter = periods.quarter(chosen.day).before()
    first = periods.month(quarter.start)
    return [f"{first.key[:5]}{month:02}" for month in range(quarter.start.month, quarter.end.month + 1)]


def meetings(chosen: Chosen, months: list[str], *kinds: str) -> Rows:
    """Meetings that count: held in these months, of these kinds, and no work meeting in their place."""
    rows = chosen.entries(MEETINGS).that_count().filter(period__in=months)
    return rows.filter(values__meeting_type__in=kinds) if kinds else rows


def _without(chosen: Chosen, months: list[str], *kinds: str) -> Rows:
    held = meetings(chosen, months, *kinds).order_by().filter(organisation=OuterRef("pk"))
    return chosen.villages().filter(~Exists(held))


def _no_members_meeting(chosen: Chosen) -> Rows:
    return _without(chosen, _quarter(chosen), "支部党员大会")


def _replaced(chosen: Chosen) -> Rows:
    return chosen.entries(MEETINGS).filter(values__replaced_by_business=True, period__startswith=str(chosen.year))


def _with_times(chosen: Chosen) -> Rows:
    return courses(chosen).filter(values__has_key="person_times")


def courses(chosen: Chosen) -> Rows:
    """The courses of the year."""
    return chosen.entries(COURSES, str(chosen.year))


def trained(chosen: Chosen) -> Rows:
    """The first row of each distinct person who came in the year: told apart by the digest, nothing is opened.

    While keys are being changed a person may stand under two digests: then the names are opened for this once.
    """
    rows = chosen.entries(TRAINEES, str(chosen.year)).filter(is_yes("signed_in") | ~Q(values__has_key="signed_in"))
    if settings.SECRET_KEY_FALLBACKS:
        return rows.filter(pk__in=_first_of_each(rows))
    person = Substr(text_of("trainee_name"), len(SEALED) + 1, DIGEST)
    first = rows.order_by().values("organisation", person=person).annotate(first=Min("pk"))
    return rows.filter(pk__in=first.values("first"))


def _first_of_each(rows: Rows) -> list[int]:
    found: dict[tuple[int, Any], int] = {}
    for key, place, name in rows.order_by("pk").values_list("pk", "organisation", text_of("trainee_name")):
        found.setdefault((place, sealing.opened(name)), key)
    return list(found.values())


def _members(chosen: Chosen) -> Rows:
    return chosen.entries(BASICS, str(chosen.year)).filter(values__has_key="members_total")


def _total(key: str) -> Any:
    return lambda: number_of(key)


BOARD = Board(
    "life",
    _("Party life and training"),
    _("Meetings by the last month and quarter that are over; a work meeting in their place does not count."),
    MEETINGS,
    (
        Figure("villages", _("villages and communities"), lambda chosen: chosen.villages()),
        Figure("held", _("meetings last month"), lambda c: meetings(c, _months(c, 1))),
        Figure("no_day", _("no theme day last month"), lambda c: _without(c, _months(c, 1), "主题党日"), "soon"),
        Figure("no_members", _("no members' meeting last quarter"), _no_members_meeting, "late"),
        Figure("no_class", _("no Party class last quarter"), lambda c: _without(c, _quarter(c), "党课"), "late"),
        Figure("silent", _("nothing for three months"), lambda c: _without(c, _months(c, SILENT_MONTHS)), "late"),
        Figure("replaced", _("replaced by a work meeting"), _replaced, "soon"),
        Figure("courses", _("courses"), courses, amount=_total("attended"), unit="persons"),
        Figure("times", _("courses with attendances"), _with_times, amount=_total("person_times"), unit="times"),
        Figure("trained", _("persons trained, each once"), trained, "fine"),
        Figure("members", _("told their members"), _members, amount=_total("members_total"), unit="persons"),
    ),
    (Rate("coverage", _("training coverage"), ("trained",), "members", of_amount=True),),
    ("meeting_type", "held_on", "host", "due_count", "attended", "topic", "training_name", "person_times",
     "members_total"),
)  # fmt: skip
