"""Leaders' instructions (批示) with their answers: what a leader wrote comes back to the leader."""

from django.db.models import Exists, OuterRef

from orgs.actor import Actor
from orgs.scope import ScopedQuerySet
from tasks.models import Entry
from tasks.rules.status import EntryKind


def instructions(actor: Actor, *, mine: bool, answered: bool | None) -> ScopedQuerySet[Entry]:
    """The instructions the actor may see, unanswered first; ``mine`` keeps to those of the post in force."""
    rows = Entry.objects.visible_to(actor).filter(kind=EntryKind.INSTRUCTION)
    if mine:
        rows = rows.filter(post=actor.post)
    rows = rows.annotate(answered=Exists(Entry.objects.filter(answers=OuterRef("pk"))))
    if answered is not None:
        rows = rows.filter(answered=answered)
    rows = rows.select_related("assignment__task", "assignment__organisation", "user", "post__organisation")
    return rows.prefetch_related("replies__user", "replies__post__organisation").order_by("answered", "-at")
