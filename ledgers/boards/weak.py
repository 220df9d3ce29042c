"""Weak organisations: cases, measures, the four responsible parties, conversion and the year of follow-up."""

import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledgers.boards.board import Board, Chosen, Figure, Rate, Rows, day_number, number_of_day
from ledgers.models.entry import is_not_yes, is_yes

LEDGER, MEASURES = "weak_org", "weak_org_measures"
PARTIES = ("county_leader", "support_unit", "township_leader", "resident_cadre")
CONVERTED = ("转化", "基本转化")


def cases(chosen: Chosen) -> Rows:
    """The cases of the year."""
    return chosen.entries(LEDGER, str(chosen.year))


def open_cases(chosen: Chosen) -> Rows:
    """Those not closed."""
    return cases(chosen).filter(is_not_yes("closed"))


def _lacks_a_party(chosen: Chosen) -> Rows:
    return cases(chosen).exclude(values__has_keys=list(PARTIES))


def _overdue(chosen: Chosen) -> Rows:
    return open_cases(chosen).annotate(due=day_number("deadline")).filter(due__lt=number_of_day(chosen.day))


def followed(chosen: Chosen) -> Rows:
    """Converted cases whose follow-up still runs: to the day that is written, else so many days on."""
    since = chosen.day - datetime.timedelta(days=chosen.options["ledgers.follow_days"])
    rows = chosen.entries(LEDGER).filter(period__lte=str(chosen.year), values__outcome__in=CONVERTED)
    rows = rows.annotate(until=day_number("follow_until"), since=day_number("outcome_on"))
    today = number_of_day(chosen.day)
    by_rule = Q(until__isnull=True) & Q(since__gte=number_of_day(since))
    return rows.filter(Q(until__gte=today) | by_rule)


def _relapsed(chosen: Chosen) -> Rows:
    return chosen.entries(LEDGER).filter(period__lte=str(chosen.year)).filter(is_yes("relapsed"))


def _measures(chosen: Chosen) -> Rows:
    return chosen.entries(MEASURES, str(chosen.year))


def _measures_late(chosen: Chosen) -> Rows:
    rows = _measures(chosen).exclude(values__has_key="measure_done_on").annotate(due=day_number("measure_due"))
    return rows.filter(due__lt=number_of_day(chosen.day))


BOARD = Board(
    "weak",
    _("Weak organisations"),
    _("A case needs all four responsible parties; what was converted is followed up for a year."),
    LEDGER,
    (
        Figure("cases", _("cases"), cases),
        Figure("open", _("open"), open_cases),
        Figure("no_party", _("a responsible party is missing"), _lacks_a_party, "late"),
        Figure("no_measures", _("without measures"), lambda c: cases(c).exclude(values__has_key="measures"), "late"),
        Figure("overdue", _("past the deadline"), _overdue, "late"),
        Figure("measures", _("measures"), _measures),
        Figure("measures_late", _("measures past their day"), _measures_late, "late"),
        Figure("closed", _("closed"), lambda c: cases(c).filter(is_yes("closed")), "fine"),
        Figure("converted", _("converted"), lambda c: cases(c).filter(values__outcome__in=CONVERTED), "fine"),
        Figure("not_converted", _("not converted"), lambda c: cases(c).filter(values__outcome="未转化"), "late"),
        Figure("followed", _("followed up"), followed),
        Figure("relapsed", _("relapsed"), _relapsed, "late"),
    ),
    (Rate("conversion", _("conversion rate"), ("converted",), "cases"),),
    (
        "issue_types",
        "measures",
        *PARTIES,
        "deadline",
        "progress",
        "closed_date",
        "outcome",
        "outcome_on",
        "follow_until",
    ),
)
