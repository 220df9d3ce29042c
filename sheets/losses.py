"""What a workbook from outside loses when it is written anew after filling in or marking: known from its parts.

Runs in the process apart alone (``sheets.apart``). openpyxl keeps cells, looks, formulas, comments, plain conditional
formats and tables, and draws charts anew; whatever else a program put beside them is left out without a word.
"""

import re
from collections.abc import Iterable

from sheets import packed
from sheets.parts import Parts
from sheets.refusals import CORRUPT, refused

OVERLAP = 64  # bytes, more than any sign is long
# code, which parts, and what in them tells it; without a sign the part itself does
_SIGNS: tuple[tuple[str, str, bytes], ...] = (
    ("macros", r"xl/vbaproject\.bin", b""),
    ("pictures", r"xl/media/.+|xl/cellimages\.xml", b""),
    ("shapes", r"xl/drawings/drawing[^/]*\.xml", rb"<(?:\w+:)?(?:sp|grpSp|cxnSp)[ >]"),
    ("shapes", r"xl/diagrams/.+", b""),
    ("controls", r"xl/(?:ctrlprops|activex|embeddings)/.+", b""),
    ("controls", r"xl/drawings/[^/]*\.vml", rb"ObjectType=[\"'](?!Note[\"'])\w+[\"']"),
    ("new_charts", r"xl/charts/chartex[^/]*\.xml", b""),
    ("chart_looks", r"xl/charts/chart\d[^/]*\.xml", b""),
    ("sparklines", r"xl/worksheets/[^/]*\.xml", rb"<(?:\w+:)?sparklineGroup[ >]"),
    ("formats", r"xl/worksheets/[^/]*\.xml", rb"<x14:conditionalFormatting[ >]"),
    ("choices", r"xl/worksheets/[^/]*\.xml", rb"<x14:dataValidation[ >]"),
    ("slicers", r"xl/(?:slicers|timelines)/.+", b""),
    ("letters", r"xl/sharedstrings\.xml", rb"<(?:\w+:)?r>"),
    ("threads", r"xl/threadedcomments/.+", b""),
    ("connections", r"xl/connections\.xml|xl/querytables/.+", b""),
    ("signature", r"_xmlsignatures/.+\.xml", b""),
)
CODES = frozenset({code for code, _part, _sign in _SIGNS}) | {"all"}


def lost(content: bytes) -> list[str]:
    """The codes of what is left out, in the order of telling; of what is no .xlsx everything but what cells say."""
    if not content.startswith(b"PK"):
        looks = content.startswith(b"\xd0\xcf\x11\xe0") or content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        return ["all"] if looks else []  # a text table has nothing else to lose
    try:
        parts = Parts(content)
        if packed.container_of(parts) != "xlsx":
            return ["all"]
        found = [code for code, part, sign in _SIGNS if any(_holds(parts, n, sign) for n in _named(parts, part))]
    except packed.FAULTS as error:
        raise refused(CORRUPT) from error
    return list(dict.fromkeys(found))


def _named(parts: Parts, pattern: str) -> Iterable[str]:
    return (name for name in parts.by_name if re.fullmatch(pattern, name))


def _holds(parts: Parts, name: str, sign: bytes) -> bool:
    """Whether a part holds the sign, read piece by piece."""
    if not sign:
        return True
    looked, end = re.compile(sign), b""
    for piece in parts.pieces(name):
        end += piece
        if looked.search(end):
            return True
        end = end[-OVERLAP:]
    return False
