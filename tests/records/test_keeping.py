"""A file is kept whole or not at all: kills, full disks, damage, forms given up."""

import datetime
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledgers.models import SuperiorTable
from records import files, jobs, keeping, storing
from records.changes import change_set
from records.models import StoredFile
from tasks.uploads import kept as uploads
from tests import BASE_DIR
from tests.cast import Cast

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
CSV = "机构代码,名称\n".encode()
TWO_DAYS = datetime.timedelta(days=2)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def contents(folder: Path) -> list[str]:
    """The names of everything below a folder but the lock."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != files.LOCK)


def aged(file: StoredFile) -> None:
    """Make a file two days old, row and content."""
    StoredFile.objects.filter(pk=file.pk).update(added_at=timezone.now() - TWO_DAYS)
    path = files.content_path(file)
    if path.exists():
        then = time.time() - TWO_DAYS.total_seconds()
        os.utime(path, (then, then))


def breaking(number: int, at: str) -> Callable[..., Any]:
    """A system call that fails."""

    def fail(*_args: object) -> None:
        raise OSError(number, os.strerror(number), at)

    return fail


@pytest.mark.parametrize(("number", "call"), [(errno.ENOSPC, "fsync"), (errno.EDQUOT, "fsync"), (errno.EIO, "fsync")])
def test_what_cannot_be_flushed_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    path = tmp_path / "a" / "kept"
    storing.write_whole(path, b"first")
    monkeypatch.setattr(os, call, breaking(number, call))
    for target in (path, tmp_path / "a" / "new"):
        with pytest.raises(OSError, match=os.strerror(number)):
            storing.write_whole(target, b"second")
    assert contents(tmp_path) == ["kept"]
    assert path.read_bytes() == b"first"


LIMITED = """
import resource, sys
from pathlib import Path
from records import storing
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    storing.write_whole(Path(sys.argv[1]), b"x" * 100_000)
except OSError as fault:
    print(fault.errno)
"""


def test_a_process_that_meets_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "x")], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == (str(errno.EFBIG), "")
    assert contents(tmp_path) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_in_a_sentence_and_what_was_typed_comes_back(
    cast: Cast, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    monkeypatch.setattr(os, "fsync", breaking(number, "fsync"))
    client = signed_in("office")
    answer = client.post(reverse("register"), {"file": SimpleUploadedFile("名册.csv", CSV)})
    assert answer.status_code == 422
    assert "服务器磁盘已满" in answer.content.decode()
    assert not StoredFile.objects.exists()
    assert contents(tmp_path) == []


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [b"", PNG[:20], b"\x00" * len(PNG)])
def test_damaged_content_is_written_anew_when_it_comes_again_and_is_never_sent_as_whole(damage: bytes) -> None:
    file = files.store(SimpleUploadedFile("现场.png", PNG))
    files.content_path(file).write_bytes(damage)
    with pytest.raises(files.Lost):
        files.read(file)
    assert files.store(SimpleUploadedFile("again.png", PNG)) == file
    assert files.read(file) == PNG


@pytest.mark.parametrize("damage", ["gone", "short", "other"])
def test_what_differs_from_its_row_is_named_by_job_command_and_health_page(
    cast: Cast, client: Client, damage: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    cache.clear()
    assert client.get("/healthz").json()["files"] == {"compared": False}
    kept = files.store(SimpleUploadedFile("good.png", PNG + b"good"))
    file = files.store(SimpleUploadedFile("现场.png", PNG))
    path = files.content_path(file)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(PNG[:-1] if damage == "short" else PNG[:-1] + b"!")
    jobs.keep_files()
    told = client.get("/healthz").json()["files"]
    assert (told["missing"], told["differing"]) == (([file.pk], []) if damage == "gone" else ([], [file.pk]))
    assert told["checked"] == 2
    assert files.path_of(file) in caplog.text
    assert files.path_of(kept) not in caplog.text
    with pytest.raises(CommandError):
        call_command("check_files")
    assert files.path_of(file) in capsys.readouterr().err


def test_a_missing_file_is_a_page_that_says_so(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("office")
    client.post(reverse("register"), {"file": SimpleUploadedFile("名册.csv", CSV)})
    file = StoredFile.objects.get()
    files.content_path(file).unlink()
    answer = client.get(reverse("register_preview"))
    assert answer.status_code == 410
    assert "缺失或损坏" in answer.content.decode()


def test_files_of_forms_given_up_go_after_a_day_and_linked_ones_stay(
    cast: Cast, signed_in: Callable[[str], Client], tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in("office")
    client.post(reverse("register"), {"file": SimpleUploadedFile("名册.csv", CSV)})
    register = StoredFile.objects.get()
    linked = files.store(SimpleUploadedFile("linked.png", PNG + b"linked"))
    once = files.store(SimpleUploadedFile("once.png", PNG + b"once"))
    fresh = files.store(SimpleUploadedFile("fresh.png", PNG + b"fresh"))
    link_to_table(cast, linked)
    link_to_table(cast, once, then_take_away=True)
    for file in (register, linked, once):
        aged(file)
    with django_capture_on_commit_callbacks(execute=True):
        assert keeping.give_up() == 1
    assert set(StoredFile.objects.all()) == {linked, once, fresh}
    assert not files.content_path(register).exists()
    answer = client.get(reverse("register_preview"), follow=True)
    assert "只保留一天" in answer.content.decode()


def link_to_table(cast: Cast, file: StoredFile, *, then_take_away: bool = False) -> None:
    """A row that links to the file, with its history."""
    actor = cast.actor("office")
    with change_set("ledgers.superior", by=actor) as changes:
        row = SuperiorTable(
            organisation=actor.organisation, name="表", file=file, fingerprint=file.sha256, sent_at=actor.now
        )
        changes.create(row)
    if then_take_away:
        with change_set("ledgers.superior_remove", by=actor) as changes:
            changes.delete(row)


def test_content_without_a_row_and_halves_of_files_go_after_a_day(cast: Cast, tmp_path: Path) -> None:
    file = files.store(SimpleUploadedFile("kept.png", PNG))
    left = [tmp_path / "ab" / ("ab" * 32), tmp_path / "ab" / f"x{storing.PART}", tmp_path / "cd" / ("cd" * 32)]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"left")
    assert keeping.remove_leavings() == 0, "a save may be under way"
    then = time.time() - TWO_DAYS.total_seconds()
    for path in [*left, files.content_path(file)]:
        os.utime(path, (then, then))
    assert keeping.remove_leavings() == 3
    assert contents(tmp_path) == [file.sha256]


def test_what_is_sent_again_starts_its_day_anew(cast: Cast) -> None:
    file = files.store(SimpleUploadedFile("a.png", PNG))
    aged(file)
    assert files.store(SimpleUploadedFile("b.png", PNG)) == file
    assert (keeping.give_up(), keeping.remove_leavings()) == (0, 0)
    carried = uploads.ticket([uploads.Kept(file, "b.png")], cast.actor("hekou"))
    aged(file)
    assert uploads.redeem(carried, cast.actor("hekou")) == ([uploads.Kept(file, "b.png")], [])
    assert keeping.give_up() == 0
    files.drop(file)
    assert uploads.redeem(carried, cast.actor("hekou")) == ([], ["b.png"])


KILLED = """
import os, signal, stat, sys
from pathlib import Path
from records import storing
def stop(handle):
    if stat.S_ISREG(os.fstat(handle).st_mode):
        os.kill(os.getpid(), signal.SIGKILL)
