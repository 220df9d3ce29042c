"""Who may change what about organisations, as verdicts with reasons."""

from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import Role
from orgs.scope import Allowed, Denied, Verdict


def may_edit_organisation(actor: Actor, organisation: Organisation) -> Verdict:
    """The county office looks after the register of its county."""
    if actor.role != Role.COUNTY_OFFICE:
        return Denied(
            _("Only the county office changes what an organisation is called, what it is and where it stands.")
        )
    return _in_own_tree(actor, organisation)


def may_load_register(actor: Actor) -> Verdict:
    """The register is loaded from files by the county office, within its county."""
    if actor.role != Role.COUNTY_OFFICE:
        return Denied(_("Only the county office loads the register."))
    return Allowed()


def may_keep_options(actor: Actor, organisation: Organisation) -> Verdict:
    """What holds in a county is set by its office."""
    if actor.role != Role.COUNTY_OFFICE:
        return Denied(_("The county office sets what holds in the county; ask it."))
    return _in_own_tree(actor, organisation)


def may_edit_responsibility(actor: Actor, organisation: Organisation) -> Verdict:
    """The county office in its county and a township organiser in the own township keep responsibility and terms."""
    if actor.role not in {Role.COUNTY_OFFICE, Role.TOWNSHIP_ORGANISER}:
        return Denied(_("Responsibility and terms of office are kept by the county office and the township organiser."))
    return _in_own_tree(actor, organisation)


def may_edit_any_responsibility(actor: Actor) -> Verdict:
    """Whether the post keeps responsibility anywhere at all."""
    return may_edit_responsibility(actor, actor.organisation)


def may_find(actor: Actor | None) -> Verdict:
    """Everybody with a post finds organisations, but for the audit administrator."""
    if actor is None:
        return Denied(_("You hold no post today, so there is nothing to show."))
    if actor.role == Role.AUDIT_ADMIN:
        return Denied(_("The audit administrator reads the logs only."))
    return Allowed()


def _in_own_tree(actor: Actor, organisation: Organisation) -> Verdict:
    if actor.organisation.contains(organisation):
        return Allowed()
    return Denied(_("%(name)s does not belong to your post's organisation.") % {"name": organisation})
