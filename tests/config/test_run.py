"""``make run``: three processes started together, watched, and stopped together, with nothing left behind."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import run
from tests import BASE_DIR

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
ENDER = [sys.executable, "-c", "raise SystemExit(3)"]
# A child that has a child of its own and is deaf to SIGTERM.
DEAF_PARENT = [
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); time.sleep(60)",
]


def is_alive(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def descendants(pid: int) -> list[int]:
    """The processes below a process, their commands' first words aside."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except FileNotFoundError:
            continue
    found = [child for child, parent in parents.items() if parent == pid]
    return found + [below for child in found for below in descendants(child)]


def wait_until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Return when it holds; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Callable[[list[str]], run.Child]]:
    """Makes children that are gone when the test ends."""
    made = []

    def make(command: list[str]) -> run.Child:
        made.append(run.Child("web", command, tmp_path / f"{len(made)}.log"))
        return made[-1]

    yield make
    for each in made:
        each.signal(signal.SIGKILL)


def test_stopping_ends_children_of_children_even_the_deaf(
    child: Callable[[list[str]], run.Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "STOP_SECONDS", 0.5)
    deaf, plain = child(DEAF_PARENT), child(SLEEPER)
    for each in (deaf, plain):
        each.start()
    wait_until(lambda: deaf.log.read_text().strip(), 10, "the grandchild did not start")
    grandchild = int(deaf.log.read_text())
    assert is_alive(grandchild)
    run.stop([deaf, plain])
    assert deaf.has_ended()
    assert plain.has_ended()
    wait_until(lambda: not is_alive(grandchild), 5, "the grandchild is still there")


def test_a_child_that_ends_is_started_again_and_reported(
    child: Callable[[list[str]], run.Child], capsys: pytest.CaptureFixture[str]
) -> None:
    sleeper = child(SLEEPER)
    sleeper.start()
    assert sleeper.process
    first = sleeper.process.pid
    sleeper.signal(signal.SIGKILL)
    sleeper.process.wait()
    looks = []

    def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            raise run.Stop

    with pytest.raises(run.Stop):
        run.watch([sleeper], pause)
    assert sleeper.process.pid != first
    assert not sleeper.has_ended()
    assert "web ended unexpectedly and is started again" in capsys.readouterr().out


def test_a_child_that_keeps_ending_stops_everything_with_a_sentence(child: Callable[[list[str]], run.Child]) -> None:
    ender = child(ENDER)
    ender.start()
    with pytest.raises(SystemExit, match=r"web keeps ending, so everything was stopped: see .*\.log"):
        run.watch([ender], lambda seconds: time.sleep(0.05))
    assert ender.restarts() == run.RESTARTS


def test_the_console_gets_the_warnings_of_the_log_and_nothing_else(child: Callable[[list[str]], run.Child]) -> None:
    quiet = child(SLEEPER)
    quiet.log.write_text(json.dumps({"level": "ERROR", "logger": "old", "message": "of an earlier run"}) + "\n")
    quiet.start()
    with quiet.log.open("a") as log:
        log.write("Traceback (most recent call last):\n")
        log.write(json.dumps({"level": "INFO", "logger": "orgs", "message": "said"}) + "\n")
        log.write(json.dumps({"level": "WARNING", "logger": "orgs", "message": "minded"}) + "\n")
        log.write(json.dumps({"level": "WARNING", "logger": "django.request", "message": "Not Found: /x"}) + "\n")
        log.write(json.dumps({"level": "ERROR", "logger": "django.request", "message": "broken"}) + "\n")
        log.write('{"level": "ERROR", "mess')
    assert quiet.warnings() == ["web: minded", "web: broken"]
    with quiet.log.open("a") as log:
        log.write('age": "half a line"}\n')
    assert quiet.warnings() == ["web: half a line"]


def test_a_port_in_use_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"cannot listen on 127\.0\.0\.1:{port} .*PORT={port + 10} make run"):
            run.require_free(f"127.0.0.1:{port}")
    run.require_free(f"127.0.0.1:{port}")


def test_a_second_start_on_the_same_data_is_refused() -> None:
    with run.only_one(), pytest.raises(SystemExit, match="already runs on the data in"):
        run.only_one()
    run.only_one().close()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The whole thing on a port of its own, with a county that is not the demo's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = {**kept, "LUOSHI_VAR": str(tmp_path / "var"), "PORT": str(port), "HOME": str(tmp_path)}
    seed = (
        "from orgs.models import Organisation as O; "
        "O.objects.create(code='1', name='county', path='0001', kind='county', depth=1)"
    )
    for command in (["migrate", "-v", "0"], ["shell", "-v", "0", "-c", seed]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=BASE_DIR, env=environment, check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "config.run"],
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process, f"http://127.0.0.1:{port}"
    for pid in [*descendants(process.pid), process.pid]:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def health(address: str) -> dict[str, object]:
    """What the health page says; nothing while it does not answer."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return dict(json.load(answer))
    except OSError:
        return {}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_survives_a_kill_and_leaves_nothing_behind(
    started: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    process, address = started
    assert process.stdout
    lines = iter(process.stdout.readline, "")
    assert any(f"Luoshi runs at {address}" in line for line in lines)
    assert health(address)["database"] is True
    wait_until(lambda: health(address).get("beat"), 45, "beat and worker never answered")
    wait_until(lambda: len(descendants(process.pid)) >= 4, 10, "web, its worker, worker and beat are not all there")
    for pid in descendants(process.pid):
        os.kill(pid, signal.SIGKILL)
    again = itertools.islice((line.split()[0] for line in lines if "is started again" in line), 3)
    assert sorted(again) == ["beat", "web", "worker"]
    wait_until(lambda: health(address), 20, "the web did not come back")
    everybody = descendants(process.pid)
    process.send_signal(number)
    assert process.wait(20) == 0
    assert "Luoshi has stopped." in process.stdout.read()
    assert [pid for pid in everybody if is_alive(pid)] == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel")
def test_killed_outright_it_takes_its_children_along(started: tuple[subprocess.Popen[str], str]) -> None:
    process, address = started
    assert process.stdout
    assert any(f"Luoshi runs at {address}" in line for line in iter(process.stdout.readline, ""))
    wait_until(lambda: len(descendants(process.pid)) >= 4, 10, "web, its worker, worker and beat are not all there")
    everybody = descendants(process.pid)
    process.kill()
    wait_until(lambda: not [pid for pid in everybody if is_alive(pid)], 20, "children outlived the parent")
