"""Posts: appointing, and ending with a hand-over to a successor or a stand-in."""

import datetime
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dates import clock
from orgs.actor import Actor
from orgs.models import Organisation, Post, User
from orgs.people import handover
from orgs.people.administration import may_keep_account, may_keep_accounts
from orgs.rules import ADMINISTRATORS, Role, administrators_kept_apart, role_fits
from orgs.scope import Denied, require
from records.changes import Writer, change_set
from records.models import ChangeSet
from records.undo import Undone, undo

ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def appoint(
    user: User,
    *,
    role: str,
    organisation: Organisation,
    since: datetime.date,
    until: datetime.date | None = None,
    title: str = "",
    by: Actor | None,
    at: datetime.datetime | None = None,
) -> Post:
    """Give a person a post; ``by`` None is the installation's own command.

    Raises ``PermissionDenied``, or ``ValidationError`` with the sentence that says what stands against it.
    """
    if by is not None:
        require(may_keep_account(by, user))
        _require_place(by, organisation)
    post = Post(user=user, role=role, organisation=organisation, title=title, since=since, until=until)
    at = at or (by.now if by else clock.now())
    _check(post, at.date())
    with change_set("people.appoint", by=by, at=at) as changes:
        return changes.create(post)


def _require_place(by: Actor, organisation: Organisation) -> None:
    if not by.organisation.contains(organisation):
        require(Denied(_("%(name)s does not belong to your post's organisation.") % {"name": organisation}))


def _check(post: Post, today: datetime.date) -> None:
    """Whether the post may be given. Raises ``ValidationError`` by field."""
    if not role_fits(post.role, post.organisation.kind):
        raise ValidationError(
            {
                "role": _("%(role)s is no role for %(place)s (%(kind)s); choose another role or organisation.")
                % {
                    "role": post.get_role_display(),
                    "place": post.organisation,
                    "kind": post.organisation.get_kind_display(),
                }
            }
        )
    if post.organisation.closed_on and post.organisation.closed_on <= post.since:
        raise ValidationError({"organisation": _("%(place)s is closed.") % {"place": post.organisation}})
    if post.until is None and post.role == Role.INSPECTOR:
        raise ValidationError({"until": _("An inspector's post needs its last day.")})
    if post.until and post.until < post.since:
        raise ValidationError({"until": _("The last day lies before the first one.")})
    _check_against_others(post, today)


def _check_against_others(post: Post, today: datetime.date) -> None:
    User.objects.select_for_update().get(pk=post.user_id)  # two posts given at the same moment see each other
    others = Post.objects.filter(user=post.user_id).exclude(pk=post.pk).select_related("organisation")
    lasting = others.filter(Q(until__isnull=True) | Q(until__gte=min(today, post.since)))
    if post.role in ADMINISTRATORS:
        check_apart([*lasting, post], post.user)
    same = lasting.filter(role=post.role, organisation=post.organisation)
    if post.until:
        same = same.filter(since__lte=post.until)
    if clash := same.filter(Q(until__isnull=True) | Q(until__gte=post.since)).first():
        raise ValidationError(
            _("%(name)s already holds this post from %(since)s.") % {"name": post.user, "since": clash.since}
        )


def check_apart(posts: list[Post], user: User) -> None:
    """Nobody holds two of the three administrators' posts, now or later. Raises ``ValidationError``."""
    held = [post for post in posts if post.role in ADMINISTRATORS]
    if not administrators_kept_apart({post.role for post in held}):
        raise ValidationError(
            _(
                "System, security and audit administrators are three different people. %(name)s would be: %(posts)s. "
                "End one post before giving the other."
            )
            % {"name": user, "posts": "、".join(sorted({post.get_role_display() for post in held}))}
        )


@dataclass(frozen=True)
class HandedOver:
    """What ending a post did: the successor's post if there is one, and what moved, in words."""

    change_set: ChangeSet
    to_post: Post | None
    moved: list[str] = field(default_factory=list)


