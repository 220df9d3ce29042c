"""A form sent twice is done once: double click, back and resend, after a cut, after a kill, two at the same moment."""

import datetime
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orgs.models import Organisation
from records import once, sendings
from records.changes import change_set
from records.jobs import forget_sendings
from records.models import ChangeSet, Sending
from records.sendings import STALE_SECONDS, Standing
from tasks.models import Entry, Programme, Task
from tests.cast import Cast, gather
from tests.tasks.stage import ANSWERS, issued, of, themes

KEY = re.compile(r'name="sending_key" value="([0-9a-f]{16}-[0-9a-f]{32})"')
DONE_ALREADY = "没有再保存一次"


def keys_on(client: Client, address: str) -> list[str]:
    """The keys of the forms on a page."""
    return KEY.findall(client.get(address).content.decode())


@pytest.fixture
def programme_form(cast: Cast, signed_in: Callable[[str], Client]) -> tuple[Client, dict[str, Any]]:
    """A filled in form that makes a programme, with the key of the page it stands on."""
    client = signed_in("office")
    key = keys_on(client, reverse("programme_new"))[-1]
    return client, {"name": "五个基本建设", "first_year": 2026, "last_year": 2026, "version": 0, once.FIELD: key}


def send(client: Client, sent: dict[str, Any], **more: Any) -> Any:
    return client.post(reverse("programme_new"), sent, **more)


