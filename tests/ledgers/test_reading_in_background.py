"""A large workbook is kept and read by a worker: watched, refused in a sentence, broken off and tried again."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledgers.actions import importing
from ledgers.actions import imports as actions
from ledgers.imports import marking, opening, sources, staging
from ledgers.imports.sender import Sender
from ledgers.models import ImportBatch
from orgs.models import Post
from records import files, keeping, sendings, work
from records.models import StoredFile, Work
from records.work import perform
from sheets.refusals import BUSY, refused
from tests.cast import TODAY, Cast
from tests.ledgers.workbooks import economy, edited

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
GOOD = economy(("石岭村", 3), ("杨家庄", 4))
MONEY = economy(("石岭村", 30_000), unit="")


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """Whatever is sent counts as large."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(importing, "LARGE", 0)


def send(client: Client, *contents: bytes, ledger: str = "", **more: Any) -> Any:
    sent = [SimpleUploadedFile(f"台账{n}.xlsx", content) for n, content in enumerate(contents)]
    return client.post(reverse("ledger_import_send"), {"workbooks": sent, "ledger": ledger, **more})


def told(row: Work) -> str:
    return Work.objects.get(pk=row.pk).error


def test_it_is_kept_read_by_a_worker_and_leads_on_to_its_preview(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    answer = send(client, GOOD)
    started, file = Work.objects.get(), StoredFile.objects.get()
    assert answer.url == started.get_absolute_url()
    assert (started.subject, sources.opened(file)) == ("台账0.xlsx", GOOD)
    assert GOOD not in files.read(file), "it may name people"
    page = client.get(answer.url).content.decode()
    assert "读取工作簿" in page
    assert not ImportBatch.objects.exists()
    assert perform(started.pk)
    batch = ImportBatch.objects.get()
    onward = client.get(answer.url, headers={"HX-Request": "true"})
    assert onward.headers["HX-Redirect"] == batch.get_absolute_url() == reverse("ledger_import", args=[batch.pk])
    assert "全部 2" in client.get(batch.get_absolute_url()).content.decode()
    assert [sent.file for sent in batch.files.all()] == [file] == list(StoredFile.objects.all())
    assert not perform(started.pk), "delivered once more, it is not done again"
    assert ImportBatch.objects.count() == 1


def test_a_small_one_is_read_at_once(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LARGE", len(GOOD))
    send(signed_in("hekou"), GOOD)
    assert ImportBatch.objects.count() == 1
    assert not Work.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04" + b"\x00" * 300, "文件已损坏"),
        (b"%PDF-1.7 x", "既不是工作簿也不是文本表格"),
        ("甲,乙\n1,2\n".encode(), "不像任何一种台账"),
        (b"", "文件是空的"),
    ],
)
def test_what_is_not_taken_is_told_with_its_name(
    content: bytes, sentence: str, signed_in: SignedIn, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(importing, "LARGE", -1)
    client = signed_in("hekou")
    answer = send(client, content)
    assert not perform(Work.objects.get().pk)
    page = client.get(answer.url).content.decode()
    assert "台账0.xlsx" in told(Work.objects.get())
    assert sentence in page
    assert reverse("ledger_imports") in page
    assert not ImportBatch.objects.exists()


def test_what_bears_a_mark_of_secrecy_is_not_kept_at_all(signed_in: SignedIn) -> None:
    answer = send(signed_in("hekou"), economy(("石岭村", 3), title="机密★10年"))
    assert answer.status_code == 422
    assert not StoredFile.objects.exists()
    assert not Work.objects.exists()


def test_broken_off_in_the_middle_nothing_is_kept_twice(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, save = signed_in("hekou"), staging.save

    def die(batch: ImportBatch, ready: staging.Packed) -> None:
        raise SystemExit

    send(client, GOOD)
    started = Work.objects.get()
    monkeypatch.setattr(staging, "save", die)
    with pytest.raises(SystemExit):
        perform(started.pk)
    assert not ImportBatch.objects.exists()
    monkeypatch.setattr(staging, "save", save)
    monkeypatch.setattr(work, "STALE_SECONDS", -1)
    assert "重试" in client.get(started.get_absolute_url()).content.decode()
    monkeypatch.setattr(work, "STALE_SECONDS", 30)
    Work.objects.update(state=Work.State.BROKEN)
    client.post(reverse("work_retry", args=[started.pk]))
    assert perform(started.pk)
    assert ImportBatch.objects.count() == StoredFile.objects.count() == 1


def test_only_who_sent_it_sees_how_far_it_is(cast: Cast, signed_in: SignedIn) -> None:
    url = send(signed_in("hekou"), GOOD).url
    retry = reverse("work_retry", args=[Work.objects.get().pk])
    for who in ("hekou2", "office", "jinling"):
        assert signed_in(who).get(url).status_code == 404
        assert signed_in(who).post(retry).status_code == 404
    assert Client().get(url).status_code == 302
    perform(Work.objects.get().pk)
    assert signed_in("jinling").get(ImportBatch.objects.get().get_absolute_url()).status_code == 404


def test_who_has_left_the_post_meanwhile_keeps_nothing(cast: Cast, signed_in: SignedIn) -> None:
    send(signed_in("hekou"), GOOD)
    started = Work.objects.get()
    Post.objects.filter(pk=started.post_id).update(until=TODAY - datetime.timedelta(days=1))
    assert not perform(started.pk)
    assert "不再担任" in told(started)
    assert not ImportBatch.objects.exists()


def test_sent_again_under_the_same_key_it_is_begun_once(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    key = sendings.new_key(cast.people["hekou"].pk)
    first, again = (send(client, GOOD, sending_key=key) for _time in range(2))
    assert first.url == again.url
    assert Work.objects.count() == StoredFile.objects.count() == 1


def test_beside_small_ones_it_goes_on_while_they_are_shown(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = economy(*((place, 5) for place in ("石岭村", "柳湾村", "河口社区") for _line in range(50)))
    monkeypatch.setattr(importing, "LARGE", len(more) - 1)
    client = signed_in("hekou")
    answer = send(client, GOOD, more, b"%PDF-1.7 x")
    assert answer.url == reverse("ledger_imports")
    page = client.get(answer.url).content.decode()
    assert "1 个较大的工作簿正在后台读取" in page
    assert Work.objects.get().get_absolute_url() in page
    assert "台账2.xlsx" in page
    assert [batch.name for batch in ImportBatch.objects.all()] == ["台账0.xlsx"]


def test_one_nobody_went_on_with_goes_after_a_day_and_says_so(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    send(client, GOOD)
    send(client, GOOD)
    kept, gone = Work.objects.order_by("pk")
    perform(kept.pk)
    assert keeping.give_up(timezone.now() + datetime.timedelta(days=2)) == 1
    assert sources.content_of(ImportBatch.objects.get().files.get()) == GOOD
    assert not perform(gone.pk)
    assert "台账0.xlsx" in told(gone)
    assert "只保留一天" in told(gone)


def test_thrown_away_its_file_goes_too(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    send(client, GOOD)
    perform(Work.objects.get().pk)
    client.post(reverse("ledger_import_discard", args=[ImportBatch.objects.get().pk]))
    assert not ImportBatch.objects.exists()
    assert not StoredFile.objects.exists()


def test_it_waits_while_other_files_are_read(cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    read, tried = opening.read_book, list[bytes]()

    def busy_at_first(content: bytes) -> Any:
        tried.append(content)
        if len(tried) < 3:
            raise refused(BUSY)
        return read(content)

    monkeypatch.setattr(opening, "read_book", busy_at_first)
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0)
    send(signed_in("hekou"), GOOD)
    assert perform(Work.objects.get().pk)
    assert len(tried) == 3


def test_a_mended_one_goes_on_with_its_import_and_is_read_once(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = actions.receive(GOOD, "台账.xlsx", Sender.of(cast.actor("hekou")))
    mended = edited(marking.marked(GOOD, batch, []), {"C5": "柳湾村"})
    read, tried = opening.read_book, list[bytes]()
    monkeypatch.setattr(opening, "read_book", lambda content: tried.append(content) or read(content))
    client = signed_in("hekou")
    answer = send(client, mended)
    assert perform(Work.objects.get().pk)
    assert client.get(answer.url, headers={"HX-Request": "true"}).headers["HX-Redirect"] == reverse(
        "ledger_import", args=[batch.pk]
    )
    assert tried == [mended]
    assert batch.files.count() == StoredFile.objects.count() == 2
    assert ImportBatch.objects.get().counts["new"] == 2


def test_two_who_send_the_mended_one_at_once_get_a_sentence(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = actions.receive(GOOD, "台账.xlsx", Sender.of(cast.actor("hekou")))
    mended = marking.marked(GOOD, batch, [])
    pack = staging.pack

    def meanwhile(rows: Any) -> Any:
        ImportBatch.objects.filter(pk=batch.pk).update(revision=7)
        return pack(rows)

    monkeypatch.setattr(staging, "pack", meanwhile)
    client = signed_in("hekou")
    send(client, mended)
    assert not perform(Work.objects.get().pk)
    assert "其间有人处理过这次导入" in told(Work.objects.get())
    ImportBatch.objects.update(revision=0)
    monkeypatch.setattr(importing, "LARGE", 10**9)
    answer = send(client, mended)
    assert answer.status_code == 422
    assert "其间有人处理过这次导入" in answer.content.decode()


def test_other_headings_are_read_by_a_worker_too(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    content = edited(economy(("石岭村", 3, 1)), {"E3": "进账"})
    batch = actions.receive(content, "台账.xlsx", Sender.of(cast.actor("hekou")), "collective_economy")
    url = reverse("ledger_import_headings", args=[batch.pk])
    answer = client.post(url, {"ledger": "collective_economy", "period": "2025", "c0-E": "subsidy_income"})
    started = Work.objects.get()
    assert answer.url == started.get_absolute_url()
    page = client.get(reverse("ledger_import", args=[batch.pk])).content.decode()
    assert "工作簿正在重新读取" in page
    assert perform(started.pk)
    onward = client.get(answer.url, headers={"HX-Request": "true"})
    assert onward.headers["HX-Redirect"] == reverse("ledger_import", args=[batch.pk])
    [row] = staging.load(ImportBatch.objects.get())
    assert (row.values["subsidy_income"], row.period) == ("10000", "2025")


def test_an_answer_that_comes_too_late_changes_nothing(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in("hekou")
    batch = actions.receive(MONEY, "台账.xlsx", Sender.of(cast.actor("hekou")), "collective_economy")
    client.post(reverse("ledger_import_answers", args=[batch.pk]), {"all": "元"})
    client.post(reverse("ledger_import_answers", args=[batch.pk]), {"all": "万元"})
    first, second = Work.objects.order_by("pk")
    assert perform(first.pk)
    assert not perform(second.pk)
    assert "其间有人处理过这次导入" in told(second)
    [row] = staging.load(ImportBatch.objects.get())
    assert row.values["total_income"] == "30000"
