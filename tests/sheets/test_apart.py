"""Foreign files are opened in a process of their own: within its limits, one at a time, and answered in plain data."""

import datetime
import fcntl
import multiprocessing
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sheets import bounds
from sheets.apart import asking, limits, passing
from sheets.refusals import BUSY, CORRUPT, TOO_LARGE, TOO_SLOW, UnreadableError
from sheets.sheet import Book, Sheet
from tests import BASE_DIR
from tests.sheets.books import xlsx

pytestmark = pytest.mark.own_process

PLAIN = xlsx([["村名", "总收入"], ["梅花村", 12]])


def refusal(content: bytes = PLAIN) -> str:
    with pytest.raises(UnreadableError) as caught:
        asking.read_book(content)
    return caught.value.code


def instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Another program in the place of the one that reads."""
    monkeypatch.setattr(asking, "COMMAND", [sys.executable, "-c", code])


def test_a_book_is_read_apart() -> None:
    book = asking.read_book(PLAIN)
    assert [list(row) for row in book.sheets[0].rows] == [["村名", "总收入"], ["梅花村", 12.0]]


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os; os.abort()", TOO_LARGE),  # how a library ends that gets no memory
        (f"raise SystemExit({limits.OUT_OF_MEMORY})", TOO_LARGE),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", TOO_LARGE),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", TOO_SLOW),
        ("import os, signal; os.kill(os.getpid(), signal.SIGALRM)", TOO_SLOW),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", CORRUPT),
        ("raise SystemExit(1)", CORRUPT),
        ("pass", CORRUPT),
        ("import sys; sys.stdin.buffer.read(); print('=', end='')", CORRUPT),  # broken off
        ("import sys; sys.stdin.buffer.read(); print('=nonsense.', end='')", CORRUPT),
        ("import sys; sys.stdin.buffer.read(); print('!nonsense.', end='')", CORRUPT),
        ("import sys\nwhile True: sys.stdout.write('a' * 1000000)", TOO_LARGE),
    ],
)
def test_however_it_ends_there_is_one_true_sentence(monkeypatch: pytest.MonkeyPatch, program: str, code: str) -> None:
    instead(monkeypatch, program)
    assert refusal() == code


@pytest.mark.parametrize("program", ["while True: pass", "import time; time.sleep(99)"])
def test_what_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(limits, "WALL_SECONDS", -4.5)
    instead(monkeypatch, program)
    assert refusal(PLAIN + b"\0" * 1_000_000) == TOO_SLOW


def confined(program: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", f"from sheets.apart import limits\nlimits.confine()\n{program}"],
        cwd=BASE_DIR,
        capture_output=True,
        check=False,
    )
    return done.returncode


def test_its_limits_hold() -> None:
    assert confined("import os; assert os.nice(0) >= 10") == 0
    assert confined("bytearray(1 << 30)") == 1
    look = "import resource as r; assert r.getrlimit(r.RLIMIT_CPU) == (%d, %d)"
    assert confined(look % (limits.CPU_SECONDS, limits.CPU_SECONDS)) == 0
    assert confined("import resource as r; assert r.getrlimit(r.RLIMIT_CORE) == (0, 0)") == 0
    assert confined("import signal; assert 50 < signal.alarm(0) <= 60") == 0


def test_it_knows_no_secret_and_no_django(monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, Any] = {}
    popen = subprocess.Popen

    def noted(*told: Any, **more: Any) -> Any:
        started.update(more)
        return popen(*told, **more)

    monkeypatch.setattr(subprocess, "Popen", noted)
    asking.read_book(PLAIN)
    assert started["env"].keys() == {"LANG"}
    seen = "import sys, sheets.apart.__main__ as m; print([n for n in sys.modules if n.split('.')[0] == 'django'])"
    done = subprocess.run([sys.executable, "-c", seen], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# one at a time


@pytest.fixture
def all_turns_taken() -> Iterator[None]:
    taken = []
    for number in range(max(1, (os.cpu_count() or 1) // 2)):
        lock = (Path(settings.VAR_DIR) / f"apart-{number}.lock").open("ab")
        fcntl.flock(lock, fcntl.LOCK_EX)
        taken.append(lock)
    yield
    for lock in taken:
        lock.close()


@pytest.mark.usefixtures("all_turns_taken")
def test_who_waits_too_long_for_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "WAIT_SECONDS", 0.2)
    assert refusal() == BUSY


@pytest.mark.usefixtures("all_turns_taken")
def test_few_wait_and_the_next_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "WAIT_SECONDS", 3.0)
    codes: list[str] = []
    waiting = [threading.Thread(target=lambda: codes.append(refusal())) for _n in range(asking.MOST_WAITING)]
    for thread in waiting:
        thread.start()
    while asking._waiting._value:
        pass
    assert refusal() == BUSY
    assert not codes
    for thread in waiting:
        thread.join()
    assert codes == [BUSY] * asking.MOST_WAITING


def test_threads_take_turns_and_all_are_served() -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(asking.read(PLAIN)))) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1, 1]


def _in_worker(said: Any) -> None:
    said.put(len(asking.read(PLAIN)))


def test_a_forked_worker_reads_too() -> None:
    forking = multiprocessing.get_context("fork")
    said = forking.Queue()
    worker = forking.Process(target=_in_worker, args=(said,), daemon=True)  # as prefork workers are
    worker.start()
    assert said.get(timeout=60) == 1
    worker.join()


# what travels

CELLS = st.one_of(
    st.text(st.characters(exclude_characters="\0"), max_size=8),
    st.floats(allow_nan=False),
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.just(""),
)


@how(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=6), st.booleans())
def test_what_arrives_is_what_was_sent(rows: list[list[Any]], from_1904: bool) -> None:
    sheet = Sheet("表", rows, [(0, 0, 1, 1)], False, frozenset({1}), frozenset({2}))
    book, formulas = passing.decoded(passing.encoded(Book("ods", [sheet, sheet], from_1904), [{(1, 2)}, set()]))
    assert (book.container, book.dates_from_1904, formulas) == ("ods", from_1904, [{(1, 2)}, set()])
    for found in book.sheets:
        assert [[(type(cell), cell) for cell in row] for row in found.rows] == [
            [(type(cell), cell) for cell in row] for row in rows
        ]
        assert (found.name, found.merges, found.visible, found.hidden_rows, found.hidden_columns) == (
            "表",
            [(0, 0, 1, 1)],
            False,
            {1},
            {2},
        )


@how(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 200))
def test_no_answer_is_taken_for_another(noise: bytes, at: int) -> None:
    whole = passing.encoded(Book("csv", [Sheet("", [["a", 1.5, datetime.date(2026, 1, 2)]])]))
    for answer in (noise, whole[:at] + noise + whole[at + 1 :]):
        with suppress(UnreadableError):
            assert isinstance(asking._book(answer)[0], Book)


def test_blank_ends_do_not_travel_and_bounds_are_kept() -> None:
    day = datetime.timedelta(hours=1)
    book = Book("xlsx", [Sheet("a", [["x", "", ""], ["", day], [""], []], hidden_rows=frozenset({1, 900_000}))])
    (sheet,) = bounds.within(book).sheets
    assert ([list(row) for row in sheet.rows], sheet.hidden_rows) == ([["x"], ["", day]], {1})
    assert bounds.within(book, trimmed=False).sheets[0].rows == book.sheets[0].rows


def test_a_large_book_fills_neither_process() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = "\n".join(f"村{n},{n}.5,{n}" for n in range(150_000))
    assert len(asking.read(rows.encode())[0].rows) == 150_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
