"""Names: pinyin initials to find them by."""

import re
from functools import lru_cache

_PLACE_READINGS = {
    "埠": "b",
    "堡": "b",
    "厦": "x",
    "圩": "x",
    "坨": "t",
    "垌": "d",
    "塆": "w",
    "圳": "z",
    "瀼": "r",
    "岣": "g",
    "嵝": "l",
}


@lru_cache(maxsize=32_768)
def _initial(character: str) -> str:
    """The first letter of one character's reading, as place names read it."""
    from pypinyin import Style, lazy_pinyin  # heavy: only when a name is stored

    if character in _PLACE_READINGS:
        return _PLACE_READINGS[character]
    found = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return found[0] if found else ""


def initials(name: str) -> str:
    """Pinyin initials of a name, lower case, letters and digits kept: 河口镇 → ``hkz``."""
    return "".join(c.lower() if re.match(r"[0-9A-Za-z]", c) else _initial(c) for c in name)[:100]
