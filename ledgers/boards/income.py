"""Collective income by band and against the threshold; subsidies stand apart and are not earned."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledgers.boards import thresholds
from ledgers.boards.board import Board, Chosen, Figure, Rate, Rows, or_zero
from ledgers.models.entry import number_of

LEDGER = "collective_economy"


def reported(chosen: Chosen) -> Rows:
    """The villages' income of the year: in all, of it subsidies, and what is left as earned."""
    rows = chosen.entries(LEDGER, str(chosen.year)).filter(values__has_key="total_income")
    subsidy = or_zero(number_of("subsidy_income"))
    return rows.annotate(total=number_of("total_income"), subsidy=subsidy).annotate(earned=F("total") - F("subsidy"))


def threshold(chosen: Chosen) -> Decimal:
    """What every village should earn, in yuan."""
    return Decimal(chosen.options["ledgers.income_threshold"]) * 10_000


def below(chosen: Chosen) -> Rows:
    """Villages that earn less than the threshold."""
    return reported(chosen).filter(earned__lt=threshold(chosen))


def passed(chosen: Chosen) -> Rows:
    """Villages that earn the threshold or more."""
    return reported(chosen).filter(earned__gte=threshold(chosen))


def _missing(chosen: Chosen) -> Rows:
    return chosen.villages().filter(~Exists(reported(chosen).order_by().filter(organisation=OuterRef("pk"))))


def first_band(chosen: Chosen) -> Rows:
    """Villages that earn something below the first bound."""
    return reported(chosen).filter(earned__gt=0, earned__lt=_bounds(chosen)[0])


def middle_bands(chosen: Chosen) -> Rows:
    """Villages between the first bound and the last."""
    return reported(chosen).filter(earned__gte=_bounds(chosen)[0], earned__lt=_bounds(chosen)[-1])


def last_band(chosen: Chosen) -> Rows:
    """Villages at or above the last bound."""
    return reported(chosen).filter(earned__gte=_bounds(chosen)[-1])


def _bounds(chosen: Chosen) -> list[Decimal]:
    return thresholds.bands(chosen.options["ledgers.income_bands"])


def _wan(amount: Decimal) -> str:
    return f"{(amount / 10_000).normalize():f}"


def _first_words(chosen: Chosen) -> str:
    return gettext("below %(bound)s (10,000 yuan)") % {"bound": _wan(_bounds(chosen)[0])}


def _middle_words(chosen: Chosen) -> str:
    bounds = _bounds(chosen)
    return gettext("%(low)s to %(high)s (10,000 yuan)") % {"low": _wan(bounds[0]), "high": _wan(bounds[-1])}


def _last_words(chosen: Chosen) -> str:
    return gettext("%(bound)s and more (10,000 yuan)") % {"bound": _wan(_bounds(chosen)[-1])}


def _below_words(chosen: Chosen) -> str:
    return gettext("below the threshold of %(bound)s (10,000 yuan)") % {"bound": _wan(threshold(chosen))}


def _task(chosen: Chosen) -> Mapping[str, str]:
    words = {"year": str(chosen.year), "amount": _wan(threshold(chosen))}
    return {
        "title": gettext("Collective income of %(amount)s (10,000 yuan) in %(year)s") % words,
        "standard": gettext("The village earns %(amount)s (10,000 yuan) or more in %(year)s, without subsidies.")
        % words,
        "effect": gettext("No village below the threshold"),
        "measures": gettext("One plan a village: a project, a person, a day"),
    }


BOARD = Board(
    "income",
    _("Collective income"),
    _("Earned income is the total without subsidies; bands and threshold are judged by it."),
    LEDGER,
    (
        Figure("villages", _("villages and communities"), lambda chosen: chosen.villages(), shown=False),
        Figure("reported", _("reported"), reported, amount=lambda: F("total")),
        Figure("missing", _("not reported"), _missing, "late"),
        Figure("earned", _("earned income"), lambda c: reported(c).filter(earned__gt=0), amount=lambda: F("earned")),
        Figure(
            "subsidised", _("with subsidies"), lambda c: reported(c).filter(subsidy__gt=0), amount=lambda: F("subsidy")
        ),
        Figure("none", _("no earned income"), lambda c: reported(c).filter(earned__lte=0), "late"),
        Figure("low", _("lowest band"), first_band, "soon", words=_first_words),
        Figure("middle", _("middle bands"), middle_bands, words=_middle_words),
        Figure("high", _("highest band"), last_band, "fine", words=_last_words),
        Figure("passed", _("at or above the threshold"), passed, "fine"),
        Figure("below", _("below the threshold"), below, "late", words=_below_words),
        Figure(
            "only_subsidised",
            _("at the threshold by subsidies only"),
            lambda c: below(c).filter(total__gte=threshold(c)),
            "soon",
        ),
    ),
    (Rate("pass_rate", _("share at or above the threshold"), ("passed",), "reported"),),
    ("total_income", "operating_income", "subsidy_income", "industry", "operation_mode", "income_measures"),
    makes_tasks="below",
    task=_task,
    theme_words=("集体经济", "经济"),
)
