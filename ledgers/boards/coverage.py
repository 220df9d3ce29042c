"""Two-new coverage: who must set up a Party organisation, who must get an instructor, and the two rates."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledgers.boards.board import Board, Chosen, Extra, Figure, Rate, Rows
from ledgers.models.entry import is_not_yes, is_yes

LEDGER = "new_orgs"
SIX = ("six_venue", "six_facility", "six_sign", "six_flag", "six_books", "six_rules")
GENERAL_BRANCH, COMMITTEE = 50, 100  # members, by the regulation


def units(chosen: Chosen) -> Rows:
    """Every unit of the register."""
    return chosen.entries(LEDGER).with_number(full="members")


def operating(chosen: Chosen) -> Rows:
    """Those that operate; one that does not say is taken to."""
    return units(chosen).filter(Q(values__operating="正常") | ~Q(values__has_key="operating"))


def organised(chosen: Chosen) -> Rows:
    """Operating units with a Party organisation."""
    return operating(chosen).filter(is_yes("has_party_org"))


def should_build(chosen: Chosen) -> Rows:
    """应建未建: operating, enough full members, no Party organisation. Probationary members do not count."""
    least = chosen.options["ledgers.must_build_members"]
    return operating(chosen).filter(full__gte=least).filter(is_not_yes("has_party_org"))


def should_send(chosen: Chosen) -> Rows:
    """应派未派: operating, too few members for a Party organisation and none there, and no instructor."""
    least = chosen.options["ledgers.must_build_members"]
    few = Q(full__lt=least) | Q(full__isnull=True)
    return operating(chosen).filter(few).filter(is_not_yes("has_party_org")).filter(is_not_yes("instructor"))


def _unexplained(chosen: Chosen) -> Rows:
    return should_build(chosen).exclude(values__has_key="no_org_reason")


def worked(chosen: Chosen) -> Rows:
    """Operating units reached by Party work: an organisation, an instructor, or a mass organisation."""
    reached = Q(pk__in=[])
    for key in ("has_party_org", "instructor", "has_union", "has_youth", "has_women"):
        reached |= is_yes(key)
    return operating(chosen).filter(reached)


def suggestion(values: Mapping[str, Any], chosen: Chosen) -> str:
    """How a unit without a Party organisation could get one."""
    if values.get("has_party_org"):
        return ""
    members = values.get("members") or 0
    if members >= COMMITTEE:
        return gettext("on its own, as a committee")
    if members >= GENERAL_BRANCH:
        return gettext("on its own, as a general branch")
    if members >= chosen.options["ledgers.must_build_members"]:
        return gettext("on its own, as a branch")
    if members:
        return gettext("jointly with up to four neighbours, or attached")
    return gettext("an instructor first; by trade or area")


def _with_six(chosen: Chosen) -> Rows:
    rows = organised(chosen)
    for key in SIX:
        rows = rows.filter(is_yes(key))
    return rows


def _in_mode(*modes: str) -> Any:
    return lambda chosen: organised(chosen).filter(values__setup_mode__in=modes)


BOARD = Board(
    "coverage",
    _("Two-new coverage"),
    _("Of operating units: an organisation where there are enough full members, an instructor where not."),
    LEDGER,
    (
        Figure("units", _("units"), units),
        Figure("operating", _("operating"), operating),
        Figure("organised", _("with a Party organisation"), organised, "fine"),
        Figure("single", _("on their own"), _in_mode("单独")),
        Figure("joint", _("jointly"), _in_mode("联合")),
        Figure("attached", _("attached, by trade or area"), _in_mode("挂靠", "行业", "区域")),
        Figure("should_build", _("must set up, has not"), should_build, "late"),
        Figure("should_send", _("must get an instructor, has not"), should_send, "late"),
        Figure("worked", _("reached by Party work"), worked),
        Figure("six", _("with all six haves"), _with_six, "fine"),
        Figure("unexplained", _("no organisation, no reason"), _unexplained, "soon"),
    ),
    (
        Rate("org_coverage", _("organisation coverage"), ("single", "joint"), "operating"),
        Rate("work_coverage", _("work coverage"), ("worked",), "operating"),
        Rate("single_rate", _("on their own"), ("single",), "operating"),
    ),
    ("org_name", "org_type", "employees", "members", "operating", "has_party_org", "setup_mode", "instructor",
     "instructor_name", "no_org_reason"),
    (Extra(_("suggested set-up"), suggestion),),
)  # fmt: skip
