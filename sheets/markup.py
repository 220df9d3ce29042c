"""XML of foreign files, read incrementally: no document types, no entities of its own, bounded, prefixes left out.

Every parser here is expat, which expands nothing that was not declared; a declaration is refused before it counts.
"""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from sheets.refusals import CORRUPT, TOO_LARGE, UNUSUAL, refused

MOST_ELEMENTS = 3_000_000
MOST_DEPTH = 200
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})  # what every reader of workbooks takes the bytes for
Start = Callable[[str, dict[str, str]], None]


class _Begun(Exception):
    """The first element was reached."""


def parser() -> expat.XMLParserType:
    """A parser that refuses document types and encodings that the reader would take for another."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    made.XmlDeclHandler = _declared
    return made


def _refuse(*_told: object) -> None:
    raise refused(UNUSUAL)


def _declared(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and encoding.lower() not in _ENCODINGS:
        raise refused(UNUSUAL)


def fed(made: expat.XMLParserType, pieces: Iterable[bytes]) -> None:
    """Read a part to its end. Raises ``UnreadableError``."""
    try:
        for number, piece in enumerate(pieces):
            if number == 0 and piece.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
                raise refused(UNUSUAL)  # UTF-16
            made.Parse(piece, False)
        made.Parse(b"", True)
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise refused(CORRUPT) from error


def check_head(pieces: Iterable[bytes]) -> None:
    """Refuse what stands before the first element of a part and would be read one way here and another there."""

    def begun(_name: str, _told: object) -> None:
        raise _Begun

    made = parser()
    made.StartElementHandler = begun
    try:
        fed(made, pieces)
    except _Begun:
        return


def elements(pieces: Iterable[bytes], told: Start) -> None:
    """Call ``told`` with each element's bare name and its attributes by bare name. Raises ``UnreadableError``."""
    count = depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count, depth
        count, depth = count + 1, depth + 1
        if count > MOST_ELEMENTS or depth > MOST_DEPTH:
            raise refused(TOO_LARGE)
        told(bare(name), {bare(key): value for key, value in attributes.items()})

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    made = parser()
    made.StartElementHandler, made.EndElementHandler = start, end
    fed(made, pieces)


def bare(name: str) -> str:
    """A name without its prefix."""
    return name[name.rfind(":") + 1 :]
