"""Materialised paths: fixed-width base-36 steps, so that a subtree is one range of an index in C collation."""

from collections.abc import Iterator

from django.db.models import Q

PATH_STEP = 5  # characters a level: 60 million organisations, 51 levels
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
AFTER_SUBTREE = "{"  # sorts after every base-36 digit


def step(number: int) -> str:
    """A number as one step. Raises ``ValueError`` above 36**5 - 1."""
    digits = ""
    rest = number
    for _place in range(PATH_STEP):
        rest, digit = divmod(rest, 36)
        digits = DIGITS[digit] + digits
    if rest or number < 0:
        raise ValueError(number)
    return digits


def number(last_step: str) -> int:
    """The number a step stands for."""
    return int(last_step, 36)


def within(path: str, field: str = "") -> Q:
    """Rows whose organisation (``field``, empty for the organisation itself) is at or below ``path``.

    Not LIKE: with ESCAPE, as Django writes it, SQLite scans the table.
    """
    column = f"{field}__path" if field else "path"
    return Q(**{f"{column}__gte": path, f"{column}__lt": path + AFTER_SUBTREE})


def above(path: str) -> list[str]:
    """The paths from the root down to ``path`` itself."""
    return [path[:end] for end in range(PATH_STEP, len(path) + 1, PATH_STEP)]


def steps_after(last: int) -> Iterator[str]:
    """Fresh steps after the highest number in use."""
    while True:
        last += 1
        yield step(last)
