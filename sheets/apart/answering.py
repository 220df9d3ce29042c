"""What the process apart does with a file: one verb, one answer, and never a traceback."""

from collections.abc import Callable, Mapping
from typing import Any

from sheets import bounds, reading
from sheets.apart import passing
from sheets.refusals import CORRUPT, UnreadableError


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


def _lost(content: bytes, wanted: Mapping[str, Any]) -> bytes:
    from sheets import losses

    return passing.framed({"lost": losses.lost(content)})


VERBS: dict[str, Callable[[bytes, Mapping[str, Any]], bytes]] = {
    "read": _read,
    "blank": _blank,
    "fill": _fill,
    "mark": _mark,
    "heads": _heads,
    "lost": _lost,
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
