"""Two at once: what two people save at the same moment stands once, and nobody meets an error of ours.

Each thread has read all it asks before either writes, as it happens on a busy morning.
"""

import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections
from django.test import Client
from django.urls import reverse

from ledgers.models import Entry as LedgerEntry
from ledgers.models import ImportBatch, LedgerKind
from orgs.history import actions as undoing
from orgs.models import OrganisationName, Responsibility, TermOfOffice, WorkdayException, YearRating
from orgs.rules import Duty
from records import changes as writing
from records.meetings import have_met
from records.models import ChangeSet
from records.undo import AlreadyUndone, undo
from tasks.models import Assignment, Entry, Programme, Task
from tests.cast import TODAY, Cast, gather
from tests.ledgers.workbooks import book
from tests.tasks.grid.stage import key, sheet_of_all
from tests.tasks.stage import draft, issued, themes

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one process's SQLite in memory knows no second writer"),
]
WAIT = 2  # seconds until a thread stops waiting for one that is held by a lock

Ask = Callable[[Client], Any]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return gather()


def signed_in(cast: Cast, who: str) -> Client:
    """A client that gives a fault of ours as a page, as people meet it."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def at_once(asks: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of them, each in a thread of its own, from one moment on; the answers in order."""
    start, found = threading.Barrier(len(asks)), dict[int, Any]()

    def do(at: int) -> None:
        start.wait()
        try:
            found[at] = asks[at]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(at,)) for at in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[at] for at in range(len(asks))]


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both threads are about to write, or to undo, before either does."""
    barrier, own = threading.Barrier(2), threading.local()

    def meet() -> None:
        if not getattr(own, "met", False) and threading.current_thread() is not threading.main_thread():
            own.met = True
            with suppress(threading.BrokenBarrierError):
                barrier.wait(WAIT)

    insert, put_back = writing.insert, undoing.undo

    def inserting(rows: Any) -> Any:
        meet()
        return insert(rows)

    def undoing_it(record: ChangeSet, **more: Any) -> Any:
        meet()
        return put_back(record, **more)

    if connection.vendor == "postgresql":
        monkeypatch.setattr(writing, "insert", inserting)
        monkeypatch.setattr(undoing, "undo", undoing_it)


def entry(client: Client, cast: Cast) -> Any:
    url = reverse("ledger_entry_new", args=["venue"]) + f"?organisation={cast.places['shiling'].pk}&period=2026"
    return client.post(url, {"version": "0", "period": "2026", "f_build_type": "新建", "f_floor_area": "120"})


def duty(client: Client, cast: Cast) -> Any:
    sent = {"organisation_text": "990121100200", "duty": Duty.VILLAGE_CADRE, "person_name": "王某", "version": "0"}
    return client.post(reverse("responsibility_new"), sent)


def rating(client: Client, cast: Cast) -> Any:
    sent = {"year": "2026", "village_class": "2", "stars": "3", "version": "0"}
    return client.post(reverse("organisation_rate", args=[cast.places["shiling"].pk]), sent)


def name(client: Client, cast: Cast) -> Any:
    return client.post(reverse("organisation_name_add", args=[cast.places["shiling"].pk]), {"name": "老石岭"})


def term(client: Client, cast: Cast) -> Any:
    sent = {"started_on": "2021-12-01", "ends_on": "2026-12-01"}
    return client.post(reverse("term_add", args=[cast.places["shiling"].pk]), sent)


def programme(client: Client, cast: Cast) -> Any:
    sent = {"name": "五个基本建设", "first_year": "2026", "last_year": "2026", "version": "0"}
    return client.post(reverse("programme_new"), sent)


def ledger(client: Client, cast: Cast) -> Any:
    page = client.get(reverse("ledger_kind", args=["venue"]))
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    return client.post(reverse("ledger_kind", args=["venue"]), {**sent, "label_zh": "阵地台账"})


def workday(client: Client, cast: Cast) -> Any:
    return client.post(reverse("workdays"), {"first": str(TODAY), "kind": "rest", "name": "调休"})


TOWN, COUNTY = ("hekou", "hekou2"), ("office", "office2")
SAVES = {
    "ledger row": (entry, TOWN, LedgerEntry),
    "responsibility": (duty, TOWN, Responsibility),
    "rating": (rating, COUNTY, YearRating),
    "other name": (name, COUNTY, OrganisationName),
    "term": (term, TOWN, TermOfOffice),
    "programme": (programme, COUNTY, Programme),
    "ledger's line": (ledger, COUNTY, LedgerKind),
    "day of the calendar": (workday, COUNTY, WorkdayException),
}


@pytest.mark.parametrize("case", SAVES)
def test_a_new_row_saved_twice_stands_once(case: str, people: Cast, meeting: None) -> None:
    save, who, model = SAVES[case]
    clients = [signed_in(people, person) for person in who]
    answers = at_once([lambda client=client: save(client, people) for client in clients])
    assert model._base_manager.count() == 1, [answer.status_code for answer in answers]
    assert all(answer.status_code in {200, 302, 409, 422} for answer in answers), [a.status_code for a in answers]
    assert any(answer.status_code == 302 for answer in answers)


def test_a_change_set_is_undone_once(people: Cast, meeting: None) -> None:
    assert duty(signed_in(people, "hekou"), people).status_code == 302
    record = ChangeSet.objects.get(verb="responsibility.add")
    clients = [signed_in(people, person) for person in TOWN]
    url = reverse("change_undo", args=[record.pk])
    answers = at_once([lambda client=client: client.post(url) for client in clients])
    assert sorted(answer.status_code for answer in answers) in ([200, 302], [302, 403])
    late = next(answer for answer in answers if answer.status_code != 302)
    assert "撤销过" in late.content.decode()
    assert ChangeSet.objects.filter(undo_of=record).count() == 1
    assert not Responsibility.objects.exists()


def test_a_save_of_the_grid_is_undone_once_and_said_once(people: Cast, meeting: None) -> None:
    tasks = sheet_of_all(people)
    place, row = people.places["shiling"], key(tasks, "income", people)
    form = {f"c-{row.pk}": "12", f"was-{row.pk}": "", f"version-{row.pk}": row.seen}
    form |= {"learned": "phone", "tasks": str(row.task_id)}
    clients = [signed_in(people, person) for person in TOWN]
    json = {"accept": "application/json"}
    url = reverse("grid_row", args=[place.pk])
    answers = at_once([lambda client=client: client.post(url, form, headers=json) for client in clients])
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Entry.objects.filter(assignment=row).count() == 1
    [number] = [answer.json()["set"] for answer in answers if answer.json()["set"]]
    back = reverse("grid_undo", args=[place.pk, number])
    answers = at_once([lambda client=client: client.post(back, form, headers=json) for client in clients])
    assert 200 in {answer.status_code for answer in answers}
    assert {answer.status_code for answer in answers} <= {200, 403, 409}
    assert not Entry.objects.filter(assignment=row).exists()


def hidden(client: Client, url: str, query: dict[str, Any], name: str) -> str:
    """What a page holds for its form in a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', client.get(url, query).content.decode())
    assert found
    return found[1]


