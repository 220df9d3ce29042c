"""Who may do what with reminders, as verdicts with reasons."""

from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.rules import Role
from orgs.scope import Allowed, Denied, Verdict


def may_see_deliveries(actor: Actor) -> Verdict:
    """Who was told what is the county office's to look into."""
    if actor.role == Role.COUNTY_OFFICE:
        return Allowed()
    return Denied(
        _("The county office looks after what was delivered to whom. Your own messages stand under the bell.")
    )


def may_keep_kinds(actor: Actor) -> Verdict:
    """The table of kinds is the county office's."""
    if actor.role == Role.COUNTY_OFFICE:
        return Allowed()
    return Denied(_("The kinds of reminders are kept by the county office; ask it."))


def may_call(actor: Actor) -> Verdict:
    """The call list is for those who answer for a township or committee, and for the county office."""
    if actor.role in {Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER, Role.COUNTY_OFFICE}:
        return Allowed()
    return Denied(_("The call list is for townships and committees, who call their villages."))
