"""A worker killed in the middle: the work shows as failed, nothing of it is kept, and trying again completes it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reminders import outpost
from tests.reminders.outpost import BASE_DIR, BIN

HEAD = """
import json, django
django.setup()
from tests.records import slow_work
from records import work
from records.models import Change, ChangeSet, Work
"""
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.cast import gather
cast = gather()
row = work.start(
    "tests.slow", by=cast.actor("hekou"), subject="改名",
    arguments={"place": cast.places["shiling"].pk, "seconds": 4},
)
print(row.pk)
"""
LOOK = """
from orgs.models import Organisation
row = Work.objects.get()
found = work.standing(row)
names = list(Organisation.objects.filter(code="990121100200").values_list("name", flat=True))
print(json.dumps([found.state, found.percent, names[0], ChangeSet.objects.filter(verb="tests.rename").count()]))
"""
RETRY = "print(json.dumps(work.retry(Work.objects.get())))"
SWEEP = "print(json.dumps(work.sweep()))"


class Yard:
    """A database and a broker of their own, and workers to be killed."""

    def __init__(self, folder: Path, extra: dict[str, str]) -> None:
        self.folder = folder
        left_out = {"REDIS_URL", "DATABASE_URL"}
        self.environment = {name: value for name, value in os.environ.items() if name not in left_out} | {
            "LUOSHI_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LUOSHI_CLOCK_SHIFT_DAYS": "0",
            **extra,
        }
        self.workers: list[subprocess.Popen[bytes]] = []

    def python(self, code: str) -> object:
        """What a program on this yard's database prints last, as JSON."""
        command = [sys.executable, "-c", textwrap.dedent(HEAD) + textwrap.dedent(code)]
        done = subprocess.run(command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def worker(self, app: str = "tests.records.slow_work", pool: str = "threads") -> None:
        """Start a worker like that of ``make run``."""
        command = [str(BIN / "celery"), "-A", app, "worker", "--pool", pool]
        command += ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
        with (self.folder / "worker.log").open("ab") as log:
            self.workers.append(
                subprocess.Popen(
                    command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            )

    def kill(self) -> None:
        """``kill -9`` for the last worker."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.workers[-1].pid, signal.SIGKILL)
        self.workers[-1].wait()

    def look(self) -> tuple[str, int | None, str, int]:
        """State, percent, the village's name, and how many change sets renamed it."""
        state, percent, name, sets = self.python(LOOK)  # type: ignore[misc]
        return state, percent, name, sets


@pytest.fixture(params=["files", "redis"])
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    extra, redis = {}, None
    if request.param == "redis":
        if not outpost.has_redis():
            pytest.skip("needs redis-server")
        redis = outpost.Redis(tmp_path)
        extra = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
    made = Yard(tmp_path, extra)
    try:
        yield made
    finally:
        if made.workers:
            made.kill()
        if redis is not None:
            redis.process.kill()
            redis.process.wait()


def until(holds: Callable[[], bool]) -> None:
    """Fail when it never holds."""
    assert outpost.wait_until(holds, 60)


@pytest.mark.slow
@pytest.mark.real_clock
def test_a_killed_worker_leaves_nothing_and_trying_again_completes_it(yard: Yard) -> None:
    yard.python(PREPARE)
    before = yard.look()
    assert before[0] == "waiting"
    yard.worker()
    until(lambda: (yard.look()[1] or 0) > 10)
    yard.kill()
    until(lambda: yard.look()[0] == "broken")
    assert yard.look()[2:] == (before[2], 0), "nothing of it is kept"
    yard.worker()
    assert yard.python(RETRY) is True
    until(lambda: yard.look()[0] == "done")
    assert yard.look()[2:] == ("第40村", 1)


@pytest.mark.slow
@pytest.mark.real_clock
def test_what_the_queue_lost_is_found_by_the_sweep(yard: Yard) -> None:
    yard.python(PREPARE)
    for message in (yard.folder / "queue").glob("*.msg"):
        message.unlink()
    if "REDIS_URL" in yard.environment:
        yard.python("from config.celery import app; print(app.control.purge())")
    until(lambda: yard.python(SWEEP) == 1)
    yard.worker()
    until(lambda: yard.look()[0] == "done")
