"""Venues to zero (清零): villages without an accepted venue of the size that is due."""

from decimal import Decimal

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ledgers.boards import thresholds
from ledgers.boards.board import Board, Chosen, Figure, Rate, Rows
from ledgers.models.entry import is_yes, number_of
from orgs.rules import VILLAGE_LEVEL

PROJECTS, SURVEY = "venue", "venue_survey"


def least(chosen: Chosen, kind: str) -> Rows:
    """The least area due in the year, by the organisation's kind, as an expression."""
    table = thresholds.minima(chosen.options["ledgers.area_minima"])
    cases = [When(**{kind: name}, then=Value(thresholds.minimum(table, name, chosen.year))) for name in VILLAGE_LEVEL]
    return Case(*cases, default=Value(Decimal(0)))


def accepted(chosen: Chosen) -> Rows:
    """Acceptances that were passed by the size measured: an own report is none."""
    rows = chosen.entries(PROJECTS).filter(period__lte=str(chosen.year)) | chosen.entries(SURVEY)
    measured = Coalesce(number_of("accepted_area"), number_of("floor_area"))
    return (
        rows.filter(values__accepted="通过")
        .annotate(measured=measured)
        .filter(measured__gte=least(chosen, "organisation__kind"))
    )


def _has(rows: Rows) -> Exists:
    return Exists(rows.order_by().filter(organisation=OuterRef("pk")))


def cleared(chosen: Chosen) -> Rows:
    """Villages with an accepted venue."""
    return chosen.villages().filter(_has(accepted(chosen)))


def left(chosen: Chosen) -> Rows:
    """Villages that remain."""
    return chosen.villages().filter(~_has(accepted(chosen)))


def _surveyed(chosen: Chosen) -> Rows:
    return chosen.entries(SURVEY)


def _too_small(chosen: Chosen) -> Rows:
    rows = _surveyed(chosen).filter(is_yes("has_venue")).with_number(area="floor_area")
    return rows.filter(area__lt=least(chosen, "organisation__kind"))


def _done_not_accepted(chosen: Chosen) -> Rows:
    rows = chosen.entries(PROJECTS, str(chosen.year)).filter(values__has_key="date_finish")
    return rows.exclude(values__has_key="accepted")


def _failed(chosen: Chosen) -> Rows:
    rows = chosen.entries(PROJECTS).filter(period__lte=str(chosen.year)) | chosen.entries(SURVEY)
    measured = Coalesce(number_of("accepted_area"), number_of("floor_area"))
    short = Q(values__accepted="通过") & Q(measured__lt=F("least"))
    rows = rows.annotate(measured=measured, least=least(chosen, "organisation__kind"))
    return rows.filter(Q(values__accepted="不通过") | short)


BOARD = Board(
    "venues",
    _("Venues to zero"),
    _("A village is cleared when its venue was accepted with the area that is due, not when it says so itself."),
    SURVEY,
    (
        Figure("villages", _("villages and communities"), lambda chosen: chosen.villages()),
        Figure("cleared", _("cleared"), cleared, "fine"),
        Figure("left", _("still to clear"), left, "late"),
        Figure("none", _("without a venue"), lambda c: _surveyed(c).filter(values__has_venue=False), "late"),
        Figure("small", _("smaller than due"), _too_small, "soon"),
        Figure(
            "unfit",
            _("dangerous, idle or lost"),
            lambda c: _surveyed(c).filter(is_yes("dangerous") | Q(values__usage__in=["闲置", "借占", "废弃"])),
            "soon",
        ),
        Figure("waiting", _("finished, not yet accepted"), _done_not_accepted, "soon"),
        Figure("failed", _("accepted but failed or too small"), _failed, "late"),
        Figure("unsurveyed", _("not surveyed"), lambda c: c.villages().filter(~_has(_surveyed(c))), "late"),
    ),
    (Rate("rate", _("share cleared"), ("cleared",), "villages"),),
    ("has_venue", "floor_area", "usage", "dangerous", "plan_build", "accepted", "accepted_on", "accepted_area"),
)
