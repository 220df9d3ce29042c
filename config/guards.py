"""Every guard but the tests: ``python -m config.guards``, one line each, the words of those that fail."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    "LUOSHI_PRODUCTION": "1",
    "SECRET_KEY": "only-for-the-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "luoshi.example",
    "HSTS_SUBDOMAINS": "1",
    "DEBUG": "",
}


@dataclass(frozen=True)
class Guard:
    """One command that must end well."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def guards() -> list[Guard]:
    """The guards, the longest first."""
    python, manage = str(BIN / "python"), str(BASE_DIR / "manage.py")
    templates = str(BASE_DIR / "templates")
    return [
        Guard("types (mypy)", [str(BIN / "mypy")]),
        Guard("templates (djLint)", [str(BIN / "djlint"), templates, "--lint", "--quiet"]),
        Guard("layers (import-linter)", [str(BIN / "lint-imports"), "--no-cache"]),
        Guard("lint (ruff)", [str(BIN / "ruff"), "check", "."]),
        Guard("dead code (vulture)", [str(BIN / "vulture")]),
        Guard("format (ruff)", [str(BIN / "ruff"), "format", "--check", "."]),
        Guard("migrations", [python, manage, "makemigrations", "--check", "--dry-run"]),
        Guard("deployment", [python, manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Guard("translations", [python, "-m", "config.messages", "check"]),
    ]


def run(guard: Guard) -> bool:
    """Run one guard and say how it ended."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as var:
        done = subprocess.run(
            guard.command,
            cwd=BASE_DIR,
            env={**os.environ, "LUOSHI_VAR": var, **guard.environment},
            capture_output=True,
            text=True,
            check=False,
        )
    sign = "ok  " if done.returncode == 0 else "FAIL"
    words = "" if done.returncode == 0 else f"\n{done.stdout}{done.stderr}".rstrip()
    print(f"{sign} {guard.name}  {time.monotonic() - started:.1f} s{words}", flush=True)
    return done.returncode == 0


def main() -> int:
    """Run them all, two at a time; the exit code."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return 0 if all(list(pool.map(run, guards()))) else 1


if __name__ == "__main__":
    sys.exit(main())
