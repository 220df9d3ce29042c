"""Text tables: which characters the bytes are, and which sign parts the columns."""

import csv
import io
import re
from collections import Counter
from itertools import islice

from sheets.refusals import BAD_LINE, CORRUPT, TOO_LARGE, UNSUPPORTED, refused

MOST_LINES = 1_050_000  # as a spreadsheet has
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_DELIMITERS = ",\t;|，"


def decoded(content: bytes) -> str:
    """The text of the bytes: UTF-8, UTF-16 or GB 18030. Raises ``UnreadableError`` when they are no text."""
    text = next((_decode(content, encoding) for encoding in _encodings(content)), None)
    if text is None or _CONTROLS.search(text):
        raise refused(UNSUPPORTED)
    return text


def _encodings(content: bytes) -> list[str]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return [encoding]
    sample = content[:4096]
    if sample.count(0) > len(sample) // 8:
        return ["utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ["gb18030"]
    return ["utf-8"]


def _decode(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def rows(text: str) -> list[list[str]]:
    """The lines of a text table as rows. Raises ``UnreadableError``."""
    stated = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if stated:
        text = text[stated.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=stated[1] if stated else _delimiter(text))
    try:
        found = list(islice(reader, MOST_LINES + 1))
    except csv.Error as error:
        raise refused(BAD_LINE, line=reader.line_num) from error
    if len(found) > MOST_LINES:
        raise refused(TOO_LARGE)
    if any(len(row) > 5_000 for row in found):
        raise refused(CORRUPT)
    if '="' in text:
        found = [[_quoted_text(cell) for cell in row] for row in found]
    return found


def _quoted_text(cell: str) -> str:
    """="001": how a program keeps a spreadsheet from taking a text for a number; a formula beyond that stays."""
    inner = cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else None
    return cell if inner is None or '"' in inner.replace('""', "") else inner.replace('""', '"')


def _delimiter(text: str) -> str:
    """The sign that parts most lines into the same number of columns."""
    lines = [line for line in text[:50_000].split("\n") if line.strip()][:60]

    def agreement(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        most = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        return sum(counts.values()), most[1] * most[0]

    return max(_DELIMITERS, key=agreement)
