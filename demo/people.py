"""The demo's people: accounts with one password, and the posts they hold, held or stand in for."""

import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from dates import clock
from demo.county import County
from demo.fixture import dice, person_name, read
from orgs.models import Organisation, Post, User
from orgs.rules import Kind, Role
from records.changes import Writer

INSPECTION_DAYS = 90


def build(changes: Writer, county: County, first_day: datetime.date) -> None:
    """Make everybody and their posts; ``first_day`` is the first day anything happens."""
    since = datetime.date(first_day.year, 1, 1)
    given = _given(county)
    password = make_password(read("people")["password"])
    joined = clock.at_noon(since)
    users = [
        User(
            username=p["user"],
            email=f"{p['user']}@luoshi.example",
            name=p["name"],
            password=password,
            date_joined=joined,
        )
        for p in given
    ]
    county.people = {user.username: user for user in changes.create_all(users)}
    _posts(changes, county, given, since)
    _second_posts(changes, county, since)
    _stand_ins(changes, county)


def _given(county: County) -> list[dict[str, Any]]:
    """The people of the fixture whose place was made, and an organiser for every township and committee."""
    fixture = read("people")
    given = [p for p in [*fixture["people"], *fixture["left"]] if _place(county, p["at"]) is not None]
    has_one = {p["at"] for p in [*fixture["people"], *fixture["two_posts"]] if p["role"] == Role.TOWNSHIP_ORGANISER}
    for key, place in county.places.items():
        if place.kind in {Kind.TOWNSHIP, Kind.WORKING_COMMITTEE} and key not in has_one:
            title = "组织委员" if place.kind == Kind.TOWNSHIP else "工委专干"
            name = person_name(dice("organiser", key))
            given.append({"user": key, "name": name, "role": Role.TOWNSHIP_ORGANISER, "at": key, "title": title})
    return given


def _place(county: County, key: str) -> Organisation | None:
    if key in {"first_village", "first_community"}:
        kind = Kind.VILLAGE if key == "first_village" else Kind.COMMUNITY
        return next((o for o in county.of_kind(kind) if o.parent is county.places["hekou"]), None)
    return county.places.get(key)


def _posts(changes: Writer, county: County, given: list[dict[str, Any]], since: datetime.date) -> None:
    left = {p["at"]: county.on - datetime.timedelta(weeks=p["weeks_ago"]) for p in given if "weeks_ago" in p}
    posts = []
    for person in given:
        place = _place(county, person["at"])
        assert place is not None  # others were left out above
        post = Post(
            user=county.people[person["user"]],
            role=person["role"],
            organisation=place,
            title=person["title"],
            since=since,
        )
        if person["role"] == Role.INSPECTOR:
            post.until = max(
                datetime.date(county.on.year, 12, 31), county.on + datetime.timedelta(days=INSPECTION_DAYS)
            )
        elif "weeks_ago" in person:
            post.until = left[person["at"]]
        elif person["role"] == Role.TOWNSHIP_ORGANISER and person["at"] in left:
            post.since = left[person["at"]] + datetime.timedelta(days=1)
        posts.append(post)
    for post in changes.create_all(posts):
        county.posts.setdefault(post.user.username, post)
        _remember(county, post)


def _second_posts(changes: Writer, county: County, since: datetime.date) -> None:
    for person in read("people")["two_posts"]:
        post = Post(
            user=county.people[person["user"]],
            role=person["role"],
            organisation=county.places[person["at"]],
            title=person["title"],
            since=since,
        )
        _remember(county, changes.create(post))


def _stand_ins(changes: Writer, county: County) -> None:
    """Stand-ins come last among a township's organisers: ``reporter`` takes the last one in force."""
    for given in read("people")["stand_ins"]:
        away, user = county.posts.get(given["away"]), county.people.get(given["user"])
        if away is None or user is None:
            continue
        post = Post(
            user=user,
            role=away.role,
            organisation=away.organisation,
            title=given["title"],
            since=county.on - datetime.timedelta(days=given["days"] // 2),
            until=county.on + datetime.timedelta(days=given["days"] // 2),
            stands_in_for=away,
        )
        _remember(county, changes.create(post))


def _remember(county: County, post: Post) -> None:
    """Who enters for whom."""
    if post.role == Role.TOWNSHIP_ORGANISER:
        county.organisers.setdefault(post.organisation_id, []).append(post)
    elif post.role in {Role.VILLAGE_RECORDER, Role.DEPARTMENT}:
        county.recorders[post.organisation_id] = post


def reporter(county: County, organisation: Organisation, day: datetime.date) -> Post:
    """The post that enters for an organisation on a day: its own recorder, else its township's organiser."""
    if organisation.pk in county.recorders:
        return county.recorders[organisation.pk]
    posts = county.organisers[organisation.township_id or 0]
    return [p for p in posts if p.since <= day and (p.until is None or day <= p.until)][-1]
