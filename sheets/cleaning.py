"""Texts that every file and every database takes: what no spreadsheet, page or message can hold is left out.

A cell may bear control characters (a scanner's or an old program's), the half of a character (an emoji cut in two)
or a code that stands for no character. One such text must neither be kept nor break a table it stands in.
"""

import re
from typing import Any

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
LONGEST_CELL = 32_767  # characters a spreadsheet's cell holds
_NAME_LENGTH = 120  # characters of a file's name: 360 bytes in UTF-8 would be too many for some disks
_NOT_IN_NAMES = re.compile(r'[\s"\\/:*?<>|]+')


def is_clean(text: str) -> bool:
    """Whether a text can be written anywhere as it is."""
    return (text.isascii() and text.isprintable()) or not _UNWRITABLE.search(text)


def clean(text: str) -> str:
    """The text without what cannot be written; two halves of one character are put together."""
    if is_clean(text):
        return text
    return _UNWRITABLE.sub("", _PAIR.sub(_joined, text))


def clean_value(value: Any) -> Any:
    """A value whose texts are clean, whether it is one, a list or a mapping of them."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | tuple):
        return [clean_value(each) for each in value]
    if isinstance(value, dict):
        return {clean_value(key): clean_value(each) for key, each in value.items()}
    return value


def cell_text(value: Any) -> str:
    """A value as the text of a spreadsheet's cell."""
    return clean(str(value))[:LONGEST_CELL]


def file_name(name: str) -> str:
    """A name that every disk and every header takes, its ending kept."""
    plain = _NOT_IN_NAMES.sub(" ", clean(name)).strip(" .") or "file"
    if len(plain) <= _NAME_LENGTH:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 8:
        return plain[:_NAME_LENGTH]
    return stem[: _NAME_LENGTH - len(ending) - 1].rstrip() + dot + ending


def _joined(found: re.Match[str]) -> str:
    high, low = map(ord, found[0])
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
