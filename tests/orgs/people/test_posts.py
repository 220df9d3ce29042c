"""Posts: switching by one click, ending with a hand-over that keeps who did what, and taking that back."""

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from dates import clock
from orgs.models import Post, User
from orgs.people import actions as people
from orgs.people import handover, post_actions
from orgs.rules import Role
from records.changes import change_set
from records.models import Change, ChangeSet, Event
from tasks.models import Assignment, Entry, Programme, Task, Theme
from tasks.rules.status import Basic, EntryKind, Status, TaskStatus
from tests.cast import TODAY, Cast

DAY = datetime.timedelta(days=1)
SignedIn = Callable[[str], Client]


@pytest.fixture
def work(cast: Cast) -> dict[str, Task]:
    """A draft, a task with one close-out to verify, and a finished task, all kept by the post of ``office``."""
    tasks = {}
    with change_set("tests.work", by=cast.actor("office")) as changes:
        programme = changes.create(
            Programme(organisation=cast.places["county"], name="五个基本建设", first_year=2026, last_year=2026)
        )
        theme = changes.create(Theme(programme=programme, name="阵地建设", basic=Basic.ORGANISATION))
        for key, status in (("draft", TaskStatus.DRAFT), ("open", TaskStatus.ISSUED), ("finished", TaskStatus.ISSUED)):
            tasks[key] = changes.create(
                Task(
                    theme=theme,
                    title=key,
                    status=status,
                    organisation=cast.places["county"],
                    keeper=cast.posts["office"],
                    due_on=TODAY,
                    issued_at=None if status == TaskStatus.DRAFT else clock.at_noon(TODAY),
                )
            )
        waiting = changes.create(
            Assignment.given(
                on=TODAY,
                task=tasks["open"],
                organisation=cast.places["shiling"],
                due_on=TODAY,
                status=Status.REQUESTED,
                requested_on=TODAY,
            )
        )
        changes.create(
            Assignment.given(
                on=TODAY,
                task=tasks["finished"],
                organisation=cast.places["shiling"],
                due_on=TODAY,
                status=Status.CLOSED,
                requested_on=TODAY,
                closed_on=TODAY,
            )
        )
        changes.create(
            Entry(
                assignment=waiting,
                kind=EntryKind.REMARK,
                text="请补照片",
                user=cast.people["office"],
                post=cast.posts["office"],
                at=clock.at_noon(TODAY),
            )
        )
    return tasks


@pytest.fixture
def successor(cast: Cast) -> User:
    """Somebody without a post."""
    user, _code = people.open_account(username="next", name="接任者", phone="", by=cast.actor("sysadmin"))
    return user


def end(
    cast: Cast,
    successor: User | None,
    on: datetime.date = TODAY,
    stand_in_until: datetime.date | None = None,
    key: str = "office",
):
    """End a post of the cast."""
    return post_actions.end_post(
        Post.objects.get(pk=cast.posts[key].pk),
        on=on,
        successor=successor,
        stand_in_until=stand_in_until,
        by=cast.actor("sysadmin"),
    )


def rows() -> list[list[dict[str, object]]]:
    """Every business row."""
    return [list(model.objects.order_by("pk").values()) for model in (Post, Task, Assignment, Entry)]


# Switching


def test_switching_post_is_one_click_and_changes_what_is_visible(cast: Cast, signed_in: SignedIn) -> None:
    second = Post.objects.create(
        user=cast.people["hekou"], role=Role.TOWNSHIP_ORGANISER, organisation=cast.places["jinling"], since=TODAY
    )
    client = signed_in("hekou")
    before = client.get("/password/").wsgi_request.actor
    assert before.organisation == cast.places["hekou"]
    assert client.post(f"/posts/{second.pk}/switch/").status_code == 302
    after = client.get("/password/").wsgi_request.actor
    assert after.organisation == cast.places["jinling"]
    assert Post.objects.visible_to(after).filter(organisation=cast.places["hekou"]).count() == 0
    assert Event.objects.get(kind="post_switch").subject == str(second)


