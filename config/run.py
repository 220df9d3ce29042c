"""``make run``: web, worker and beat, started together, watched, and stopped together."""

import contextlib
import ctypes
import fcntl
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import django
from django.conf import settings

BIN = Path(sys.executable).parent
STOP_SECONDS = 8  # what a child gets to end by itself
PATIENCE_SECONDS = 60  # how long the web server may take until its first answer
RESTARTS = 3  # within PATIENCE_SECONDS; one more and everything stops
LOG_BYTES = 5_000_000  # a log larger than this is put aside at the next start
QUIET = {"django.request", "django.security.csrf"}  # a page not found is no news on the console


class Stop(Exception):
    """Somebody asked for the end."""


def say(sentence: str) -> None:
    """Print a line at once."""
    print(sentence, flush=True)


def _die_with_parent() -> None:
    """On Linux, let a child end when this process is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Child:
    """One process of the three, its log, and how often it had to be started again."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    _read: int = 0

    def start(self) -> None:
        """Start the process in a session of its own, so that a Ctrl-C reaches it only through ``stop``."""
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            self._read = max(self._read, log.tell()) if self.process else log.tell()
            self.process = subprocess.Popen(
                self.command,
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # safe: this process has no threads
            )

    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self.process is not None and self.process.poll() is not None

    def restarts(self) -> int:
        """Starts but the first within the last ``PATIENCE_SECONDS``."""
        recent = [moment for moment in self.starts[1:] if moment > time.monotonic() - PATIENCE_SECONDS]
        return len(recent)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and all its descendants."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def warnings(self) -> list[str]:
        """What the log gained since the last look that a person should see."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            lines = log.read().splitlines(keepends=True)
        found = []
        for line in lines:
            if not line.endswith(b"\n"):
                break
            self._read += len(line)
            with contextlib.suppress(ValueError):
                found += self._warning(json.loads(line))
        return found

    def _warning(self, record: Any) -> list[str]:
        """A log record as a line for the console, or nothing."""
        if not isinstance(record, dict):
            return []
        level = logging.getLevelNamesMapping().get(str(record.get("level")), 0)
        floor = logging.ERROR if record.get("logger") in QUIET else logging.WARNING
        return [f"{self.name}: {record.get('message')}"] if level >= floor else []


def children() -> list[Child]:
    """The three processes, the one a person waits for first."""
    logs = settings.VAR_DIR / "log"
    logs.mkdir(exist_ok=True)
    celery = [str(BIN / "celery"), "-A", "config"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    found = [
        Child("web", [str(BIN / "gunicorn")], logs / "web.log"),
        Child("worker", [*celery, "worker", "--pool", "threads", "--concurrency", "3", *quiet], logs / "worker.log"),
        Child("beat", [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"], logs / "beat.log"),
    ]
    for child in found:
        if child.log.exists() and child.log.stat().st_size > LOG_BYTES:
            child.log.replace(child.log.with_suffix(".log.1"))
    return found


# Before the start


def only_one() -> IO[str]:
    """Take the folder's lock, held until this process ends. Raises ``SystemExit`` when another holds it."""
    lock = (settings.VAR_DIR / "run.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit(
            f"Luoshi already runs on the data in {settings.VAR_DIR}: stop it with Ctrl-C where it was started."
        ) from None
    return lock


def require_free(bind: str) -> None:
    """Raise ``SystemExit`` when the address is taken, or is none that a browser could be given."""
    if bind.startswith("unix:"):
        raise SystemExit("make run needs an address and a port in LUOSHI_BIND; sockets are for production's units.")
    host, _, port = bind.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise SystemExit(
                f"Luoshi cannot listen on {bind} ({error.strerror}): stop what uses the port, or choose another, "
                f"such as 'PORT={int(port) + 10} make run'."
            ) from None


