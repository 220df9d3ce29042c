"""The event log: append-only, read by the audit administrator alone, searched and exported exactly, never counted."""

import csv
import datetime
import io
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from dates import clock
from orgs.events import event_kinds
from records import events
from records.models import Event
from tests.cast import Cast

SignedIn = Callable[[str], Client]


def line(kind: str = "task_issue", *, minutes: int = 0, **more: object) -> None:
    """Add a line some minutes after ten."""
    events.log(kind, at=clock.now() + datetime.timedelta(minutes=minutes), **more)  # type: ignore[arg-type]


def shown(client: Client, **query: object) -> list[str]:
    """The objects of the lines a search shows."""
    return [event.subject for event, _label, _who in client.get("/events/", query).context["lines"]]


def test_a_line_is_never_changed_or_removed(cast: Cast) -> None:
    line(subject="甲")
    event = Event.objects.get()
    event.subject = "乙"
    for attempt in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(subject="乙")):
        with pytest.raises(TypeError):
            attempt()
    assert Event.objects.get().subject == "甲"


def test_only_the_audit_administrator_reads_it(cast: Cast, signed_in: SignedIn) -> None:
    for key in cast.people:
        for url in ("/events/", "/events/export/"):
            assert signed_in(key).get(url).status_code == (200 if key == "audit" else 403), (key, url)
    assert Event.objects.filter(kind="events", result="denied", user=cast.people["office"]).exists()


def test_the_audit_administrator_reads_nothing_else(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("audit")
    for url in ("/people/", "/roles/", "/locks/", "/policies/", f"/people/{cast.people['hekou'].pk}/"):
        assert client.get(url).status_code == 403, url
    assert [str(door.url) for door in client.get("/events/").context["menu"]] == ["/events/"]


def test_it_is_searched_by_time_person_kind_result_and_words(cast: Cast, signed_in: SignedIn) -> None:
    hekou = cast.people["hekou"].pk
    line(subject="一", minutes=-60, user_id=hekou, post_name="河口镇 · 干事", address="10.1.1.1")
    line("sign_in", subject="二", username="hekuo", result=Event.Result.FAILED)
    line("register_export", subject="三 /register/", minutes=60, user_id=cast.people["office"].pk)
    client = signed_in("audit")
    assert shown(client) == ["三 /register/", "二", "一"]
    assert shown(client, since="2026-11-18T10:00", until="2026-11-18T10:00") == ["二"]
    assert shown(client, until="2026-11-18T09:59") == ["一"]
    assert shown(client, person="hek") == ["二", "一"]
    assert shown(client, person="河口组织") == ["一"]
    assert shown(client, kind="sign_in") == ["二"]
    assert shown(client, result="failed") == ["二"]
    assert shown(client, q="register") == ["三 /register/"]
    assert shown(client, q="10.1.1") == ["一"]
    assert shown(client, q="干事") == ["一"]
    assert shown(client, since="nonsense") == []


def test_the_export_holds_exactly_what_the_search_finds_and_is_itself_a_line(cast: Cast, signed_in: SignedIn) -> None:
    for number in range(60):
        line(subject=f"=甲{number}")
    line("sign_in", subject="乙")
    response = signed_in("audit").get("/events/export/", {"kind": "task_issue"})
    read = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert len(read) == 61
    assert read[1][6] == "'=甲59"
    assert Event.objects.get(kind="events_export").subject == "kind=task_issue"


def test_a_long_log_is_paged_by_key(cast: Cast, signed_in: SignedIn) -> None:
    for number in range(120):
        line(subject=str(number))
    client, found, before = signed_in("audit"), [], None
    while True:
        context = client.get("/events/", {"before": before} if before else {}).context
        found += [event.subject for event, _label, _who in context["lines"]]
        before = context["older"]
        if not before:
            break
        line(subject="meanwhile")
    assert found == [str(number) for number in reversed(range(120))]
    assert client.get("/events/", {"before": "9" * 30}).status_code == 200


def test_the_page_asks_as_often_whatever_its_length(cast: Cast, signed_in: SignedIn, django_assert_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in("audit")
    line(user_id=cast.people["hekou"].pk)
    client.get("/events/")
    with CaptureQueriesContext(connection) as few:
        client.get("/events/")
    for key in cast.people:
        line(user_id=cast.people[key].pk)
    with django_assert_num_queries(len(few)):
        client.get("/events/")


def test_writes_and_refusals_are_lines_and_reading_is_not(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("office")
    client.get("/password/")
    assert not Event.objects.exists()
    client.get("/people/")
    client.post("/posts/999999/switch/")
    assert list(Event.objects.order_by("id").values_list("kind", "result", "user__username", "post_name")) == [
        ("people", "denied", "office", str(cast.posts["office"])),
        ("post_switch", "denied", "office", str(cast.posts["office"])),
    ]


def test_no_url_and_no_page_counts_sign_ins(cast: Cast, signed_in: SignedIn) -> None:
    """Sign-ins stand in the log line by line; the list offers no total, and nothing is grouped."""
    for _time in range(3):
        line("sign_in", user_id=cast.people["hekou"].pk)
    page = signed_in("audit").get("/events/?kind=sign_in")
    assert not page.context.keys() & {"page", "paginator", "total", "count"}
    assert len(page.context["lines"]) == 3


def doors(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of all URLs."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns)
        else:
            yield str(pattern.name)


def test_every_door_has_words_in_the_log() -> None:
    never_a_line = {"home", "language", "no_post", "health"}
    nameless = {name for name in doors(get_resolver().url_patterns) if event_kinds.label(name) == name}
    assert nameless <= never_a_line
