"""Who may press, talk, answer, draw samples and keep lists, as verdicts with reasons."""

from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import Role
from orgs.scope import Allowed, Denied, Verdict
from supervision.models import Blocker, Problem, SupervisionOrder
from supervision.models.talks import TALKERS
from supervision.rules import OWED, BlockerState, OrderState

URGERS = frozenset({Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT, Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER})
TOWNSHIP = frozenset({Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER})
RAISERS = frozenset({Role.TOWNSHIP_ORGANISER, Role.DEPARTMENT, Role.LEAD_DEPARTMENT, Role.VILLAGE_RECORDER})
ANSWERERS = frozenset({Role.COUNTY_OFFICE, Role.COUNTY_LEADER, Role.DEPARTMENT, Role.LEAD_DEPARTMENT}) | TOWNSHIP
TOLD = RAISERS | {Role.TOWNSHIP_LEADER}  # who is told at once that a unit is urged or ordered
RECHECKERS = frozenset({Role.COUNTY_OFFICE, Role.INSPECTOR})
SUPERVISED = (
    URGERS | RAISERS | ANSWERERS | frozenset({Role.INSPECTOR, Role.CITY_VIEWER})
)  # whose menu has the door at all


def may_urge(actor: Actor) -> Verdict:
    """The county office, a lead department in its themes, and a township its villages."""
    if actor.role in URGERS:
        return Allowed()
    return Denied(_("Urging is done by the county office, the department that leads the theme, or the township."))


def may_order(actor: Actor) -> Verdict:
    """Supervision orders are the county office's."""
    if actor.role == Role.COUNTY_OFFICE:
        return Allowed()
    return Denied(_("Supervision orders are issued and closed by the county office."))


def _own(actor: Actor, organisation: Organisation) -> bool:
    return any(organisation.path.startswith(root) for root in actor.own_roots)


def may_reply(actor: Actor, order: SupervisionOrder) -> Verdict:
    """The unit the order was issued to replies, as long as it is its turn."""
    if actor.role not in TOWNSHIP | RAISERS or not _own(actor, order.organisation):
        return Denied(_("%(name)s replies to this order.") % {"name": order.organisation})
    if order.state not in OWED:
        return Denied(_("It has been replied to already."))
    return Allowed()


def may_close_order(actor: Actor, order: SupervisionOrder) -> Verdict:
    """The county office closes an order once it was replied to."""
    verdict = may_order(actor)
    if verdict and order.state == OrderState.CLOSED:
        return Denied(_("It is closed already."))
    if verdict and order.state != OrderState.REPLIED:
        return Denied(_("%(name)s has not replied yet.") % {"name": order.organisation})
    return verdict


def may_talk(actor: Actor) -> Verdict:
    """Talks are kept by the county office and county leaders."""
    if actor.role in TALKERS:
        return Allowed()
    return Denied(_("Talks are kept by the county office and county leaders."))


def may_raise(actor: Actor) -> Verdict:
    """Whoever reports may say what stands in the way."""
    if actor.role in RAISERS:
        return Allowed()
    return Denied(_("Matters to be coordinated are raised by whoever reports: villages, townships and departments."))


def may_answer(actor: Actor, blocker: Blocker) -> Verdict:
    """Whoever holds the matter answers it or passes it on."""
    if actor.role not in ANSWERERS or not _holds(actor, blocker):
        return Denied(_("%(name)s is to answer this.") % {"name": blocker.holder})
    if blocker.state == BlockerState.SOLVED:
        return Denied(_("It is solved already."))
    return Allowed()


def _holds(actor: Actor, blocker: Blocker) -> bool:
    if actor.role == Role.COUNTY_LEADER:
        return actor.organisation.contains(blocker.holder)
    return blocker.holder_id == actor.organisation_id


def may_settle(actor: Actor, blocker: Blocker) -> Verdict:
    """Whoever raised the matter says whether the answer solved it."""
    if actor.role not in RAISERS or not _own(actor, blocker.organisation):
        return Denied(_("%(name)s says whether it is solved.") % {"name": blocker.organisation})
    if blocker.state != BlockerState.ANSWERED:
        return Denied(_("There is no answer to judge yet."))
    return Allowed()


def may_draw(actor: Actor) -> Verdict:
    """The county office draws the sample."""
    if actor.role == Role.COUNTY_OFFICE:
        return Allowed()
    return Denied(_("The county office draws the sample."))


def may_recheck(actor: Actor) -> Verdict:
    """The county office and its inspectors look again."""
    if actor.role in RECHECKERS:
        return Allowed()
    return Denied(_("Re-checks are entered by the county office and its inspectors."))


def may_keep_problems(actor: Actor) -> Verdict:
    """Problem lists are kept by the organisation itself, its township or the county office."""
    if actor.role in RAISERS | TOWNSHIP or actor.role == Role.COUNTY_OFFICE:
        return Allowed()
    return Denied(_("Problem lists are kept by the organisation itself, its township or the county office."))


def may_keep_problem(actor: Actor, problem: Problem) -> Verdict:
    """The same, for one problem."""
    verdict = may_keep_problems(actor)
    if verdict and not _own(actor, problem.organisation):
        return Denied(_("%(name)s or its township keeps this list.") % {"name": problem.organisation})
    return verdict