def both(people: Cast, url: str, sent: dict[str, Any], who: Sequence[str] = COUNTY) -> list[int]:
    """The answers when two send the same form at once."""
    clients = [signed_in(people, person) for person in who]
    return [
        answer.status_code for answer in at_once([lambda client=client: client.post(url, sent) for client in clients])
    ]


def test_a_catalogue_taken_by_two_gives_each_task_once(people: Cast, meeting: None) -> None:
    url = reverse("programme_catalogue", args=[themes(people)[0].programme_id])
    sent = {"year": 2026, "catalogue": "five_basics"}
    shown = hidden(signed_in(people, "office"), url, sent, "shown")
    answers = both(people, url, {**sent, "shown": shown})
    titles = list(Task.objects.values_list("title", flat=True))
    assert titles
    assert len(titles) == len(set(titles))
    assert set(answers) <= {200, 302, 409, 422}


def test_a_year_copied_by_two_is_copied_once(people: Cast, meeting: None) -> None:
    task = issued(people, year=2026)
    Programme.objects.update(last_year=2027)
    url, sent = reverse("programme_copy", args=[task.theme.programme_id]), {"source": 2026, "to": 2027}
    shown = hidden(signed_in(people, "office"), url, sent, "shown")
    answers = both(people, url, {**sent, "shown": shown})
    assert Task.objects.filter(year=2027).count() == 1
    assert set(answers) <= {200, 302, 409, 422}


