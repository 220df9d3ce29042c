"""A real server while hostile workbooks are sent to it: how much it grows, and how long everybody else waits."""

import http.client
import itertools
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import pages
from tests.sheets.hostile_books import BOOKS

pytestmark = [pytest.mark.soak, pytest.mark.real_clock]
RUNS, BOMBS, SENDERS = 3, 20, 4
QUIET = 60  # requests of a run in which nobody sends anything
MOST_MEGABYTES = 100
SLOWER = 2.0


class Server:
    """A gunicorn as shipped with a county, and its process that answers."""

    def __init__(self, port: int, sessions: dict[str, str]) -> None:
        self.port, self.sessions = port, sessions
        started = subprocess.run(["pgrep", "-f", f"gunicorn --bind 127.0.0.1:{port}"], capture_output=True, text=True)
        self.pids = [int(pid) for pid in started.stdout.split()]

    def megabytes(self) -> float:
        """What the largest of its processes ever held."""
        found = [Path(f"/proc/{pid}/status").read_text() for pid in self.pids]
        return max(int(line.split()[1]) for text in found for line in text.splitlines() if "VmHWM" in line) / 1024

    def wait(self) -> float:
        """How long one page takes, in seconds."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookie = {"Cookie": f"sessionid={self.sessions['township_organiser']}"}
        connection.request("GET", "/week/", headers=cookie)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        connection.close()
        return time.perf_counter() - began

    def send(self, content: bytes) -> int:
        """Send a workbook as the county office; the status of the answer."""
        token = "a" * 32
        head = {"Cookie": f"sessionid={self.sessions['county_office']}; csrftoken={token}", "X-CSRFToken": token}
        head["Content-Type"] = "multipart/form-data; boundary=part"
        part = 'Content-Disposition: form-data; name="workbooks"; filename="a.xlsx"'
        ledger = '--part\r\nContent-Disposition: form-data; name="ledger"\r\n\r\ncollective_economy\r\n'
        body = f"{ledger}--part\r\n{part}\r\n\r\n".encode() + content + b"\r\n--part--\r\n"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("POST", "/ledgers/imports/send/", body, head)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = pages.surroundings(str(tmp_path), f"sqlite:///{tmp_path}/soak.sqlite3", port)
    made = subprocess.run(
        [sys.executable, "-c", "from bench import pages; pages.ORGANISATIONS, pages.TASKS = 200, 10; pages.fill()"],
        cwd=pages.BASE_DIR,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    pairs = (line.split() for line in made.stdout.splitlines())
    with pages.serving(env, port):
        yield Server(port, {pair[0]: pair[1] for pair in pairs if len(pair) == 2})


def percentile(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


def test_the_web_neither_grows_nor_keeps_anybody_waiting(server: Server) -> None:
    bombs = [make() for make, _allowed in BOOKS.values()]
    for _n in range(10):
        server.wait()
    assert server.send(bombs[0]) in {200, 422}
    before = server.megabytes()
    quiet, busy, statuses = [], [], set[int]()
    for run in range(RUNS):
        quiet.append(percentile([server.wait() for _n in range(QUIET)]))
        mine = itertools.islice(itertools.cycle(bombs), run * BOMBS, (run + 1) * BOMBS)
        lock = threading.Lock()

        def send(mine: Iterator[bytes] = mine, lock: threading.Lock = lock) -> None:
            while True:
                with lock:
                    content = next(mine, None)
                if content is None:
                    return
                statuses.add(server.send(content))

        senders = [threading.Thread(target=send) for _n in range(SENDERS)]
        for sender in senders:
            sender.start()
        waits = []
        while any(sender.is_alive() for sender in senders):
            waits.append(server.wait())
        busy.append(percentile(waits))
    for content in bombs[RUNS * BOMBS :]:
        statuses.add(server.send(content))
    grown = server.megabytes() - before
    ratio = statistics.median(busy) / statistics.median(quiet)
    told = f"grown by {grown:.0f} MB; p95 {statistics.median(quiet):.3f} s alone, {ratio:.2f} × while bombs are sent"
    print(told)  # noqa: T201
    assert statuses <= {200, 302, 422}
    assert grown < MOST_MEGABYTES
    assert ratio <= SLOWER, told
