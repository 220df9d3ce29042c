"""What is taken away while people work: room on the disk, the database, the queue, and half of a change of keys."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import BASE_DIR
from tests.orgs.register.test_register_killed import run, surroundings
from tests.records.test_work_killed import PREPARE, SWEEP, Yard, until
from tests.reminders import outpost
from tests.soak.outage import Postgres, Web, postgres_folder, small_disk

pytestmark = [pytest.mark.soak, pytest.mark.real_clock]
__all__ = ["surroundings"]  # a fixture

SESSION = """
import django
django.setup()
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from orgs.models import User
call_command("migrate", verbosity=0)
if not User.objects.exists():
    from tests.cast import gather
    gather()
user = User.objects.get(username="office")
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
print(session.session_key)
"""
FULL, NO_DATABASE, NO_QUEUE = "服务器磁盘已满", "数据库暂时没有响应", "后台任务服务暂时没有响应"
OURS = "系统出了问题"


@contextlib.contextmanager
def web(environment: dict[str, str]) -> Iterator[Web]:
    """A web server on the database of these surroundings, migrated, with the cast."""
    served = Web(environment, run(environment, "-c", SESSION))
    try:
        served.wait_for("/healthz", 200)
        yield served
    finally:
        served.close()


def left_over(folder: Path) -> list[str]:
    """Halves of files."""
    return [path.name for path in folder.rglob("*.part")]


# A full disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with little room."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        with small_disk(folder, 48):
            yield folder
    except subprocess.CalledProcessError:
        pytest.skip("this machine lets nothing be mounted")


def test_a_full_disk_is_told_and_leaves_nothing_half_written(disk: Path, surroundings: dict[str, str]) -> None:
    environment = {name: value for name, value in surroundings.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment["LUOSHI_VAR"] = str(disk)
    content = "机构代码,名称\n".encode() + b"990121100200,x\n" * 60_000
    with web(environment) as served:
        ballast = disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 65536)
        assert shutil.disk_usage(disk).free < 100_000
        for _try in range(3):
            status, page = served.send("/register/", "file", content)
            assert status in {422, 507}, page
            assert FULL in page
            assert OURS not in page
        assert left_over(disk) == []
        assert [path for path in (disk / "files").rglob("*") if path.is_file() and path.name != ".lock"] == []
        assert served.ask("/organisations/")[0] in {200, 507}
        ballast.unlink()
        status, page = served.send("/register/", "file", content)
        assert status == 200, page
        served.wait_for("/register/preview/", 200)
    assert "1 files compared" in run(environment, "manage.py", "check_files")
    assert left_over(disk) == []


# A change of keys


KEYS = ["the-first-secret-key-" + "a" * 40, "the-second-secret-key-" + "b" * 40]
FILL = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.cast import gather
from tests.ledgers.workbooks import book
from ledgers.actions import entries, imports
from ledgers.imports.sender import Sender
from ledgers.kinds import as_shipped
cast = gather()
kind = as_shipped("mobile_members")
heads = ("村名", "姓名", "出生年月", "流向", "工作单位")
rows = [("石岭村", f"人{n:04}", "1980-05", "流出", "厂") for n in range(600)]
sender = Sender.of(cast.actor("office"))
for half in (rows[:300], rows[300:], rows[:300]):
    batch = imports.receive(book([heads, *half]), "a.xlsx", sender, "mobile_members")
    imports.commit(batch, sender)
for n in range(0, 600, 20):
    values = {"member_name": f"人{n:04}", "member_birth": "1980-05", "work_unit": "新厂", "member_phone": "13900001234"}
    entries.save_entry(kind, cast.places["shiling"], "", values, by=cast.actor("hekou"))
"""
OPENED = """
import hashlib, json
import django
django.setup()
from ledgers import canary, sealing
from ledgers.imports import sources, staging
from ledgers.models import BatchFile, Entry, ImportBatch
from records.models import Change
def opened(picture):
    kept = {name: value for name, value in (picture or {}).items() if name != "key"}
    return kept | {"values": sealing.open_all(kept.get("values") or {})}
rows = [[row.pk, row.version, sealing.open_all(row.values)] for row in Entry.objects.order_by("pk")]
told = Change.objects.filter(kind="ledgers.entry").order_by("pk")
changes = [[each.pk, opened(each.before), opened(each.after)] for each in told]
staged = [[str(row) for row in staging.load(batch)] for batch in ImportBatch.objects.order_by("pk")]
files = [hashlib.sha256(sources.content_of(file)).hexdigest() for file in BatchFile.objects.order_by("pk")]
text = json.dumps([rows, changes, staged, files], sort_keys=True, ensure_ascii=False)
assert "null" not in json.dumps([row[2] for row in rows])
print(json.dumps([hashlib.sha256(text.encode()).hexdigest(), len(rows), canary.complaint() is None]))
"""


