"""Who may fill in and who may read the grid of a township, and what a village may say to it, with reasons."""

from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import Role
from orgs.scope import Allowed, Denied, Verdict
from tasks.models import Entry, Objection, ObjectionState


def sees_grid(actor: Actor) -> Verdict:
    """A township's organisers and leaders see its grid."""
    if actor.role in {Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER}:
        return Allowed()
    return Denied(_("The grid belongs to the township that fills it in for its villages."))


def fills_grid(actor: Actor) -> Verdict:
    """A township's organisers fill it in."""
    verdict = sees_grid(actor)
    if verdict and actor.role != Role.TOWNSHIP_ORGANISER:
        return Denied(_("The grid is filled in by the township's organisers; your post reads it."))
    return verdict


def prints_villages(actor: Actor) -> Verdict:
    """A township prints what its villages owe; a village what it owes itself."""
    if actor.role in {Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER, Role.VILLAGE_RECORDER}:
        return Allowed()
    return Denied(_("What a village is to do is printed by its township or by the village itself."))


def may_object(actor: Actor, entry: Entry) -> Verdict:
    """The village's own recorder objects to what somebody else entered for it."""
    organisation: Organisation = entry.assignment.organisation
    if actor.role != Role.VILLAGE_RECORDER or actor.organisation_id != organisation.pk:
        return Denied(_("Only the village itself can object to what was entered for it."))
    if entry.post.organisation_id == organisation.pk:
        return Denied(_("This was entered by the village itself: enter the right figure instead."))
    return Allowed()


def answers_objections(actor: Actor) -> Verdict:
    """The township that entered it answers."""
    if actor.role == Role.TOWNSHIP_ORGANISER:
        return Allowed()
    return Denied(_("Objections are answered by the township's organisers."))


def may_answer(actor: Actor, objection: Objection) -> Verdict:
    """Answering, now."""
    verdict = answers_objections(actor)
    if verdict and objection.state != ObjectionState.OPEN:
        return Denied(_("This objection has been answered already."))
    return verdict
