"""Background work: done once, watched by its starter alone, told in a sentence when it fails, tried again."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from orgs.actor import Actor
from orgs.models import Organisation
from records import changes, jobs, work
from records.models import ChangeSet, Work
from records.work import Progress, Refused, TakenOver
from tests.cast import Cast

State = Work.State
SignedIn = Callable[[str], Client]


class Desk:
    """Work whose doing the test decides, started by the township organiser."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.calls: list[tuple[Actor, dict[str, Any]]] = []
        self.does: Callable[[Progress], dict[str, Any]] = lambda progress: {}
        work.register("tests.rename", self._run, label="改名")

    def _run(self, acting: Actor, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
        self.calls.append((acting, arguments))
        return self.does(progress)

    def start(self, **values: Any) -> Work:
        given = {"subject": "河口镇台账.xlsx", "arguments": {"batch": 7}, "url": "/week/"} | values
        return work.start("tests.rename", by=self.cast.actor("hekou"), **given)

    def rename(self, name: str) -> None:
        with changes.change_set("tests.rename", by=self.calls[-1][0]) as writer:
            writer.update(Organisation.objects.get(pk=self.cast.places["shiling"].pk), name=name)


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    yield Desk(cast)
    cache.clear()


def again_url(row: Work) -> str:
    return reverse("work_retry", args=[row.pk])


def now(row: Work) -> work.Standing:
    return work.standing(Work.objects.get(pk=row.pk))


def killed(row: Work) -> None:
    """As a ``kill -9`` leaves it: claimed, and no sign of life for a while."""
    claimed = work._claim(row.pk)
    assert claimed
    Work.objects.filter(pk=row.pk).update(began_at=claimed.began_at.replace(year=2020))


def test_it_acts_for_the_starter_in_the_post_and_is_done_once(desk: Desk) -> None:
    row = desk.start()
    assert now(row).state == State.WAITING
    desk.does = lambda progress: {"url": "/rows/", "message": "导入 20 行"}
    jobs.do_work(row.pk)
    jobs.do_work(row.pk)
    assert [(acting.post.pk, arguments) for acting, arguments in desk.calls] == [
        (desk.cast.posts["hekou"].pk, {"batch": 7})
    ]
    assert (now(row).state, now(row).url, now(row).row.result["message"]) == (State.DONE, "/rows/", "导入 20 行")


def test_it_is_queued_when_the_transaction_is_through_and_not_when_it_fails(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,  # type: ignore[no-untyped-def]
) -> None:
    queued: list[int] = []
    monkeypatch.setattr(jobs.do_work, "delay", queued.append)
    with django_capture_on_commit_callbacks(execute=True):
        row = desk.start()
        assert queued == []
    assert queued == [row.pk]
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        desk.start()
        transaction.set_rollback(True)
    assert queued == [row.pk]
    assert Work.objects.count() == 1


def test_a_broker_that_is_away_loses_nothing(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,  # type: ignore[no-untyped-def]
) -> None:
    def away(pk: int) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(jobs.do_work, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        row = desk.start()
    queued: list[int] = []
    monkeypatch.setattr(jobs.do_work, "delay", queued.append)
    assert work.sweep() == 0, "it is not late yet"
    Work.objects.filter(pk=row.pk).update(queued_at=row.queued_at.replace(year=2020))
    assert work.sweep() == 1
    assert work.sweep() == 0, "it was queued just now"
    assert queued == [row.pk]


def test_progress_goes_through_the_cache_and_not_the_database(desk: Desk, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    row = desk.start()
    seen = []

    def does(progress: Progress) -> dict[str, Any]:
        with django_assert_num_queries(0):
            progress.set(30, 30)
            progress.set(3, 30)
            for done in range(4, 20):
                progress.set(done, 30)
        seen.append(now(row))
        return {}

    desk.does = does
    jobs.do_work(row.pk)
    assert (seen[0].state, seen[0].done, seen[0].percent) == (State.RUNNING, 30, 100), "written at most twice a second"


def test_a_worker_at_it_is_not_disturbed_by_a_second_message(desk: Desk) -> None:
    row = desk.start()
    inner = []
    desk.does = lambda progress: {"again": inner.append(work.perform(row.pk))}
    assert work.perform(row.pk)
    assert inner == [False]
    assert len(desk.calls) == 1


def test_the_sign_of_life_comes_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "BEAT_SECONDS", 0.05)
    row = desk.start()
    signs = []

    def does(progress: Progress) -> dict[str, Any]:
        claimed = Work.objects.get(pk=row.pk)
        for _look in range(2):
            signs.append(cache.get(work._sign_key(claimed)).at)
            time.sleep(0.4)
        return {}

    desk.does = does
    work.perform(row.pk)
    assert signs[1] > signs[0], "without a single call of progress.set"


def test_what_a_person_can_mend_is_said_in_the_persons_language(desk: Desk) -> None:
    def refuses(progress: Progress) -> dict[str, Any]:
        raise Refused(translation.gettext("You hold no post today, so there is nothing to show."))

    desk.does = refuses
    with translation.override("zh-hans"):
        row = desk.start()
    with translation.override("en"):
        work.perform(row.pk)
    assert now(row).state == State.FAILED
    assert now(row).row.error.startswith("您今天没有任职")


def test_a_verdict_is_a_sentence_too(desk: Desk) -> None:
    def denied(progress: Progress) -> dict[str, Any]:
        raise PermissionDenied("只有县办公室可以导入。")

    desk.does = denied
    row = desk.start()
    work.perform(row.pk)
    assert now(row).row.error == "只有县办公室可以导入。"


def test_an_unexpected_fault_is_logged_under_the_requests_number_and_never_shown(
    desk: Desk, caplog: pytest.LogCaptureFixture, signed_in: SignedIn
) -> None:
    def breaks(progress: Progress) -> dict[str, Any]:
        raise ZeroDivisionError("secret detail")

    desk.does = breaks
    row = desk.start()
    Work.objects.filter(pk=row.pk).update(request_id="3f9c2b1a77de")
    work.perform(row.pk)
    assert "secret detail" in caplog.text
    page = signed_in("hekou").get(row.get_absolute_url()).content.decode()
    assert "3f9c2b1a77de" in page
    assert "secret detail" not in page
    assert "ZeroDivision" not in page


def test_running_out_of_time_is_said(desk: Desk) -> None:
    class TooLate(Exception):
        pass

    def late(progress: Progress) -> dict[str, Any]:
        raise TooLate

    desk.does = late
    row = desk.start()
    work.perform(row.pk, out_of_time=(TooLate,))
    assert "45" in now(row).row.error


def test_whoever_left_the_post_does_nothing_any_more(desk: Desk) -> None:
    row = desk.start()
    post = desk.cast.posts["hekou"]
    type(post).objects.filter(pk=post.pk).update(until=post.since)
    work.perform(row.pk)
    assert now(row).state == State.FAILED
    assert desk.calls == []


def test_the_change_sets_bear_the_number_of_the_request_that_started_it(desk: Desk) -> None:
    row = desk.start()
    Work.objects.filter(pk=row.pk).update(request_id="3f9c2b1a77de")

    def does(progress: Progress) -> dict[str, Any]:
        desk.rename("新石岭村")
        return {}

    desk.does = does
    work.perform(row.pk)
    assert ChangeSet.objects.get(verb="tests.rename").request_id == "3f9c2b1a77de"


def test_without_a_sign_of_life_it_was_broken_off_and_one_click_does_it_again(desk: Desk, signed_in: SignedIn) -> None:
    row = desk.start()
    killed(row)
    assert now(row).state == State.BROKEN
    work.sweep()
    assert Work.objects.get(pk=row.pk).state == State.BROKEN
    client = signed_in("hekou")
    page = client.get(row.get_absolute_url()).content.decode()
    assert f'action="{again_url(row)}"' in page
    assert client.post(again_url(row)).status_code == 302
    assert now(row).state == State.WAITING
    assert work.perform(row.pk)
    assert now(row).state == State.DONE


def test_the_broker_may_deliver_it_again_unless_the_person_knows_that_it_failed(desk: Desk) -> None:
    row, known = desk.start(), desk.start()
    killed(row)
    killed(known)
    work.sweep()
    work.see(now(known))
    assert work.perform(row.pk)
    assert not work.perform(known.pk)


def test_a_worker_taken_for_dead_gives_up_when_another_has_taken_over(desk: Desk) -> None:
    row = desk.start()
    found: list[str] = []

    def slow(progress: Progress) -> dict[str, Any]:
        Work.objects.filter(pk=row.pk).update(began_at=row.queued_at.replace(year=2020))
        cache.delete(work._sign_key(Work.objects.get(pk=row.pk)))
        assert work.retry(Work.objects.get(pk=row.pk))
        desk.does = lambda second: {"message": "第二次"}
        assert work.perform(row.pk)
        for attempt in (lambda: progress.set(1, 1), lambda: progress.keep({})):
            with pytest.raises(TakenOver):
                attempt()
            found.append("gave up")
        raise TakenOver

    desk.does = slow
    assert not work.perform(row.pk)
    assert found == ["gave up"] * 2
    assert now(row).row.result == {"message": "第二次"}


def test_what_is_kept_within_the_transaction_stands_or_falls_with_it(desk: Desk) -> None:
    def falls(progress: Progress) -> dict[str, Any]:
        with transaction.atomic():
            desk.rename("新石岭村")
            progress.keep({"message": "改好了"})
            raise Refused("停电")

    def stands(progress: Progress) -> dict[str, Any]:
        with transaction.atomic():
            desk.rename("新石岭村")
            progress.keep({"message": "改好了"})
        raise ZeroDivisionError  # whatever comes later does not undo it

    for does, state, name in ((falls, State.FAILED, "石岭村"), (stands, State.DONE, "新石岭村")):
        desk.does = does
        row = desk.start()
        work.perform(row.pk)
        assert now(row).state == state
        assert Organisation.objects.get(pk=desk.cast.places["shiling"].pk).name == name


def test_only_the_starter_sees_it_and_in_that_post_only(desk: Desk, signed_in: SignedIn) -> None:
    row = desk.start()
    assert signed_in("hekou").get(row.get_absolute_url()).status_code == 200
    assert signed_in("hekou2").get(row.get_absolute_url()).status_code == 404
    assert signed_in("office").post(again_url(row)).status_code == 404
    assert list(Work.objects.visible_to(None)) == []


def test_every_page_leads_back_to_it_until_its_end_was_seen(desk: Desk, signed_in: SignedIn) -> None:
    row = desk.start()
    client, other = signed_in("hekou"), signed_in("hekou2")
    link = f'href="{row.get_absolute_url()}"'
    assert link in client.get("/messages/").content.decode()
    assert link not in other.get("/messages/").content.decode()
    work.perform(row.pk)
    assert link in client.get("/messages/").content.decode()
    assert "河口镇台账.xlsx" in client.get(row.get_absolute_url()).content.decode()
    assert link not in client.get("/messages/").content.decode()
    second, third = desk.start(), desk.start()
    assert f'href="{reverse("works")}"' in client.get("/messages/").content.decode()
    listed = client.get(reverse("works")).content.decode()
    assert all(each.get_absolute_url() in listed for each in (row, second, third))


def test_the_page_asks_again_while_it_is_open_and_goes_on_when_it_is_done(desk: Desk, signed_in: SignedIn) -> None:
    row = desk.start()
    client = signed_in("hekou")
    page = client.get(row.get_absolute_url()).content.decode()
    assert 'hx-trigger="click, every 500ms"' in page
    assert f'href="{row.get_absolute_url()}"' in page, "without scripts one asks by the link"
    fragment = client.get(row.get_absolute_url(), headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b"every 500ms" in fragment.content
    desk.does = lambda progress: {"url": "/rows/"}
    work.perform(row.pk)
    assert client.get(row.get_absolute_url(), headers={"HX-Request": "true"})["HX-Redirect"] == "/rows/"
    page = client.get(row.get_absolute_url()).content.decode()
    assert "every 500ms" not in page
    assert 'href="/rows/"' in page


def test_the_health_page_tells_what_waits(desk: Desk, client: Client) -> None:
    desk.start()
    killed(desk.start())
    assert client.get("/healthz").json()["work"] == {"waiting": 1, "running": 1}


def test_an_unknown_kind_is_not_started(desk: Desk) -> None:
    with pytest.raises(KeyError):
        work.start("tests.nothing", by=desk.cast.actor("hekou"), subject="", arguments={})
