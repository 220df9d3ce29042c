"""Which rows of the access table a run asks for: all of them, or before a commit those whose turn it is.

With ``LUOSHI_ACCESS_TURN`` set (``make check``), a quarter of the rows, another one at each commit, and every row of an
app in which something was changed since the last commit.
"""

import os
import subprocess

from django.urls import URLPattern, URLResolver, get_resolver

from tests import BASE_DIR
from tests.access.table import TABLE

TURNS = 4


def asked() -> list[str]:
    """The names of the URLs to ask for."""
    if "LUOSHI_ACCESS_TURN" not in os.environ:
        return list(TABLE)
    turn = int(_git("rev-list", "--count", "HEAD")[0]) % TURNS
    changed = {name.partition("/")[0] for name in _git("status", "--porcelain=v1", "--no-renames", "-uall", cut=3)}
    apps = _apps()
    return [name for place, name in enumerate(TABLE) if place % TURNS == turn or apps.get(name) in changed]


def _git(*words: str, cut: int = 0) -> list[str]:
    done = subprocess.run(["git", *words], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    return [line[cut:] for line in done.stdout.splitlines()]


def _apps() -> dict[str, str]:
    """The app in which the view of each URL lies."""
    found: dict[str, str] = {}
    waiting = list(get_resolver().url_patterns)
    while waiting:
        pattern = waiting.pop()
        if isinstance(pattern, URLResolver):
            waiting += pattern.url_patterns
        elif isinstance(pattern, URLPattern) and pattern.name:
            found[pattern.name] = pattern.callback.__module__.partition(".")[0]
    return found
