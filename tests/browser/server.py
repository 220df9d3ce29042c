"""A whole Luoshi for the browser: the demo county at a small scale, then what ``make run`` starts, on a free port.

Data, files and queue lie in a folder of their own. With ``DATABASE_URL`` and ``REDIS_URL`` set, a database beside
the named one and an empty Redis database serve it. Everything is gone at the end.
"""

import contextlib
import ctypes
import datetime
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests import BASE_DIR

TODAY = datetime.date(2026, 11, 18)  # the day the site lives in; it is ten in the morning when it starts
MORNING = datetime.datetime.combine(TODAY, datetime.time(10), tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
START_SECONDS = 240  # on a machine that is busy with other work too
SEED = """
import datetime, django, sys
django.setup()
from django.core.management import call_command
from demo import load
from demo.places import Size
call_command("migrate", interactive=False, verbosity=0)
load.load(datetime.date.fromisoformat(sys.argv[1]), Size(townships=6, villages=6, units=6))
"""


@dataclass
class Site:
    """A running Luoshi: where it is, and the folder it keeps everything in."""

    url: str
    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def tell(self, code: str) -> None:
        """Let a process of the site run Python, such as to put more into its database."""
        command = [sys.executable, "-c", f"import django; django.setup(); {code}"]
        subprocess.run(command, check=True, cwd=BASE_DIR, env=self.env, timeout=START_SECONDS)

    def healthy(self) -> dict[str, object]:
        """What the health page says; empty when it does not answer."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
            return dict(json.load(answer))
        return {}

    def last_error(self) -> str:
        """The last exception the web process logged, in a few lines; '' when it logged none."""
        for line in reversed((self.folder / "log" / "web.log").read_text().splitlines()):
            with contextlib.suppress(ValueError):
                record = json.loads(line)
                if record.get("exc_info"):
                    return "\n".join(record["exc_info"].splitlines()[-5:])
        return ""


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _database(url: str) -> Iterator[str]:
    """A PostgreSQL database of our own beside the given one."""
    import psycopg2

    parts = urlsplit(url)
    name = f"{parts.path[1:]}_browser_{os.getpid()}"
    server = psycopg2.connect(urlunsplit(parts._replace(scheme="postgresql", path="/postgres")))
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        server.close()


@contextlib.contextmanager
def _redis(url: str) -> Iterator[str]:
    """An empty Redis database of the given server, emptied again at the end."""
    import redis

    for number in reversed(range(16)):
        candidate = urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
        client = redis.Redis.from_url(candidate)
        if client.dbsize() == 0 and client.set("luoshi-browser", os.getpid(), nx=True):
            break
    else:
        raise RuntimeError("Every database of the Redis server is in use: the browser journeys need an empty one.")
    try:
        yield candidate
    finally:
        client.flushdb()
        client.close()


@contextlib.contextmanager
def running() -> Iterator[Site]:
    """Start a site, wait until it answers, and stop it with all its children."""
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="luoshi-browser-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        port = _free_port()
        shift = MORNING - datetime.datetime.now(datetime.UTC)
        env = {
            **os.environ,
            "LUOSHI_VAR": str(folder),
            "LUOSHI_CLOCK_SHIFT_DAYS": str(shift.total_seconds() / 86400),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(BASE_DIR),
            "PORT": str(port),
            "LOG_LEVEL": "INFO",
        }
        if os.environ.get("DATABASE_URL"):
            env["DATABASE_URL"] = stack.enter_context(_database(os.environ["DATABASE_URL"]))
        if os.environ.get("REDIS_URL"):
            env["REDIS_URL"] = stack.enter_context(_redis(os.environ["REDIS_URL"]))
        seed = [sys.executable, "-c", SEED, TODAY.isoformat()]
        subprocess.run(seed, check=True, cwd=BASE_DIR, env=env, timeout=START_SECONDS)
        site = Site(f"http://127.0.0.1:{port}", folder, env)
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=BASE_DIR,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=(folder / "run.log").open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        stack.callback(_stop, process)
        _wait(site, process)
        yield site


def _wait(site: Site, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not site.healthy():
        if process.poll() is not None or time.monotonic() > deadline:
            logs = [site.folder / "run.log", *sorted((site.folder / "log").glob("*.log"))]
            words = "\n".join(f"== {log.name}\n{log.read_text()[-4000:]}" for log in logs if log.exists())
            raise RuntimeError(f"The site did not start:\n{words}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
