"""The side that asks: starts a process for one foreign file, waits within bounds, and takes its answer for plain data.

One file at a time is opened for every two processors of the machine, whichever web process or worker asks; few wait
for that, so that those who send no file never wait behind them. Needs no preparation: it works from threads, forked
workers and commands alike.
"""

import fcntl
import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from sheets.apart import limits, passing
from sheets.reading import MAX_BYTES, Book, Sheet, UnreadableError
from sheets.refusals import BUSY, CORRUPT, TOO_LARGE, TOO_SLOW, refused

BASE = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-s", "-E", "-m", "sheets.apart"]
WAIT_SECONDS = 30.0  # for other files
POLL_SECONDS = 0.05
MOST_WAITING = 4  # in this process, the one that is being read among them: half of the web's threads
PIECE = 1 << 20
MOST_BLANKS, LARGEST_BLANK = 8, 1 << 20  # that are remembered, and the bytes of each

log = logging.getLogger(__name__)
_blanks: dict[bytes, bytes] = {}
_waiting = threading.BoundedSemaphore(MOST_WAITING)


def read_book(content: bytes) -> Book:
    """A workbook, text table or web page with what it is. Raises ``UnreadableError``."""
    return _book(_asked("read", {}, content))[0]


def read(content: bytes) -> Sequence[Sheet]:
    """The sheets of a workbook, or the one table of a text or web page. Raises ``UnreadableError``."""
    return read_book(content).sheets


def read_blank(content: bytes) -> tuple[Book, list[frozenset[passing.Place]]]:
    """A blank .xlsx that is to be filled in, and where its formulas stand. Raises ``UnreadableError``.

    The last few are remembered: the page of a table is opened again and again.
    """
    key = hashlib.sha256(content).digest()
    answer = _blanks.pop(key, None) or _asked("blank", {}, content)
    if len(answer) <= LARGEST_BLANK:
        _blanks[key] = answer
    for oldest in list(_blanks)[:-MOST_BLANKS]:
        _blanks.pop(oldest, None)
    return _book(answer)


def fill(content: bytes, values: Sequence[Sequence[Any]]) -> bytes:
    """An .xlsx with values (sheet, cell, kind, text) in its empty cells. Raises ``UnreadableError``."""
    return _asked("fill", {"values": values}, content)


def mark(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    """A workbook with cells marked, as ``sheets.editing.mark`` says. Raises ``UnreadableError``."""
    return _asked("mark", wanted, content)


def heads(content: bytes) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The first lines of any file, and of the files in an archive with their names. Raises ``UnreadableError``."""
    try:
        said, _rest = passing.parted(_asked("heads", {}, content))
        return said["lines"], [(str(name), lines) for name, lines in said["inside"]]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise refused(CORRUPT) from error


def lost(content: bytes) -> list[str]:
    """What a workbook loses when it is filled in or marked, as codes of ``sheets.wording.LOSSES``.

    Raises ``UnreadableError``.
    """
    try:
        said, _rest = passing.parted(_asked("lost", {}, content))
        return [str(code) for code in said["lost"]]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise refused(CORRUPT) from error


def _book(answer: bytes) -> tuple[Book, list[frozenset[passing.Place]]]:
    try:
        return passing.decoded(answer)
    except (ValueError, LookupError, TypeError, RecursionError, StopIteration, OverflowError) as error:
        raise refused(CORRUPT) from error


def _asked(verb: str, wanted: Mapping[str, Any], content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise refused(TOO_LARGE)
    message = passing.framed({"verb": verb, **wanted}, content)
    with _turn() as lock:
        answer = _answer(message, lock)
    if answer[:1] == b"=":
        return answer[1:]
    try:
        said, _rest = passing.parted(answer[1:])
        if "fault" in said:
            log.warning("A file was refused as damaged after %s.", said["fault"])
        fault = refused(str(said["code"]), **said["details"])
        str(fault)  # a code or gap that is unknown here shows now
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise refused(CORRUPT) from error
    raise fault


@contextmanager
def _turn() -> Iterator[IO[bytes]]:
    """Wait for a turn; the lock is given to the process, so that it counts as long as that lives."""
    if not _waiting.acquire(blocking=False):
        raise refused(BUSY)
    try:
        with _lock() as lock:
            yield lock
    finally:
        _waiting.release()


def _lock() -> IO[bytes]:
    until = time.monotonic() + WAIT_SECONDS
    turns = max(1, (os.cpu_count() or 1) // 2)
    while True:
        for number in range(turns):
            lock = (Path(settings.VAR_DIR) / f"apart-{number}.lock").open("ab")
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            lock.close()
        if time.monotonic() > until:
            raise refused(BUSY)
        time.sleep(POLL_SECONDS)


def _answer(message: bytes, lock: IO[bytes]) -> bytes:
    """What the process says. Raises ``UnreadableError`` when it ends without an answer."""
    child = subprocess.Popen(  # noqa: S603  our own program and nothing of the file
        COMMAND,
        cwd=BASE,
        env={"LANG": "C.UTF-8"},  # nothing of ours: no key, no address of a database
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[lock.fileno()],
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    watch = threading.Timer(limits.WALL_SECONDS + 5, stop)  # it stops by itself; this is for one that cannot
    watch.start()
    try:
        with child:
            answer = _told(child, message)
            child.kill()
    finally:
        watch.cancel()
    if not answer:
        raise refused(_why(child.returncode, late=late.is_set()))
    return answer


def _told(child: subprocess.Popen[bytes], message: bytes) -> bytes:
    """Give it everything, take everything; an answer that is broken off or beyond all bounds is none."""
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError):
        child.stdin.write(message)
        child.stdin.flush()
    with suppress(BrokenPipeError):
        child.stdin.close()
    pieces, size = [], 0
    while piece := os.read(child.stdout.fileno(), PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > passing.MOST_BYTES:
            return b""
    answer = b"".join(pieces)
    return answer[:-1] if answer.endswith(b".") else b""


def _why(ended: int, *, late: bool) -> str:
    if late or -ended in {signal.SIGALRM, signal.SIGXCPU}:
        return TOO_SLOW
    if ended == limits.OUT_OF_MEMORY or -ended in {signal.SIGABRT, signal.SIGKILL, signal.SIGXFSZ}:
        return TOO_LARGE
    return CORRUPT


__all__ = ["UnreadableError", "fill", "mark", "read", "read_blank", "read_book"]
