"""What stands beside a light, in words: why it shows, how long there is, and which dates: pure sentences."""

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dates.days_left import days_left
from dates.workdays import Calendar
from tasks.rules.curves import Curve
from tasks.rules.status import Light, Status


@dataclass(frozen=True)
class Dates:
    """The dates of an assignment: in force, as issued, counted for lateness, and the township's own."""

    due_on: datetime.date
    original_due_on: datetime.date
    counted_due_on: datetime.date
    internal_due_on: datetime.date | None = None


@dataclass(frozen=True)
class Facts:
    """What the sentence under a light is made of.

    ``curve`` is what is expected of it (None: nothing by a day); ``missed`` and ``ahead`` are the first milestone not
    reached whose day is over, and the next one, each with its day.
    """

    status: str
    light: str
    due_on: datetime.date
    percent: int | None = None
    curve: Curve | None = None
    requested_on: datetime.date | None = None
    closed_on: datetime.date | None = None
    missed: tuple[str, datetime.date] | None = None
    ahead: tuple[str, datetime.date] | None = None
    withdrawal: str = ""


def day_in_words(day: datetime.date, on: datetime.date) -> str:
    """A day as people say it; the year only when it is another one."""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == on.year else "DATE_FORMAT")


def countdown(due_on: datetime.date, on: datetime.date, calendar: Calendar) -> str:
    """How long there is: 逾 2 天, 今天到期, 剩 6 天（4 个工作日）."""
    left = days_left(due_on, on)
    if due_on <= on:
        return left
    working = workdays_left(due_on, on, calendar)
    return left + ngettext(" (%(count)s working day)", " (%(count)s working days)", working) % {"count": working}


def workdays_left(due_on: datetime.date, on: datetime.date, calendar: Calendar) -> int:
    """Working days after a day, up to and including the due date."""
    return max(0, calendar.between(on, due_on))


def moved(dates: Dates, on: datetime.date) -> str:
    """Both dates when the due date was moved: 延至 7 月 10 日，原定 6 月 28 日; else nothing."""
    if dates.due_on == dates.original_due_on:
        return ""
    words = {"new": day_in_words(dates.due_on, on), "original": day_in_words(dates.original_due_on, on)}
    if dates.counted_due_on == dates.due_on:
        return _("now due %(new)s, originally %(original)s") % words
    if dates.counted_due_on == dates.original_due_on:
        return _("extended to %(new)s, originally %(original)s") % words
    counted = {"counted": day_in_words(dates.counted_due_on, on)}
    return _("extended to %(new)s, originally %(original)s; lateness counts from %(counted)s") % (words | counted)


def own_date(dates: Dates, on: datetime.date, calendar: Calendar) -> str:
    """The township's own earlier date, with how long there is until then; else nothing."""
    if dates.internal_due_on is None or dates.internal_due_on >= dates.due_on:
        return ""
    words = {"day": day_in_words(dates.internal_due_on, on), "left": countdown(dates.internal_due_on, on, calendar)}
    return _("the township asks for it by %(day)s: %(left)s") % words


def why(facts: Facts, on: datetime.date) -> str:
    """Why the light shows, in one sentence; a close-out request tells of its own day."""
    at = facts.requested_on if facts.status == Status.REQUESTED and facts.requested_on else on
    sentences = {
        Light.LATE: _late,
        Light.SOON: _near,
        Light.LAG: _behind,
        Light.FINE: _on_course,
        Light.DONE: _closed,
        Light.NONE: _withdrawn,
    }
    if facts.status == Status.REQUESTED and facts.due_on < at:
        return _late(facts, at)
    return sentences[Light(facts.light)](facts, at)


def _late(facts: Facts, at: datetime.date) -> str:
    days = (at - facts.due_on).days
    words = {"day": day_in_words(facts.due_on, at), "count": days, "reported": _reported(facts)}
    if facts.status == Status.REQUESTED:
        text = ngettext(
            "It was due on %(day)s; close-out was requested %(count)s day late.",
            "It was due on %(day)s; close-out was requested %(count)s days late.",
            days,
        )
    else:
        text = ngettext(
            "It was due on %(day)s, %(count)s day ago; %(reported)s.",
            "It was due on %(day)s, %(count)s days ago; %(reported)s.",
            days,
        )
    return text % words


def _near(facts: Facts, at: datetime.date) -> str:
    return _("It is due on %(day)s; %(reported)s.") % {
        "day": day_in_words(facts.due_on, at),
        "reported": _reported(facts),
    }


def _behind(facts: Facts, at: datetime.date) -> str:
    expected = facts.curve.expected(at) if facts.curve else 0
    words = {"expected": expected, "percent": facts.percent or 0, "points": expected - (facts.percent or 0)}
    if facts.percent is None:
        said = _("nothing reported yet, %(expected)s%% expected by now") % words
    else:
        said = _("%(expected)s%% expected by now, %(percent)s%% reported, %(points)s points behind") % words
    if facts.missed:
        name, day = facts.missed
        missed = {"name": name, "day": day_in_words(day, at), "said": said}
        return _("%(said)s; “%(name)s” was due on %(day)s and is not reached.") % missed
    return _("%(said)s.") % {"said": said}


def _on_course(facts: Facts, at: datetime.date) -> str:
    if facts.ahead:
        name, day = facts.ahead
        return _("On course; next is “%(name)s” by %(day)s.") % {"name": name, "day": day_in_words(day, at)}
    return _("On course; %(reported)s.") % {"reported": _reported(facts)}


def _closed(facts: Facts, at: datetime.date) -> str:
    return _("Closed on %(day)s.") % {"day": day_in_words(facts.closed_on, at) if facts.closed_on else ""}


def _withdrawn(facts: Facts, at: datetime.date) -> str:
    if not facts.withdrawal:
        return _("Withdrawn: nothing is owed any more.")
    return _("Withdrawn: %(reason)s") % {"reason": facts.withdrawal}


def _reported(facts: Facts) -> str:
    if facts.percent is None:
        return _("nothing reported yet")
    return _("%(percent)s%% reported") % {"percent": facts.percent}
