"""The funding gap of venues: what is planned against the cost, what came in against the plan."""

from functools import reduce
from operator import add

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ledgers.boards.board import Board, Chosen, Figure, Rate, Rows, greatest_zero, or_zero
from ledgers.models.entry import number_of

LEDGER = "venue"
SOURCES = ("superior", "county", "township", "village", "pairing", "reward", "other")
PLANNED = [f"plan_{source}" for source in SOURCES]
GOT = [f"got_{source}" for source in SOURCES]


def projects(chosen: Chosen) -> Rows:
    """The projects of the year with their cost, what is planned and what came in.

    Where no source is written, what came in counts as planned; the total that came in beats the sum of its sources.
    """
    received = Coalesce(number_of("funds_in_place"), reduce(add, (or_zero(number_of(key)) for key in GOT)))
    planned = Case(
        When(values__has_any_keys=PLANNED, then=reduce(add, (or_zero(number_of(key)) for key in PLANNED))),
        default=received,
    )
    rows = chosen.entries(LEDGER, str(chosen.year)).filter(values__has_key="total_invest")
    return rows.annotate(cost=number_of("total_invest"), planned=planned, received=received)


def gap(chosen: Chosen) -> Rows:
    """Projects whose cost is not wholly planned for."""
    return projects(chosen).filter(cost__gt=F("planned"))


def unpaid(chosen: Chosen) -> Rows:
    """Projects whose planned funds have not all come in."""
    return projects(chosen).filter(planned__gt=F("received"))


BOARD = Board(
    "funds",
    _("Funding gap"),
    _("Gap: cost less what is planned from all sources. Outstanding: planned less received."),
    LEDGER,
    (
        Figure("projects", _("projects with a cost"), projects, amount=lambda: F("cost")),
        Figure("planned", _("planned funds"), lambda c: projects(c).filter(planned__gt=0), amount=lambda: F("planned")),
        Figure(
            "received", _("funds received"), lambda c: projects(c).filter(received__gt=0), amount=lambda: F("received")
        ),
        Figure("gap", _("with a gap"), gap, "late", amount=lambda: greatest_zero(F("cost") - F("planned"))),
        Figure("unmet", _("gap without measures"), lambda c: gap(c).exclude(values__has_key="gap_measures"), "late"),
        Figure("unpaid", _("outstanding"), unpaid, "soon", amount=lambda: F("planned") - F("received")),
        Figure(
            "reward_open",
            _("accepted, reward not paid"),
            lambda c: projects(c).filter(values__accepted="通过").filter(~Q(values__has_key="reward_paid_on")),
            "soon",
        ),
    ),
    (Rate("gap_rate", _("share with a gap"), ("gap",), "projects"),),
    ("build_type", "total_invest", *PLANNED, "funds_in_place", "gap_measures", "reward_amount", "reward_paid_on"),
)