def test_a_draft_issued_by_two_is_issued_once(people: Cast, meeting: None) -> None:
    task = draft(people.actor("office"), themes(people)[0])
    page = reverse("task", args=[task.pk])
    confirmed = hidden(signed_in(people, "office"), page, {}, "confirmed")
    answers = both(people, reverse("task_issue", args=[task.pk]), {"confirmed": confirmed})
    assert Assignment.objects.filter(task=task).count() == 3
    assert ChangeSet.objects.filter(verb="tasks.issue").count() == 1
    assert set(answers) <= {302, 409, 422}


def test_an_import_committed_or_taken_back_twice_is_done_once(
    people: Cast, meeting: None, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    rows = [("单位：元",), ("乡镇", "村名", "总收入"), ("河口镇", "石岭村", 186000), ("河口镇", "柳湾村", 92000)]
    sent = {"workbooks": [SimpleUploadedFile("台账.xlsx", book(rows, "汇总"))], "ledger": "collective_economy"}
    signed_in(people, "hekou").post(reverse("ledger_import_send"), sent)
    batch, who = ImportBatch.objects.get(), ("hekou", "hekou")
    assert set(both(people, reverse("ledger_import_commit", args=[batch.pk]), {}, who)) <= {200, 302, 409, 422}
    assert LedgerEntry.objects.count() == 2
    assert set(both(people, reverse("ledger_import_undo", args=[batch.pk]), {}, who)) <= {200, 302, 403, 409, 422}
    assert not LedgerEntry.objects.exists()
    assert ChangeSet.objects.filter(undo_of__isnull=False).count() == 1


def test_what_was_met_is_told_from_what_is_wrong(people: Cast) -> None:
    assert have_met(IntegrityError("UNIQUE constraint failed: orgs_organisation.code"))
    assert not have_met(IntegrityError("NOT NULL constraint failed: orgs_organisation.name"))
    assert not have_met(IntegrityError("CHECK constraint failed: closed_assignment_is_dated"))
    assert not have_met(ValueError("UNIQUE constraint failed"))


def test_a_deleted_row_whose_place_was_taken_is_left_and_named(people: Cast) -> None:
    client = signed_in(people, "hekou")
    assert entry(client, people).status_code == 302
    client.post(reverse("ledger_entry_delete", args=[LedgerEntry.objects.get().pk]))
    assert entry(client, people).status_code == 302
    deleted = ChangeSet.objects.get(verb="ledgers.delete")
    done = undo(deleted, by=people.actor("hekou"))
    assert (done.restored, len(done.kept)) == (0, 1)
    assert LedgerEntry.objects.count() == 1
    with pytest.raises(AlreadyUndone):
        undo(deleted, by=people.actor("hekou"))


def test_a_meeting_is_done_once_more_and_told_at_last(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    insert, times = writing.insert, [0]

    def meets(often: int) -> Callable[[Any], Any]:
        def inserting(rows: Any) -> Any:
            times[0] += 1
            if times[0] <= often:
                raise IntegrityError("UNIQUE constraint failed: a rival was first")
            return insert(rows)

        return inserting

    client = signed_in(people, "hekou")
    monkeypatch.setattr(writing, "insert", meets(2))
    told = duty(client, people)
    assert told.status_code == 409
    assert "同一时刻" in told.content.decode()
    assert not Responsibility.objects.exists()
    times[0] = 0
    monkeypatch.setattr(writing, "insert", meets(1))
    assert duty(client, people).status_code == 302
    assert Responsibility.objects.count() == 1
