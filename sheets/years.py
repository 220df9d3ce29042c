"""Which year a table is of, and which of its columns are of another."""

import re
from collections.abc import Iterable, Mapping, Sequence

from sheets.fields import NUMBERS, FieldDescription
from sheets.headings import LIKELY, Vocabulary
from sheets.mapping import Column
from sheets.numerals import mixed_numeral

_HEADING_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=\s*年)")
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年|([一二][〇○零一二三四五六七八九]{3})年|((?:19|20)\d{2})(?=度|[^\d]|$)")


def year_of(texts: Iterable[str]) -> int | None:
    """The first year that a title names."""
    for text in texts:
        found = _YEAR.search(text)
        if found:
            spoken = mixed_numeral(found[2]) if found[2] else None
            return int(found[1] or spoken or found[3])
    return None


def drop_other_years(
    columns: Sequence[Column], vocabulary: Vocabulary, given: Mapping[str, str], year: int | None
) -> None:
    """A column of figures whose heading names another year than the table's is none of its fields; the one of the
    table's own year may stand beside it.
    """
    for column in columns:
        key = column.key
        if column.heading in given or not _is_of_another_year(column, vocabulary.fields.get(key), year):
            continue
        column.key, column.confidence = "", 0.0
        for other in columns:
            likely = any(guess.key == key and guess.confidence >= LIKELY for guess in other.alternatives)
            free = not other.key and other.heading not in given and other is not column
            if likely and free and not _is_of_another_year(other, vocabulary.fields.get(key), year):
                other.key, other.confidence = key, LIKELY
                break


def _is_of_another_year(column: Column, described: FieldDescription | None, year: int | None) -> bool:
    years = set(_HEADING_YEAR.findall(column.heading))
    if described is None or described.type not in NUMBERS or not years or year is None or str(year) in years:
        return False
    return not any(named in heading for named in years for heading in described.headings)
