"""Who is told and what is owed: the posts in force at the moment of sending, county by county, and the duties below."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from dates.workdays import Calendar
from orgs import duties, paths
from orgs.county.calendars import Calendars
from orgs.duties import Due, Root, Window
from orgs.models import Organisation, Post
from orgs.models.organisation import Relation
from orgs.rules import Kind
from reminders.kinds import Tables
from reminders.rules.kinds import TOLD, longest_notice
from reminders.rules.shapes import Held, Recipient

Places = dict[str, tuple[Root, ...]]


@dataclass(frozen=True)
class County:
    """A county, or what stands above all counties: its people to be told, and the paths below which things count.

    A person with posts in two counties belongs to that of the oldest post and gets one digest there.
    """

    organisation_id: int
    path: str
    calendar: Calendar
    recipients: Sequence[Recipient]
    places: Places


@dataclass(frozen=True, slots=True)
class _Post:
    """A post as it is read."""

    held: Held
    user_id: int
    path: str


def counties(
    day: datetime.date, tables: Tables, calendars: Calendars, users: Collection[int] | None = None
) -> list[County]:
    """Whoever holds a post that is told anything, stand-ins included, by county; ``users`` narrows them."""
    homes = _Homes()
    people: dict[int, list[_Post]] = defaultdict(list)
    for post in _posts(day, tables, calendars, users):
        people[post.user_id].append(post)
    grouped: dict[str, list[list[_Post]]] = defaultdict(list)
    for posts in people.values():
        grouped[homes.of(posts[0].path)].append(posts)
    relations = _relations(day)
    keys = homes.keys(grouped)
    return [
        County(
            keys[home],
            home,
            calendars.at(home),
            [Recipient(posts[0].user_id, tuple(post.held for post in posts)) for posts in found],
            _places([post for posts in found for post in posts], relations),
        )
        for home, found in sorted(grouped.items())
    ]


class _Homes:
    """Which county a path belongs to; what lies in none belongs to the top of its tree."""

    def __init__(self) -> None:
        found = Organisation.objects.filter(kind=Kind.COUNTY)
        self._counties = dict(found.values_list("path", "pk"))

    def of(self, path: str) -> str:
        above = paths.above(path)
        return next((each for each in reversed(above) if each in self._counties), above[0])

    def keys(self, homes: Iterable[str]) -> dict[str, int]:
        tops = [home for home in homes if home not in self._counties]
        return self._counties | dict(Organisation.objects.filter(path__in=tops).values_list("path", "pk"))


def _posts(day: datetime.date, tables: Tables, calendars: Calendars, users: Collection[int] | None) -> Iterable[_Post]:
    posts = Post.objects.held_on(day).filter(role__in=TOLD, user__is_active=True)
    posts = posts.filter(Q(organisation__closed_on__isnull=True) | Q(organisation__closed_on__gt=day))
    if users is not None:
        posts = posts.filter(user__in=users)
    columns = posts.order_by("user", "since", "pk").values_list(
        "pk", "user_id", "role", "organisation_id", "organisation__path"
    )
    for pk, user, role, organisation, path in columns:
        yield _Post(Held(pk, role, organisation, tables.at(path), calendars.at(path)), user, path)


def _relations(day: datetime.date) -> list[tuple[int, str]]:
    """Branches that look after others on a day, and the paths of those."""
    rows = Relation.objects.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gte=day))
    return list(rows.values_list("organisation_id", "member__path"))


def _places(posts: Iterable[_Post], relations: Iterable[tuple[int, str]]) -> Places:
    roles: dict[int, set[str]] = defaultdict(set)
    found: dict[str, set[int]] = defaultdict(set)
    for post in posts:
        roles[post.held.organisation_id].add(post.held.role)
        found[post.path].add(post.held.organisation_id)
    for organisation, path in relations:
        if organisation in roles:
            found[path].add(organisation)
    roots = {pk: Root(pk, frozenset(names)) for pk, names in roles.items()}
    return {path: tuple(roots[pk] for pk in sorted(keys)) for path, keys in found.items()}


def owed(places: Places, window: Window) -> dict[int, list[Due]]:
    """What is owed, by the organisation of the post it counts for."""
    found: dict[int, list[Due]] = defaultdict(list)
    for due in duties.due(places, window):
        found[due.root].append(due)
    return found


def window(day: datetime.date, since: datetime.date, tables: Tables, calendar: Calendar) -> Window:
    """The days a day's digests are about: as far ahead as the earliest reminder, back to the last month's digest."""
    ahead = longest_notice(tables.every(), duties.has_bulk)
    back = min(day.replace(day=1), day - datetime.timedelta(days=7), since)
    return Window(day, day + datetime.timedelta(days=ahead), back, calendar.before(day))


def sent_back_window(day: datetime.date) -> Window:
    """The days of a look for nothing but what was sent back."""
    return Window(day, datetime.date(2000, 1, 1), day + datetime.timedelta(days=1), day)


def in_window(days: Iterable[datetime.date], day: datetime.date, calendar: Calendar) -> Window:
    """The days of another look at things due on the given days."""
    return Window(day, max(days, default=day), day - datetime.timedelta(days=31), calendar.before(day))
