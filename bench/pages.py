"""How long the pages people open every day take, beside a plain page of the same server.

A scratch database of 600 organisations × 20 tasks on SQLite and, where one answers, on PostgreSQL; a real gunicorn with
the shipped configuration; one signed-in client that keeps its connection; the median of many requests. The plain page,
``/bench/plain/``, shows a signed-in person 50 rows of one query in the shipped base template (``bench.plain_urls``).
"""

import contextlib
import datetime
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/luoshi_bench")
ORGANISATIONS, TASKS = 600, 40
WARM_UP, REQUESTS = 20, 150
LIMITS = {"my week": 3.0, "county board": 5.0}  # times the plain page
PAGES = [  # label, path, role
    ("plain page, 50 rows", "/bench/plain/", "county_office"),
    ("my week", "/week/", "township_organiser"),
    ("county board", "/board/", "county_office"),
    ("rows behind a figure", "/rows/?figure=overdue&period={month}", "county_office"),
]


def surroundings(folder: str, database: str, port: int) -> dict[str, str]:
    """The variables of a process that uses the scratch database."""
    return os.environ | {
        "DATABASE_URL": database,
        "LUOSHI_VAR": folder,
        "PORT": str(port),
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
        "LOG_LEVEL": "WARNING",
        "WEB_CONCURRENCY": "1",
        "DJANGO_SETTINGS_MODULE": "bench.plain",
    }


@contextlib.contextmanager
def scratch(kind: str, folder: str) -> Iterator[str | None]:
    """The address of an empty database that is gone afterwards; None where no server answers."""
    if kind == "SQLite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    import psycopg2  # type: ignore[import-untyped]

    server, _slash, name = POSTGRES.rpartition("/")
    try:
        connection = psycopg2.connect(f"{server}/postgres", connect_timeout=3)
    except psycopg2.OperationalError:
        yield None
        return
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield POSTGRES
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.close()


def fill() -> None:
    """Build the county in this process's database and print a session key for each role (run as a child)."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from dates import clock
    from tasks.board import snapshots
    from tests.county import build

    call_command("migrate", verbosity=0)
    today = clock.today()
    county = build(today, townships=25, villages=ORGANISATIONS - 31, tasks=TASKS)
    snapshots.take(today - datetime.timedelta(days=70))
    snapshots.take(today - datetime.timedelta(days=35))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for role in sorted({role for _label, _path, role in PAGES}):
        client = Client()
        client.force_login(county.posts[role].user, backend="django.contrib.auth.backends.ModelBackend")
        print(role, client.cookies["sessionid"].value)


@contextlib.contextmanager
def serving(env: dict[str, str], port: int) -> Iterator[None]:
    """A gunicorn as shipped, until the block ends."""
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"], cwd=BASE_DIR, env=env)
    try:
        for _attempt in range(150):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(20)


def medians(port: int, sessions: dict[str, str]) -> dict[str, float]:
    """The median milliseconds of each page, asked for in turn so that all meet the same machine."""
    month = datetime.datetime.now(datetime.UTC).strftime("%Y-%m")
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken: dict[str, list[float]] = {label: [] for label, _path, _role in PAGES}
    for turn in range(WARM_UP + REQUESTS):
        for label, path, role in PAGES:
            start = time.perf_counter()
            connection.request("GET", path.format(month=month), headers={"Cookie": f"sessionid={sessions[role]}"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise SystemExit(f"{path} answered {response.status} to {role}")
            if turn >= WARM_UP:
                taken[label].append((time.perf_counter() - start) * 1000)
    return {label: statistics.median(times) for label, times in taken.items()}


def measure(kind: str) -> dict[str, float] | None:
    """The medians on one database."""
    with tempfile.TemporaryDirectory() as folder, scratch(kind, folder) as database:
        if database is None:
            return None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = surroundings(folder, database, port)
        command = [sys.executable, "-c", "from bench import pages; pages.fill()"]
        done = subprocess.run(command, cwd=BASE_DIR, env=env, check=True, capture_output=True, text=True)
        pairs = (line.split() for line in done.stdout.splitlines())
        sessions = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
        with serving(env, port):
            return medians(port, sessions)


def run() -> None:
    """Print the medians and their ratios to the plain page."""
    print(f"Pages: {ORGANISATIONS} organisations × {TASKS} tasks, median of {REQUESTS} requests")
    for kind in ("SQLite", "PostgreSQL"):
        found = measure(kind)
        if found is None:
            print(f"  {kind}: no server answers at {POSTGRES}; skipped")
            continue
        plain = found[PAGES[0][0]]
        for label, taken in found.items():
            limit = LIMITS.get(label)
            verdict = "" if limit is None else f"   (≤ {limit:.0f} ×: {'yes' if taken <= limit * plain else 'NO'})"
            print(f"  {kind:<11}{label:<22}{taken:8.1f} ms {taken / plain:6.2f} ×{verdict}")


if __name__ == "__main__":
    run()
