"""Scope: which organisations and rows each person sees, in the post in force and on the day."""

import datetime

import pytest

from orgs.actor import Actor
from orgs.models import Organisation, Post, Relation
from orgs.rules import RelationKind, Role
from tests.cast import TODAY, Cast

ALL_OF_HEKOU = {"河口镇", "石岭村", "柳湾村", "河口社区"}


def seen_by(actor: Actor | None) -> set[str]:
    """Names of the organisations somebody sees."""
    return set(Organisation.objects.visible_to(actor).values_list("name", flat=True))


def test_without_a_post_nothing_is_visible(cast: Cast) -> None:
    assert seen_by(None) == set()


def test_a_township_sees_itself_and_what_is_below_it(cast: Cast) -> None:
    assert seen_by(cast.actor("hekou")) == ALL_OF_HEKOU


def test_a_village_sees_itself_only(cast: Cast) -> None:
    assert seen_by(cast.actor("shiling")) == {"石岭村"}


@pytest.mark.parametrize("key", ["office", "leader", "agri", "inspector"])
def test_the_county_and_lead_departments_see_the_county(cast: Cast, key: str) -> None:
    assert seen_by(cast.actor(key)) == set(Organisation.objects.exclude(name="禾岭市").values_list("name", flat=True))


def test_the_city_sees_everything_below_it(cast: Cast) -> None:
    assert seen_by(cast.actor("city")) == set(Organisation.objects.values_list("name", flat=True))


def test_the_audit_administrator_sees_no_organisation(cast: Cast) -> None:
    assert seen_by(cast.actor("audit")) == set()


def test_a_second_relation_shows_the_member_while_it_lasts(cast: Cast) -> None:
    Relation.objects.create(
        organisation=cast.places["shiling"],
        member=cast.places["shangfang"],
        kind=RelationKind.JOINT_BRANCH,
        since=TODAY - datetime.timedelta(days=10),
        until=TODAY,
    )
    assert seen_by(cast.actor("shiling")) == {"石岭村", "上坊村"}
    assert seen_by(cast.actor("shiling", TODAY + datetime.timedelta(days=1))) == {"石岭村"}
    assert seen_by(cast.actor("shiling", TODAY - datetime.timedelta(days=11))) == {"石岭村"}


def test_two_posts_are_acted_in_one_at_a_time(cast: Cast) -> None:
    second = Post.objects.create(
        user=cast.people["hekou"], role=Role.TOWNSHIP_ORGANISER, organisation=cast.places["jinling"], since=TODAY
    )
    assert seen_by(Actor(cast.people["hekou"], second, TODAY)) == {"金岭镇", "上坊村"}
    assert seen_by(cast.actor("hekou")) == ALL_OF_HEKOU


def test_a_path_range_stops_at_the_last_descendant(cast: Cast) -> None:
    """A township's siblings have paths that begin alike; none may slip into its range."""
    for place in cast.places.values():
        below = {o.pk for o in Organisation.objects.all() if o.path.startswith(place.path)}
        assert {o.pk for o in Organisation.objects.within(place)} == below
