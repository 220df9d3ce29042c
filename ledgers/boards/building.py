"""Building of venues: stages reached against the days they are due, and who has not begun."""

from typing import Any

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ledgers.boards import thresholds
from ledgers.boards.board import Board, Chosen, Figure, Rate, Rows, day_number, number_of_day

LEDGER = "venue"
DATES = {  # stage: when it is planned, when it was reached
    "site": ("plan_site", "date_site"),
    "foundation": ("plan_foundation", "date_foundation"),
    "main": ("plan_main", "date_main"),
    "plaster": ("plan_plaster", "date_plaster"),
    "boards": ("plan_boards", "date_boards"),
    "fitout": ("plan_fitout", "date_fitout"),
    "green": ("plan_green", "date_green"),
    "finish": ("planned_finish", "date_finish"),
}
REACHED = [reached for _planned, reached in DATES.values()]


def projects(chosen: Chosen) -> Rows:
    """The projects of the year."""
    return chosen.entries(LEDGER, str(chosen.year))


def reached(chosen: Chosen, stage: str) -> Rows:
    """Projects in which a stage, or one after it, was reached: a later one implies it."""
    later = REACHED[list(DATES).index(stage) :]
    return projects(chosen).filter(Q(values__has_any_keys=later) if len(later) > 1 else Q(values__has_key=later[0]))


def due(chosen: Chosen, stage: str) -> Any:
    """The day a stage is due as a number: the project's own plan, else the day set for its kind of work, else null."""
    days = thresholds.due_days(chosen.options["ledgers.building_due"], chosen.year)
    cases = [
        When(values__build_type=kind, then=Value(number_of_day(day)))
        for (kind, name), day in days.items()
        if name == stage
    ]
    own = day_number(DATES[stage][0])
    return Coalesce(own, Case(*cases, default=None, output_field=IntegerField())) if cases else own


def late(chosen: Chosen, stage: str) -> Rows:
    """Projects in which a stage is due before today and was neither reached nor overtaken."""
    later = REACHED[list(DATES).index(stage) :]
    rows = projects(chosen).annotate(due=due(chosen, stage)).filter(due__lt=number_of_day(chosen.day))
    return rows.exclude(values__has_any_keys=later)


def late_at_all(chosen: Chosen) -> Rows:
    """Projects late in any stage."""
    wanted = Q(pk__in=[])
    for stage in DATES:
        wanted |= Q(pk__in=late(chosen, stage).order_by().values("pk"))
    return projects(chosen).filter(wanted)


def reached_late(chosen: Chosen, stage: str) -> Rows:
    """Projects in which a stage was reached after the day it was due."""
    rows = projects(chosen).annotate(due=due(chosen, stage), was=day_number(DATES[stage][1], latest=False))
    return rows.filter(was__gt=F("due"))


def not_started(chosen: Chosen) -> Rows:
    """Projects without any stage reached."""
    return projects(chosen).exclude(values__has_any_keys=REACHED)


def _of_type(name: str) -> Any:
    return lambda chosen: projects(chosen).filter(values__build_type=name)


BOARD = Board(
    "building",
    _("Building of venues"),
    _("Stages reached against the day they are due: the project's own plan, else the day set for its kind of work."),
    LEDGER,
    (
        Figure("projects", _("projects"), projects),
        Figure("new", _("newly built"), _of_type("新建")),
        Figure("rebuilt", _("rebuilt or extended"), _of_type("改扩建")),
        Figure("refurbished", _("refurbished"), _of_type("修缮")),
        Figure("centres", _("service centres"), lambda c: projects(c).filter(values__venue_kind="党群服务中心")),
        Figure("not_started", _("not begun"), not_started, "late"),
        Figure("site", _("site chosen"), lambda c: reached(c, "site")),
        Figure("foundation", _("foundation done"), lambda c: reached(c, "foundation")),
        Figure("main", _("main structure done"), lambda c: reached(c, "main"), "fine"),
        Figure("main_late", _("main structure late"), lambda c: late(c, "main"), "late"),
        Figure("main_after", _("main structure done late"), lambda c: reached_late(c, "main"), "soon", shown=False),
        Figure("fitout", _("fitted out"), lambda c: reached(c, "fitout")),
        Figure("finish", _("completed"), lambda c: reached(c, "finish"), "fine"),
        Figure("accepted", _("accepted"), lambda c: projects(c).filter(values__accepted="通过"), "fine"),
        Figure("late", _("late in a stage"), late_at_all, "late"),
    ),
    (
        Rate("main_rate", _("main structure done"), ("main",), "projects"),
        Rate("finish_rate", _("completed"), ("finish",), "projects"),
    ),
    ("venue_kind", "build_type", "date_site", "date_foundation", "plan_main", "date_main", "planned_finish",
     "date_finish", "progress_percent", "village_leader", "problems"),
)  # fmt: skip