def test_a_change_of_keys_killed_at_any_moment_can_be_finished_and_loses_nothing(surroundings: dict[str, str]) -> None:
    old = {**surroundings, "SECRET_KEY": KEYS[0], "PYTHONPATH": str(BASE_DIR)}
    both = {**old, "SECRET_KEY": KEYS[1], "SECRET_KEY_FALLBACKS": KEYS[0]}
    new = {**old, "SECRET_KEY": KEYS[1]}
    run(old, "-c", FILL)
    before = json.loads(run(old, "-c", OPENED))
    assert before[1:] == [600, True]
    chance, killed = random.Random(2026), 0
    for kill in range(8):
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "reseal_entries"],
            cwd=BASE_DIR,
            env=both,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1.5 + kill * 0.7 + chance.random())
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        assert json.loads(run(both, "-c", OPENED)) == before, f"after {time.monotonic() - began:.1f} s"
    assert killed >= 2
    run(both, "manage.py", "reseal_entries")
    assert json.loads(run(new, "-c", OPENED)) == before
    run(new, "manage.py", "check_files")
    assert "Sealed anew: 0 rows" in run(new, "manage.py", "reseal_entries")


# The database away


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A cluster of our own."""
    if postgres_folder() is None:
        pytest.skip("needs PostgreSQL's programs")
    made = Postgres()
    try:
        yield made
    finally:
        made.close()


def test_without_the_database_pages_say_so_and_everything_comes_back_by_itself(
    postgres: Postgres, tmp_path: Path
) -> None:
    yard = Yard(tmp_path, {"DATABASE_URL": postgres.url, "PYTHONPATH": str(BASE_DIR)})
    yard.python(PREPARE)  # work that waits
    try:
        with web(yard.environment) as served:
            assert served.ask("/organisations/")[0] == 200
            postgres.stop()
            for path in ("/organisations/", "/", "/week/"):
                status, page = served.ask(path)
                assert (status, NO_DATABASE in page, OURS in page) == (503, True, False), page
            yard.worker()  # takes the message, and cannot do it
            time.sleep(15)
            assert yard.workers[-1].poll() is None, "the worker waits for the database"
            postgres.start()
            served.wait_for("/organisations/", 200)
            until(lambda: bool(yard.python(SWEEP)) or yard.look()[0] == "done")
            until(lambda: yard.look()[0] == "done")
            assert yard.look()[3] == 1, "done once"
    finally:
        if yard.workers:
            yard.kill()


# The queue away


@pytest.mark.skipif(not outpost.has_redis(), reason="needs redis-server")
def test_without_redis_pages_are_true_and_work_is_done_once_when_it_is_back(tmp_path: Path) -> None:
    redis = outpost.Redis(tmp_path)
    yard = Yard(tmp_path, {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0", "PYTHONPATH": str(BASE_DIR)})
    try:
        yard.python("from django.core.management import call_command; call_command('migrate', verbosity=0); print(0)")
        yard.worker()
        with web(yard.environment) as served:
            redis.process.kill()
            redis.process.wait()
            for path in ("/organisations/", "/", "/week/", "/register/"):
                status, page = served.ask(path)
                assert status == 200 or (status == 503 and NO_QUEUE in page), page
                assert OURS not in page
            yard.python(PREPARE.replace("cast = gather()", AGAIN))
            assert yard.python("print(json.dumps(Work.objects.get().state))") == "waiting"
            time.sleep(3)
            redis.restart()
            until(lambda: bool(yard.python(SWEEP)) or yard.look()[0] == "done")
            until(lambda: yard.look()[0] == "done")
            assert yard.look()[3] == 1, "done once"
            assert served.ask("/organisations/")[0] == 200
            assert yard.workers[-1].poll() is None, "the worker came back by itself"
    finally:
        if yard.workers:
            yard.kill()
        redis.process.kill()
        redis.process.wait()


AGAIN = """
from tests.cast import Cast, PLACES
from orgs.models import Organisation, Post, User
cast = Cast(
    {key: Organisation.objects.get(code=code) for key, code, *_rest in PLACES},
    {user.username: user for user in User.objects.all()},
    {post.user.username: post for post in Post.objects.select_related("user")},
)
"""
