"""Who verifies the close-out of what: by default the township its villages' items, the county those of townships.

A department verifies in the themes it leads, but not its own work; the county office can always verify in its county;
nobody verifies what they asked for themselves.
"""

import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from orgs import paths
from orgs.actor import Actor
from orgs.models import Post
from orgs.rules import Role
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules.status import Closer, Status

TOWNSHIP = frozenset({Role.TOWNSHIP_ORGANISER, Role.TOWNSHIP_LEADER})
COUNTY = frozenset({Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT})
VERIFYING = TOWNSHIP | COUNTY
NAMES_SHOWN = 3

BELOW_TOWNSHIP = Q(organisation__township__isnull=False) & ~Q(organisation__township=F("organisation"))
BY_TOWNSHIP = BELOW_TOWNSHIP & Q(task__village_closer=Closer.TOWNSHIP)


def is_below_township(assignment: Assignment) -> bool:
    """Whether a township (or working committee) operates the organisation, so that its items are the township's."""
    township = assignment.organisation.township_id
    return township is not None and township != assignment.organisation_id


def by_township(assignment: Assignment) -> bool:
    """Whether the township verifies it by default."""
    return is_below_township(assignment) and assignment.task.village_closer == Closer.TOWNSHIP


def asked_oneself(actor: Actor, assignment: Assignment) -> bool:
    """Whether the actor asked for this close-out, in whichever post."""
    asked = assignment.requested_by
    return assignment.status == Status.REQUESTED and asked is not None and asked.user_id == actor.user_id


def within_reach(actor: Actor) -> AssignmentQuerySet:
    """The requests that wait and that the post may verify at all, those it asked for itself among them."""
    rows = Assignment.objects.visible_to(actor).to_verify()
    if actor.role == Role.COUNTY_OFFICE:
        return rows
    if actor.role == Role.LEAD_DEPARTMENT:
        rows = rows.filter(task__theme__lead=actor.organisation_id)
        return rows.exclude(paths.within(actor.organisation.path, "organisation"))
    if actor.role in TOWNSHIP:
        return rows.filter(BY_TOWNSHIP, organisation__township=actor.organisation_id)
    return rows.none()


def by_default(actor: Actor) -> AssignmentQuerySet:
    """The requests that wait for this post: not those a township closes by default, nor those asked for oneself."""
    rows = within_reach(actor).exclude(requested_by__user=actor.user_id)
    return rows.filter(county_turn(actor.on)) if actor.role in COUNTY else rows


def county_turn(on: datetime.date) -> Q:
    """Requests that are the county's: not a township's by default, or nobody there may but whoever asked."""
    colleagues = Post.objects.held_on(on).filter(organisation=OuterRef("organisation__township"), role__in=TOWNSHIP)
    asked = Coalesce(OuterRef("requested_by__user"), 0)  # no key: whoever asked long ago is not known
    return ~(BY_TOWNSHIP & Q(Exists(colleagues.exclude(user=asked))))


def others(assignment: Assignment, on: datetime.date) -> QuerySet[Post]:
    """The posts beside the requester that verify it by default."""
    township = assignment.organisation.township_id
    posts = Post.objects.held_on(on).select_related("user", "organisation")
    if by_township(assignment):
        posts = posts.filter(organisation=township, role__in=TOWNSHIP)
    else:
        lead = assignment.task.theme.lead_id
        office = Q(organisation=assignment.task.theme.programme.organisation_id, role=Role.COUNTY_OFFICE)
        posts = posts.filter(office | Q(organisation=lead, role=Role.LEAD_DEPARTMENT))
    asked = assignment.requested_by
    return posts.exclude(user=asked.user_id) if asked else posts


def named(assignment: Assignment, on: datetime.date) -> str:
    """Who else can verify it, by name; the county office always can."""
    names = list(dict.fromkeys(str(post.user) for post in others(assignment, on)[: NAMES_SHOWN + 1]))
    office = _("the county office")
    if not names:
        return office
    more = _(" and others") if len(names) > NAMES_SHOWN else ""
    words = "、".join(names[:NAMES_SHOWN]) + more
    return _("%(names)s, or the county office") % {"names": words} if by_township(assignment) else words
