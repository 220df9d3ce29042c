"""``python -m sheets.apart``: opens one foreign file within its limits and answers; see ``sheets.apart``.

Standard input holds what is wanted and the file, standard output gets ``=`` and the answer, or ``!`` and a refusal,
and a full stop when nothing is missing.
"""

from sheets.apart import limits

limits.confine()

import gc  # noqa: E402
import os  # noqa: E402  after the limits, as everything else
import sys  # noqa: E402
from collections.abc import Callable, Mapping  # noqa: E402
from typing import Any  # noqa: E402

from sheets import bounds, reading  # noqa: E402
from sheets.apart import passing  # noqa: E402
from sheets.refusals import CORRUPT, UnreadableError  # noqa: E402


def _read(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    return passing.encoded(bounds.within(reading.read_book(content)))


def _blank(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    from sheets import editing

    book, formulas = editing.blank(content)
    return passing.encoded(bounds.within(book, trimmed=False), formulas)


def _fill(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    from sheets import editing

    return editing.fill(content, wanted["values"])


def _mark(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    from sheets import editing

    return editing.mark(content, wanted)


def _heads(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    from sheets import first_page

    lines, inside = first_page.heads(content)
    return passing.framed({"lines": lines, "inside": inside})


VERBS: dict[str, Callable[[bytes, Mapping[str, Any]], bytes]] = {
    "read": _read,
    "blank": _blank,
    "fill": _fill,
    "mark": _mark,
    "heads": _heads,
}


def answered(message: bytes) -> tuple[bytes, bytes]:
    """The answer to a message, and its first byte."""
    wanted, content = passing.parted(message)
    try:
        return b"=", VERBS[wanted["verb"]](bytes(content), wanted)
    except UnreadableError as error:
        return b"!", passing.framed({"code": error.code, "details": error.details})
    except MemoryError:
        raise
    except Exception as fault:  # whatever a damaged file does to a library: never a traceback
        return b"!", passing.framed({"code": CORRUPT, "details": {}, "fault": _where(fault)})


def _where(fault: BaseException) -> str:
    """Which fault and where, for the log: nothing of what stands in the file."""
    at = fault.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{type(fault).__name__} {at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else type(fault).__name__


def main() -> int:
    """Answer one message; the exit code."""
    try:
        sign, answer = answered(sys.stdin.buffer.read())
        sys.stdout.buffer.writelines((sign, answer, b"."))
        sys.stdout.buffer.flush()
    except MemoryError:
        return limits.OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    gc.disable()  # one book of plain values: looking for rings among them takes a tenth, and finds none
    os._exit(main())  # at once: nothing is left to tidy, and freeing a large book takes its time