os.fsync = stop
storing.write_whole(Path(sys.argv[1]), b"x" * 100_000)
"""


def test_a_kill_in_the_middle_leaves_no_file_under_its_name(tmp_path: Path) -> None:
    target = tmp_path / "ab" / "whole"
    done = subprocess.run([sys.executable, "-c", KILLED, str(target)], cwd=BASE_DIR, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not target.exists()
    assert [name.endswith(storing.PART) for name in contents(tmp_path)] == [True]


KEY_RACE = "from config import embedded; print(embedded.generated_secret_key())"


def test_processes_that_make_the_first_key_together_agree_on_a_whole_one(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", KEY_RACE]
    started = [subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE) for _n in range(4)]
    keys = {process.communicate()[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert contents(tmp_path) == ["secret_key"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_no_half_of_a_message_in_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    from types import SimpleNamespace

    from config.file_queue import Channel

    channel = SimpleNamespace(data_folder_out=str(tmp_path))
    monkeypatch.setattr(os, "fsync", breaking(number, "fsync"))
    with pytest.raises(OSError, match=os.strerror(number)):
        Channel._put(channel, "work", {"body": "x"})  # type: ignore[arg-type]
    assert contents(tmp_path) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["given up", "sealed anew"])
def test_what_another_keeps_in_the_moment_it_is_given_up_stays(way: str) -> None:
    """The other's row is not seen before his request ends; what he found on the disk must be there then."""
    file = files.store(SimpleUploadedFile("a.png", PNG))
    path = files.content_path(file)
    aged(file)
    with transaction.atomic():
        if way == "given up":
            files.drop(file)
        else:
            files.replace(file, PNG + b"1")
        os.utime(path)  # as keeping the same content does
    assert path.exists()


@pytest.mark.django_db(transaction=True)
def test_what_nobody_keeps_meanwhile_goes_with_its_row() -> None:
    file = files.store(SimpleUploadedFile("a.png", PNG))
    path = files.content_path(file)
    files.drop(file)
    assert not path.exists()