def prepare_database() -> None:
    """Bring the tables up to date; quick when they are."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Bringing the database up to date")
        call_command("migrate", interactive=False, verbosity=0)


def require_key() -> None:
    """Raise ``SystemExit`` when the secret key is not the one that sealed the database."""
    from ledgers import canary

    canary.require()


def demo_says(option: str) -> str:
    """What ``load_demo`` answers to an option."""
    from django.core.management import call_command

    words = io.StringIO()
    call_command("load_demo", option, stdout=words)
    return words.getvalue().strip()


def load_demo() -> None:
    """Load the demo county as it stands today. Raises ``SystemExit`` with the command's own sentence."""
    from django.core.management import CommandError, call_command

    try:
        call_command("load_demo", stdout=io.StringIO())
    except CommandError as refusal:
        raise SystemExit(str(refusal)) from None


def prepare_demo() -> None:
    """Load the demo county on the first start; offer to move it to today when it stands at another day."""
    from dates.clock import today
    from orgs.models import Organisation

    if not Organisation.objects.exists():
        say("Loading the demo county (once; a minute or so)")
        load_demo()
        return
    day = demo_says("--status")
    if day in {"none", today().isoformat()}:
        return
    if not sys.stdin.isatty():
        say(f"The demo county stands at {day}; 'make demo' loads it anew so that it stands at today.")
    elif input(f"The demo county stands at {day}. Load it anew so that it stands at today? [y/N] ").lower() == "y":
        load_demo()


# Running


def address() -> str:
    """Where a browser on this machine finds Luoshi."""
    return f"http://{settings.BIND}"


def answers() -> bool:
    """Whether the health page answers that all is well."""
    request = urllib.request.Request(f"{address()}/healthz")
    if settings.PRODUCTION:
        request.add_header("Host", settings.ALLOWED_HOSTS[0])
        request.add_header("X-Forwarded-Proto", "https")
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def wait_for_web(web: Child) -> None:
    """Return when the health page answers. Raises ``SystemExit`` when it will not."""
    started = time.monotonic()
    while not answers():
        if web.has_ended() or time.monotonic() - started > PATIENCE_SECONDS:
            raise SystemExit(f"The web server did not start: its last words are in {web.log}.")
        time.sleep(0.05)


def watch(all_children: list[Child], pause: Callable[[float], None] = time.sleep) -> None:
    """Pass on warnings and start again what ended, until stopped. Raises ``SystemExit`` when a child keeps ending."""
    while True:
        for child in all_children:
            for line in child.warnings():
                say(line)
            if child.has_ended():
                if child.restarts() >= RESTARTS:
                    raise SystemExit(f"{child.name} keeps ending, so everything was stopped: see {child.log}.")
                say(f"{child.name} ended unexpectedly and is started again; see {child.log}.")
                child.start()
        pause(0.5)


def stop(all_children: list[Child]) -> None:
    """End every child and all their descendants, by force after ``STOP_SECONDS``."""
    for child in reversed(all_children):
        if child.process is not None and not child.has_ended():
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(c.process and not c.has_ended() for c in all_children):
        time.sleep(0.05)
    for child in all_children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _asked_to_stop(number: int, _frame: object) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stop


def serve() -> None:
    """Start everything, say where, and stay until stopped."""
    lock = only_one()
    require_free(settings.BIND)
    require_key()  # before anything is written
    prepare_database()
    require_key()
    if settings.PRODUCTION:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        accounts = ""
    else:
        prepare_demo()
        accounts = "" if demo_says("--status") == "none" else f"\n{demo_says('--accounts')}\n"
    all_children = children()
    try:
        all_children[0].start()
        wait_for_web(all_children[0])
        say(f"{accounts}\nLuoshi runs at {address()}\nCtrl-C stops it. Logs: {settings.VAR_DIR / 'log'}")
        for child in all_children[1:]:
            child.start()
        watch(all_children)
    finally:
        stop(all_children)
        lock.close()


def main() -> int:
    """Run until stopped; the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _asked_to_stop)
    try:
        serve()
    except Stop:
        say("\nLuoshi has stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