def test_nobody_switches_to_a_post_of_somebody_else_or_of_another_day(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    over = Post.objects.create(
        user=cast.people["hekou"],
        role=Role.COUNTY_LEADER,
        organisation=cast.places["county"],
        since=TODAY - 9 * DAY,
        until=TODAY - DAY,
    )
    later = Post.objects.create(
        user=cast.people["hekou"], role=Role.COUNTY_LEADER, organisation=cast.places["county"], since=TODAY + DAY
    )
    for pk in (cast.posts["office"].pk, over.pk, later.pk):
        assert client.post(f"/posts/{pk}/switch/").status_code == 404
        assert client.get("/password/").wsgi_request.actor.post == cast.posts["hekou"]
    assert client.get(f"/posts/{cast.posts['hekou'].pk}/switch/").status_code == 405


# Ending


def test_drafts_and_open_verifications_move_and_who_did_what_stays(
    cast: Cast, work: dict[str, Task], successor: User
) -> None:
    changes_before = list(Change.objects.values())
    done = end(cast, successor)
    assert done.to_post is not None
    assert (done.to_post.user, done.to_post.role, done.to_post.organisation) == (
        successor,
        Role.COUNTY_OFFICE,
        cast.places["county"],
    )
    assert (done.to_post.since, done.to_post.until, done.to_post.stands_in_for) == (TODAY + DAY, None, None)
    keepers = {task.title: task.keeper for task in Task.objects.all()}
    assert keepers == {"draft": done.to_post, "open": done.to_post, "finished": cast.posts["office"]}
    entry = Entry.objects.get()
    assert (entry.user, entry.post) == (cast.people["office"], cast.posts["office"])
    assert list(Change.objects.filter(pk__lte=changes_before[-1]["id"]).values()) == changes_before
    assert Post.objects.get(pk=cast.posts["office"].pk).until == TODAY
    assert handover.preview(cast.posts["office"]) == []


def test_a_stand_in_stands_in_up_to_a_day(cast: Cast, work: dict[str, Task], successor: User) -> None:
    post = end(cast, successor, stand_in_until=TODAY + 30 * DAY).to_post
    assert (post.until, post.stands_in_for) == (TODAY + 30 * DAY, cast.posts["office"])
    with pytest.raises(ValidationError):
        end(cast, cast.people["office2"], on=TODAY - DAY, stand_in_until=TODAY - DAY, key="leader")


def test_a_colleague_with_the_same_post_takes_over_without_a_second_one(cast: Cast, work: dict[str, Task]) -> None:
    assert end(cast, cast.people["office2"]).to_post == cast.posts["office2"]
    assert Task.objects.get(title="draft").keeper == cast.posts["office2"]


def test_with_work_in_hand_somebody_must_be_named(cast: Cast, work: dict[str, Task]) -> None:
    with pytest.raises(ValidationError):
        end(cast, None)
    assert Post.objects.get(pk=cast.posts["office"].pk).until is None
    assert end(cast, None, key="leader").to_post is None


def test_the_same_person_a_closed_account_or_a_day_before_the_first_will_not_do(cast: Cast, successor: User) -> None:
    with pytest.raises(ValidationError):
        end(cast, cast.people["office"])
    with pytest.raises(ValidationError):
        end(cast, successor, on=datetime.date(2025, 12, 31))
    people.set_active(successor, False, by=cast.actor("sysadmin"))
    with pytest.raises(ValidationError):
        end(cast, successor)


def test_an_administrators_successor_is_kept_apart_too(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        end(cast, cast.people["secadmin"], key="audit")
    assert Post.objects.get(pk=cast.posts["audit"].pk).until is None


def test_an_inspectors_successor_inherits_the_last_day(cast: Cast, successor: User) -> None:
    assert end(cast, successor, key="inspector").to_post.until == datetime.date(2026, 12, 31)


def test_only_the_system_administrator_ends_posts(cast: Cast, successor: User) -> None:
    for key in ("office", "secadmin", "audit", "hekou"):
        with pytest.raises(PermissionDenied):
            post_actions.end_post(cast.posts["leader"], on=TODAY, successor=successor, by=cast.actor(key))
    with pytest.raises(PermissionDenied):
        end(cast, successor, key="sysadmin")


def test_taking_it_back_leaves_every_row_as_before(cast: Cast, work: dict[str, Task], successor: User) -> None:
    before = rows()
    done = end(cast, successor)
    assert rows() != before
    post_actions.undo_end(done.change_set, by=cast.actor("sysadmin"))
    assert rows() == before


def test_it_is_not_taken_back_into_two_administrators_posts(cast: Cast, successor: User) -> None:
    done = end(cast, successor, on=TODAY - DAY, key="audit")
    people.appoint(
        cast.people["audit"],
        role=Role.SECURITY_ADMIN,
        organisation=cast.places["county"],
        since=TODAY,
        until=None,
        title="",
        by=cast.actor("sysadmin"),
    )
    before = rows()
    with pytest.raises(ValidationError):
        post_actions.undo_end(done.change_set, by=cast.actor("sysadmin"))
    assert rows() == before


def test_the_page_previews_ends_and_takes_back(
    cast: Cast, work: dict[str, Task], successor: User, signed_in: SignedIn
) -> None:
    client = signed_in("sysadmin")
    url = f"/posts/{cast.posts['office'].pk}/end/"
    page = client.get(url)
    assert len(page.context["in_hand"]) == 3
    for task in work.values():
        assert f">{task.title}<" not in page.content.decode()  # the system administrator sees how much, not what
    refused = client.post(url, {"on": "2026-11-18", "successor": "没有此人"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["successor"]
    assert (
        client.post(url, {"on": "2026-11-18", "successor": "接任者(next)"}).url
        == f"/people/{cast.people['office'].pk}/"
    )
    record = ChangeSet.objects.get(verb="people.end_post")
    person = client.get(f"/people/{cast.people['office'].pk}/")
    assert reverse("post_end_undo", args=[record.pk]) in person.content.decode()
    assert signed_in("office").post(reverse("post_end_undo", args=[record.pk])).status_code == 403
    client.post(reverse("post_end_undo", args=[record.pk]))
    assert Task.objects.get(title="draft").keeper == cast.posts["office"]
    again = client.post(reverse("post_end_undo", args=[record.pk]), follow=True)
    assert again.status_code == 200


def test_a_lapsed_stand_in_can_still_hand_over(cast: Cast, work: dict[str, Task], successor: User) -> None:
    stand_in = end(cast, successor, on=TODAY - 9 * DAY, stand_in_until=TODAY - DAY).to_post
    done = post_actions.end_post(stand_in, on=TODAY, successor=cast.people["office2"], by=cast.actor("sysadmin"))
    assert Post.objects.get(pk=stand_in.pk).until == TODAY - DAY
    assert Task.objects.get(title="draft").keeper == done.to_post == cast.posts["office2"]
