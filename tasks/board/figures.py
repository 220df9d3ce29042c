"""Every figure of the boards: one condition each, shared by the figure and by the list of rows behind it.

The formulas stand in ``docs/figures.md`` under the same names. The state of an assignment is always that of the
actor's day; the period says which assignments count at all (``Selection.rows``) and when closing happened.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dates import clock
from dates.periods import Period
from orgs.actor import Actor
from tasks.lights import sql
from tasks.lights.stored import NEAR
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules.status import Status

SOON_DAYS = 7
LONG_LATE_DAYS = 15
NOT_CLOSED = ~Q(status=Status.CLOSED)  # of what is in force, as every selection is: quicker than a list of statuses


@dataclass(frozen=True)
class Selection:
    """What a board looks at: one actor's assignments that were on the table in a period.

    On the table: issued by the period's end, and still open or closed on or after its first day.
    """

    actor: Actor
    period: Period
    programme: int | None = None
    theme: int | None = None
    withdrawn: bool = False  # what was withdrawn instead: it is on no table, and still to be seen

    @property
    def day(self) -> datetime.date:
        """The day whose state is shown."""
        return self.actor.on

    def all_rows(self) -> AssignmentQuerySet:
        """The actor's assignments of the programme and theme, whatever the period."""
        rows = Assignment.objects.visible_to(self.actor)
        rows = rows.filter(status=Status.WITHDRAWN) if self.withdrawn else rows.in_force()
        if self.programme:
            rows = rows.filter(task__theme__programme=self.programme)
        return rows.filter(task__theme=self.theme) if self.theme else rows

    @property
    def issued_before(self) -> datetime.datetime:
        """The moment the period is over."""
        return clock.midnight(self.period.end + datetime.timedelta(days=1))

    @property
    def still_runs(self) -> bool:
        """Whether the period is not over on the day shown: then nothing can have been closed after it."""
        return self.period.end >= self.day

    def closed_since_start(self) -> Q:
        """Of what is closed, that which was closed on or after the period's first day."""
        return Q(closed_on__gte=self.period.start)

    def not_done_before(self) -> Q:
        """Still open, or closed on or after the period's first day."""
        return Q() if self.withdrawn else NOT_CLOSED | self.closed_since_start()

    def rows(self) -> AssignmentQuerySet:
        """The assignments on the table in the period."""
        return self.all_rows().filter(self.not_done_before(), task__issued_at__lt=self.issued_before)


@dataclass(frozen=True)
class Figure:
    """A named figure: its words, and the condition its rows fulfil within a selection."""

    name: str
    label: str | Promise
    condition: Callable[[Selection], Q]


def _closed(chosen: Selection) -> Q:
    return Q(status=Status.CLOSED) & Q(closed_on__gte=chosen.period.start, closed_on__lte=chosen.period.end)


def _late(chosen: Selection) -> Q:
    return sql.late(chosen.day)


def _due_soon(chosen: Selection) -> Q:
    until = chosen.day + datetime.timedelta(days=SOON_DAYS)
    return Q(status__in=sql.WORKING, due_on__gte=chosen.day, due_on__lte=until)


def _near(chosen: Selection) -> Q:
    return sql.worked_soon(chosen.day)


def _behind(chosen: Selection) -> Q:
    return sql.worked_behind(chosen.day)


def long_late(day: datetime.date) -> Q:
    """Overdue, and the date passed more than fifteen days ago."""
    return sql.late(day) & Q(due_on__lt=day - datetime.timedelta(days=LONG_LATE_DAYS))


_FIGURES = [
    Figure("all", _("on the table in the period"), lambda chosen: Q()),
    Figure("overdue", _("overdue"), _late),
    Figure("overdue_15", _("more than 15 days past the date"), lambda chosen: long_late(chosen.day)),
    Figure("near", _("near their dates"), _near),
    Figure("behind", _("behind the expected curve"), _behind),
    Figure("due_7", _("due within 7 days"), _due_soon),
    Figure("to_verify", _("waiting for verification"), lambda chosen: Q(status=Status.REQUESTED)),
    Figure("open", _("not closed"), lambda chosen: NOT_CLOSED),
    Figure("done", _("closed"), lambda chosen: Q(status=Status.CLOSED)),
    Figure("closed", _("closed in the period"), _closed),
    Figure(
        "closed_late", _("closed late in the period"), lambda c: _closed(c) & Q(requested_on__gt=F("counted_due_on"))
    ),
    Figure(
        "in_time", _("closed in time in the period"), lambda c: _closed(c) & Q(requested_on__lte=F("counted_due_on"))
    ),
    Figure("judged", _("closed in the period, or overdue"), lambda chosen: _closed(chosen) | _late(chosen)),
    Figure("reported", _("closed, or with a percent"), lambda c: Q(status=Status.CLOSED) | Q(percent__isnull=False)),
    Figure("unreported", _("nothing reported yet"), lambda c: NOT_CLOSED & Q(percent__isnull=True)),
]
FIGURES: Mapping[str, Figure] = {figure.name: figure for figure in _FIGURES}


def label_of(figure: str, actor: Actor) -> str:
    """A figure in words, with the numbers in force for the actor. Raises ``KeyError`` for a name that is none."""
    if figure != "near":
        return str(FIGURES[figure].label)
    count = actor.options[NEAR]
    words = ngettext("near: due within %(count)s working day", "near: due within %(count)s working days", count)
    return words % {"count": count}


def rows_of(chosen: Selection, figure: str) -> AssignmentQuerySet:
    """The rows behind a figure. Raises ``KeyError`` for a name that is none."""
    return chosen.rows().filter(FIGURES[figure].condition(chosen))
