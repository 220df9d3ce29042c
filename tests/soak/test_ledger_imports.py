"""An import of 15,000 rows killed at random moments of its commit, and people who save while a worker commits one."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import BASE_DIR
from tests.orgs.register.test_register_killed import run, surroundings
from tests.reminders.outpost import BIN

pytestmark = [pytest.mark.soak, pytest.mark.real_clock]
__all__ = ["surroundings"]  # a fixture

ROWS = 15_000
KILLS = 12
PEOPLE = 4
SECONDS = 180

HEAD = """
import hashlib, json, sys, time
import django
django.setup()
from django.db import connection
from bench import ledgers as bench
from ledgers.actions import entries, imports
from ledgers.imports.sender import Sender
from ledgers.models import Entry, ImportBatch
from dates import clock
from orgs.models import Organisation, Post
from orgs.scope import Actor
from records import work
from records.models import Change, Work

def acting(role):
    post = Post.objects.get(role=role)
    return Actor(post.user, post, clock.today())

sender = Sender.of(acting("county_office"))
kind = sender.ledgers()[bench.LEDGER]

def send(name):
    content = bench.sent(name)
    return imports.keep(content, name, kind, imports.look(content, kind, sender), sender)
"""
SEND = "print(send(bench.FIRST).pk)"
COMMIT = """
batch = ImportBatch.objects.get(pk=sys.argv[1])
print("now", flush=True)
began = time.monotonic()
imports.commit(batch, sender)
print(time.monotonic() - began)
"""
UNDO = "imports.undo_import(ImportBatch.objects.get(pk=sys.argv[1]), sender)"
LOOK = """
while connection.vendor == "postgresql":  # whose server may still be at what the killed one asked for last
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        if cursor.fetchone()[0] == 1:
            break
    time.sleep(0.05)
batch = ImportBatch.objects.get(pk=sys.argv[1])
sets = batch.commits.filter(change_set__undone_by=None).values("change_set")
rows = Entry.objects.order_by("organisation__code", "period").values_list("organisation__code", "period", "values")
print(json.dumps({
    "rows": Entry.objects.count(),
    "history": Change.objects.filter(change_set__in=sets).count(),
    "done": batch.parts.filter(done=True).count() if batch.parts.exists() else None,
    "state": batch.state,
    "counts": [batch.counts[name] for name in ("new", "done")],
    "values": hashlib.sha256(json.dumps(list(rows), sort_keys=True).encode()).hexdigest(),
}))
"""
START = """
batch = send(bench.FIRST)
by = acting("county_office")
started = work.start("ledgers.import", by=by, subject="台账", arguments={"batch": batch.pk}, url="/")
print(started.pk)
"""
SAVE = """
from pathlib import Path
number, stop, by = int(sys.argv[1]), Path(sys.argv[2]), acting("township_organiser")
places = list(Organisation.objects.filter(parent=by.organisation).order_by("pk"))[number::int(sys.argv[3])]
waits = []
while not stop.exists():
    place = places[len(waits) % len(places)]
    began = time.monotonic()
    entries.save_entry(kind, place, f"{1990 + number}", {"total_income": str(len(waits))}, by=by)
    waits.append(time.monotonic() - began)
    if len(waits) == 1:
        print("saving", flush=True)
    time.sleep(0.02)
print(json.dumps([len(waits), max(waits)]))
"""
STANDS = """
row = Work.objects.get()
print(json.dumps([row.state, row.error, Entry.objects.filter(source="import").count()]))
"""


class Office:
    """A county with a large workbook, and processes that work on it."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = {name: value for name, value in environment.items() if name != "REDIS_URL"}
        self.environment |= {"LUOSHI_BENCH_ROWS": str(ROWS), "LUOSHI_CLOCK_SHIFT_DAYS": "0"}
        self.folder = folder
        run(self.environment, "-c", "from bench import ledgers; ledgers.fill()")

    def python(self, code: str, *arguments: object) -> Any:
        """What a program prints last, as JSON."""
        printed = run(self.environment, "-c", HEAD + textwrap.dedent(code), *map(str, arguments))
        return json.loads(printed.splitlines()[-1]) if printed else None

    def begin(self, code: str, *arguments: object) -> subprocess.Popen[str]:
        """A program that runs beside this one."""
        command = [sys.executable, "-c", HEAD + textwrap.dedent(code), *map(str, arguments)]
        return subprocess.Popen(command, cwd=BASE_DIR, env=self.environment, stdout=subprocess.PIPE, text=True)

    @contextlib.contextmanager
    def worker(self) -> Iterator[None]:
        """A worker like that of ``make run``."""
        command = [str(BIN / "celery"), "-A", "config", "worker", "--pool", "threads", "--concurrency", "2"]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def office(surroundings: dict[str, str], tmp_path: Path) -> Office:
    return Office(surroundings, tmp_path)


def test_a_commit_killed_at_any_moment_writes_all_rows_or_none_and_can_be_finished(office: Office) -> None:
    first = office.python(SEND)
    seconds = office.python(COMMIT, first)
    whole = office.python(LOOK, first)
    assert (whole["rows"], whole["history"], whole["counts"]) == (ROWS, ROWS, [0, ROWS])
    office.python(UNDO, first)
    batch, chance, broken_off = office.python(SEND), random.Random(2026), 0
    before = office.python(LOOK, batch)
    assert (before["rows"], before["done"], before["state"]) == (0, 0, "draft")
    for kill in range(KILLS):
        process = office.begin(COMMIT, batch)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "now"
        time.sleep((kill + chance.random()) / KILLS * seconds * 1.2)
        process.kill()
        process.communicate()
        found = office.python(LOOK, batch)
        assert found in (before, whole), "all rows, their history and what the import says of itself, or nothing"
        if found == before:
            broken_off += 1
        else:
            office.python(UNDO, batch)
            batch = office.python(SEND)
            assert office.python(LOOK, batch) == before
    print(f"{broken_off} of {KILLS} commits of {seconds:.1f} s were broken off by kill -9")  # noqa: T201
    assert broken_off > KILLS // 2
    office.python(COMMIT, batch)
    assert office.python(LOOK, batch) == whole


def test_people_save_without_an_error_while_a_worker_imports(office: Office) -> None:
    office.python(START)
    stop = office.folder / "stop"
    savers = [office.begin(SAVE, number, stop, PEOPLE) for number in range(PEOPLE)]
    assert [saver.stdout.readline() for saver in savers if saver.stdout] == ["saving\n"] * PEOPLE
    began = time.monotonic()
    with office.worker():
        while (stands := office.python(STANDS))[0] in {"waiting", "running"} and time.monotonic() - began < SECONDS:
            time.sleep(0.5)
    stop.touch()
    told = [json.loads(saver.communicate()[0]) for saver in savers]
    assert stands == ["done", "", ROWS]
    assert [saver.returncode for saver in savers] == [0] * PEOPLE
    assert min(saves for saves, _longest in told) > 1, "everybody went on saving while the worker was at it"
    longest = max(longest for _saves, longest in told)
    print(f"{sum(saves for saves, _longest in told)} saves beside an import; the longest took {longest:.2f} s")  # noqa: T201
    assert longest < 30, "far less than the 60 s after which a save gives up"
