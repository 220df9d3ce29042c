"""A whole outpost for the kill test: Redis and a mail sink of its own, beats and workers as real processes."""

import contextlib
import email
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests import BASE_DIR

BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sink:
    """Takes every mail, slowly enough that a kill often falls between the provider's yes and the mark."""

    def __init__(self, seconds: float = 0.02) -> None:
        self.seconds = seconds
        self.numbers: list[str] = []
        self.recipients: list[str] = []
        self._lock = threading.Lock()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one mail."""
        found = re.search(r"luoshi-(\d+)@", email.message_from_bytes(envelope.content)["Message-ID"])
        assert found
        with self._lock:
            self.numbers.append(found.group(1))
            self.recipients += envelope.rcpt_tos
        time.sleep(self.seconds)
        return "250 taken"

    @property
    def copies(self) -> Counter[str]:
        """How many copies of each message arrived."""
        with self._lock:
            return Counter(self.numbers)


class Redis:
    """A Redis server that can be restarted and keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)
        for _attempt in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                break
            time.sleep(0.05)
        return process

    def restart(self) -> None:
        """Lose everything and start again."""
        self.process.kill()
        self.process.wait()
        self.process = self._start()


class Outpost:
    """Beats and workers on one database, to be killed and started again."""

    def __init__(self, folder: Path, database: str, environment: dict[str, str]) -> None:
        self.folder = folder
        self.sink = Sink()
        self.sink.controller.start()
        self.redis = Redis(folder)
        self.environment = {
            **os.environ,
            "LUOSHI_VAR": str(folder),
            "DATABASE_URL": database,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.controller.port}",
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a Celery process in a group of its own."""
        log = (self.folder / "celery.log").open("ab")
        process = subprocess.Popen(
            [str(BIN / "celery"), "-A", "tests.reminders.quick_beat", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        """A worker on all queues with two processes."""
        return self.start("worker", "-n", f"{name}@%h", "--concurrency", "2", "--loglevel", "ERROR")

    def beat(self, name: str) -> subprocess.Popen[bytes]:
        """A beat with a schedule file of its own."""
        return self.start("beat", "--pidfile=", "-s", str(self.folder / f"beat-{name}"), "--loglevel", "ERROR")

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        """``kill -9`` for the process and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """End everything."""
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
        self.redis.process.kill()
        self.redis.process.wait()
        self.sink.controller.stop()


@contextlib.contextmanager
def outpost(folder: Path, database: str, environment: dict[str, str]) -> Iterator[Outpost]:
    """An outpost, ended with all its processes."""
    made = Outpost(folder, database, environment)
    try:
        yield made
    finally:
        made.close()


def has_redis() -> bool:
    """Whether a Redis server can be started here."""
    return shutil.which("redis-server") is not None


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether it held within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return holds()
