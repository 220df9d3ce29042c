"""Chinese and mixed numerals: 十二, 三万五千, 12万5千, 二〇二六, 1.2亿, 3.5w."""

import re
from decimal import Decimal

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
DIGITS |= {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000}
SCALES |= {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_GROUPS = {"万", "w", "亿"}
_ARABIC = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|\.\d+")
_PIECE = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+|.")


def mixed_numeral(text: str) -> Decimal | None:
    """The value of a numeral in Arabic digits, Chinese digits or both; None when it is none.

    Digits without scales are read one by one (二〇二六 is 2026); a digit after a scale counts tenths of that scale
    as people say it (三万五 is 35,000).
    """
    text = text.replace("廿", "二十")
    if text and all(character in DIGITS for character in text):
        return Decimal("".join(str(DIGITS[character]) for character in text))
    return _scaled(_PIECE.findall(text))


def _scaled(pieces: list[str]) -> Decimal | None:
    total = section = Decimal(0)
    pending: Decimal | None = None
    last_scale = Decimal(0)  # of the scale just before, for 三万五
    after_zero = False
    for piece in pieces:
        if piece in SCALES:
            scale = Decimal(SCALES[piece])
            if pending is None and scale != 10 and piece not in _GROUPS:
                return None
            if piece in _GROUPS:
                base = section + (pending or 0)
                if base == 0 and pending is None:
                    return None
                if total and piece == "亿":
                    base, total = base + total, Decimal(0)
                total += base * scale
                section = Decimal(0)
            else:
                section += (1 if pending is None else pending) * scale
            pending, last_scale, after_zero = None, scale, False
            continue
        digit = _digit(piece)
        if digit is None or (pending is not None and pending != 0):
            return None
        after_zero = after_zero or digit == 0
        pending = digit
    return total + section + _tail(pending, last_scale, after_zero, pieces[-1])


def _digit(piece: str) -> Decimal | None:
    if piece in DIGITS:
        return Decimal(DIGITS[piece])
    return Decimal(piece.replace(",", "")) if _ARABIC.fullmatch(piece) else None


def _tail(pending: Decimal | None, last_scale: Decimal, after_zero: bool, piece: str) -> Decimal:
    """What a last digit without scale counts: 三万五 five thousand, 一百零五 five."""
    if pending is None:
        return Decimal(0)
    if last_scale >= 100 and not after_zero and piece in DIGITS:
        return pending * last_scale / 10
    return pending