def test_every_form_of_a_page_has_a_key_of_its_own(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("office")
    keys = keys_on(client, reverse("programme_new"))
    assert len(keys) > 1
    assert len(set(keys)) == len(keys)
    assert set(keys).isdisjoint(keys_on(client, reverse("programme_new")))
    assert KEY.findall(Client().get(reverse("sign_in")).content.decode()) == []


def test_one_form_sent_twice_makes_one_programme_and_leads_to_it_twice(programme_form) -> None:
    client, sent = programme_form
    first, second = send(client, sent), send(client, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Programme.objects.count() == 1
    assert DONE_ALREADY in client.get(second.url).content.decode()


def test_the_next_page_is_told_that_the_form_arrived(programme_form) -> None:
    client, sent = programme_form
    send(client, sent)
    assert client.cookies[once.COOKIE].value == sent[once.FIELD]
    assert not client.cookies[once.COOKIE]["httponly"]


def test_a_form_that_was_not_taken_may_be_sent_again_under_its_key(programme_form) -> None:
    client, sent = programme_form
    assert send(client, sent | {"name": ""}).status_code in {200, 422}
    assert Programme.objects.count() == 0
    assert send(client, sent).status_code == 302
    assert Programme.objects.count() == 1


@pytest.mark.parametrize("change", [{"name": "另一个"}, {"last_year": 2027}, {"note": "x"}])
def test_the_same_key_with_another_content_is_refused_in_a_true_sentence(programme_form, change) -> None:
    client, sent = programme_form
    send(client, sent)
    answer = send(client, sent | change)
    assert answer.status_code == 409
    assert "这次没有保存" in answer.content.decode()
    assert Programme.objects.count() == 1


def test_another_file_under_the_same_key_is_another_content(cast: Cast, signed_in, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = of(issued(cast), cast.places["shiling"])
    client = signed_in("hekou")
    key = keys_on(client, row.get_absolute_url())[-1]
    row.refresh_from_db()

    def remark(content: bytes) -> Any:
        sent = {
            "remark-text": "现场照片",
            "remark-version": row.version,
            "remark-files": SimpleUploadedFile("a.pdf", b"%PDF-1.4\n" + content, "application/pdf"),
            once.FIELD: key,
        }
        return client.post(reverse("assignment_remark", args=[row.pk]), sent)

    before = Entry.objects.count()
    assert remark(b"one").status_code == 302
    assert remark(b"one").status_code == 302
    assert remark(b"two").status_code == 409
    assert Entry.objects.count() == before + 1


@pytest.mark.parametrize("key", ["", "x", "0" * 49, "\x00", "g" * 16 + "-" + "0" * 32, "1" * 5000, "'; --"])
def test_what_is_no_key_is_no_obstacle(programme_form, key: str) -> None:
    client, sent = programme_form
    assert send(client, sent | {once.FIELD: key}).status_code == 302
    assert Sending.objects.count() == 0


def test_a_page_opened_by_somebody_else_saves_nothing(programme_form, cast: Cast, signed_in) -> None:
    _client, sent = programme_form
    other = signed_in("office2")
    answer = send(other, sent)
    assert answer.status_code == 403
    assert "由另一人打开的" in answer.content.decode()
    assert Programme.objects.count() == 0
    assert once.COOKIE not in other.cookies


def test_a_key_of_an_older_secret_key_still_belongs_to_the_person(cast: Cast, settings) -> None:
    key = sendings.new_key(7)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert sendings.belongs_to(key, 7)
    assert not sendings.belongs_to(key, 8)


def test_what_one_person_sent_is_nobody_elses(programme_form, signed_in) -> None:
    client, sent = programme_form
    send(client, sent)
    address = reverse("sending", args=[sent[once.FIELD]])
    assert client.get(address).status_code == 302
    assert signed_in("office2").get(address).status_code == 404


def test_a_script_gets_the_first_answer_again(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    row = of(issued(cast), cast.places["shiling"])
    client = signed_in("hekou")
    page = client.get(reverse("grid")).content.decode()
    task = row.task_id
    sent = {
        "tasks": task, f"c-{row.pk}": "40", f"was-{row.pk}": "", f"version-{row.pk}": row.version,
        "note": "", "note-was": "", "about": "", "learned": "phone",
    }  # fmt: skip
    headers = {"Accept": "application/json", once.HEADER: KEY.findall(page)[-1]}
    place = reverse("grid_row", args=[row.organisation_id])
    first = client.post(place, sent, headers=headers)
    second = client.post(place, sent, headers=headers)
    assert first.json()["set"]
    assert second.json() == first.json()
    assert first[once.HEADER] == second[once.HEADER] == headers[once.HEADER]
    assert Entry.objects.filter(assignment=row).count() == 1


def test_to_switch_the_post_language_or_oneself_out_may_be_done_again(cast: Cast, signed_in) -> None:
    client = signed_in("office")
    key = keys_on(client, reverse("programme_new"))[0]
    for address in (reverse("language"), reverse("post_switch", args=[cast.posts["office"].pk])):
        client.post(address, {once.FIELD: key, "language": "en"})
    assert Sending.objects.count() == 0


# What broke off


def held(client: Client, sent: dict[str, Any], *, age: int, wrote: bool) -> Sending:
    """The claim of a request that has not been heard of for ``age`` seconds."""
    user = get_user_model().objects.get(username="office")
    data = {name: [str(value)] for name, value in sent.items() if name != once.FIELD}
    digest = sendings.fingerprint(reverse("programme_new"), data.items(), [])
    row = sendings.claim(user.pk, sent[once.FIELD], digest)[1]
    Sending.objects.filter(pk=row.pk).update(at=timezone.now() - datetime.timedelta(seconds=age), wrote=wrote)
    return row


@pytest.mark.parametrize("wrote", [True, False])
def test_while_the_first_is_at_it_the_second_waits_on_a_page(programme_form, monkeypatch, wrote: bool) -> None:
    client, sent = programme_form
    monkeypatch.setattr(once, "WAIT_SECONDS", 0)
    held(client, sent, age=1, wrote=wrote)
    answer = send(client, sent, follow=True)
    assert "正在保存" in answer.content.decode()
    assert Programme.objects.count() == 0
    assert send(client, sent, headers={"HX-Request": "true"})["HX-Redirect"] == answer.redirect_chain[0][0]
    assert send(client, sent, headers={"Accept": "application/json"}).json()["code"] == "busy"


def test_after_a_kill_before_anything_was_written_it_is_done_once(programme_form) -> None:
    client, sent = programme_form
    row = held(client, sent, age=STALE_SECONDS + 1, wrote=False)
    assert "还没有保存任何内容" in client.get(reverse("sending", args=[row.key])).content.decode()
    assert send(client, sent).status_code == 302
    assert send(client, sent).status_code == 302
    assert Programme.objects.count() == 1


def test_after_a_kill_behind_the_write_it_is_not_done_again(programme_form) -> None:
    client, sent = programme_form
    held(client, sent, age=STALE_SECONDS + 1, wrote=True)
    answer = send(client, sent)
    assert answer.status_code == 200
    assert DONE_ALREADY in answer.content.decode()
    assert Programme.objects.count() == 0


def test_who_was_thought_dead_and_is_not_gives_up_what_it_wrote(programme_form, cast: Cast) -> None:
    client, sent = programme_form
    row = held(client, sent, age=STALE_SECONDS + 1, wrote=False)
    old = sendings.Claim(row.pk, row.claim)
    assert send(client, sent).status_code == 302
    place, name = cast.places["shiling"], cast.places["shiling"].name
    with sendings.none_held():
        sendings.hold(old)
        with pytest.raises(sendings.Superseded), change_set("tests.rename", by=cast.actor("office")) as changes:
            changes.update(place, name="新名村")
    assert Organisation.objects.get(pk=place.pk).name == name
    assert not ChangeSet.objects.filter(verb="tests.rename").exists()


def test_a_superseded_request_is_answered_by_the_page_that_waits(programme_form, monkeypatch) -> None:
    client, sent = programme_form
    note = sendings.note_write

    def robbed() -> None:
        Sending.objects.update(claim="another")
        note()

    monkeypatch.setattr(sendings, "note_write", robbed)
    answer = send(client, sent)
    assert answer.url == reverse("sending", args=[sent[once.FIELD]])
    assert Programme.objects.count() == 0


@pytest.mark.parametrize("before", [True, False])
def test_an_error_of_ours_leaves_the_key_free_only_if_nothing_was_written(programme_form, monkeypatch, before) -> None:
    client, sent = programme_form
    client.raise_request_exception = False
    from tasks.programmes import views

    done = views.messages.success

    def broken(*args: Any) -> None:
        raise RuntimeError("after the write")

    monkeypatch.setattr(views.actions if before else views.messages, "save_programme" if before else "success", broken)
    assert send(client, sent).status_code == 500
    assert once.COOKIE not in client.cookies
    monkeypatch.undo()
    assert views.messages.success is done
    answer = send(client, sent)
    assert Programme.objects.count() == 1
    assert answer.status_code == (302 if before else 200)


def test_old_keys_are_forgotten(programme_form) -> None:
    client, sent = programme_form
    send(client, sent)
    Sending.objects.update(at=timezone.now() - datetime.timedelta(days=14))
    forget_sendings()
    assert Sending.objects.count() == 1
    Sending.objects.update(at=timezone.now() - datetime.timedelta(days=16))
    forget_sendings()
    assert Sending.objects.count() == 0


# Two at the same moment


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one process's SQLite in memory knows no second writer")
@pytest.mark.parametrize("kind", ["programme", "task", "remark"])
def test_the_same_form_from_three_threads_is_done_once(transactional_db: None, kind: str) -> None:
    cast = gather()
    key = {who: sendings.new_key(cast.people[who].pk) for who in ("office", "hekou")}
    who = "hekou" if kind == "remark" else "office"
    if kind == "programme":
        sent = {"name": "五个基本建设", "first_year": 2026, "last_year": 2026, "version": 0}
        made, address = Programme.objects.all(), reverse("programme_new")
    elif kind == "task":
        sent = {
            "theme": themes(cast)[0].pk,
            "title": "新的一件",
            **ANSWERS,
            "version": 0,
            "kinds": "village",
            "action": "issue",
        }
        client = Client()
        client.force_login(cast.people[who], backend="django.contrib.auth.backends.ModelBackend")
        asked = client.post(reverse("task_new"), sent).content.decode()
        draft = Task.objects.get(title="新的一件")
        sent |= {"version": draft.seen, "confirmed": re.search(r'name="confirmed" value="(\w+)"', asked)[1]}
        made, address = (
            draft.assignments.filter(organisation=cast.places["shiling"]),
            reverse("task_edit", args=[draft.pk]),
        )
    else:
        row = of(issued(cast), cast.places["shiling"])
        sent, address = (
            {"remark-text": "已开工", "remark-version": row.version},
            reverse("assignment_remark", args=[row.pk]),
        )
        made = Entry.objects.filter(assignment=row, text="已开工")
    answers = sent_at_once(cast.people[who], address, sent | {once.FIELD: key[who]})
    assert answers == [302, 302, 302]
    assert made.count() == 1


def sent_at_once(user: Any, address: str, sent: dict[str, Any]) -> list[int]:
    """Send the form from three threads that start together; the statuses of their answers."""
    gate, answers = threading.Barrier(3, timeout=10), list[int]()
    clients = [Client(raise_request_exception=False) for _each in range(3)]
    for client in clients:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def one(client: Client) -> None:
        gate.wait()
        answers.append(client.post(address, sent).status_code)
        connection.close()

    threads = [threading.Thread(target=one, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


# Cost


def test_a_key_costs_the_same_few_queries_whatever_is_sent(programme_form, django_assert_max_num_queries) -> None:
    client, sent = programme_form
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as plain:
        send(client, {**sent, "name": "甲", once.FIELD: ""})
    with CaptureQueriesContext(connection) as keyed:
        send(client, sent | {"name": "乙"})
    assert len(keyed) - len(plain) <= 5  # two savepoints' worth: the claim, the note, what came of it


def test_claiming_never_breaks_a_transaction(cast: Cast) -> None:
    user = cast.people["office"]
    key = sendings.new_key(user.pk)
    with transaction.atomic():
        assert sendings.claim(user.pk, key, "a")[0] is Standing.OURS
        assert sendings.claim(user.pk, key, "a")[0] is Standing.BUSY
        assert sendings.claim(user.pk, key, "b")[0] is Standing.OTHER
    assert Sending.objects.count() == 1


def test_a_password_does_not_stand_in_the_fingerprint(settings) -> None:
    fields = [("new_password1", ["geheim-2026"])]
    first = sendings.fingerprint("/password/", fields, [])
    settings.SECRET_KEY = "m" * 60
    assert sendings.fingerprint("/password/", fields, []) != first


def test_to_read_a_page_costs_nothing(programme_form) -> None:
    client, _sent = programme_form
    client.get(reverse("programme_new"))
    assert Sending.objects.count() == 0
