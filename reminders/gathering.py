"""Who is told and what is owed: the posts in force at the moment of sending, and the duties below them."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from orgs import duties
from orgs.duties import Due, Root, Window
from orgs.models import Post
from orgs.models.organisation import Relation
from orgs.workdays import Calendar
from reminders.kinds import Tables
from reminders.rules.kinds import TOLD, longest_notice
from reminders.rules.shapes import Held, Recipient

CALENDAR = Calendar()
Places = dict[str, tuple[Root, ...]]


@dataclass(frozen=True)
class People:
    """The people to be told, and the paths below which something counts for their posts."""

    recipients: list[Recipient]
    places: Places


def people(day: datetime.date, tables: Tables, users: Collection[int] | None = None) -> People:
    """Whoever holds a post that is told anything, stand-ins included; ``users`` narrows them."""
    posts = Post.objects.held_on(day).filter(role__in=TOLD, user__is_active=True)
    posts = posts.filter(Q(organisation__closed_on__isnull=True) | Q(organisation__closed_on__gt=day))
    if users is not None:
        posts = posts.filter(user__in=users)
    held: dict[int, list[Held]] = defaultdict(list)
    roles: dict[int, set[str]] = defaultdict(set)
    paths: dict[str, set[int]] = defaultdict(set)
    columns = posts.order_by("user", "since", "pk").values_list(
        "pk", "user_id", "role", "organisation_id", "organisation__path"
    )
    for pk, user, role, organisation, path in columns:
        held[user].append(Held(pk, role, organisation, tables.at(path)))
        roles[organisation].add(role)
        paths[path].add(organisation)
    relations = Relation.objects.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gte=day))
    for organisation, path in relations.values_list("organisation_id", "member__path"):
        if organisation in roles:
            paths[path].add(organisation)
    roots = {pk: Root(pk, frozenset(names)) for pk, names in roles.items()}
    places = {path: tuple(roots[pk] for pk in sorted(found)) for path, found in paths.items()}
    return People([Recipient(user, tuple(posts)) for user, posts in held.items()], places)


def owed(places: Places, window: Window) -> dict[int, list[Due]]:
    """What is owed, by the organisation of the post it counts for."""
    found: dict[int, list[Due]] = defaultdict(list)
    for due in duties.due(places, window):
        found[due.root].append(due)
    return found


def window(day: datetime.date, since: datetime.date, tables: Tables) -> Window:
    """The days a day's digests are about: as far ahead as the earliest reminder, back to the last month's digest."""
    ahead = longest_notice(tables.every(), duties.has_bulk)
    back = min(day.replace(day=1), day - datetime.timedelta(days=7), since)
    return Window(day, day + datetime.timedelta(days=ahead), back, CALENDAR.before(day))


def sent_back_window(day: datetime.date) -> Window:
    """The days of a look for nothing but what was sent back."""
    return Window(day, datetime.date(2000, 1, 1), day + datetime.timedelta(days=1), day)


def in_window(days: Iterable[datetime.date], day: datetime.date) -> Window:
    """The days of another look at things due on the given days."""
    return Window(day, max(days, default=day), day - datetime.timedelta(days=31), CALENDAR.before(day))