@transaction.atomic
def end_post(
    post: Post,
    *,
    on: datetime.date,
    successor: User | None = None,
    stand_in_until: datetime.date | None = None,
    by: Actor | None,
    at: datetime.datetime | None = None,
) -> HandedOver:
    """End a post on its last day ``on`` and hand over what it has in hand; who did what stays as it was.

    The successor gets the same post from the day after; with ``stand_in_until`` only up to that day, standing in.
    Raises ``PermissionDenied``, or ``ValidationError`` by field.
    """
    if by is not None:
        require(may_keep_accounts(by))
        _require_place(by, post.organisation)
        require(may_keep_account(by, post.user))
        if successor is not None:
            require(may_keep_account(by, successor))
    at = at or (by.now if by else clock.now())
    planned_end = post.until
    _check_end(post, on, successor, stand_in_until)
    with change_set("people.end_post", by=by, at=at) as changes:
        if post.until is None or on < post.until:
            changes.update(post, until=on)
        if successor is None:
            return HandedOver(changes.record, None)
        following = _Succession(successor, on, stand_in_until, planned_end)
        to_post = _successors_post(changes, post, following, at.date())
        return HandedOver(changes.record, to_post, handover.move(changes, post, to_post))


def _check_end(post: Post, on: datetime.date, successor: User | None, stand_in_until: datetime.date | None) -> None:
    if on < post.since:
        raise ValidationError({"on": _("The post began on %(day)s only; it cannot end before.") % {"day": post.since}})
    if successor is None:
        if in_hand := handover.preview(post):
            raise ValidationError(
                {
                    "successor": _("Name a successor or a stand-in, for there is work in hand: %(work)s.")
                    % {"work": "、".join(in_hand)}
                }
            )
        if stand_in_until:
            raise ValidationError({"successor": _("Name who stands in.")})
        return
    if successor.pk == post.user_id:
        raise ValidationError(
            {"successor": _("%(name)s holds the post now; name somebody else.") % {"name": successor}}
        )
    if not successor.is_active:
        raise ValidationError({"successor": _("The account of %(name)s is closed.") % {"name": successor}})
    if stand_in_until and stand_in_until <= on:
        raise ValidationError(
            {"stand_in_until": _("The stand-in begins the day after the post ends; choose a later day.")}
        )


@dataclass(frozen=True)
class _Succession:
    """Who follows from the day after ``on``: to ``stand_in_until`` as a stand-in, else to ``planned_end`` if any."""

    successor: User
    on: datetime.date
    stand_in_until: datetime.date | None
    planned_end: datetime.date | None


def _successors_post(changes: Writer, post: Post, following: _Succession, today: datetime.date) -> Post:
    """The successor's post: one already held at the same place, else a new one from the day after."""
    on, successor, stand_in_until = following.on, following.successor, following.stand_in_until
    planned_end = following.planned_end
    since = on + ONE_DAY
    same = Post.objects.filter(user=successor, role=post.role, organisation=post.organisation)
    held = same.filter(since__lte=since).filter(Q(until__isnull=True) | Q(until__gt=since)).first()
    if held:
        return held
    until = stand_in_until or (planned_end if planned_end and planned_end > on else None)
    if post.role == Role.INSPECTOR and until is None:
        raise ValidationError({"stand_in_until": _("An inspector's post needs its last day.")})
    new = Post(
        user=successor,
        role=post.role,
        organisation=post.organisation,
        title=post.title,
        since=since,
        until=until,
        stands_in_for=post if stand_in_until else None,
    )
    _check(new, today)
    return changes.create(new)


@transaction.atomic
def undo_end(record: ChangeSet, *, by: Actor) -> Undone:
    """Take back an ended post with its hand-over: the post lasts again and what moved is back.

    Raises ``PermissionDenied``, ``records.undo.AlreadyUndone``, or ``ValidationError`` when the rules for posts
    would be broken meanwhile.
    """
    posts = Post.objects.select_related("user", "organisation").filter(
        pk__in=record.changes.filter(kind="orgs.post").values("object_id")
    )
    people = set()
    for post in posts:
        _require_place(by, post.organisation)
        require(may_keep_account(by, post.user))
        people.add(post.user)
    undone = undo(record, by=by)
    for person in people:
        lasting = person.posts.filter(Q(until__isnull=True) | Q(until__gte=by.on))
        check_apart(list(lasting), person)
    return undone
